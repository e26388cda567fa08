/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host functions: one thread calls them, one at a time, in the order in which their streams came to them.
 */
#ifndef XS_SIM_HOST_H
#define XS_SIM_HOST_H

struct xsim_op;
struct xsim_stream;

/* [engine] Has the function at the head of the stream called. Then host_done of the stream is set, and
 * its engine woken. */
void xsim_host_queue(struct xsim_stream *stream, const struct xsim_op *op);

#endif
