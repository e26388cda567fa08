/* SPDX-License-Identifier: Apache-2.0 */
/* The rings and launchers of the queues that have some. See commands.h. */
#include "preempt/commands.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "preempt/command.h"
#include "preempt/handle.h"
#include "preempt/process.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

#define LAUNCHER_LINGERS_NS (200 * XS_NS_PER_MS)
#define EXIT_LOOKS_NS       (5 * XS_NS_PER_MS) /* between looks at a queue paused at exit */

struct xs_commands {
	struct xs_mutex lock;
	struct xs_queue *queue;
	_Atomic uint32_t submitted;               /* [lock to write] futex of the launcher */
	_Atomic uint32_t taken;                   /* launched, dropped, or being launched */
	_Atomic uint32_t launched;                /* or dropped; futex of those who wait */
	_Atomic uint64_t entered;                 /* times that a launcher goes to the gate */
	_Atomic uint64_t others;                  /* commands that entered without being ours */
	_Atomic bool has_launcher;                /* [lock to write] */
	_Atomic(const struct xs_thread *) inside; /* thread that runs a callback of this queue */
	XResult error;                            /* [lock] first one that a callback returned */
	uint32_t ring[XS_COMMANDS_RING];          /* [lock] indices of commands */
};

/* --- launching ----------------------------------------------------------------------------------- */

/* [lock] The oldest command that is neither launched nor dropped becomes the caller's; 0: none. */
static uint32_t take_oldest(struct xs_commands *commands)
{
	uint32_t taken = xs_load_relaxed(&commands->taken);

	if (taken == xs_load_relaxed(&commands->submitted))
		return 0;
	xs_store_full(&commands->taken, taken + 1);
	return commands->ring[taken % XS_COMMANDS_RING];
}

static void count_as_over(struct xs_commands *commands)
{
	xs_add_full(&commands->launched, 1);
	xs_futex_wake(&commands->launched, INT32_MAX);
}

static void retreat(struct xs_commands *commands)
{
	xs_queue_retreat(commands->queue);
	xs_sub_full(&commands->entered, 1);
}

/*
 * At exit all gates open, so that no thread of the application is stuck at one. What the application
 * paused is not launched by that: only if it resumes the queue, as a destroy in an exit handler does.
 */
static bool is_paused_for_good(struct xs_queue *queue)
{
	return xs_process_exiting() && (xs_load_full(&queue->slot->word) & XS_GATE_PAUSED);
}

static void enter(struct xs_commands *commands)
{
	for (;;) {
		xs_add_full(&commands->entered, 1);
		xs_queue_enter(commands->queue);
		if (!is_paused_for_good(commands->queue))
			return;
		retreat(commands);
		xs_sleep_until_ns(xs_now_ns() + EXIT_LOOKS_NS);
	}
}

/* Launches one command, waiting at the gate first. Returns whether there was one. */
static bool launch_one(struct xs_commands *commands)
{
	struct xs_queue *queue = commands->queue;
	LaunchCallback launch;
	void *data;

	if (xs_load_full(&commands->taken) == xs_load_full(&commands->submitted))
		return false;
	enter(commands);
	/* Only now: what was dropped while we slept at the gate must not run. */
	xs_mutex_lock(&commands->lock);
	uint32_t index = take_oldest(commands);
	xs_mutex_unlock(&commands->lock);
	if (!index) {
		retreat(commands);
		return false;
	}
	xs_command_callback(index, &launch, &data);
	xs_store_full(&commands->inside, &xs_self);
	XResult result = xs_command_call(queue, launch, data);
	xs_store_full(&commands->inside, NULL);
	xs_queue_leave(queue);
	if (result != kXSchedSuccess) {
		xs_mutex_lock(&commands->lock);
		if (commands->error == kXSchedSuccess)
			commands->error = result;
		xs_mutex_unlock(&commands->lock);
	}
	xs_command_launched(index, result);
	count_as_over(commands);
	return true;
}

