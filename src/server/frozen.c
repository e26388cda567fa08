/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that stand still: stopped by a signal, a shell's job control or a debugger. Their watcher
 * stands still too and tells neither idle nor stalled, so that is done for them here: whoever is frozen
 * holds nobody back.
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

static void set_frozen(struct xs_lane *lane, bool frozen)
{
	struct xs_world *world = lane->tenant->world;

	if (frozen == lane->frozen)
		return;
	lane->frozen = frozen;
	xs_sched_queue_stalled(world->sched, xs_lane_number(lane), frozen, world->now_ns);
}

void xs_world_sample_frozen(struct xs_world *world)
{
	const struct xs_tenant *looked_at = NULL;
	bool still = false;

	xs_list_for_each (link, &world->ready) {
		struct xs_lane *lane = xs_list_entry(link, struct xs_lane, ready_link);
		uint64_t word = xs_load_relaxed(&lane->slot->word);

		if (word != lane->word_at_beat) { /* most are, and need no look at files */
			lane->word_at_beat = word;
			set_frozen(lane, false);
			continue;
		}
		if (lane->tenant != looked_at) {
			looked_at = lane->tenant;
			still = looked_at->pid > 0 && stands_still(looked_at->pid);
		}
		set_frozen(lane, still);
	}
}
