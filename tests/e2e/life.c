/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a process with work in flight, a thread asleep at a closed gate and the watcher running:
 * every way to end, fork, exec and be interrupted. Would catch: a changed exit status, hangs and
 * crashes at exit (D3, D6), children that inherit gates or locks, interrupted waits that leak out,
 * a lost errno.
 */
#include <spawn.h>

#include "e2e.h"

#ifdef XS_SANITIZED
#define RUNS 5
#else
#define RUNS 100
#endif

extern char **environ;

static const char *const patient[] = { "XSCHED_STALL_MS=60000", NULL };
static CUstream high, low;
static CUdeviceptr gate, data;

static void *append_low(void *rounds)
{
	check(cuCtxSetCurrent(context));
	for (uintptr_t i = 0; i < (uintptr_t)rounds; i++)
		check(append(low, data, 2));
	return NULL;
}

/* The high stream stands still, one thread sleeps at the gate of the low one, the watcher runs. */
static pthread_t hold_low_in(void *(*thread_main)(void *), void *argument)
{
	pthread_t thread;

	start();
	gate = word(0);
	data = word(1);
	high = stream_of(NON_BLOCKING, -1);
	low = stream_of(NON_BLOCKING, 0);
	check(stand_still(high, gate));
	check(pthread_create(&thread, NULL, thread_main, argument));
	until_asleep(low);
	return thread;
}

static pthread_t hold_low(void)
{
	return hold_low_in(append_low, (void *)1);
}

/* --- ends ------------------------------------------------------------------------------------------ */

static void by_exit(void)
{
	hold_low();
	exit(11);
}

static void by_underscore_exit(void)
{
	hold_low();
	_exit(12);
}

static void by_quick_exit(void)
{
	hold_low();
	quick_exit(13);
}

static void by_signal(void)
{
	hold_low();
	kill(getpid(), SIGTERM);
	pause();
}

static void *exit_from_here(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(append(high, data, 1));
	exit(14);
}

static void by_exit_of_another_thread(void)
{
	pthread_t thread;

	hold_low();
	check(pthread_create(&thread, NULL, exit_from_here, NULL));
	pthread_join(thread, NULL);
}

static void by_exit_of_a_thread_after_main(void)
{
	pthread_t thread;

	hold_low();
	check(pthread_create(&thread, NULL, exit_from_here, NULL));
	pthread_exit(NULL);
}

static void late(void)
{
	int result = (int)cuStreamQuery(high);

	if (result != CUDA_ERROR_NOT_READY && result != CUDA_ERROR_DEINITIALIZED)
		_exit(1);
	append(low, data, 3); /* may be refused, must not wait */
}

/* By a thread that would be put to sleep at the gate of the low stream. */
static void *only_exit(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	exit(15);
}

static void by_exit_with_handlers_that_use_the_driver(void)
{
	pthread_t thread;

	atexit(late);
	hold_low();
	check(pthread_create(&thread, NULL, only_exit, NULL));
	pthread_join(thread, NULL);
}

static void without_anything_left(void)
{
	pthread_t thread = hold_low();

	poke(gate, 1);
	pthread_join(thread, NULL);
	check(cuCtxSynchronize());
	holds(peek(data) == 12);
	check(cuDevicePrimaryCtxReset_v2(0));
	exit(0);
}

static void *exec_from_here(void *unused)
{
	(void)unused;
	execl("/bin/sh", "sh", "-c", "exit 16", (char *)NULL);
	return NULL;
}

static void by_exec_from_a_thread(void)
{
	pthread_t thread;

	hold_low();
	check(pthread_create(&thread, NULL, exec_from_here, NULL));
	pthread_join(thread, NULL);
}

