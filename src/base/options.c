/* SPDX-License-Identifier: Apache-2.0 */
/* The option parser. The table is in options.def, its meaning in options.h. */
#include "base/options.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"

#define AT(field) offsetof(struct xs_options, field)

const struct xs_option xs_option_table[] = {
#define XS_OPTION_SWITCH(field, variable, def, doc)                                                \
	{ variable, doc, NULL, AT(field), XS_KIND_SWITCH, 0, 1, def },
#define XS_OPTION_INT(field, variable, min, max, def, doc)                                         \
	{ variable, doc, NULL, AT(field), XS_KIND_INT, min, max, def },
#define XS_OPTION_WORD(field, variable, words, def, doc)                                           \
	{ variable, doc, words, AT(field), XS_KIND_WORD, 0, 0, def },
#define XS_OPTION_TEXT(field, variable, doc)                                                       \
	{ variable, doc, NULL, AT(field), XS_KIND_TEXT, 0, 0, 0 },
#include "base/options.def"
};

const size_t xs_option_count = sizeof(xs_option_table) / sizeof(xs_option_table[0]);

static void say_default(char *text, size_t size, int def)
{
	if (def == XS_UNSET)
		snprintf(text, size, "it is ignored");
	else
		snprintf(text, size, "using %d", def);
}

static int parse_switch(const struct xs_option *option, const char *value)
{
	if (strcasecmp(value, "ON") == 0 || strcmp(value, "1") == 0)
		return 1;
	if (strcasecmp(value, "OFF") == 0 || strcmp(value, "0") == 0)
		return 0;
	xs_warn("%s='%s' is neither ON nor OFF, using %s", option->variable, value,
		option->def ? "ON" : "OFF");
	return option->def;
}

/* As XSched does, a leading number counts and the rest is dropped; unlike it, we say so. */
static int parse_int(const struct xs_option *option, const char *value)
{
	char instead[32], *end;

	errno = 0;
	long number = strtol(value, &end, 10);
	if (end == value || errno == ERANGE || number < option->min || number > option->max) {
		say_default(instead, sizeof(instead), option->def);
		xs_warn("%s='%s' is not a number from %d to %d, %s", option->variable, value,
			option->min, option->max, instead);
		return option->def;
	}
	while (isspace((unsigned char)*end))
		end++;
	if (*end)
		xs_warn("%s='%s' has something behind the number, using %ld", option->variable,
			value, number);
	return (int)number;
}

static int parse_word(const struct xs_option *option, const char *value)
{
	size_t length = strlen(value);
	int index = 0;

	for (const char *word = option->words; *word; index++) {
		size_t span = strcspn(word, " ");
		if (span == length && strncasecmp(word, value, span) == 0)
			return index;
		word += span;
		word += strspn(word, " ");
	}
	xs_warn("%s='%s' is not one of: %s; it is ignored", option->variable, value, option->words);
	return option->def;
}

void xs_options_parse(struct xs_options *options, char *(*lookup)(const char *variable))
{
	for (size_t i = 0; i < xs_option_count; i++) {
		const struct xs_option *option = &xs_option_table[i];
		void *field = (char *)options + option->offset;
		const char *value = lookup(option->variable);

		if (value && !*value)
			value = NULL; /* set to nothing is not set */
		switch (option->kind) {
		case XS_KIND_SWITCH:
			*(int *)field = value ? parse_switch(option, value) : option->def;
			break;
		case XS_KIND_INT:
			*(int *)field = value ? parse_int(option, value) : option->def;
			break;
		case XS_KIND_WORD:
			*(int *)field = value ? parse_word(option, value) : option->def;
			break;
		case XS_KIND_TEXT:
			*(const char **)field = value;
			break;
		}
	}
	if (options->threshold != XS_UNSET && options->batch_size > options->threshold) {
		xs_warn("XSCHED_AUTO_XQUEUE_BATCH_SIZE=%d is more than the threshold, using %d",
			options->batch_size, options->threshold);
		options->batch_size = options->threshold;
	}
}

static struct xs_options process_options;

static void parse_environment(void)
{
	xs_options_parse(&process_options, getenv);
}

const struct xs_options *xs_options(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, parse_environment);
	return &process_options;
}
