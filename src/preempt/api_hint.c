/* SPDX-License-Identifier: Apache-2.0 */
/* The C API of hints: what an application may say about itself to the scheduler. */
#include "xsched/hint.h"

#include <errno.h>

#include "preempt/agent.h"
#include "preempt/handle.h"
#include "preempt/registry.h"

static XResult translate(int err)
{
	switch (err) {
	case 0:
		return kXSchedSuccess;
	case -EINVAL:
	case -ERANGE:
		return kXSchedErrorInvalidValue;
	default:
		return kXSchedErrorUnknown;
	}
}

static XResult hint_queue(XQueueHandle xq, const struct xs_hint *hint)
{
	struct xs_queue *queue = xs_handle_pin_xqueue(xq);

	if (!queue)
		return kXSchedErrorNotFound;
	XResult result = translate(xs_agent_hint(queue, hint));
	xs_registry_unpin(queue);
	return result;
}

XResult XHintSetScheduler(XSchedulerType scheduler, XPolicyType policy)
{
	switch (scheduler) {
	case kSchedulerAppManaged:
	case kSchedulerGlobal:
		return translate(xs_agent_choose(scheduler, NULL));
	case kSchedulerLocal:
		if ((int)policy <= kPolicyUnknown || (int)policy >= kPolicyMax)
			return kXSchedErrorInvalidValue;
		return translate(xs_agent_choose(scheduler, xs_agent_policy_name(policy)));
	default:
		return kXSchedErrorInvalidValue;
	}
}

XResult XHintPriority(XQueueHandle xq, Priority prio)
{
	return hint_queue(xq, &(struct xs_hint){ .kind = XS_HINT_PRIORITY, .value = prio });
}

/* As in XSched, a share is the process's: it is set for the queue and for the process. */
XResult XHintUtilization(XQueueHandle xq, Utilization util)
{
	const struct xs_hint hint = { .kind = XS_HINT_UTILIZATION, .value = util };
	XResult result = hint_queue(xq, &hint);

	return result == kXSchedSuccess ? translate(xs_agent_hint(NULL, &hint)) : result;
}

XResult XHintTimeslice(Timeslice ts_us)
{
	return translate(xs_agent_hint(
		NULL, &(struct xs_hint){ .kind = XS_HINT_TIMESLICE_US, .value = ts_us }));
}

XResult XHintLaxity(XQueueHandle xq, Laxity lax_us, Priority lax_prio, Priority crit_prio)
{
	return hint_queue(xq, &(struct xs_hint){ .kind = XS_HINT_LAXITY_US,
				      .value = lax_us,
				      .lax_prio = lax_prio,
				      .crit_prio = crit_prio });
}

XResult XHintDeadline(XQueueHandle xq, Deadline ddl_us)
{
	return hint_queue(xq, &(struct xs_hint){ .kind = XS_HINT_DEADLINE_US, .value = ddl_us });
}

XResult XHintKDeadline(size_t k)
{
	const struct xs_hint hint = {
		.kind = XS_HINT_KDEADLINE,
		.value = k > INT32_MAX ? INT32_MAX : (int64_t)k,
	};

	return k == 0 ? kXSchedSuccess : translate(xs_agent_hint(NULL, &hint));
}
