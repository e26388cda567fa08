/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is to be started: which file it is, and whether the loader treats it with care. */
#ifndef XS_CLI_PROGRAM_H
#define XS_CLI_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

/* The file that execvp() would start. */
bool xs_program_find(const char *name, char path[PATH_MAX]);

/* Whether it gains rights when we start it (set-user-id, capabilities): the loader ignores LD_PRELOAD. */
bool xs_program_gains_rights(const char *path);

#endif
