/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool of queues and the hash table over it.
 *
 * Look-up walks a chain of the hash table without a lock. Queues are never unmapped, so the worst
 * that a walk can meet is a queue that moved to another chain under it; it then ends early and the
 * caller looks again under the lock. The walk is bounded, so it cannot be led around for ever.
 *
 * Non-goal: protection of an application that launches into a stream while it destroys it. It gets
 * what it would get without us; we merely do not make it worse.
 */
#include "preempt/registry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "preempt/descriptor.h"

#define BUCKETS          1024u
#define LONGEST_WALK     256
#define QUEUES_PER_CHUNK 64u
#define CHUNKS           (XS_PAGE_SLOTS / QUEUES_PER_CHUNK)

#define ID_GENERATION_BITS 20
#define ID_INDEX(id)       ((size_t)((id) & (XS_PAGE_SLOTS - 1)))
#define ID_GENERATION_ONE  (UINT64_C(1) << XS_REGISTRY_INDEX_BITS)
#define ID_GENERATION_MASK (((UINT64_C(1) << ID_GENERATION_BITS) - 1) << XS_REGISTRY_INDEX_BITS)

_Static_assert(XS_PAGE_SLOTS == 1u << XS_REGISTRY_INDEX_BITS, "an id names a slot");

_Atomic uint32_t xs_registry_epoch = 1;

/* Guarded by the lock, except where marked atomic: those are read without it. */
static struct {
	struct xs_mutex lock;
	_Atomic(struct xs_page *) page;
	int page_fd; /* [lock] for the daemon, which maps it too; valid if there is a page */
	uint64_t page_identity; /* [lock] what page_fd names, if it is still ours */
	_Atomic(struct xs_queue *) chunks[CHUNKS];
	_Atomic size_t limit; /* queues handed out so far, reused ones counted once */
	_Atomic(struct xs_queue *) buckets[BUCKETS];
	struct xs_list free; /* retired queues, the longest retired first */
} registry;

void xs_registry_lock(void)
{
	xs_mutex_lock(&registry.lock);
}

void xs_registry_unlock(void)
{
	xs_mutex_unlock(&registry.lock);
}

/* --- look-up ------------------------------------------------------------------------------------- */

/* A created stream is named by its handle alone; default streams by their context and thread. */
static bool is_stream(const struct xs_queue *queue, const struct xs_stream *stream)
{
	if (xs_load_acquire(&queue->key.handle) != stream->handle ||
		xs_load_acquire(&queue->key.owner) != stream->owner)
		return false;
	if ((!stream->handle || stream->owner) &&
		xs_load_acquire(&queue->key.context) != stream->context)
		return false;
	/* Whoever sees the key of a new life also sees that the old one has ended. */
	return xs_load_acquire(&queue->live);
}

static _Atomic(struct xs_queue *) *bucket_of(const struct xs_stream *stream)
{
	uint64_t key = (uint64_t)(uintptr_t)stream->handle ^ (uint64_t)(uintptr_t)stream->owner;

	if (!stream->handle || stream->owner)
		key ^= (uint64_t)(uintptr_t)stream->context;
	key *= UINT64_C(0x9e3779b97f4a7c15);
	return &registry.buckets[key >> (64 - 10)];
}

struct xs_queue *xs_registry_find(const struct xs_stream *stream)
{
	struct xs_queue *queue = xs_load_acquire(bucket_of(stream));

	for (int steps = 0; queue && steps < LONGEST_WALK; steps++) {
		if (is_stream(queue, stream))
			return queue;
		queue = xs_load_acquire(&queue->hash_next);
	}
	return NULL;
}

size_t xs_registry_limit(void)
{
	return xs_load_acquire(&registry.limit);
}

static struct xs_queue *queue_at(size_t index)
{
	struct xs_queue *chunk = xs_load_acquire(&registry.chunks[index / QUEUES_PER_CHUNK]);

	return chunk ? &chunk[index % QUEUES_PER_CHUNK] : NULL;
}

struct xs_queue *xs_registry_at(size_t index)
{
	struct xs_queue *queue = queue_at(index);

	return queue && xs_load_acquire(&queue->live) ? queue : NULL;
}

struct xs_queue *xs_registry_by_id(uint64_t id)
{
	struct xs_queue *queue = xs_registry_at(ID_INDEX(id));

	return queue && xs_load_relaxed(&queue->id) == id ? queue : NULL;
}

struct xs_page *xs_registry_page(void)
{
	return xs_load_acquire(&registry.page);
}

/* --- making -------------------------------------------------------------------------------------- */

