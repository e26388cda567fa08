/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests share that are linked with the shim. Each scenario runs in a child with an environment
 * of its own, since options are read once; the parent never calls the driver, so children start unborn.
 * A scenario that hangs is ended by SIGALRM. The gates of queues are looked at, never touched.
 */
#ifndef XS_TESTS_E2E_H
#define XS_TESTS_E2E_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static inline int e2e_check(int result, const char *text, int line)
{
	if (result) {
		fprintf(stderr, "line %d: %s = %d\n", line, text, result);
		_exit(1);
	}
	return result;
}
#define check(call) e2e_check((int)(call), #call, __LINE__)
#define holds(what) e2e_check(!(what), #what, __LINE__)

#include "programs/program.h"

#include "preempt/registry.h"

#ifdef XS_SANITIZED
#define LIMIT_S 100
/* Processes that end in the middle of things leave threads and memory behind; that is the test. */
__attribute__((visibility("default"))) const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "report_thread_leaks=0";
}
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#else
#define LIMIT_S 60
#endif

/* Runs body in a child with the variables ("NAME=value", up to NULL) and returns its status. */
static inline int in_child(const char *const *variables, void (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		char name[64];

		snprintf(name, sizeof(name), "/xsim-e2e-%d", (int)getpid());
		setenv("XSIM_DEVICE", name, 1);
		setenv("XSIM_SHARE", "0", 1);
		setenv("XSCHED_POLICY", "HPF", 1); /* unnamed, it leaves low streams a little */
		for (; variables && *variables; variables++)
			putenv((char *)(uintptr_t)*variables);
		alarm(LIMIT_S);
		body();
		_exit(0);
	}
	while (waitpid(pid, &status, 0) != pid) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline struct xs_queue *queue_of(CUstream stream)
{
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue && xs_queue_stream(queue).handle == stream)
			return queue;
	}
	return NULL;
}

static inline bool queue_has(CUstream stream, uint64_t flag)
{
	struct xs_queue *queue = queue_of(stream);

	return queue && (xs_load_acquire(&queue->slot->word) & flag);
}

/* Waits, for as long as the scenario may take, until somebody sleeps at the gate of the stream. */
static inline void until_asleep(CUstream stream)
{
	while (!queue_has(stream, XS_GATE_SLEEPERS))
		usleep(100);
	holds(queue_has(stream, XS_GATE_HELD));
}

#endif
