/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segment that the processes of a machine share.
 *
 * Each engine has a slot; a device names the slot of its owner. Everything is guarded by one robust
 * mutex, so that a process that is killed inside does not take the others along, except the words
 * that an owner may read without it (`owner`, `waiters`).
 *
 * Whether a process lives is told by a record lock on the byte of its slot: the kernel drops it at
 * the end of the process however that comes about, a zombie does not hold it, and it means the same
 * in every PID namespace. A dead owner is replaced at once when a waiter looks; one that lives but
 * has not reacted for XSIM_LEASE_MS after the end of its slice (stopped, or a busy machine) too: it
 * sees that when it runs again and queues up.
 */
#include "platform/sim/share.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/futex.h"
#include "platform/sim/config.h"

#define SLOTS   256
#define DEVICES 16
#define NOBODY  (-1)
#define NEVER   UINT64_MAX
#define MAGIC   0x78736d34u /* changes with the layout */

struct share_slot {
	_Atomic uint32_t word; /* the engine's futex: 1 asleep */
	int32_t pid;           /* 0: free */
	int32_t device;
	uint32_t waiting;
	uint64_t ticket;   /* order of the waiters */
	uint64_t since_ns; /* device time since which it waits */
};

struct share_device {
	_Atomic int32_t owner;
	_Atomic uint32_t waiters;
	int32_t last_owner;
	uint64_t last_ticket;
	uint64_t free_ns; /* end of the last work of the last owner */
	uint64_t from_ns; /* the owner may use the device from here on */
	uint64_t slice_end_ns;
};

struct share_segment {
	_Atomic uint32_t magic;
	pthread_mutex_t lock;
	struct share_device devices[DEVICES];
	struct share_slot slots[SLOTS];
};

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static struct share_segment *mapped; /* [open_lock] */
static int segment_fd = -1;          /* stays open: it holds the record locks */

static void lock_segment(struct share_segment *segment)
{
	if (pthread_mutex_lock(&segment->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&segment->lock); /* every field is valid at every time */
}

static void unlock_segment(struct share_segment *segment)
{
	pthread_mutex_unlock(&segment->lock);
}

static bool lock_slot(int slot)
{
	struct flock record = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1
	};

	return fcntl(segment_fd, F_SETLK, &record) == 0;
}

static bool slot_dead(struct share_segment *segment, int slot)
{
	struct flock record = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1
	};

	if (segment->slots[slot].pid == getpid())
		return false; /* record locks do not show to their owner */
	return fcntl(segment_fd, F_GETLK, &record) == 0 && record.l_type == F_UNLCK;
}

static void format(struct share_segment *segment)
{
	pthread_mutexattr_t attributes;

	memset(segment, 0, sizeof(*segment));
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&segment->lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	for (int i = 0; i < DEVICES; i++) {
		xs_store_relaxed(&segment->devices[i].owner, NOBODY);
		segment->devices[i].last_owner = NOBODY;
	}
	xs_store_release(&segment->magic, MAGIC);
}

/* Maps the segment, and formats it if we are the first. [open_lock] */
static struct share_segment *map_segment(void)
{
	char name[128];

	if (xsim_config.segment && *xsim_config.segment)
		snprintf(name, sizeof(name), "/%s",
			xsim_config.segment + (*xsim_config.segment == '/'));
	else
		snprintf(name, sizeof(name), "/xsim-%u", (unsigned int)getuid());
	int fd = shm_open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;

