/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that the daemon shares with the process in which a plug-in runs. The daemon writes a
 * request and its number into asked; the other side answers and repeats the number. Nothing in here
 * is trusted by the daemon: it copies, and goes by counts of its own.
 */
#ifndef XS_SERVER_PLUGIN_PIPE_H
#define XS_SERVER_PLUGIN_PIPE_H

#include <stdint.h>

#include "xsched/policy.h"

#define XS_PLUGIN_UNITS 4096u

/* The first argument of xserver in this role, and the descriptors that it finds. */
#define XS_PLUGIN_ROLE     "--plugin-process"
#define XS_PLUGIN_PIPE_FD  3
#define XS_PLUGIN_IMAGE_FD 4

struct xs_plugin_param {
	char name[32], unit[16], doc[192];
	int64_t min, max, def;
};

/* What the plug-in says of itself; answer number 1. */
struct xs_plugin_self {
	char refusal[160]; /* "" unless it cannot be used */
	char name[32], summary[128];
	uint32_t unit, param_count;
	struct xs_plugin_param params[XSCHED_POLICY_PARAMS];
};

struct xs_plugin_pipe {
	_Atomic uint32_t asked, answered;
	uint64_t daemon; /* its process id, as the plug-in sees it */
	struct xs_plugin_self self;
	struct xsched_policy_device device; /* the pointer in it is not used */
	uint64_t wake_ns;
	struct xsched_policy_unit units[XS_PLUGIN_UNITS];
};

/* plugin_process.c: loads the plug-in and answers until the daemon ends. Returns an exit status. */
int xs_plugin_process(void);

#endif
