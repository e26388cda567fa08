/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the policy chose to what the caller is told.
 *
 * After each change of a device its policy chooses among the runnable units, and the difference to
 * what the caller knows is announced, closed gates first. Idle queues keep what they have, so that
 * an event does not cost a visit of all of them: their gate stays as it was, is judged anew when
 * they go idle themselves, and opens when the device runs out of work. A gate is closed only by an
 * event of its own queue or of its unit, so the openings are paid for by the closings before.
 */
#include "sched/state.h"

/* A policy that asks to be woken at once must not turn the caller's loop into a spin. */
#define SHORTEST_TIMER_NS 10000

/* How long a running unit that is measured may be without a report. */
#define LATEST_REPORT_NS 5000000

/* How much of what it paid in advance then is good for reports that come later: about as long as it can
 * have waited behind a kernel of somebody else. What it held on to while it was alone is not. */
#define MOST_ADVANCE_NS 20000000

void xs_publish(struct xs_sched_queue *queue)
{
	const struct xs_sched_device *device = queue->party->device;
	struct xs_sched *s = device->sched;
	bool banned = xs_queue_banned(queue);
	struct xs_decision decision = {
		.run = queue->run && !banned,
		.paced = !banned && queue->level < device->paced_below,
		.tracked = !banned &&
			   (queue->level > device->tracked_above || queue->lent != XS_LEND_NONE),
	};

	s->stats.visits++;
	if (queue->announced && queue->decision.run == decision.run &&
		queue->decision.paced == decision.paced &&
		queue->decision.tracked == decision.tracked)
		return;
	queue->announced = true;
	queue->decision = decision;
	s->stats.decisions++;
	s->ops.decide(s->ctx, queue->node.key, decision);
}

/*
 * Charges running time to units that nobody measures. A measured unit is charged what is reported;
 * if reports fail to come for a while, running time is charged in advance of them, so that nobody
 * keeps the device by not reporting.
 */
static void settle_unit(struct xs_unit *unit, uint64_t now_ns)
{
	const struct xs_policy *policy = xs_unit_sched(unit)->policy;
	uint64_t ran_ns = now_ns - unit->charged_ns;

	if (!unit->running || now_ns <= unit->charged_ns)
		return;
	if (unit->reported) {
		unit->reported = false;
		unit->charged_ns = now_ns;
		return;
	}
	if (unit->measured) {
		if (ran_ns < LATEST_REPORT_NS)
			return;
		unit->advance_ns += ran_ns;
		if (unit->advance_ns > MOST_ADVANCE_NS)
			unit->advance_ns = MOST_ADVANCE_NS;
	}
	unit->charged_ns = now_ns;
	if (policy->charge)
		policy->charge(unit, ran_ns);
}

void xs_settle(struct xs_sched_device *device, uint64_t now_ns)
{
	xs_list_for_each (link, &device->runnable) {
		device->sched->stats.visits++;
		settle_unit(xs_list_entry(link, struct xs_unit, link), now_ns);
	}
}

/* A queue whose waiters lent their priority runs whenever its process runs on the device. */
static bool helps_sibling(const struct xs_sched_queue *queue)
{
	return queue->lent != XS_LEND_NONE && queue->party->round == queue->party->device->round;
}

static void apply_to_queue(struct xs_sched_queue *queue, bool chosen, bool opening)
{
	bool run = chosen || helps_sibling(queue);

	if (run != opening)
		return;
	queue->run = run;
	xs_publish(queue);
}

static void apply(struct xs_unit *unit, bool opening)
{
	struct xs_sched_queue *queue = xs_unit_queue(unit);

	if (queue) {
		apply_to_queue(queue, unit->chosen, opening);
		return;
	}
	xs_list_for_each (link, &xs_unit_party(unit)->runnable) {
		queue = xs_list_entry(link, struct xs_sched_queue, unit.link);
		apply_to_queue(queue, unit->chosen, opening);
	}
}

/*
 * A stalled queue is out of the competition: nobody is stopped for its sake. Where ranks decide,
 * those above it still stop it; where turns are taken, it has no turn and is left open.
 */
