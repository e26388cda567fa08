/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies of others: shared objects made with include/xsched/policy.h.
 *
 * Each runs in a process of its own and is asked through shared memory. That costs two changes of
 * process for a decision, and is the only way in which one that never returns, writes where it likes,
 * takes a lock or ends its process does no harm: a signal handler that jumps out of somebody's code
 * leaves his locks behind, those of malloc too, and a thread cannot be ended at all.
 *
 * One that has failed is ejected: it is ended, HPF takes over, and the log says why.
 */
#ifndef XS_SERVER_PLUGIN_H
#define XS_SERVER_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XS_PLUGIN_LIMIT_US 1000

/*
 * The name of the policy that a path (with a slash in it) or a name means. It is loaded and added to
 * the table of policies, if it is not there yet. A name is looked up as NAME.so in
 * $XSCHED_PLUGIN_PATH, or else in lib/xsched/policies beside the daemon's bin. NULL: said why on
 * `why`; the daemon of root loads only what nobody else can change.
 */
const char *xs_plugin_load(const char *text, char *why, size_t size);

/* From now on nothing more is loaded: the scheduler exists. */
void xs_plugin_seal(void);

/* The processor time that a decision may take. */
void xs_plugin_set_limit(uint32_t us);

/* Was the policy of this name ejected? */
bool xs_plugin_is_ejected(const char *name);

/* How many were ejected. */
uint64_t xs_plugin_ejections(void);

/* Ends the processes. */
void xs_plugin_end(void);

#endif
