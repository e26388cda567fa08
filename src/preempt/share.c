/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list with a node for each context. Nodes are never given back, but used for later contexts
 * together with their mapping, so look-ups need no lock and a program may make contexts for ever.
 */
#include "preempt/share.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/futex.h"
#include "base/log.h"
#include "preempt/registry.h"

enum { UNDER_WAY, REACHED, REFUSED };

struct share {
	struct share *next;      /* constant */
	_Atomic(void *) context; /* NULL: free */
	_Atomic int state;
	_Atomic int err;      /* why it was refused */
	struct xs_page *page; /* NULL: not mapped yet */
};

static struct xs_mutex lock; /* of changes; not held while the driver is called */
static _Atomic(struct share *) shares;

static struct share *find(const void *context)
{
	struct share *share = xs_load_acquire(&shares);

	while (share && xs_load_acquire(&share->context) != context)
		share = share->next;
	return share;
}

/* [lock] */
static struct share *take_free(void)
{
	struct share *share = find(NULL);

	if (share)
		return share;
	share = calloc(1, sizeof(*share));
	if (share) {
		share->next = xs_load_relaxed(&shares);
		xs_store_release(&shares, share);
	}
	return share;
}

/* The node of the context; *fresh: the caller is to make it reach the page. NULL: no memory. */
static struct share *find_or_take(void *context, bool *fresh)
{
	struct share *share = find(context);

	*fresh = false;
	if (share)
		return share;
	xs_mutex_lock(&lock);
	share = find(context);
	if (!share && (share = take_free())) {
		xs_store_relaxed(&share->state, UNDER_WAY);
		xs_store_release(&share->context, context);
		*fresh = true;
	}
	xs_mutex_unlock(&lock);
	return share;
}

/* The same memory under another address. A forked child does not need it, and must not keep it. */
static struct xs_page *map_again(struct xs_page *page)
{
	void *mapped = mremap(page, 0, sizeof(*page), MREMAP_MAYMOVE);

	if (mapped == MAP_FAILED)
		return NULL;
	madvise(mapped, sizeof(*page), MADV_DONTFORK);
	return mapped;
}

static void reach(struct share *share, const struct xs_hal *hal, void *context)
{
	int err;

	if (!share->page)
		share->page = map_again(xs_registry_page());
	/* Where that is not possible contexts have one page, for as long as the first of them lives. */
	if (!share->page)
		share->page = xs_registry_page();
	err = hal->share(context, share->page, sizeof(*share->page));
	if (err)
		xs_warn_once("the device cannot see our page (error %d): queues are stopped on the "
			     "host only",
			-err);
	xs_store_relaxed(&share->err, err);
	xs_store_release(&share->state, err ? REFUSED : REACHED);
}

struct xs_page *xs_share_page(const struct xs_hal *hal, void *context, int *err)
{
	bool fresh;

	*err = 0;
	if (!hal->share)
		return xs_registry_page();
	struct share *share = find_or_take(context, &fresh);
	if (!share) {
		*err = -ENOMEM;
		return NULL;
	}
	if (fresh)
		reach(share, hal, context);
	int state = xs_load_acquire(&share->state);
	if (state == REACHED)
		return share->page;
	*err = state == REFUSED ? xs_load_relaxed(&share->err) : -EAGAIN;
	return NULL;
}

void xs_share_ended(void *context)
{
	xs_mutex_lock(&lock);
	struct share *share = context ? find(context) : NULL;
	if (share && share->page == xs_registry_page())
		share->page = NULL; /* the next one tries again */
	if (share)
		xs_store_release(&share->context, NULL);
	xs_mutex_unlock(&lock);
}

void xs_share_forked(void)
{
	lock = (struct xs_mutex){ 0 };
	for (struct share *share = xs_load_relaxed(&shares); share; share = share->next) {
		xs_store_relaxed(&share->context, NULL);
		share->page = NULL;
	}
}
