/* SPDX-License-Identifier: Apache-2.0 */
/* Hints: checked, kept, and applied to the queues that they concern. */
#include "sched/state.h"

#include <errno.h>
#include <stdlib.h>

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/* XS_PRIORITY_NO_EXECUTE is a word of its own, never the result of clamping. */
static int16_t clamp_priority(int64_t priority)
{
	if (priority == XS_PRIORITY_NO_EXECUTE)
		return XS_PRIORITY_NO_EXECUTE;
	return (int16_t)clamp(priority, XS_PRIORITY_MIN, XS_PRIORITY_MAX);
}

/* That a process may be active on; displays are found by looking at all of them. */
#define MOST_DISPLAYS 16

/* Longest time that a hint can say: more than half an hour. */
#define LONGEST_US INT32_MAX

/*
 * Brings the value into range. Returns 1 when the hint means "none", which is the same as clearing
 * it, 0 otherwise, or -EINVAL.
 */
static int normalise(const struct xs_hint *hint, int64_t *value)
{
	*value = hint->value;
	switch (hint->kind) {
	case XS_HINT_PRIORITY:
		*value = clamp_priority(*value);
		return 0;
	case XS_HINT_UTILIZATION:
	case XS_HINT_REQUEST:
		*value = clamp(*value, 0, 100);
		return 0;
	case XS_HINT_LIMIT:
		*value = clamp(*value, 1, 100);
		return 0;
	case XS_HINT_TIMESLICE_US:
		*value = clamp(*value, 100, 10000000);
		return 0;
	case XS_HINT_KDEADLINE:
		*value = clamp(*value, 0, INT32_MAX);
		return *value < 1 ? -EINVAL : 0;
	case XS_HINT_DEADLINE_US:
	case XS_HINT_LAXITY_US:
	case XS_HINT_TARGET_US:
		*value = clamp(*value, -1, LONGEST_US);
		return *value < 0;
	case XS_HINT_CPU_PRIORITY:
		*value = clamp(*value, XS_RANK_MIN, XS_RANK_MAX);
		return 0;
	case XS_HINT_GANG:
		*value = *value != 0;
		return 0;
	case XS_HINT_WINDOW_ACTIVE:
		return 0;
	case XS_HINT_KINDS:
		break;
	}
	return -EINVAL;
}

int32_t *xs_hint_place(struct xs_hints *hints, enum xs_hint_kind kind)
{
	if (kind < XS_QUEUE_HINT_KINDS)
		return &hints->value[kind];
	return &xs_container_of(hints, struct xs_process_hints, hints)
			->more[kind - XS_QUEUE_HINT_KINDS];
}

static int store(struct xs_hints *hints, const struct xs_hint *hint)
{
	uint16_t bit;
	int64_t value;
	int none;

	if ((unsigned int)hint->kind >= XS_HINT_KINDS)
		return -EINVAL;
	bit = (uint16_t)(1u << hint->kind);
	none = hint->clear ? 1 : normalise(hint, &value);
	if (none < 0)
		return none;
	if (none) {
		hints->set &= (uint16_t)~bit;
		*xs_hint_place(hints, hint->kind) = 0;
		return 0;
	}
	hints->set |= bit;
	*xs_hint_place(hints, hint->kind) = (int32_t)value;
	if (hint->kind == XS_HINT_LAXITY_US) {
		hints->lax_prio = clamp_priority(hint->lax_prio);
		hints->crit_prio = clamp_priority(hint->crit_prio);
	}
	return 0;
}

int16_t xs_queue_inherited(const struct xs_sched_queue *queue)
{
	const struct xs_hints *all = &queue->party->device->sched->hints.hints;
	const struct xs_hints *process = &queue->party->process->hints.hints;
	const uint16_t bit = 1u << XS_HINT_PRIORITY;
	int base = all->set & bit ? all->value[XS_HINT_PRIORITY] : 0;

	if (process->set & bit)
		base = process->value[XS_HINT_PRIORITY];
	if (base == XS_PRIORITY_NO_EXECUTE)
		return XS_PRIORITY_NO_EXECUTE;
	return (int16_t)clamp(base + queue->offset, XS_PRIORITY_MIN, XS_PRIORITY_MAX);
}

