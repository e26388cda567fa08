/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report: one HTML page that needs nothing else, light or dark as the reader's system is. xcli bench
 * puts the sections of its experiments into one; the demonstration has a page of its own.
 */
#ifndef XS_CLI_BENCH_PAGE_H
#define XS_CLI_BENCH_PAGE_H

#include <stdio.h>

void page_begin(FILE *file, const char *title);
void page_end(FILE *file);

/* Text of others', such as the name of a device. */
void page_text(FILE *file, const char *text);

/* A time with two or three digits that matter. */
void page_time(FILE *file, double ms, const char *before_unit, const char *after_unit);

/* A large number with a caption. class: "alone", "bare" or "scheduled". */
void page_time_tile(FILE *file, const char *class, double ms, const char *caption);

#endif
