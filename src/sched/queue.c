/* SPDX-License-Identifier: Apache-2.0 */
/* Queues: coming, going, ready, idle, stalled. The states are drawn in state.h. */
#include "sched/state.h"

#include <errno.h>
#include <stdlib.h>

static struct xs_sched_queue *find(const struct xs_sched *s, uint64_t id)
{
	struct xs_table_node *node = xs_table_find(&s->queues, id);

	return node ? xs_container_of(node, struct xs_sched_queue, node) : NULL;
}

void xs_queue_enlist(struct xs_sched_queue *queue, uint64_t now_ns)
{
	struct xs_party *party = queue->party;
	struct xs_sched_device *device = party->device;
	struct xs_unit *unit = xs_queue_unit(queue);

	xs_list_remove(&queue->unit.link);
	if (xs_queue_banned(queue) || !queue->ready)
		return;
	if (queue->stalled) {
		xs_list_append(&device->stalled, &queue->unit.link);
		xs_device_note(device);
		return;
	}
	if (unit != &queue->unit) {
		bool woke = xs_list_empty(&party->runnable);

		xs_list_append(&party->runnable, &queue->unit.link);
		if (!woke)
			return;
	}
	unit->since_ns = now_ns;
	xs_list_append(party->process->apart ? &device->gangs : &device->runnable, &unit->link);
	xs_device_note(device);
	if (!party->process->apart && device->sched->policy->wake)
		device->sched->policy->wake(unit, now_ns);
}

void xs_queue_delist(struct xs_sched_queue *queue, uint64_t now_ns)
{
	struct xs_party *party = queue->party;
	const struct xs_policy *policy = party->device->sched->policy;
	struct xs_unit *unit = xs_queue_unit(queue);

	xs_settle(party->device, now_ns);
	xs_list_remove(&queue->unit.link);
	if (xs_queue_banned(queue) || !queue->ready || queue->stalled)
		return;
	if (unit != &queue->unit) {
		if (!xs_list_empty(&party->runnable))
			return;
		xs_list_remove(&unit->link);
	}
	if (policy->sleep && !party->process->apart)
		policy->sleep(unit, now_ns);
	unit->running = false;
}

static struct xs_sched_queue *create(
	struct xs_sched_process *process, struct xs_sched_device *device, int offset)
{
	const struct xs_sched *s = device->sched;
	struct xs_sched_queue *queue = calloc(1, sizeof(*queue));

	if (!queue)
		return NULL;
	if (!s->per_process && !xs_unit_make_state(&queue->unit, s->policy->unit_size))
		goto out_queue;
	queue->party = xs_party_get(process, device);
	if (!queue->party)
		goto out_state;
	queue->offset = xs_clamp_offset(offset);
	queue->lent = XS_LEND_NONE;
	queue->unit.of_queue = true;
	xs_list_init(&queue->unit.link);
	xs_list_init(&queue->level_link);
	return queue;

out_state:
	xs_unit_drop_state(&queue->unit);
out_queue:
	free(queue);
	return NULL;
}

int xs_sched_queue_add(struct xs_sched *s, uint64_t process_id, uint64_t id, uint64_t device_id,
	int stream_offset, uint64_t now_ns)
{
	struct xs_table_node *node = xs_table_find(&s->processes, process_id);
	struct xs_sched_process *process;
	struct xs_sched_device *device;
	struct xs_sched_queue *queue;

	if (!node)
		return -ENOENT;
	if (xs_table_find(&s->queues, id))
		return -EEXIST;
	process = xs_container_of(node, struct xs_sched_process, node);
	device = xs_device_get(s, device_id);
	if (!device)
		return -ENOMEM;
	queue = create(process, device, stream_offset);
	if (!queue) {
		xs_device_put(device);
		return -ENOMEM;
	}
	s->stats.events++;
	device->queues++;
	queue->party->queues++;
	queue->since_ns = now_ns;
	queue->priority = xs_queue_priority(queue);
	xs_list_append(&process->queues, &queue->process_link);
	xs_table_add(&s->queues, &queue->node, id);

	if (!xs_queue_banned(queue))
		xs_level_enter(queue);
	xs_gang_review(s, process, now_ns);
	xs_choose_again(device, now_ns);
	xs_queue_judge(queue);
	xs_levels_update(device);
	xs_publish(queue);
	return 0;
}

