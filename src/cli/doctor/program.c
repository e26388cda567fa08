/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program, before it is started: is it one into which the loader puts a library? Scripts are followed
 * to what runs them. What a script or an interpreter starts in turn is seen when it runs (trial.c).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"
#include "cli/program.h"

#define TOPIC        "program"
#define MOST_SCRIPTS 4

/* --- finding it ---------------------------------------------------------------------------------- */

/* "#!/usr/bin/env python3" leads to python3, "#!/bin/sh -e" to /bin/sh. */
static bool read_script(const char *path, char next[PATH_MAX])
{
	char line[256] = "", first[256] = "", second[256] = "";
	FILE *file = fopen(path, "re");
	bool is_script = file && fgets(line, sizeof(line), file) && strncmp(line, "#!", 2) == 0;

	if (file)
		fclose(file);
	if (!is_script || sscanf(line + 2, " %255s %255s", first, second) < 1)
		return false;
	const char *slash = strrchr(first, '/');
	bool is_env = *second && strcmp(slash ? slash + 1 : first, "env") == 0 && *second != '-';
	snprintf(next, PATH_MAX, "%s", is_env ? second : first);
	return true;
}

/* --- what it is ---------------------------------------------------------------------------------- */

static void find_wrong(struct xs_doctor *doctor, const char *code, const char *path,
	const char *what, const char *remedy)
{
	xs_find(&doctor->findings, XS_WRONG, TOPIC, code, "%s %s.", path, what);
	xs_remedy(&doctor->findings, "%s", remedy);
}

/* Whether the loader puts libraries into it. */
static bool takes_preload(struct xs_doctor *doctor, const char *path, const struct xs_elf *elf)
{
	char what[256];

	snprintf(what, sizeof(what), "is for %s, and the libraries are not", xs_elf_machine(elf));
	if (!elf->is_native)
		find_wrong(doctor, "program-foreign", path, what,
			"Use a build of the program for this machine's own processor.");
	else if (!elf->is_dynamic || (!elf->interpreter && !elf->soname))
		find_wrong(doctor, "program-static", path,
			"is linked statically: nothing can be preloaded into it",
			"Link it dynamically (without -static); of the CUDA runtime alone, "
			"-cudart static does no harm.");
	else if (elf->interpreter && strstr(elf->interpreter, "musl"))
		find_wrong(doctor, "program-musl", path,
			"uses the C library musl, and XSched and the vendors' drivers need glibc",
			"Use a build of the program for glibc, for example in an image of Debian "
			"instead of Alpine.");
	else if (xs_program_gains_rights(path))
		find_wrong(doctor, "program-secure", path,
			"gains rights when it starts (set-user-id or capabilities), so the loader "
			"ignores LD_PRELOAD",
			"Start it as its owner, or take the bit or the capabilities away: chmod "
			"u-s, setcap -r.");
	else
		return true;
	return false;
}

/* With a replacement on LD_LIBRARY_PATH, a DT_RPATH goes before it; with a preload nothing does. */
static void check_path(struct xs_doctor *doctor, const char *path, const struct xs_elf *elf)
{
	const char *list = getenv("LD_LIBRARY_PATH"), *preload = getenv("LD_PRELOAD");
	bool replaces = list && *doctor->libraries && strstr(list, doctor->libraries) &&
			!(preload && strstr(preload, "libshim"));

	if (!replaces || !elf->rpath || elf->runpath)
		return;
	xs_find(&doctor->findings, XS_DOUBT, TOPIC, "program-rpath",
		"%s has a DT_RPATH (%s), which goes before LD_LIBRARY_PATH: a driver that is found "
		"there is not replaced by the shim.",
		path, elf->rpath);
	xs_remedy(&doctor->findings, "Preload the shim: xcli run -- %s, or LD_PRELOAD=%s/%s.", path,
		doctor->libraries, doctor->platforms[XS_DOCTOR_CUDA].shim);
}

static void check_runtime(struct xs_doctor *doctor, const char *path, const struct xs_elf *elf)
{
	const char *needed;

	for (size_t i = 0; (needed = xs_elf_needed(elf, i)); i++)
		if (strncmp(needed, "libcudart.so", 12) == 0)
			return;
	if (xs_elf_contains(elf, "cudaLaunchKernel") && xs_elf_contains(elf, "libcuda.so.1"))
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "cudart-static",
			"%s holds the CUDA runtime itself. That is scheduled too: the runtime "
			"looks "
			"for libcuda.so.1, and the shim bears that name.",
			path);
}

static void examine(struct xs_doctor *doctor, const char *path)
{
	struct xs_elf elf;

	if (xs_elf_open(&elf, path) == 0 && elf.is_elf && takes_preload(doctor, path, &elf)) {
		xs_find(&doctor->findings, XS_FINE, TOPIC, "program",
			"%s takes a preloaded library%s", path,
			elf.bind_now ? " and binds all functions at its start" : "");
		check_path(doctor, path, &elf);
		check_runtime(doctor, path, &elf);
	}
	xs_elf_close(&elf);
}

void xs_doctor_program(struct xs_doctor *doctor, char **command)
{
	char name[PATH_MAX], path[PATH_MAX];

	snprintf(name, sizeof(name), "%s", command[0]);
	for (int i = 0; i <= MOST_SCRIPTS; i++) {
		if (!xs_program_find(name, path)) {
			xs_find(&doctor->findings, XS_WRONG, TOPIC, "program-missing",
				"%s%s%s is not there, or may not be run.", name,
				i ? ", which runs " : "", i ? command[0] : "");
			xs_remedy(&doctor->findings, "Correct the command or PATH.");
			return;
		}
		if (!read_script(path, name))
			break;
	}
	examine(doctor, path);
}
