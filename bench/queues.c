/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a queue costs in memory: the process makes streams and uses each once, bare and through the
 * shim, and looks how much it grew. Half of the streams are more important than the others, so that
 * the scheduler has something to do: those are tracked, and the others are paced. Each stream also
 * stores a word, for which the software device makes room in any stream that does more than nothing;
 * else the markers of the paced ones would seem to cost that.
 *
 *   queues [-nQUEUES]
 *
 * A slot in the page that is shared with the scheduler belongs to each queue and is not counted.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "preempt/registry.h"
#include "preempt/xqueue.h"

struct usage {
	double heap, resident; /* bytes */
};

/* Of private memory: the page is shared, and mapped once more for each context. */
static double resident_bytes(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[128];
	double kib = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtod(line + 8, NULL);
	}
	if (file)
		fclose(file);
	return kib * 1024;
}

static struct usage usage(void)
{
	struct mallinfo2 heap = mallinfo2();

	return (struct usage){ (double)(heap.uordblks + heap.hblkhd), resident_bytes() };
}

static uint32_t *word;

/* Bytes that one more stream takes. */
static struct usage grow(const struct driver *driver, long count)
{
	struct usage before = usage();

	for (long i = 0; i < count; i++) {
		CUstream stream = kit_stream(driver, i % 2 ? -1 : 0);

		CHECK(driver->cuLaunchKernel(kit_empty, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL));
		CHECK(driver->cuStreamWriteValue32_v2(stream, (CUdeviceptr)(uintptr_t)word, 1, 0));
		CHECK(driver->cuStreamSynchronize(stream));
	}
	struct usage after = usage();
	return (struct usage){ (after.heap - before.heap) / (double)count,
		(after.resident - before.resident) / (double)count };
}

/* Queues whose word has this flag. */
static int having(uint64_t flag)
{
	int count = 0;

	for (size_t i = 0; i < xs_registry_limit(); i++) {
		const struct xs_queue *queue = xs_registry_at(i);

		count += queue && (xs_load_relaxed(&queue->slot->word) & flag);
	}
	return count;
}

int main(int argc, char **argv)
{
	long count = kit_option(argc, argv, 'n', 1000);

	setenv("XSIM_DISCARD", "1", 1);
	kit_open();
	CHECK(kit_shim.cuMemHostAlloc((void **)&word, sizeof(*word), CU_MEMHOSTALLOC_DEVICEMAP));
	grow(&kit_bare, 10);
	grow(&kit_shim, 10);
	struct usage bare = grow(&kit_bare, count), shim = grow(&kit_shim, count);
	double heap = shim.heap - bare.heap, resident = shim.resident - bare.resident;

	kit_row("queue_bytes", "bytes", "sim", heap > resident ? heap : resident, bare.resident,
		"\"queues\":%ld,\"heap_per_queue\":%.1f,\"resident_per_queue\":%.1f,"
		"\"paced\":%d,\"tracked\":%d,\"sizeof\":%zu,\"slot\":%zu",
		count, heap, resident, having(XS_GATE_PACED), having(XS_GATE_TRACKED),
		sizeof(struct xs_queue), sizeof(struct xs_slot));
	return 0;
}
