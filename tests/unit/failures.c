/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The k-th failure of everything that can fail, for all k: the program goes on as if we were not
 * there, and reads at most one line of warning for each thing that is refused.
 *
 * The linker leads calls of the core to the functions here (see unit.failures.ldflags). Each k runs
 * in a child; when a child ends in which k was never reached, all are done.
 */
#include "fake_hal.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "preempt/handle.h"
#include "preempt/hwqueue.h"
#include "xsched/xsched.h"

#define ALWAYS  0 /* as k: every call fails from the first on */
#define REACHED 0
#define NOT_YET 3 /* exit status of a child in which nothing failed */

enum victim { NOBODY, CALLOC, MALLOC, MMAP, MREMAP, MEMFD, FTRUNCATE, THREAD, FUTEX };

static enum victim victim;
static unsigned int which;
static _Atomic unsigned int calls, failures;

static bool fails(enum victim who)
{
	if (who != victim)
		return false;
	unsigned int call = xs_add_full(&calls, 1) + 1;
	if (which != ALWAYS && call != which)
		return false;
	xs_add_full(&failures, 1);
	errno = ENOMEM;
	return true;
}

#define WRAP(result, name, parameters, arguments, who, failed)                                     \
	result __real_##name parameters;                                                           \
	result __wrap_##name parameters;                                                           \
	result __wrap_##name parameters                                                            \
	{                                                                                          \
		return fails(who) ? (failed) : __real_##name arguments;                            \
	}

WRAP(void *, calloc, (size_t n, size_t size), (n, size), CALLOC, NULL)
WRAP(void *, malloc, (size_t size), (size), MALLOC, NULL)
WRAP(void *, mmap, (void *at, size_t size, int prot, int flags, int fd, off_t offset),
	(at, size, prot, flags, fd, offset), MMAP, MAP_FAILED)
WRAP(void *, mremap, (void *old, size_t old_size, size_t size, int flags),
	(old, old_size, size, flags), MREMAP, MAP_FAILED)
WRAP(int, memfd_create, (const char *name, unsigned int flags), (name, flags), MEMFD, -1)
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), FTRUNCATE, -1)
WRAP(int, pthread_create,
	(pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *),
		void *argument),
	(thread, attributes, run, argument), THREAD, EAGAIN)

/* syscall() takes what the number says; six registers cover it. Only the core's futex calls come here. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	va_list list;
	long a[6];

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	/* A wait may end for no reason at any time; a wake-up cannot fail. */
	if (number == SYS_futex && a[1] == FUTEX_WAIT_BITSET && fails(FUTEX)) {
		usleep(50); /* no spin: the test may have one processor */
		errno = EINTR;
		return -1;
	}
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* --- what a program does ------------------------------------------------------------------------- */

static _Atomic unsigned int launched;

static XResult launch(HwQueueHandle hwq, void *data)
{
	(void)hwq;
	fake_launch(data);
	xs_add_full(&launched, 1);
	return kXSchedSuccess;
}

static void submit(const struct xs_stream *stream, struct xs_queue *queue)
{
	if (queue)
		fake_submit(queue);
	else
		fake_launch(stream); /* as a shim does with a stream that has no queue */
}

static void use_commands(void)
{
	static struct xs_stream stream;
	HwQueueHandle hwq;
	XQueueHandle xq;
	unsigned int submitted = 0;

	stream = fake_stream(9);
	if (xs_hwqueue_create(&hwq, &fake_hal, &stream) != kXSchedSuccess)
		return;
	CHECK_EQUAL(XQueueCreate(&xq, hwq, 1, 0), kXSchedSuccess);
	for (int i = 0; i < 20; i++) {
		HwCommandHandle command;
		if (HwCommandCreateCallback(&command, launch, &stream) != kXSchedSuccess)
			continue;
		XResult result = XQueueSubmit(xq, command);
		if (result == kXSchedSuccess)
			submitted++;
		else
			CHECK_EQUAL(HwCommandDestroy(command), kXSchedSuccess);
	}
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(launched, submitted);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	CHECK_EQUAL(HwQueueDestroy(hwq), kXSchedSuccess);
}

static void *other_thread(void *argument)
{
	struct xs_queue **queues = argument;

	for (unsigned int i = 0; i < 100; i++) {
		struct xs_stream stream = fake_stream(i % 4);
		submit(&stream, queues[i % 4]);
	}
	return NULL;
}

static void program(void)
{
	struct xs_queue *queues[4];
	pthread_t thread;

	setenv("XSCHED_STALL_MS", "20", 1);
	xs_store_relaxed(&fake_runs_by_itself, true);
	for (unsigned int i = 0; i < 4; i++)
		queues[i] = fake_queue(i, i & 1 ? 0 : -1);
	CHECK(__real_pthread_create(&thread, NULL, other_thread, queues) == 0);
	other_thread(queues);
	pthread_join(thread, NULL);
	use_commands();
	for (unsigned int i = 0; i < 4; i++) {
		if (!queues[i])
			continue;
		CHECK_EQUAL(xs_queue_synchronize(queues[i]), 0);
		if (victim == MREMAP) /* the page itself is as good */
			CHECK(!xs_load_relaxed(&queues[i]->pace.broken));
		if (i & 1) /* whatever failed: nothing stays closed */
			EVENTUALLY(fake_has(queues[i], XS_GATE_OPEN));
		xs_queue_end(queues[i]);
	}
	if (!xs_load_full(&failures))
		exit(NOT_YET);
}

/* For all k. Returns how many there were. */
static unsigned int for_all(enum victim who, unsigned int at_most)
{
	unsigned int k = ALWAYS;
	int status, warnings;

	victim = who;
	for (;; k++) {
		which = k;
		status = fake_run_child(program, &warnings);
		if (k != ALWAYS && status == NOT_YET << 8)
			break;
		if (status != 0 && status != NOT_YET << 8)
			print_error("call %u: status %x\n", k, (unsigned int)status);
		assert_true(status == 0 || status == NOT_YET << 8);
		/* A refused queue and a refused thread are two things to tell. */
		assert_in_range(warnings, 0, k == ALWAYS ? 3 : 1);
		if (k == at_most)
			break;
	}
	victim = NOBODY;
	return k ? k - 1 : 0;
}

static void memory(void **state)
{
	(void)state;
	print_message("%u calls of calloc fail\n", for_all(CALLOC, 1000));
	print_message("%u calls of malloc fail\n", for_all(MALLOC, 1000));
}

static void page(void **state)
{
	(void)state;
	assert_int_equal(for_all(MMAP, 10), 1);
	assert_int_equal(for_all(MREMAP, 10), 1);
	assert_int_equal(for_all(MEMFD, 10), 1);
	assert_int_equal(for_all(FTRUNCATE, 10), 1);
}

static void threads(void **state)
{
	(void)state;
	print_message("%u calls of pthread_create fail\n", for_all(THREAD, 100));
}

static void futexes(void **state)
{
	(void)state;
	print_message("%u futex calls fail\n", for_all(FUTEX, 60));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory),
		cmocka_unit_test(page),
		cmocka_unit_test(threads),
		cmocka_unit_test(futexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
