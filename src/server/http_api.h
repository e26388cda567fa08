/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the HTTP endpoint answers: http.c knows sockets and rights, this knows the daemon. Runs in the
 * loop.
 */
#ifndef XS_SERVER_HTTP_API_H
#define XS_SERVER_HTTP_API_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct MHD_Connection;
struct xs_server;

/* A request without its transport. Arguments are looked up in the query string. */
struct xs_request {
	struct xs_server *server;
	const char *path;
	const char *body; /* of a POST, with an end; "" if there is none */
	const char *(*argument)(void *ctx, const char *name);
	void *ctx;
};

/* Both return the status and set the answer, which the caller releases. 404: no such path. */
unsigned int xs_api_get(const struct xs_request *request, json_t **answer);
unsigned int xs_api_post(const struct xs_request *request, json_t **answer);

/*
 * The metrics in the text format of Prometheus, from a copy of the present state: they are written as
 * fast as they are read, some kilobytes at a time, between decisions.
 */
struct xs_metrics;

struct xs_metrics *xs_metrics_create(struct xs_server *server);
size_t xs_metrics_write(struct xs_metrics *metrics, char *buffer, size_t size); /* 0: the end */
void xs_metrics_destroy(struct xs_metrics *metrics);

#endif