static void test_every_end_keeps_its_status(void **state)
{
	static const struct {
		void (*body)(void);
		int status;
	} ends[] = {
		{ by_exit, 11 },
		{ by_underscore_exit, 12 },
		{ by_quick_exit, 13 },
		{ by_signal, 128 + SIGTERM },
		{ by_exit_of_another_thread, 14 },
		{ by_exit_of_a_thread_after_main, 14 },
		{ by_exit_with_handlers_that_use_the_driver, 15 },
		{ without_anything_left, 0 },
		{ by_exec_from_a_thread, 16 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		for (int run = 0; run < RUNS; run++) {
			int status = in_child(patient, ends[i].body);
			if (status != ends[i].status)
				print_error("end %zu, run %d\n", i, run);
			assert_int_equal(status, ends[i].status);
		}
	}
}

/* --- fork ------------------------------------------------------------------------------------------- */

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static pid_t forked(void)
{
	pid_t pid = fork();

	if (!pid)
		alarm(LIMIT_S);
	return pid;
}

/* The vendor's own answer in a child of a process that used the device; and no waiting at gates. */
static void use_the_driver(void)
{
	CUdeviceptr more;

	holds(cuInit(0) == CUDA_ERROR_NOT_INITIALIZED);
	holds(cuMemAlloc_v2(&more, 8) == CUDA_ERROR_NOT_INITIALIZED);
	holds(cuStreamSynchronize(low) == CUDA_ERROR_NOT_INITIALIZED);
	holds(append(low, data, 1) == CUDA_ERROR_NOT_INITIALIZED);
	holds(append(NULL, data, 1) == CUDA_ERROR_NOT_INITIALIZED);
	holds(cuCtxSynchronize() == CUDA_ERROR_NOT_INITIALIZED);
	holds(cuStreamDestroy_v2(low) == CUDA_ERROR_NOT_INITIALIZED);
	exit(22);
}

/* From a thread that feeds nothing important: what it inherits must not put it to sleep. */
static void *fork_here(void *unused)
{
	pid_t pid;

	(void)unused;
	if ((pid = forked()) == 0)
		use_the_driver();
	holds(status_of(pid) == 22);
	return NULL;
}

static void children_of_a_busy_process(void)
{
	const char *const arguments[] = { "sh", "-c", "exit 24", NULL };
	pthread_t thread, forker;
	pid_t pid;

	thread = hold_low();
	for (int i = 0; i < 3; i++) {
		if ((pid = forked()) == 0)
			exit(20);
		holds(status_of(pid) == 20);
		if ((pid = forked()) == 0)
			_exit(20);
		holds(status_of(pid) == 20);
		if ((pid = forked()) == 0)
			use_the_driver();
		holds(status_of(pid) == 22);
		if ((pid = forked()) == 0) {
			execl("/bin/sh", "sh", "-c", "exit 23", (char *)NULL);
			_exit(1);
		}
		holds(status_of(pid) == 23);
		if ((pid = vfork()) == 0)
			_exit(25);
		holds(status_of(pid) == 25);
		check(posix_spawn(
			&pid, "/bin/sh", NULL, NULL, (char **)(uintptr_t)arguments, environ));
		holds(status_of(pid) == 24);
		holds(WEXITSTATUS(system("exit 26")) == 26);
		check(pthread_create(&forker, NULL, fork_here, NULL));
		pthread_join(forker, NULL);
		/* No child touches the gates of its parent. */
		holds(queue_has(low, XS_GATE_SLEEPERS) && !queue_has(low, XS_GATE_RETIRED));
		holds(peek(data) == 1);
	}
	poke(gate, 1);
	pthread_join(thread, NULL);
	check(cuStreamSynchronize(low));
	holds(peek(data) == 12);
	exit(0);
}

static void test_children_of_a_busy_process(void **state)
{
	(void)state;
	for (int run = 0; run < (RUNS + 9) / 10; run++)
		assert_int_equal(in_child(patient, children_of_a_busy_process), 0);
}

/* A parent that never used the driver: each child is a process of its own, for its children too. */
static void a_process_of_its_own(void)
{
	pid_t pid = forked();

	if (!pid) {
		pthread_t thread = hold_low();
		poke(gate, 1);
		pthread_join(thread, NULL);
		check(cuStreamSynchronize(low));
		exit(peek(data) == 12 ? 31 : 1);
	}
	holds(status_of(pid) == 31);
	without_anything_left();
}

static void test_fork_before_the_first_call(void **state)
{
	(void)state;
	for (int run = 0; run < RUNS; run++)
		assert_int_equal(in_child(patient, a_process_of_its_own), 0);
}

/* --- signals and errno ------------------------------------------------------------------------------ */

static _Atomic uint32_t alarms;

static void count_alarm(int signal)
{
	(void)signal;
	xs_add_full(&alarms, 1);
}

static void *append_low_keeping_errno(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	for (int i = 0; i < 5; i++) {
		errno = EDOM;
		check(append(low, data, 2));
		holds(errno == EDOM);
	}
	errno = EDOM;
	check(cuStreamSynchronize(low));
	holds(errno == EDOM);
	return NULL;
}

/* Handlers run while the thread sleeps at the gate, and the launch does not notice. */
static void interrupted_at_a_gate(void)
{
	struct sigaction action = { .sa_handler = count_alarm }; /* no SA_RESTART */

	check(sigaction(SIGUSR1, &action, NULL));
	pthread_t thread = hold_low_in(append_low_keeping_errno, NULL);
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t before = xs_load_acquire(&alarms);

		/* Again and again: the thread sanitizer keeps a signal that comes just before the
		 * sleep until the next one ends it. */
		do {
			check(pthread_kill(thread, SIGUSR1));
			usleep(100);
		} while (xs_load_acquire(&alarms) == before);
	}
	holds(peek(data) == 1);
	check(append(high, data, 1));
	poke(gate, 1);
	pthread_join(thread, NULL);
	holds(peek(data) == 1122222);
}

static void exit_in_handler(int signal)
{
	(void)signal;
	_exit(41);
}

static void ended_by_a_handler_at_a_gate(void)
{
	pthread_t thread = hold_low();

	signal(SIGUSR1, exit_in_handler);
	for (;;) {
		pthread_kill(thread, SIGUSR1);
		usleep(1000);
	}
}

static void test_signals_at_a_gate(void **state)
{
	(void)state;
	for (int run = 0; run < (RUNS + 9) / 10; run++) {
		assert_int_equal(in_child(patient, interrupted_at_a_gate), 0);
		assert_int_equal(in_child(patient, ended_by_a_handler_at_a_gate), 41);
	}
}

/* Threads with default streams of their own come and go while one of them is held. */
static void *short_life(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(affine(CU_STREAM_PER_THREAD, data, 1, 1));
	return NULL;
}

static void threads_end(void)
{
	pthread_t threads[8];
	pthread_t held = hold_low();

	for (size_t i = 0; i < COUNT(threads); i++)
		check(pthread_create(&threads[i], NULL, short_life, NULL));
	poke(gate, 1);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	pthread_join(held, NULL);
	check(cuCtxSynchronize());
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		holds(!queue || !xs_queue_stream(queue).owner);
	}
}

static void test_threads_end_with_their_streams(void **state)
{
	(void)state;
	for (int run = 0; run < (RUNS + 9) / 10; run++)
		assert_int_equal(in_child(patient, threads_end), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_end_keeps_its_status),
		cmocka_unit_test(test_children_of_a_busy_process),
		cmocka_unit_test(test_fork_before_the_first_call),
		cmocka_unit_test(test_signals_at_a_gate),
		cmocka_unit_test(test_threads_end_with_their_streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
