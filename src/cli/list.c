/* SPDX-License-Identifier: Apache-2.0 */
/* xcli list: every queue, as XSched's list with what each got and what it waited for. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/queues.h"
#include "cli/snapshot.h"

static int run(int count, char **operands)
{
	struct xs_snapshot snapshot;
	int status = xs_snapshot_ask(&snapshot);

	(void)count;
	(void)operands;
	if (!status)
		status = xs_queues_print(&snapshot);
	xs_snapshot_fini(&snapshot);
	return status;
}

const struct xs_verb xs_verb_list = {
	.name = "list",
	.summary = "List the queues of all processes",
	.text = "STAT: RDY has work, BLK has none. SCHED: RUN may run; SUS is suspended by\n"
		"the policy, HALT by `xcli suspend`, PAUS by its own application. USED is\n"
		"measured device time, HELD how long the scheduler kept it from running, in\n"
		"HOLDS turns.",
	.run = run,
};
