/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program or library says about itself, read from its file and without running or loading it.
 * The file is not trusted: whatever lies outside of it is as if it were not there.
 */
#ifndef XS_CLI_DOCTOR_ELF_H
#define XS_CLI_DOCTOR_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xs_elf {
	/* For elf.c. */
	const uint8_t *data;
	size_t bytes;
	size_t strings, string_bytes; /* of the dynamic section */
	size_t symbols, versions;
	size_t hash, gnu_hash;

	bool is_elf;
	bool is_64, is_native; /* for a 64-bit machine, and for the processor that we run on */
	bool is_dynamic;       /* has a dynamic section */
	bool bind_now;
	unsigned int machine;
	const char *interpreter; /* NULL: none */
	const char *soname, *rpath, *runpath;
};

/* Returns 0 or -errno. A file that is no ELF file is opened too, with is_elf false. */
int xs_elf_open(struct xs_elf *elf, const char *path);
void xs_elf_close(struct xs_elf *elf);

/* The names of the libraries that it needs; NULL past the end. */
const char *xs_elf_needed(const struct xs_elf *elf, size_t index);

/* Whether the symbol is defined here and others may use it. */
bool xs_elf_defines(const struct xs_elf *elf, const char *symbol);

/* The text that a defined symbol holds; NULL: there is no such symbol, or it holds no text. */
const char *xs_elf_text(const struct xs_elf *elf, const char *symbol);

/* Whether these bytes are somewhere in the file. */
bool xs_elf_contains(const struct xs_elf *elf, const char *text);

/* The newest C library that it asks for, as 1000 * major + minor; 0: any. */
unsigned int xs_elf_glibc(const struct xs_elf *elf);

/* "x86-64", "32-bit Arm" and so on. */
const char *xs_elf_machine(const struct xs_elf *elf);

#endif
