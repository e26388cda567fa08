/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API: XSched's own requests with its field names, and /api/... with everything that the command
 * line can do. JSON that does not have the expected form is refused with 400.
 */
#include "server/http_api.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/client.h"

/* Whoever has the token acts for the daemon. */
static const struct xs_peer holder = { .steward = true, .pidfd = -1 };

static unsigned int answer_error(json_t **answer, unsigned int status, const char *text)
{
	*answer = json_pack("{s:s}", "error", text);
	return status;
}

static unsigned int answer_result(json_t **answer, int err)
{
	if (err == -ENOENT)
		return answer_error(answer, 404, "not found");
	if (err == -ENOTUNIQ)
		return answer_error(answer, 409, "several processes have such a queue: give a pid");
	if (err)
		return answer_error(answer, err == -EPERM ? 403 : 400, strerror(-err));
	*answer = json_pack("{s:s}", "info", "success");
	return 200;
}

/* Policies by XSched's numbers, which start at 1 in the order of the table; ours follow. */
static int number_of_policy(const char *name)
{
	const struct xs_policy_info *info;

	for (int i = 0; (info = xs_policy_info((size_t)i)); i++) {
		if (strcmp(info->name, name) == 0)
			return i + 1;
	}
	return 0;
}

/* --- looking ------------------------------------------------------------------------------------- */

static json_t *json_of_queue(const struct xs_sched_row *from)
{
	struct xs_msg_row_queue row = { 0 };
	char name[24];

	xs_control_row(&row, from);
	snprintf(name, sizeof(name), "0x%llx", (unsigned long long)row.handle);
	return json_pack("{s:I,s:s,s:I,s:i,s:i,s:i,s:i,s:b,s:b,s:i,s:f,s:f,s:f,s:i,s:b,s:b}",
		"handle", (json_int_t)row.handle, "xqueue", name, "device", (json_int_t)row.device,
		"level", (int)row.level, "pid", (int)row.pid, "threshold", row.threshold,
		"batch_size", row.batch, "ready", !!(row.flags & XS_ROW_READY), "suspended",
		!(row.flags & XS_ROW_RUN), "priority", row.priority, "device_seconds",
		(double)row.device_ns / 1e9, "held_seconds", (double)row.held_ns / 1e9,
		"waited_seconds", (double)row.waited_ns / 1e9, "holds", (int)row.holds, "stalled",
		!!(row.flags & XS_ROW_STALLED), "stopped", !!(row.flags & XS_ROW_SUSPENDED));
}

/* What a process calls itself need not be UTF-8; JSON has to be. */
static json_t *json_of_text(const char *text)
{
	json_t *string = json_string(text);
	char copy[256];
	size_t i;

	if (string)
		return string;
	for (i = 0; text[i] && i < sizeof(copy) - 1; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	copy[i] = '\0';
	return json_string(copy);
}

static json_t *json_of_process(struct xs_tenant *tenant)
{
	const struct xs_client *client = xs_client_of(tenant);

	return json_pack("{s:i,s:o,s:o,s:i,s:i}", "pid", (int)tenant->pid, "cmdline",
		json_of_text(client->cmdline), "name", json_of_text(tenant->name), "uid",
		(int)tenant->uid, "queues", (int)tenant->queue_count);
}

static void append_queue(void *ctx, const struct xs_sched_row *from)
{
	json_array_append_new(ctx, json_of_queue(from));
}

static unsigned int get_queues(const struct xs_request *request, json_t **answer)
{
	struct xs_world *world = &request->server->world;
	json_t *queues = json_array(), *processes = json_array();

	xs_sched_snapshot(world->sched, append_queue, queues);
	xs_list_for_each (link, &world->tenants)
		json_array_append_new(
			processes, json_of_process(xs_list_entry(link, struct xs_tenant, link)));
	*answer = json_pack("{s:o,s:o}", "xqueues", queues, "processes", processes);
	return 200;
}

struct one {
	uint64_t handle;
	json_t *queue;
	struct xs_tenant *tenant;
};

static void find_queue(void *ctx, const struct xs_sched_row *from)
{
	struct xs_lane *lane = xs_lane_of_number(from->queue);
	struct one *one = ctx;

	if (lane->handle != one->handle || one->queue)
		return;
	one->queue = json_of_queue(from);
	one->tenant = lane->tenant;
}

static bool read_handle(const char *text, uint64_t *handle)
{
	char *end;

	errno = 0;
	*handle = strtoull(text, &end, 16);
	return !errno && end != text && !*end;
}

static unsigned int get_queue(const struct xs_request *request, const char *text, json_t **answer)
{
	struct one one = { 0 };

	if (!read_handle(text, &one.handle))
		return answer_error(answer, 400, "invalid handle");
	xs_sched_snapshot(request->server->world.sched, find_queue, &one);
	if (!one.queue)
		return answer_error(answer, 404, "XQueue not found");
	*answer =
		json_pack("{s:o,s:o}", "xqueue", one.queue, "process", json_of_process(one.tenant));
	return 200;
}

static unsigned int get_policy(const struct xs_request *request, json_t **answer)
{
	const char *name = xs_sched_policy(request->server->world.sched);

	*answer = json_pack("{s:i,s:s}", "policy", number_of_policy(name), "name", name);
	return 200;
}

static json_t *json_of_params(
	struct xs_sched *sched, const char *policy, const struct xs_param *params, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		int64_t value = 0;

		xs_sched_param_get(sched, policy, params[i].name, &value);
		json_array_append_new(list,
			json_pack("{s:s,s:s?,s:s?,s:I,s:I,s:I,s:I,s:s?}", "name", params[i].name,
				"unit", params[i].unit, "words", params[i].words, "min",
				(json_int_t)params[i].min, "max", (json_int_t)params[i].max,
				"default", (json_int_t)params[i].def, "value", (json_int_t)value,
				"doc", params[i].doc));
	}
	return list;
}

