/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people, JSON for programs. */
#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define MAX_COLUMNS 64

/* Bytes of the UTF-8 sequence that begins there; 0: it is none. */
static size_t sequence_at(const unsigned char *at)
{
	size_t length = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;

	if (*at >= 0xf5)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

/* There are two sets of control characters, and terminals obey both. */
static bool is_control(const unsigned char *at)
{
	return *at < ' ' || *at == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

void xs_make_printable(char *text)
{
	unsigned char *at = (unsigned char *)text;

	while (*at) {
		size_t length = sequence_at(at);

		if (!length || is_control(at))
			memset(at, '?', length ? length : 1);
		at += length ? length : 1;
	}
}

void xs_format_ns(uint64_t ns, char *cell, size_t size)
{
	double value = (double)ns;

	if (ns < 1000000)
		snprintf(cell, size, "%.0f us", value / 1e3);
	else if (ns < 10000000000)
		snprintf(cell, size, ns < 1000000000 ? "%.1f ms" : "%.2f s",
			value / (ns < 1000000000 ? 1e6 : 1e9));
	else if (ns < 3600000000000)
		snprintf(cell, size, "%.0f s", value / 1e9);
	else
		snprintf(cell, size, "%.0f h %.0f m", (double)(ns / 3600000000000),
			(double)(ns % 3600000000000 / 60000000000));
}

/* --- cells --------------------------------------------------------------------------------------- */

void xs_cell(const struct xs_column *column, const void *row, char *cell, size_t size)
{
	if (column->text) {
		column->text(row, cell, size);
	} else {
		json_t *value = column->value(row);

		if (json_is_string(value))
			snprintf(cell, size, "%s", json_string_value(value));
		else if (json_is_integer(value))
			snprintf(cell, size, "%lld", (long long)json_integer_value(value));
		else
			snprintf(cell, size, "-");
		json_decref(value);
	}
	xs_make_printable(cell);
}

static const void *row_at(const void *rows, size_t index, size_t row_size)
{
	return (const char *)rows + index * row_size;
}

/* --- tables -------------------------------------------------------------------------------------- */

static int columns_wide(const char *text)
{
	int wide = 0;

	for (; *text; text++)
		wide += ((unsigned char)*text & 0xc0) != 0x80; /* one for each UTF-8 sequence */
	return wide;
}

static void put(const char *text, int width, bool right, bool last)
{
	int fill = width - columns_wide(text);

	if (last && !right)
		printf("%s\n", text);
	else
		printf("%*s%s%*s%s", right ? fill : 0, "", text, right ? 0 : fill, "",
			last ? "\n" : "  ");
}

static size_t last_shown(const struct xs_column *columns, size_t count)
{
	while (count > 1 && !columns[count - 1].head)
		count--;
	return count - 1;
}

void xs_print_table(const struct xs_column *columns, size_t column_count, const void *rows,
	size_t row_count, size_t row_size)
{
	int widths[MAX_COLUMNS] = { 0 };
	size_t last = last_shown(columns, column_count);
	char cell[XS_CELL_SIZE];

	for (size_t c = 0; c < column_count; c++) {
		widths[c] = columns[c].head ? columns_wide(columns[c].head) : 0;
		for (size_t r = 0; columns[c].head && r < row_count; r++) {
			xs_cell(&columns[c], row_at(rows, r, row_size), cell, sizeof(cell));
			if (columns_wide(cell) > widths[c])
				widths[c] = columns_wide(cell);
		}
	}
	for (size_t c = 0; c < column_count; c++) {
		if (columns[c].head)
			put(columns[c].head, widths[c], columns[c].right, c == last);
	}
	for (size_t r = 0; r < row_count; r++) {
		for (size_t c = 0; c < column_count; c++) {
			if (!columns[c].head)
				continue;
			xs_cell(&columns[c], row_at(rows, r, row_size), cell, sizeof(cell));
			put(cell, widths[c], columns[c].right, c == last);
		}
	}
}

/* --- JSON ---------------------------------------------------------------------------------------- */

json_t *xs_json_rows(const struct xs_column *columns, size_t column_count, const void *rows,
	size_t row_count, size_t row_size)
{
	json_t *list = json_array();

	for (size_t r = 0; r < row_count; r++) {
		json_t *object = json_object();

		for (size_t c = 0; c < column_count; c++) {
			if (columns[c].key)
				json_object_set_new(object, columns[c].key,
					columns[c].value(row_at(rows, r, row_size)));
		}
		json_array_append_new(list, object);
	}
	return list;
}

json_t *xs_json_text(const char *text)
{
	json_t *value = json_string(text);
	char copy[XS_CELL_SIZE];

	if (value)
		return value;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *at = copy; *at; at++) {
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	}
	return json_string(copy);
}

int xs_finish_output(void)
{
	static bool said;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return XS_EXIT_OK;
	if (!said)
		xs_complain("standard output takes nothing");
	said = true;
	return XS_EXIT_FAILED;
}

static int dump(json_t *value, size_t flags)
{
	json_dumpf(value, stdout, flags | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(value);
	return xs_finish_output();
}

int xs_print_json(json_t *value)
{
	return dump(value, JSON_INDENT(2));
}

int xs_print_json_line(json_t *value)
{
	return dump(value, 0);
}

int xs_print_rows(const struct xs_column *columns, size_t column_count, const char *name,
	const void *rows, size_t row_count, size_t row_size)
{
	if (xs_json_wanted())
		return xs_print_json(json_pack("{s:o}", name,
			xs_json_rows(columns, column_count, rows, row_count, row_size)));
	xs_print_table(columns, column_count, rows, row_count, row_size);
	return xs_finish_output();
}

void xs_confirm(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (xs_json_wanted())
		xs_print_json_line(json_pack("{s:s}", "done", text));
	else
		puts(text);
}
