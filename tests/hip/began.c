/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch that records an event before its kernel: that event says "done" as soon as the kernel begins,
 * and its stream must not count as idle then. Without a shim there is nothing to see.
 */
#include "programs/program.h"

#include "gated.h"

#define TRIES 20

static struct xs_queue *queue_of(hipStream_t stream)
{
	size_t (*limit)(void) = (size_t(*)(void))core_symbol("xs_registry_limit");
	struct xs_queue *(*at)(size_t) =
		(struct xs_queue * (*)(size_t)) core_symbol("xs_registry_at");

	for (size_t i = 0; limit && at && i < limit(); i++)
		if (at(i) && xs_queue_stream(at(i)).handle == stream)
			return at(i);
	return NULL;
}

/* Whether the queue was found busy while its kernel ran; -1: the kernel was over too soon to tell. */
static int busy_while_it_runs(hipStream_t stream, hipEvent_t began)
{
	const struct xs_queue *queue = queue_of(stream);
	uint32_t us = 50000;
	void *args[] = { &us };
	bool ready;

	check(hipExtLaunchKernel(spin_us, one, one, args, 0, stream, began, NULL, 0));
	while (hipEventQuery(began) == hipErrorNotReady) {
	}
	ready = xs_load_acquire(&queue->slot->word) & XS_GATE_READY;
	return hipStreamQuery(stream) == hipErrorNotReady ? ready : -1;
}

int main(void)
{
	hipStream_t high, stream;
	hipEvent_t began;
	int busy = -1;

	start();
	high = stream_of(hipStreamNonBlocking, -1);
	stream = stream_of(hipStreamNonBlocking, 0);
	check(hipEventCreate(&began));
	check(spin(high, 1));
	check(hipStreamSynchronize(high));
	check(spin(stream, 1));
	check(hipStreamSynchronize(stream));
	if (!queue_of(stream))
		return 77;
	for (int i = 0; i < TRIES && busy < 0; i++)
		busy = busy_while_it_runs(stream, began);
	check(hipDeviceSynchronize());
	return busy == 1 ? 0 : busy == 0 ? 1 : 2;
}
