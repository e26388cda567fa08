/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon wants, in messages: what it decides about gates needs none, it is in the page. */
#ifndef XS_PREEMPT_ORDERS_H
#define XS_PREEMPT_ORDERS_H

struct xs_message;

/* [watcher, no lock held] Does what the message says. One that says nothing to us is passed over. */
void xs_orders_obey(const struct xs_message *message);

#endif
