/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libxschedobserve.so: what `xcli doctor -- CMD` puts into the processes that it looks at (LD_AUDIT).
 * The loader tells it which libraries are loaded and which function of a driver was bound to which
 * library, also by dlsym() on a handle and with RTLD_DEEPBIND, where a preloaded library does not come
 * in between. It changes no binding. Each record is a line in the file that $XSCHED_OBSERVE names:
 *
 *   PID program FILE
 *   PID object FILE             the name is one of a driver's or of ours
 *   PID bind FROM TO SYMBOL     a function of a driver, once for each FROM, TO and SYMBOL
 *   PID end QUEUES COMMANDS UNGATED
 *
 * It lives in a namespace of its own, with a C library of its own. Fields are separated by tabs; the
 * file is opened for each line, as programs close descriptors that they do not know.
 */
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/gate.h"
#include "wire/page.h"

#define VISIBLE __attribute__((visibility("default")))

static const char *path;
static struct link_map *core; /* libpreempt.so of the program */

__attribute__((format(printf, 1, 2))) static void record(const char *format, ...)
{
	char line[3 * PATH_MAX];
	va_list list;
	int length = snprintf(line, sizeof(line), "%ld\t", (long)getpid());

	va_start(list, format);
	length += vsnprintf(line + length, sizeof(line) - (size_t)length, format, list);
	va_end(list);
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	if (length < (int)sizeof(line) && write(fd, line, (size_t)length) < 0)
		path = NULL; /* nobody reads it any more */
	close(fd);
}

/* --- names --------------------------------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static bool is_driver(const char *name)
{
	return begins(name, "libcuda.so") || begins(name, "libamdhip64.so") ||
	       begins(name, "libshim");
}

static bool is_of_interest(const char *name)
{
	static const char *const beginnings[] = { "libcudart.so", "libpreempt.so", "libhal",
		"libvgpu", "libnvshare", "librocprofiler", "libOpenCL.so", "libze_loader.so" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (begins(name, beginnings[i]))
			return true;
	return is_driver(name);
}

static const char *file_of(const struct link_map *map)
{
	static char program[PATH_MAX];

	if (*map->l_name)
		return map->l_name;
	if (!*program) {
		ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
		program[length > 0 ? length : 0] = '\0';
	}
	return program;
}

/* --- what the loader calls ----------------------------------------------------------------------- */

VISIBLE unsigned int la_version(unsigned int version)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	path = getenv("XSCHED_OBSERVE");
	program[length > 0 ? length : 0] = '\0';
	record("program\t%s\n", program);
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

VISIBLE unsigned int la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie)
{
	const char *name = base_name(map->l_name);

	(void)cookie;
	if (!is_of_interest(name))
		return LA_FLG_BINDFROM;
	record("object\t%s\n", map->l_name);
	if (space == LM_ID_BASE && begins(name, "libpreempt.so"))
		core = map;
	return is_driver(name) ? LA_FLG_BINDFROM | LA_FLG_BINDTO : LA_FLG_BINDFROM;
}

/* Ours look up the whole driver; and a binding that was seen need not be told again. */
static bool is_news(uintptr_t from, uintptr_t to, const char *symbol)
{
	static uint64_t seen[4096];
	const char *name = base_name(((struct link_map *)from)->l_name);
	uint64_t hash = (uint64_t)from * 31 + (uint64_t)to;

	if (begins(name, "libhal") || begins(name, "libshim") || begins(name, "libpreempt") ||
		from == to)
		return false;
	while (*symbol)
		hash = (hash ^ (unsigned char)*symbol++) * UINT64_C(0x100000001b3);
	uint64_t *place = &seen[hash % (sizeof(seen) / sizeof(*seen))];
	if (*place == hash)
		return false;
	*place = hash;
	return true;
}

VISIBLE uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned int index, uintptr_t *from,
	uintptr_t *to, unsigned int *flags, const char *name)
{
	(void)index;
	*flags |= LA_SYMB_NOPLTENTER | LA_SYMB_NOPLTEXIT;
	if ((begins(name, "cu") || begins(name, "hip") || begins(name, "_Z") ||
		    begins(name, "rocprofiler_set_api_table")) &&
		is_news(*from, *to, name)) {
		/* file_of() may give the same buffer twice, but only the program has no name. */
		record("bind\t%s\t%s\t%s\n", file_of((struct link_map *)*from),
			file_of((struct link_map *)*to), name);
	}
	return symbol->st_value;
}

/* --- the end ------------------------------------------------------------------------------------- */

/* The page in which the queues of this process are, if it has any. */
static const struct xs_page *find_page(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	const struct xs_page *page = NULL;
	char line[PATH_MAX + 128];
	unsigned long from, to;

	while (maps && !page && fgets(line, sizeof(line), maps)) {
		if (strstr(line, "/memfd:xsched") && sscanf(line, "%lx-%lx", &from, &to) == 2 &&
			to - from >= sizeof(*page))
			page = (const struct xs_page *)from;
	}
	if (maps)
		fclose(maps);
	return page && page->magic == XS_PAGE_MAGIC && page->version == XS_PAGE_VERSION ? page
											: NULL;
}

static uint32_t hash_of(const char *name)
{
	uint32_t hash = 5381;

	while (*name)
		hash = hash * 33 + (unsigned char)*name++;
	return hash;
}

/* A symbol of the program's namespace, which dlsym() does not find from here. */
static const void *symbol_of(const struct link_map *map, const char *name)
{
	const char *strings = NULL;
	const Elf64_Sym *symbols = NULL;
	const uint32_t *table = NULL;

	for (const Elf64_Dyn *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		const void *place = (const void *)entry->d_un.d_ptr; /* relocated by the loader */

		if (entry->d_tag == DT_STRTAB)
			strings = place;
		else if (entry->d_tag == DT_SYMTAB)
			symbols = place;
		else if (entry->d_tag == DT_GNU_HASH)
			table = place;
	}
	if (!strings || !symbols || !table || !table[0])
		return NULL;
	uint32_t hash = hash_of(name);
	const uint32_t *buckets = table + 4 + 2 * (size_t)table[2];
	const uint32_t *chains = buckets + table[0] - table[1];
	uint32_t index = buckets[hash % table[0]];
	for (; index; index++) {
		if ((chains[index] | 1) == (hash | 1) &&
			strcmp(strings + symbols[index].st_name, name) == 0)
			return (const char *)map->l_addr + symbols[index].st_value;
		if (chains[index] & 1)
			break;
	}
	return NULL;
}

__attribute__((destructor)) static void end(void)
{
	const struct xs_page *page = core ? find_page() : NULL;
	unsigned long queues = 0, commands = 0;

	if (!core)
		return;
	for (size_t i = 0; page && i < XS_PAGE_SLOTS; i++) {
		uint32_t submitted = xs_gate_submitted(xs_load_relaxed(&page->slots[i].word));
		queues += submitted != 0;
		commands += submitted;
	}
	const _Atomic uint64_t *ungated = symbol_of(core, "xs_process_ungated");
	record("end\t%lu\t%lu\t%lu\n", queues, commands,
		ungated ? (unsigned long)xs_load_relaxed(ungated) : 0);
}