int16_t xs_queue_priority(const struct xs_sched_queue *queue)
{
	if (queue->hints.set & 1u << XS_HINT_PRIORITY)
		return (int16_t)queue->hints.value[XS_HINT_PRIORITY];
	return xs_queue_inherited(queue);
}

/* Takes over what the hints say now; the device has to choose again afterwards. */
void xs_queue_relevel(struct xs_sched_queue *queue, uint64_t now_ns)
{
	int16_t priority = xs_queue_priority(queue);
	bool bans = (priority == XS_PRIORITY_NO_EXECUTE) != xs_queue_banned(queue);

	if (bans)
		xs_queue_delist(queue, now_ns);
	if (!xs_queue_banned(queue))
		xs_level_leave(queue);
	queue->priority = priority;
	if (!xs_queue_banned(queue))
		xs_level_enter(queue);
	if (bans)
		xs_queue_enlist(queue, now_ns);
}

static void refresh_queue(struct xs_sched_queue *queue, uint64_t now_ns)
{
	xs_queue_relevel(queue, now_ns);
	xs_choose_again(queue->party->device, now_ns);
	xs_levels_update(queue->party->device);
	xs_queue_judge(queue);
	xs_publish(queue);
}

static void refresh_process(struct xs_sched_process *process, uint64_t now_ns)
{
	xs_list_for_each (link, &process->queues)
		xs_queue_relevel(xs_list_entry(link, struct xs_sched_queue, process_link), now_ns);
	xs_process_choose_again(process, now_ns);
	xs_list_for_each (link, &process->parties)
		xs_levels_update(xs_list_entry(link, struct xs_party, link)->device);
	xs_list_for_each (link, &process->queues) {
		struct xs_sched_queue *queue =
			xs_list_entry(link, struct xs_sched_queue, process_link);

		xs_queue_judge(queue);
		xs_publish(queue);
	}
}

static struct xs_display *find_display(struct xs_sched *s, uint64_t id)
{
	xs_list_for_each (link, &s->displays) {
		struct xs_display *display = xs_list_entry(link, struct xs_display, link);

		if (display->id == id)
			return display;
	}
	return NULL;
}

static struct xs_sched_process *find_process(const struct xs_sched *s, uint64_t id)
{
	struct xs_table_node *node = xs_table_find(&s->processes, id);

	return node ? xs_container_of(node, struct xs_sched_process, node) : NULL;
}

static void drop_display(struct xs_display *display)
{
	xs_list_remove(&display->link);
	free(display);
}

void xs_process_forget_windows(struct xs_sched *s, uint64_t process)
{
	xs_list_for_each_safe (link, &s->displays) {
		struct xs_display *display = xs_list_entry(link, struct xs_display, link);

		if (display->process == process)
			drop_display(display);
	}
}

/* Each display has one active process; a process may be active on several displays. */
static int set_window(struct xs_sched *s, struct xs_sched_process *process,
	const struct xs_hint *hint, uint64_t now_ns)
{
	struct xs_display *display = find_display(s, hint->display);
	struct xs_sched_process *before = display ? find_process(s, display->process) : NULL;

	if (hint->clear || !hint->value) {
		if (before != process)
			return 0;
		process->windows--;
		drop_display(display);
		refresh_process(process, now_ns);
		return 0;
	}
	if (before == process)
		return 0;
	if (process->windows >= MOST_DISPLAYS)
		return -ENOSPC;
	if (!display) {
		display = calloc(1, sizeof(*display));
		if (!display)
			return -ENOMEM;
		display->id = hint->display;
		xs_list_append(&s->displays, &display->link);
	}
	display->process = process->node.key;
	process->windows++;
	refresh_process(process, now_ns);
	if (before) {
		before->windows--;
		refresh_process(before, now_ns);
	}
	return 0;
}