/* [launcher] Whether nothing is left to launch: then the caller is the launcher no longer. */
static bool resign(struct xs_commands *commands)
{
	xs_mutex_lock(&commands->lock);
	bool idle = xs_load_full(&commands->submitted) == xs_load_full(&commands->taken);
	if (idle)
		xs_store_full(&commands->has_launcher, false);
	xs_mutex_unlock(&commands->lock);
	return idle;
}

static void *run(void *argument)
{
	struct xs_commands *commands = argument;

	pthread_setname_np(pthread_self(), "xsched-launch");
	for (;;) {
		uint32_t seen = xs_load_full(&commands->submitted);

		if (launch_one(commands))
			continue;
		uint64_t deadline = xs_now_ns() + LAUNCHER_LINGERS_NS;
		if (xs_futex_wait(&commands->submitted, seen, deadline) != -ETIMEDOUT)
			continue;
		if (resign(commands))
			break;
	}
	xs_registry_unpin(commands->queue);
	return NULL;
}

/* The caller has pinned the queue. The launcher has a pin too, so it never meets a later queue. */
static bool start_launcher(struct xs_commands *commands)
{
	if (!xs_registry_pin(xs_load_relaxed(&commands->queue->id)))
		return false; /* retired meanwhile */
	int err = xs_thread_start(run, commands);
	if (err)
		xs_registry_unpin(commands->queue);
	return err == 0;
}

/* --- the ring ------------------------------------------------------------------------------------ */

static struct xs_commands *commands_of(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	if (commands)
		return commands;
	struct xs_commands *fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return NULL;
	fresh->queue = queue;
	if (xs_cas_full(&queue->commands, &commands, fresh))
		return fresh;
	free(fresh);
	return commands;
}

/* Until as many are launched or dropped: all up to that position if none was submitted after it. */
static void wait_until_launched(struct xs_commands *commands, uint32_t count)
{
	for (;;) {
		uint32_t launched = xs_load_full(&commands->launched);
		if ((int32_t)(launched - count) >= 0)
			return;
		xs_futex_wait(&commands->launched, launched, 0);
	}
}

/* Until this command is launched or dropped; later ones may be dropped before it is launched. */
static void wait_until_over(struct xs_commands *commands, HwCommandHandle handle)
{
	for (;;) {
		uint32_t launched = xs_load_full(&commands->launched);

		if (xs_command_is_over(handle))
			return;
		xs_futex_wait(&commands->launched, launched, 0);
	}
}

bool xs_commands_inside(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	return commands && xs_load_full(&commands->inside) == &xs_self;
}

/* [ring lock] Hands the command over to the ring. Returns whether there was room. */
static bool push(struct xs_commands *commands, uint32_t index)
{
	uint32_t submitted = xs_load_relaxed(&commands->submitted);

	if (submitted - xs_load_relaxed(&commands->launched) >= XS_COMMANDS_RING)
		return false;
	commands->ring[submitted % XS_COMMANDS_RING] = index;
	xs_store_full(&commands->submitted, submitted + 1);
	return true;
}

static XResult take_result(struct xs_commands *commands, uint32_t index)
{
	XResult result = xs_command_take_result(index);

	if (result != kXSchedSuccess) {
		xs_mutex_lock(&commands->lock);
		if (commands->error == result)
			commands->error = kXSchedSuccess; /* the caller has it now */
		xs_mutex_unlock(&commands->lock);
	}
	return result;
}

XResult xs_commands_submit(
	struct xs_queue *queue, XQueueHandle xq, HwCommandHandle handle, bool wait_launch)
{
	bool inside = xs_commands_inside(queue);
	struct xs_commands *commands = commands_of(queue);

	if (!commands)
		return kXSchedErrorUnknown;
	if (wait_launch && inside)
		return kXSchedErrorNotAllowed;
	uint32_t index = xs_command_claim(handle, xs_load_relaxed(&queue->id), wait_launch);
	if (!index)
		return kXSchedErrorNotFound;

