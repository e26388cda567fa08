/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clock that stands still while any thread of the program runs, and that jumps to the next deadline
 * when all of them wait: what takes how long is said by the test, never by the machine.
 *
 * A program that is linked with this file and with its --wrap flags (tests/module.mk) lives on that
 * clock, the library in it included. A thread waits when it sleeps until a time, sleeps on a futex
 * or joins a thread. It counts as running again at the moment at which somebody wakes it, so the
 * clock cannot jump past what it is going to do. One thread is woken by the clock at a time, in
 * the order of the deadlines. The short waits for a mutex are no waits here.
 *
 * A loop that waits for something must therefore sleep by xs_sleep_until_ns(), and one that waits for what
 * this clock knows nothing of (a signal) must not. When all wait and none has a deadline, nothing
 * will ever happen again: the program says so and ends.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"

#define BEGIN_NS (1000 * XS_NS_PER_S)

struct waiter {
	struct waiter *next;
	const void *at;       /* what a wake-up names; NULL: only the clock wakes it */
	uint64_t deadline_ns; /* 0: none */
	bool by_clock;
	_Atomic uint32_t woken;
};

struct thread {
	struct thread *next;
	pthread_t name;
	void *(*run)(void *);
	void *argument;
	bool ended;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct waiter *waiters;   /* [lock] oldest first */
static struct thread *threads;   /* [lock] those that were not joined */
static unsigned int running = 1; /* [lock] threads that do not wait */
static _Atomic uint64_t now_ns = BEGIN_NS;

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __real_pthread_join(pthread_t, void **);

uint64_t __wrap_xs_now_ns(void);
void __wrap_xs_sleep_until_ns(uint64_t deadline_ns);
int __wrap_xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns);
void __wrap_xs_futex_wake(_Atomic uint32_t *word, int count);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_join(pthread_t, void **);

/* [lock] */
static void take_out(struct waiter *waiter)
{
	struct waiter **link = &waiters;

	while (*link != waiter)
		link = &(*link)->next;
	*link = waiter->next;
	running++;
}

/* [lock] */
static void wake(struct waiter *waiter, bool by_clock)
{
	take_out(waiter);
	waiter->by_clock = by_clock;
	xs_store_relaxed(&waiter->woken, 1);
	syscall(SYS_futex, &waiter->woken, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* [lock] All wait: it is the next deadline now. */
static void jump(void)
{
	struct waiter *first = NULL;

	for (struct waiter *other = waiters; other; other = other->next) {
		if (other->deadline_ns && (!first || other->deadline_ns < first->deadline_ns))
			first = other;
	}
	if (!first) {
		fprintf(stderr, "every thread waits for another\n");
		fflush(NULL);
		_exit(1);
	}
	if (first->deadline_ns > xs_load_relaxed(&now_ns))
		xs_store_relaxed(&now_ns, first->deadline_ns);
	wake(first, true);
}

/* [lock], but not while it sleeps. Until woken by whatever, or by a signal where that matters. */
static int sleep_as(struct waiter *self, bool signals_matter)
{
	struct waiter **last = &waiters;

	while (*last)
		last = &(*last)->next;
	*last = self;
	if (--running == 0)
		jump();
	while (!xs_load_relaxed(&self->woken)) {
		pthread_mutex_unlock(&lock);
		long err = syscall(SYS_futex, &self->woken, FUTEX_WAIT, 0, NULL, NULL, 0);
		bool interrupted = err < 0 && errno == EINTR;
		pthread_mutex_lock(&lock);
		if (interrupted && signals_matter && !xs_load_relaxed(&self->woken)) {
			take_out(self);
			return -EINTR;
		}
	}
	return self->by_clock ? -ETIMEDOUT : 0;
}

uint64_t __wrap_xs_now_ns(void)
{
	return xs_load_relaxed(&now_ns);
}

void __wrap_xs_sleep_until_ns(uint64_t deadline_ns)
{
	struct waiter self = { .deadline_ns = deadline_ns };
	int saved_errno = errno;

	pthread_mutex_lock(&lock);
	if (deadline_ns > xs_load_relaxed(&now_ns))
		sleep_as(&self, false);
	pthread_mutex_unlock(&lock);
	errno = saved_errno;
}

int __wrap_xs_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
	struct waiter self = { .at = word, .deadline_ns = deadline_ns };
	int saved_errno = errno, err = 0;

	/* Whoever changes the word wakes after that, with the lock: it is not missed. */
	pthread_mutex_lock(&lock);
	bool late = deadline_ns && deadline_ns <= xs_load_relaxed(&now_ns);
	if (xs_load_full(word) == expected && !late)
		err = sleep_as(&self, true);
	else
		err = late ? -ETIMEDOUT : 0;
	pthread_mutex_unlock(&lock);
	errno = saved_errno;
	return err;
}

void __wrap_xs_futex_wake(_Atomic uint32_t *word, int count)
{
	int saved_errno = errno;

	pthread_mutex_lock(&lock);
	for (struct waiter *waiter = waiters, *next; waiter && count > 0; waiter = next) {
		next = waiter->next;
		if (waiter->at != word)
			continue;
		wake(waiter, false);
		count--;
	}
	pthread_mutex_unlock(&lock);
	errno = saved_errno;
}

/* --- threads ------------------------------------------------------------------------------------- */

static void *run(void *argument)
{
	struct thread *self = argument;
	void *result = self->run(self->argument);

	pthread_mutex_lock(&lock);
	self->ended = true;
	for (struct waiter *waiter = waiters, *next; waiter; waiter = next) {
		next = waiter->next;
		if (waiter->at == self)
			wake(waiter, false);
	}
	if (--running == 0)
		jump();
	pthread_mutex_unlock(&lock);
	return result;
}

int __wrap_pthread_create(
	pthread_t *name, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
	struct thread *thread = malloc(sizeof(*thread));

	if (!thread)
		return EAGAIN;
	*thread = (struct thread){ .run = start, .argument = argument };
	pthread_mutex_lock(&lock);
	int err = __real_pthread_create(name, attributes, run, thread);
	if (err) {
		free(thread);
	} else {
		thread->name = *name;
		thread->next = threads;
		threads = thread;
		running++;
	}
	pthread_mutex_unlock(&lock);
	return err;
}

int __wrap_pthread_join(pthread_t name, void **result)
{
	struct thread **link = &threads;

	pthread_mutex_lock(&lock);
	while (*link && !pthread_equal((*link)->name, name))
		link = &(*link)->next;
	struct thread *thread = *link;
	if (thread) {
		struct waiter self = { .at = thread };

		*link = thread->next;
		if (!thread->ended)
			sleep_as(&self, false);
	}
	pthread_mutex_unlock(&lock);
	free(thread);
	return __real_pthread_join(name, result);
}
