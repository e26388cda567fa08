/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that are built in, and the few lines that several of them share. */
#ifndef XS_POLICY_POLICIES_H
#define XS_POLICY_POLICIES_H

#include "policy/policy.h"

#define XS_PARAM_TABLE(table) .params = (table), .param_count = sizeof(table) / sizeof((table)[0])

extern const struct xs_policy xs_policy_hpf;
extern const struct xs_policy xs_policy_hhpf;
extern const struct xs_policy xs_policy_chpf;
extern const struct xs_policy xs_policy_up;
extern const struct xs_policy xs_policy_pup;
extern const struct xs_policy xs_policy_spup;
extern const struct xs_policy xs_policy_kedf;
extern const struct xs_policy xs_policy_lax;
extern const struct xs_policy xs_policy_awf;
extern const struct xs_policy xs_policy_cfs;
extern const struct xs_policy xs_policy_mlfq;
extern const struct xs_policy xs_policy_share;
extern const struct xs_policy xs_policy_slo;

/* The largest rank among the runnable units, XS_RANK_NONE when there is none. */
int xs_highest(struct xs_sched_device *device, int (*rank)(const struct xs_unit *unit));

/* Runs every runnable unit of at least this rank. Returns whether one was left out. */
bool xs_run_from(
	struct xs_sched_device *device, int (*rank)(const struct xs_unit *unit), int lowest);

/* A policy that does nothing else: choose() and admits() by its own rank(), and what a device keeps. */
struct xs_rank_state {
	int lowest; /* rank that is let through */
};
uint64_t xs_rank_choose(struct xs_sched_device *device, uint64_t now_ns);
bool xs_rank_admits(const struct xs_unit *unit);

#endif