static void judge_stalled(struct xs_sched_device *device)
{
	const struct xs_policy *policy = device->sched->policy;

	xs_list_for_each (link, &device->stalled) {
		struct xs_sched_queue *queue =
			xs_list_entry(link, struct xs_sched_queue, unit.link);

		queue->run = policy->pacing != XS_PACE_RANK || !policy->admits ||
			     policy->admits(xs_queue_unit(queue));
		xs_publish(queue);
	}
}

/* Opens the gates of idle queues once nobody is in their way. */
static void open_shut(struct xs_sched_device *device)
{
	const struct xs_policy *policy = device->sched->policy;

	while (!xs_list_empty(&device->shut)) {
		struct xs_sched_queue *queue =
			xs_list_entry(device->shut.next, struct xs_sched_queue, unit.link);

		xs_list_remove(&queue->unit.link);
		if (policy->admits && !policy->admits(xs_queue_unit(queue))) {
			/* The others may fare better, but one refusal per event bounds the cost. */
			device->sched->stats.visits++;
			xs_list_append(&device->shut, &queue->unit.link);
			return;
		}
		queue->run = true;
		xs_publish(queue);
	}
}

/* Has the policy choose. */
static void decide(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_sched *s = device->sched;

	s->stats.visits++;
	xs_settle(device, now_ns);
	xs_list_for_each (link, &device->runnable)
		xs_list_entry(link, struct xs_unit, link)->chosen = false;
	xs_list_for_each (link, &device->gangs)
		xs_list_entry(link, struct xs_unit, link)->chosen = false;
	device->round++;
	device->wake_ns = s->policy->choose(device, now_ns);
	if (device->wake_ns && device->wake_ns < now_ns + SHORTEST_TIMER_NS)
		device->wake_ns = now_ns + SHORTEST_TIMER_NS;
}

static void close_gates(struct xs_sched_device *device)
{
	xs_list_for_each (link, &device->runnable)
		apply(xs_list_entry(link, struct xs_unit, link), false);
	xs_list_for_each (link, &device->gangs)
		apply(xs_list_entry(link, struct xs_unit, link), false);
}

static void open_gate(struct xs_unit *unit, uint64_t now_ns)
{
	apply(unit, true);
	if (unit->chosen && !unit->running)
		unit->charged_ns = now_ns;
	unit->running = unit->chosen;
}

void xs_device_note(struct xs_sched_device *device)
{
	bool busy = !xs_list_empty(&device->runnable) || !xs_list_empty(&device->stalled) ||
		    !xs_list_empty(&device->shut) || !xs_list_empty(&device->gangs);

	if (busy && xs_list_empty(&device->busy_link))
		xs_list_append(&device->sched->busy, &device->busy_link);
	else if (!busy)
		xs_list_remove(&device->busy_link);
}

/* The last step of a choice. */
static void conclude(struct xs_sched_device *device)
{
	struct xs_sched *s = device->sched;
	uint64_t at_ns = device->wake_ns;

	if (device->gang_wake_ns && (!at_ns || device->gang_wake_ns < at_ns))
		at_ns = device->gang_wake_ns;
	s->stats.visits += xs_timers_set(&s->timers, &device->timer, at_ns);
	device->sweep = s->sweep;
	xs_device_note(device);
}

static void open_gates(struct xs_sched_device *device, uint64_t now_ns)
{
	xs_list_for_each (link, &device->runnable)
		open_gate(xs_list_entry(link, struct xs_unit, link), now_ns);
	xs_list_for_each (link, &device->gangs)
		open_gate(xs_list_entry(link, struct xs_unit, link), now_ns);
	judge_stalled(device);
	if (xs_list_empty(&device->runnable) && xs_list_empty(&device->gangs))
		open_shut(device);
	conclude(device);
}

static void choose(struct xs_sched_device *device, uint64_t now_ns)
{
	decide(device, now_ns);
	close_gates(device);
	open_gates(device, now_ns);
}

