/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of a stream that another thread uses at the same time. What that thread does, it does inside of
 * the first one's call, as soon as the runtime has carried that out: its work comes after the record, or
 * after the answer, and the shim has yet to note it. So the stream has work when the event is reached.
 */
#include "programs/program.h"

#include "gated.h"
#include "platform/hip/runtime.h"

static struct xs_hip_functions runtime; /* as it was */
/* Of the thread that arms it: the core has threads that record and ask, too. */
static __thread void (*body_beside)(void);
static hipStream_t high;
static hipEvent_t event;
static _Atomic uint32_t *gate;
static int failed;

static void *thread_beside(void *body)
{
	(*(void (**)(void))body)();
	return NULL;
}

/* Once, in the call of this thread that is armed for it. */
static hipError_t beside(hipEvent_t used, hipError_t result)
{
	void (*body)(void) = body_beside;
	pthread_t thread;

	if (body && used == event) {
		body_beside = NULL;
		check(pthread_create(&thread, NULL, thread_beside, &body));
		pthread_join(thread, NULL);
	}
	return result;
}

static hipError_t record(hipEvent_t recorded, hipStream_t stream)
{
	return beside(recorded, runtime.hipEventRecord(recorded, stream));
}

static hipError_t record_spt(hipEvent_t recorded, hipStream_t stream)
{
	return beside(recorded, runtime.hipEventRecord_spt(recorded, stream));
}

static hipError_t record_with_flags(hipEvent_t recorded, hipStream_t stream, unsigned int flags)
{
	return beside(recorded, runtime.hipEventRecordWithFlags(recorded, stream, flags));
}

static hipError_t launch_with(const void *function, dim3 blocks, dim3 threads, void **args,
	size_t shared_mem, hipStream_t stream, hipEvent_t start_event, hipEvent_t stop_event,
	int flags)
{
	return beside(stop_event, runtime.hipExtLaunchKernel(function, blocks, threads, args,
					  shared_mem, stream, start_event, stop_event, flags));
}

static hipError_t query(hipEvent_t asked)
{
	return beside(asked, runtime.hipEventQuery(asked));
}

/* Before the core has a thread that calls the runtime. Without a shim there is nothing to see. */
static bool stand_between(void)
{
	void *hal = dlopen("libhalhip.so", RTLD_LAZY | RTLD_NOLOAD);
	struct xs_hip_runtime *copy = hal ? dlsym(hal, "xs_hip_runtimes") : NULL;
	size_t i = 0;

	while (copy && i < XS_HIP_RUNTIMES && !xs_load_acquire(&copy[i].ready))
		i++;
	if (!copy || i == XS_HIP_RUNTIMES)
		return false;
	copy += i;
	runtime = copy->real;
	copy->real.hipEventRecord = record;
	copy->real.hipEventRecord_spt = record_spt;
	copy->real.hipEventRecordWithFlags = record_with_flags;
	copy->real.hipExtLaunchKernel = launch_with;
	copy->real.hipEventQuery = query;
	return true;
}

static void stand(void)
{
	check(hipStreamWaitValue32(high, (void *)gate, 1, hipStreamWaitValueGte, UINT32_MAX));
}

static void stand_and_record(void)
{
	stand();
	check(hipEventRecord(event, high));
}

static bool is_ready(void)
{
	size_t (*limit)(void) = (size_t(*)(void))core_symbol("xs_registry_limit");
	struct xs_queue *(*at)(size_t) =
		(struct xs_queue * (*)(size_t)) core_symbol("xs_registry_at");

	for (size_t i = 0; limit && at && i < limit(); i++)
		if (at(i) && xs_queue_stream(at(i)).handle == high)
			return xs_load_acquire(&at(i)->slot->word) & XS_GATE_READY;
	return false;
}

static void expect(const char *what, bool right)
{
	if (!right) {
		fprintf(stderr, "%s\n", what);
		failed = 1;
	}
}

static void works_until_let_go(const char *after)
{
	expect(after, !body_beside && is_ready());
	xs_store_full(gate, 1);
	check(hipStreamSynchronize(high));
	expect("not idle at the end", !is_ready());
	xs_store_full(gate, 0);
}

#define RECORDS_BESIDE(call)                                                                       \
	do {                                                                                       \
		body_beside = stand;                                                               \
		check(call);                                                                       \
		check(hipEventSynchronize(event));                                                 \
		works_until_let_go("idle after " #call);                                           \
	} while (0)

int main(void)
{
	uint32_t us = 1;
	void *args[] = { &us }, *memory;
	hipError_t (*with_flags)(hipEvent_t, hipStream_t, unsigned int);

	start();
	check(hipDeviceSynchronize()); /* the shim knows the runtime from here on */
	if (!stand_between())
		return 77;
	check(hipHostMalloc(&memory, sizeof(uint32_t), 0));
	gate = memory;
	xs_store_full(gate, 0);
	high = stream_of(hipStreamNonBlocking, -1);
	check(hipEventCreate(&event));
	check(spin(high, 1));
	check(hipStreamSynchronize(high));
	check(spin(stream_of(hipStreamNonBlocking, 0), 1));
	check(hipDeviceSynchronize());

	RECORDS_BESIDE(hipEventRecord(event, high));
	RECORDS_BESIDE(hipEventRecord_spt(event, high));
	with_flags = (hipError_t(*)(hipEvent_t, hipStream_t, unsigned int))dlsym(
		RTLD_DEFAULT, "hipEventRecordWithFlags");
	if (major > 5) /* came with 6 */
		RECORDS_BESIDE(with_flags(event, high, 0));
	RECORDS_BESIDE(hipExtLaunchKernel(spin_us, one, one, args, 0, high, NULL, event, 0));

	check(hipEventRecord(event, high));
	check(hipStreamSynchronize(high));
	body_beside = stand_and_record;
	check(hipEventQuery(event));
	works_until_let_go("idle after a query of the record before");
	return failed;
}
