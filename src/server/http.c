/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP by libmicrohttpd, which brings an epoll descriptor for our loop and no thread.
 *
 * Who may: everybody who reaches the address may read. To change something the request carries the
 * token ("Authorization: Bearer TOKEN"). A page in somebody's browser can neither guess the token nor
 * reach us under a name of its own: the Host header has to be an address of this machine.
 */
#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "server/http_api.h"
#include "server/server.h"

#define LARGEST_BODY  65536
#define METRICS_BLOCK 8192
#define CONNECTIONS   64
#define TIMEOUT_S     10

struct xs_http {
	struct xs_server *server;
	struct MHD_Daemon *daemon;
	uv_poll_t events;
	uv_timer_t timer;
	bool local; /* a Unix socket: the Host header means nothing */
	char path[XS_WIRE_PATH_SIZE];
	char token[256]; /* "": nothing can be changed */
};

struct body {
	size_t size;
	bool too_large;
	char text[LARGEST_BODY + 1];
};

/* --- rights -------------------------------------------------------------------------------------- */

static bool equal_in_constant_time(const char *secret, const char *guess)
{
	size_t length = strlen(guess);
	unsigned char difference = strlen(secret) != length;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(secret[i % (strlen(secret) + 1)] ^ guess[i]);
	return !difference;
}

static bool may_change(const struct xs_http *http, struct MHD_Connection *connection)
{
	const char *header = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);

	return http->token[0] && header && strncasecmp(header, "Bearer ", 7) == 0 &&
	       equal_in_constant_time(http->token, header + 7);
}

/* A loopback address or "localhost", with or without a port. */
static bool host_is_ours(const struct xs_http *http, struct MHD_Connection *connection)
{
	const char *header =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	struct in_addr address;
	char host[64];

	if (http->local || !header)
		return true;
	if (strncmp(header, "[::1]", 5) == 0)
		return header[5] == '\0' || header[5] == ':';
	size_t length = strcspn(header, ":");
	if (length >= sizeof(host))
		return false;
	memcpy(host, header, length);
	host[length] = '\0';
	return strcasecmp(host, "localhost") == 0 ||
	       (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

/* --- answers ------------------------------------------------------------------------------------- */

static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned int status,
	struct MHD_Response *response, const char *type)
{
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_json(
	struct MHD_Connection *connection, unsigned int status, json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);

	json_decref(answer);
	if (!text)
		return MHD_NO;
	return send_response(connection, status,
		MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE),
		"application/json");
}

static enum MHD_Result refuse(
	struct MHD_Connection *connection, unsigned int status, const char *error)
{
	return send_json(connection, status, json_pack("{s:s}", "error", error));
}

static ssize_t read_metrics(void *ctx, uint64_t position, char *buffer, size_t size)
{
	size_t written = xs_metrics_write(ctx, buffer, size);

	(void)position;
	return written ? (ssize_t)written : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_metrics(void *ctx)
{
	xs_metrics_destroy(ctx);
}

static enum MHD_Result send_metrics(struct xs_http *http, struct MHD_Connection *connection)
{
	struct xs_metrics *metrics = xs_metrics_create(http->server);

	if (!metrics)
		return MHD_NO;
	return send_response(connection, MHD_HTTP_OK,
		MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, METRICS_BLOCK, read_metrics, metrics, free_metrics),
		"text/plain; version=0.0.4");
}

/* --- requests ------------------------------------------------------------------------------------ */

