/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli complete: what may follow on a command line, one candidate a line. The completions of bash and
 * zsh (tools/completion) ask this, so they know each verb and option as soon as the tables do, and
 * processes and queues while a daemon runs.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char *prefix;

static void say(const char *word)
{
	if (strncmp(word, prefix, strlen(prefix)) == 0)
		puts(word);
}

static void say_words(const char *words)
{
	char word[64];

	for (; *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)length, words);
		say(word);
		words += length;
	}
}

static void say_options(const struct xs_arg *args, size_t count)
{
	char word[64];

	for (size_t i = 0; i < count; i++) {
		snprintf(word, sizeof(word), "--%s", args[i].name ? args[i].name : "");
		if (args[i].name)
			say(word);
	}
}

static void say_verbs(void)
{
	const struct xs_verb *verb;

	for (size_t i = 0; (verb = xs_verb_at(i)); i++) {
		if (!verb->hidden)
			say(verb->name);
	}
}

/* The option of which a value is expected after this word, or NULL. */
static const struct xs_arg *waiting(const struct xs_verb *verb, const char *word)
{
	for (size_t i = 0; i < verb->arg_count; i++) {
		const struct xs_arg *arg = &verb->args[i];
		bool named = arg->name && word[0] == '-' && word[1] == '-' &&
			     strcmp(word + 2, arg->name) == 0;
		bool lettered = arg->letter && word[0] == '-' && word[1] == arg->letter && !word[2];

		if (arg->value && (named || lettered))
			return arg;
	}
	return NULL;
}

/* How many words before the verb are options for all, and their values. */
static int skip_options(int count, char **words)
{
	static const char *const with_value[] = { "-a", "--addr", "-p", "--port", "--socket" };
	int at = 0;

	while (at + 1 < count && words[at][0] == '-') {
		int width = 1;

		for (size_t i = 0; i < sizeof(with_value) / sizeof(*with_value); i++)
			width = strcmp(words[at], with_value[i]) == 0 ? 2 : width;
		at += width;
	}
	return at < count ? at : count - 1;
}

/* The last word is the one under the cursor. */
static int run(int count, char **words)
{
	int skipped = count ? skip_options(count, words) : 0;
	const struct xs_arg *arg;

	count -= skipped;
	words += skipped;
	const struct xs_verb *verb = count > 1 ? xs_verb_find(words[0]) : NULL;
	prefix = count ? words[count - 1] : "";
	if (count <= 1)
		say_verbs();
	if (!verb)
		return XS_EXIT_OK;
	arg = waiting(verb, words[count - 2]);
	if (prefix[0] == '-' && !arg) {
		say_options(verb->args, verb->arg_count);
		say_options(xs_common, XS_COMMON_COUNT);
	} else if (arg && arg->words) {
		say_words(arg->words);
	} else if (verb->complete && (!arg || arg->read)) {
		verb->complete(count - 2, words + 1, say);
	}
	return XS_EXIT_OK;
}

const struct xs_verb xs_verb_complete = {
	.name = "complete",
	.summary = "Print what may follow on a command line, for the shells",
	.operands = "-- WORD...",
	.hidden = true,
	.most = -1,
	.command = true,
	.run = run,
};