/* Where nothing goes on there is nothing to choose, and no gate to open. */
static void choose_elsewhere(struct xs_sched_device *device, uint64_t now_ns)
{
	xs_list_for_each_safe (link, &device->sched->busy) {
		struct xs_sched_device *other =
			xs_list_entry(link, struct xs_sched_device, busy_link);

		if (other != device)
			choose(other, now_ns);
	}
}

/*
 * A policy that spreads settles in the second round: what it knows of each device is fresh by then.
 */
#define MOST_ROUNDS 3

static struct xs_sched_device *tied_at(struct xs_list *link)
{
	return xs_list_entry(link, struct xs_sched_device, tied_link);
}

void xs_decide_tied(struct xs_sched *s, uint64_t now_ns)
{
	for (int i = 0; i <= MOST_ROUNDS; i++) {
		s->spread = false;
		xs_list_for_each (link, &s->tied)
			decide(tied_at(link), now_ns);
		if (!s->spread)
			break;
	}
}

/* A gang ties devices together. Whichever of them is woken first for its sake wakes the others. */
static void choose_together(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_sched *s = device->sched;

	xs_gangs_choose(device, now_ns);
	xs_list_for_each (link, &s->tied)
		close_gates(tied_at(link));
	xs_list_for_each (link, &s->tied) {
		tied_at(link)->gang_wake_ns = s->gang_wake_ns;
		open_gates(tied_at(link), now_ns);
	}
	xs_gangs_part(s);
}

void xs_choose_again(struct xs_sched_device *device, uint64_t now_ns)
{
	struct xs_sched *s = device->sched;

	if (xs_gangs_tie(device)) {
		choose_together(device, now_ns);
		return;
	}
	device->gang_wake_ns = 0;
	s->spread = false;
	choose(device, now_ns);
	for (int i = 0; s->spread && i < MOST_ROUNDS; i++) {
		s->spread = false;
		choose_elsewhere(device, now_ns);
		if (s->spread)
			choose(device, now_ns);
	}
}

static void sweep_over(struct xs_sched_device *device, uint64_t now_ns)
{
	if (device->sweep != device->sched->sweep)
		xs_choose_again(device, now_ns);
}

void xs_process_choose_again(struct xs_sched_process *process, uint64_t now_ns)
{
	xs_list_for_each (link, &process->parties) {
		struct xs_sched_device *device = xs_list_entry(link, struct xs_party, link)->device;

		if (link == process->parties.next)
			device->sched->sweep++;
		sweep_over(device, now_ns);
	}
}

void xs_choose_all_again(struct xs_sched *s, uint64_t now_ns)
{
	s->sweep++;
	xs_list_for_each (link, &s->device_list)
		sweep_over(xs_list_entry(link, struct xs_sched_device, link), now_ns);
}

void xs_queue_judge(struct xs_sched_queue *queue)
{
	const struct xs_policy *policy = queue->party->device->sched->policy;
	const struct xs_unit *unit = xs_queue_unit(queue);

	if (queue->ready || xs_queue_banned(queue))
		return;
	xs_list_remove(&queue->unit.link);
	if (unit->running)
		queue->run = true;
	else if (policy->admits)
		queue->run = policy->admits(unit);
	else
		queue->run = xs_list_empty(&queue->party->device->runnable) &&
			     xs_list_empty(&queue->party->device->gangs);
	if (!queue->run)
		xs_list_append(&queue->party->device->shut, &queue->unit.link);
	xs_device_note(queue->party->device);
}

uint64_t xs_sched_next_wake_ns(const struct xs_sched *s)
{
	const struct xs_timer *first = xs_timers_first(&s->timers);

	return first ? first->at_ns : 0;
}

uint64_t xs_sched_tick(struct xs_sched *s, uint64_t now_ns)
{
	struct xs_timer *first;

	/* Whoever has chosen wants to be woken later than now. */
	while ((first = xs_timers_first(&s->timers)) && first->at_ns <= now_ns) {
		struct xs_sched_device *device =
			xs_container_of(first, struct xs_sched_device, timer);

		s->stats.events++;
		if (s->ops.sample)
			s->ops.sample(s->ctx, device->node.key);
		xs_choose_again(device, now_ns);
	}
	return xs_sched_next_wake_ns(s);
}
