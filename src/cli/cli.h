/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all verbs of xcli share: the exit statuses, the description of a verb, complaints.
 *
 * A verb is a file src/cli/NAME.c that defines xs_verb_NAME, and a row of verbs.def. The description
 * is all that the parser, --help and the completion of the shells know about it.
 */
#ifndef XS_CLI_CLI_H
#define XS_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/args.h"

/* The exit status of xcli; doc/xcli.1 and --help say the same. `run` becomes its command, and ends
 * with XS_EXIT_RUN, _CANNOT or _ABSENT only if there is none to become, as env and nice do. */
enum {
	XS_EXIT_OK = 0,
	XS_EXIT_FAILED = 1,
	XS_EXIT_USAGE = 2,      /* an option, a value or an operand is wrong; nothing was done */
	XS_EXIT_NO_DAEMON = 3,  /* nobody answers, or who answers is not to be trusted */
	XS_EXIT_PERMISSION = 4, /* the daemon does not let this user do that */
	XS_EXIT_NOT_FOUND = 5,  /* no such process, queue, policy or parameter */
	XS_EXIT_RUN = 125,
	XS_EXIT_CANNOT = 126,
	XS_EXIT_ABSENT = 127,
};

struct xs_verb {
	const char *name;
	const char *summary;  /* of `xcli --help`: one line without a full stop */
	const char *operands; /* as the usage line shows them; NULL: there are none */
	const char *text;     /* paragraphs of `xcli NAME --help`; NULL: the summary says it all */
	struct xs_arg *args;  /* its options, which hold what was given too */
	size_t arg_count;
	int least, most;  /* number of operands; most -1: any */
	bool command;     /* the operands are a command: from the first on nothing is an option */
	bool hidden;      /* not for people */
	int usage_status; /* instead of XS_EXIT_USAGE; 0: that */
	/* Candidates for a word that is no option, for the shells: each is given to say(); or NULL. */
	void (*complete)(int count, char **operands, void (*say)(const char *word));
	int (*run)(int count, char **operands); /* returns the exit status */
};

/* The verbs in the order of verbs.def; NULL past the end. */
const struct xs_verb *xs_verb_at(size_t index);
const struct xs_verb *xs_verb_find(const char *name);

/* "xcli VERB: ..." on standard error. */
__attribute__((format(printf, 1, 2))) void xs_complain(const char *format, ...);

/* Complains, names --help, and returns the status for a wrong command line. */
__attribute__((format(printf, 1, 2))) int xs_usage_error(const char *format, ...);

#endif
