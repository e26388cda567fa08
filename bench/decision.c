/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision between processes takes, and what the daemon costs with many of them.
 *
 *   decision [-nTRIALS] [-sSECONDS]
 *
 * decision_us   from the store that says that an important process is ready to the moment at which
 *               the gate of an unimportant one is closed, with the daemon asleep before each trial
 * scale_256     256 processes with 8 queues each on 8 devices, 20 000 changes of state a second:
 *               share of a processor that the daemon uses, memory per process, and what a decision
 *               takes for a pair beside them
 *
 * The processes are pages and connections of this program; the daemon is a process of its own.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"
#include "plot.h"
#include "wire/connection.h"
#include "wire/gate.h"
#include "wire/page.h"

#define PROCESSES 256
#define QUEUES    8
#define DEVICES   8
#define RATE      20000

struct process {
	struct xs_page *page;
	int fd, bell;
};

static void fail(const char *what)
{
	fprintf(stderr, "decision: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the daemon ---------------------------------------------------------------------------------- */

static char directory[] = "/tmp/xsched-bench-XXXXXX";
static pid_t server;

static void end_server(void)
{
	char lock[128];

	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	snprintf(lock, sizeof(lock), "%s/s.lock", directory);
	unlink(lock);
	rmdir(directory);
}

static void start_server(void)
{
	const char *build = getenv("BUILD");
	static char program[512], path[128];

	if (!mkdtemp(directory))
		fail("mkdtemp");
	snprintf(path, sizeof(path), "%s/s", directory);
	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	setenv("XSCHED_SOCKET", path, 1);
	setenv("XLOG_LEVEL", "WARN", 1);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program, "xserver", NULL);
		_exit(127);
	}
	atexit(end_server);
}

/* Seconds of processor time that the daemon has used. */
static double server_seconds(void)
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

static double server_kib(void)
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

/* --- processes ----------------------------------------------------------------------------------- */

static void receive_welcome(struct process *process)
{
	struct pollfd input = { .fd = process->fd, .events = POLLIN };
	struct xs_message message;
	int fds[XS_WIRE_FDS], err;
	size_t count;

	do {
		poll(&input, 1, 1000);
		err = xs_wire_receive(process->fd, &message, XS_TO_CLIENT, fds, &count);
	} while (err == -EAGAIN);
	if (err || message.opcode != XS_OP_WELCOME || count != 1)
		fail("no welcome");
	process->bell = fds[0];
}

static void send_message(struct process *process, const struct xs_message *message)
{
	while (xs_wire_send(process->fd, message, NULL, 0) == -EAGAIN)
		usleep(100);
}

static void open_process(struct process *process, int priority)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int page_fd;

	if (xs_page_create(&process->page, &page_fd) != 0)
		fail("no page");
	for (int i = 0; (process->fd = xs_wire_connect()) < 0; i++) {
		if (i == 5000)
			fail("no daemon");
		usleep(1000);
	}
	message.hello.version = message.hello.oldest = XS_WIRE_VERSION;
	xs_wire_send(process->fd, &message, &page_fd, 1);
	close(page_fd);
	receive_welcome(process);

	message = (struct xs_message){ .opcode = XS_OP_HINT };
	message.hint.target = XS_TARGET_OWN_PROCESS;
	message.hint.kind = XS_WIRE_HINT_PRIORITY;
	message.hint.value = priority;
	send_message(process, &message);
}

static void add_queue(struct process *process, uint32_t slot, uint64_t device)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };

	xs_store_full(&process->page->slots[slot].word, XS_GATE_INITIAL);
	message.queue_add.slot = slot;
	message.queue_add.id = slot;
	message.queue_add.device = device;
	send_message(process, &message);
}

static void tell(struct process *process, uint32_t slot)
{
	const uint64_t one = 1;

	if (xs_page_tell(process->page, slot) && write(process->bell, &one, sizeof(one)) < 0)
		fail("the bell");
}

static void become_ready(struct process *process, uint32_t slot)
{
	struct xs_slot *place = &process->page->slots[slot];

	xs_gate_arrive(place);
	xs_gate_apply(place, XS_GATE_WAKE);
	xs_gate_depart(place);
	tell(process, slot);
}

static void become_idle(struct process *process, uint32_t slot)
{
	struct xs_slot *place = &process->page->slots[slot];

	xs_gate_run_dry(place, xs_gate_submitted(xs_load_full(&place->word)));
	tell(process, slot);
}

static bool is_open(const struct process *process, uint32_t slot)
{
	return xs_load_full(&process->page->slots[slot].word) & XS_GATE_OPEN;
}

/* --- decision_us --------------------------------------------------------------------------------- */

/* Returns microseconds until the gate of low is as wanted. */
static double change(struct process *high, struct process *low, bool ready)
{
	uint64_t began = kit_now_ns();

	if (ready)
		become_ready(high, 0);
	else
		become_idle(high, 0);
	while (is_open(low, 0) == ready) {
		if (kit_now_ns() - began > UINT64_C(5000000000))
			fail("no decision");
		xs_cpu_relax();
	}
	return (double)(kit_now_ns() - began) / 1e3;
}

