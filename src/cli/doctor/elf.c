/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads ELF files of 64 bits; of others, only what they are for. Every place is an offset into the
 * file that was looked at before use: at() for structures, text() for strings.
 */
#include "cli/doctor/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#define OUR_MACHINE EM_NONE
#endif

/* --- places in the file -------------------------------------------------------------------------- */

static const void *at(const struct xs_elf *elf, size_t offset, size_t bytes)
{
	return offset <= elf->bytes && bytes <= elf->bytes - offset ? elf->data + offset : NULL;
}

static const char *text(const struct xs_elf *elf, size_t offset)
{
	const char *found = at(elf, offset, 1);

	return found && memchr(found, '\0', elf->bytes - offset) ? found : NULL;
}

static const char *string(const struct xs_elf *elf, size_t index)
{
	return elf->strings && index < elf->string_bytes ? text(elf, elf->strings + index) : NULL;
}

static bool segment_at(const struct xs_elf *elf, size_t index, Elf64_Phdr *segment)
{
	Elf64_Ehdr header;

	memcpy(&header, elf->data, sizeof(header));
	if (index >= header.e_phnum || header.e_phentsize != sizeof(*segment))
		return false;
	const void *found = at(elf, header.e_phoff + index * sizeof(*segment), sizeof(*segment));
	if (found)
		memcpy(segment, found, sizeof(*segment));
	return found != NULL;
}

/* Where in the file lies what will be at this address? 0: nowhere. */
static size_t offset_of(const struct xs_elf *elf, uint64_t address)
{
	Elf64_Phdr segment;

	for (size_t i = 0; segment_at(elf, i, &segment); i++) {
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
			address - segment.p_vaddr < segment.p_filesz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	return 0;
}

static bool entry_at(const struct xs_elf *elf, size_t index, Elf64_Dyn *entry)
{
	Elf64_Phdr segment;

	for (size_t i = 0; segment_at(elf, i, &segment); i++) {
		if (segment.p_type != PT_DYNAMIC)
			continue;
		const void *found =
			index < segment.p_filesz / sizeof(*entry)
				? at(elf, segment.p_offset + index * sizeof(*entry), sizeof(*entry))
				: NULL;
		if (found)
			memcpy(entry, found, sizeof(*entry));
		return found && entry->d_tag != DT_NULL;
	}
	return false;
}

/* --- opening ------------------------------------------------------------------------------------- */

static void read_dynamic(struct xs_elf *elf)
{
	size_t soname = 0, rpath = 0, runpath = 0;
	Elf64_Dyn entry;

	for (size_t i = 0; entry_at(elf, i, &entry); i++) {
		uint64_t value = entry.d_un.d_val;

		elf->is_dynamic = true;
		switch (entry.d_tag) {
		case DT_STRTAB:
			elf->strings = offset_of(elf, value);
			break;
		case DT_STRSZ:
			elf->string_bytes = value;
			break;
		case DT_SYMTAB:
			elf->symbols = offset_of(elf, value);
			break;
		case DT_VERNEED:
			elf->versions = offset_of(elf, value);
			break;
		case DT_HASH:
			elf->hash = offset_of(elf, value);
			break;
		case DT_GNU_HASH:
			elf->gnu_hash = offset_of(elf, value);
			break;
		case DT_SONAME:
			soname = value;
			break;
		case DT_RPATH:
			rpath = value;
			break;
		case DT_RUNPATH:
			runpath = value;
			break;
		case DT_BIND_NOW:
			elf->bind_now = true;
			break;
		case DT_FLAGS:
			elf->bind_now |= (value & DF_BIND_NOW) != 0;
			break;
		case DT_FLAGS_1:
			elf->bind_now |= (value & DF_1_NOW) != 0;
			break;
		}
	}
	elf->soname = soname ? string(elf, soname) : NULL;
	elf->rpath = rpath ? string(elf, rpath) : NULL;
	elf->runpath = runpath ? string(elf, runpath) : NULL;
}

static void read_header(struct xs_elf *elf)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	const void *found = at(elf, 0, sizeof(header));

	if (!found || memcmp(found, ELFMAG, SELFMAG) != 0)
		return;
	memcpy(&header, found, sizeof(header));
	elf->is_elf = true;
	elf->is_64 = header.e_ident[EI_CLASS] == ELFCLASS64;
	elf->machine = header.e_machine; /* at the same place for 32 bits */
	elf->is_native = elf->is_64 && elf->machine == OUR_MACHINE;
	for (size_t i = 0; elf->is_64 && segment_at(elf, i, &segment); i++) {
		if (segment.p_type == PT_INTERP)
			elf->interpreter = text(elf, segment.p_offset);
	}
	if (elf->is_64)
		read_dynamic(elf);
}

