/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli run: sets up the environment and becomes the command. There is no process in between, so
 * signals, the terminal and the exit status are the command's own. What it starts is set up too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/platforms.h"
#include "cli/program.h"
#include "cli/shared_args.h"

enum {
	PRIORITY,
	SHARE,
	UTILIZATION,
	SLO,
	DEADLINE,
	LAXITY,
	LEVEL,
	SCHEDULER,
	DEVICE,
	NAME,
	TRACE,
};

static struct xs_arg args[] = {
	[PRIORITY] = { XS_ARG_PRIORITY("priority"), .letter = 'p',
		.help = "-256 to 255; realtime 200, high 100, normal 0, low -100, idle -200" },
	[SHARE] = { XS_ARG_SHARE },
	[UTILIZATION] = { XS_ARG_UTILIZATION },
	[SLO] = { XS_ARG_SLO },
	[DEADLINE] = { XS_ARG_DEADLINE },
	[LAXITY] = { XS_ARG_LAXITY },
	[LEVEL] = { XS_ARG_LEVEL },
	[SCHEDULER] = { .name = "scheduler",
		.value = "WHO",
		.read = xs_read_word,
		.words = "app local global",
		.help = "who decides: the application, its process, the daemon" },
	[DEVICE] = { .name = "device",
		.letter = 'd',
		.value = "N",
		.read = xs_read_number,
		.min = 0,
		.max = 1023,
		.help = "let the command see this device only" },
	[NAME] = { .name = "name", .value = "NAME", .help = "what list and top call it" },
	[TRACE] = { .name = "trace",
		.help = "a line for each launch and allocation, on standard error" },
};

/* --- options ------------------------------------------------------------------------------------- */

static void set_number(const char *variable, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	setenv(variable, text, 1);
}

/* Options whose value is that of a variable. */
static void set_numbers(void)
{
	static const struct {
		int arg;
		const char *variable;
	} numbers[] = {
		{ PRIORITY, "XSCHED_AUTO_XQUEUE_PRIORITY" },
		{ UTILIZATION, "XSCHED_AUTO_XQUEUE_UTILIZATION" },
		{ SLO, "XSCHED_AUTO_XQUEUE_TARGET" },
		{ DEADLINE, "XSCHED_AUTO_XQUEUE_DEADLINE" },
		{ LAXITY, "XSCHED_AUTO_XQUEUE_LAXITY" },
		{ LEVEL, "XSCHED_AUTO_XQUEUE_LEVEL" },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (args[numbers[i].arg].given)
			set_number(numbers[i].variable, args[numbers[i].arg].number);
	}
}

static void set_others(void)
{
	static const char *const schedulers[] = { "APP", "LCL", "GLB" };

	if (args[SHARE].given) {
		set_number("XSCHED_AUTO_XQUEUE_REQUEST", xs_share_request(args[SHARE].number));
		if (xs_share_limit(args[SHARE].number))
			set_number("XSCHED_AUTO_XQUEUE_LIMIT", xs_share_limit(args[SHARE].number));
	}
	if (args[SCHEDULER].given)
		setenv("XSCHED_SCHEDULER", schedulers[args[SCHEDULER].number], 1);
	if (args[NAME].given)
		setenv("XSCHED_NAME", args[NAME].text, 1);
	if (args[TRACE].given)
		setenv("XSCHED_TRACE", "ON", 1);
}

/* --- shims --------------------------------------------------------------------------------------- */

/* Whether a list that is separated by colons or blanks, as the loader's is, has this entry. */
static bool lists(const char *list, const char *entry)
{
	size_t length = strlen(entry);

	for (const char *at = strstr(list, entry); at; at = strstr(at + 1, entry)) {
		bool begins = at == list || strchr(": ", at[-1]);

		if (begins && strchr(": ", at[length])) /* or the end */
			return true;
	}
	return false;
}

/* After what is preloaded already: a sanitizer's runtime has to be first. */
static void preload(const char *shim)
{
	const char *before = getenv("LD_PRELOAD");
	char *list;

	if (!before || !*before) {
		setenv("LD_PRELOAD", shim, 1);
	} else if (!lists(before, shim) && asprintf(&list, "%s:%s", before, shim) > 0) {
		setenv("LD_PRELOAD", list, 1);
		free(list);
	}
}

static void set_up(const struct xs_platform *platform, const char *shim)
{
	preload(shim);
	if (args[DEVICE].given && platform->visible)
		set_number(platform->visible, args[DEVICE].number);
}

/* Returns XS_EXIT_OK or XS_EXIT_RUN. */
static int set_up_platforms(void)
{
	const struct xs_platform *platform;
	char driver[PATH_MAX], shim[PATH_MAX];
	bool found = false;

	for (size_t i = 0; (platform = xs_platform_at(i)); i++) {
		if (!xs_platform_shim(platform, shim) || !xs_platform_driver(platform, driver))
			continue;
		if (strpbrk(shim, ": ")) {
			xs_complain("%s: LD_PRELOAD cannot name a path with a colon or a blank; "
				    "install XSched elsewhere",
				shim);
			return XS_EXIT_RUN;
		}
		set_up(platform, shim);
		found = true;
	}
	if (!found)
		xs_complain("no driver was found, so nothing is scheduled; XSCHED_CUDA_LIB or "
			    "XSCHED_HIP_LIB names one in an unusual place");
	return XS_EXIT_OK;
}

/* --- the command --------------------------------------------------------------------------------- */

static void warn_of_rights(const char *name)
{
	char path[PATH_MAX];

	if (xs_program_find(name, path) && xs_program_gains_rights(path))
		xs_complain("%s gains rights when it starts, so the loader ignores LD_PRELOAD and "
			    "nothing is scheduled; put xcli run behind it: sudo xcli run ...",
			path);
}

static int run(int count, char **operands)
{
	(void)count;
	set_numbers();
	set_others();
	if (set_up_platforms() != XS_EXIT_OK)
		return XS_EXIT_RUN;
	warn_of_rights(operands[0]);
	execvp(operands[0], operands);
	int err = errno;
	xs_complain("%s: %s", operands[0], strerror(err));
	return err == ENOENT ? XS_EXIT_ABSENT : XS_EXIT_CANNOT;
}

const struct xs_verb xs_verb_run = {
	.name = "run",
	.summary = "Run a command, and what it starts, under the scheduler",
	.operands = "[--] COMMAND [ARGUMENT...]",
	.text = "Each platform whose driver is there is set up by adding its shim to\n"
		"LD_PRELOAD; each option sets one variable of xsched(7). Nothing else\n"
		"changes, and the exit status is the command's; 125: xcli could not, 126:\n"
		"COMMAND could not be run, 127: there is none. A time is in the unit shown,\n"
		"or in the one that follows it: 500us, 20ms, 1.5s.",
	XS_ARGS(args),
	.least = 1,
	.most = -1,
	.command = true,
	.usage_status = XS_EXIT_RUN,
	.run = run,
};
