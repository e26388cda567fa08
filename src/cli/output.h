/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What verbs print. Data has columns, described once: the table for people and the objects of --json
 * both come from the description.
 *
 *   static json_t *pid(const void *row) { return json_integer(((const struct thing *)row)->pid); }
 *   static const struct xs_column columns[] = {
 *           { .head = "PID", .key = "pid", .right = true, .value = pid },
 *   };
 *   return xs_print_rows(columns, 1, "things", things, count, sizeof(*things));
 */
#ifndef XS_CLI_OUTPUT_H
#define XS_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XS_CELL_SIZE 384

struct xs_column {
	const char *head;                  /* of the table; NULL: only in JSON */
	const char *key;                   /* in JSON; NULL: only in the table */
	bool right;                        /* numbers stand at the right */
	json_t *(*value)(const void *row); /* for JSON, a new reference */
	void (*text)(const void *row, char *cell, size_t size); /* for the table; NULL: the value */
};

/* Prints rows, each of row_size bytes: a table, or with --json {name: [...]}. Returns XS_EXIT_OK, or
 * XS_EXIT_FAILED when standard output takes nothing. */
int xs_print_rows(const struct xs_column *columns, size_t column_count, const char *name,
	const void *rows, size_t row_count, size_t row_size);

/* The same in parts, for what prints more than one table into one object. */
void xs_print_table(const struct xs_column *columns, size_t column_count, const void *rows,
	size_t row_count, size_t row_size);
json_t *xs_json_rows(const struct xs_column *columns, size_t column_count, const void *rows,
	size_t row_count, size_t row_size);

/* Writes one cell, as the table has it, without blanks around it. */
void xs_cell(const struct xs_column *column, const void *row, char *cell, size_t size);

/* A text of somebody else's for JSON: bytes that are not UTF-8 become '?'. */
json_t *xs_json_text(const char *text);

/* Prints and releases a value. Returns an exit status, as xs_print_rows(). */
int xs_print_json(json_t *value);

/* The same in one line, for what prints one value after the other. */
int xs_print_json_line(json_t *value);

/* Whether all that was printed went out. Returns an exit status, and complains. */
int xs_finish_output(void);

/* A sentence about what was done; with --json {"done": "..."} in a line of its own. */
__attribute__((format(printf, 1, 2))) void xs_confirm(const char *format, ...);

/* "812 us", "1.24 ms", "3.1 s", "2 h 5 m" */
void xs_format_ns(uint64_t ns, char *cell, size_t size);

/* A text of somebody else's without what a terminal would act on: control characters become '?'. */
void xs_make_printable(char *text);

#endif
