/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as files. */
#include "cli/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool is_runnable(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

bool xs_program_find(const char *name, char path[PATH_MAX])
{
	const char *at = getenv("PATH");

	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX && is_runnable(path);
	while (at && *at) {
		size_t length = strcspn(at, ":");

		if (snprintf(path, PATH_MAX, "%.*s/%s", length ? (int)length : 1, length ? at : ".",
			    name) < PATH_MAX &&
			is_runnable(path))
			return true;
		at += length + (at[length] == ':');
	}
	return false;
}

bool xs_program_gains_rights(const char *path)
{
	struct statvfs system;
	struct stat info;

	if (stat(path, &info) != 0 || (statvfs(path, &system) == 0 && system.f_flag & ST_NOSUID))
		return false;
	return (info.st_mode & S_ISUID && info.st_uid != geteuid()) ||
	       (info.st_mode & S_ISGID && info.st_gid != getegid()) ||
	       (geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}
