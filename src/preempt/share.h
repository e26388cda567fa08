/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our page as the devices see it.
 *
 * A device reaches memory of the host that is registered, and a registration ends with the context
 * in which it was made, whoever else uses the memory then. So each context has a mapping of the page
 * for itself, under an address of its own: markers of a context are written through that one.
 */
#ifndef XS_PREEMPT_SHARE_H
#define XS_PREEMPT_SHARE_H

#include "base/export.h"
#include "preempt/hal.h"
#include "wire/page.h"

/* The page for markers of this context; NULL: -EIO or another error in *err, since the device cannot see
 * it, or -EAGAIN, since another thread is at it. Calls the driver. */
struct xs_page *xs_share_page(const struct xs_hal *hal, void *context, int *err);

/* The context is gone, and all its work is done. */
XS_EXPORT void xs_share_ended(void *context);

/* In a forked child, which has none of the mappings. */
void xs_share_forked(void);

#endif
