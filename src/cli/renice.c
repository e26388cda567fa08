/* SPDX-License-Identifier: Apache-2.0 */
/* xcli renice: another priority for a process or a queue that runs already. */
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/target.h"
#include "wire/message.h"

static int run(int count, char **operands)
{
	struct xs_target target;
	int64_t priority;

	(void)count;
	if (!xs_target_read(&target, operands[0]))
		return xs_usage_error(
			"'%s' is neither a process id nor a handle of a queue", operands[0]);
	if (!xs_read(xs_read_priority, 0, 0, operands[1], &priority))
		return xs_usage_error(
			"'%s' is not allowed as a priority; %s", operands[1], XS_PRIORITY_ALLOWED);
	int status = xs_target_hint(&target, XS_WIRE_HINT_PRIORITY, priority);
	if (!status)
		xs_confirm("Priority of %s set to %lld", target.subject, (long long)priority);
	return status;
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	(void)operands;
	if (count == 0)
		xs_target_complete_pid(say);
	for (size_t i = 0; count == 1 && xs_priority_classes[i].name; i++)
		say(xs_priority_classes[i].name);
}

const struct xs_verb xs_verb_renice = {
	.name = "renice",
	.summary = "Change the priority of a process or queue",
	.operands = "PID|XQUEUE N|CLASS",
	.text = "A priority is -256 to 255, larger is more important, or one of the classes\n"
		"realtime (200), high (100), normal (0), low (-100), idle (-200). -256 does\n"
		"not run at all.",
	.least = 2,
	.most = 2,
	.complete = complete,
	.run = run,
};
