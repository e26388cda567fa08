/* SPDX-License-Identifier: Apache-2.0 */
/* The search of find_library.h: one function per kind of place, first hit wins. No state. */
#include "platform/common/find_library.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ld_cache.h"
#include "base/log.h"

struct search {
	const struct xs_library *library;
	char *searched;
	size_t bytes;
	size_t used;
};

static void note(struct search *search, const char *place)
{
	size_t room = search->bytes - search->used;
	int n;

	if (room <= 1)
		return;
	n = snprintf(
		search->searched + search->used, room, "%s%s", search->used ? ", " : "", place);
	search->used += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

/* The handle of the library at path, if it is the vendor's. A path makes the loader compare device
 * and inode with what is mapped, not the name that the file gives itself. */
static void *open_real(const struct xs_library *library, const char *path, int flags)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | flags);
	Dl_info where, self;
	void *probe;

	if (!handle) {
		const char *why = dlerror();

		if (!(flags & RTLD_NOLOAD))
			xs_debg("%s is not usable: %s", path, why ? why : "unknown");
		return NULL;
	}
	probe = dlsym(handle, library->probe);
	if (probe && !dlsym(handle, XS_SHIM_MARKER) && dladdr(probe, &where) &&
		dladdr((void *)open_real, &self) && where.dli_fbase != self.dli_fbase)
		return handle;
	xs_debg("%s is not the vendor's library", path);
	dlclose(handle);
	return NULL;
}

static void *try_file(struct search *search, const char *directory, size_t length)
{
	char path[PATH_MAX];
	int n = snprintf(
		path, sizeof(path), "%.*s/%s", (int)length, directory, search->library->soname);

	if (n < 0 || (size_t)n >= sizeof(path) || access(path, R_OK) != 0)
		return NULL;
	return open_real(search->library, path, 0);
}

/* --- a copy that is mapped already --------------------------------------------------------------- */

#define MAX_MAPPED 8

struct mapped {
	const char *stem;
	unsigned count;
	char path[MAX_MAPPED][PATH_MAX];
};

static int collect_mapped(struct dl_phdr_info *info, size_t size, void *data)
{
	struct mapped *mapped = data;
	const char *file = strrchr(info->dlpi_name, '/');
	size_t length = strlen(mapped->stem);

	(void)size;
	if (!file || strncmp(file + 1, mapped->stem, length) != 0 ||
		(file[1 + length] != '\0' && file[1 + length] != '.'))
		return 0;
	if (strlen(info->dlpi_name) < PATH_MAX)
		strcpy(mapped->path[mapped->count++], info->dlpi_name);
	return mapped->count == MAX_MAPPED;
}

/* The loader's lock is held while it lists its objects, so they are opened afterwards. */
static void *find_mapped(struct search *search)
{
	struct mapped mapped;
	void *handle = NULL;

	mapped.stem = search->library->stem;
	mapped.count = 0;
	dl_iterate_phdr(collect_mapped, &mapped);
	for (unsigned i = 0; !handle && i < mapped.count; i++)
		handle = open_real(search->library, mapped.path[i], RTLD_NOLOAD);
	return handle;
}

/* --- the places of the loader -------------------------------------------------------------------- */

static void *find_in_library_path(struct search *search)
{
	const char *at = search->library->library_path;
	void *handle = NULL;

	if (!at || !*at)
		return NULL;
	note(search, "LD_LIBRARY_PATH");
	while (!handle && *at) {
		size_t length = strcspn(at, ":;");

		handle = length ? try_file(search, at, length) : try_file(search, ".", 1);
		at += length + (at[length] != '\0');
	}
	return handle;
}

struct cached {
	const struct xs_library *library;
	void *handle;
};

static bool open_cached(void *ctx, const char *path)
{
	struct cached *cached = ctx;

	cached->handle = open_real(cached->library, path, 0);
	return cached->handle != NULL;
}

static void *find_in_cache(struct search *search)
{
	struct cached cached = { .library = search->library };

	note(search, search->library->cache);
	xs_ld_cache_search(search->library->cache, search->library->soname, open_cached, &cached);
	return cached.handle;
}

/* --- everything, in order ------------------------------------------------------------------------ */

static void *find_chosen(struct search *search)
{
	const struct xs_library *library = search->library;
	void *handle;

	if (!library->chosen || !*library->chosen)
		return NULL;
	note(search, library->chosen);
	/* Without a slash the loader would search by name, and find the shim. */
	handle = strchr(library->chosen, '/') ? open_real(library, library->chosen, 0) : NULL;
	if (!handle)
		xs_warn("%s=%s is not a usable %s, looking elsewhere (a path is expected)",
			library->variable, library->chosen, library->soname);
	return handle;
}

void *xs_find_library(const struct xs_library *library, char *searched, size_t searched_bytes)
{
	struct search search = { library, searched, searched_bytes, 0 };
	void *handle;

	if (searched_bytes)
		*searched = '\0';
	handle = find_chosen(&search);
	if (!handle)
		handle = find_mapped(&search);
	if (!handle)
		handle = find_in_library_path(&search);
	if (!handle)
		handle = find_in_cache(&search);
	for (const char *const *at = library->directories; !handle && *at; at++) {
		note(&search, *at);
		handle = try_file(&search, *at, strlen(*at));
	}
	return handle;
}
