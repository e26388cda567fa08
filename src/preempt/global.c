/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon is told, and when. One lock for what goes out; it is held for a send that does not
 * block. The lock of the local scheduler may be taken inside it, never the other way round.
 */
#include "preempt/global.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "preempt/handle.h"
#include "preempt/link.h"
#include "preempt/local.h"
#include "preempt/orders.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"
#include "wire/connection.h"

/* All guarded by the lock. */
static struct {
	struct xs_mutex lock;
	struct xs_link link;
	bool introduced; /* the agent has put the daemon in charge: it is told everything */
	size_t cursor;   /* queues below were announced, or need not be */
} global = { .link = XS_LINK_NONE };

static size_t slot_of(const struct xs_queue *queue)
{
	return (size_t)(queue->slot - xs_registry_page()->slots);
}

/* --- sending ------------------------------------------------------------------------------------- */

/* [lock] */
static void say(const struct xs_message *message)
{
	if (global.introduced)
		xs_link_say(&global.link, message);
}

static void fill_in_hint(struct xs_message *message, const struct xs_hint *hint)
{
	message->opcode = XS_OP_HINT;
	message->hint.kind = hint->kind;
	message->hint.clear = hint->clear;
	message->hint.value = hint->value;
	message->hint.lax_prio = hint->lax_prio;
	message->hint.crit_prio = hint->crit_prio;
	message->hint.display = hint->display;
}

/* [lock] */
static void say_queue_hint(void *ctx, const struct xs_hint *hint)
{
	const struct xs_queue *queue = ctx;
	struct xs_message message = { .hint.target = XS_TARGET_OWN_QUEUE };

	fill_in_hint(&message, hint);
	message.hint.slot = (uint32_t)slot_of(queue);
	message.hint.id = xs_load_relaxed(&queue->id);
	say(&message);
}

/* [lock] */
static void say_process_hint(void *ctx, const struct xs_hint *hint)
{
	struct xs_message message = { .hint.target = XS_TARGET_OWN_PROCESS };

	(void)ctx;
	fill_in_hint(&message, hint);
	say(&message);
}

/* The level that was asked for. A queue for which none was is stopped on the device wherever that
 * harms nobody, but does not carry markers while it is alone. */
static uint32_t level_of(const struct xs_queue *queue)
{
	int level = xs_load_relaxed(&queue->level);

	return level ? (uint32_t)level : 1;
}

/* [lock] */
static void say_stalled(const struct xs_queue *queue, bool stalled)
{
	struct xs_message message = { .opcode = XS_OP_STALLED };

	message.stalled.slot = (uint32_t)slot_of(queue);
	message.stalled.id = xs_load_relaxed(&queue->id);
	message.stalled.on = stalled;
	say(&message);
}

/* [lock] */
static void announce(struct xs_queue *queue)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };
	struct xs_msg_queue_add *add = &message.queue_add;

	if (queue->announced || !xs_load_relaxed(&queue->is_xqueue))
		return;
	add->slot = (uint32_t)slot_of(queue);
	add->level = level_of(queue);
	add->id = xs_load_relaxed(&queue->id);
	add->handle = xs_handle_of_xqueue(queue);
	add->device = xs_load_relaxed(&queue->device);
	add->offset = -queue->stream_priority;
	add->threshold = xs_load_relaxed(&queue->threshold);
	add->batch = xs_load_relaxed(&queue->batch);
	say(&message);
	queue->announced = true;
	xs_local_each_hint(queue, say_queue_hint, queue);
	if (xs_load_full(&queue->watch.stalled)) /* which another one was told, and he alone */
		say_stalled(queue, true);
}

/* [lock] Announces queues as long as the daemon takes it all. */
static void announce_more(void)
{
	while (global.introduced && xs_link_is_free(&global.link) &&
		global.cursor < xs_registry_limit()) {
		struct xs_queue *queue = xs_registry_at(global.cursor++);
		if (queue)
			announce(queue);
	}
}

void xs_global_add(struct xs_queue *queue)
{
	xs_mutex_lock(&global.lock);
	if (global.introduced && slot_of(queue) < global.cursor)
		announce(queue);
	announce_more();
	xs_mutex_unlock(&global.lock);
}

void xs_global_remove(struct xs_queue *queue)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_REMOVE };

	xs_mutex_lock(&global.lock);
	/* It may have become an XQueue anew while its destroy was under way. */
	if (queue->announced && !xs_load_full(&queue->is_xqueue)) {
		message.queue_remove.slot = (uint32_t)slot_of(queue);
		message.queue_remove.id = xs_load_relaxed(&queue->id);
		say(&message);
		queue->announced = false;
	}
	xs_mutex_unlock(&global.lock);
}

void xs_global_stalled(struct xs_queue *queue, bool stalled)
{
	xs_mutex_lock(&global.lock);
	if (queue->announced)
		say_stalled(queue, stalled);
	xs_mutex_unlock(&global.lock);
}

void xs_global_reconfigured(struct xs_queue *queue)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_CHANGE };
	struct xs_msg_queue_change *change = &message.queue_change;

	xs_mutex_lock(&global.lock);
	if (queue->announced) {
		change->slot = (uint32_t)slot_of(queue);
		change->level = level_of(queue);
		change->id = xs_load_relaxed(&queue->id);
		change->offset = -queue->stream_priority;
		change->threshold = xs_load_relaxed(&queue->threshold);
		change->batch = xs_load_relaxed(&queue->batch);
		say(&message);
	}
	xs_mutex_unlock(&global.lock);
}

