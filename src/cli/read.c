/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options and operands, each kind read in one place. */
#include "cli/args.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct xs_priority_class xs_priority_classes[] = {
	{ "realtime", 200 },
	{ "high", 100 },
	{ "normal", 0 },
	{ "low", -100 },
	{ "idle", -200 },
	{ NULL, 0 },
};

/* --- numbers and words ---------------------------------------------------------------------------- */

static bool to_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	return !errno && end != text && !*end && !strchr(" \t\n", *text);
}

bool xs_read_number(const struct xs_arg *arg, const char *text, int64_t *number)
{
	return to_number(text, number) && *number >= arg->min && *number <= arg->max;
}

bool xs_read_word(const struct xs_arg *arg, const char *text, int64_t *number)
{
	const char *word = arg->words;

	for (int64_t i = 0; *word; i++) {
		size_t length = strcspn(word, " ");

		if (strlen(text) == length && strncasecmp(word, text, length) == 0) {
			*number = i;
			return true;
		}
		word += length + strspn(word + length, " ");
	}
	return false;
}

bool xs_read_priority(const struct xs_arg *arg, const char *text, int64_t *number)
{
	(void)arg;
	for (const struct xs_priority_class *class = xs_priority_classes; class->name; class ++) {
		if (strcasecmp(class->name, text) == 0) {
			*number = class->priority;
			return true;
		}
	}
	return to_number(text, number) && *number >= -256 && *number <= 255;
}

const char *xs_priority_class(int64_t priority)
{
	for (const struct xs_priority_class *class = xs_priority_classes; class->name; class ++) {
		if (class->priority == priority)
			return class->name;
	}
	return NULL;
}

bool xs_read_handle(const struct xs_arg *arg, const char *text, int64_t *number)
{
	bool hex = strncasecmp(text, "0x", 2) == 0;
	char *end;

	(void)arg;
	if (strspn(text, hex ? "0123456789abcdefABCDEFxX" : "0123456789") != strlen(text))
		return false;
	errno = 0;
	*number = (int64_t)strtoull(text, &end, hex ? 16 : 10);
	return !errno && !*end && *number != 0;
}

/* --- times --------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	double us;
} units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "h", 3600e6 } };

/* Microseconds in a unit; 0: there is none of that name. */
static double unit_us(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcasecmp(units[i].name, name) == 0)
			return units[i].us;
	}
	return 0;
}

bool xs_read_duration(const struct xs_arg *arg, const char *text, int64_t *number)
{
	const char *usual = arg->unit ? arg->unit : "s";
	size_t length = strspn(text, "0123456789.");
	char *end;

	double value = strtod(text, &end);
	if (!length || end != text + length)
		return false;
	value *= unit_us(*end ? end : usual);
	*number = (int64_t)(value < 9e18 ? value + 0.5 : 9e18);
	return unit_us(*end ? end : usual) > 0 && *number >= arg->min && *number <= arg->max;
}

/* --- shares -------------------------------------------------------------------------------------- */

#define SHARE_LIMIT 1000 /* R + SHARE_LIMIT * L */

bool xs_read_share(const struct xs_arg *arg, const char *text, int64_t *number)
{
	const char *colon = strchr(text, ':');
	char request[32];
	int64_t limit = 0;

	(void)arg;
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	if (length >= sizeof(request))
		return false;
	memcpy(request, text, length);
	request[length] = '\0';
	if (!xs_read(xs_read_number, 0, 100, request, number))
		return false;
	if (colon && (!xs_read(xs_read_number, 1, 100, colon + 1, &limit) || limit < *number))
		return false;
	*number += SHARE_LIMIT * limit;
	return true;
}

int64_t xs_share_request(int64_t share)
{
	return share % SHARE_LIMIT;
}

int64_t xs_share_limit(int64_t share)
{
	return share / SHARE_LIMIT;
}

bool xs_read(xs_arg_read read, int64_t min, int64_t max, const char *text, int64_t *number)
{
	struct xs_arg arg = { .min = min, .max = max };

	return read(&arg, text, number);
}
