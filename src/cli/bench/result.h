/* SPDX-License-Identifier: Apache-2.0 */
/* What xcli bench leaves behind: a table on the terminal, bench.json and report.html. */
#ifndef XS_CLI_BENCH_RESULT_H
#define XS_CLI_BENCH_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct xs_result {
	const char *out; /* directory */
	const char *device, *peer;
	bool quick;
	json_t *rows; /* with "experiment" and "name", "value", "bare", "unit" */
};

/* The experiments in the order of the report; a name of NULL ends them. */
struct xs_result_section {
	const char *name, *title;
};

/* Where an experiment's programs write its part of the report. The report takes it from there. */
void xs_result_section_path(
	const struct xs_result *result, const char *name, char *path, size_t size);

/* False, and said why: they could not be written. */
bool xs_result_write(const struct xs_result *result, const struct xs_result_section *sections);

void xs_result_print(const struct xs_result *result);

#endif
