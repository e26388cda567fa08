/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the daemon alive? It writes its clock into the page again and again, and whoever is silent for a lease
 * counts as lost.
 *
 * Its clock need not be ours: containers can have their own. But the two go equally fast, so what
 * tells is the difference between them, which is seen whenever the word has changed: too large by as long
 * as nobody looked, so the smallest counts. With it, the time of the last sign of life is known on our
 * clock, however late it is looked at.
 */
#ifndef XS_PREEMPT_LEASE_H
#define XS_PREEMPT_LEASE_H

#include <stdbool.h>
#include <stdint.h>

struct xs_lease {
	uint64_t beat;     /* the word, as it was at the last look */
	uint64_t ahead_ns; /* our clock before the daemon's, modulo 2^64: no more than that */
	uint64_t heard_ns; /* last sign of life, on our clock */
	uint64_t until_ns; /* then the daemon counts as lost */
	bool has_beaten;   /* since the beginning */
};

/* The daemon was asked. What is in the word may be from another one. */
void xs_lease_begin(struct xs_lease *lease, uint64_t beat, uint64_t now_ns);

/* Looks at the word; not later than until_ns. Returns whether the lease goes on. */
bool xs_lease_holds(struct xs_lease *lease, uint64_t beat, uint64_t now_ns);

#endif
