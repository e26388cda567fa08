/* SPDX-License-Identifier: Apache-2.0 */
/* Doing what the daemon says. See orders.h. */
#include "preempt/orders.h"

#include "base/log.h"
#include "preempt/domain.h"
#include "preempt/handle.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"
#include "wire/message.h"

/* Words and priorities have changed. Who has to be watched is found by the watcher's next round. */
static void on_look(void)
{
	struct xs_page *page = xs_registry_page();

	xs_store_full(&page->client_told, 0);
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (!queue)
			continue;
		int priority = xs_load_relaxed(&queue->slot->priority);
		if (priority != xs_load_relaxed(&queue->priority)) {
			xs_store_relaxed(&queue->priority, (int16_t)priority);
			xs_domain_outranked_by(queue);
		}
		if (!(xs_load_relaxed(&queue->slot->word) & XS_GATE_PACED))
			xs_domain_disarm(queue);
	}
}

static void on_reconfigure(const struct xs_msg_reconfigure *wanted)
{
	struct xs_queue *queue = xs_registry_pin(wanted->id);

	if (!queue)
		return;
	if (xs_queue_configure(queue, wanted->level, wanted->threshold, wanted->batch) != 0)
		xs_info("xserver wants what XQueue (0x%llx) cannot do",
			(unsigned long long)xs_handle_of_xqueue(queue));
	xs_registry_unpin(queue);
}

static void on_error(const struct xs_msg_error *error)
{
	const char *name = xs_message_name(error->opcode);

	if (error->opcode == XS_OP_HELLO)
		xs_warn_once("xserver refuses this process: %s", error->text);
	else
		xs_info("xserver refused %s: %s", name ? name : "a message", error->text);
}

void xs_orders_obey(const struct xs_message *message)
{
	switch (message->opcode) {
	case XS_OP_LOOK:
		on_look();
		break;
	case XS_OP_RECONFIGURE:
		on_reconfigure(&message->reconfigure);
		break;
	case XS_OP_POLICY_CHANGED:
		xs_info("xserver changed its policy to %s", message->policy_changed.policy);
		break;
	case XS_OP_ERROR:
		on_error(&message->error);
		break;
	default:
		break;
	}
}
