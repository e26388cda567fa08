/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the daemon in arrays. */
#include "cli/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "xsched/types.h"

struct collector {
	struct xs_snapshot *snapshot;
	size_t process_room, queue_room;
	bool full; /* no memory for more */
};

/* Room for one more element. False: there is no memory. */
static bool grow(void *array, size_t *room, size_t count, size_t size)
{
	void **at = array;

	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 64;
	void *larger = reallocarray(*at, more, size);
	if (!larger)
		return false;
	*at = larger;
	*room = more;
	return true;
}

static void collect(void *ctx, const struct xs_message *row)
{
	struct collector *collector = ctx;
	struct xs_snapshot *snapshot = collector->snapshot;

	if (row->opcode == XS_OP_ROW_PROCESS) {
		collector->full |= !grow(&snapshot->processes, &collector->process_room,
			snapshot->process_count, sizeof(*snapshot->processes));
		if (!collector->full)
			snapshot->processes[snapshot->process_count++] =
				(struct xs_process){ .row = row->row_process };
	} else if (row->opcode == XS_OP_ROW_QUEUE) {
		collector->full |= !grow(&snapshot->queues, &collector->queue_room,
			snapshot->queue_count, sizeof(*snapshot->queues));
		if (!collector->full)
			snapshot->queues[snapshot->queue_count++] = row->row_queue;
	}
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_pid(const void *a, const void *b)
{
	const struct xs_msg_row_process *one = a, *other = b;
	int order = compare(one->pid, other->pid);

	return order ? order : compare(one->serial, other->serial);
}

static int by_owner(const void *a, const void *b)
{
	const struct xs_msg_row_queue *one = a, *other = b;
	int order = compare(one->pid, other->pid);

	if (!order)
		order = compare(one->serial, other->serial);
	return order ? order : compare(one->handle, other->handle);
}

/* Both arrays have the same order, so one pass tells each process its queues. */
static void arrange(struct xs_snapshot *snapshot)
{
	size_t at = 0;

	if (snapshot->process_count)
		qsort(snapshot->processes, snapshot->process_count, sizeof(*snapshot->processes),
			by_pid);
	if (snapshot->queue_count)
		qsort(snapshot->queues, snapshot->queue_count, sizeof(*snapshot->queues), by_owner);
	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct xs_process *process = &snapshot->processes[i];

		process->first = at;
		while (at < snapshot->queue_count &&
			snapshot->queues[at].serial == process->row.serial)
			at++;
		process->count = at - process->first;
	}
}

int xs_snapshot_take(struct xs_snapshot *snapshot, struct xs_daemon *daemon)
{
	struct xs_message request = { .opcode = XS_OP_LIST };
	struct collector collector = { .snapshot = snapshot };

	memset(snapshot, 0, sizeof(*snapshot));
	int err = xs_daemon_ask(daemon, &request, collect, &collector);
	if (!err && collector.full)
		err = -ENOMEM;
	if (err) {
		xs_snapshot_fini(snapshot);
		return err;
	}
	snapshot->at_ns = xs_now_ns();
	arrange(snapshot);
	return 0;
}

int xs_snapshot_ask(struct xs_snapshot *snapshot)
{
	struct xs_message request = { .opcode = XS_OP_LIST };
	struct collector collector = { .snapshot = snapshot };

	memset(snapshot, 0, sizeof(*snapshot));
	int status = xs_ask(&request, collect, &collector, "the list");
	if (!status && collector.full) {
		xs_complain("no memory");
		status = XS_EXIT_FAILED;
	}
	snapshot->at_ns = xs_now_ns();
	arrange(snapshot);
	return status;
}

void xs_snapshot_fini(struct xs_snapshot *snapshot)
{
	free(snapshot->processes);
	free(snapshot->queues);
	memset(snapshot, 0, sizeof(*snapshot));
}

void xs_process_command(const struct xs_process *process, char *text, size_t size)
{
	if (process->row.cmdline[0])
		snprintf(text, size, "%s", process->row.cmdline);
	else if (process->row.name[0])
		snprintf(text, size, "%s", process->row.name);
	else
		snprintf(text, size, "(of user %u)", process->row.uid);
}

void xs_device_name(uint64_t device, char *text, size_t size)
{
	static const char *const kinds[] = {
		[kDeviceTypeCPU] = "CPU",
		[kDeviceTypeGPU] = "GPU",
		[kDeviceTypeNPU] = "NPU",
		[kDeviceTypeFPGA] = "FPGA",
		[kDeviceTypeASIC] = "ASIC",
		[kDeviceTypeMCA] = "MCA",
	};
	uint64_t kind = device >> 32;
	const char *name = kind < sizeof(kinds) / sizeof(*kinds) ? kinds[kind] : NULL;

	snprintf(text, size, "%s(0x%x)", name ? name : "DEV", (uint32_t)device);
}