static int hint_queue(struct xs_sched *s, uint64_t id, const struct xs_hint *hint, uint64_t now_ns)
{
	struct xs_table_node *node = xs_table_find(&s->queues, id);
	struct xs_sched_queue *queue;
	int rc;

	if (!node)
		return -ENOENT;
	if (hint->kind >= XS_QUEUE_HINT_KINDS)
		return -EINVAL;
	queue = xs_container_of(node, struct xs_sched_queue, node);
	rc = store(&queue->hints, hint);
	if (!rc)
		refresh_queue(queue, now_ns);
	return rc;
}

int xs_sched_queue_offset(struct xs_sched *s, uint64_t id, int offset, uint64_t now_ns)
{
	struct xs_table_node *node = xs_table_find(&s->queues, id);
	struct xs_sched_queue *queue;

	if (!node)
		return -ENOENT;
	s->stats.events++;
	queue = xs_container_of(node, struct xs_sched_queue, node);
	queue->offset = xs_clamp_offset(offset);
	refresh_queue(queue, now_ns);
	return 0;
}

static int hint_process(
	struct xs_sched *s, uint64_t id, const struct xs_hint *hint, uint64_t now_ns)
{
	struct xs_sched_process *process = find_process(s, id);
	int rc;

	if (!process)
		return -ENOENT;
	if (hint->kind == XS_HINT_WINDOW_ACTIVE)
		return set_window(s, process, hint, now_ns);
	rc = store(&process->hints.hints, hint);
	if (rc)
		return rc;
	process->gang = *xs_hint_place(&process->hints.hints, XS_HINT_GANG);
	xs_gang_review(s, process, now_ns);
	refresh_process(process, now_ns);
	return 0;
}

static int hint_all(struct xs_sched *s, const struct xs_hint *hint, uint64_t now_ns)
{
	int rc;

	if (hint->kind == XS_HINT_WINDOW_ACTIVE || hint->kind == XS_HINT_CPU_PRIORITY ||
		hint->kind == XS_HINT_GANG)
		return -EINVAL;
	rc = store(&s->hints.hints, hint);
	if (rc)
		return rc;
	xs_list_for_each (link, &s->process_list)
		refresh_process(xs_list_entry(link, struct xs_sched_process, link), now_ns);
	return 0;
}

int xs_sched_hint(struct xs_sched *s, enum xs_hint_scope scope, uint64_t id,
	const struct xs_hint *hint, uint64_t now_ns)
{
	s->stats.events++;
	switch (scope) {
	case XS_HINT_QUEUE:
		return hint_queue(s, id, hint, now_ns);
	case XS_HINT_PROCESS:
		return hint_process(s, id, hint, now_ns);
	case XS_HINT_ALL:
		return hint_all(s, hint, now_ns);
	}
	return -EINVAL;
}

int xs_sched_each_hint(struct xs_sched *s, enum xs_hint_scope scope, uint64_t id,
	void (*each)(void *ctx, const struct xs_hint *hint), void *ctx)
{
	struct xs_table_node *node = xs_table_find(&s->queues, id);
	struct xs_sched_process *process = find_process(s, id);
	struct xs_hints *hints = &s->hints.hints;

	if (scope == XS_HINT_QUEUE)
		hints = node ? &xs_container_of(node, struct xs_sched_queue, node)->hints : NULL;
	else if (scope == XS_HINT_PROCESS)
		hints = process ? &process->hints.hints : NULL;
	if (!hints)
		return -ENOENT;
	for (int kind = 0; kind < XS_HINT_KINDS; kind++) {
		if (!(hints->set & 1u << kind))
			continue;
		const struct xs_hint hint = {
			.kind = (enum xs_hint_kind)kind,
			.value = *xs_hint_place(hints, (enum xs_hint_kind)kind),
			.lax_prio = hints->lax_prio,
			.crit_prio = hints->crit_prio,
		};
		each(ctx, &hint);
	}
	return 0;
}