	xs_mutex_lock(&commands->lock);
	for (;;) {
		uint32_t launched = xs_load_full(&commands->launched);
		/* Whoever destroys the XQueue waits for what is in the ring by then, and no more. */
		bool ended = !xs_handle_is_xqueue(queue, xq);
		if (!ended && push(commands, index))
			break;
		xs_mutex_unlock(&commands->lock);
		if (ended || inside) {
			xs_command_unclaim(index);
			return ended ? kXSchedErrorNotFound : kXSchedErrorNotAllowed;
		}
		xs_futex_wait(&commands->launched, launched, 0);
		xs_mutex_lock(&commands->lock);
	}
	bool need_launcher = !xs_load_relaxed(&commands->has_launcher);
	if (need_launcher)
		xs_store_full(&commands->has_launcher, start_launcher(commands));
	bool orphaned = !xs_load_relaxed(&commands->has_launcher);
	if (orphaned)
		xs_store_full(
			&commands->has_launcher, true); /* that is us, until nothing is left */
	xs_mutex_unlock(&commands->lock);

	xs_futex_wake(&commands->submitted, 1);
	if (orphaned) {
		xs_warn_once("no thread to launch commands: they are launched by their submitters");
		do {
			while (launch_one(commands)) {
			}
		} while (!resign(commands));
	}
	if (!wait_launch)
		return kXSchedSuccess;
	wait_until_over(commands, handle);
	return take_result(commands, index);
}

XResult xs_commands_wait(struct xs_queue *queue, HwCommandHandle handle)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	if (xs_commands_inside(queue))
		return kXSchedErrorNotAllowed;
	if (!commands)
		return kXSchedErrorNotFound;

	switch (xs_command_await(handle, xs_load_relaxed(&queue->id))) {
	case XS_COMMAND_UNKNOWN:
		return kXSchedErrorNotFound;
	case XS_COMMAND_SUBMITTED:
		wait_until_over(commands, handle);
		if (xs_command_was_dropped(handle))
			return kXSchedErrorNotFound;
		break;
	case XS_COMMAND_LAUNCHED:
		break;
	}
	return xs_queue_synchronize(queue) ? kXSchedErrorHardware : kXSchedSuccess;
}

XResult xs_commands_wait_launched(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	if (!commands)
		return kXSchedSuccess;
	if (xs_commands_inside(queue))
		return kXSchedErrorNotAllowed;
	xs_mutex_lock(
		&commands->lock); /* a submit that began is over, or will see that it is late */
	uint32_t submitted = xs_load_full(&commands->submitted);
	xs_mutex_unlock(&commands->lock);
	wait_until_launched(commands, submitted);
	return kXSchedSuccess;
}

XResult xs_commands_take_error(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	if (!commands)
		return kXSchedSuccess;
	xs_mutex_lock(&commands->lock);
	XResult error = commands->error;
	commands->error = kXSchedSuccess;
	xs_mutex_unlock(&commands->lock);
	return error;
}

uint32_t xs_commands_pending(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);

	if (!commands)
		return 0;
	return xs_load_full(&commands->submitted) - xs_load_full(&commands->launched);
}

/*
 * The gate counts our commands as well, when they are launched. A launcher says that it goes before
 * it is counted there, so what is left over for others is never too much, and only ever grows.
 */
uint64_t xs_commands_total(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);
	uint64_t total = xs_queue_total(queue);

	if (!commands)
		return total;
	uint64_t others = xs_load_relaxed(&commands->others);
	uint64_t entered = xs_load_full(&commands->entered);
	if (total > entered && total - entered > others) {
		others = total - entered;
		xs_store_relaxed(&commands->others, others);
	}
	return others + xs_load_full(&commands->submitted);
}

void xs_commands_drop(struct xs_queue *queue)
{
	struct xs_commands *commands = xs_load_acquire(&queue->commands);
	uint32_t index;

	if (!commands)
		return;
	do {
		xs_mutex_lock(&commands->lock);
		index = take_oldest(commands);
		xs_mutex_unlock(&commands->lock);
		if (index) {
			xs_command_dropped(index);
			count_as_over(commands);
		}
	} while (index);
}

/* The rings, with their locks, are forgotten with their queues. */
void xs_commands_forked(void)
{
	xs_command_forked();
}