void xs_global_hint(struct xs_queue *queue, const struct xs_hint *hint)
{
	xs_mutex_lock(&global.lock);
	if (!queue)
		say_process_hint(NULL, hint);
	else if (queue->announced)
		say_queue_hint(queue, hint);
	xs_mutex_unlock(&global.lock);
}

void xs_global_changed(struct xs_queue *queue)
{
	if (!xs_page_tell(xs_registry_page(), slot_of(queue)))
		return;
	xs_mutex_lock(&global.lock);
	xs_link_ring(&global.link);
	xs_mutex_unlock(&global.lock);
}

/* --- receiving: the watcher ---------------------------------------------------------------------- */

/* The daemon can be reached, and what was told before that is read now. */
static void on_welcome(const struct xs_msg_welcome *welcome, int bell)
{
	xs_mutex_lock(&global.lock);
	if (xs_link_take_bell(&global.link, bell))
		xs_link_ring(&global.link);
	xs_mutex_unlock(&global.lock);
	xs_info("xserver %s answers, its policy is %s", welcome->server, welcome->policy);
}

static void on_message(const struct xs_message *message, const int *fds, size_t fd_count)
{
	int bell = -1;

	if (message->opcode == XS_OP_WELCOME && fd_count)
		bell = fds[--fd_count];
	while (fd_count)
		close(fds[--fd_count]);
	if (message->opcode == XS_OP_WELCOME)
		on_welcome(&message->welcome, bell);
	else
		xs_orders_obey(message);
}

/* Takes one message from the socket; the descriptor may be closed by another thread in between. */
static int receive(struct xs_message *message, int *fds, size_t *fd_count)
{
	xs_mutex_lock(&global.lock);
	int err = xs_link_receive(&global.link, message, fds, fd_count);
	xs_mutex_unlock(&global.lock);
	return err;
}

static void read_messages(void)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS];
	size_t fd_count;
	int err;

	while ((err = receive(&message, fds, &fd_count)) == 0 || err == -ENOMSG) {
		if (!err)
			on_message(&message, fds, fd_count);
	}
}

enum xs_global_state xs_global_serve(uint64_t *wake_ns, const char **trouble)
{
	enum xs_global_state state = XS_GLOBAL_LOST;
	struct xs_link *link = &global.link;

	read_messages();
	xs_mutex_lock(&global.lock);
	*wake_ns = 0;
	*trouble = "is not connected";
	if (xs_link_is_open(link)) {
		*wake_ns = xs_link_check_lease(link);
		xs_link_flush(link);
		announce_more();
		*trouble = link->trouble;
		if (!link->trouble)
			state = link->bell.fd >= 0 ? XS_GLOBAL_ANSWERS : XS_GLOBAL_ASKED;
	}
	xs_mutex_unlock(&global.lock);
	return state;
}

bool xs_global_poll(struct pollfd *socket)
{
	xs_mutex_lock(&global.lock);
	bool polls = xs_link_poll(&global.link, socket);
	xs_mutex_unlock(&global.lock);
	return polls;
}

bool xs_global_has_parted(void)
{
	xs_mutex_lock(&global.lock);
	bool parted = xs_link_has_parted(&global.link);
	xs_mutex_unlock(&global.lock);
	return parted;
}

/* --- coming and going ---------------------------------------------------------------------------- */

/* [lock] */
static void disconnect(void)
{
	xs_link_drop(&global.link);
	global.introduced = false;
}

int xs_global_connect(void)
{
	int page_fd;
	struct xs_page *page = xs_registry_need_page(&page_fd);

	if (!page || page_fd < 0)
		return page ? -EBADF : -ENOMEM;
	int fd = xs_link_greet(page, page_fd);
	if (fd < 0)
		return fd;
	xs_mutex_lock(&global.lock);
	xs_link_open(&global.link, fd, page);
	global.cursor = 0;
	xs_mutex_unlock(&global.lock);
	return 0;
}

void xs_global_introduce(void)
{
	xs_mutex_lock(&global.lock);
	global.introduced = xs_link_is_open(&global.link);
	xs_local_each_hint(NULL, say_process_hint, NULL);
	announce_more();
	xs_mutex_unlock(&global.lock);
}

void xs_global_close(void)
{
	xs_mutex_lock(&global.lock);
	if (global.introduced)
		xs_link_part(&global.link);
	disconnect();
	for (size_t i = 0; i < xs_registry_limit(); i++) {
		struct xs_queue *queue = xs_registry_at(i);
		if (queue)
			queue->announced = false;
	}
	xs_mutex_unlock(&global.lock);
}

void xs_global_exit(void)
{
	/* Whoever holds the lock may have been stopped in the middle of it. */
	if (!xs_mutex_trylock(&global.lock))
		return;
	disconnect();
	xs_mutex_unlock(&global.lock);
}

void xs_global_forked(void)
{
	xs_link_forked(&global.link);
	memset(&global, 0, sizeof(global));
	global.link = (struct xs_link)XS_LINK_NONE;
}
