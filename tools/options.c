/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the reference of the environment variables from their table:
 *
 *   options md     doc/options.md
 *   options man    the part of doc/xsched.7 between its two marks
 *
 * make reference puts them there; a test compares.
 */
#include <stdio.h>
#include <string.h>

#include "base/options.h"

static void put_words(const char *words, const char *between)
{
	for (; *words; words++) {
		if (*words == ' ')
			fputs(between, stdout);
		else
			putchar(*words);
	}
}

static void put_values(const struct xs_option *option, const char *between)
{
	switch (option->kind) {
	case XS_KIND_SWITCH:
		put_words("ON OFF", between);
		break;
	case XS_KIND_WORD:
		put_words(option->words, between);
		break;
	case XS_KIND_TEXT:
		fputs("text", stdout);
		break;
	default:
		if (option->max == XS_INT_MAX)
			printf("%d or more", option->min);
		else
			printf("%d to %d", option->min, option->max);
		break;
	}
}

static void put_default(const struct xs_option *option, const char *none)
{
	if (option->kind == XS_KIND_TEXT || option->def == XS_UNSET)
		fputs(none, stdout);
	else if (option->kind == XS_KIND_SWITCH)
		fputs(option->def ? "ON" : "OFF", stdout);
	else
		printf("%d", option->def);
}

static void print_md(void)
{
	puts("# Options\n\n"
	     "Environment variables that programs under XSched, and the daemon, look at. This page "
	     "is\n"
	     "made from `src/base/options.def`. `xcli run` sets most of them. They are read once, "
	     "at the\n"
	     "first call that concerns us; a value that is not understood is named in a warning, "
	     "and the\n"
	     "default takes its place.\n\n"
	     "| variable | values | default | meaning |\n|---|---|---|---|");
	for (size_t i = 0; i < xs_option_count; i++) {
		const struct xs_option *option = &xs_option_table[i];

		printf("| `%s` | ", option->variable);
		put_values(option, ", ");
		fputs(" | ", stdout);
		put_default(option, "");
		printf(" | %s |\n", option->doc);
	}
	puts("\nBeside these: `XSCHED_SOCKET` is where the daemon is ([wire.md](wire.md)), and "
	     "`XLOG_LEVEL`\n"
	     "(ERRO, WARN, INFO, DEBG; default WARN) is what is said on standard error.");
}

static void print_man(void)
{
	for (size_t i = 0; i < xs_option_count; i++) {
		const struct xs_option *option = &xs_option_table[i];

		printf(".TP\n.B %s\n", option->variable);
		put_values(option, ", ");
		if (option->kind != XS_KIND_TEXT && option->def != XS_UNSET) {
			fputs("; default ", stdout);
			put_default(option, "");
		}
		printf(".\n.br\n%s.\n", option->doc);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "man") == 0) {
		print_man();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "md") == 0) {
		print_md();
		return 0;
	}
	fputs("usage: options md|man\n", stderr);
	return 2;
}
