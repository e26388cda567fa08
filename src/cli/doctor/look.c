/* SPDX-License-Identifier: Apache-2.0 */
/* What several examinations need: a child process to look at things with, files, lists. */
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"

#define PATIENCE_MS   30000 /* drivers of big machines take their time to start */
#define MOST_OF_FILES (1 << 20)

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads until the end or until patience ends. Returns whether it was the end. */
static bool read_all(int fd, FILE *into)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	long end = now_ms() + PATIENCE_MS;
	char buffer[4096];

	for (;;) {
		long left = end - now_ms();
		int ready = left > 0 ? poll(&input, 1, (int)left) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		ssize_t size = ready > 0 ? read(fd, buffer, sizeof(buffer)) : -1;
		if (size <= 0)
			return ready > 0;
		fwrite(buffer, 1, (size_t)size, into);
	}
}

char *xs_doctor_apart(void (*look)(void *data, FILE *out), void *data, int *status)
{
	char *text = NULL;
	size_t size;
	int ends[2];

	fflush(NULL);
	FILE *into = open_memstream(&text, &size);
	if (!into || pipe2(ends, O_CLOEXEC) != 0) {
		if (into)
			fclose(into);
		free(text);
		return NULL;
	}
	pid_t child = fork();
	if (child == 0) {
		FILE *out = fdopen(ends[1], "w");

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setvbuf(out, NULL, _IOLBF, 0);
		dup2(ends[1], STDERR_FILENO);
		setenv("XLOG_LEVEL", "WARN", 1);
		look(data, out);
		fflush(out);
		_exit(0); /* not through the exit handlers of what was loaded */
	}
	close(ends[1]);
	bool ended = child > 0 && read_all(ends[0], into);
	close(ends[0]);
	if (child > 0 && !ended)
		kill(child, SIGKILL);
	if (child < 0 || waitpid(child, status, 0) != child || !ended)
		*status = -1;
	fclose(into);
	return text;
}

char *xs_doctor_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? malloc(MOST_OF_FILES) : NULL;
	size_t size = text ? fread(text, 1, MOST_OF_FILES - 1, file) : 0;

	if (file)
		fclose(file);
	if (text)
		text[size] = '\0';
	return text;
}

bool xs_doctor_is_shim(const char *path)
{
	struct xs_elf elf;
	bool is_shim = xs_elf_open(&elf, path) == 0 && xs_elf_defines(&elf, "xsched_shim");

	xs_elf_close(&elf);
	return is_shim;
}

void xs_doctor_each(const char *list, const char *separators,
	void (*visit)(struct xs_doctor *doctor, const char *part), struct xs_doctor *doctor)
{
	char *copy = strdup(list ? list : ""), *rest;

	if (!copy)
		return;
	for (char *part = strtok_r(copy, separators, &rest); part;
		part = strtok_r(NULL, separators, &rest))
		visit(doctor, part);
	free(copy);
}

const char *xs_doctor_glibc(unsigned int version, char buffer[16])
{
	snprintf(buffer, 16, "%u.%u", version / 1000 % 1000, version % 1000);
	return buffer;
}

unsigned int xs_doctor_glibc_here(void)
{
	unsigned int major = 0, minor = 0;

	sscanf(gnu_get_libc_version(), "%u.%u", &major, &minor);
	return 1000 * major + minor;
}
