/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking to the daemon. One lock for what goes out; it is held for a send that does not block. The
 * lock of the local scheduler may be taken inside it, never the other way round.
 */
#include "preempt/global.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "preempt/agent.h"
#include "preempt/descriptor.h"
#include "preempt/domain.h"
#include "preempt/handle.h"
#include "preempt/local.h"
#include "preempt/registry.h"
#include "preempt/watch.h"
#include "preempt/xqueue.h"
#include "wire/connection.h"

#define OUTBOX_SIZE 16384u

/* All guarded by the lock. */
static struct {
	struct xs_mutex lock;
	int fd;   /* -1: not connected */
	int bell; /* the daemon's; -1: no WELCOME yet */
	int left; /* a connection that we ended, and the daemon has not yet; -1: none */
	struct xs_page *page;
	bool introduced;     /* the agent has put the daemon in charge: it is told everything */
	uint64_t since_ns;   /* connected */
	const char *trouble; /* why the connection is of no more use; NULL: it is */
	size_t cursor;       /* queues below were announced, or need not be */
	size_t begin, end;   /* what waits in the outbox */
	uint8_t outbox[OUTBOX_SIZE];
} global = { .fd = -1, .bell = -1, .left = -1 };

static size_t slot_of(const struct xs_queue *queue)
{
	return (size_t)(queue->slot - global.page->slots);
}

/* --- sending ------------------------------------------------------------------------------------- */

/* [lock] The watcher does the rest. */
static void fail(const char *trouble)
{
	if (!global.trouble)
		global.trouble = trouble;
	xs_watch_ring();
}

/* [lock] */
static void keep_for_later(const struct xs_message *message)
{
	if (global.begin == global.end)
		global.begin = global.end = 0;
	if (OUTBOX_SIZE - global.end < XS_WIRE_MAX && global.begin) {
		memmove(global.outbox, global.outbox + global.begin, global.end - global.begin);
		global.end -= global.begin;
		global.begin = 0;
	}
	if (OUTBOX_SIZE - global.end < XS_WIRE_MAX) {
		fail("does not read what it is sent");
		return;
	}
	int size = xs_message_encode(message, global.outbox + global.end);
	global.end += size > 0 ? (size_t)size : 0;
	xs_watch_ring();
}

/* [lock] */
static void say(const struct xs_message *message)
{
	int err = -EAGAIN;

	if (!global.introduced || global.trouble)
		return;
	if (global.begin == global.end)
		err = xs_wire_send(global.fd, message, NULL, 0);
	if (err == -EAGAIN)
		keep_for_later(message);
	else if (err)
		fail("closed the connection");
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
}

