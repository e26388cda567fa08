/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the vendor's library behind a shim that carries the same name.
 *
 * Asking the loader by name would give the shim back, so candidates are opened by path: the file
 * that the user names, then a copy that is mapped already, then the places in which the loader would
 * look (LD_LIBRARY_PATH, /etc/ld.so.cache), then the usual directories. A library that exports the
 * marker of a shim, ours or another copy's, is never taken.
 */
#ifndef XS_PLATFORM_COMMON_FIND_LIBRARY_H
#define XS_PLATFORM_COMMON_FIND_LIBRARY_H

#include <stddef.h>

/* Exported by every shim. */
#define XS_SHIM_MARKER "xsched_shim"

struct xs_library {
	const char *soname;             /* name of the file in a directory: "libcuda.so.1" */
	const char *stem;               /* how the name of a mapped copy begins: "libcuda.so" */
	const char *probe;              /* a function that the real library has */
	const char *variable;           /* environment variable that names the file ... */
	const char *chosen;             /* ... and its value; NULL when unset */
	const char *library_path;       /* value of LD_LIBRARY_PATH; may be NULL */
	const char *cache;              /* path of ld.so.cache */
	const char *const *directories; /* ends with NULL */
};

/*
 * Opens the library, with RTLD_NOW | RTLD_LOCAL, and returns its handle; the caller keeps it for the
 * life of the process. NULL when there is none: `searched` then holds, for a message, what was
 * looked at. Any thread; takes the loader's locks and runs the library's constructors.
 */
void *xs_find_library(const struct xs_library *library, char *searched, size_t searched_bytes);

#endif
