/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment variables of options.def as a structure.
 *
 * They are read once, at the first call, from any thread. A value that is not understood is named
 * in a one-line warning together with what is allowed, and the default takes its place: an option
 * can never end the application.
 */
#ifndef XS_BASE_OPTIONS_H
#define XS_BASE_OPTIONS_H

#include <limits.h>
#include <stddef.h>

#include "base/export.h"

#define XS_UNSET   INT_MIN
#define XS_INT_MAX INT_MAX

struct xs_options {
#define XS_OPTION_SWITCH(field, variable, def, doc)        int field;
#define XS_OPTION_INT(field, variable, min, max, def, doc) int field;
#define XS_OPTION_WORD(field, variable, words, def, doc)   int field;
#define XS_OPTION_TEXT(field, variable, doc)               const char *field;
#include "base/options.def"
#undef XS_OPTION_SWITCH
#undef XS_OPTION_INT
#undef XS_OPTION_WORD
#undef XS_OPTION_TEXT
};

enum xs_option_kind { XS_KIND_SWITCH, XS_KIND_INT, XS_KIND_WORD, XS_KIND_TEXT };

/* One row of the table, for the parser and for whoever prints help. */
struct xs_option {
	const char *variable;
	const char *doc;
	const char *words; /* of XS_KIND_WORD, separated by blanks */
	size_t offset;     /* of the field in struct xs_options */
	enum xs_option_kind kind;
	int min, max, def;
};

extern const struct xs_option xs_option_table[];
extern const size_t xs_option_count;

/* The options of this process. The result stays valid and constant for its life. */
XS_EXPORT const struct xs_options *xs_options(void);

/* Parses with the given look-up instead of getenv(): the testable half of xs_options(). */
void xs_options_parse(struct xs_options *options, char *(*lookup)(const char *variable));

#endif