/* [lock] Announces queues as long as the daemon takes it all. */
static void announce_more(void)
{
	while (global.introduced && global.begin == global.end && !global.trouble &&
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
	struct xs_message message = { .opcode = XS_OP_STALLED };

	xs_mutex_lock(&global.lock);
	if (queue->announced) {
		message.stalled.slot = (uint32_t)slot_of(queue);
		message.stalled.id = xs_load_relaxed(&queue->id);
		message.stalled.on = stalled;
		say(&message);
	}
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

/* [lock] */
static void ring(void)
{
	const uint64_t one = 1;
	int saved_errno = errno;

	if (global.bell >= 0 && write(global.bell, &one, sizeof(one)) < 0 && errno != EAGAIN)
		fail("took its bell away");
	errno = saved_errno;
}

void xs_global_changed(struct xs_queue *queue)
{
	struct xs_page *page = xs_registry_page();

	if (!xs_page_tell(page, (size_t)(queue->slot - page->slots)))
		return;
	xs_mutex_lock(&global.lock);
	ring();
	xs_mutex_unlock(&global.lock);
}

/* --- receiving: the watcher ---------------------------------------------------------------------- */

/* The daemon can be reached, and what was told before that is read now. */
static void on_welcome(const struct xs_msg_welcome *welcome, int bell)
{
	xs_mutex_lock(&global.lock);
	if (global.bell < 0 && global.fd >= 0 && bell >= 0) {
		global.bell = xs_descriptor_hide(bell);
		ring();
	} else if (bell >= 0) {
		close(bell);
	}
	xs_mutex_unlock(&global.lock);
	xs_info("xserver %s answers, its policy is %s", welcome->server, welcome->policy);
}

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

static void on_message(const struct xs_message *message, const int *fds, size_t fd_count)
{
	int bell = -1;

	if (message->opcode == XS_OP_WELCOME && fd_count)
		bell = fds[--fd_count];
	while (fd_count)
		close(fds[--fd_count]);
	switch (message->opcode) {
	case XS_OP_WELCOME:
		on_welcome(&message->welcome, bell);
		break;
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

/* Takes one message from the socket; the descriptor may be closed by another thread in between. */
static int receive(struct xs_message *message, int *fds, size_t *fd_count)
{
	int err = -EAGAIN;

	xs_mutex_lock(&global.lock);
	if (global.fd >= 0)
		err = xs_wire_receive(global.fd, message, XS_TO_CLIENT, fds, fd_count);
	if (err && err != -EAGAIN && err != -ENOMSG)
		fail("closed the connection");
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

/* [lock] */
static void send_what_waits(void)
{
	int err = xs_wire_flush(global.fd, global.outbox, &global.begin, global.end);

	if (err && err != -EAGAIN)
		fail("closed the connection");
	announce_more();
}

/* [lock] When the daemon counts as lost, unless it gives a sign of life before. */
static uint64_t lease_end(void)
{
	uint64_t alive = xs_load_relaxed(&global.page->heartbeat_ns);

	return (alive > global.since_ns ? alive : global.since_ns) + XS_PAGE_LEASE_NS;
}

enum xs_global_state xs_global_serve(uint64_t *wake_ns, const char **trouble)
{
	enum xs_global_state state = XS_GLOBAL_LOST;

	read_messages();
	xs_mutex_lock(&global.lock);
	*wake_ns = 0;
	*trouble = "is not connected";
	if (global.fd >= 0) {
		*wake_ns = lease_end();
		if (xs_now_ns() > *wake_ns)
			fail("gives no sign of life");
		send_what_waits();
		*trouble = global.trouble;
		if (!global.trouble)
			state = global.bell >= 0 ? XS_GLOBAL_ANSWERS : XS_GLOBAL_ASKED;
	}
	xs_mutex_unlock(&global.lock);
	return state;
}

bool xs_global_poll(struct pollfd *socket)
{
	xs_mutex_lock(&global.lock);
	socket->fd = global.fd;
	socket->events = (short)(POLLIN | (global.begin != global.end ? POLLOUT : 0));
	if (global.fd < 0) {
		socket->fd = global.left;
		socket->events = 0; /* its end shows without being asked for */
	}
	xs_mutex_unlock(&global.lock);
	return socket->fd >= 0;
}

bool xs_global_has_parted(void)
{
	struct pollfd end = { 0 };
	bool parted = false;

	xs_mutex_lock(&global.lock);
	end.fd = global.left;
	if (global.left >= 0 && poll(&end, 1, 0) == 1) {
		close(global.left);
		global.left = -1;
		parted = true;
	}
	xs_mutex_unlock(&global.lock);
	return parted;
}

/* --- coming and going ---------------------------------------------------------------------------- */

/* [lock] The daemon may be about to open or close a gate of ours, and opens all when it learns of this. So
 * the end is its end: it closes the connection when it is done with the page. */
static void part(void)
{
	if (!global.introduced || global.fd < 0 || shutdown(global.fd, SHUT_WR) != 0)
		return;
	if (global.left >= 0)
		close(global.left);
	global.left = global.fd;
	global.fd = -1;
}

/* [lock] */
static void disconnect(void)
{
	if (global.fd >= 0)
		close(global.fd);
	if (global.bell >= 0)
		close(global.bell);
	global.fd = global.bell = -1;
	global.introduced = false;
}

int xs_global_connect(void)
{
	struct xs_message hello = { .opcode = XS_OP_HELLO };
	int page_fd;
	struct xs_page *page = xs_registry_need_page(&page_fd);

	if (!page || page_fd < 0)
		return page ? -EBADF : -ENOMEM;
	int fd = xs_wire_connect();
	if (fd < 0)
		return fd;
	fd = xs_descriptor_hide(fd);
	hello.hello.version = XS_WIRE_VERSION;
	hello.hello.oldest = XS_WIRE_OLDEST;
	hello.hello.role = XS_ROLE_PROCESS;
	hello.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(hello.hello.name,
		xs_options()->name ? xs_options()->name : program_invocation_short_name);
	xs_store_full(&page->client_told, 0);
	int err = xs_wire_send(fd, &hello, &page_fd, 1);
	if (err) {
		close(fd);
		return err;
	}
	xs_mutex_lock(&global.lock);
	global.fd = fd;
	global.page = page;
	global.trouble = NULL;
	global.cursor = global.begin = global.end = 0;
	global.since_ns = xs_now_ns();
	xs_mutex_unlock(&global.lock);
	return 0;
}

void xs_global_introduce(void)
{
	xs_mutex_lock(&global.lock);
	global.introduced = global.fd >= 0;
	xs_local_each_hint(NULL, say_process_hint, NULL);
	announce_more();
	xs_mutex_unlock(&global.lock);
}

void xs_global_close(void)
{
	xs_mutex_lock(&global.lock);
	part();
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
	disconnect(); /* the parent's connection would not end with the parent */
	if (global.left >= 0)
		close(global.left);
	memset(&global, 0, sizeof(global));
	global.fd = global.bell = global.left = -1;
}
