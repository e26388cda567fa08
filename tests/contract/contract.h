/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the contract tests share. Each program tests one public function the way a user of XSched
 * calls it, and ends with status 0, or with 1 after a line FILE:LINE: what was expected. A program
 * that hangs is killed by its alarm. They run on the software device and on real ones.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>

#include <xsched/xsched.h>
#include <xsched/cuda/hal.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			check_failed(__FILE__, __LINE__, #condition);                              \
	} while (0)

/* CHECK(call == expected), saying what came instead. */
#define EXPECT(expected, call)                                                                     \
	do {                                                                                       \
		int result_ = (int)(call);                                                         \
		if (result_ != (int)(expected)) {                                                  \
			fprintf(stderr, "%s:%d: result %d\n", __FILE__, __LINE__, result_);        \
			check_failed(__FILE__, __LINE__, #call " == " #expected);                  \
		}                                                                                  \
	} while (0)
#define SUCCEEDS(call) EXPECT(kXSchedSuccess, call)

/* Handles that nobody ever got. */
#define NO_HANDLE 0x5eed5eed5eed5eedull

void check_failed(const char *file, int line, const char *condition);

/* A stream of device 0. The first call starts the driver and the alarm. */
CUstream stream_create(void);
void stream_destroy(CUstream stream);
bool stream_idle(CUstream stream);

/* A kernel of so many microseconds, launched straight on a stream; 0 is the empty kernel. */
void stream_spin(CUstream stream, uint32_t us);

/* A stream with a hardware queue and an XQueue of level 1, and the work that its commands do. */
struct queue {
	CUstream stream;
	HwQueueHandle hwq;
	XQueueHandle xq;
	uint32_t us;         /* how long the kernel of each command takes */
	XResult result;      /* what the callbacks return */
	atomic_int launched; /* how many commands were launched */
};
void queue_open(struct queue *queue, uint32_t us);
void queue_open_with(struct queue *queue, uint32_t us, int64_t flags);
void queue_close(struct queue *queue);

/* A new command that launches the queue's kernel; and n of them, submitted. */
HwCommandHandle queue_command(struct queue *queue);
void queue_submit(struct queue *queue, int n);

/* The callback of these commands; data is the queue. */
XResult queue_launch(HwQueueHandle hwq, void *data);

/* Waits up to 5 s for the counter to get there. */
bool reaches(atomic_int *counter, int value);

void sleep_ms(int ms);

/* One call that may block, on a thread of its own. */
struct call {
	XResult (*run)(struct call *call);
	struct queue *queue;
	HwCommandHandle command;
	XResult result;   /* valid after call_join */
	atomic_bool done; /* whether it has returned */
	pthread_t thread;
};
void call_start(struct call *call);
XResult call_join(struct call *call);

/* Whether a started call is still blocked after a time that is ample for one that does not. */
bool call_blocks(struct call *call);

#endif
