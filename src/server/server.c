/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: events, timers, signals, start and stop. */
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/client.h"
#include "server/http.h"
#include "server/notify.h"
#include "server/peer.h"
#include "server/plugin.h"
#include "server/say.h"

#define BEAT_MS  100 /* a part of XS_PAGE_HEARTBEAT_NS, since CPU priorities are read with it */
#define HELLO_NS (5 * XS_NS_PER_S)

_Static_assert(BEAT_MS *XS_NS_PER_MS <= XS_PAGE_HEARTBEAT_NS, "the heart beats often enough");

/* --- events -------------------------------------------------------------------------------------- */

void xs_server_begin(struct xs_server *server)
{
	xs_world_begin(&server->world);
}

/* An early alarm does no harm, so the timer is not set again when the time moves further away. */
static void arm(struct xs_server *server, uint64_t wake_ns)
{
	struct itimerspec when = {
		.it_value.tv_sec = (time_t)(wake_ns / XS_NS_PER_S),
		.it_value.tv_nsec = (long)(wake_ns % XS_NS_PER_S),
	};

	if (!wake_ns || (server->armed_ns && server->armed_ns <= wake_ns))
		return;
	if (timerfd_settime(server->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0)
		server->armed_ns = wake_ns;
}

/* A plug-in that has failed decides nothing more; what it was asked last, HPF has answered. */
static bool replace_plugin(struct xs_server *server)
{
	if (!xs_plugin_is_ejected(xs_sched_policy(server->world.sched)))
		return false;
	return xs_server_set_policy(server, "HPF") == 0;
}

void xs_server_end(struct xs_server *server)
{
	uint64_t wake_ns = xs_world_settle(&server->world);

	if (replace_plugin(server))
		wake_ns = xs_world_settle(&server->world);
	while (!xs_list_empty(&server->doomed)) {
		struct xs_list *link = server->doomed.next;

		xs_client_drop(xs_list_entry(link, struct xs_client, doom_link));
		wake_ns = xs_world_settle(&server->world);
	}
	arm(server, wake_ns);
}

static void on_timer(uv_poll_t *handle, int status, int events)
{
	struct xs_server *server = handle->data;
	uint64_t count;

	(void)status;
	(void)events;
	if (read(server->timer_fd, &count, sizeof(count)) != sizeof(count))
		return;
	server->armed_ns = 0;
	xs_server_begin(server);
	xs_world_tick(&server->world);
	xs_server_end(server);
}

static void on_beat(uv_timer_t *handle)
{
	struct xs_server *server = handle->data;

	xs_server_begin(server);
	xs_world_beat(&server->world);
	xs_world_sample_cpu(&server->world);
	xs_world_sample_frozen(&server->world);
	xs_world_tick(&server->world);
	xs_list_for_each (link, &server->clients) {
		struct xs_client *client = xs_list_entry(link, struct xs_client, link);

		if (!client->greeted && server->world.now_ns - client->since_ns > HELLO_NS)
			xs_client_doom(client, "it says nothing");
	}
	xs_server_end(server);
	xs_listen_resume(server);
}

static void send_look(struct xs_tenant *tenant)
{
	const struct xs_message look = { .opcode = XS_OP_LOOK, .flags = XS_WIRE_OPTIONAL };

	xs_client_send(xs_client_of(tenant), &look);
}

static void end_broken(struct xs_tenant *tenant)
{
	xs_client_doom(xs_client_of(tenant), "its page does not hold still");
}

/* --- settings ------------------------------------------------------------------------------------ */

int xs_server_set_policy(struct xs_server *server, const char *name)
{
	struct xs_message changed = { .opcode = XS_OP_POLICY_CHANGED, .flags = XS_WIRE_OPTIONAL };
	struct xs_world *world = &server->world;
	const char *before = xs_sched_policy(world->sched);
	int err = xs_plugin_is_ejected(name)
			  ? -EPERM
			  : xs_sched_set_policy(world->sched, name, world->now_ns);
	const char *after = xs_sched_policy(world->sched);

	if (err || before == after)
		return err;
	world->cpu_sampled_ns = 0;
	xs_say("policy changed from %s to %s", before, after);
	XS_MESSAGE_TEXT(changed.policy_changed.policy, after);
	xs_list_for_each (link, &world->tenants)
		xs_client_send(xs_client_of(xs_list_entry(link, struct xs_tenant, link)), &changed);
	return 0;
}

static void apply_settings(struct xs_server *server)
{
	const struct xs_settings *settings = &server->current;
	struct xs_world *world = &server->world;

	xs_plugin_set_limit(
		settings->plugin_limit_us ? settings->plugin_limit_us : XS_PLUGIN_LIMIT_US);
	for (size_t i = 0; i < settings->param_count; i++) {
		const struct xs_setting *param = &settings->params[i];

		xs_sched_param_set(world->sched, param->policy[0] ? param->policy : NULL,
			param->name, param->value, world->now_ns);
	}
	if (settings->policy[0])
		xs_server_set_policy(server, settings->policy);
}

/* The command line has the last word: it is put on top of what the file says. */
static bool read_settings(struct xs_server *server, struct xs_settings *settings)
{
	const struct xs_settings *asked = &server->asked;
	char why[256];

	xs_settings_init(settings);
	if (server->config && !xs_settings_load(settings, server->config, why, sizeof(why))) {
		xs_erro("%s", why);
		return false;
	}
	if (asked->policy[0])
		memcpy(settings->policy, asked->policy, sizeof(settings->policy));
	for (size_t i = 0; i < asked->param_count && settings->param_count < XS_SETTINGS_PARAMS;
		i++)
		settings->params[settings->param_count++] = asked->params[i];
	if (asked->socket[0])
		memcpy(settings->socket, asked->socket, sizeof(settings->socket));
	if (asked->group != XS_NO_GROUP)
		settings->group = asked->group;
	if (asked->http_address[0]) {
		memcpy(settings->http_address, asked->http_address, sizeof(settings->http_address));
		settings->http_port = asked->http_port;
	}
	if (asked->token_file[0])
		memcpy(settings->token_file, asked->token_file, sizeof(settings->token_file));
	if (asked->plugin_limit_us)
		settings->plugin_limit_us = asked->plugin_limit_us;
	return true;
}

static void reload(struct xs_server *server)
{
	struct xs_settings next;

	xs_notify_reloading();
	if (read_settings(server, &next)) {
		server->current = next;
		xs_server_begin(server);
		apply_settings(server);
		xs_server_end(server);
		xs_http_reload(server->http, server->current.token_file);
		xs_info("configuration read anew");
	} else {
		xs_warn("the configuration stays as it was");
	}
	xs_notify("READY=1");
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct xs_server *server = handle->data;

	if (number == SIGHUP) {
		reload(server);
		return;
	}
	xs_notify("STOPPING=1");
	uv_stop(&server->loop);
}

/* --- start and stop ------------------------------------------------------------------------------ */

/* Four descriptors a process, and some hundred processes: as many as we may have. */
static uint32_t raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return 256;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_NOFILE, &files);
	return files.rlim_cur < 1u << 20 ? (uint32_t)files.rlim_cur : 1u << 20;
}

