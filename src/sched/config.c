/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters, and the change of policy.
 *
 * A change first allocates everything that the new policy needs beside what is there; only when
 * that has succeeded, nothing can fail any more, and the old policy's memory goes. The runnable
 * units are lined up anew, so the new policy sees them wake, and the caller hears only what is
 * different.
 */
#include "sched/state.h"

#include <errno.h>
#include <stdlib.h>

const struct xs_param xs_sched_params[] = {
	[XS_PARAM_UNIT] = {
		.name = "unit", .unit = "", .words = "queue process", .min = 0, .max = 1, .def = 1,
		.doc = "what policies that share out time share it among; whole processes avoid that "
		       "one stream of an application waits for another one that is stopped",
	},
	[XS_PARAM_GANG_SLICE] = {
		.name = "gang_slice", .unit = "us", .min = 500, .max = 1000000, .def = 5000,
		.doc = "length of a gang's turn under policies that take turns, unless it has a "
		       "timeslice hint",
	},
};

const size_t xs_sched_param_count = sizeof(xs_sched_params) / sizeof(xs_sched_params[0]);

bool xs_sched_runs_processes(const struct xs_sched *s, const struct xs_policy *policy)
{
	if (policy->unit == XS_UNIT_ANY)
		return s->own_values[XS_PARAM_UNIT] == 1;
	return policy->unit == XS_UNIT_PROCESS;
}

static int prepare_state(void **state, size_t size)
{
	*state = NULL;
	if (!size)
		return 0;
	*state = calloc(1, size);
	return *state ? 0 : -ENOMEM;
}

typedef int visit_unit(struct xs_sched *s, struct xs_unit *unit, size_t size);

/* Calls back for the unit of every party, or of every queue. */
static int each_unit(struct xs_sched *s, bool per_process, visit_unit *visit, size_t size)
{
	int rc = 0;

	xs_list_for_each (process_link, &s->process_list) {
		struct xs_sched_process *process =
			xs_list_entry(process_link, struct xs_sched_process, link);

		if (!per_process)
			break;
		xs_list_for_each (link, &process->parties) {
			rc = rc ? rc
				: visit(s, &xs_list_entry(link, struct xs_party, link)->unit, size);
		}
	}
	xs_for_each_queue(queue, s)
	{
		if (per_process)
			break;
		rc = rc ? rc : visit(s, &queue->unit, size);
	}
	return rc;
}

static int prepare_unit(struct xs_sched *s, struct xs_unit *unit, size_t size)
{
	(void)unit;
	return xs_unit_prepare_state(s, size) ? 0 : -ENOMEM;
}

static int drop_unit(struct xs_sched *s, struct xs_unit *unit, size_t size)
{
	(void)s, (void)size;
	xs_unit_drop_state(unit);
	unit->running = false;
	return 0;
}

static int adopt_unit(struct xs_sched *s, struct xs_unit *unit, size_t size)
{
	xs_unit_adopt_state(s, unit, size);
	return 0;
}

static int prepare(struct xs_sched *s, const struct xs_policy *policy, bool per_process)
{
	int rc = each_unit(s, per_process, prepare_unit, policy->unit_size);

	xs_list_for_each (link, &s->device_list) {
		struct xs_sched_device *device = xs_list_entry(link, struct xs_sched_device, link);

		if (!rc)
			rc = prepare_state(&device->next_state, policy->device_size);
	}
	if (!rc)
		return 0;
	xs_unit_discard_prepared(s);
	xs_list_for_each (link, &s->device_list) {
		struct xs_sched_device *device = xs_list_entry(link, struct xs_sched_device, link);

		free(device->next_state);
		device->next_state = NULL;
	}
	return rc;
}

