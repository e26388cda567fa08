/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process as the daemon sees it, played by a test or a benchmark: a page, a connection, and the moves
 * that libpreempt would make. Everything waits for a state with a limit, and fails at the limit.
 */
#ifndef TESTS_KIT_ACTOR_H
#define TESTS_KIT_ACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/connection.h"
#include "wire/gate.h"
#include "wire/page.h"

struct actor {
	int fd, page_fd, bell;
	struct xs_page *page;
	uint64_t serial;
	uint32_t version;
	char policy[32];
};

/* What becomes of a play that fails: whoever plays defines it. */
__attribute__((noreturn, format(printf, 1, 2))) void actor_fail(const char *format, ...);

/* A bare connection; waits for the daemon. */
int actor_connect(void);

/* Connects with a page of its own, or anew with the same page. Returns 0, or the errno of ERROR. */
int actor_open(struct actor *actor, const char *name);
int actor_reopen(struct actor *actor);
/* Connects, with this priority unless it is 0, and with a queue in slot 0 on the device where most plays
 * take place (7). The daemon has seen it all. */
void actor_enter(struct actor *actor, const char *name, int priority);
int control_open(struct actor *actor);
void actor_close(struct actor *actor);

void actor_send(struct actor *actor, const struct xs_message *message);
/* The next message, LOOK and POLICY_CHANGED left out. False: the connection is gone. */
bool actor_receive(struct actor *actor, struct xs_message *message);
/* Sends a request and skips rows. Returns 0 or the errno of ERROR; rows: how many came, or NULL. */
int actor_ask(struct actor *actor, struct xs_message *request, uint32_t *rows);
/* Shows the daemon that this process is alive, if it asks: whoever does not answer is taken for frozen,
 * and holds nobody back any more. */
void actor_answer(struct actor *actor);

/* Moves of libpreempt. The id of a queue is its slot + 100, its handle unique per actor. Slots from 64
 * on have to be made ready for use. */
void actor_add(struct actor *actor, uint32_t slot, uint64_t device);
void actor_remove(struct actor *actor, uint32_t slot);
void actor_hint(struct actor *actor, uint32_t kind, int64_t value); /* XS_WIRE_HINT_*; of itself */
void actor_priority(struct actor *actor, int priority);
void actor_tell(struct actor *actor, uint32_t slot);
void actor_ready(struct actor *actor, uint32_t slot); /* a command arrives and departs */
void actor_idle(struct actor *actor, uint32_t slot);
uint64_t actor_handle(const struct actor *actor, uint32_t slot);
uint64_t actor_word(const struct actor *actor, uint32_t slot);
bool actor_is_open(const struct actor *actor, uint32_t slot);

/* Waits until the bits of mask in the word are as given. Returns how long that took. */
uint64_t actor_await(const struct actor *actor, uint32_t slot, uint64_t mask, uint64_t value);
uint64_t actor_await_open(const struct actor *actor, uint32_t slot);
uint64_t actor_await_closed(const struct actor *actor, uint32_t slot);

/* The daemon has seen everything that the actor did so far. */
void actor_sync(struct actor *actor);

#endif
