/* SPDX-License-Identifier: Apache-2.0 */
/* What xcli bench leaves behind. See result.h. */
#include "cli/bench/result.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bench/page.h"
#include "cli/cli.h"
#include "cli/output.h"

void xs_result_section_path(
	const struct xs_result *result, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/.section-%s", result->out, name);
}

static json_t *name_of(const void *row)
{
	return json_incref(json_object_get(*(json_t *const *)row, "name"));
}
static json_t *experiment_of(const void *row)
{
	return json_incref(json_object_get(*(json_t *const *)row, "experiment"));
}

static void put_number(const void *row, const char *key, char *cell, size_t size)
{
	json_t *number = json_object_get(*(json_t *const *)row, key);
	json_t *unit = json_object_get(*(json_t *const *)row, "unit");

	if (json_is_number(number))
		snprintf(cell, size, "%.4g %s", json_number_value(number), json_string_value(unit));
	else
		snprintf(cell, size, "-");
}
static void value_text(const void *row, char *cell, size_t size)
{
	put_number(row, "value", cell, size);
}
static void bare_text(const void *row, char *cell, size_t size)
{
	put_number(row, "bare", cell, size);
}

static const struct xs_column columns[] = {
	{ .head = "EXPERIMENT", .key = "experiment", .value = experiment_of },
	{ .head = "MEASURED", .key = "name", .value = name_of },
	{ .head = "XSCHED", .right = true, .text = value_text },
	{ .head = "NATIVE", .right = true, .text = bare_text },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

static json_t **rows_of(const struct xs_result *result)
{
	size_t count = json_array_size(result->rows);
	json_t **rows = calloc(count + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < count; i++)
		rows[i] = json_array_get(result->rows, i);
	return rows;
}

static void copy_file(const char *path, FILE *into)
{
	FILE *file = fopen(path, "re");
	char buffer[8192];
	size_t size;

	while (file && (size = fread(buffer, 1, sizeof(buffer), file)) > 0)
		fwrite(buffer, 1, size, into);
	if (file)
		fclose(file);
}

static void put_rows(FILE *file, const struct xs_result *result, const char *experiment)
{
	json_t **rows = rows_of(result);
	char cell[XS_CELL_SIZE];

	fprintf(file, "<div class=\"scroll\"><table>\n<tr><th></th><th>XSched</th><th>native</th>"
		      "</tr>\n");
	for (size_t i = 0; rows && rows[i]; i++) {
		json_t *name = json_object_get(rows[i], "name");

		if (strcmp(json_string_value(json_object_get(rows[i], "experiment")), experiment) !=
			0)
			continue;
		fprintf(file, "<tr><td><code>");
		page_text(file, json_string_value(name));
		fprintf(file, "</code></td>");
		for (size_t k = 2; k < COLUMNS; k++) {
			columns[k].text(&rows[i], cell, sizeof(cell));
			fprintf(file, "<td>");
			page_text(file, cell);
			fprintf(file, "</td>");
		}
		fprintf(file, "</tr>\n");
	}
	fprintf(file, "</table></div>\n");
	free(rows);
}

static void put_section(
	FILE *file, const struct xs_result *result, const struct xs_result_section *section)
{
	char path[PATH_MAX + 32];

	fprintf(file, "<h1 style=\"margin-top:64px\">%s</h1>\n", section->title);
	xs_result_section_path(result, section->name, path, sizeof(path));
	copy_file(path, file);
	unlink(path);
	put_rows(file, result, section->name);
}

static bool write_report(const struct xs_result *result, const struct xs_result_section *sections)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/report.html", result->out);
	FILE *file = fopen(path, "we");
	if (!file)
		return false;
	page_begin(file, "XSched, measured");
	for (; sections->name; sections++)
		put_section(file, result, sections);
	fprintf(file,
		"<p class=\"soft small\">XSched " XS_VERSION ", device: %s. Repeat with <code>xcli "
		"bench --device %s</code>.%s</p>\n",
		result->device, result->device,
		result->quick ? " A trial run: the numbers mean nothing." : "");
	page_end(file);
	return fclose(file) == 0;
}

static json_t *json_of(const struct xs_result *result)
{
	return json_pack("{s:s,s:s,s:s,s:b,s:O}", "version", XS_VERSION, "device", result->device,
		"peer", result->peer, "quick", result->quick, "rows", result->rows);
}

bool xs_result_write(const struct xs_result *result, const struct xs_result_section *sections)
{
	char path[PATH_MAX + 32];
	json_t *json = json_of(result);

	snprintf(path, sizeof(path), "%s/bench.json", result->out);
	bool written = write_report(result, sections) &&
		       json_dump_file(json, path, JSON_INDENT(1) | JSON_PRESERVE_ORDER) == 0;
	if (!written)
		xs_complain("%s: %s", result->out, strerror(errno));
	json_decref(json);
	return written;
}

void xs_result_print(const struct xs_result *result)
{
	if (xs_json_wanted()) {
		xs_print_json(json_of(result));
		return;
	}
	json_t **rows = rows_of(result);
	if (rows)
		xs_print_table(
			columns, COLUMNS, rows, json_array_size(result->rows), sizeof(*rows));
	free(rows);
	printf("\n%s/report.html has the pictures, bench.json the details.\n", result->out);
}