	struct share_segment *segment = MAP_FAILED;
	struct stat status;
	flock(fd, LOCK_EX);
	if (fstat(fd, &status) == 0 &&
		(status.st_size >= (off_t)sizeof(*segment) || ftruncate(fd, sizeof(*segment)) == 0))
		segment = mmap(NULL, sizeof(*segment), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (segment != MAP_FAILED && xs_load_acquire(&segment->magic) != MAGIC)
		format(segment);
	flock(fd, LOCK_UN);
	if (segment == MAP_FAILED) {
		close(fd);
		return NULL;
	}
	segment_fd = fd;
	return segment;
}

static int take_slot(struct share_segment *segment, int device)
{
	int found = NOBODY;

	lock_segment(segment);
	for (int i = 0; i < SLOTS && found == NOBODY; i++) {
		struct share_slot *slot = &segment->slots[i];

		if (slot->pid == getpid() || (slot->pid && !slot_dead(segment, i)) || !lock_slot(i))
			continue;
		if (slot->waiting)
			xs_sub_full(&segment->devices[slot->device].waiters, 1);
		*slot = (struct share_slot){ .pid = getpid(), .device = device };
		for (int d = 0; d < DEVICES; d++) {
			struct share_device *dev = &segment->devices[d];

			if (xs_load_relaxed(&dev->owner) == i)
				xs_store_full(&dev->owner, NOBODY);
			if (dev->last_owner == i)
				dev->last_owner = NOBODY;
		}
		found = i;
	}
	unlock_segment(segment);
	return found;
}

void xsim_share_open(struct xsim_share *share, int device)
{
	*share = (struct xsim_share){ .device = device, .slot = NOBODY };
	if (!xsim_config.share)
		return;
	pthread_mutex_lock(&open_lock);
	if (!mapped)
		mapped = map_segment();
	if (mapped)
		share->slot = take_slot(mapped, device);
	if (share->slot != NOBODY)
		share->segment = mapped;
	pthread_mutex_unlock(&open_lock);
}

_Atomic uint32_t *xsim_share_word(struct xsim_share *share)
{
	return share->segment ? &share->segment->slots[share->slot].word : NULL;
}

static void wake_slot(struct share_segment *segment, int slot)
{
	uint32_t asleep = 1;

	if (xs_cas_full(&segment->slots[slot].word, &asleep, 0))
		xs_futex_wake(&segment->slots[slot].word, 1);
}

/* Makes slot the owner from at_ns on; a change of process costs a context switch. [lock] */
static void give(struct share_segment *segment, int device, int slot, uint64_t at_ns)
{
	struct share_device *dev = &segment->devices[device];
	struct share_slot *to = &segment->slots[slot];
	uint64_t ready_ns = dev->free_ns;

	if (dev->last_owner != slot && dev->last_owner != NOBODY)
		ready_ns += xsim_config.switch_us * XS_NS_PER_US;
	if (to->waiting) {
		to->waiting = 0;
		xs_sub_full(&dev->waiters, 1);
	}
	dev->from_ns = at_ns > ready_ns ? at_ns : ready_ns;
	dev->slice_end_ns = dev->from_ns + xsim_config.slice_us * XS_NS_PER_US;
	dev->last_owner = slot;
	xs_store_full(&dev->owner, slot);
}

/* Chooses the one that waits for longest and is alive. [lock] */
static void give_to_next(struct share_segment *segment, int device)
{
	struct share_device *dev = &segment->devices[device];

	while (xs_load_relaxed(&dev->waiters)) {
		int best = NOBODY;

		for (int i = 0; i < SLOTS; i++) {
			struct share_slot *slot = &segment->slots[i];

			if (slot->waiting && slot->device == device &&
				(best == NOBODY || slot->ticket < segment->slots[best].ticket))
				best = i;
		}
		if (best == NOBODY) {
			xs_store_full(&dev->waiters, 0); /* somebody died while counting */
			return;
		}
		if (slot_dead(segment, best)) {
			segment->slots[best].waiting = 0;
			xs_sub_full(&dev->waiters, 1);
			continue;
		}
		give(segment, device, best, segment->slots[best].since_ns);
		wake_slot(segment, best);
		return;
	}
}

/* Takes the device away from an owner that can not or does not give it up. [lock] */
static void replace_absent_owner(struct share_segment *segment, int device, uint64_t now_ns)
{
	struct share_device *dev = &segment->devices[device];
	int owner = xs_load_relaxed(&dev->owner);

	if (owner == NOBODY)
		return;
	bool late = now_ns > dev->slice_end_ns + xsim_config.lease_ms * XS_NS_PER_MS;
	if (!slot_dead(segment, owner) && !late)
		return;
	dev->free_ns = late ? dev->slice_end_ns : now_ns;
	xs_store_full(&dev->owner, NOBODY);
	give_to_next(segment, device);
}

static void start_waiting(struct xsim_share *share, uint64_t at_ns)
{
	struct share_device *dev = &share->segment->devices[share->device];
	struct share_slot *mine = &share->segment->slots[share->slot];
	int owner = xs_load_relaxed(&dev->owner);

	if (mine->waiting)
		return;
	mine->waiting = 1;
	mine->ticket = ++dev->last_ticket;
	mine->since_ns = at_ns;
	xs_add_full(&dev->waiters, 1);
	if (owner != NOBODY)
		wake_slot(share->segment, owner); /* it has to think about the end of its slice */
}

bool xsim_share_acquire(
	struct xsim_share *share, uint64_t at_ns, uint64_t now_ns, uint64_t *from_ns)
{
	if (!share->segment) {
		share->owner = true;
		share->slice_end_ns = NEVER;
		*from_ns = at_ns;
		return true;
	}

	struct share_segment *segment = share->segment;
	struct share_device *dev = &segment->devices[share->device];
	lock_segment(segment);
	if (xs_load_relaxed(&dev->owner) != share->slot) {
		start_waiting(share, at_ns);
		replace_absent_owner(segment, share->device, now_ns);
		if (xs_load_relaxed(&dev->owner) == NOBODY)
			give_to_next(segment, share->device);
	}
	share->owner = xs_load_relaxed(&dev->owner) == share->slot;
	if (share->owner) {
		*from_ns = dev->from_ns > at_ns ? dev->from_ns : at_ns;
		share->slice_end_ns = dev->slice_end_ns;
	}
	unlock_segment(segment);
	return share->owner;
}

void xsim_share_release(struct xsim_share *share, uint64_t at_ns, bool again)
{
	struct share_segment *segment = share->segment;

	share->owner = false;
	if (!segment)
		return;
	struct share_device *dev = &segment->devices[share->device];
	lock_segment(segment);
	if (xs_load_relaxed(&dev->owner) == share->slot) {
		if (at_ns > dev->free_ns)
			dev->free_ns = at_ns;
		xs_store_full(&dev->owner, NOBODY);
		if (again)
			start_waiting(share, at_ns);
		give_to_next(segment, share->device);
	}
	unlock_segment(segment);
}

uint64_t xsim_share_yield_at(struct xsim_share *share)
{
	struct share_segment *segment = share->segment;

	if (!segment || !xs_load_relaxed(&segment->devices[share->device].waiters))
		return NEVER;

	uint64_t first_ns = NEVER;
	lock_segment(segment);
	for (int i = 0; i < SLOTS; i++) {
		struct share_slot *slot = &segment->slots[i];

		if (slot->waiting && slot->device == share->device && slot->since_ns < first_ns)
			first_ns = slot->since_ns;
	}
	unlock_segment(segment);
	if (first_ns == NEVER)
		return NEVER;
	return first_ns > share->slice_end_ns ? first_ns : share->slice_end_ns;
}

bool xsim_share_lost(struct xsim_share *share)
{
	if (!share->segment ||
		xs_load_relaxed(&share->segment->devices[share->device].owner) == share->slot)
		return false;
	share->owner = false;
	return true;
}
