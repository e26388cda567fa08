/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of ours in the table of an application.
 *
 * Programs believe that they know who has the low numbers: some close them, some expect to be given
 * the lowest. Ours are moved out of that way.
 */
#ifndef XS_PREEMPT_DESCRIPTOR_H
#define XS_PREEMPT_DESCRIPTOR_H

#include <stdint.h>

/* Takes the descriptor, or the failure of the call that should have made it, and returns one with a
 * high number, or -errno. */
int xs_descriptor_hide(int fd);

/*
 * What the number names, as one word; 0: nothing. Some programs close what they did not open, and open
 * something else in its place: before a number is read, written or closed it has to name what it did.
 * The kernel does not tell eventfds and their like from one another, but from everything else.
 */
uint64_t xs_descriptor_identity(int fd);

#endif
