/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that stand still. Their watcher stands still too and tells neither idle nor stalled, so that
 * is done for them here: whoever is frozen holds nobody back.
 *
 * A signal, a shell's job control or a debugger stop a process at once, and its state says so. The freezer
 * of a container does not show there, nor does a watcher that the driver does not let go. But such a process
 * does not answer: if somebody may wait for it and it is silent, it is sent LOOK, and whoever has not
 * looked for as long as a daemon may be silent counts as frozen.
 */
#include "server/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* T: stopped, t: traced. */
static bool stands_still(pid_t pid)
{
	char path[32], text[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t size = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (size <= 0)
		return false;
	text[size] = 0;
	/* The name before it may hold anything, parentheses too. */
	const char *state = strrchr(text, ')');
	return state && state[1] == ' ' && (state[2] == 'T' || state[2] == 't');
}

/* Asks it to look anew each time that it has. */
static bool answers(struct xs_tenant *tenant)
{
	if (!xs_load_full(&tenant->page->client_told))
		xs_tenant_notice(tenant);
	else if (tenant->world->now_ns - tenant->asked_ns >= XS_PAGE_LEASE_NS)
		return false;
	return true;
}

int xs_lane_stalled(struct xs_lane *lane, bool on)
{
	struct xs_world *world = lane->tenant->world;

	lane->stalled = on;
	return xs_sched_queue_stalled(
		world->sched, xs_lane_number(lane), on || lane->frozen, world->now_ns);
}

static void set_frozen(struct xs_lane *lane, bool frozen)
{
	if (frozen == lane->frozen)
		return;
	lane->frozen = frozen;
	xs_lane_stalled(lane, lane->stalled);
}

/* Reads a file, so once for all its queues. */
static bool is_still(struct xs_tenant *tenant)
{
	uint64_t now_ns = tenant->world->now_ns;

	if (tenant->looked_at_ns != now_ns)
		tenant->still = tenant->pid > 0 && stands_still(tenant->pid);
	tenant->looked_at_ns = now_ns;
	return tenant->still;
}

static void sample(struct xs_lane *lane)
{
	uint64_t word = xs_load_relaxed(&lane->slot->word);

	if (word != lane->word_at_beat) { /* most are, and need no look at files */
		lane->word_at_beat = word;
		set_frozen(lane, false);
		return;
	}
	set_frozen(lane, is_still(lane->tenant) || (lane->tracked && !answers(lane->tenant)));
}

void xs_world_sample_frozen(struct xs_world *world)
{
	xs_list_for_each (place, &world->place_list) {
		xs_list_for_each (link, &xs_list_entry(place, struct xs_place, link)->ready)
			sample(xs_list_entry(link, struct xs_lane, ready_link));
	}
}