/* [lock] The application may have closed the descriptor, and opened something else in its place. */
static bool page_fd_is_ours(void)
{
	return xs_descriptor_identity(registry.page_fd) == registry.page_identity;
}

/* [lock] The page, made if there is none. */
static struct xs_page *need_page(void)
{
	struct xs_page *page = xs_registry_page();
	int fd;

	if (page)
		return page;
	if (xs_page_create(&page, &fd) != 0) {
		xs_warn_once("no memory for queue states: streams are not scheduled");
		return NULL;
	}
	registry.page_fd = xs_descriptor_hide(fd);
	registry.page_identity = xs_descriptor_identity(registry.page_fd);
	xs_store_release(&registry.page, page);
	return page;
}

struct xs_page *xs_registry_need_page(int *fd)
{
	xs_registry_lock();
	struct xs_page *page = need_page();
	*fd = page && page_fd_is_ours() ? registry.page_fd : -1;
	xs_registry_unlock();
	return page;
}

/* [lock] */
static struct xs_queue *take_fresh(void)
{
	size_t index = xs_load_relaxed(&registry.limit);
	_Atomic(struct xs_queue *) *chunk = &registry.chunks[index / QUEUES_PER_CHUNK];

	if (index == XS_PAGE_SLOTS)
		return NULL;
	if (!xs_load_relaxed(chunk)) {
		struct xs_queue *queues = calloc(QUEUES_PER_CHUNK, sizeof(*queues));
		if (!queues)
			return NULL;
		xs_store_release(chunk, queues);
	}
	struct xs_queue *queue = xs_load_relaxed(chunk) + index % QUEUES_PER_CHUNK;
	xs_list_init(&queue->free_link);
	xs_store_relaxed(&queue->id, index);
	queue->slot = &xs_registry_page()->slots[index];
	xs_store_full(&queue->slot->word, XS_GATE_INITIAL);
	xs_store_release(&registry.limit, index + 1);
	return queue;
}

/* Markers of a retired queue that the device has not reached: they will store into the slot and look
 * at the gate. */
static bool has_marks_in_flight(const struct xs_queue *queue)
{
	return xs_load_relaxed(&queue->slot->progress) != queue->pace.issued;
}

/* [lock] A retired queue may still have a thread inside that read its word long ago. From here on the
 * word counts again; it is not stored to, since such a thread may come at any time. */
static struct xs_queue *take_retired(bool with_marks)
{
	if (!registry.free.next)
		xs_list_init(&registry.free);
	xs_list_for_each (link, &registry.free) {
		struct xs_queue *queue = xs_list_entry(link, struct xs_queue, free_link);
		uint64_t word = xs_load_relaxed(&queue->slot->word);

		if (queue->pins || (word & XS_GATE_INSIDES) ||
			(!with_marks && has_marks_in_flight(queue)))
			continue;
		if (!xs_cas_full(&queue->slot->word, &word, XS_GATE_INITIAL))
			continue;
		xs_list_remove(link);
		return queue;
	}
	return NULL;
}

static void reset_slot(struct xs_slot *slot)
{
	xs_store_relaxed(&slot->held_ns, 0);
	xs_store_relaxed(&slot->held_since_ns, 0);
	xs_store_relaxed(&slot->waited_ns, 0);
	xs_store_relaxed(&slot->device_ns, 0);
	xs_store_relaxed(&slot->holds, 0);
	xs_store_relaxed(&slot->progress, 0);
	xs_store_relaxed(&slot->covered, 0);
	xs_store_relaxed(&slot->priority, 0);
}

/* [lock] Everything that a former life of the queue left behind goes. */
static void fill_in(struct xs_queue *queue, const struct xs_stream *stream,
	const struct xs_stream_traits *traits)
{
	const struct xs_options *options = xs_options();
	uint64_t id = xs_load_relaxed(&queue->id);
	uint64_t generation = (id + ID_GENERATION_ONE) & ID_GENERATION_MASK;

	reset_slot(queue->slot);
	queue->hal = traits->hal;
	xs_store_release(&queue->key.handle, stream->handle);
	xs_store_release(&queue->key.owner, stream->owner);
	xs_store_release(&queue->key.context, stream->context);
	xs_store_relaxed(&queue->device, traits->device);
	xs_store_relaxed(&queue->blocking, traits->blocking);
	queue->stream_priority = traits->priority;
	xs_store_relaxed(&queue->priority, 0);
	xs_store_relaxed(&queue->submitted_high, 0);
	xs_store_relaxed(&queue->level, options->level == XS_UNSET ? 0 : options->level);
	xs_store_relaxed(
		&queue->threshold, options->threshold == XS_UNSET ? 0 : options->threshold);
	xs_store_relaxed(&queue->batch, options->batch_size == XS_UNSET ? 0 : options->batch_size);
	xs_store_relaxed(&queue->is_xqueue, false);
	xs_store_relaxed(&queue->blocking_submit, false);
	xs_store_relaxed(&queue->idle_since_ns, 0);
	xs_store_relaxed(&queue->waiters, 0);
	memset(&queue->pace, 0, sizeof(queue->pace));
	memset(&queue->watch, 0, sizeof(queue->watch));
	xs_store_relaxed(&queue->id, generation | ID_INDEX(id));
	xs_store_release(&queue->live, true);
}

