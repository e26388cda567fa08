/* SPDX-License-Identifier: Apache-2.0 */
/* See daemon.h. */
#include "daemon.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void actor_fail(const char *format, ...)
{
	va_list list;

	fprintf(stderr, "bench: ");
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	exit(1);
}

static char directory[32];
static pid_t server;

void daemon_stop(void)
{
	char lock[128];

	if (!server)
		return;
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	snprintf(lock, sizeof(lock), "%s/s.lock", directory);
	unlink(lock);
	rmdir(directory);
	server = 0;
}

void daemon_start(const char *policy)
{
	const char *build = getenv("BUILD");
	static char program[512], path[128];
	static bool registered;

	strcpy(directory, "/tmp/xsched-bench-XXXXXX");
	if (!mkdtemp(directory))
		actor_fail("mkdtemp: %m");
	snprintf(path, sizeof(path), "%s/s", directory);
	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	setenv("XSCHED_SOCKET", path, 1);
	setenv("XLOG_LEVEL", "WARN", 1);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (policy)
			execl(program, "xserver", "--policy", policy, NULL);
		execl(program, "xserver", NULL);
		_exit(127);
	}
	if (!registered)
		atexit(daemon_stop);
	registered = true;
}

void daemon_join(struct actor *actor, int priority)
{
	if (actor_open(actor, "bench") != 0)
		actor_fail("no welcome");
	actor_priority(actor, priority);
}

/* Seconds of processor time that the daemon has used. */
double daemon_cpu_seconds(void)
{
	char path[64], text[1024];
	unsigned long user, system;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)server);
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file)
		fclose(file);
	text[size] = '\0';
	const char *rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			     &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double daemon_kib(void)
{
	unsigned long size, resident = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)server);
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}
