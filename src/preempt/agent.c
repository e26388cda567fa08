/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses who decides in this process, and passes on what queues have to tell. */
#include "preempt/agent.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "preempt/domain.h"
#include "preempt/global.h"
#include "preempt/handle.h"
#include "preempt/local.h"
#include "preempt/process.h"
#include "preempt/watch.h"
#include "preempt/xqueue.h"

/* How often the daemon is looked for. */
#define RETRY_NS        (100 * XS_NS_PER_MS) /* by who was connected, or wants no other scheduler */
#define RETRY_SELDOM_NS (XS_NS_PER_S)        /* by who would take it */

static struct {
	struct xs_mutex lock; /* of choosing; taken before all others */
	_Atomic bool chosen;
	_Atomic bool connected;    /* to a daemon, which has been asked */
	_Atomic bool global;       /* the daemon decides */
	_Atomic uint64_t retry_ns; /* when to look for the daemon again; 0: never */
	uint64_t patience_ns;      /* [lock] between two looks; 0: the daemon is not wanted */
	struct xs_mutex hints;     /* both schedulers hear of hints in the same order */
} agent;

static bool is_global(void)
{
	return xs_load_acquire(&agent.global);
}

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
		{ XS_HINT_GANG, options->gang ? 1 : XS_UNSET },
		{ XS_HINT_REQUEST, options->request },
		{ XS_HINT_LIMIT, options->limit },
		{ XS_HINT_TARGET_US, options->target_us },
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

/* --- the daemon ---------------------------------------------------------------------------------- */

/* [lock] Asks the daemon, if there is one. This process goes on as before until it answers. The watcher
 * reads the socket, so without it there is no connection. */
static int ask_global(void)
{
	int err = xs_global_connect();

	if (!err) {
		err = xs_watch_start();
		if (err)
			xs_global_close();
	}
	if (err == -EBADF) {
		xs_warn_once("the application closed what xserver has to see: scheduling in this "
			     "process from now on");
		agent.patience_ns = 0;
	}
	xs_store_full(&agent.connected, err == 0);
	xs_store_full(
		&agent.retry_ns, err && agent.patience_ns ? xs_now_ns() + agent.patience_ns : 0);
	if (!err)
		xs_watch_ring();
	return err;
}

/* [lock] */
static int prefer_global(uint64_t patience_ns)
{
	agent.patience_ns = patience_ns;
	if (xs_load_full(&agent.global))
		return 0;
	int err = activate(NULL);
	if (xs_load_full(&agent.connected) || ask_global() == 0)
		return err;
	if (patience_ns == RETRY_NS) {
		xs_warn_once("no xserver is there: scheduling in this process until one is");
		xs_watch_start();
	}
	return err;
}

/* [lock] */
static void leave_global(void)
{
	agent.patience_ns = 0;
	xs_store_full(&agent.retry_ns, 0);
	xs_store_full(&agent.connected, false);
	xs_store_full(&agent.global, false);
	xs_global_close();
	xs_watch_ring();
}

static void put_global_in_charge(void)
{
	xs_mutex_lock(&agent.lock);
	if (xs_load_full(&agent.connected) && !xs_load_full(&agent.global)) {
		agent.patience_ns = RETRY_NS; /* from now on it is missed when it is gone */
		xs_local_deactivate(true);
		xs_store_full(&agent.global, true);
		xs_global_introduce();
		xs_info("using global scheduler");
	}
	xs_mutex_unlock(&agent.lock);
}

static void lose_global(const char *trouble)
{
	xs_mutex_lock(&agent.lock);
	if (xs_load_full(&agent.connected)) {
		xs_info("xserver %s", trouble);
		xs_store_full(&agent.connected, false);
		xs_global_close();
		if (xs_swap_full(&agent.global, false))
			activate(NULL);
		xs_store_full(&agent.retry_ns, xs_now_ns() + agent.patience_ns);
	}
	xs_mutex_unlock(&agent.lock);
}

/* The daemon that was left has done its last to our gates. */
static void overrule_global(void)
{
	xs_mutex_lock(&agent.lock);
	if (!xs_load_full(&agent.global))
		xs_local_apply_again();
	xs_mutex_unlock(&agent.lock);
}

/* Looks for the daemon if it is time for that, one thread at a time. */
static void look_for_global(uint64_t now_ns)
{
	uint64_t retry_ns = xs_load_full(&agent.retry_ns);

	if (!retry_ns || now_ns < retry_ns || !xs_mutex_trylock(&agent.lock))
		return;
	if (agent.patience_ns && !xs_load_full(&agent.connected))
		ask_global();
	xs_mutex_unlock(&agent.lock);
}

