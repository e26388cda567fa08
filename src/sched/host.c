/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy may ask: the second half of policy.h. */
#include "sched/state.h"

void *xs_device_state(const struct xs_sched_device *device)
{
	return device->state;
}

void *xs_unit_state(const struct xs_unit *unit)
{
	return unit->state;
}

struct xs_sched_device *xs_unit_device(const struct xs_unit *unit)
{
	return xs_unit_party(unit)->device;
}

const struct xs_policy *xs_device_policy(const struct xs_sched_device *device)
{
	return device->sched->policy;
}

uint64_t xs_device_id(const struct xs_sched_device *device)
{
	return device->node.key;
}

uint64_t xs_unit_process_id(const struct xs_unit *unit)
{
	return xs_unit_party(unit)->process->node.key;
}

const char *xs_unit_process_name(const struct xs_unit *unit)
{
	return xs_unit_party(unit)->process->name;
}

int64_t xs_device_param(const struct xs_sched_device *device, int index)
{
	const struct xs_sched *s = device->sched;

	return s->values[xs_policy_index(s->policy)][index];
}

static bool is_withheld(const struct xs_list *link)
{
	return xs_unit_party(xs_list_entry(link, struct xs_unit, link))->process->withheld;
}

static struct xs_unit *unit_at(struct xs_sched_device *device, struct xs_list *link)
{
	device->sched->stats.visits++;
	while (!xs_list_empty(&device->ties) && link != &device->runnable && is_withheld(link))
		link = link->next;
	return link == &device->runnable ? NULL : xs_list_entry(link, struct xs_unit, link);
}

struct xs_unit *xs_first_runnable(struct xs_sched_device *device)
{
	return unit_at(device, device->runnable.next);
}

struct xs_unit *xs_next_runnable(struct xs_unit *unit)
{
	return unit_at(xs_unit_party(unit)->device, unit->link.next);
}

static struct xs_sched_device *device_at(struct xs_sched *s, struct xs_list *link)
{
	s->stats.visits++;
	return link == &s->busy ? NULL : xs_list_entry(link, struct xs_sched_device, busy_link);
}

struct xs_sched_device *xs_first_device(struct xs_sched_device *any)
{
	return device_at(any->sched, any->sched->busy.next);
}

struct xs_sched_device *xs_next_device(struct xs_sched_device *device)
{
	return device_at(device->sched, device->busy_link.next);
}

void xs_unit_run(struct xs_unit *unit)
{
	struct xs_party *party = xs_unit_party(unit);

	unit->chosen = true;
	party->round = party->device->round;
}

void xs_device_spread(struct xs_sched_device *device)
{
	device->sched->spread = true;
}

bool xs_unit_running(const struct xs_unit *unit)
{
	return unit->running;
}

uint64_t xs_unit_runnable_since_ns(const struct xs_unit *unit)
{
	return unit->since_ns;
}

bool xs_unit_stalled(const struct xs_unit *unit)
{
	return unit->of_queue && xs_unit_queue(unit)->stalled;
}

bool xs_unit_of_gang(const struct xs_unit *unit)
{
	return !xs_list_empty(&xs_unit_party(unit)->process->gang_link);
}

int xs_unit_base_priority(const struct xs_unit *unit)
{
	const struct xs_party *party = xs_unit_party(unit);
	int highest = XS_PRIORITY_NO_EXECUTE;

	if (unit->of_queue)
		return xs_unit_queue(unit)->priority;
	xs_list_for_each (link, &party->runnable) {
		const struct xs_sched_queue *queue =
			xs_list_entry(link, struct xs_sched_queue, unit.link);

		xs_unit_sched(unit)->stats.visits++;
		if (queue->priority > highest)
			highest = queue->priority;
	}
	if (highest != XS_PRIORITY_NO_EXECUTE)
		return highest;
	return party->process->hints.hints.value[XS_HINT_PRIORITY];
}