static const char *argument(void *ctx, const char *name)
{
	return MHD_lookup_connection_value(ctx, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result answer_request(struct xs_http *http, struct MHD_Connection *connection,
	const char *path, bool post, const char *body)
{
	struct xs_request request = { http->server, path, body, argument, connection };
	json_t *answer = NULL;
	unsigned int status;

	if (!host_is_ours(http, connection))
		return refuse(connection, MHD_HTTP_FORBIDDEN, "this host is not served");
	if (!post && strcmp(path, "/metrics") == 0)
		return send_metrics(http, connection);
	if (post && !may_change(http, connection))
		return refuse(connection,
			http->token[0] ? MHD_HTTP_UNAUTHORIZED : MHD_HTTP_FORBIDDEN,
			http->token[0] ? "the token is missing or wrong"
				       : "read-only: no token is configured");
	xs_server_begin(http->server);
	status = post ? xs_api_post(&request, &answer) : xs_api_get(&request, &answer);
	xs_server_end(http->server);
	if (!answer)
		return refuse(connection, status, "there is no such thing");
	return send_json(connection, status, answer);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *data, size_t *size, void **state)
{
	bool post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
	struct body *body = *state;

	(void)version;
	if (!post && strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or POST");
	if (!body) {
		body = *state = calloc(1, post ? sizeof(*body) : 32);
		return body ? MHD_YES : MHD_NO;
	}
	if (!post)
		return answer_request(ctx, connection, path, false, "");
	if (*size) {
		body->too_large |= *size > LARGEST_BODY - body->size;
		if (!body->too_large) {
			memcpy(body->text + body->size, data, *size);
			body->size += *size;
		}
		*size = 0;
		return MHD_YES;
	}
	if (body->too_large)
		return refuse(connection, 413, "too large");
	return answer_request(ctx, connection, path, true, body->text);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode why)
{
	(void)ctx;
	(void)connection;
	(void)why;
	free(*state);
	*state = NULL;
}

/* --- the endpoint -------------------------------------------------------------------------------- */

void xs_http_reload(struct xs_http *http, const char *token_file)
{
	if (!http)
		return;
	memset(http->token, 0, sizeof(http->token));
	if (!*token_file)
		return;
	FILE *file = fopen(token_file, "re");
	if (!file || !fgets(http->token, sizeof(http->token), file))
		xs_warn("no token in %s: nothing can be changed over HTTP", token_file);
	if (file)
		fclose(file);
	http->token[strcspn(http->token, "\r\n")] = '\0';
}

static int listen_on(int fd, const struct sockaddr *address, socklen_t size)
{
	if (fd < 0)
		return -errno;
	if (bind(fd, address, size) == 0 && listen(fd, 64) == 0)
		return fd;
	int err = -errno;
	close(fd);
	return err;
}

static int open_unix(struct xs_http *http, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, path, sizeof(address.sun_path));
	memcpy(http->path, path, sizeof(http->path));
	http->local = true;
	struct stat file;
	if (lstat(path, &file) == 0 && S_ISSOCK(file.st_mode))
		unlink(path);
	mode_t old = umask(0117);
	int fd = listen_on(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
		(struct sockaddr *)&address, sizeof(address));
	umask(old);
	return fd;
}

static int open_tcp(const char *text, uint16_t port)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	bool is_four = inet_pton(AF_INET, text, &four.sin_addr) == 1;
	int on = 1;

	if (!is_four && inet_pton(AF_INET6, text, &six.sin6_addr) != 1)
		return -EINVAL;
	int fd =
		socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return is_four ? listen_on(fd, (struct sockaddr *)&four, sizeof(four))
		       : listen_on(fd, (struct sockaddr *)&six, sizeof(six));
}

static void on_events(uv_poll_t *handle, int status, int events)
{
	struct xs_http *http = handle->data;

	(void)status;
	(void)events;
	MHD_run(http->daemon);
}

/* Connections that are silent for too long are found when it runs. */
static void on_timer(uv_timer_t *handle)
{
	struct xs_http *http = handle->data;

	MHD_run(http->daemon);
}

static int watch(struct xs_http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	int err = uv_poll_init(&http->server->loop, &http->events, info->epoll_fd);
	if (err)
		return err;
	http->events.data = http;
	uv_poll_start(&http->events, UV_READABLE, on_events);
	uv_timer_init(&http->server->loop, &http->timer);
	http->timer.data = http;
	uv_timer_start(&http->timer, on_timer, 1000, 1000);
	return 0;
}

int xs_http_open(struct xs_http **out, struct xs_server *server)
{
	const struct xs_settings *settings = &server->current;
	struct xs_http *http = calloc(1, sizeof(*http));
	int err = -ENOMEM, fd = -1;

	if (!http)
		goto out;
	http->server = server;
	fd = strchr(settings->http_address, '/')
		     ? open_unix(http, settings->http_address)
		     : open_tcp(settings->http_address, settings->http_port);
	err = fd;
	if (fd < 0)
		goto out;
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL,
		on_request, http, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)TIMEOUT_S,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
	err = -EIO;
	if (!http->daemon)
		goto out;
	xs_http_reload(http, settings->token_file);
	err = watch(http);
	if (err) {
		MHD_stop_daemon(http->daemon); /* which closes the socket */
		fd = -1;
		goto out;
	}
	*out = http;
	if (http->local)
		xs_info("HTTP server listening on %s", settings->http_address);
	else
		xs_info("HTTP server listening on port %u", settings->http_port);
	return 0;

out:
	xs_erro("no HTTP on %s: %s", settings->http_address, strerror(-err));
	if (fd >= 0)
		close(fd);
	free(http);
	return err;
}

static void on_closed(uv_handle_t *handle)
{
	struct xs_http *http = handle->data;

	free(http);
}

void xs_http_close(struct xs_http *http)
{
	if (!http)
		return;
	uv_close((uv_handle_t *)&http->events, NULL);
	MHD_stop_daemon(http->daemon);
	if (http->local)
		unlink(http->path);
	uv_close((uv_handle_t *)&http->timer, on_closed);
}
