/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the command as `xcli run` would, with libxschedobserve.so looking on, and says what it saw: in
 * each process, which library was bound to the shim and which to the driver behind it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"

#define TOPIC "trial"

/* --- what was seen ------------------------------------------------------------------------------- */

#define MOST_FILES 32

struct binding {
	char *from, *to;
	unsigned long functions;
	char work[128]; /* the first function that hands work to the device */
};

struct process {
	long pid;
	char *program;
	char *drivers[MOST_FILES]; /* not shims */
	size_t driver_count;
	struct binding *bindings;
	size_t binding_count;
	bool has_table; /* a HIP runtime gave us its dispatch table */
	bool has_core, ended;
	unsigned long queues, commands, ungated;
};

struct trial {
	struct process *processes;
	size_t count;
};

static void *grown(void *array, size_t count, size_t size)
{
	void *larger = realloc(array, (count + 1) * size);

	if (!larger) {
		fprintf(stderr, "xcli doctor: out of memory\n");
		exit(1);
	}
	memset((char *)larger + count * size, 0, size);
	return larger;
}

/* A process that executes another program is a new one. */
static struct process *process_of(struct trial *trial, long pid, bool is_new)
{
	for (size_t i = trial->count; !is_new && i-- > 0;)
		if (trial->processes[i].pid == pid)
			return &trial->processes[i];
	trial->processes = grown(trial->processes, trial->count, sizeof(*trial->processes));
	trial->processes[trial->count].pid = pid;
	return &trial->processes[trial->count++];
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void add_object(struct process *process, const char *path)
{
	const char *name = base_name(path);
	char *real;

	process->has_core |= begins(name, "libpreempt.so");
	if (!begins(name, "libcuda.so") && !begins(name, "libamdhip64.so"))
		return;
	real = realpath(path, NULL);
	for (size_t i = 0; real && i < process->driver_count; i++)
		if (strcmp(process->drivers[i], real) == 0)
			return free(real);
	if (real && process->driver_count < MOST_FILES && !xs_doctor_is_shim(real))
		process->drivers[process->driver_count++] = real;
	else
		free(real);
}

static bool hands_over_work(const char *symbol)
{
	return strstr(symbol, "Launch") || strstr(symbol, "Memcpy") || strstr(symbol, "Memset") ||
	       strstr(symbol, "Async") || strstr(symbol, "GetProcAddress");
}

static void add_binding(
	struct process *process, const char *from, const char *to, const char *symbol)
{
	struct binding *binding = NULL;

	/* Not the program's: the runtime looks for a tool, and finds us. */
	if (begins(symbol, "rocprofiler_set_api_table")) {
		process->has_table = true;
		return;
	}
	for (size_t i = 0; i < process->binding_count && !binding; i++)
		if (strcmp(process->bindings[i].from, from) == 0 &&
			strcmp(process->bindings[i].to, to) == 0)
			binding = &process->bindings[i];
	if (!binding) {
		process->bindings = grown(
			process->bindings, process->binding_count, sizeof(*process->bindings));
		binding = &process->bindings[process->binding_count++];
		binding->from = strdup(from);
		binding->to = strdup(to);
	}
	binding->functions++;
	if (!*binding->work && hands_over_work(symbol))
		snprintf(binding->work, sizeof(binding->work), "%s", symbol);
}

static void read_record(struct trial *trial, char *line)
{
	char *field[5] = { NULL };
	size_t count = 0;

	for (char *at = line; count < 5 && at; count++) {
		field[count] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
	}
	if (count < 3)
		return;
	bool is_new = strcmp(field[1], "program") == 0;
	struct process *process = process_of(trial, atol(field[0]), is_new);
	if (is_new) {
		process->program = strdup(field[2]);
	} else if (strcmp(field[1], "object") == 0) {
		add_object(process, field[2]);
	} else if (strcmp(field[1], "bind") == 0 && count == 5) {
		add_binding(process, field[2], field[3], field[4]);
	} else if (strcmp(field[1], "end") == 0 && count == 5) {
		process->ended = true;
		process->queues = strtoul(field[2], NULL, 10);
		process->commands = strtoul(field[3], NULL, 10);
		process->ungated = strtoul(field[4], NULL, 10);
	}
}

static void read_records(struct trial *trial, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		read_record(trial, line);
	}
	free(line);
	if (file)
		fclose(file);
}

