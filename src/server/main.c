/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xserver: all processes of a machine under one policy. The command line; doc/xserver.md is its manual.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/plugin.h"
#include "server/plugin_pipe.h"
#include "server/server.h"

static const char usage[] =
	"usage: xserver [OPTION...] [POLICY PORT]\n"
	"\n"
	"  -p, --policy NAME[,PARAM=VALUE...]  default HPF; or the path of a plug-in\n"
	"  -s, --socket PATH     default /run/xsched/xsched.sock, of a user "
	"$XDG_RUNTIME_DIR/xsched.sock\n"
	"  -c, --config FILE     JSON; read again at SIGHUP\n"
	"  -g, --group NAME      its members may act on processes of others\n"
	"      --http ADDR[:PORT]  serve HTTP on a loopback address, or on a socket (a path)\n"
	"      --token FILE      its first line is what a request over HTTP needs to change "
	"anything\n"
	"      --plugin-limit US  processor time that a plug-in's decision may take (1000)\n"
	"      --foreground      stay in the foreground; that is so anyway\n"
	"      --version, --help\n"
	"\n"
	"POLICY PORT, as with XSched: the same as --policy POLICY --http PORT.\n";

enum { HTTP = 256, TOKEN, PLUGIN_LIMIT, FOREGROUND, VERSION, HELP };

static const struct option options[] = {
	{ "policy", required_argument, NULL, 'p' },
	{ "socket", required_argument, NULL, 's' },
	{ "config", required_argument, NULL, 'c' },
	{ "group", required_argument, NULL, 'g' },
	{ "http", required_argument, NULL, HTTP },
	{ "token", required_argument, NULL, TOKEN },
	{ "plugin-limit", required_argument, NULL, PLUGIN_LIMIT },
	{ "foreground", no_argument, NULL, FOREGROUND },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, HELP },
	{ 0 },
};

struct request {
	struct xs_settings settings;
	const char *config;
	char why[256];
};

static bool copy(char *to, size_t size, const char *text, char *why, size_t why_size)
{
	if (snprintf(to, size, "%s", text) < (int)size)
		return true;
	snprintf(why, why_size, "'%s' is too long", text);
	return false;
}

static bool take_option(struct request *request, int option, const char *text)
{
	struct xs_settings *settings = &request->settings;
	char *why = request->why;
	size_t size = sizeof(request->why);

	switch (option) {
	case 'p':
		return xs_settings_policy(settings, text, why, size);
	case 's':
		return copy(settings->socket, sizeof(settings->socket), text, why, size);
	case 'g':
		return xs_settings_group(settings, text, why, size);
	case HTTP:
		return xs_settings_http(settings, text, why, size);
	case TOKEN:
		return copy(settings->token_file, sizeof(settings->token_file), text, why, size);
	case PLUGIN_LIMIT:
		return xs_settings_plugin_limit(settings, text, why, size);
	case 'c':
		request->config = text;
		return true;
	case FOREGROUND:
		return true;
	default:
		snprintf(why, size, "see xserver --help");
		return false;
	}
}

/* xserver HPF 50000 */
static bool take_arguments(struct request *request, int count, char **arguments)
{
	if (count == 0)
		return true;
	if (count != 2) {
		snprintf(request->why, sizeof(request->why),
			"a policy and a port, or neither; see xserver --help");
		return false;
	}
	return take_option(request, 'p', arguments[0]) && take_option(request, HTTP, arguments[1]);
}

/* Returns the exit status, or -1 to go on. */
static int read_command_line(struct request *request, int argc, char **argv)
{
	int option;

	xs_settings_init(&request->settings);
	while ((option = getopt_long(argc, argv, "p:s:c:g:h", options, NULL)) != -1) {
		if (option == VERSION || option == HELP || option == 'h') {
			if (option == VERSION)
				puts("xserver " XS_VERSION);
			else
				fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (!take_option(request, option, optarg))
			goto bad;
	}
	if (take_arguments(request, argc - optind, argv + optind))
		return -1;
bad:
	fprintf(stderr, "xserver: %s\n", request->why);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static struct xs_server server;
	struct request request = { 0 };
	int status;

	if (argc == 2 && strcmp(argv[1], XS_PLUGIN_ROLE) == 0)
		return xs_plugin_process();
	status = read_command_line(&request, argc, argv);
	if (status >= 0)
		return status;
	xs_log_set_default(XS_LOG_INFO);
	if (argc == 1)
		xs_info("using default: xserver --policy HPF");
	if (xs_server_start(&server, &request.settings, request.config) != 0)
		return EXIT_FAILURE;
	xs_server_run(&server);
	xs_plugin_end();
	return EXIT_SUCCESS;
}
