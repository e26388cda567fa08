/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xcli hint: what somebody outside a process knows about its work. Any number of hints at once, for a
 * queue, a process, or everybody who has none of his own.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/shared_args.h"
#include "cli/target.h"

enum {
	XQUEUE,
	PID,
	ALL,
	PRIORITY,
	UTILIZATION,
	TIMESLICE,
	SHARE,
	SLO,
	DEADLINE,
	K,
	LAXITY,
	LAX_PRIO,
	CRIT_PRIO,
	WINDOW,
	CLEAR,
	COUNT,
};

static struct xs_arg args[] = {
	[XQUEUE] = { XS_ARG_XQUEUE, .help = "for this queue" },
	[PID] = { .name = "pid",
		.value = "PID",
		.read = xs_read_number,
		.min = 1,
		.max = XS_LARGEST_PID,
		.help = "for all queues of this process" },
	[ALL] = { .name = "all", .help = "for everybody without such a hint of his own" },
	[PRIORITY] = { XS_ARG_PRIORITY("priority"), .letter = 'p',
		.help = "larger is more important; -256 does not run" },
	[UTILIZATION] = { XS_ARG_UTILIZATION },
	[TIMESLICE] = { .name = "timeslice",
		.letter = 't',
		.value = "US",
		.read = xs_read_duration,
		.unit = "us",
		.min = 100,
		.max = 10000000,
		.allowed = "100 to 10000000 microseconds",
		.help = "length of a turn" },
	[SHARE] = { XS_ARG_SHARE },
	[SLO] = { XS_ARG_SLO },
	[DEADLINE] = { XS_ARG_DEADLINE },
	[K] = { .name = "k",
		.value = "N",
		.read = xs_read_number,
		.min = 1,
		.max = 65536,
		.help = "how many queues run at a time (policy KEDF)" },
	[LAXITY] = { XS_ARG_LAXITY },
	[LAX_PRIO] = { XS_ARG_PRIORITY("lax-priority"),
		.help = "with --laxity: the priority until then, default 0" },
	[CRIT_PRIO] = { XS_ARG_PRIORITY("crit-priority"),
		.help = "with --laxity: the priority from then on, default 0" },
	[WINDOW] = { .name = "window",
		.value = "DISPLAY",
		.read = xs_read_number,
		.min = 0,
		.max = 65535,
		.help = "it owns the active window of display N (policy AWF)" },
	[CLEAR] = { .name = "clear",
		.value = "HINT",
		.read = xs_read_word,
		.words = "priority utilization timeslice share slo deadline k laxity window",
		.help = "take a hint back" },
};

_Static_assert(sizeof(args) / sizeof(*args) == COUNT, "each option has a row");

/* What an option stands for on the wire, and in words. */
static const struct hint {
	int arg;
	uint32_t kind;
	const char *what, *unit;
} hints[] = {
	{ PRIORITY, XS_WIRE_HINT_PRIORITY, "Priority", "" },
	{ UTILIZATION, XS_WIRE_HINT_UTILIZATION, "Utilization", "" },
	{ TIMESLICE, XS_WIRE_HINT_TIMESLICE_US, "Timeslice", "us" },
	{ SHARE, XS_WIRE_HINT_REQUEST, "Request", "%" },
	{ SHARE, XS_WIRE_HINT_LIMIT, "Limit", "%" },
	{ SLO, XS_WIRE_HINT_TARGET_US, "Target", "us" },
	{ DEADLINE, XS_WIRE_HINT_DEADLINE_US, "Deadline", "us" },
	{ K, XS_WIRE_HINT_KDEADLINE, "K", "" },
	{ LAXITY, XS_WIRE_HINT_LAXITY_US, "Laxity", "us" },
	{ WINDOW, XS_WIRE_HINT_WINDOW_ACTIVE, "Active window", "" },
};

#define HINTS (sizeof(hints) / sizeof(*hints))

/* --- one hint ------------------------------------------------------------------------------------ */