int xs_unit_priority(const struct xs_unit *unit)
{
	int highest = xs_unit_base_priority(unit);

	if (unit->of_queue)
		return xs_unit_queue(unit)->lent > highest ? xs_unit_queue(unit)->lent : highest;
	xs_list_for_each (link, &xs_unit_party(unit)->runnable) {
		const struct xs_sched_queue *queue =
			xs_list_entry(link, struct xs_sched_queue, unit.link);

		if (queue->lent > highest)
			highest = queue->lent;
	}
	return highest;
}

static struct xs_hints *having(struct xs_hints *hints, enum xs_hint_kind kind)
{
	return hints->set & 1u << kind ? hints : NULL;
}

/*
 * The nearest set of hints that has this kind, or NULL. What is said to a single queue of a process
 * that runs as a whole holds for the process, unless it has a hint itself; with several such queues
 * the largest value counts.
 */
static struct xs_hints *nearest(const struct xs_unit *unit, enum xs_hint_kind kind)
{
	struct xs_party *party = xs_unit_party(unit);
	struct xs_hints *best = NULL;

	if (unit->of_queue && having(&xs_unit_queue(unit)->hints, kind))
		return &xs_unit_queue(unit)->hints;
	if (having(&party->process->hints.hints, kind))
		return &party->process->hints.hints;
	if (!unit->of_queue) {
		xs_list_for_each (link, &party->runnable) {
			struct xs_hints *hints =
				&xs_list_entry(link, struct xs_sched_queue, unit.link)->hints;

			if (having(hints, kind) &&
				(!best || hints->value[kind] > best->value[kind]))
				best = hints;
		}
	}
	return best ? best : having(&party->device->sched->hints.hints, kind);
}

static int64_t value_of(const struct xs_unit *unit, enum xs_hint_kind kind, int64_t unset)
{
	struct xs_hints *hints = nearest(unit, kind);

	return hints ? *xs_hint_place(hints, kind) : unset;
}

static bool time_of(const struct xs_unit *unit, enum xs_hint_kind kind, uint64_t *time_ns)
{
	struct xs_hints *hints = nearest(unit, kind);

	if (hints)
		*time_ns = (uint64_t)*xs_hint_place(hints, kind) * 1000;
	return hints;
}

int64_t xs_unit_utilization(const struct xs_unit *unit, int64_t unset)
{
	return value_of(unit, XS_HINT_UTILIZATION, unset);
}

int64_t xs_unit_timeslice_ns(const struct xs_unit *unit, int64_t unset_ns)
{
	const struct xs_hints *hints = nearest(unit, XS_HINT_TIMESLICE_US);

	return hints ? (int64_t)hints->value[XS_HINT_TIMESLICE_US] * 1000 : unset_ns;
}

bool xs_unit_deadline_ns(const struct xs_unit *unit, uint64_t *deadline_ns)
{
	return time_of(unit, XS_HINT_DEADLINE_US, deadline_ns);
}

int64_t xs_unit_kdeadline(const struct xs_unit *unit, int64_t unset)
{
	return value_of(unit, XS_HINT_KDEADLINE, unset);
}

bool xs_unit_laxity_ns(
	const struct xs_unit *unit, uint64_t *laxity_ns, int *lax_prio, int *crit_prio)
{
	const struct xs_hints *hints = nearest(unit, XS_HINT_LAXITY_US);

	if (!hints)
		return false;
	*laxity_ns = (uint64_t)hints->value[XS_HINT_LAXITY_US] * 1000;
	*lax_prio = hints->lax_prio;
	*crit_prio = hints->crit_prio;
	return true;
}

bool xs_unit_window_active(const struct xs_unit *unit)
{
	return xs_unit_party(unit)->process->windows > 0;
}

int xs_unit_cpu_priority(const struct xs_unit *unit)
{
	return (int)value_of(unit, XS_HINT_CPU_PRIORITY, 0);
}

int64_t xs_unit_request(const struct xs_unit *unit, int64_t unset)
{
	return value_of(unit, XS_HINT_REQUEST, unset);
}

int64_t xs_unit_limit(const struct xs_unit *unit, int64_t unset)
{
	return value_of(unit, XS_HINT_LIMIT, unset);
}

bool xs_unit_target_ns(const struct xs_unit *unit, uint64_t *target_ns)
{
	return time_of(unit, XS_HINT_TARGET_US, target_ns);
}
