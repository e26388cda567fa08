/* SPDX-License-Identifier: Apache-2.0 */
/* What the core of this process has counted, if there is one: asked through the loader, since the
 * test programs are not linked with it. */
#ifndef TESTS_HIP_GATED_H
#define TESTS_HIP_GATED_H

#include <dlfcn.h>

#include "preempt/xqueue.h"

static inline void *core_symbol(const char *name)
{
	void *core = dlopen("libpreempt.so", RTLD_LAZY | RTLD_NOLOAD);

	return core ? dlsym(core, name) : NULL;
}

/* Commands of the queues that exist. */
static inline unsigned long gated(void)
{
	size_t (*limit)(void) = (size_t(*)(void))core_symbol("xs_registry_limit");
	struct xs_queue *(*at)(size_t) =
		(struct xs_queue * (*)(size_t)) core_symbol("xs_registry_at");
	unsigned long sum = 0;

	for (size_t i = 0; limit && at && i < limit(); i++)
		if (at(i))
			sum += xs_gate_submitted(xs_load_relaxed(&at(i)->slot->word));
	return sum;
}

static inline unsigned long ungated(void)
{
	_Atomic uint64_t *count = core_symbol("xs_process_ungated");

	return count ? xs_load_relaxed(count) : 0;
}

#endif
