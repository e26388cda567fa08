/* SPDX-License-Identifier: Apache-2.0 */
/* xcli version: of this program, and of the daemon if one answers. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "wire/message.h"

static int run(int count, char **operands)
{
	struct xs_daemon daemon;
	bool answers = xs_daemon_open(&daemon) == 0;

	(void)count;
	(void)operands;
	if (xs_json_wanted()) {
		xs_print_json(json_pack("{s:s, s:i, s:s?, s:s?}", "xcli", XS_VERSION, "wire",
			XS_WIRE_VERSION, "xserver", answers ? daemon.server : NULL, "policy",
			answers ? daemon.policy : NULL));
	} else {
		printf("xcli %s (wire %u)\n", XS_VERSION, XS_WIRE_VERSION);
		if (answers)
			printf("xserver %s, policy %s\n", daemon.server, daemon.policy);
	}
	xs_daemon_close(&daemon);
	return xs_finish_output();
}

const struct xs_verb xs_verb_version = {
	.name = "version",
	.summary = "Print the versions of xcli and of the daemon",
	.run = run,
};
