/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli suspend and resume: stops and starts a process or a queue, whatever the policy says. With --for
 * xcli stays and takes the suspend back when the time is over, or when somebody interrupts it.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/target.h"

enum { FOR };

static struct xs_arg args[] = {
	[FOR] = { .name = "for",
		.value = "TIME",
		.read = xs_read_duration,
		.min = 1,
		.max = 86400000000,
		.help = "resume after that: 10s, 500ms, 2m; xcli waits for it" },
};

static int set(const struct xs_target *target, bool on)
{
	struct xs_message message = { .opcode = XS_OP_SUSPEND };

	message.suspend.target = target->target;
	message.suspend.id = target->id;
	message.suspend.on = on;
	int status = xs_ask(&message, NULL, NULL, target->subject);
	if (!status)
		xs_confirm("%s %s", target->subject, on ? "suspended" : "resumed");
	return status;
}

/* --- a while ------------------------------------------------------------------------------------- */

/* These end the wait instead of xcli, so that nobody stays suspended by mistake. */
static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* What is ignored, as nohup and shells without a terminal ask for, would end the wait if it were blocked.
 * A reader of our output who leaves must not end xcli before it has resumed. */
static void block_ending(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) {
		if (!is_ignored(ending[i]))
			sigaddset(set, ending[i]);
	}
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void wait_us(const sigset_t *set, int64_t us)
{
	struct timespec rest = { us / 1000000, us % 1000000 * 1000 };

	while (sigtimedwait(set, NULL, &rest) < 0 && errno == EINTR)
		;
}

static int suspend_for(const struct xs_target *target, int64_t us)
{
	sigset_t signals;

	block_ending(&signals);
	int status = set(target, true);
	if (status)
		return status;
	fflush(stdout);
	wait_us(&signals, us);
	return set(target, false);
}

/* --- verbs --------------------------------------------------------------------------------------- */

static int read_target(struct xs_target *target, const char *text)
{
	if (xs_target_read(target, text))
		return XS_EXIT_OK;
	return xs_usage_error("'%s' is neither a process id nor a handle of a queue", text);
}

static int run_suspend(int count, char **operands)
{
	struct xs_target target;
	int status = read_target(&target, operands[0]);

	(void)count;
	if (status)
		return status;
	return args[FOR].given ? suspend_for(&target, args[FOR].number) : set(&target, true);
}

static int run_resume(int count, char **operands)
{
	struct xs_target target;
	int status = read_target(&target, operands[0]);

	(void)count;
	return status ? status : set(&target, false);
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	(void)operands;
	if (count)
		return;
	xs_target_complete_pid(say);
	xs_target_complete_queue(say);
}

const struct xs_verb xs_verb_suspend = {
	.name = "suspend",
	.summary = "Stop a process or queue on its devices until resumed",
	.operands = "PID|XQUEUE",
	.text = "Its gates close at once; what runs on the device ends first. It stays\n"
		"suspended under every policy, until `xcli resume` or the end of the\n"
		"daemon.",
	XS_ARGS(args),
	.least = 1,
	.most = 1,
	.complete = complete,
	.run = run_suspend,
};

const struct xs_verb xs_verb_resume = {
	.name = "resume",
	.summary = "Take a suspend back",
	.operands = "PID|XQUEUE",
	.least = 1,
	.most = 1,
	.complete = complete,
	.run = run_resume,
};