/* Returns when to call again; 0: no need. */
static uint64_t serve_global(uint64_t now_ns)
{
	const char *trouble;
	uint64_t wake_ns;

	if (xs_global_has_parted())
		overrule_global();
	if (!xs_load_full(&agent.connected)) {
		look_for_global(now_ns);
		return xs_load_full(&agent.retry_ns);
	}
	switch (xs_global_serve(&wake_ns, &trouble)) {
	case XS_GLOBAL_ANSWERS:
		if (!is_global())
			put_global_in_charge();
		break;
	case XS_GLOBAL_LOST:
		lose_global(trouble);
		wake_ns = now_ns;
		break;
	case XS_GLOBAL_ASKED:
		break;
	}
	return wake_ns;
}

/* --- choosing ------------------------------------------------------------------------------------ */

/* What the environment wants, or what suits most: the daemon if one answers. */
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
		else if (options->scheduler == APP)
			xs_info("using app-managed scheduler");
		else if (options->scheduler == LCL)
			activate(NULL);
		else
			prefer_global(options->scheduler == GLB ? RETRY_NS : RETRY_SELDOM_NS);
		xs_store_release(&agent.chosen, true);
	}
	xs_mutex_unlock(&agent.lock);
}

int xs_agent_choose(XSchedulerType type, const char *policy)
{
	int err = 0;

	be_born();
	xs_mutex_lock(&agent.lock);
	if (type == kSchedulerGlobal) {
		err = prefer_global(RETRY_NS);
	} else if (type == kSchedulerAppManaged) {
		leave_global();
		xs_local_deactivate(false);
		xs_info("using app-managed scheduler");
	} else {
		leave_global();
		err = activate(policy);
	}
	xs_mutex_unlock(&agent.lock);
	return err;
}

/* --- queues -------------------------------------------------------------------------------------- */

void xs_agent_add(struct xs_queue *queue)
{
	be_born();
	look_for_global(xs_now_ns());
	int err = xs_local_add(queue);
	if (err) {
		xs_warn_once("a queue cannot be scheduled (error %d): it runs freely", -err);
		return;
	}
	xs_global_add(queue);
	xs_domain_outranked_by(queue);
	xs_info("XQueue (0x%llx) from process %d created",
		(unsigned long long)xs_handle_of_xqueue(queue), getpid());
}

void xs_agent_remove(struct xs_queue *queue)
{
	xs_local_remove(queue);
	xs_global_remove(queue);
	xs_info("XQueue (0x%llx) from process %d destroyed",
		(unsigned long long)xs_handle_of_xqueue(queue), getpid());
}

void xs_agent_changed(struct xs_queue *queue)
{
	if (is_global())
		xs_global_changed(queue);
	else
		xs_local_changed(queue);
}

void xs_agent_stalled(struct xs_queue *queue, bool stalled)
{
	if (is_global())
		xs_global_stalled(queue, stalled);
	else
		xs_local_stalled(queue, stalled);
}

void xs_agent_used(struct xs_queue *queue, uint64_t device_ns)
{
	xs_add_relaxed(&queue->slot->device_ns, device_ns);
	if (!is_global()) /* the daemon reads it from the page */
		xs_local_used(queue, device_ns);
}

void xs_agent_reconfigured(struct xs_queue *queue)
{
	xs_local_reconfigured(queue);
	xs_global_reconfigured(queue);
	xs_domain_outranked_by(queue);
}

int xs_agent_hint(struct xs_queue *queue, const struct xs_hint *hint)
{
	be_born();
	xs_mutex_lock(&agent.hints);
	int err = xs_local_hint(queue, hint);
	if (!err)
		xs_global_hint(queue, hint);
	xs_mutex_unlock(&agent.hints);
	if (!err && queue)
		xs_domain_outranked_by(queue);
	return err;
}

uint64_t xs_agent_tick(uint64_t now_ns)
{
	uint64_t wake_ns = serve_global(now_ns);
	uint64_t timer_ns = is_global() ? 0 : xs_local_tick(now_ns);

	return timer_ns && (!wake_ns || timer_ns < wake_ns) ? timer_ns : wake_ns;
}

bool xs_agent_poll(struct pollfd *socket)
{
	return xs_global_poll(socket);
}

void xs_agent_exit(void)
{
	xs_global_exit();
}

void xs_agent_forked(void)
{
	xs_local_forked();
	xs_global_forked();
	memset(&agent, 0, sizeof(agent));
}
