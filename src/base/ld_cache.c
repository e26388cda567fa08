/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's cache, read as the file that it is. */
#include "base/ld_cache.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const xs_driver_directories[] = {
#if defined(__x86_64__)
	"/usr/lib/x86_64-linux-gnu",
	"/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
	"/usr/lib/aarch64-linux-gnu",
	"/lib/aarch64-linux-gnu",
	"/usr/lib/aarch64-linux-gnu/tegra",
#endif
	"/usr/lib64",
	"/lib64",
	"/usr/lib",
	"/usr/local/nvidia/lib64",
	"/usr/local/nvidia/lib",
	"/usr/local/cuda/compat",
	"/usr/lib/wsl/lib",
	NULL,
};

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

static bool search_entries(
	const char *cache, size_t bytes, const char *soname, xs_ld_visit visit, void *ctx)
{
	struct cache_header header;
	bool found = false;

	cache = skip_old_table(cache, &bytes);
	if (bytes < sizeof(header))
		return false;
	memcpy(&header, cache, sizeof(header));
	if (memcmp(header.magic, CACHE_MAGIC, sizeof(header.magic)) != 0 ||
		header.entries > (bytes - sizeof(header)) / sizeof(struct cache_entry))
		return false;
	for (uint32_t i = 0; !found && i < header.entries; i++) {
		struct cache_entry entry;
		const char *key, *value;

		memcpy(&entry, cache + sizeof(header) + i * sizeof(entry), sizeof(entry));
		key = cache_string(cache, bytes, entry.key);
		value = cache_string(cache, bytes, entry.value);
		if (entry.flags == CACHE_FLAGS && key && value && *value == '/' &&
			strcmp(key, soname) == 0)
			found = visit(ctx, value);
	}
	return found;
}

bool xs_ld_cache_search(const char *cache, const char *soname, xs_ld_visit visit, void *ctx)
{
	int fd = open(cache, O_RDONLY | O_CLOEXEC);
	bool found = false;
	struct stat info;
	void *map;

	if (fd < 0)
		return false;
	if (fstat(fd, &info) == 0 && info.st_size > 0) {
		map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map != MAP_FAILED) {
			found = search_entries(map, (size_t)info.st_size, soname, visit, ctx);
			munmap(map, (size_t)info.st_size);
		}
	}
	close(fd);
	return found;
}
