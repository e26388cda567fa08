/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in kernels. Those that compute look every address up first: what a real device reports
 * as an illegal address is reported here as well. Sizes are passed as parameters; the grid does not
 * matter, so a test can launch one block.
 */
#include <string.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "platform/sim/config.h"
#include "platform/sim/error.h"
#include "platform/sim/kernel.h"
#include "platform/sim/memory.h"

static bool on_device(const void *address, uint64_t bytes)
{
	return xsim_memory_find((uint64_t)(uintptr_t)address, bytes, NULL);
}

static uint64_t spin_us_time(const struct xsim_launch *launch)
{
	uint32_t us;

	memcpy(&us, launch->params, sizeof(us));
	return us * XS_NS_PER_US;
}

static uint64_t spin_ns_time(const struct xsim_launch *launch)
{
	uint64_t ns;

	memcpy(&ns, launch->params, sizeof(ns));
	return ns;
}

struct vector_params {
	const float *a, *b;
	float *c;
	uint32_t n;
};

static int vector_add(const struct xsim_launch *launch)
{
	const struct vector_params *p = launch->params;
	uint64_t bytes = p->n * sizeof(float);

	if (!on_device(p->a, bytes) || !on_device(p->b, bytes) || !on_device(p->c, bytes))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint32_t i = 0; i < p->n; i++)
		p->c[i] = p->a[i] + p->b[i];
	return XSIM_OK;
}

struct saxpy_params {
	uint32_t n;
	float a;
	const float *x;
	float *y;
};

static int saxpy(const struct xsim_launch *launch)
{
	const struct saxpy_params *p = launch->params;
	uint64_t bytes = p->n * sizeof(float);

	if (!on_device(p->x, bytes) || !on_device(p->y, bytes))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint32_t i = 0; i < p->n; i++)
		p->y[i] += p->a * p->x[i];
	return XSIM_OK;
}

struct words_params {
	uint32_t *data;
	uint32_t value; /* increment: number of words */
	uint32_t n;
};

static int fill(const struct xsim_launch *launch)
{
	const struct words_params *p = launch->params;

	if (!on_device(p->data, p->n * 4ull))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint32_t i = 0; i < p->n; i++)
		p->data[i] = p->value;
	return XSIM_OK;
}

/* Hosts watch these words while kernels count, as they may in mapped memory. */
static int increment(const struct xsim_launch *launch)
{
	const struct words_params *p = launch->params;

	if (!on_device(p->data, p->value * 4ull))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint32_t i = 0; i < p->value; i++)
		xs_store_relaxed((_Atomic uint32_t *)&p->data[i], p->data[i] + 1);
	return XSIM_OK;
}

/* x = x * factor + term: the result tells in which order such kernels ran. */
struct affine_params {
	uint64_t *data;
	uint64_t factor, term;
};

static int affine(const struct xsim_launch *launch)
{
	const struct affine_params *p = launch->params;

	if (!on_device(p->data, sizeof(*p->data)))
		return XSIM_ILLEGAL_ADDRESS;
	*p->data = *p->data * p->factor + p->term;
	return XSIM_OK;
}

static int matmul(const struct xsim_launch *launch)
{
	const struct vector_params *p = launch->params;
	uint64_t bytes = (uint64_t)p->n * p->n * sizeof(float);

	if (!on_device(p->a, bytes) || !on_device(p->b, bytes) || !on_device(p->c, bytes))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint32_t i = 0; i < p->n; i++) {
		for (uint32_t j = 0; j < p->n; j++) {
			float sum = 0;

			for (uint32_t k = 0; k < p->n; k++)
				sum += p->a[i * p->n + k] * p->b[k * p->n + j];
			p->c[i * p->n + j] = sum;
		}
	}
	return XSIM_OK;
}

struct checksum_params {
	const unsigned char *data;
	uint64_t bytes;
	uint64_t *result;
};

/* FNV-1a. */
static int checksum(const struct xsim_launch *launch)
{
	const struct checksum_params *p = launch->params;
	uint64_t hash = 0xcbf29ce484222325ull;

	if (!on_device(p->data, p->bytes) || !on_device(p->result, 8))
		return XSIM_ILLEGAL_ADDRESS;
	for (uint64_t i = 0; i < p->bytes; i++)
		hash = (hash ^ p->data[i]) * 0x100000001b3ull;
	*p->result = hash;
	return XSIM_OK;
}

static int fault(const struct xsim_launch *launch)
{
	(void)launch;
	return XSIM_ILLEGAL_ADDRESS;
}

static int trap(const struct xsim_launch *launch)
{
	(void)launch;
	return XSIM_LAUNCH_FAILED;
}

static const struct xsim_kernel builtins[] = {
	{ "empty", NULL, NULL, "" },
	{ "spin_us", NULL, spin_us_time, "w" },
	{ "spin_ns", NULL, spin_ns_time, "q" },
	{ "vector_add", vector_add, NULL, "pppw" },
	{ "saxpy", saxpy, NULL, "wwpp" },
	{ "fill", fill, NULL, "pww" },
	{ "increment", increment, NULL, "pw" },
	{ "affine", affine, NULL, "pqq" },
	{ "matmul", matmul, NULL, "pppw" },
	{ "checksum", checksum, NULL, "pqp" },
	{ "fault", fault, NULL, "" },
	{ "trap", trap, NULL, "" },
};

const struct xsim_kernel *xsim_kernel_builtin(unsigned int index)
{
	return index < sizeof(builtins) / sizeof(builtins[0]) ? &builtins[index] : NULL;
}
