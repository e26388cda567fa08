/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How soon the daemon runs when it is rung on a busy machine. It runs for some microseconds at a time,
 * so a short slice lets it in early at nobody's cost (Linux 6.12 and later, no right needed), and a
 * better niceness helps where root or the unit file grants it. Not a real-time class: a client that
 * keeps the loop busy would then keep a processor from everybody.
 */
#include "server/server.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define NICENESS (-10)
#define SLICE_NS (100 * XS_NS_PER_US)

/* struct sched_attr of <linux/sched/types.h>, which older headers lack. */
struct attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

void xs_server_hurry(void)
{
	struct attributes attributes = {
		.size = sizeof(attributes),
		.policy = SCHED_OTHER,
		.runtime = SLICE_NS,
	};

	errno = 0;
	int before = getpriority(PRIO_PROCESS, 0);
	if (sched_getscheduler(0) != SCHED_OTHER)
		return; /* whoever started us knows better */
	attributes.nice = before < NICENESS ? before : NICENESS;
	if (syscall(SYS_sched_setattr, 0, &attributes, 0) == 0)
		return;
	attributes.nice = before;
	if (syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
		xs_debg("no short slice (errno %d)", errno);
}