static void measure(struct process *high, struct process *low, double *close_us, double *open_us,
	long trials, useconds_t pause)
{
	for (long i = 0; i < trials; i++) {
		if (i % 256 == 255)
			kit_progress((double)i / (double)trials, "decisions");
		usleep(pause);
		close_us[i] = change(high, low, true);
		usleep(pause);
		open_us[i] = change(high, low, false);
	}
}

static void open_pair(struct process *high, struct process *low, uint64_t device)
{
	open_process(high, 100);
	open_process(low, -100);
	add_queue(high, 0, device);
	add_queue(low, 0, device);
	become_ready(low, 0);
	usleep(100000);
}

static void decision(struct process *high, struct process *low, long trials)
{
	double *close_us = calloc((size_t)trials, sizeof(double));
	double *open_us = calloc((size_t)trials, sizeof(double));

	measure(high, low, close_us, open_us, trials / 20 + 1, 300);
	measure(high, low, close_us, open_us, trials, 300);
	double p50 = kit_percentile(close_us, (size_t)trials, 0.5);
	double p99 = kit_percentile(close_us, (size_t)trials, 0.99);
	kit_row("decision_us", "us", "none", p50, NAN,
		"\"trials\":%ld,\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,\"max\":%.1f,"
		"\"open_p50\":%.2f,\"open_p99\":%.2f",
		trials, p50, kit_percentile(close_us, (size_t)trials, 0.9), p99,
		close_us[trials - 1], kit_percentile(open_us, (size_t)trials, 0.5),
		kit_percentile(open_us, (size_t)trials, 0.99));
	for (long i = 0; i < trials; i++) {
		close_us[i] /= 1e3;
		open_us[i] /= 1e3;
	}
	const struct plot_series series[] = {
		{ "scheduled", "gate closes", close_us, (size_t)trials },
		{ "alone", "gate opens", open_us, (size_t)trials },
	};
	kit_section_times("How fast the daemon decides",
		"An important process becomes ready, or idle again, while the daemon sleeps: the "
		"time "
		"until the gate of an unimportant process is closed, or open.",
		series, 2, "decisions");
	free(close_us);
	free(open_us);
}

/* --- scale_256 ----------------------------------------------------------------------------------- */

static struct process crowd[PROCESSES];
static _Atomic bool stop_crowd;
static _Atomic uint64_t changes;

/* Turns queues ready and idle, one after the other in a scattered order, at a steady rate. */
static void *run_crowd(void *unused)
{
	static bool ready[PROCESSES][QUEUES];
	uint64_t began = kit_now_ns(), count = 0;
	uint32_t random = 1;

	while (!xs_load_relaxed(&stop_crowd)) {
		uint64_t due = (kit_now_ns() - began) * RATE / 1000000000u;
		for (; count < due; count++) {
			random = random * 1664525u + 1013904223u;
			uint32_t which = (random >> 8) % (PROCESSES * QUEUES);
			struct process *process = &crowd[which / QUEUES];
			bool *state = &ready[which / QUEUES][which % QUEUES];
			if (*state)
				become_idle(process, which % QUEUES);
			else
				become_ready(process, which % QUEUES);
			*state = !*state;
		}
		usleep(50);
	}
	xs_store_full(&changes, count);
	return unused;
}

static void scale(struct process *high, struct process *low, long seconds)
{
	long trials = seconds * 200;
	double *close_us = calloc((size_t)trials, sizeof(double));
	double *open_us = calloc((size_t)trials, sizeof(double));
	double kib = server_kib();
	pthread_t thread;

	for (int i = 0; i < PROCESSES; i++) {
		open_process(&crowd[i], i % 5 * 10);
		for (uint32_t j = 0; j < QUEUES; j++)
			add_queue(&crowd[i], j, 1000 + (uint64_t)i % DEVICES);
	}
	usleep(300000);
	pthread_create(&thread, NULL, run_crowd, NULL);
	usleep(200000);
	uint64_t began = kit_now_ns();
	double used = server_seconds();
	for (long i = 0; i < trials; i++)
		measure(high, low, &close_us[i], &open_us[i], 1, 2400);
	double elapsed = (double)(kit_now_ns() - began) / 1e9;
	used = server_seconds() - used;
	xs_store_full(&stop_crowd, true);
	pthread_join(thread, NULL);

	double cpu = 100 * used / elapsed;
	kit_row("scale_256", "cpu_pct", "none", cpu, NAN,
		"\"cpu_pct\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"kib_per_process\":%.1f,"
		"\"processes\":%d,\"queues\":%d,\"devices\":%d,\"changes_per_s\":%.0f",
		cpu, kit_percentile(close_us, (size_t)trials, 0.5),
		kit_percentile(close_us, (size_t)trials, 0.99), (server_kib() - kib) / PROCESSES,
		PROCESSES, QUEUES, DEVICES, (double)xs_load_full(&changes) / (elapsed + 0.2));
	free(close_us);
	free(open_us);
}

int main(int argc, char **argv)
{
	long trials = kit_option(argc, argv, 'n', 10000);
	long seconds = kit_option(argc, argv, 's', 5);
	struct rlimit files;
	struct process high, low;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	start_server();
	open_pair(&high, &low, 7);
	decision(&high, &low, trials);
	scale(&high, &low, seconds);
	return 0;
}
