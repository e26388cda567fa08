/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process as the daemon sees it, played by a test: a page, a connection, and the moves that
 * libpreempt would make. Everything waits for a state with a limit, and fails the test at the limit.
 */
#ifndef TESTS_SERVER_KIT_H
#define TESTS_SERVER_KIT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/types.h>
#include <cmocka.h>

#include "wire/connection.h"
#include "wire/gate.h"
#include "wire/page.h"

#define MS  1000000ull
#define SEC 1000000000ull

struct actor {
	int fd, page_fd, bell;
	struct xs_page *page;
	uint64_t serial;
	uint32_t version;
	char policy[32];
};

/* The daemon under test. Its socket is in the scratch directory. */
pid_t kit_start(
	const char *const *arguments);    /* NULL-terminated, or NULL; waits until it answers */
void kit_stop(pid_t daemon);              /* SIGTERM; it has to end with status 0 */
void kit_kill(pid_t process, int signal); /* and waits for its end */
const char *kit_socket(void);
const char *kit_log(void); /* path of the daemon's standard error */

int kit_connect(void); /* a bare connection; -errno */
int kit_connect_patiently(void);

/* Connects with a page of its own, or anew with the same page. Returns 0, or the errno of ERROR. */
int actor_open(struct actor *actor, const char *name);
int actor_reopen(struct actor *actor);
int control_open(struct actor *actor);
void actor_close(struct actor *actor);

void actor_send(struct actor *actor, const struct xs_message *message);
/* The next message, LOOK and POLICY_CHANGED left out. False: the connection is gone. */
bool actor_receive(struct actor *actor, struct xs_message *message);
/* Sends a request and skips rows. Returns 0 or the errno of ERROR; rows: how many came, or NULL. */
int actor_ask(struct actor *actor, struct xs_message *request, uint32_t *rows);

/* Moves of libpreempt. The id of a queue is its slot + 100, its handle unique per actor. */
void actor_add(struct actor *actor, uint32_t slot, uint64_t device);
void actor_remove(struct actor *actor, uint32_t slot);
void actor_priority(struct actor *actor, int priority);
void actor_tell(struct actor *actor, uint32_t slot);
void actor_ready(struct actor *actor, uint32_t slot); /* a command arrives and departs */
void actor_idle(struct actor *actor, uint32_t slot);
uint64_t actor_handle(const struct actor *actor, uint32_t slot);
uint64_t actor_word(const struct actor *actor, uint32_t slot);

/* Waits until the bits of mask in the word are as given. Returns how long that took. */
uint64_t actor_await(const struct actor *actor, uint32_t slot, uint64_t mask, uint64_t value);
uint64_t actor_await_open(const struct actor *actor, uint32_t slot);
uint64_t actor_await_closed(const struct actor *actor, uint32_t slot);

/* The daemon has seen everything that the actor did so far. */
void actor_sync(struct actor *actor);

/* How many descriptors the process has open. */
int kit_open_fds(pid_t process);
void kit_await_fds(pid_t process, int count);

#endif