static unsigned int get_policies(const struct xs_request *request, json_t **answer)
{
	struct xs_sched *sched = request->server->world.sched;
	const struct xs_policy_info *info;
	json_t *list = json_array();

	for (size_t i = 0; (info = xs_policy_info(i)); i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:b,s:o}", "name", info->name, "summary",
				      info->summary, "current",
				      strcmp(info->name, xs_sched_policy(sched)) == 0, "params",
				      json_of_params(
					      sched, info->name, info->params, info->param_count)));
	*answer = json_pack("{s:o,s:o}", "policies", list, "scheduler",
		json_of_params(sched, NULL, xs_sched_params, xs_sched_param_count));
	return 200;
}

static void append_stat(void *ctx, const char *name, uint64_t value)
{
	json_object_set_new(ctx, name, json_integer((json_int_t)value));
}

static unsigned int get_status(const struct xs_request *request, json_t **answer)
{
	json_t *counters = json_object();

	xs_control_stats(request->server, append_stat, counters);
	*answer = json_pack("{s:s,s:s,s:o}", "version", XS_VERSION, "policy",
		xs_sched_policy(request->server->world.sched), "counters", counters);
	return 200;
}

unsigned int xs_api_get(const struct xs_request *request, json_t **answer)
{
	const char *path = request->path;

	if (strncmp(path, "/xqueue/", 8) == 0)
		return get_queue(request, path + 8, answer);
	if (strcmp(path, "/xqueues") == 0 || strcmp(path, "/api/queues") == 0)
		return get_queues(request, answer);
	if (strcmp(path, "/policy") == 0)
		return get_policy(request, answer);
	if (strcmp(path, "/api/policies") == 0)
		return get_policies(request, answer);
	if (strcmp(path, "/api/status") == 0 || strcmp(path, "/") == 0)
		return get_status(request, answer);
	return 404;
}

/* --- changing ------------------------------------------------------------------------------------ */

/* A whole number from the query string; absent: 0. XSched's own client sends -1 for "as it is". */
static bool read_argument(const struct xs_request *request, const char *name, long *value)
{
	const char *text = request->argument(request->ctx, name);
	char *end;

	*value = 0;
	if (!text)
		return true;
	*value = strtol(text, &end, 10);
	if (*value == -1)
		*value = 0;
	return end != text && !*end && *value >= 0 && *value <= 65536;
}

static unsigned int post_config(const struct xs_request *request, const char *text, json_t **answer)
{
	long level, threshold, batch;
	uint64_t handle;

	if (!read_handle(text, &handle))
		return answer_error(answer, 400, "invalid handle");
	if (!read_argument(request, "level", &level) || level > 3)
		return answer_error(answer, 400, "invalid level");
	if (!read_argument(request, "threshold", &threshold))
		return answer_error(answer, 400, "invalid command threshold");
	if (!read_argument(request, "batch_size", &batch))
		return answer_error(answer, 400, "invalid command batch size");
	if (!level && !threshold && !batch) {
		*answer = json_pack("{s:s}", "warning", "no change");
		return 200;
	}
	int err = xs_control_config(request->server, &holder, handle, (uint32_t)level,
		(int32_t)threshold, (int32_t)batch);
	if (err == -ENOENT)
		return answer_error(answer, 404, "XQueue not found");
	if (err == -EINVAL)
		return answer_error(answer, 400, "batch size must not exceed threshold");
	return answer_result(answer, err);
}

/* By XSched's number or by name. */
static unsigned int post_policy(const struct xs_request *request, json_t **answer)
{
	const char *text = request->argument(request->ctx, "policy");
	const struct xs_policy_info *info = NULL;
	char *end;

	if (!text)
		return answer_error(answer, 400, "no policy");
	long number = strtol(text, &end, 10);
	if (end != text && !*end && number >= 1)
		info = xs_policy_info((size_t)number - 1);
	int err = xs_server_set_policy(request->server, info ? info->name : text);
	return err == -ENOENT ? answer_error(answer, 400, "no such policy")
			      : answer_result(answer, err);
}

