/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thousand queues and 64 threads that do anything to them, through the C API.
 *
 *     queues [SECONDS]     or STRESS_SECONDS; 5 without
 *
 * Streams belong to nobody: any thread creates, submits, suspends, resumes, waits, hints and destroys
 * wherever it likes, and takes the errors that come of it. What must hold: each command that was
 * accepted is launched once or dropped, never both, never twice; nothing hangs; no sanitizer reports.
 * A watchdog says what was under way when nothing moves any more.
 */
#include "../unit/fake_hal.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "preempt/handle.h"
#include "preempt/hwqueue.h"
#include "preempt/watch.h"
#include "xsched/xsched.h"

#define QUEUES  1000u
#define THREADS 64u
#define HANG_S  20

/* One command: its fate, and how often its callback was called. */
struct record {
	_Atomic unsigned int calls;
	struct queue *queue;
	struct record *next; /* all_records */
};

struct queue {
	struct xs_stream stream;
	_Atomic uint64_t hwq, xq;
	_Atomic uint64_t accepted, launched;
	_Atomic bool drops; /* some commands may have been dropped */
};

static struct queue queues[QUEUES];
static _Atomic(struct record *) all_records;
static _Atomic bool stop;
static _Atomic uint64_t steps, calls_twice, accepted, launched;

static const char *const names[] = { "create", "submit", "submit and wait", "suspend", "resume",
	"resume and drop", "wait for all", "query", "hint", "level", "launch config", "destroy",
	"launch past it", "give up a handle", "as a shim" };
static struct {
	_Atomic int doing; /* index into names; -1: nothing */
	_Atomic unsigned int queue;
} threads[THREADS];

static XResult launch(HwQueueHandle hwq, void *data)
{
	struct record *record = data;

	(void)hwq;
	if (xs_add_full(&record->calls, 1))
		xs_add_full(&calls_twice, 1);
	xs_add_full(&record->queue->launched, 1);
	xs_add_full(&launched, 1);
	fake_launch(&record->queue->stream);
	return kXSchedSuccess;
}

/* Records are never reused: a callback that comes too late is counted too. */
static struct record *new_record(struct queue *queue)
{
	struct record *record = calloc(1, sizeof(*record));

	CHECK(record);
	record->queue = queue;
	record->next = xs_load_relaxed(&all_records);
	while (!xs_cas_weak_full(&all_records, &record->next, record)) {
	}
	return record;
}

static HwCommandHandle submit_record(struct queue *queue, struct record *record)
{
	HwCommandHandle command;

	CHECK_EQUAL(HwCommandCreateCallback(&command, launch, record), kXSchedSuccess);
	/* Counted first: the callback may be faster than we are. */
	xs_add_full(&queue->accepted, 1);
	xs_add_full(&accepted, 1);
	XResult result = XQueueSubmit(xs_load_full(&queue->xq), command);
	if (result == kXSchedSuccess)
		return command;
	CHECK(result == kXSchedErrorNotFound);
	CHECK_EQUAL(xs_load_full(&record->calls), 0);
	xs_sub_full(&queue->accepted, 1);
	xs_sub_full(&accepted, 1);
	CHECK_EQUAL(HwCommandDestroy(command), kXSchedSuccess);
	return 0;
}

static HwCommandHandle submit(struct queue *queue)
{
	return submit_record(queue, new_record(queue));
}

static void create(struct queue *queue)
{
	HwQueueHandle hwq;
	XQueueHandle xq;

	CHECK_EQUAL(xs_hwqueue_create(&hwq, &fake_hal, &queue->stream), kXSchedSuccess);
	xs_store_full(&queue->hwq, hwq);
	if (XQueueCreate(&xq, hwq, 1 + (int64_t)(hwq & 1), 0) == kXSchedSuccess)
		xs_store_full(&queue->xq, xq);
}

