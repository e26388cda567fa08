/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the environment into xsim_config and brings values into the range that the engine needs. */
#include "platform/sim/config.h"

#include <errno.h>
#include <stdlib.h>

struct xsim_config xsim_config;

static uint64_t number(const char *variable, uint64_t def)
{
	const char *text = getenv(variable);
	char *end;

	if (!text || *text < '0' || *text > '9')
		return def;
	errno = 0;
	uint64_t value = strtoull(text, &end, 0);
	return errno || *end ? def : value;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

void xsim_config_read(void)
{
	struct xsim_config *c = &xsim_config;

#define XSIM_NUMBER(field, variable, def) c->field = number(variable, def);
#define XSIM_TEXT(field, variable)        c->field = getenv(variable);
#include "platform/sim/config.def"
#undef XSIM_NUMBER
#undef XSIM_TEXT
	/* The variable of the real driver wins, unless aliasing is switched off altogether. */
	if (c->connections)
		c->connections =
			clamp(number("CUDA_DEVICE_MAX_CONNECTIONS", c->connections), 1, 32);
	c->devices = clamp(c->devices, 0, 16);
	c->depth = clamp(c->depth, 16, 65536);
	while (c->depth & (c->depth - 1))
		c->depth += c->depth & -c->depth; /* the rings want a power of two */
	c->copy_mbps = clamp(c->copy_mbps, 1, 1ull << 40);
	c->device_mbps = clamp(c->device_mbps, 1, 1ull << 40);
	c->slice_us = clamp(c->slice_us, 10, 1ull << 40);
	c->poll_us = clamp(c->poll_us, 1, 1000000);
}
