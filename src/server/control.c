/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command line asks for, and hints from outside a process. Everybody may look; to change
 * something one has to be its owner or a steward, and only a steward changes what concerns all.
 * Names and command lines of others are shown to stewards only.
 *
 * An answer is copied when it is asked for and sent as fast as it is read, so a slow reader holds up
 * nobody.
 */
#include "server/client.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "server/plugin.h"
#include "server/say.h"
#include "wire/gate.h"

/* An answer of several rows under way. */
struct answer {
	struct xs_client *client;
	uint16_t serial;
	uint32_t rows;
};

static void send_row(struct answer *answer, struct xs_message *row, uint16_t opcode)
{
	row->opcode = opcode;
	row->serial = answer->serial;
	answer->rows++;
	xs_client_send(answer->client, row);
}

static void send_done(const struct answer *answer, uint16_t opcode)
{
	struct xs_message done = { .opcode = XS_OP_DONE, .serial = answer->serial };

	done.done.opcode = opcode;
	done.done.rows = answer->rows;
	xs_client_send(answer->client, &done);
}

/* --- looking ------------------------------------------------------------------------------------- */

static void list_process(struct answer *answer, const struct xs_tenant *tenant)
{
	const struct xs_client *client = xs_client_of((struct xs_tenant *)tenant);
	struct xs_message row = { 0 };

	row.row_process.serial = tenant->serial;
	row.row_process.pid = (uint32_t)tenant->pid;
	row.row_process.uid = tenant->uid;
	row.row_process.queues = tenant->queue_count;
	row.row_process.suspended = tenant->suspended;
	row.row_process.waits = tenant->waits.total;
	row.row_process.wait_p50_ns = xs_waits_quantile_ns(&tenant->waits, 500);
	row.row_process.wait_p99_ns = xs_waits_quantile_ns(&tenant->waits, 990);
	if (xs_peer_may(&answer->client->peer, tenant->uid)) {
		XS_MESSAGE_TEXT(row.row_process.name, tenant->name);
		XS_MESSAGE_TEXT(row.row_process.cmdline, client->cmdline);
	}
	send_row(answer, &row, XS_OP_ROW_PROCESS);
}

static uint32_t row_flags(const struct xs_sched_row *from, const struct xs_lane *lane)
{
	uint64_t word = xs_load_relaxed(&lane->slot->word);

	return (from->ready ? (uint32_t)XS_ROW_READY : 0) |
	       (from->decision.run ? (uint32_t)XS_ROW_RUN : 0) |
	       (from->decision.paced ? (uint32_t)XS_ROW_PACED : 0) |
	       (from->decision.tracked ? (uint32_t)XS_ROW_TRACKED : 0) |
	       (from->stalled ? (uint32_t)XS_ROW_STALLED : 0) |
	       (xs_lane_suspended(lane) ? (uint32_t)XS_ROW_SUSPENDED : 0) |
	       (word & XS_GATE_PAUSED ? (uint32_t)XS_ROW_PAUSED : 0);
}

/* Commands in the driver that are not known to be done; an idle queue has none, whatever its counters
 * say, and a page that says nonsense neither. */
static uint32_t pending(const struct xs_slot *slot)
{
	uint64_t word = xs_load_relaxed(&slot->word);
	int32_t count = (int32_t)(xs_gate_departed(word) - xs_load_relaxed(&slot->covered));

	return (word & XS_GATE_READY) && count > 0 ? (uint32_t)count : 0;
}

/* While a queue is stopped by hand, a priority of its own is what stops it; shown is what it will have
 * again. */
static int32_t priority_of(const struct xs_sched_row *from, const struct xs_lane *lane)
{
	int64_t own = lane->priority;

	if (!xs_lane_suspended(lane))
		return from->priority;
	if (!lane->has_priority)
		return from->inherited;
	if (own != XS_PRIORITY_NO_EXECUTE && own < XS_PRIORITY_MIN)
		own = XS_PRIORITY_MIN;
	return own > XS_PRIORITY_MAX ? XS_PRIORITY_MAX : (int32_t)own;
}

