/* SPDX-License-Identifier: Apache-2.0 */
/* What a process tells: queues, loans, stalls and hints of its own. */
#include <errno.h>

#include "server/client.h"
#include "server/say.h"

#define MOST_QUEUES_OF_USER (16 * XS_PAGE_SLOTS) /* of one who is not a steward */

static int on_lend(struct xs_tenant *tenant, const struct xs_msg_lend *lend)
{
	struct xs_world *world = tenant->world;
	const struct xs_lane *lane = xs_tenant_find(tenant, lend->slot, lend->id);

	return lane ? xs_sched_queue_lend(
			      world->sched, xs_lane_number(lane), lend->priority, world->now_ns)
		    : -ENOENT;
}

static int on_stalled(struct xs_tenant *tenant, const struct xs_msg_stalled *stalled)
{
	struct xs_lane *lane = xs_tenant_find(tenant, stalled->slot, stalled->id);

	return lane ? xs_lane_stalled(lane, stalled->on != 0) : -ENOENT;
}

static int on_own_hint(struct xs_client *client, const struct xs_msg_hint *message)
{
	struct xs_tenant *tenant = &client->tenant;
	struct xs_hint hint;
	struct xs_lane *lane;

	if (message->target != XS_TARGET_OWN_QUEUE && message->target != XS_TARGET_OWN_PROCESS)
		return xs_control_hint(client->server, &client->peer, message);
	int err = xs_control_read_hint(&hint, message);
	if (err)
		return err;
	if (message->target == XS_TARGET_OWN_PROCESS)
		return xs_tenant_hint(tenant, &hint);
	lane = xs_tenant_find(tenant, message->slot, message->id);
	return lane ? xs_lane_hint(lane, &hint) : -ENOENT;
}

/* Looks at all connections once for each 64 queues only. */
static bool has_too_many_queues(const struct xs_client *client)
{
	uint64_t count = 0;

	if (client->peer.steward || client->tenant.queue_count % 64 != 63)
		return false;
	xs_list_for_each (link, &client->server->clients) {
		const struct xs_client *other = xs_list_entry(link, struct xs_client, link);

		if (other->peer.uid == client->peer.uid)
			count += other->tenant.queue_count;
	}
	return count >= MOST_QUEUES_OF_USER;
}

static int on_queue_add(struct xs_client *client, const struct xs_msg_queue_add *add)
{
	int err = has_too_many_queues(client) ? -EUSERS : xs_tenant_queue_add(&client->tenant, add);

	if (!err)
		xs_say("XQueue (0x%llx) from process %d created",
			(unsigned long long)(add->handle ? add->handle : add->id),
			(int)client->peer.pid);
	return err;
}

static int on_queue_remove(struct xs_client *client, const struct xs_msg_queue_remove *remove)
{
	const struct xs_lane *lane = xs_tenant_find(&client->tenant, remove->slot, remove->id);
	uint64_t handle = lane ? lane->handle : 0;
	int err = xs_tenant_queue_remove(&client->tenant, remove->slot, remove->id);

	if (!err)
		xs_say("XQueue (0x%llx) from process %d destroyed", (unsigned long long)handle,
			(int)client->peer.pid);
	return err;
}

int xs_client_told(struct xs_client *client, const struct xs_message *message)
{
	struct xs_tenant *tenant = &client->tenant;

	switch (message->opcode) {
	case XS_OP_QUEUE_ADD:
		return on_queue_add(client, &message->queue_add);
	case XS_OP_QUEUE_REMOVE:
		return on_queue_remove(client, &message->queue_remove);
	case XS_OP_QUEUE_CHANGE:
		return xs_tenant_queue_change(tenant, &message->queue_change);
	case XS_OP_LEND:
		return on_lend(tenant, &message->lend);
	case XS_OP_STALLED:
		return on_stalled(tenant, &message->stalled);
	case XS_OP_HINT:
		return on_own_hint(client, &message->hint);
	default:
		return -EPROTO;
	}
}
