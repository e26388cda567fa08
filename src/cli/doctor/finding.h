/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doctor found. A finding is one sentence that says what is so, and, unless all is well, one
 * that says what to do about it. Its code is a name that does not change: for scripts and for the
 * documentation.
 */
#ifndef XS_CLI_DOCTOR_FINDING_H
#define XS_CLI_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum xs_status {
	XS_FINE,
	XS_NOTE,  /* worth to know; nothing is wrong */
	XS_DOUBT, /* something will not be as expected */
	XS_WRONG, /* scheduling would not work */
};

struct xs_finding {
	enum xs_status status;
	const char *topic; /* a word: "driver" */
	const char *code;  /* "driver-missing" */
	char *what, *remedy;
};

struct xs_findings {
	struct xs_finding *list;
	size_t count;
};

/* Adds one; what to do about it follows with xs_remedy(). */
__attribute__((format(printf, 5, 6))) void xs_find(struct xs_findings *findings,
	enum xs_status status, const char *topic, const char *code, const char *what, ...);

/* What to do about the finding that was added last. */
__attribute__((format(printf, 2, 3))) void xs_remedy(
	struct xs_findings *findings, const char *remedy, ...);

bool xs_found(const struct xs_findings *findings, const char *code);
size_t xs_findings_of(const struct xs_findings *findings, enum xs_status status);
void xs_findings_free(struct xs_findings *findings);

/* For people, as wide as the terminal is; and as a JSON object. */
void xs_findings_print(const struct xs_findings *findings, FILE *file);
void xs_findings_json(const struct xs_findings *findings, FILE *file);

#endif