void xs_control_row(struct xs_msg_row_queue *row, const struct xs_sched_row *from)
{
	const struct xs_lane *lane = xs_lane_of_number(from->queue);
	const struct xs_slot *slot = lane->slot;
	uint64_t now_ns = lane->tenant->world->now_ns;
	uint64_t held_ns = xs_load_relaxed(&slot->held_ns);

	row->handle = lane->handle;
	row->serial = lane->tenant->serial;
	row->device = lane->device;
	row->pid = (uint32_t)lane->tenant->pid;
	row->flags = row_flags(from, lane);
	row->level = (uint32_t)lane->level;
	row->threshold = lane->threshold;
	row->batch = lane->batch;
	row->priority = priority_of(from, lane);
	row->lent = from->lent;
	row->holds = xs_load_relaxed(&slot->holds);
	row->submitted = xs_gate_submitted(xs_load_relaxed(&slot->word));
	row->pending = pending(slot);
	row->device_ns = from->device_ns;
	row->held_ns = lane->held_since_ns ? held_ns + now_ns - lane->held_since_ns : held_ns;
	row->waited_ns = xs_load_relaxed(&slot->waited_ns);
	row->in_state_ns = now_ns > from->since_ns ? now_ns - from->since_ns : 0;
}

static void list_queue(void *ctx, const struct xs_sched_row *from)
{
	struct xs_message row = { 0 };

	xs_control_row(&row.row_queue, from);
	send_row(ctx, &row, XS_OP_ROW_QUEUE);
}

static void list(struct answer *answer)
{
	struct xs_world *world = &answer->client->server->world;

	xs_list_for_each (link, &world->tenants)
		list_process(answer, xs_list_entry(link, struct xs_tenant, link));
	xs_sched_snapshot(world->sched, list_queue, answer);
}

static void list_policies(struct answer *answer)
{
	const char *current = xs_sched_policy(answer->client->server->world.sched);
	const struct xs_policy_info *info;

	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		struct xs_message row = { 0 };

		row.row_policy.current = strcmp(info->name, current) == 0;
		XS_MESSAGE_TEXT(row.row_policy.policy, info->name);
		XS_MESSAGE_TEXT(row.row_policy.summary, info->summary);
		send_row(answer, &row, XS_OP_ROW_POLICY);
	}
}

/* policy: NULL for the scheduler's own. */
static void list_table(
	struct answer *answer, const char *policy, const struct xs_param *params, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct xs_message row = { 0 };

		xs_sched_param_get(answer->client->server->world.sched, policy, params[i].name,
			&row.row_param.value);
		row.row_param.min = params[i].min;
		row.row_param.max = params[i].max;
		row.row_param.def = params[i].def;
		XS_MESSAGE_TEXT(row.row_param.policy, policy);
		XS_MESSAGE_TEXT(row.row_param.name, params[i].name);
		XS_MESSAGE_TEXT(row.row_param.unit, params[i].unit);
		XS_MESSAGE_TEXT(row.row_param.words, params[i].words);
		XS_MESSAGE_TEXT(row.row_param.doc, params[i].doc);
		send_row(answer, &row, XS_OP_ROW_PARAM);
	}
}

static int list_params(struct answer *answer, const char *policy)
{
	const struct xs_policy_info *info;
	bool found = !*policy;

	if (!*policy)
		list_table(answer, NULL, xs_sched_params, xs_sched_param_count);
	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		if (*policy && strcasecmp(policy, info->name) != 0)
			continue;
		found = true;
		list_table(answer, info->name, info->params, info->param_count);
	}
	return found ? 0 : -ENOENT;
}

static void send_stat(void *ctx, const char *name, uint64_t value)
{
	struct xs_message row = { 0 };

	XS_MESSAGE_TEXT(row.row_stat.name, name);
	row.row_stat.value = value;
	send_row(ctx, &row, XS_OP_ROW_STAT);
}

