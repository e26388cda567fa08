/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses who decides in this process, and passes on what queues have to tell. */
#include "preempt/agent.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "preempt/domain.h"
#include "preempt/handle.h"
#include "preempt/local.h"
#include "preempt/process.h"
#include "preempt/xqueue.h"

static struct {
	struct xs_mutex lock; /* of choosing; taken before the local scheduler's */
	_Atomic bool chosen;
} agent;

/* In the order of XPolicyType and of the option XSCHED_POLICY. */
static const char *const policy_names[] = { "HPF", "HHPF", "CHPF", "UP", "PUP", "SPUP", "KEDF",
	"LAX", "AWF", "CFS", "MLFQ" };

#define POLICY_COUNT ((int)(sizeof(policy_names) / sizeof(policy_names[0])))

const char *xs_agent_policy_name(XPolicyType policy)
{
	int index = (int)policy - kPolicyHighestPriorityFirst;

	return index >= 0 && index < POLICY_COUNT ? policy_names[index] : NULL;
}

static void hint_from_environment(void)
{
	const struct xs_options *options = xs_options();
	const struct {
		enum xs_hint_kind kind;
		int value;
	} hints[] = {
		{ XS_HINT_PRIORITY, options->priority },
		{ XS_HINT_UTILIZATION, options->utilization },
		{ XS_HINT_TIMESLICE_US, options->timeslice_us },
		{ XS_HINT_DEADLINE_US, options->deadline_us },
		{ XS_HINT_KDEADLINE, options->kdeadline },
		{ XS_HINT_LAXITY_US, options->laxity_us },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		struct xs_hint hint = { .kind = hints[i].kind, .value = hints[i].value };

		if (hints[i].value == XS_UNSET)
			continue;
		if (hint.kind == XS_HINT_LAXITY_US)
			hint.crit_prio = options->priority == XS_UNSET ? 0 : options->priority;
		xs_local_hint(NULL, &hint);
	}
}

/* [agent.lock] */
static int activate(const char *policy)
{
	int err = xs_local_activate(policy);

	if (err)
		xs_warn_once("the scheduler cannot start (error %d): nothing is scheduled", -err);
	else
		xs_info("using local scheduler with policy %s", policy ? policy : "HPF");
	return err;
}

/* What the environment wants, or what suits most: the scheduler in this process. */
static void be_born(void)
{
	enum { APP, LCL, GLB };
	const struct xs_options *options = xs_options();

	if (xs_likely(xs_load_acquire(&agent.chosen)))
		return;
	xs_process_begin();
	xs_mutex_lock(&agent.lock);
	if (!xs_load_acquire(&agent.chosen)) {
		hint_from_environment();
		if (options->policy != XS_UNSET)
			activate(policy_names[options->policy]);
		else if (options->scheduler != APP)
			activate(NULL);
		else
			xs_info("using app-managed scheduler");
		xs_store_release(&agent.chosen, true);
	}
	xs_mutex_unlock(&agent.lock);
}

int xs_agent_choose(XSchedulerType type, const char *policy)
{
	int err = 0;

	be_born();
	xs_mutex_lock(&agent.lock);
	if (type == kSchedulerAppManaged) {
		xs_local_deactivate();
		xs_info("using app-managed scheduler");
	} else {
		err = activate(policy);
	}
	xs_mutex_unlock(&agent.lock);
	return err;
}

void xs_agent_add(struct xs_queue *queue)
{
	be_born();
	int err = xs_local_add(queue);
	if (err) {
		xs_warn_once("a queue cannot be scheduled (error %d): it runs freely", -err);
		return;
	}
	xs_domain_outranked_by(queue);
	xs_info("XQueue (0x%llx) from process %d created",
		(unsigned long long)xs_handle_of_xqueue(queue), getpid());
}

void xs_agent_remove(struct xs_queue *queue)
{
	xs_local_remove(queue);
	xs_info("XQueue (0x%llx) from process %d destroyed",
		(unsigned long long)xs_handle_of_xqueue(queue), getpid());
}

void xs_agent_changed(struct xs_queue *queue)
{
	xs_local_changed(queue);
}

void xs_agent_stalled(struct xs_queue *queue, bool stalled)
{
	xs_local_stalled(queue, stalled);
}

void xs_agent_used(struct xs_queue *queue, uint64_t device_ns)
{
	xs_add_relaxed(&queue->slot->device_ns, device_ns);
	xs_local_used(queue, device_ns);
}

void xs_agent_reconfigured(struct xs_queue *queue)
{
	xs_local_reconfigured(queue);
	xs_domain_outranked_by(queue);
}

int xs_agent_hint(struct xs_queue *queue, const struct xs_hint *hint)
{
	be_born();
	int err = xs_local_hint(queue, hint);
	if (!err && queue)
		xs_domain_outranked_by(queue);
	return err;
}

uint64_t xs_agent_tick(uint64_t now_ns)
{
	return xs_local_tick(now_ns);
}

void xs_agent_forked(void)
{
	xs_local_forked();
	memset(&agent, 0, sizeof(agent));
}
