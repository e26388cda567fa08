/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of policies, in the order of the documentation. Adding one is a file and a line here.
 */
#include "policy/policies.h"

#include <errno.h>
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

/* Those that were registered, after the others. */
static const struct xs_policy *more[XS_POLICIES_MAX - COUNT];
static size_t more_count;

const struct xs_policy *xs_policy_at(size_t index)
{
	if (index < COUNT)
		return policies[index];
	return index - COUNT < more_count ? more[index - COUNT] : NULL;
}

const struct xs_policy_info *xs_policy_info(size_t index)
{
	const struct xs_policy *policy = xs_policy_at(index);

	return policy ? &policy->info : NULL;
}

const struct xs_policy *xs_policy_find(const char *name)
{
	const struct xs_policy *policy;

	for (size_t i = 0; (policy = xs_policy_at(i)); i++)
		if (strcasecmp(policy->info.name, name) == 0)
			return policy;
	return NULL;
}

size_t xs_policy_index(const struct xs_policy *policy)
{
	for (size_t i = 0; xs_policy_at(i); i++)
		if (xs_policy_at(i) == policy)
			return i;
	return 0;
}

int xs_policy_register(const struct xs_policy *policy)
{
	if (xs_policy_find(policy->info.name))
		return -EEXIST;
	if (more_count == sizeof(more) / sizeof(more[0]))
		return -ENOSPC;
	more[more_count++] = policy;
	return 0;
}

int xs_param_index(const struct xs_param *params, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(params[i].name, name) == 0)
			return (int)i;
	return -1;
}
