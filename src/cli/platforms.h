/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platforms, as somebody sees them who starts programs: is the driver there, and where is the shim?
 * Only files are looked at, nothing is loaded.
 */
#ifndef XS_CLI_PLATFORMS_H
#define XS_CLI_PLATFORMS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct xs_platform {
	const char *name;
	const char *shim;           /* file name of the library to preload */
	const char *const *sonames; /* of the driver; ends with NULL */
	const char *variable;       /* that names the driver's file */
	const char *device;         /* a device node that says that there is a driver; or NULL */
	const char *visible;        /* the variable that chooses among devices; or NULL */
};

/* NULL past the end. */
const struct xs_platform *xs_platform_at(size_t index);

/* The file of the driver that a program started with this environment would get, or the device node
 * that promises one. False: the driver is not there. */
bool xs_platform_driver(const struct xs_platform *platform, char path[PATH_MAX]);

/* The shim that belongs to this xcli. False: it is not installed. */
bool xs_platform_shim(const struct xs_platform *platform, char path[PATH_MAX]);

#endif
