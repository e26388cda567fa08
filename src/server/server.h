/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: one thread, one libuv loop. It watches the listening socket, a connection and a
 * process descriptor per client, the bells of all tenants through one epoll descriptor, one timer
 * descriptor for the scheduler (libuv's own timers count milliseconds), and signals.
 *
 * Whatever changes the world happens between xs_server_begin() and xs_server_end(). No callback
 * blocks, and none runs for long because of what one peer does.
 */
#ifndef XS_SERVER_SERVER_H
#define XS_SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/list.h"
#include "server/settings.h"
#include "server/world.h"

struct xs_http;

struct xs_server {
	uv_loop_t loop;
	struct xs_settings asked;   /* by the command line */
	struct xs_settings current; /* with the configuration file on top */
	const char *config;         /* path of that file, or NULL */
	struct xs_world world;

	struct xs_list clients;  /* xs_client.link */
	struct xs_list doomed;   /* xs_client.doom_link: to be dropped at the end of this event */
	struct xs_list restless; /* xs_client.restless_link: their page changes all the time */
	uint32_t client_count;
	uint32_t most_per_user; /* connections of one user who is not a steward */
	uint64_t next_serial;
	uint64_t connects, refusals, drops; /* ever */

	int listen_fd, lock_fd;
	char path[XS_WIRE_PATH_SIZE]; /* "": the socket came from the service manager */
	bool accepting;
	uv_poll_t listener;
	int bells_fd;
	uv_poll_t bells;
	int timer_fd;
	uint64_t armed_ns; /* when the timer descriptor fires; 0: not armed */
	uv_poll_t timer;
	uv_timer_t beat;
	uv_idle_t again;
	uv_signal_t signals[4];
	struct xs_http *http;
};

/* Returns 0, or -errno after it has said why. asked is copied; config stays the caller's. */
int xs_server_start(struct xs_server *server, const struct xs_settings *asked, const char *config);

/* Runs until a signal says stop. All gates are open then. */
void xs_server_run(struct xs_server *server);

void xs_server_begin(struct xs_server *server);
void xs_server_end(struct xs_server *server);

/* Sets the policy for everybody and tells them. Returns 0 or -errno. */
int xs_server_set_policy(struct xs_server *server, const char *name);

/* urgency.c: asks the kernel to run this thread soon when it wakes. */
void xs_server_hurry(void);

/* --- listen.c ------------------------------------------------------------------------------------ */

/* Opens the listening socket. Returns 0, or -errno after it has said why. */
int xs_listen_open(struct xs_server *server);
void xs_listen_close(struct xs_server *server);

/* A descriptor became free: goes on accepting if that had to stop. */
void xs_listen_resume(struct xs_server *server);

/* --- bells.c ------------------------------------------------------------------------------------- */

struct xs_client;

/* Whether the loop takes another turn at once, for the sake of restless tenants. */
void xs_bells_stir(struct xs_server *server, bool on);

int xs_bells_open(struct xs_server *server);
void xs_bells_close(struct xs_server *server);

/* The bell of a tenant. It belongs to the daemon, but whoever has it may have changed its flags, so
 * it is never read or written here: only its edges count. Returns 0 or -errno. */
int xs_bells_add(struct xs_server *server, struct xs_client *client, int fd);
void xs_bells_remove(struct xs_server *server, struct xs_client *client, int fd);

#endif
