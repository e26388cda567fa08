/* SPDX-License-Identifier: Apache-2.0 */
/* See actor.h. */
#include "actor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"

#define LIMIT_NS (60 * XS_NS_PER_S)
#define DEVICE   7

static void check_limit(uint64_t limit_ns)
{
	if (xs_now_ns() >= limit_ns)
		actor_fail("the daemon does nothing");
}

/* --- messages ------------------------------------------------------------------------------------ */

void actor_send(struct actor *actor, const struct xs_message *message)
{
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int err;

	while ((err = xs_wire_send(actor->fd, message, NULL, 0)) == -EAGAIN) {
		check_limit(limit);
		usleep(100);
	}
	(void)err; /* a connection that is gone shows when it is read */
}

static int receive(struct actor *actor, struct xs_message *message, int *fds, size_t *fd_count)
{
	struct pollfd input = { .fd = actor->fd, .events = POLLIN };
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int err;

	do {
		check_limit(limit);
		poll(&input, 1, 1000);
		err = xs_wire_receive(actor->fd, message, XS_TO_CLIENT, fds, fd_count);
	} while (err == -EAGAIN);
	if (err == -EPROTO)
		actor_fail("the daemon sends what is no message");
	return err;
}

bool actor_receive(struct actor *actor, struct xs_message *message)
{
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	do {
		if (receive(actor, message, fds, &fd_count) != 0)
			return false;
		while (fd_count)
			close(fds[--fd_count]);
		if (message->opcode == XS_OP_LOOK && actor->page)
			xs_store_full(&actor->page->client_told, 0);
	} while (message->opcode == XS_OP_LOOK || message->opcode == XS_OP_POLICY_CHANGED);
	return true;
}

void actor_answer(struct actor *actor)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS], err;
	size_t fd_count;

	if (!xs_load_full(&actor->page->client_told))
		return;
	xs_store_full(&actor->page->client_told, 0); /* first: what comes after it asks anew */
	do {
		err = xs_wire_receive(actor->fd, &message, XS_TO_CLIENT, fds, &fd_count);
		while (!err && fd_count)
			close(fds[--fd_count]);
	} while (!err);
	if (err != -EAGAIN)
		actor_fail("the daemon is gone");
}

int actor_ask(struct actor *actor, struct xs_message *request, uint32_t *rows)
{
	static uint16_t serial;
	struct xs_message answer;
	uint32_t count = 0;

	request->serial = ++serial;
	actor_send(actor, request);
	for (;; count++) {
		if (!actor_receive(actor, &answer))
			return ECONNRESET;
		if (answer.serial != request->serial)
			continue;
		if (answer.opcode == XS_OP_ERROR)
			return answer.error.code;
		if (answer.opcode == XS_OP_DONE)
			break;
	}
	if (rows)
		*rows = count;
	return 0;
}

/* --- coming and going ---------------------------------------------------------------------------- */

int actor_connect(void)
{
	uint64_t limit = xs_now_ns() + LIMIT_NS;
	int fd;

	while ((fd = xs_wire_connect()) < 0) {
		check_limit(limit);
		usleep(500);
	}
	return fd;
}

static int say_hello(struct actor *actor, uint32_t role, const char *name)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	int fds[XS_WIRE_FDS];
	size_t fd_count;

	actor->bell = -1;
	message.hello.version = XS_WIRE_VERSION;
	message.hello.oldest = XS_WIRE_OLDEST;
	message.hello.role = role;
	message.hello.pid = (uint32_t)getpid();
	XS_MESSAGE_TEXT(message.hello.name, name);
	xs_wire_send(actor->fd, &message, &actor->page_fd, role == XS_ROLE_PROCESS);
	if (receive(actor, &message, fds, &fd_count) != 0)
		return ECONNRESET;
	if (message.opcode == XS_OP_ERROR)
		return message.error.code;
	if (message.opcode != XS_OP_WELCOME || fd_count != (role == XS_ROLE_PROCESS ? 1 : 0))
		actor_fail(
			"message %u with %zu descriptors, not WELCOME", message.opcode, fd_count);
	if (fd_count)
		actor->bell = fds[0];
	actor->serial = message.welcome.serial;
	actor->version = message.welcome.version;
	memcpy(actor->policy, message.welcome.policy, sizeof(actor->policy));
	return 0;
}

int actor_open(struct actor *actor, const char *name)
{
	memset(actor, 0, sizeof(*actor));
	if (xs_page_create(&actor->page, &actor->page_fd) != 0)
		actor_fail("there is no page");
	for (size_t i = 0; i < 64; i++)
		xs_store_relaxed(&actor->page->slots[i].word, XS_GATE_INITIAL);
	actor->fd = actor_connect();
	return say_hello(actor, XS_ROLE_PROCESS, name);
}