static void trial_free(struct trial *trial)
{
	for (size_t i = 0; i < trial->count; i++) {
		struct process *process = &trial->processes[i];

		for (size_t k = 0; k < process->driver_count; k++)
			free(process->drivers[k]);
		for (size_t k = 0; k < process->binding_count; k++) {
			free(process->bindings[k].from);
			free(process->bindings[k].to);
		}
		free(process->bindings);
		free(process->program);
	}
	free(trial->processes);
}

/* --- starting ------------------------------------------------------------------------------------ */

/* A replacement on LD_LIBRARY_PATH is left as it is; without any shim it is done as by xcli run. */
static bool is_set_up(const struct xs_doctor *doctor)
{
	const char *list = getenv("LD_LIBRARY_PATH"), *preload = getenv("LD_PRELOAD");

	return (preload && strstr(preload, "libshim")) ||
	       (list && *doctor->libraries && strstr(list, doctor->libraries));
}

static void start(const struct xs_doctor *doctor, const char *records, char **command)
{
	static char self[] = "xcli", verb[] = "run", end[] = "--";
	char observer[PATH_MAX + 64];
	size_t count = 0;

	while (command[count])
		count++;
	char **words = calloc(count + 4, sizeof(char *));
	if (!words)
		return;
	words[0] = self;
	words[1] = verb;
	words[2] = end;
	memcpy(words + 3, command, count * sizeof(char *));
	snprintf(observer, sizeof(observer), "%s/libxschedobserve.so", doctor->libraries);
	setenv("XSCHED_OBSERVE", records, 1);
	setenv("LD_AUDIT", observer, 1);
	if (is_set_up(doctor))
		execvp(command[0], command);
	else
		execv("/proc/self/exe", words);
	fprintf(stderr, "xcli doctor: %s: %s\n", command[0], strerror(errno));
}

/* Returns the command's status as waitpid() gives it, or -1. */
static int run(const struct xs_doctor *doctor, const char *records, char **command)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status = -1;

	/* What is typed at the terminal is for the command, as in a shell. */
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		sigaction(SIGINT, &interrupt, NULL);
		sigaction(SIGQUIT, &quit, NULL);
		if (doctor->json_on_stdout)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		start(doctor, records, command);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return child > 0 ? status : -1;
}

/* --- findings ------------------------------------------------------------------------------------ */

static void find_end(struct xs_doctor *doctor, const char *command, int status)
{
	if (status == 0)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "trial-end", "%s ended with status 0",
			command);
	else if (WIFSIGNALED(status))
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "trial-end",
			"%s was ended by signal %d (%s).", command, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "trial-end", "%s ended with status %d.",
			command, WEXITSTATUS(status));
	if (status != 0)
		xs_remedy(&doctor->findings,
			"Compare with the same command without xcli; if it differs, that is a "
			"fault of XSched: please report it.");
}

static void find_binding(
	struct xs_doctor *doctor, const struct process *process, const struct binding *binding)
{
	const char *from = base_name(binding->from);

	if (xs_doctor_is_shim(binding->to)) {
		xs_find(&doctor->findings, XS_FINE, TOPIC, "bound",
			"%s (process %ld): %lu function%s of the driver lead%s to %s", from,
			process->pid, binding->functions, binding->functions == 1 ? "" : "s",
			binding->functions == 1 ? "s" : "", base_name(binding->to));
	} else if (process->has_table && begins(base_name(binding->to), "libamdhip64")) {
		xs_find(&doctor->findings, XS_FINE, TOPIC, "bound-table",
			"%s (process %ld): %lu functions lead to %s, and through its dispatch "
			"table to the shim",
			from, process->pid, binding->functions, base_name(binding->to));
	} else if (*binding->work) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "bypass",
			"%s (process %ld) is bound to %s itself, past the shim, with %lu "
			"functions, "
			"%s among them.",
			binding->from, process->pid, binding->to, binding->functions,
			binding->work);
		xs_remedy(&doctor->findings,
			begins(base_name(binding->to), "libamdhip64")
				? "It asks for functions by a handle or with RTLD_DEEPBIND, and "
				  "this "
				  "runtime gives nobody its dispatch table. Use HIP 6 or later "
				  "without "
				  "ROCPROFILER_REGISTER_ENABLED=0, or link with the runtime. The "
				  "shim: "
				  "%s."
				: "It opens the driver by its path, by a handle or with "
				  "RTLD_DEEPBIND. Let it open libcuda.so.1 by name, or put %s "
				  "first in "
				  "LD_LIBRARY_PATH as well.",
			doctor->libraries);
	}
}

