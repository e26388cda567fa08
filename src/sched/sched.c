/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler as a whole: its life, its processes, and looking at it from outside. */
#include "sched/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void set_defaults(struct xs_sched *s)
{
	const struct xs_policy_info *info;

	for (size_t i = 0; (info = xs_policy_info(i)); i++)
		for (size_t j = 0; j < info->param_count; j++)
			s->values[i][j] = info->params[j].def;
	for (size_t j = 0; j < xs_sched_param_count; j++)
		s->own_values[j] = xs_sched_params[j].def;
}

int xs_sched_create(
	struct xs_sched **out, const struct xs_sched_ops *ops, void *ctx, const char *policy)
{
	struct xs_sched *s;

	if (!ops || !ops->decide)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->policy = xs_policy_find(policy && *policy ? policy : "HPF");
	if (!s->policy) {
		free(s);
		return -ENOENT;
	}
	s->ops = *ops;
	s->ctx = ctx;
	set_defaults(s);
	s->per_process = xs_sched_runs_processes(s, s->policy);
	xs_table_init(&s->processes);
	xs_table_init(&s->queues);
	xs_table_init(&s->devices);
	xs_list_init(&s->process_list);
	xs_list_init(&s->device_list);
	xs_list_init(&s->displays);
	xs_list_init(&s->busy);
	xs_list_init(&s->tied);
	xs_list_init(&s->gangs);
	*out = s;
	return 0;
}

static void silent(void *ctx, uint64_t queue, struct xs_decision decision)
{
	(void)ctx;
	(void)queue;
	(void)decision;
}

void xs_sched_destroy(struct xs_sched *s)
{
	if (!s)
		return;
	s->ops.decide = silent;
	xs_list_for_each_safe (link, &s->process_list)
		xs_sched_process_remove(
			s, xs_list_entry(link, struct xs_sched_process, link)->node.key, 0);
	xs_table_fini(&s->processes);
	xs_table_fini(&s->queues);
	xs_table_fini(&s->devices);
	xs_timers_fini(&s->timers);
	free(s);
}

int xs_sched_process_add(struct xs_sched *s, uint64_t id, const char *name, uint64_t now_ns)
{
	struct xs_sched_process *process;

	(void)now_ns;
	if (xs_table_find(&s->processes, id))
		return -EEXIST;
	process = calloc(1, sizeof(*process));
	if (!process)
		return -ENOMEM;
	s->stats.events++;
	if (name)
		strncpy(process->name, name, sizeof(process->name) - 1);
	xs_list_init(&process->queues);
	xs_list_init(&process->parties);
	xs_list_init(&process->gang_link);
	xs_list_append(&s->process_list, &process->link);
	xs_table_add(&s->processes, &process->node, id);
	return 0;
}

int xs_sched_process_remove(struct xs_sched *s, uint64_t id, uint64_t now_ns)
{
	struct xs_table_node *node = xs_table_find(&s->processes, id);
	struct xs_sched_process *process;

	if (!node)
		return -ENOENT;
	s->stats.events++;
	process = xs_container_of(node, struct xs_sched_process, node);
	xs_list_for_each_safe (link, &process->queues)
		xs_queue_destroy(xs_list_entry(link, struct xs_sched_queue, process_link), now_ns);
	xs_process_forget_windows(s, id);
	xs_table_remove(&s->processes, &process->node);
	xs_list_remove(&process->link);
	free(process);
	return 0;
}

struct xs_sched_queue *xs_next_queue(const struct xs_sched *s, const struct xs_sched_queue *queue)
{
	const struct xs_sched_process *process = queue ? queue->party->process : NULL;
	struct xs_list *link = queue ? queue->process_link.next : NULL;

	while (!process || link == &process->queues) {
		struct xs_list *next = process ? process->link.next : s->process_list.next;

		if (next == &s->process_list)
			return NULL;
		process = xs_list_entry(next, struct xs_sched_process, link);
		link = process->queues.next;
	}
	return xs_list_entry(link, struct xs_sched_queue, process_link);
}

void xs_sched_snapshot(
	const struct xs_sched *s, void (*row)(void *ctx, const struct xs_sched_row *row), void *ctx)
{
	xs_for_each_queue(queue, s)
	{
		const struct xs_sched_process *process = queue->party->process;
		const struct xs_sched_row one = {
			.queue = queue->node.key,
			.process = process->node.key,
			.device = queue->party->device->node.key,
			.process_name = process->name,
			.device_ns = queue->device_ns,
			.since_ns = queue->since_ns,
			.priority = queue->priority,
			.inherited = xs_queue_inherited(queue),
			.lent = queue->lent,
			.ready = queue->ready,
			.stalled = queue->stalled,
			.decision = queue->decision,
		};

		row(ctx, &one);
	}
}

void xs_sched_get_stats(const struct xs_sched *s, struct xs_sched_stats *stats)
{
	*stats = s->stats;
	stats->processes = (uint32_t)s->processes.count;
	stats->queues = (uint32_t)s->queues.count;
	stats->devices = (uint32_t)s->devices.count;
}