int xs_elf_open(struct xs_elf *elf, const char *path)
{
	struct stat info;
	int err = 0;

	*elf = (struct xs_elf){ 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &info) != 0)
		err = -errno;
	else if (!S_ISREG(info.st_mode))
		err = S_ISDIR(info.st_mode) ? -EISDIR : -EINVAL;
	if (!err && info.st_size > 0) {
		void *map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (map == MAP_FAILED) {
			err = -errno;
		} else {
			elf->data = map;
			elf->bytes = (size_t)info.st_size;
			read_header(elf);
		}
	}
	close(fd);
	return err;
}

void xs_elf_close(struct xs_elf *elf)
{
	if (elf->data)
		munmap((void *)elf->data, elf->bytes);
	*elf = (struct xs_elf){ 0 };
}

/* --- questions ----------------------------------------------------------------------------------- */

const char *xs_elf_needed(const struct xs_elf *elf, size_t index)
{
	Elf64_Dyn entry;

	for (size_t i = 0; elf->is_64 && entry_at(elf, i, &entry); i++) {
		if (entry.d_tag == DT_NEEDED && index-- == 0)
			return string(elf, entry.d_un.d_val);
	}
	return NULL;
}

/* How many symbols there are is only said by the hash tables. */
static size_t symbol_count(const struct xs_elf *elf)
{
	const uint32_t *header;
	size_t last = 0;

	if (elf->hash && (header = at(elf, elf->hash, 8)))
		return header[1];
	if (!elf->gnu_hash || !(header = at(elf, elf->gnu_hash, 16)))
		return 0;
	size_t buckets = elf->gnu_hash + 16 + (size_t)header[2] * 8;
	size_t chains = buckets + (size_t)header[0] * 4;
	for (size_t i = 0; i < header[0]; i++) {
		const uint32_t *bucket = at(elf, buckets + i * 4, 4);

		if (!bucket)
			return 0;
		last = *bucket > last ? *bucket : last;
	}
	if (last < header[1])
		return header[1];
	for (const uint32_t *chain;; last++) {
		chain = at(elf, chains + (last - header[1]) * 4, 4);
		if (!chain || *chain & 1)
			return chain ? last + 1 : 0;
	}
}

static bool find_symbol(const struct xs_elf *elf, const char *name, Elf64_Sym *symbol)
{
	size_t count = elf->symbols ? symbol_count(elf) : 0;

	for (size_t i = 0; i < count; i++) {
		const void *found = at(elf, elf->symbols + i * sizeof(*symbol), sizeof(*symbol));

		if (!found)
			break;
		memcpy(symbol, found, sizeof(*symbol));
		const char *its_name = string(elf, symbol->st_name);
		if (symbol->st_shndx != SHN_UNDEF && its_name && strcmp(its_name, name) == 0)
			return true;
	}
	return false;
}

bool xs_elf_defines(const struct xs_elf *elf, const char *symbol)
{
	Elf64_Sym found;

	return find_symbol(elf, symbol, &found);
}

const char *xs_elf_text(const struct xs_elf *elf, const char *symbol)
{
	Elf64_Sym found;

	if (!find_symbol(elf, symbol, &found) || !found.st_size)
		return NULL;
	size_t offset = offset_of(elf, found.st_value);
	const char *content = offset ? at(elf, offset, found.st_size) : NULL;
	return content && memchr(content, '\0', found.st_size) ? content : NULL;
}

bool xs_elf_contains(const struct xs_elf *elf, const char *bytes)
{
	return elf->bytes && memmem(elf->data, elf->bytes, bytes, strlen(bytes));
}

unsigned int xs_elf_glibc(const struct xs_elf *elf)
{
	unsigned int newest = 0;
	size_t place = elf->versions;

	for (int files = 0; place && files < 64; files++) {
		const Elf64_Verneed *file = at(elf, place, sizeof(*file));
		size_t next = file ? place + file->vn_aux : 0;

		for (int i = 0; file && i < file->vn_cnt; i++) {
			const Elf64_Vernaux *version = at(elf, next, sizeof(*version));
			const char *name = version ? string(elf, version->vna_name) : NULL;
			unsigned int major, minor;

			if (name && sscanf(name, "GLIBC_%u.%u", &major, &minor) == 2 &&
				1000 * major + minor > newest)
				newest = 1000 * major + minor;
			if (!version || !version->vna_next)
				break;
			next += version->vna_next;
		}
		place = file && file->vn_next ? place + file->vn_next : 0;
	}
	return newest;
}

const char *xs_elf_machine(const struct xs_elf *elf)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} machines[] = {
		{ EM_386, "32-bit x86" },
		{ EM_X86_64, "x86-64" },
		{ EM_ARM, "32-bit Arm" },
		{ EM_AARCH64, "aarch64" },
		{ EM_RISCV, "RISC-V" },
		{ EM_PPC64, "POWER" },
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (machines[i].machine == elf->machine)
			return elf->machine == EM_X86_64 && !elf->is_64 ? "x32" : machines[i].name;
	}
	return "another processor";
}
