/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli: what users and administrators see of the scheduler. The verbs are in files of their own; this
 * one finds the verb, reads its command line and explains it. doc/xcli.1 is the manual.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"

/* A verb whose file is not there is NULL. */
#define XS_VERB(name) extern const struct xs_verb xs_verb_##name __attribute__((weak));
#include "cli/verbs.def"
#undef XS_VERB

static const struct xs_verb *const verbs[] = {
#define XS_VERB(name) &xs_verb_##name,
#include "cli/verbs.def"
#undef XS_VERB
};

#define VERBS (sizeof(verbs) / sizeof(*verbs))

static const struct xs_verb *current;

const struct xs_verb *xs_verb_at(size_t index)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (verbs[i] && index-- == 0)
			return verbs[i];
	}
	return NULL;
}

const struct xs_verb *xs_verb_find(const char *name)
{
	const struct xs_verb *verb;

	for (size_t i = 0; (verb = xs_verb_at(i)); i++) {
		if (strcmp(verb->name, name) == 0)
			return verb;
	}
	return NULL;
}

/* --- complaints ---------------------------------------------------------------------------------- */

static void complain(const char *format, va_list arguments)
{
	fflush(stdout);
	fprintf(stderr, "xcli%s%s: ", current ? " " : "", current ? current->name : "");
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void xs_complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(format, arguments);
	va_end(arguments);
}

int xs_usage_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(format, arguments);
	va_end(arguments);
	fprintf(stderr, "xcli%s%s --help explains it\n", current ? " " : "",
		current ? current->name : "");
	return current && current->usage_status ? current->usage_status : XS_EXIT_USAGE;
}

/* --- help ---------------------------------------------------------------------------------------- */

/* What goes before the verb. Address and port are where XSched's command line finds its daemon;
 * ours is at the socket, so they are checked and not used. */
enum { ADDR, PORT, VERSION };

static bool read_address(const struct xs_arg *arg, const char *text, int64_t *number)
{
	struct in_addr address;

	(void)arg;
	(void)number;
	return inet_pton(AF_INET, text, &address) == 1;
}

static struct xs_arg globals[] = {
	[ADDR] = { .name = "addr",
		.letter = 'a',
		.value = "IPV4",
		.read = read_address,
		.allowed = "an address such as 127.0.0.1",
		.help = "accepted as XSched's xcli does; the daemon is at the socket" },
	[PORT] = { .name = "port",
		.letter = 'p',
		.value = "PORT",
		.read = xs_read_number,
		.min = 1,
		.max = 65535,
		.help = "likewise" },
	[VERSION] = { .name = "version", .help = "as xcli version" },
};

#define GLOBALS (sizeof(globals) / sizeof(*globals))

static void print_statuses(void)
{
	printf("\nExit status: %d done, %d failed, %d wrong command line, %d no daemon, %d not "
	       "permitted, %d not found.\n",
		XS_EXIT_OK, XS_EXIT_FAILED, XS_EXIT_USAGE, XS_EXIT_NO_DAEMON, XS_EXIT_PERMISSION,
		XS_EXIT_NOT_FOUND);
}

static void print_help(void)
{
	const struct xs_verb *verb;

	printf("usage: xcli [OPTION...] VERB [OPTION...] [OPERAND...]\n\n");
	for (size_t i = 0; (verb = xs_verb_at(i)); i++) {
		if (!verb->hidden)
			printf("  %-10s %s\n", verb->name, verb->summary);
	}
	printf("\nxcli VERB --help explains a verb. Options for all:\n\n");
	xs_args_print(xs_common, XS_COMMON_COUNT);
	xs_args_print(globals, GLOBALS);
	print_statuses();
}

static void print_verb_help(const struct xs_verb *verb)
{
	printf("usage: xcli %s%s%s%s\n\n%s.\n", verb->name, verb->arg_count ? " [OPTION...]" : "",
		verb->operands ? " " : "", verb->operands ? verb->operands : "", verb->summary);
	if (verb->text)
		printf("\n%s\n", verb->text);
	printf("\n");
	xs_args_print(verb->args, verb->arg_count);
	xs_args_print(xs_common, XS_COMMON_COUNT);
}

/* --- one command line ---------------------------------------------------------------------------- */

static bool count_fits(const struct xs_verb *verb, int count)
{
	return count >= verb->least && (verb->most < 0 || count <= verb->most);
}

static int run_verb(const struct xs_verb *verb, int argc, char **argv)
{
	struct xs_parse parse = {
		.args = verb->args, .arg_count = verb->arg_count, .command = verb->command
	};

	current = verb;
	if (!xs_args_parse(&parse, argc, argv))
		return xs_usage_error("%s", parse.why);
	if (xs_common[XS_COMMON_HELP].given) {
		print_verb_help(verb);
		return xs_finish_output();
	}
	if (!count_fits(verb, parse.count)) {
		if (parse.count > verb->least)
			return xs_usage_error("'%s' is too much; the operands are: %s",
				parse.operands[verb->most],
				verb->operands ? verb->operands : "none");
		return xs_usage_error("something is missing; the operands are: %s", verb->operands);
	}
	if (xs_common[XS_COMMON_SOCKET].given)
		setenv("XSCHED_SOCKET", xs_common[XS_COMMON_SOCKET].text, 1);
	int status = verb->run(parse.count, parse.operands);
	return status ? status : xs_finish_output();
}

/* Whoever starts us with one of the three closed would have what we print, or complain about, in the
 * file that takes its place: the daemon's socket. The wrong way round, so that using it fails as before;
 * and a command of ours finds it closed. */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_CLOEXEC | (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
	}
}

int main(int argc, char **argv)
{
	struct xs_parse parse = { .args = globals, .arg_count = GLOBALS, .command = true };
	const struct xs_verb *verb;

	hold_standard_files();
	if (!xs_args_parse(&parse, argc - 1, argv + 1))
		return xs_usage_error("%s", parse.why);
	if (globals[VERSION].given)
		return xs_verb_find("version")->run(0, NULL);
	if (parse.count == 0) {
		print_help();
		return xs_common[XS_COMMON_HELP].given ? xs_finish_output() : XS_EXIT_USAGE;
	}
	verb = xs_verb_find(parse.operands[0]);
	if (!verb)
		return xs_usage_error("there is no verb '%s'", parse.operands[0]);
	return run_verb(verb, parse.count - 1, parse.operands + 1);
}
