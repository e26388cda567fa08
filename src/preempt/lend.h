/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priority lending along visible waits.
 *
 * When something important waits for a queue that is, or may become, stopped on the device, what that
 * queue has submitted flows until it has caught up: otherwise the important one would wait for what
 * waits for it to be done. Only queues with armed markers matter; one that is stopped on the host
 * finishes by itself what was submitted.
 */
#ifndef XS_PREEMPT_LEND_H
#define XS_PREEMPT_LEND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/export.h"

struct xs_queue;

/* Whether work of this importance must not wait for the queue as it is. */
XS_EXPORT bool xs_lend_needed(const struct xs_queue *queue, int priority);

/* Loans for as long as a call takes, kept by the caller: room for all queues that can be armed at a
 * time. */
#define XS_LOANS 32

struct xs_loans {
	unsigned int count;
	struct {
		struct xs_queue *queue;
		uint64_t queue_id;
	} loans[XS_LOANS];
};

/* What the queue has submitted flows until the loans are repaid. */
XS_EXPORT void xs_lend(struct xs_loans *loans, struct xs_queue *queue);
XS_EXPORT void xs_repay(struct xs_loans *loans);

/* The waiting queue depends on all that the other has submitted. Lent until that is done, or until
 * one of the two ends. Never blocks; out of room it lends nothing, and the stall time bounds it. */
XS_EXPORT void xs_lend_until_done(struct xs_queue *queue, struct xs_queue *waiter);

/* Takes back what is no longer needed. Returns whether loans remain. For the watcher. */
bool xs_lend_review(void);

void xs_lend_forked(void);

#endif
