/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of commands.
 *
 * A command's entry is used again only after many others, and remembers its last lives by one bit
 * each, so that a wait for a command that completed long ago succeeds without any memory having
 * been kept for it.
 */
#include "preempt/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/futex.h"
#include "preempt/handle.h"
#include "preempt/process.h"
#include "preempt/thread.h"

#define CHUNK        1024u
#define CHUNKS       4096u
#define INDEX_BITS   24
#define REUSED_AFTER 1024u /* other commands */

enum command_state { FREE, NEW, SUBMITTED, LAUNCHED, DROPPED };

struct command {
	uint32_t generation;
	enum command_state state;
	bool abandoned;     /* its handle was given up */
	bool awaited;       /* its submitter takes the result, and gives the entry back then */
	uint32_t history;   /* bit n: life generation - 1 - n was launched */
	uint32_t next_free; /* index; table.first_free */
	uint64_t queue_id;
	LaunchCallback launch;
	void *data;
	XResult result;
};

static struct {
	struct xs_mutex lock;
	struct command *chunks[CHUNKS];
	uint32_t limit; /* entries ever used; index 0 is none */
	uint32_t first_free, last_free, free_count;
} table = { .limit = 1 };

/* Before the first life of an entry. A forked child begins higher up: it knows no old handles. */
static uint32_t generation_before;
#define GENERATIONS_PER_FORK (1u << 20)

/* --- the table ----------------------------------------------------------------------------------- */

static struct command *entry(uint32_t index)
{
	return &table.chunks[index / CHUNK][index % CHUNK];
}

static HwCommandHandle handle_of(uint32_t index)
{
	return (uint64_t)XS_HANDLE_COMMAND << 62 |
	       (uint64_t)entry(index)->generation << INDEX_BITS | index;
}

/* [table.lock] An entry for a new command, 0 when there is no memory. */
static uint32_t take_entry(void)
{
	uint32_t index = table.first_free;

	if (table.free_count > REUSED_AFTER) {
		table.first_free = entry(index)->next_free;
		table.free_count--;
		return index;
	}
	index = table.limit;
	if (index / CHUNK == CHUNKS)
		return 0;
	if (!table.chunks[index / CHUNK]) {
		table.chunks[index / CHUNK] = calloc(CHUNK, sizeof(struct command));
		if (!table.chunks[index / CHUNK])
			return 0;
	}
	entry(index)->generation = generation_before;
	table.limit++;
	return index;
}

/* [table.lock] Its handle still tells how it ended until the entry is used again. */
static void give_entry(uint32_t index)
{
	entry(index)->next_free = 0;
	if (table.free_count)
		entry(table.last_free)->next_free = index;
	else
		table.first_free = index;
	table.last_free = index;
	table.free_count++;
}

/* [table.lock] Index of the command if the handle names its present life, else 0. */
static uint32_t decode(HwCommandHandle handle)
{
	uint32_t index = (uint32_t)handle & ((1u << INDEX_BITS) - 1);

	if (XS_HANDLE_KIND(handle) != XS_HANDLE_COMMAND || !index || index >= table.limit)
		return 0;
	return handle_of(index) == handle ? index : 0;
}

/* [table.lock] Whether a former life of the entry had that handle and was launched. */
static bool was_launched(HwCommandHandle handle)
{
	uint32_t index = (uint32_t)handle & ((1u << INDEX_BITS) - 1);
	uint32_t generation = (uint32_t)(handle >> INDEX_BITS);

	if (XS_HANDLE_KIND(handle) != XS_HANDLE_COMMAND || !index || index >= table.limit)
		return false;
	uint32_t ago = entry(index)->generation - generation - 1;
	return ago < 32 && (entry(index)->history >> ago & 1);
}

XResult xs_command_create(HwCommandHandle *handle, LaunchCallback launch, void *data)
{
	xs_process_begin();
	xs_mutex_lock(&table.lock);
	uint32_t index = take_entry();
	if (index) {
		struct command *command = entry(index);
		bool launched = command->state == LAUNCHED;
		*command = (struct command){
			.generation = command->generation + 1,
			.history = command->history << 1 | launched,
			.state = NEW,
			.launch = launch,
			.data = data,
		};
		*handle = handle_of(index);
	}
	xs_mutex_unlock(&table.lock);
	return index ? kXSchedSuccess : kXSchedErrorUnknown;
}

