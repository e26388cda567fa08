/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of ours in the table of an application.
 *
 * Programs believe that they know who has the low numbers: some close them, some expect to be given
 * the lowest. Ours are moved out of that way.
 */
#ifndef XS_PREEMPT_DESCRIPTOR_H
#define XS_PREEMPT_DESCRIPTOR_H

/* Takes the descriptor, or the failure of the call that should have made it, and returns one with a
 * high number, or -errno. */
int xs_descriptor_hide(int fd);

#endif
