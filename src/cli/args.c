/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a command line against their tables. */
#include "cli/args.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct xs_arg xs_common[XS_COMMON_COUNT] = {
	[XS_COMMON_JSON] = { .name = "json", .help = "print JSON" },
	[XS_COMMON_SOCKET] = { .name = "socket",
		.value = "PATH",
		.help = "the daemon's socket, instead of $XSCHED_SOCKET and the usual places" },
	[XS_COMMON_HELP] = { .name = "help", .letter = 'h', .help = "explain this" },
};

bool xs_json_wanted(void)
{
	return xs_common[XS_COMMON_JSON].given;
}

/* --- finding an option --------------------------------------------------------------------------- */

static struct xs_arg *find_name(struct xs_arg *args, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (args[i].name && strlen(args[i].name) == length &&
			strncmp(args[i].name, name, length) == 0)
			return &args[i];
	}
	return NULL;
}

static struct xs_arg *find_letter(struct xs_arg *args, size_t count, char letter)
{
	for (size_t i = 0; i < count; i++) {
		if (args[i].letter == letter)
			return &args[i];
	}
	return NULL;
}

/* The last of the letters that are options, and its value. Those before it are switches: -sn NAME. */
static struct xs_arg *find_by_letters(
	const struct xs_parse *parse, const char *letters, const char **value)
{
	for (;; letters++) {
		struct xs_arg *arg = find_letter(parse->args, parse->arg_count, *letters);

		if (!arg)
			arg = find_letter(xs_common, XS_COMMON_COUNT, *letters);
		if (!arg || arg->value || !letters[1] || letters[1] == '=') {
			if (letters[1])
				*value = letters + 1 + (letters[1] == '=');
			return arg;
		}
		arg->given = true;
	}
}

/* The option that a word is, and what of its value is in the same word. */
static struct xs_arg *find(const struct xs_parse *parse, const char *word, const char **value)
{
	struct xs_arg *arg;

	*value = NULL;
	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");

		arg = find_name(parse->args, parse->arg_count, word + 2, length);
		if (!arg)
			arg = find_name(xs_common, XS_COMMON_COUNT, word + 2, length);
		if (word[2 + length] == '=')
			*value = word + 2 + length + 1;
		return arg;
	}
	return find_by_letters(parse, word + 1, value);
}

/* --- complaints ---------------------------------------------------------------------------------- */

static void name_option(const struct xs_arg *arg, char *buffer, size_t size)
{
	if (arg->name)
		snprintf(buffer, size, "--%s", arg->name);
	else
		snprintf(buffer, size, "-%c", arg->letter);
}

static void join_words(const char *words, char *buffer, size_t size)
{
	size_t used = 0;

	for (; *words && used + 3 < size; words++) {
		if (*words == ' ')
			buffer[used++] = ',';
		buffer[used++] = *words;
	}
	buffer[used] = '\0';
}

void xs_arg_allowed(const struct xs_arg *arg, char *buffer, size_t size)
{
	if (arg->allowed)
		snprintf(buffer, size, "%s", arg->allowed);
	else if (arg->words)
		join_words(arg->words, buffer, size);
	else if (arg->read == xs_read_handle)
		snprintf(buffer, size, "the handle of a queue, decimal or 0x and hexadecimal");
	else if (arg->read == xs_read_priority)
		snprintf(buffer, size, XS_PRIORITY_ALLOWED);
	else if (arg->read == xs_read_share)
		snprintf(buffer, size, XS_SHARE_ALLOWED);
	else if (arg->read == xs_read_duration)
		snprintf(buffer, size, "a time such as 500us, 20ms or 1.5s, from %lldus to %llds",
			(long long)arg->min, (long long)arg->max / 1000000);
	else
		snprintf(buffer, size, "%lld to %lld", (long long)arg->min, (long long)arg->max);
}

