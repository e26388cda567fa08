/* SPDX-License-Identifier: Apache-2.0 */
/* xcli doctor: looks at everything that scheduling depends on, and says what to do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/doctor/doctor.h"

enum { JSON, ROOT };

static struct xs_arg args[] = {
	[JSON] = { .name = "json",
		.value = "FILE",
		.help = "write the findings as JSON; - is standard output" },
	[ROOT] = { .name = "root",
		.value = "DIR",
		.help = "look for device files below DIR: a container's file system" },
};

static void examine(struct xs_doctor *doctor, char **command)
{
	xs_doctor_installation(doctor);
	xs_doctor_drivers(doctor);
	xs_doctor_nodes(doctor);
	xs_doctor_environment(doctor);
	xs_doctor_preload(doctor);
	xs_doctor_daemon(doctor);
	xs_doctor_container(doctor);
	if (!command)
		return;
	size_t before = xs_findings_of(&doctor->findings, XS_WRONG);
	xs_doctor_program(doctor, command);
	if (xs_findings_of(&doctor->findings, XS_WRONG) == before && *doctor->libraries)
		xs_doctor_trial(doctor, command);
}

/* Returns whether it was written. */
static bool write_json(const struct xs_findings *findings, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");

	if (file)
		xs_findings_json(findings, file);
	if (file && file != stdout ? fclose(file) == 0 : file && fflush(file) == 0)
		return true;
	xs_complain("%s: %s", path, strerror(errno));
	return false;
}

static void print_sum(const struct xs_findings *findings)
{
	size_t wrong = xs_findings_of(findings, XS_WRONG);
	size_t doubts = xs_findings_of(findings, XS_DOUBT);

	if (wrong)
		printf("\nScheduling does not work: %zu finding%s WRONG.\n", wrong,
			wrong == 1 ? " is" : "s are");
	else if (doubts)
		printf("\nScheduling works, with %zu doubt%s.\n", doubts, doubts == 1 ? "" : "s");
	else
		printf("\nScheduling works.\n");
}

static int run(int count, char **operands)
{
	static struct xs_doctor doctor = {
		.platforms = {
			[XS_DOCTOR_CUDA] = { .name = "CUDA",
				.shim = "libshimcuda.so",
				.library = "libcuda.so",
				.chosen = "XSCHED_CUDA_LIB" },
			[XS_DOCTOR_HIP] = { .name = "HIP",
				.shim = "libshimhip.so",
				.library = "libamdhip64.so",
				.chosen = "XSCHED_HIP_LIB" },
		},
	};

	doctor.root = args[ROOT].given ? args[ROOT].text : "";
	doctor.json_on_stdout = args[JSON].given && strcmp(args[JSON].text, "-") == 0;
	examine(&doctor, count ? operands : NULL);
	if (!doctor.json_on_stdout) {
		xs_findings_print(&doctor.findings, stdout);
		print_sum(&doctor.findings);
	}
	bool written = !args[JSON].given || write_json(&doctor.findings, args[JSON].text);
	size_t wrong = xs_findings_of(&doctor.findings, XS_WRONG);
	xs_findings_free(&doctor.findings);
	return wrong || !written ? XS_EXIT_FAILED : XS_EXIT_OK;
}

const struct xs_verb xs_verb_doctor = {
	.name = "doctor",
	.summary = "See whether scheduling works here, and if not, what to do",
	.operands = "[-- COMMAND [ARGUMENT...]]",
	.text = "Looks at the installation, drivers, device files, environment and daemon. With a\n"
		"command it is started as by xcli run, and the doctor tells which of its "
		"libraries\n"
		"were bound to the shim, which went past it, and what could not be held back.\n"
		"With --json - what it prints on standard output goes to standard error.\n"
		"The exit status is 1 if scheduling would not work.",
	XS_ARGS(args),
	.least = 0,
	.most = -1,
	.command = true,
	.run = run,
};