int actor_reopen(struct actor *actor)
{
	close(actor->fd);
	close(actor->bell);
	actor->fd = actor_connect();
	return say_hello(actor, XS_ROLE_PROCESS, "again");
}

int control_open(struct actor *actor)
{
	memset(actor, 0, sizeof(*actor));
	actor->page_fd = -1;
	actor->fd = actor_connect();
	return say_hello(actor, XS_ROLE_CONTROL, "control");
}

void actor_close(struct actor *actor)
{
	close(actor->fd);
	if (actor->bell >= 0)
		close(actor->bell);
	if (actor->page_fd >= 0)
		close(actor->page_fd);
	if (actor->page)
		munmap(actor->page, sizeof(*actor->page));
}

/* --- moves --------------------------------------------------------------------------------------- */

uint64_t actor_handle(const struct actor *actor, uint32_t slot)
{
	return actor->serial << 32 | (slot + 100);
}

void actor_add(struct actor *actor, uint32_t slot, uint64_t device)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_ADD };

	message.queue_add.slot = slot;
	message.queue_add.level = 1;
	message.queue_add.id = slot + 100;
	message.queue_add.handle = actor_handle(actor, slot);
	message.queue_add.device = device;
	actor_send(actor, &message);
}

void actor_remove(struct actor *actor, uint32_t slot)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_REMOVE };

	message.queue_remove.slot = slot;
	message.queue_remove.id = slot + 100;
	actor_send(actor, &message);
}

void actor_hint(struct actor *actor, uint32_t kind, int64_t value)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = XS_TARGET_OWN_PROCESS;
	message.hint.kind = kind;
	message.hint.value = value;
	actor_send(actor, &message);
}

void actor_priority(struct actor *actor, int priority)
{
	actor_hint(actor, XS_WIRE_HINT_PRIORITY, priority);
}

void actor_tell(struct actor *actor, uint32_t slot)
{
	const uint64_t one = 1;

	if (xs_page_tell(actor->page, slot) && write(actor->bell, &one, sizeof(one)) < 0)
		fprintf(stderr, "the bell is broken: %s\n", strerror(errno));
}

void actor_ready(struct actor *actor, uint32_t slot)
{
	struct xs_slot *place = &actor->page->slots[slot];

	xs_gate_arrive(place);
	xs_gate_apply(place, XS_GATE_WAKE);
	xs_gate_depart(place);
	actor_tell(actor, slot);
}

void actor_idle(struct actor *actor, uint32_t slot)
{
	struct xs_slot *place = &actor->page->slots[slot];

	xs_gate_run_dry(place, xs_gate_submitted(xs_load_full(&place->word)));
	actor_tell(actor, slot);
}

uint64_t actor_word(const struct actor *actor, uint32_t slot)
{
	return xs_load_full(&actor->page->slots[slot].word);
}

bool actor_is_open(const struct actor *actor, uint32_t slot)
{
	return actor_word(actor, slot) & XS_GATE_OPEN;
}

uint64_t actor_await(const struct actor *actor, uint32_t slot, uint64_t mask, uint64_t value)
{
	uint64_t began = xs_now_ns();

	while ((actor_word(actor, slot) & mask) != value) {
		if (xs_now_ns() - began > LIMIT_NS)
			actor_fail("slot %u: word %llx, awaited %llx of %llx", slot,
				(unsigned long long)actor_word(actor, slot),
				(unsigned long long)value, (unsigned long long)mask);
		usleep(20);
	}
	return xs_now_ns() - began;
}

uint64_t actor_await_open(const struct actor *actor, uint32_t slot)
{
	return actor_await(actor, slot, XS_GATE_OPEN, XS_GATE_OPEN);
}

uint64_t actor_await_closed(const struct actor *actor, uint32_t slot)
{
	return actor_await(actor, slot, XS_GATE_OPEN, 0);
}

/* A refused request is answered after all that came before it. */
void actor_sync(struct actor *actor)
{
	struct xs_message request = { .opcode = XS_OP_QUEUE_REMOVE };

	request.queue_remove.slot = XS_PAGE_SLOTS;
	int code = actor_ask(actor, &request, NULL);
	if (code != ENOENT)
		actor_fail("the daemon answers %d to what it has to refuse", code);
}

void actor_enter(struct actor *actor, const char *name, int priority)
{
	if (actor_open(actor, name) != 0)
		actor_fail("the daemon refuses %s", name);
	if (priority)
		actor_priority(actor, priority);
	actor_add(actor, 0, DEVICE);
	actor_sync(actor);
}