static void find_copies(struct xs_doctor *doctor, const struct process *process)
{
	static const char *const names[] = { "libcuda.so", "libamdhip64.so" };

	for (size_t n = 0; n < 2; n++) {
		const char *copies[MOST_FILES];
		size_t count = 0;

		for (size_t i = 0; i < process->driver_count; i++)
			if (begins(base_name(process->drivers[i]), names[n]))
				copies[count++] = process->drivers[i];
		if (count < 2)
			continue;
		xs_find(&doctor->findings, n == 0 ? XS_WRONG : XS_DOUBT, TOPIC, "second-runtime",
			"Process %ld (%s) has %zu copies of %s: %s and %s.", process->pid,
			base_name(process->program), count, names[n], copies[0], copies[1]);
		xs_remedy(&doctor->findings, "%s",
			n == 0 ? "Only one is scheduled. Take the directory of the other out of "
				 "LD_LIBRARY_PATH and the program's RPATH, or name the right one "
				 "in "
				 "XSCHED_CUDA_LIB."
			       : "Each call goes to the copy that its caller is bound to, up to "
				 "four "
				 "copies. If results are wrong, let all use one: see "
				 "LD_LIBRARY_PATH and the wheel's own directory.");
	}
}

static void find_ungated(struct xs_doctor *doctor, const struct process *process)
{
	if (!process->ungated)
		return;
	xs_find(&doctor->findings, XS_DOUBT, TOPIC, "ungated",
		"Process %ld (%s) made %lu launches that could not be held back.", process->pid,
		base_name(process->program), process->ungated);
	xs_remedy(&doctor->findings, "The log names the function (XLOG_LEVEL=WARN). The rest is "
				     "scheduled; what such calls submit is not.");
}

static bool uses_driver(const struct process *process)
{
	return process->binding_count || process->driver_count;
}

static void find_process(struct xs_doctor *doctor, const struct process *process)
{
	for (size_t i = 0; i < process->binding_count; i++)
		find_binding(doctor, process, &process->bindings[i]);
	find_copies(doctor, process);
	find_ungated(doctor, process);
	if (process->ended && process->commands)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "scheduled",
			"Process %ld (%s) had %lu commands scheduled in %lu queues", process->pid,
			base_name(process->program), process->commands, process->queues);
	else if (!process->ended)
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "no-count",
			"Process %ld (%s) did not end by itself, so its commands were not counted.",
			process->pid, process->program ? base_name(process->program) : "unknown");
}

static void find_nothing(struct xs_doctor *doctor, const struct trial *trial)
{
	bool any_core = false;

	for (size_t i = 0; i < trial->count; i++)
		any_core |= trial->processes[i].has_core;
	if (any_core) {
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "driver-unused",
			"The command used no driver while it ran, so there was nothing to "
			"schedule.");
		xs_remedy(&doctor->findings, "Try a command that reaches the device.");
	} else {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "shim-not-loaded",
			"The shim was in none of the %zu programs that ran.", trial->count);
		xs_remedy(&doctor->findings, "Something took LD_PRELOAD out of the environment "
					     "(sudo, env -i, a set-user-id program). Put xcli run "
					     "behind it: sudo xcli run -- CMD.");
	}
}

void xs_doctor_trial(struct xs_doctor *doctor, char **command)
{
	const char *directory = getenv("TMPDIR");
	struct trial trial = { 0 };
	char records[PATH_MAX];
	bool any = false;

	snprintf(records, sizeof(records), "%s/xsched-doctor-XXXXXX",
		directory && *directory ? directory : "/tmp");
	int fd = mkstemp(records);
	if (fd < 0) {
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "no-trial", "%s: %s", records,
			strerror(errno));
		return;
	}
	close(fd);
	int status = run(doctor, records, command);
	read_records(&trial, records);
	unlink(records);
	find_end(doctor, command[0], status);
	for (size_t i = 0; i < trial.count; i++) {
		if (!uses_driver(&trial.processes[i]))
			continue;
		find_process(doctor, &trial.processes[i]);
		any = true;
	}
	if (!any)
		find_nothing(doctor, &trial);
	trial_free(&trial);
}
