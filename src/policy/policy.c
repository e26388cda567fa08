/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of policies, in the order of the documentation. Adding one is a file and a line here.
 */
#include "policy/policies.h"

#include <strings.h>

static const struct xs_policy *const policies[] = {
	&xs_policy_hpf,
	&xs_policy_hhpf,
	&xs_policy_chpf,
	&xs_policy_up,
	&xs_policy_pup,
	&xs_policy_spup,
	&xs_policy_kedf,
	&xs_policy_lax,
	&xs_policy_awf,
	&xs_policy_cfs,
	&xs_policy_mlfq,
	&xs_policy_share,
	&xs_policy_slo,
};

#define COUNT (sizeof(policies) / sizeof(policies[0]))

_Static_assert(COUNT <= XS_POLICIES_MAX, "room for the parameters of every policy");

const struct xs_policy *xs_policy_at(size_t index)
{
	return index < COUNT ? policies[index] : NULL;
}

const struct xs_policy_info *xs_policy_info(size_t index)
{
	return index < COUNT ? &policies[index]->info : NULL;
}

const struct xs_policy *xs_policy_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcasecmp(policies[i]->info.name, name) == 0)
			return policies[i];
	return NULL;
}

size_t xs_policy_index(const struct xs_policy *policy)
{
	for (size_t i = 0; i < COUNT; i++)
		if (policies[i] == policy)
			return i;
	return 0;
}

int xs_param_index(const struct xs_param *params, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(params[i].name, name) == 0)
			return (int)i;
	return -1;
}
