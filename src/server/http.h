/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The optional HTTP endpoint: metrics, an API for programs, and XSched's own requests. It runs in the
 * loop of the daemon, listens on a loopback address or a Unix socket only, and changes nothing unless
 * a token is configured and the request carries it. A build without libmicrohttpd has none and says
 * so.
 */
#ifndef XS_SERVER_HTTP_H
#define XS_SERVER_HTTP_H

struct xs_http;
struct xs_server;

/* Opens the endpoint that the settings name. Returns 0, or -errno after it has said why. */
int xs_http_open(struct xs_http **out, struct xs_server *server);

/* NULL is allowed, for both. */
void xs_http_reload(struct xs_http *http, const char *token_file);
void xs_http_close(struct xs_http *http);

#endif
