/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of policies as a table: it drives the configuration, the CLI, the API and the man
 * page.
 */
#ifndef XS_POLICY_PARAM_H
#define XS_POLICY_PARAM_H

#include <stddef.h>
#include <stdint.h>

struct xs_param {
	const char *name;
	const char *unit;  /* "us", "%", "" */
	const char *words; /* for a choice: the words separated by blanks, the value is the index */
	int64_t min, max, def;
	const char *doc;
};

/* What can be said about a policy without running it. */
struct xs_policy_info {
	const char *name;
	const char *summary; /* one line */
	const struct xs_param *params;
	size_t param_count;
};

/* Policy number index in the order of the documentation, or NULL past the end. */
const struct xs_policy_info *xs_policy_info(size_t index);

#endif
