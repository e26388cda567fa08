/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Environment variables: ours with values that are not understood, misspelt ones, and those of others
 * that change what scheduling does. What is right is what the parser of the libraries says.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "cli/doctor/doctor.h"

#define TOPIC "environment"

/* --- values -------------------------------------------------------------------------------------- */

static void parse(void *data, FILE *out)
{
	struct xs_options options;

	(void)data, (void)out;
	xs_options_parse(&options, getenv); /* warns on standard error */
}

static void check_values(struct xs_doctor *doctor)
{
	int status;
	char *rest, *said = xs_doctor_apart(parse, NULL, &status);

	for (char *line = said ? strtok_r(said, "\n", &rest) : NULL; line;
		line = strtok_r(NULL, "\n", &rest)) {
		const char *message = strstr(line, "] ");
		int length = message ? (int)strcspn(message + 2, "=") : 0;

		if (!message)
			continue;
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "variable-value", "%s.", message + 2);
		xs_remedy(&doctor->findings, "Correct %.*s, or unset it.", length, message + 2);
	}
	free(said);
}

/* --- names --------------------------------------------------------------------------------------- */

static const char *const others[] = { "XSCHED_SOCKET", "XSCHED_NAME", "XSCHED_OBSERVE" };

static bool is_known(const char *name, size_t length)
{
	for (size_t i = 0; i < xs_option_count; i++)
		if (strlen(xs_option_table[i].variable) == length &&
			strncmp(xs_option_table[i].variable, name, length) == 0)
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strlen(others[i]) == length && strncmp(others[i], name, length) == 0)
			return true;
	return false;
}

/* How many letters have to be changed, added or left out; both shorter than 64. */
static size_t distance(const char *a, size_t a_length, const char *b)
{
	size_t row[64], b_length = strlen(b);

	if (a_length >= 64 || b_length >= 64)
		return 64;
	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b_length];
}

static const char *nearest(const char *name, size_t length)
{
	const char *found = NULL;
	size_t least = 6;

	for (size_t i = 0; i < xs_option_count; i++) {
		size_t far = distance(name, length, xs_option_table[i].variable);

		if (far < least) {
			least = far;
			found = xs_option_table[i].variable;
		}
	}
	return found;
}

static void check_name(struct xs_doctor *doctor, const char *entry)
{
	size_t length = strcspn(entry, "=");
	const char *meant;

	if (strncmp(entry, "XSCHED_", 7) != 0 || is_known(entry, length))
		return;
	meant = nearest(entry, length);
	xs_find(&doctor->findings, XS_DOUBT, TOPIC, "variable-unknown",
		"%.*s is no variable of XSched, and does nothing.", (int)length, entry);
	if (meant)
		xs_remedy(&doctor->findings, "Is %s meant?", meant);
	else
		xs_remedy(&doctor->findings, "Unset it.");
}

/* --- what they mean together --------------------------------------------------------------------- */

/* The value as the parser sees it. */
static const struct xs_options *options_now(void)
{
	static struct xs_options options;

	xs_log_set_default(XS_LOG_ERRO); /* was said above */
	xs_options_parse(&options, getenv);
	xs_log_set_default(XS_LOG_WARN);
	return &options;
}

static void check_switches(struct xs_doctor *doctor, const struct xs_options *options)
{
	if (!options->auto_xqueue) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "switched-off",
			"XSCHED_AUTO_XQUEUE is off: no stream is scheduled unless the program asks "
			"for it through the C API.");
		xs_remedy(&doctor->findings, "Unset XSCHED_AUTO_XQUEUE.");
	}
	if (options->scheduler == 0 && options->policy == XS_UNSET) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "application-decides",
			"XSCHED_SCHEDULER=APP: nothing is stopped unless the application itself "
			"does it.");
		xs_remedy(&doctor->findings, "Unset XSCHED_SCHEDULER, or set it to LCL or GLB.");
	}
}

static void check_level(struct xs_doctor *doctor, const struct xs_options *options)
{
	for (size_t i = 0; i < XS_PLATFORMS; i++) {
		const struct xs_platform_state *platform = &doctor->platforms[i];

		if (!platform->has_driver || options->level <= platform->level)
			continue;
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "level-unsupported",
			"XSCHED_AUTO_XQUEUE_LEVEL=%d: %s has level %d at most, and that is taken.",
			options->level, platform->name, platform->level);
		xs_remedy(&doctor->findings, "Set XSCHED_AUTO_XQUEUE_LEVEL=%d, or unset it.",
			platform->level);
	}
}

static void check_log(struct xs_doctor *doctor)
{
	static const char *const levels[] = { "ERRO", "WARN", "INFO", "DEBG" };
	const char *value = getenv("XLOG_LEVEL");

	for (size_t i = 0; value && i < sizeof(levels) / sizeof(*levels); i++)
		if (strcasecmp(value, levels[i]) == 0)
			return;
	if (!value || !*value)
		return;
	xs_find(&doctor->findings, XS_DOUBT, TOPIC, "variable-value",
		"XLOG_LEVEL='%s' is not one of: ERRO WARN INFO DEBG; INFO is taken.", value);
	xs_remedy(&doctor->findings, "Correct XLOG_LEVEL, or unset it.");
}

/* Of others. */
static void check_foreign(struct xs_doctor *doctor)
{
	const char *registers = getenv("ROCPROFILER_REGISTER_ENABLED");
	const char *blocking = getenv("CUDA_LAUNCH_BLOCKING");

	if (doctor->platforms[XS_DOCTOR_HIP].has_driver && registers &&
		strcmp(registers, "0") == 0) {
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "table-off",
			"ROCPROFILER_REGISTER_ENABLED=0: HIP does not offer its dispatch table, so "
			"calls by dlsym() on a handle (Triton) and RTLD_DEEPBIND pass by.");
		xs_remedy(&doctor->findings, "Unset ROCPROFILER_REGISTER_ENABLED.");
	}
	if (blocking && strcmp(blocking, "0") != 0)
		xs_find(&doctor->findings, XS_NOTE, TOPIC, "launch-blocking",
			"CUDA_LAUNCH_BLOCKING=%s: each launch waits for its end, so a gate has "
			"little to hold back.",
			blocking);
}

void xs_doctor_environment(struct xs_doctor *doctor)
{
	size_t before = doctor->findings.count;

	check_values(doctor);
	check_log(doctor);
	for (char **entry = environ; *entry; entry++)
		check_name(doctor, *entry);
	const struct xs_options *options = options_now();
	check_switches(doctor, options);
	check_level(doctor, options);
	check_foreign(doctor);
	if (doctor->findings.count == before)
		xs_find(&doctor->findings, XS_FINE, TOPIC, "environment",
			"Nothing in it is in the way.");
}
