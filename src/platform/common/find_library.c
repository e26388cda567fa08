/* SPDX-License-Identifier: Apache-2.0 */
/* The search of find_library.h: one function per kind of place, first hit wins. No state. */
#include "platform/common/find_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* /etc/ld.so.cache as glibc 2.2 and later writes it: possibly after an older table, a header, then
 * entries whose strings are given by their offset from the header. */
struct cache_header {
	char magic[20]; /* "glibc-ld.so.cache1.1" */
	uint32_t entries;
	uint32_t string_bytes;
	uint8_t flags;
	uint8_t padding[3];
	uint32_t extension;
	uint32_t unused[3];
};
struct cache_entry {
	int32_t flags;
	uint32_t key;
	uint32_t value;
	uint32_t os_version;
	uint64_t hwcap;
};

#define CACHE_MAGIC     "glibc-ld.so.cache1.1"
#define CACHE_OLD_MAGIC "ld.so-1.7.0"
#if defined(__x86_64__)
#define CACHE_FLAGS 0x0303 /* ELF library for libc 6, x86-64 */
#elif defined(__aarch64__)
#define CACHE_FLAGS 0x0a03 /* ELF library for libc 6, aarch64 little-endian */
#endif

/* The old table has 12 bytes per entry after 16 of header, and the new one is aligned to 8. */
static const char *skip_old_table(const char *cache, size_t *bytes)
{
	uint32_t entries;
	size_t skip;

	if (*bytes < 16 || memcmp(cache, CACHE_OLD_MAGIC, sizeof(CACHE_OLD_MAGIC) - 1) != 0)
		return cache;
	memcpy(&entries, cache + 12, sizeof(entries));
	skip = (16 + (size_t)entries * 12 + 7) & ~(size_t)7;
	if (skip > *bytes)
		return cache;
	*bytes -= skip;
	return cache + skip;
}

/* The string at offset, or NULL if it does not end inside the cache. */
static const char *cache_string(const char *cache, size_t bytes, uint32_t offset)
{
	return offset < bytes && memchr(cache + offset, '\0', bytes - offset) ? cache + offset
									      : NULL;
}

static void *search_cache(struct search *search, const char *cache, size_t bytes)
{
	struct cache_header header;
	void *handle = NULL;

	cache = skip_old_table(cache, &bytes);
	if (bytes < sizeof(header))
		return NULL;
	memcpy(&header, cache, sizeof(header));
	if (memcmp(header.magic, CACHE_MAGIC, sizeof(header.magic)) != 0 ||
		header.entries > (bytes - sizeof(header)) / sizeof(struct cache_entry))
		return NULL;
	for (uint32_t i = 0; !handle && i < header.entries; i++) {
		struct cache_entry entry;
		const char *key, *value;

		memcpy(&entry, cache + sizeof(header) + i * sizeof(entry), sizeof(entry));
		key = cache_string(cache, bytes, entry.key);
		value = cache_string(cache, bytes, entry.value);
		if (entry.flags == CACHE_FLAGS && key && value && *value == '/' &&
			strcmp(key, search->library->soname) == 0)
			handle = open_real(search->library, value, 0);
	}
	return handle;
}

static void *find_in_cache(struct search *search)
{
	int fd = open(search->library->cache, O_RDONLY | O_CLOEXEC);
	void *handle = NULL;
	struct stat info;
	void *cache;

	note(search, search->library->cache);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0 && info.st_size > 0) {
		cache = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (cache != MAP_FAILED) {
			handle = search_cache(search, cache, (size_t)info.st_size);
			munmap(cache, (size_t)info.st_size);
		}
	}
	close(fd);
	return handle;
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