void xs_control_stats(struct xs_server *server,
	void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx)
{
	struct xs_world *world = &server->world;
	struct xs_sched_stats stats;

	xs_sched_get_stats(world->sched, &stats);
	visit(ctx, "processes", world->tenant_count);
	visit(ctx, "queues", world->queue_count);
	visit(ctx, "devices", stats.devices);
	visit(ctx, "connections", server->client_count);
	visit(ctx, "connects_total", server->connects);
	visit(ctx, "refusals_total", server->refusals);
	visit(ctx, "drops_total", server->drops);
	visit(ctx, "transitions_total", world->transitions);
	visit(ctx, "page_reads_total", world->reads);
	visit(ctx, "events_total", stats.events);
	visit(ctx, "decisions_total", stats.decisions);
	visit(ctx, "visits_total", stats.visits);
	visit(ctx, "plugin_ejections_total", xs_plugin_ejections());
}

/* --- changing ------------------------------------------------------------------------------------ */

int xs_control_read_hint(struct xs_hint *hint, const struct xs_msg_hint *message)
{
	if (message->kind >= XS_WIRE_HINTS || message->kind == XS_WIRE_HINT_CPU_PRIORITY)
		return -EINVAL;
	hint->kind = (enum xs_hint_kind)message->kind;
	hint->clear = message->clear != 0;
	hint->value = message->value;
	hint->lax_prio = message->lax_prio;
	hint->crit_prio = message->crit_prio;
	hint->display = message->display;
	return 0;
}

/* A hint for those who have none of their own, or for the policy itself. */
static int hint_all(
	struct xs_server *server, const struct xs_peer *peer, const struct xs_hint *hint)
{
	struct xs_world *world = &server->world;

	if (!peer->steward)
		return -EPERM;
	int err = xs_sched_hint(world->sched, XS_HINT_ALL, 0, hint, world->now_ns);
	xs_list_for_each (link, &world->tenants)
		xs_tenant_show_priorities(xs_list_entry(link, struct xs_tenant, link));
	if (!err && hint->kind == XS_HINT_TIMESLICE_US)
		xs_say("timeslice set to %lld us", (long long)hint->value);
	if (!err && hint->kind == XS_HINT_KDEADLINE)
		xs_say("k set to %lld", (long long)hint->value);
	return err;
}

/* The queue that this handle means for the peer: one that he may act on. */
static int find_lane(struct xs_server *server, const struct xs_peer *peer, uint64_t handle,
	struct xs_lane **lane)
{
	return xs_world_find(&server->world, handle, peer->steward ? NULL : &peer->uid, lane);
}

static int hint_handle(struct xs_server *server, const struct xs_peer *peer, uint64_t handle,
	const struct xs_hint *hint)
{
	struct xs_lane *lane;
	int err = find_lane(server, peer, handle, &lane);

	if (err)
		return err;
	err = xs_lane_hint(lane, hint);
	if (!err && hint->kind == XS_HINT_PRIORITY)
		xs_say("set priority %lld for XQueue 0x%llx", (long long)hint->value,
			(unsigned long long)handle);
	return err;
}

/* Calls for each tenant with that pid that the peer may act on; a number may be in use twice while a
 * process is ending. -ENOENT, -EPERM: there was none. */
static int each_with_pid(struct xs_server *server, const struct xs_peer *peer, uint64_t pid,
	int (*act)(struct xs_tenant *tenant, const void *what), const void *what)
{
	int result = -ENOENT;

	xs_list_for_each (link, &server->world.tenants) {
		struct xs_tenant *tenant = xs_list_entry(link, struct xs_tenant, link);

		if (!pid || (uint64_t)tenant->pid != pid)
			continue;
		if (!xs_peer_may(peer, tenant->uid)) {
			result = result == -ENOENT ? -EPERM : result;
			continue;
		}
		result = act(tenant, what);
	}
	return result;
}

static int act_hint(struct xs_tenant *tenant, const void *what)
{
	const struct xs_hint *hint = what;
	int err = xs_tenant_hint_all(tenant, hint);

	if (!err && hint->kind == XS_HINT_UTILIZATION)
		xs_say("utilization of process %d set to %lld", (int)tenant->pid,
			(long long)hint->value);
	return err;
}