/* The number that belongs into the message. False: this hint was not given. */
static bool value_of(const struct hint *hint, int64_t *value)
{
	const struct xs_arg *arg = &args[hint->arg];

	*value = arg->number;
	if (hint->kind == XS_WIRE_HINT_REQUEST)
		*value = xs_share_request(arg->number);
	if (hint->kind == XS_WIRE_HINT_LIMIT)
		*value = xs_share_limit(arg->number);
	if (hint->kind == XS_WIRE_HINT_WINDOW_ACTIVE)
		*value = 1;
	return arg->given && (hint->kind != XS_WIRE_HINT_LIMIT || *value);
}

static int send(const struct xs_target *target, const struct hint *hint, int64_t value, bool clear)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = target->target;
	message.hint.id = target->id;
	message.hint.kind = hint->kind;
	message.hint.clear = clear;
	message.hint.value = value;
	message.hint.lax_prio = (int32_t)args[LAX_PRIO].number;
	message.hint.crit_prio = (int32_t)args[CRIT_PRIO].number;
	message.hint.display = (uint64_t)args[WINDOW].number;
	return xs_ask(&message, NULL, NULL, target->subject);
}

static void confirm(const struct xs_target *target, const struct hint *hint, int64_t value)
{
	if (target->target == XS_TARGET_ALL)
		xs_confirm("%s set to %lld%s", hint->what, (long long)value, hint->unit);
	else
		xs_confirm("%s of %s set to %lld%s", hint->what, target->subject, (long long)value,
			hint->unit);
}

static int send_given(const struct xs_target *target)
{
	for (size_t i = 0; i < HINTS; i++) {
		int64_t value;

		if (!value_of(&hints[i], &value))
			continue;
		int status = send(target, &hints[i], value, false);
		if (status)
			return status;
		confirm(target, &hints[i], value);
	}
	return XS_EXIT_OK;
}

/* The word after --clear is the name of the option that gave the hint. */
static int send_cleared(const struct xs_target *target)
{
	for (size_t i = 0; args[CLEAR].given && i < HINTS; i++) {
		if (strcasecmp(args[hints[i].arg].name, args[CLEAR].text) != 0)
			continue;
		int status = send(target, &hints[i], 0, true);
		if (status)
			return status;
		xs_confirm("%s of %s taken back", hints[i].what, target->subject);
	}
	return XS_EXIT_OK;
}

/* --- the command line ---------------------------------------------------------------------------- */

static bool any_hint(void)
{
	bool any = args[CLEAR].given;

	for (size_t i = 0; i < HINTS; i++)
		any |= args[hints[i].arg].given;
	return any;
}

/* A time slice and k are the policy's: without a target they are for everybody, as with XSched. */
static bool is_for_policy(void)
{
	for (size_t i = 0; i < HINTS; i++) {
		if (args[hints[i].arg].given && hints[i].arg != TIMESLICE && hints[i].arg != K)
			return false;
	}
	return !args[CLEAR].given;
}

static int run(int count, char **operands)
{
	struct xs_target target = xs_target_all();
	int targets = args[XQUEUE].given + args[PID].given + args[ALL].given;

	(void)count;
	(void)operands;
	if (!any_hint())
		return xs_usage_error("no hint is there: --priority, --utilization, ...");
	if (targets > 1)
		return xs_usage_error("only one of --xqueue, --pid and --all");
	if (!targets && !is_for_policy())
		return xs_usage_error("for whom? --xqueue HANDLE, --pid PID or --all");
	if ((args[LAX_PRIO].given || args[CRIT_PRIO].given) && !args[LAXITY].given)
		return xs_usage_error("--lax-priority and --crit-priority go with --laxity");
	if (args[XQUEUE].given)
		target = xs_target_queue(args[XQUEUE].number);
	if (args[PID].given)
		target = xs_target_process(args[PID].number);
	int status = send_given(&target);
	return status ? status : send_cleared(&target);
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	if (count && strcmp(operands[count - 1], "--pid") == 0)
		xs_target_complete_pid(say);
	else
		xs_target_complete_queue(say);
}

const struct xs_verb xs_verb_hint = {
	.name = "hint",
	.summary = "Give hints to the scheduler about a queue, a process or everybody",
	.text = "Several hints may be given at once. --timeslice and --k without a target\n"
		"are for everybody. doc/policies.md says which policy looks at which hint.",
	XS_ARGS(args),
	.complete = complete,
	.run = run,
};
