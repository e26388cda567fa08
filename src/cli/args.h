/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a command line. A table says what there is and takes what was given:
 *
 *   enum { LEVEL, FORCE };
 *   static struct xs_arg args[] = {
 *           [LEVEL] = { .name = "level", .letter = 'l', .value = "N", .read = xs_read_number,
 *                   .min = 1, .max = 3, .help = "how deep a suspend reaches" },
 *           [FORCE] = { .name = "force", .help = "a switch: no value" },
 *   };
 *   ... args[LEVEL].given, args[LEVEL].number, args[LEVEL].text
 *
 * --level 2, --level=2, -l 2 and -l2 are the same, and so are -qs and -q -s. A value that is not allowed is refused in a
 * sentence that names the option, the value and what is allowed.
 */
#ifndef XS_CLI_ARGS_H
#define XS_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xs_arg;

/* Turns the text of a value into a number. False: not allowed. */
typedef bool (*xs_arg_read)(const struct xs_arg *arg, const char *text, int64_t *number);

struct xs_arg {
	const char *name;  /* without the dashes; NULL: only the letter */
	char letter;       /* 0: only the name */
	const char *value; /* what help calls the value; NULL: a switch */
	const char *help;
	xs_arg_read read;    /* NULL: any text */
	int64_t min, max;    /* for read */
	const char *words;   /* for read and the completion, separated by blanks */
	const char *unit;    /* of a time without one; NULL: s */
	const char *allowed; /* what may stand there; NULL: min, max and words say it */

	bool given;
	const char *text;
	int64_t number;
};

#define XS_ARGS(table) .args = (table), .arg_count = sizeof(table) / sizeof(*(table))

/* Options that every verb has; one of the same name in the verb's own table goes before. */
enum { XS_COMMON_JSON, XS_COMMON_SOCKET, XS_COMMON_HELP, XS_COMMON_COUNT };
extern struct xs_arg xs_common[XS_COMMON_COUNT];

/* --json was given. */
bool xs_json_wanted(void);

/* --- readers ------------------------------------------------------------------------------------- */

/* min to max, decimal. */
bool xs_read_number(const struct xs_arg *arg, const char *text, int64_t *number);
/* One of the words, any case; its index. */
bool xs_read_word(const struct xs_arg *arg, const char *text, int64_t *number);
/* A number, or a class of priorities: realtime, high, normal, low, idle. */
bool xs_read_priority(const struct xs_arg *arg, const char *text, int64_t *number);
/* The handle of a queue: decimal, or hexadecimal after 0x. */
bool xs_read_handle(const struct xs_arg *arg, const char *text, int64_t *number);
/* A time: 10s, 250ms, 5us, 2m, 1h, or a bare number in the option's unit. The result is in
 * microseconds, and min and max are too. */
bool xs_read_duration(const struct xs_arg *arg, const char *text, int64_t *number);
/* R or R:L, percentages: what is requested, and the limit. */
bool xs_read_share(const struct xs_arg *arg, const char *text, int64_t *number);
int64_t xs_share_request(int64_t share);
int64_t xs_share_limit(int64_t share); /* 0: none was given */

#define XS_PRIORITY_CLASSES "realtime high normal low idle"
#define XS_SHARE_ALLOWED    "R or R:L, with R from 0 to 100 and L from 1 to 100, not less than R"
#define XS_PRIORITY_ALLOWED "-256 to 255, or realtime, high, normal, low, idle"

extern const struct xs_priority_class {
	const char *name;
	int priority;
} xs_priority_classes[]; /* ends with a name of NULL */

/* The name of the class of exactly this priority, or NULL. */
const char *xs_priority_class(int64_t priority);

/* Reads one text without an option's table: for operands. */
bool xs_read(xs_arg_read read, int64_t min, int64_t max, const char *text, int64_t *number);

/* --- parsing ------------------------------------------------------------------------------------- */

struct xs_parse {
	struct xs_arg *args;
	size_t arg_count;
	bool command; /* stop at the first operand */
	int count;    /* out: the operands, at the beginning of argv */
	char **operands;
	char why[512]; /* out: what is wrong */
};

/* Reads argv[0..argc], of which the last is NULL; afterwards the operands come first, and NULL after
 * them. False: `why` says why not. */
bool xs_args_parse(struct xs_parse *parse, int argc, char **argv);

/* "1 to 3, or ...": what the option takes. */
void xs_arg_allowed(const struct xs_arg *arg, char *buffer, size_t size);

/* The lines of --help about options. */
void xs_args_print(const struct xs_arg *args, size_t count);

#endif