/* XSched's hint types, and the member that carries the value. */
static const struct {
	int type;
	uint32_t kind;
	const char *member;
} hint_types[] = {
	{ 1, XS_WIRE_HINT_PRIORITY, "priority" },
	{ 2, XS_WIRE_HINT_UTILIZATION, "utilization" },
	{ 3, XS_WIRE_HINT_TIMESLICE_US, "timeslice" },
	{ 4, XS_WIRE_HINT_DEADLINE_US, "deadline" },
	{ 5, XS_WIRE_HINT_KDEADLINE, "k" },
	{ 6, XS_WIRE_HINT_LAXITY_US, "laxity" },
	{ 7, XS_WIRE_HINT_WINDOW_ACTIVE, NULL },
	{ 8, XS_WIRE_HINT_REQUEST, "request" },
	{ 9, XS_WIRE_HINT_LIMIT, "limit" },
	{ 10, XS_WIRE_HINT_TARGET_US, "target" },
	{ 11, XS_WIRE_HINT_GANG, "gang" },
};

/* Returns false when the value is missing. */
static bool read_hint(json_t *root, struct xs_msg_hint *hint)
{
	int type = (int)json_integer_value(json_object_get(root, "hint_type"));

	for (size_t i = 0; i < sizeof(hint_types) / sizeof(hint_types[0]); i++) {
		json_t *value =
			json_object_get(root, hint_types[i].member ? hint_types[i].member : "");

		if (hint_types[i].type != type)
			continue;
		hint->kind = hint_types[i].kind;
		hint->value = hint_types[i].member ? json_integer_value(value) : 1;
		hint->clear = json_is_null(value) && value;
		return !hint_types[i].member || json_is_integer(value) || hint->clear;
	}
	return false;
}

/* For whom: a handle, a pid, or everybody. */
static bool read_target(json_t *root, uint32_t *target, uint64_t *id)
{
	json_t *handle = json_object_get(root, "handle"), *pid = json_object_get(root, "pid");

	*target = handle ? XS_TARGET_HANDLE : pid ? XS_TARGET_PID : XS_TARGET_ALL;
	if (json_is_string(handle)) /* "0x...", for languages whose numbers are too short */
		return read_handle(json_string_value(handle), id);
	if (handle || pid)
		*id = (uint64_t)json_integer_value(handle ? handle : pid);
	return !(handle || pid) || json_is_integer(handle ? handle : pid);
}

static unsigned int post_hint(const struct xs_request *request, json_t *root, json_t **answer)
{
	struct xs_msg_hint hint = { 0 };

	if (!read_hint(root, &hint) || !read_target(root, &hint.target, &hint.id))
		return answer_error(answer, 400, "invalid hint");
	hint.lax_prio = (int32_t)json_integer_value(json_object_get(root, "lax_prio"));
	hint.crit_prio = (int32_t)json_integer_value(json_object_get(root, "crit_prio"));
	hint.display = (uint64_t)json_integer_value(json_object_get(root, "display"));
	return answer_result(answer, xs_control_hint(request->server, &holder, &hint));
}

static unsigned int post_suspend(const struct xs_request *request, json_t *root, json_t **answer)
{
	struct xs_msg_suspend suspend = { .on = json_is_true(json_object_get(root, "on")) };

	if (!read_target(root, &suspend.target, &suspend.id) || suspend.target == XS_TARGET_ALL ||
		!json_is_boolean(json_object_get(root, "on")))
		return answer_error(answer, 400, "a pid or a handle, and \"on\"");
	return answer_result(answer, xs_control_suspend(request->server, &holder, &suspend));
}

static unsigned int post_param(const struct xs_request *request, json_t *root, json_t **answer)
{
	struct xs_world *world = &request->server->world;
	const char *policy = json_string_value(json_object_get(root, "policy"));
	const char *name = json_string_value(json_object_get(root, "name"));
	json_t *value = json_object_get(root, "value");

	if (!name || !json_is_integer(value))
		return answer_error(answer, 400, "a name and a value");
	return answer_result(
		answer, xs_sched_param_set(world->sched, policy && *policy ? policy : NULL, name,
				json_integer_value(value), world->now_ns));
}

unsigned int xs_api_post(const struct xs_request *request, json_t **answer)
{
	const char *path = request->path;
	unsigned int status = 404;
	json_t *root;

	if (strncmp(path, "/config/", 8) == 0)
		return post_config(request, path + 8, answer);
	if (strcmp(path, "/policy") == 0)
		return post_policy(request, answer);
	root = json_loads(request->body, 0, NULL);
	if (!json_is_object(root))
		status = answer_error(answer, 400, "the body is no JSON object");
	else if (strcmp(path, "/hint") == 0)
		status = post_hint(request, root, answer);
	else if (strcmp(path, "/api/suspend") == 0)
		status = post_suspend(request, root, answer);
	else if (strcmp(path, "/api/param") == 0)
		status = post_param(request, root, answer);
	json_decref(root);
	return status;
}