/* [lock] */
static struct xs_queue *make(const struct xs_stream *stream, const struct xs_stream_traits *traits)
{
	if (!need_page())
		return NULL;

	struct xs_queue *queue = take_retired(false);
	if (!queue)
		queue = take_fresh();
	if (!queue)
		queue = take_retired(true); /* of a context that is gone, most likely */
	if (!queue) {
		xs_warn_once("no room for the state of another stream: it is not scheduled");
		return NULL;
	}
	fill_in(queue, stream, traits);

	_Atomic(struct xs_queue *) *bucket = bucket_of(stream);
	xs_store_relaxed(&queue->hash_next, xs_load_relaxed(bucket));
	xs_store_release(bucket, queue);
	xs_add_full(&xs_registry_epoch, 1);
	return queue;
}

struct xs_queue *xs_registry_hold(
	const struct xs_stream *stream, const struct xs_stream_traits *traits, unsigned int holder)
{
	xs_registry_lock();
	struct xs_queue *queue = xs_registry_find(stream);
	if (!queue)
		queue = make(stream, traits);
	if (queue)
		queue->holders |= holder;
	xs_registry_unlock();
	return queue;
}

/* --- dropping ------------------------------------------------------------------------------------ */

/* [lock] */
static void unlink_from_bucket(struct xs_queue *queue)
{
	const struct xs_stream stream = xs_queue_stream(queue);
	_Atomic(struct xs_queue *) *link = bucket_of(&stream);

	while (xs_load_relaxed(link) && xs_load_relaxed(link) != queue)
		link = &xs_load_relaxed(link)->hash_next;
	if (xs_load_relaxed(link))
		xs_store_release(link, xs_load_relaxed(&queue->hash_next));
}

bool xs_registry_drop_locked(struct xs_queue *queue, unsigned int holder)
{
	bool last = false;

	if (queue->holders) {
		queue->holders &= ~holder;
		last = !queue->holders;
	}
	if (last) {
		unlink_from_bucket(queue);
		xs_store_full(&queue->live, false);
		xs_add_full(&xs_registry_epoch, 1);
	}
	return last;
}

bool xs_registry_drop(struct xs_queue *queue, unsigned int holder)
{
	xs_registry_lock();
	bool last = xs_registry_drop_locked(queue, holder);
	xs_registry_unlock();
	return last;
}

void xs_registry_free(struct xs_queue *queue)
{
	xs_registry_lock();
	if (!registry.free.next)
		xs_list_init(&registry.free);
	xs_list_append(&registry.free, &queue->free_link);
	xs_registry_unlock();
}

/* [lock] */
static struct xs_queue *pin_locked(struct xs_queue *queue)
{
	if (queue)
		queue->pins++;
	return queue;
}

struct xs_queue *xs_registry_pin(uint64_t id)
{
	xs_registry_lock();
	struct xs_queue *queue = pin_locked(xs_registry_by_id(id));
	xs_registry_unlock();
	return queue;
}

struct xs_queue *xs_registry_pin_at(size_t index)
{
	xs_registry_lock();
	struct xs_queue *queue = pin_locked(xs_registry_at(index));
	xs_registry_unlock();
	return queue;
}

void xs_registry_unpin(struct xs_queue *queue)
{
	xs_registry_lock();
	queue->pins--;
	xs_registry_unlock();
}

/* --- fork ---------------------------------------------------------------------------------------- */

void xs_registry_forked(void)
{
	struct xs_page *page = xs_load_relaxed(&registry.page);

	/* The page is shared with the parent: put memory of our own in its place, so that even a
	 * stale pointer of this child cannot reach the parent's queues. */
	if (page) {
		if (page_fd_is_ours())
			close(registry.page_fd);
		mmap(page, sizeof(*page), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
	memset(&registry, 0, sizeof(registry));
	xs_add_full(&xs_registry_epoch, 1);
}
