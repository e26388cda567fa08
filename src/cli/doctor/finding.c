/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings, and its two forms: a page for people and a JSON object. */
#include "cli/doctor/finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_WITHOUT_TERMINAL 100
#define INDENT                 12

static const struct {
	const char *word, *colour;
} statuses[] = {
	[XS_FINE] = { "ok", "32" },
	[XS_NOTE] = { "note", "36" },
	[XS_DOUBT] = { "doubt", "33" },
	[XS_WRONG] = { "WRONG", "31" },
};

/* --- the list ------------------------------------------------------------------------------------ */

void xs_find(struct xs_findings *findings, enum xs_status status, const char *topic,
	const char *code, const char *what, ...)
{
	struct xs_finding finding = { .status = status, .topic = topic, .code = code };
	va_list list;

	va_start(list, what);
	if (vasprintf(&finding.what, what, list) < 0)
		finding.what = NULL;
	va_end(list);
	void *larger = realloc(findings->list, (findings->count + 1) * sizeof(finding));
	if (!larger || !finding.what) {
		fprintf(stderr, "xcli doctor: out of memory\n");
		exit(1);
	}
	findings->list = larger;
	findings->list[findings->count++] = finding;
}

void xs_remedy(struct xs_findings *findings, const char *remedy, ...)
{
	char **place = &findings->list[findings->count - 1].remedy;
	va_list list;

	va_start(list, remedy);
	if (vasprintf(place, remedy, list) < 0)
		*place = NULL;
	va_end(list);
}

bool xs_found(const struct xs_findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (strcmp(findings->list[i].code, code) == 0)
			return true;
	}
	return false;
}

size_t xs_findings_of(const struct xs_findings *findings, enum xs_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].status == status;
	return count;
}

void xs_findings_free(struct xs_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].what);
		free(findings->list[i].remedy);
	}
	free(findings->list);
	*findings = (struct xs_findings){ 0 };
}

/* --- for people ---------------------------------------------------------------------------------- */

static size_t width_of(FILE *file)
{
	struct winsize size;

	if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 40)
		return size.ws_col;
	return WIDTH_WITHOUT_TERMINAL;
}

/* Breaks between words; what does not fit anyway, such as a path, is left whole. */
static void print_wrapped(FILE *file, const char *text, size_t indent, size_t width)
{
	size_t column = indent;

	while (*text) {
		size_t length = strcspn(text, " \n");

		if (column > indent && column + 1 + length > width) {
			fprintf(file, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', file);
			column++;
		}
		fwrite(text, 1, length, file);
		column += length;
		text += length;
		text += strspn(text, " \n");
	}
	fputc('\n', file);
}

void xs_findings_print(const struct xs_findings *findings, FILE *file)
{
	bool colour = isatty(fileno(file)) && !getenv("NO_COLOR");
	size_t width = width_of(file);
	const char *topic = "";

	for (size_t i = 0; i < findings->count; i++) {
		const struct xs_finding *finding = &findings->list[i];
		const char *word = statuses[finding->status].word;

		if (strcmp(topic, finding->topic) != 0)
			fprintf(file, "%s%s\n", i ? "\n" : "", finding->topic);
		topic = finding->topic;
		if (colour)
			fprintf(file, "    \033[%sm%-8s\033[0m", statuses[finding->status].colour,
				word);
		else
			fprintf(file, "    %-8s", word);
		print_wrapped(file, finding->what, INDENT, width);
		if (finding->remedy) {
			fprintf(file, "%*s-> ", INDENT, "");
			print_wrapped(file, finding->remedy, INDENT + 3, width);
		}
	}
}

/* --- for programs -------------------------------------------------------------------------------- */

/* Paths and messages of others may hold any bytes: what is not printable ASCII and no complete
 * character of UTF-8 becomes a question mark. */
static size_t character(const unsigned char *at)
{
	size_t more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1;

	if (*at < 0x20 || *at == 0x7f || (*at >= 0x80 && *at < 0xc2) || *at > 0xf4)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return 1 + more;
}

static void put_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (const unsigned char *at = (const unsigned char *)text; *at;) {
		size_t bytes = character(at);

		if (*at == '"' || *at == '\\')
			fputc('\\', file);
		if (*at == '\n')
			fputs("\\n", file);
		else if (bytes)
			fwrite(at, 1, bytes, file);
		else
			fputc('?', file);
		at += bytes ? bytes : 1;
	}
	fputc('"', file);
}

static void put_finding(FILE *file, const struct xs_finding *finding)
{
	static const char *const words[] = { "ok", "note", "doubt", "wrong" };

	fprintf(file, "{\"status\": \"%s\", \"topic\": \"%s\", \"code\": \"%s\", \"what\": ",
		words[finding->status], finding->topic, finding->code);
	put_string(file, finding->what);
	fprintf(file, ", \"do\": ");
	if (finding->remedy)
		put_string(file, finding->remedy);
	else
		fprintf(file, "null");
	fprintf(file, "}");
}

void xs_findings_json(const struct xs_findings *findings, FILE *file)
{
	fprintf(file, "{\"version\": \"%s\", \"works\": %s, \"findings\": [", XS_VERSION,
		xs_findings_of(findings, XS_WRONG) ? "false" : "true");
	for (size_t i = 0; i < findings->count; i++) {
		fprintf(file, "%s\n  ", i ? "," : "");
		put_finding(file, &findings->list[i]);
	}
	fprintf(file, "\n]}\n");
}
