/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints: what a program tells the scheduler about its queues, and which scheduler it wants. Which
 * hints matter depends on the policy; the others are kept, so they are in force again after a
 * change of policy, of scheduler, or of the daemon.
 *
 * For every function: any thread may call it at any time; it does not block. A handle that is
 * unknown or no longer valid is kXSchedErrorNotFound. No hint fails because of its value: one
 * outside its range takes the nearest bound. Repeating a hint replaces the earlier one.
 */
#ifndef XSCHED_HINT_H
#define XSCHED_HINT_H

#include <xsched/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * Chooses the scheduler of this process, for all its queues at once; queues suspended by the
 * earlier scheduler run until the new one has decided. The policy matters for kSchedulerLocal only,
 * and must be one of XPolicyType there; the daemon has its own. kSchedulerGlobal succeeds without
 * a daemon too: until one answers, the process schedules itself. kXSchedErrorInvalidValue: no such
 * scheduler, or no such policy for kSchedulerLocal.
 */
XResult XHintSetScheduler(XSchedulerType scheduler, XPolicyType policy);

/*
 * Priority of a queue (HPF, HHPF, CFS). With PRIORITY_NO_EXECUTE the queue does not run, whatever the
 * policy, until it gets another one; other values below PRIORITY_MIN count as PRIORITY_MIN, and those
 * above PRIORITY_MAX as PRIORITY_MAX.
 */
XResult XHintPriority(XQueueHandle xq, Priority prio);

/*
 * Share in percent: of this queue (UP), and also of the whole process where the policy divides the
 * device between processes (PUP, SPUP). The last hint of any queue of the process counts there.
 */
XResult XHintUtilization(XQueueHandle xq, Utilization util);

/*
 * Time slice of the policy, in microseconds: of the local scheduler for this process, of the daemon
 * for everybody, which it may refuse to programs that are not entitled to that.
 */
XResult XHintTimeslice(Timeslice ts_us);

/*
 * Laxity (LAX): the queue has lax_prio for lax_us after it became ready, and crit_prio from then on
 * until it is idle. NO_LAXITY takes the hint back.
 */
XResult XHintLaxity(XQueueHandle xq, Laxity lax_us, Priority lax_prio, Priority crit_prio);

/* Deadline (KEDF), counted from the time the queue becomes ready. NO_DEADLINE takes it back. */
XResult XHintDeadline(XQueueHandle xq, Deadline ddl_us);

/* How many queues with the earliest deadlines run at a time (KEDF). 0 is ignored. */
XResult XHintKDeadline(size_t k);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