static bool refuse_value(struct xs_parse *parse, const struct xs_arg *arg, const char *text)
{
	char name[64], allowed[256];

	name_option(arg, name, sizeof(name));
	xs_arg_allowed(arg, allowed, sizeof(allowed));
	snprintf(
		parse->why, sizeof(parse->why), "%s: '%s' is not allowed; %s", name, text, allowed);
	return false;
}

static bool refuse_missing(struct xs_parse *parse, const struct xs_arg *arg)
{
	char name[64], allowed[256] = "any text";

	name_option(arg, name, sizeof(name));
	if (arg->read || arg->allowed)
		xs_arg_allowed(arg, allowed, sizeof(allowed));
	snprintf(parse->why, sizeof(parse->why), "%s needs a value, %s: %s", name, arg->value,
		allowed);
	return false;
}

static bool refuse_option(struct xs_parse *parse, const char *word)
{
	size_t used = (size_t)snprintf(parse->why, sizeof(parse->why),
		"there is no option '%.*s'; there are", (int)strcspn(word, "="), word);

	for (size_t i = 0; i < parse->arg_count + XS_COMMON_COUNT; i++) {
		const struct xs_arg *arg =
			i < parse->arg_count ? &parse->args[i] : &xs_common[i - parse->arg_count];
		char name[64];

		name_option(arg, name, sizeof(name));
		if (used + strlen(name) + 3 < sizeof(parse->why))
			used += (size_t)sprintf(parse->why + used, " %s", name);
	}
	return false;
}

/* --- parsing ------------------------------------------------------------------------------------- */

static bool take(struct xs_parse *parse, struct xs_arg *arg, const char *text)
{
	char name[64];

	if (!arg->value && text) {
		name_option(arg, name, sizeof(name));
		snprintf(parse->why, sizeof(parse->why), "%s takes no value, but '%s' is there",
			name, text);
		return false;
	}
	if (arg->value && arg->read && !arg->read(arg, text, &arg->number))
		return refuse_value(parse, arg, text);
	arg->given = true;
	arg->text = text;
	return true;
}

/* A word that begins with a dash and is an option, not a number such as -5 or a dash by itself. */
static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] && !isdigit((unsigned char)word[1]);
}

static bool read_words(struct xs_parse *parse, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *value;
		bool end = strcmp(argv[i], "--") == 0;

		if (end || (parse->command && !is_option(argv[i]))) {
			for (i += end; i < argc; i++)
				argv[parse->count++] = argv[i];
			return true;
		}
		if (!is_option(argv[i])) {
			argv[parse->count++] = argv[i];
			continue;
		}
		struct xs_arg *arg = find(parse, argv[i], &value);
		if (!arg)
			return refuse_option(parse, argv[i]);
		if (arg->value && !value && i + 1 == argc)
			return refuse_missing(parse, arg);
		if (!take(parse, arg, arg->value && !value ? argv[++i] : value))
			return false;
	}
	return true;
}

bool xs_args_parse(struct xs_parse *parse, int argc, char **argv)
{
	parse->operands = argv;
	parse->count = 0;
	bool good = read_words(parse, argc, argv);
	argv[parse->count] = NULL;
	return good;
}

/* --- help ---------------------------------------------------------------------------------------- */

#define HELP_COLUMN 30

static void print_one(const struct xs_arg *arg)
{
	char left[128];
	int used = snprintf(left, sizeof(left), arg->letter ? "  -%c" : "    ", arg->letter);

	if (arg->name)
		used += snprintf(left + used, sizeof(left) - (size_t)used, "%s--%s",
			arg->letter ? ", " : "  ", arg->name);
	if (arg->value)
		used += snprintf(left + used, sizeof(left) - (size_t)used, " %s", arg->value);
	if (used < HELP_COLUMN - 1)
		printf("%-*s%s\n", HELP_COLUMN, left, arg->help);
	else
		printf("%s\n%*s%s\n", left, HELP_COLUMN, "", arg->help);
}

void xs_args_print(const struct xs_arg *args, size_t count)
{
	for (size_t i = 0; i < count; i++)
		print_one(&args[i]);
}
