/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: /dev/kfd is there, and one may not open it, as for a user outside the group "render". */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

static int opened(const char *name, const char *path, int flags, int mode)
{
	int (*real)(const char *, int, ...) = (__typeof__(real))dlsym(RTLD_NEXT, name);

	if (strcmp(path, "/dev/kfd") == 0) {
		errno = EACCES;
		return -1;
	}
	return real(path, flags, mode);
}

#define OPEN(name)                                                                                 \
	EXPORT int name(const char *path, int flags, ...)                                          \
	{                                                                                          \
		va_list list;                                                                      \
		va_start(list, flags);                                                             \
		int mode = va_arg(list, int);                                                      \
		va_end(list);                                                                      \
		return opened(#name, path, flags, mode);                                           \
	}
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
OPEN(open)
OPEN(open64)