static void leave_policy(struct xs_sched *s)
{
	xs_for_each_queue(queue, s)
	{
		xs_list_remove(&xs_queue_unit(queue)->link);
		xs_list_remove(&queue->unit.link);
		if (!xs_queue_banned(queue))
			xs_level_leave(queue);
	}
	each_unit(s, s->per_process, drop_unit, 0);
	xs_list_for_each (link, &s->device_list) {
		struct xs_sched_device *device = xs_list_entry(link, struct xs_sched_device, link);

		free(device->state);
		device->state = device->next_state;
		device->next_state = NULL;
	}
}

static void enter_policy(struct xs_sched *s, uint64_t now_ns)
{
	each_unit(s, s->per_process, adopt_unit, s->policy->unit_size);
	xs_list_for_each (link, &s->device_list) {
		if (s->policy->init)
			s->policy->init(xs_list_entry(link, struct xs_sched_device, link));
	}
	xs_gang_new_policy(s);
	xs_for_each_queue(queue, s)
	{
		if (!xs_queue_banned(queue))
			xs_level_enter(queue);
		xs_queue_enlist(queue, now_ns);
	}
	xs_choose_all_again(s, now_ns);
	xs_for_each_queue(queue, s) xs_queue_judge(queue);
	xs_list_for_each (link, &s->device_list)
		xs_levels_update(xs_list_entry(link, struct xs_sched_device, link));
	xs_for_each_queue(queue, s) xs_publish(queue);
}

static int change(struct xs_sched *s, const struct xs_policy *policy, uint64_t now_ns)
{
	bool per_process = xs_sched_runs_processes(s, policy);
	int rc = prepare(s, policy, per_process);

	if (rc)
		return rc;
	s->stats.events++;
	leave_policy(s);
	s->policy = policy;
	s->per_process = per_process;
	enter_policy(s, now_ns);
	return 0;
}

int xs_sched_set_policy(struct xs_sched *s, const char *name, uint64_t now_ns)
{
	const struct xs_policy *policy = name ? xs_policy_find(name) : NULL;

	if (!policy)
		return -ENOENT;
	if (policy == s->policy)
		return 0;
	return change(s, policy, now_ns);
}

const char *xs_sched_policy(const struct xs_sched *s)
{
	return s->policy->info.name;
}

/* Finds the row of a parameter and the place of its value. */
static int find_param(const struct xs_sched *s, const char *policy_name, const char *name,
	const struct xs_param **param, const int64_t **value)
{
	const struct xs_policy *policy;
	int index;

	if (!policy_name) {
		index = xs_param_index(xs_sched_params, xs_sched_param_count, name);
		if (index < 0)
			return -ENOENT;
		*param = &xs_sched_params[index];
		*value = &s->own_values[index];
		return 0;
	}
	policy = xs_policy_find(policy_name);
	if (!policy)
		return -ENOENT;
	index = xs_param_index(policy->info.params, policy->info.param_count, name);
	if (index < 0)
		return -ENOENT;
	*param = &policy->info.params[index];
	*value = &s->values[xs_policy_index(policy)][index];
	return 0;
}

int xs_sched_param_get(
	const struct xs_sched *s, const char *policy, const char *name, int64_t *value)
{
	const struct xs_param *param;
	const int64_t *place;
	int rc = find_param(s, policy, name, &param, &place);

	if (!rc)
		*value = *place;
	return rc;
}

int xs_sched_param_set(
	struct xs_sched *s, const char *policy, const char *name, int64_t value, uint64_t now_ns)
{
	const struct xs_param *param;
	const int64_t *place;
	int64_t old;
	int rc = find_param(s, policy, name, &param, &place);

	if (rc)
		return rc;
	if (value < param->min || value > param->max)
		return -ERANGE;
	if (*place == value)
		return 0;
	old = *place;
	*(int64_t *)place = value;
	if (!policy && xs_sched_runs_processes(s, s->policy) != s->per_process) {
		rc = change(s, s->policy, now_ns);
		if (rc)
			*(int64_t *)place = old;
		return rc;
	}
	xs_choose_all_again(s, now_ns);
	return 0;
}