void xs_queue_destroy(struct xs_sched_queue *queue, uint64_t now_ns)
{
	struct xs_sched_process *process = queue->party->process;
	struct xs_sched_device *device = queue->party->device;
	struct xs_sched *s = device->sched;
	bool left;

	xs_queue_delist(queue, now_ns);
	if (!xs_queue_banned(queue))
		xs_level_leave(queue);
	xs_list_remove(&queue->process_link);
	xs_table_remove(&s->queues, &queue->node);
	queue->party->queues--;
	device->queues--;
	left = xs_party_put(queue->party);
	xs_unit_drop_state(&queue->unit);
	free(queue);
	xs_levels_update(device);
	xs_gang_review(s, process, now_ns);
	xs_choose_again(device, now_ns);
	if (left)
		xs_gang_left(process, now_ns);
	xs_device_put(device);
}

int xs_sched_queue_remove(struct xs_sched *s, uint64_t id, uint64_t now_ns)
{
	struct xs_sched_queue *queue = find(s, id);

	if (!queue)
		return -ENOENT;
	s->stats.events++;
	xs_queue_destroy(queue, now_ns);
	return 0;
}

int xs_sched_queue_ready(struct xs_sched *s, uint64_t id, bool ready, uint64_t now_ns)
{
	struct xs_sched_queue *queue = find(s, id);

	if (!queue)
		return -ENOENT;
	if (queue->ready == ready)
		return 0;
	s->stats.events++;
	xs_queue_delist(queue, now_ns);
	queue->ready = ready;
	queue->stalled = false;
	queue->since_ns = now_ns;
	xs_queue_enlist(queue, now_ns);
	xs_choose_again(queue->party->device, now_ns);
	xs_queue_judge(queue);
	xs_publish(queue);
	return 0;
}

int xs_sched_queue_stalled(struct xs_sched *s, uint64_t id, bool stalled, uint64_t now_ns)
{
	struct xs_sched_queue *queue = find(s, id);

	if (!queue)
		return -ENOENT;
	if (!queue->ready || queue->stalled == stalled)
		return 0;
	s->stats.events++;
	xs_queue_delist(queue, now_ns);
	queue->stalled = stalled;
	xs_queue_enlist(queue, now_ns);
	xs_choose_again(queue->party->device, now_ns);
	xs_publish(queue);
	return 0;
}

int xs_sched_queue_lend(struct xs_sched *s, uint64_t id, int priority, uint64_t now_ns)
{
	struct xs_sched_queue *queue = find(s, id);

	if (!queue)
		return -ENOENT;
	if (priority > XS_PRIORITY_MAX)
		priority = XS_PRIORITY_MAX;
	else if (priority != XS_LEND_NONE && priority < XS_PRIORITY_MIN)
		priority = XS_PRIORITY_MIN;
	if (queue->lent == priority)
		return 0;
	s->stats.events++;
	queue->lent = priority;
	xs_choose_again(queue->party->device, now_ns);
	xs_publish(queue);
	return 0;
}

int xs_sched_usage(struct xs_sched *s, uint64_t id, uint64_t device_ns)
{
	const struct xs_policy *policy = s->policy;
	struct xs_sched_queue *queue = find(s, id);
	struct xs_unit *unit;
	uint64_t charged_ns;

	if (!queue)
		return -ENOENT;
	queue->device_ns += device_ns;
	unit = xs_queue_unit(queue);
	unit->measured = true;
	unit->reported = true;
	/* What was paid in advance is good for later reports too: it may have waited behind somebody. */
	charged_ns = device_ns > unit->advance_ns ? device_ns - unit->advance_ns : 0;
	unit->advance_ns -= device_ns - charged_ns;
	if (policy->charge && !xs_queue_banned(queue) && !queue->party->process->apart)
		policy->charge(unit, charged_ns);
	return 0;
}

int xs_sched_queue_priority(const struct xs_sched *s, uint64_t id, int *priority)
{
	const struct xs_table_node *node = xs_table_find(&s->queues, id);

	if (!node)
		return -ENOENT;
	*priority = xs_container_of(node, const struct xs_sched_queue, node)->priority;
	return 0;
}