static void wait_for(struct queue *queue)
{
	struct record *record = new_record(queue);
	HwCommandHandle command = submit_record(queue, record);

	if (!command)
		return;
	XResult result = XQueueWait(xs_load_full(&queue->xq), command);
	CHECK(result == kXSchedSuccess || result == kXSchedErrorNotFound);
	/* The queue may have been replaced; otherwise the answer is the truth. */
	if (result == kXSchedSuccess)
		CHECK_EQUAL(xs_load_full(&record->calls), 1);
}

static void launch_past(struct queue *queue)
{
	struct record *record = new_record(queue);
	HwCommandHandle command;

	CHECK_EQUAL(HwCommandCreateCallback(&command, launch, record), kXSchedSuccess);
	xs_add_full(&queue->accepted, 1);
	xs_add_full(&accepted, 1);
	if (HwQueueLaunch(xs_load_full(&queue->hwq), command) == kXSchedSuccess)
		return;
	xs_sub_full(&queue->accepted, 1);
	xs_sub_full(&accepted, 1);
	CHECK_EQUAL(xs_load_full(&record->calls), 0);
	HwCommandDestroy(command);
}

static void hint(XQueueHandle xq, uint32_t random)
{
	XHintPriority(xq, (Priority)(random >> 8) % 100);
	if (random % 64 == 0)
		XHintLaxity(xq, 1000, 10, 20);
}

/* Only every second queue is ever dropped from: of the others each command is accounted for. */
static void resume_and_drop(struct queue *queue)
{
	if ((queue - queues) & 1)
		return;
	xs_store_full(&queue->drops, true);
	XQueueResume(xs_load_full(&queue->xq), kQueueResumeFlagDropCommands);
}

/* A stream that is not ours to destroy: it is launched into and waited for as by a shim. */
static void as_a_shim(unsigned int thread)
{
	struct xs_queue *queue = fake_queue(QUEUES + thread, thread & 1 ? 0 : -1);

	if (!queue)
		return;
	for (int i = 0; i < 5; i++)
		fake_submit(queue);
	xs_queue_synchronize(queue);
	xs_queue_end(queue);
}

static void one_step(unsigned int thread, uint32_t random)
{
	unsigned int number = random >> 12 & 1 ? (random >> 13) % 16 : (random >> 13) % QUEUES;
	struct queue *queue = &queues[number];
	unsigned int dice = random % 32;
	XQueueHandle xq = xs_load_full(&queue->xq);
	XQueueState state;
	/* Submits are more than half of it; the rest, once each. */
	int what = dice < 13 ? 1 : dice < 16 ? 2 : (int)dice - 16;

	if (what >= (int)(sizeof(names) / sizeof(names[0])))
		what = 4; /* more resumes than suspends, so that things move */
	xs_store_relaxed(&threads[thread].queue, number);
	xs_store_relaxed(&threads[thread].doing, what);
	switch (what) {
	case 0:
		create(queue);
		break;
	case 1:
		submit(queue);
		break;
	case 2:
		wait_for(queue);
		break;
	case 3:
		XQueueSuspend(xq, random >> 28 ? 0 : kQueueSuspendFlagSyncHwQueue);
		break;
	case 4:
		XQueueResume(xq, 0);
		break;
	case 5:
		resume_and_drop(queue);
		break;
	case 6:
		XQueueWaitAll(xq);
		break;
	case 7:
		XQueueQuery(xq, &state);
		break;
	case 8:
		hint(xq, random);
		break;
	case 9:
		XQueueSetPreemptLevel(
			xq, random >> 20 & 1 ? kPreemptLevelBlock : kPreemptLevelDeactivate);
		break;
	case 10:
		XQueueSetLaunchConfig(xq, 1 + (random >> 8) % 64, 1);
		break;
	case 11:
		XQueueDestroy(xq);
		if (random >> 20 & 1)
			HwQueueDestroy(xs_load_full(&queue->hwq));
		break;
	case 12:
		launch_past(queue);
		break;
	case 13:
		HwCommandDestroy(submit(queue));
		break;
	default:
		as_a_shim(thread);
	}
	xs_store_relaxed(&threads[thread].doing, -1);
	xs_add_relaxed(&steps, 1);
}