XResult xs_command_destroy(HwCommandHandle handle)
{
	XResult result = kXSchedErrorNotFound;

	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	if (index && entry(index)->state == NEW) {
		entry(index)->state = FREE;
		give_entry(index);
		result = kXSchedSuccess;
	} else if (index && entry(index)->state == SUBMITTED && !entry(index)->abandoned) {
		entry(index)->abandoned = true;
		result = kXSchedSuccess;
	}
	xs_mutex_unlock(&table.lock);
	return result;
}

/* --- launching ----------------------------------------------------------------------------------- */

XResult xs_command_call(struct xs_queue *queue, LaunchCallback launch, void *data)
{
	xs_self.depth++;
	XResult result = launch(xs_handle_of_hwqueue(queue), data);
	xs_self.depth--;
	return result;
}

XResult xs_command_launch(struct xs_queue *queue, HwCommandHandle handle)
{
	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	if (!index || entry(index)->state != NEW) {
		xs_mutex_unlock(&table.lock);
		return kXSchedErrorNotFound;
	}
	struct command command = *entry(index);
	entry(index)->state = FREE;
	give_entry(index);
	xs_mutex_unlock(&table.lock);
	return xs_command_call(queue, command.launch, command.data);
}

/* --- on the way through a queue ------------------------------------------------------------------ */

uint32_t xs_command_claim(HwCommandHandle handle, uint64_t queue_id, bool awaited)
{
	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	if (index && entry(index)->state == NEW) {
		entry(index)->state = SUBMITTED;
		entry(index)->awaited = awaited;
		entry(index)->queue_id = queue_id;
	} else {
		index = 0;
	}
	xs_mutex_unlock(&table.lock);
	return index;
}

void xs_command_unclaim(uint32_t index)
{
	xs_mutex_lock(&table.lock);
	entry(index)->state = NEW;
	entry(index)->awaited = false;
	xs_mutex_unlock(&table.lock);
}

void xs_command_callback(uint32_t index, LaunchCallback *launch, void **data)
{
	xs_mutex_lock(&table.lock);
	*launch = entry(index)->launch;
	*data = entry(index)->data;
	xs_mutex_unlock(&table.lock);
}

static void finish(uint32_t index, enum command_state state, XResult result)
{
	xs_mutex_lock(&table.lock);
	entry(index)->state = state;
	entry(index)->result = result;
	if (!entry(index)->awaited)
		give_entry(index);
	xs_mutex_unlock(&table.lock);
}

void xs_command_launched(uint32_t index, XResult result)
{
	finish(index, LAUNCHED, result);
}

void xs_command_dropped(uint32_t index)
{
	finish(index, DROPPED, kXSchedErrorNotFound);
}

XResult xs_command_take_result(uint32_t index)
{
	xs_mutex_lock(&table.lock);
	XResult result = entry(index)->result;
	entry(index)->awaited = false;
	give_entry(index);
	xs_mutex_unlock(&table.lock);
	return result;
}

bool xs_command_is_over(HwCommandHandle handle)
{
	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	bool over = !index || entry(index)->state != SUBMITTED;
	xs_mutex_unlock(&table.lock);
	return over;
}

enum xs_command_fate xs_command_await(HwCommandHandle handle, uint64_t queue_id)
{
	enum xs_command_fate fate = XS_COMMAND_UNKNOWN;

	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	if (!index && was_launched(handle)) {
		fate = XS_COMMAND_LAUNCHED;
	} else if (index && entry(index)->state >= SUBMITTED && entry(index)->state != DROPPED &&
		   !entry(index)->abandoned && entry(index)->queue_id == queue_id) {
		fate = XS_COMMAND_SUBMITTED;
		entry(index)->abandoned = true; /* a handle is good for one wait */
	}
	xs_mutex_unlock(&table.lock);
	return fate;
}

bool xs_command_was_dropped(HwCommandHandle handle)
{
	xs_mutex_lock(&table.lock);
	uint32_t index = decode(handle);
	bool dropped = index ? entry(index)->state == DROPPED : !was_launched(handle);
	xs_mutex_unlock(&table.lock);
	return dropped;
}

void xs_command_forked(void)
{
	memset(&table, 0, sizeof(table));
	table.limit = 1;
	generation_before += GENERATIONS_PER_FORK;
}
