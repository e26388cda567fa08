/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for http.c in a build without libmicrohttpd. */
#include "server/http.h"

#include <errno.h>
#include <stddef.h>

#include "base/log.h"

int xs_http_open(struct xs_http **out, struct xs_server *server)
{
	(void)server;
	*out = NULL;
	xs_warn("built without libmicrohttpd: no HTTP");
	return 0;
}

void xs_http_reload(struct xs_http *http, const char *token_file)
{
	(void)http;
	(void)token_file;
}

void xs_http_close(struct xs_http *http)
{
	(void)http;
}
