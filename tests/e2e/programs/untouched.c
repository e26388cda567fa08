/* SPDX-License-Identifier: Apache-2.0 */
/* What a process is like before its first driver call: descriptors, threads, signals, children. */
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "program.h"

/* Descriptors of ours have high numbers: the page, which a daemon may want to see. But not so high that
 * the kernel has to make its table larger, which takes it 10 ms in a process with threads. */
#define FIRST_OF_OURS 48

static void count_entries(const char *directory)
{
	bool descriptors = !strcmp(directory, "/proc/self/fd");
	DIR *opened = opendir(directory);
	const struct dirent *entry;
	int count = 0;

	while (opened && (entry = readdir(opened)))
		count += !descriptors || atoi(entry->d_name) < FIRST_OF_OURS;
	if (opened)
		closedir(opened);
	printf("%s: %d\n", directory, count);
}

static void print_table_size(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "FDSize:", 7))
			fputs(line, stdout);
	if (status)
		fclose(status);
}

static void look(void)
{
	struct sigaction action;
	sigset_t mask;

	count_entries("/proc/self/fd");
	count_entries("/proc/self/task");
	print_table_size();
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (int i = 1; i < SIGRTMAX; i++) {
		if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			printf("signal %d is handled\n", i);
		if (sigismember(&mask, i))
			printf("signal %d is blocked\n", i);
	}
}

int main(void)
{
	int status = 0;
	pid_t pid;

	look();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		look();
		return 5;
	}
	waitpid(pid, &status, 0);
	printf("child %d, ", WEXITSTATUS(status));
	printf("shell %d\n", WEXITSTATUS(system("exit 6")));
	fflush(stdout);
	start();
	look(); /* what the driver needs, and no more than that */
	check(spin(NULL, 10));
	check(cuCtxSynchronize());
	look();
	return 0;
}