static int open_timer(struct xs_server *server)
{
	server->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (server->timer_fd < 0)
		return -errno;
	int err = uv_poll_init(&server->loop, &server->timer, server->timer_fd);
	if (err)
		return err;
	server->timer.data = server;
	uv_poll_start(&server->timer, UV_READABLE, on_timer);
	uv_timer_init(&server->loop, &server->beat);
	server->beat.data = server;
	uv_timer_start(&server->beat, on_beat, BEAT_MS, BEAT_MS);
	return 0;
}

static int watch_signals(struct xs_server *server)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP };

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int err = uv_signal_init(&server->loop, &server->signals[i]);

		server->signals[i].data = server;
		if (!err)
			err = uv_signal_start(&server->signals[i], on_signal, numbers[i]);
		if (err)
			return err;
	}
	return 0;
}

/* All that it waits for but connections. */
static int open_loop(struct xs_server *server)
{
	int err = uv_loop_init(&server->loop);

	if (!err)
		err = watch_signals(server);
	if (!err)
		err = open_timer(server);
	if (!err)
		err = xs_bells_open(server);
	if (err)
		xs_erro("cannot wait for anything: %s", strerror(-err));
	return err;
}

int xs_server_start(struct xs_server *server, const struct xs_settings *asked, const char *config)
{
	static const struct xs_world_ops ops = { .look = send_look, .broken = end_broken };
	int err;

	memset(server, 0, sizeof(*server));
	server->asked = *asked;
	server->config = config;
	server->listen_fd = server->lock_fd = -1;
	xs_list_init(&server->clients);
	xs_list_init(&server->doomed);
	xs_list_init(&server->restless);
	if (!read_settings(server, &server->current))
		return -EINVAL;
	xs_plugin_seal();
	/* A user gets at most an eighth of the descriptors. */
	server->most_per_user = raise_limit() / (8 * 4);
	if (server->most_per_user < 16)
		server->most_per_user = 16;

	err = xs_world_init(&server->world, &ops, server->current.policy);
	if (err) {
		xs_erro("cannot start the scheduler: %s", strerror(-err));
		return err;
	}
	err = open_loop(server);
	if (err)
		return err;
	xs_server_begin(server);
	apply_settings(server);
	xs_info("scheduler created with policy %s", xs_sched_policy(server->world.sched));
	err = xs_listen_open(server);
	if (err)
		return err;
	xs_server_end(server);
	xs_server_hurry();
	xs_info("events receiver started");
	if (server->current.http_address[0])
		err = xs_http_open(&server->http, server);
	if (!err)
		xs_notify("READY=1");
	return err;
}

static void close_what_is_left(uv_handle_t *handle, void *ctx)
{
	(void)ctx;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void stop(struct xs_server *server)
{
	/* First everybody is free; then the rest may take its time. */
	xs_server_begin(server);
	while (!xs_list_empty(&server->clients))
		xs_client_drop(xs_list_entry(server->clients.next, struct xs_client, link));
	xs_http_close(server->http);
	xs_listen_close(server);
	xs_bells_close(server);
	close(server->timer_fd);
	xs_world_fini(&server->world);
	uv_walk(&server->loop, close_what_is_left, NULL);
	uv_run(&server->loop, UV_RUN_DEFAULT);
	uv_loop_close(&server->loop);
}

void xs_server_run(struct xs_server *server)
{
	uv_run(&server->loop, UV_RUN_DEFAULT);
	xs_info("stopping");
	stop(server);
}
