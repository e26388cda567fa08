/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the loader would find a library, without asking it: its cache, and the directories in which
 * drivers are put. Any thread; nothing is loaded and nothing is kept.
 */
#ifndef XS_BASE_LD_CACHE_H
#define XS_BASE_LD_CACHE_H

#include <stdbool.h>

#define XS_LD_CACHE "/etc/ld.so.cache"

/* Looks at one candidate; true ends the search. */
typedef bool (*xs_ld_visit)(void *ctx, const char *path);

/* Calls visit for each file that the cache (a path) has under this name, in the cache's order. Returns
 * whether a visit said so. A cache that is missing or damaged has none. */
bool xs_ld_cache_search(const char *cache, const char *soname, xs_ld_visit visit, void *ctx);

/* Directories in which drivers are found, whatever the loader knows; ends with NULL. */
extern const char *const xs_driver_directories[];

#endif
