/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping account of a daemon's signs of life; see lease.h. */
#include "preempt/lease.h"

#include "base/clock.h"
#include "wire/page.h"

/* Whoever looks later than that after the end has stood still himself, perhaps with the whole machine: the
 * daemon gets another moment to say something. */
#define LATE_NS   (100 * XS_NS_PER_MS)
#define MOMENT_NS (150 * XS_NS_PER_MS)

void xs_lease_begin(struct xs_lease *lease, uint64_t beat, uint64_t now_ns)
{
	*lease = (struct xs_lease){
		.beat = beat,
		.heard_ns = now_ns,
		.until_ns = now_ns + XS_PAGE_LEASE_NS,
	};
}

bool xs_lease_holds(struct xs_lease *lease, uint64_t beat, uint64_t now_ns)
{
	if (beat != lease->beat) {
		uint64_t ahead_ns = now_ns - beat;

		if (!lease->has_beaten || (int64_t)(ahead_ns - lease->ahead_ns) < 0)
			lease->ahead_ns = ahead_ns;
		lease->has_beaten = true;
		lease->beat = beat;
		lease->heard_ns = beat + lease->ahead_ns;
		lease->until_ns = lease->heard_ns + XS_PAGE_LEASE_NS;
	}
	if (now_ns < lease->until_ns)
		return true;
	/* Once: the end is moved, and that it was is seen next time. */
	if (lease->until_ns != lease->heard_ns + XS_PAGE_LEASE_NS ||
		now_ns - lease->until_ns < LATE_NS)
		return false;
	lease->until_ns = now_ns + MOMENT_NS;
	return true;
}