int xs_control_hint(
	struct xs_server *server, const struct xs_peer *peer, const struct xs_msg_hint *message)
{
	struct xs_hint hint;
	int err = xs_control_read_hint(&hint, message);

	if (err)
		return err;
	switch (message->target) {
	case XS_TARGET_ALL:
		return hint_all(server, peer, &hint);
	case XS_TARGET_HANDLE:
		return hint_handle(server, peer, message->id, &hint);
	case XS_TARGET_PID:
		return each_with_pid(server, peer, message->id, act_hint, &hint);
	default:
		return -EINVAL;
	}
}

static int act_suspend(struct xs_tenant *tenant, const void *what)
{
	const struct xs_msg_suspend *suspend = what;

	xs_tenant_suspend(tenant, suspend->on != 0);
	return 0;
}

int xs_control_suspend(
	struct xs_server *server, const struct xs_peer *peer, const struct xs_msg_suspend *message)
{
	struct xs_lane *lane;
	int err;

	switch (message->target) {
	case XS_TARGET_PID:
		return each_with_pid(server, peer, message->id, act_suspend, message);
	case XS_TARGET_HANDLE:
		err = find_lane(server, peer, message->id, &lane);
		if (!err)
			xs_lane_suspend(lane, message->on != 0);
		return err;
	default:
		return -EINVAL;
	}
}

static int set_param(struct xs_client *client, const struct xs_msg_param_set *set)
{
	struct xs_world *world = &client->server->world;

	if (!client->peer.steward)
		return -EPERM;
	return xs_sched_param_set(world->sched, set->policy[0] ? set->policy : NULL, set->name,
		set->value, world->now_ns);
}

int xs_control_config(struct xs_server *server, const struct xs_peer *peer, uint64_t handle,
	uint32_t level, int32_t threshold, int32_t batch)
{
	struct xs_message message = { .opcode = XS_OP_RECONFIGURE };
	struct xs_lane *lane;
	int err = find_lane(server, peer, handle, &lane);

	if (err)
		return err;
	int32_t most = threshold ? threshold : lane->threshold;
	if (level > 3 || threshold < 0 || batch < 0 || (most && batch > most))
		return -EINVAL;
	message.reconfigure.slot = lane->index;
	message.reconfigure.id = lane->id;
	message.reconfigure.level = level;
	message.reconfigure.threshold = threshold;
	message.reconfigure.batch = batch;
	xs_client_send(xs_client_of(lane->tenant), &message);
	return 0;
}

/* --- requests ------------------------------------------------------------------------------------ */

static int act(struct answer *answer, const struct xs_message *request)
{
	struct xs_client *client = answer->client;
	const struct xs_msg_config *config = &request->config;

	switch (request->opcode) {
	case XS_OP_LIST:
		list(answer);
		return 0;
	case XS_OP_POLICY_LIST:
		list_policies(answer);
		return 0;
	case XS_OP_PARAM_LIST:
		return list_params(answer, request->param_list.policy);
	case XS_OP_STATS:
		xs_control_stats(client->server, send_stat, answer);
		return 0;
	case XS_OP_HINT:
		return xs_control_hint(client->server, &client->peer, &request->hint);
	case XS_OP_SUSPEND:
		return xs_control_suspend(client->server, &client->peer, &request->suspend);
	case XS_OP_POLICY_SET:
		return client->peer.steward
			       ? xs_server_set_policy(client->server, request->policy_set.policy)
			       : -EPERM;
	case XS_OP_PARAM_SET:
		return set_param(client, &request->param_set);
	case XS_OP_CONFIG:
		return xs_control_config(client->server, &client->peer, config->handle,
			config->level, config->threshold, config->batch);
	default:
		return -EPROTO;
	}
}

int xs_control(struct xs_client *client, const struct xs_message *request)
{
	struct answer answer = { .client = client, .serial = request->serial };
	int err = act(&answer, request);

	if (!err)
		send_done(&answer, request->opcode);
	return err;
}