static void *run(void *argument)
{
	unsigned int thread = (unsigned int)(uintptr_t)argument;
	uint64_t random = 0x9e3779b97f4a7c15u * (thread + 1);

	xs_store_relaxed(&threads[thread].doing, -1);
	while (!xs_load_relaxed(&stop)) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		one_step(thread, (uint32_t)(random >> 16));
	}
	return NULL;
}

/* A program may suspend a queue and wait for it: somebody has to resume. */
static void resume_all(void)
{
	for (unsigned int i = 0; i < QUEUES; i++)
		XQueueResume(xs_load_full(&queues[i].xq), 0);
}

static void say_where(void)
{
	fprintf(stderr, "nothing moves: %llu steps, %llu accepted, %llu launched\n",
		(unsigned long long)steps, (unsigned long long)accepted,
		(unsigned long long)launched);
	for (unsigned int i = 0; i < THREADS; i++) {
		int doing = xs_load_relaxed(&threads[i].doing);
		unsigned int number = xs_load_relaxed(&threads[i].queue);
		struct xs_queue *queue = xs_registry_find(&queues[number].stream);
		if (doing < 0)
			continue;
		fprintf(stderr,
			"  thread %u: %s, queue %u, word %016llx, %u pending on the device\n", i,
			names[doing], number,
			queue ? (unsigned long long)xs_load_full(&queue->slot->word) : 0,
			fake_pending(&queues[number].stream));
	}
	fflush(NULL);
}

static _Atomic bool finished;

static void *watch_dog(void *unused)
{
	uint64_t last = 0, since = xs_now_ns();

	(void)unused;
	while (!xs_load_full(&finished)) {
		uint64_t now_at = xs_load_full(&steps) + xs_load_full(&launched);
		if (now_at != last) {
			last = now_at;
			since = xs_now_ns();
		} else if (xs_now_ns() - since > HANG_S * XS_NS_PER_S) {
			say_where();
			abort();
		}
		fake_sleep_ms(20);
		resume_all();
	}
	return NULL;
}

static void finish(struct queue *queue)
{
	create(queue); /* whose handles we keep may have been replaced by others */
	XQueueHandle xq = xs_load_full(&queue->xq);

	CHECK_EQUAL(XQueueResume(xq, 0), kXSchedSuccess);
	CHECK_EQUAL(XQueueWaitAll(xq), kXSchedSuccess);
	CHECK_EQUAL(XQueueDestroy(xq), kXSchedSuccess);
	CHECK_EQUAL(HwQueueDestroy(xs_load_full(&queue->hwq)), kXSchedSuccess);
	xs_add_relaxed(&steps, 1);
	if (xs_load_full(&queue->drops))
		CHECK(xs_load_full(&queue->launched) <= xs_load_full(&queue->accepted));
	else
		CHECK_EQUAL(xs_load_full(&queue->launched), xs_load_full(&queue->accepted));
}

int main(int argc, char **argv)
{
	const char *seconds = argc > 1 ? argv[1] : getenv("STRESS_SECONDS");
	uint64_t until = xs_now_ns() + (uint64_t)(seconds ? atoi(seconds) : 5) * XS_NS_PER_S;
	pthread_t thread[THREADS], dog;

	setenv("XLOG_LEVEL", "ERRO", 0);
	xs_store_relaxed(&fake_runs_by_itself, true);
	for (unsigned int i = 0; i < QUEUES; i++) {
		queues[i].stream = fake_stream(i);
		create(&queues[i]);
	}
	CHECK(pthread_create(&dog, NULL, watch_dog, NULL) == 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread[i], NULL, run, (void *)i) == 0);
	while (xs_now_ns() < until)
		fake_sleep_ms(10);
	xs_store_full(&stop, true);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (unsigned int i = 0; i < QUEUES; i++)
		finish(&queues[i]);
	CHECK_EQUAL(calls_twice, 0);
	xs_store_full(&finished, true);
	pthread_join(dog, NULL);
	printf("%llu steps, %llu commands accepted, %llu launched, the others dropped\n",
		(unsigned long long)steps, (unsigned long long)accepted,
		(unsigned long long)launched);
	return 0;
}
