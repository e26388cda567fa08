/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XSIM_* environment variables as a structure. Read once, at the first use of the device, and
 * constant from then on. A number that is not understood counts as not given.
 */
#ifndef XS_SIM_CONFIG_H
#define XS_SIM_CONFIG_H

#include <stdint.h>

struct xsim_config {
#define XSIM_NUMBER(field, variable, def) uint64_t field;
#define XSIM_TEXT(field, variable)        const char *field;
#include "platform/sim/config.def"
#undef XSIM_NUMBER
#undef XSIM_TEXT
};

extern struct xsim_config xsim_config;

/* Reads the environment; called once by xsim_init() before any other thread exists. */
void xsim_config_read(void);

#endif
