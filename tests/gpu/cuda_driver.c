/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shim and the HAL on a real driver: cuGetProcAddress() hands out our override for every variant
 * that the driver has, and the operations of the HAL do what hal.h says. Skipped without a device.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "platform/cuda/real.h"
#include "preempt/hal.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("line %d: not so: %s\n", __LINE__, #condition);                     \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

struct row {
	const char *symbol, *form;
	int since;
	void *ours;
	void *const *real;
};

static const struct row rows[] = {
#define XS_API(symbol, since, class, form, params, args)                                           \
	{ #symbol, #form, since, (void *)symbol, (void *const *)&xs_cuda_real.symbol },
#include "platform/cuda/cuda_api.def"
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* The driver's answer for a variant, and the shim's. Returns whether they agree. */
static bool same_answer(const struct row *row)
{
	CUdriverProcAddressQueryResult status;
	void *answer = NULL, *real = NULL;
	bool per_thread = false;
	char name[96];
	char *end;

	snprintf(name, sizeof(name), "%s", row->symbol);
	if ((end = strstr(name, "_pt"))) {
		per_thread = true;
		*end = '\0';
	}
	if ((end = strstr(name, "_v")))
		*end = '\0';
	xs_cuda_real.cuGetProcAddress_v2(name, &real, row->since, per_thread ? 2 : 0, &status);
	cuGetProcAddress_v2(name, &answer, row->since, per_thread ? 2 : 0, &status);
	if (real && real != *row->real)
		printf("note: %s %d: the driver's answer is not the symbol\n", row->symbol,
			row->since);
	if (!real)
		printf("note: %s %d: the driver has none (%d)\n", row->symbol, row->since,
			(int)status);
	if (answer == (!real || strcmp(row->form, "JUMP") == 0 ? real : row->ours))
		return true;
	printf("%s %d: answer %p, real %p, ours %p\n", row->symbol, row->since, answer, real,
		row->ours);
	return false;
}

static int check_lookups(void)
{
	int wrong = 0;

	for (size_t i = 0; i < ROWS; i++)
		wrong += !same_answer(&rows[i]);
	CHECK(wrong == 0);
	return 0;
}

static int check_hal(CUcontext context)
{
	_Atomic uint32_t *page =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct xs_hal *hal = &xs_cuda_hal;
	struct xs_stream stream = { .context = context };
	CUstream handle;

	CHECK((void *)page != MAP_FAILED);
	CHECK(hal->current_context() == context);
	CHECK(hal->device(context) >> 32 == kDeviceTypeGPU);
	CHECK(hal->share(context, (void *)page, 4096) == 0);
	CHECK(hal->share(context, (void *)page, 4096) == 0);
	CHECK(xs_cuda_real.cuStreamCreate(&handle, CU_STREAM_NON_BLOCKING) == CUDA_SUCCESS);
	stream.handle = handle;
	CHECK(!hal->capturing(&stream));
	CHECK(hal->query(&stream) == 0);

	/* A closed gate holds the stream between two markers. */
	CHECK(hal->mark_and_wait(&stream, &page[0], 1, &page[16], 4) == 0);
	CHECK(hal->mark(&stream, &page[0], 2) == 0);
	while (xs_load_acquire(&page[0]) != 1)
		xs_cpu_relax();
	CHECK(hal->query(&stream) == -EBUSY);
	CHECK(xs_load_acquire(&page[0]) == 1);
	xs_store_release(&page[16], 6);
	CHECK(hal->synchronize(&stream) == 0);
	CHECK(xs_load_acquire(&page[0]) == 2);

	/* The default stream, and from a thread state without a context. */
	CHECK(xs_cuda_real.cuCtxSetCurrent(NULL) == CUDA_SUCCESS);
	stream.handle = NULL;
	CHECK(hal->mark(&stream, &page[0], 3) == 0);
	CHECK(hal->synchronize(&stream) == 0);
	CHECK(xs_load_acquire(&page[0]) == 3);
	CHECK(hal->current_context() == NULL);
	CHECK(xs_cuda_real.cuCtxSetCurrent(context) == CUDA_SUCCESS);

	/* Neither a question nor a marker elsewhere spoils a capture. */
	CUgraph graph = NULL;
	CUstream other;

	CHECK(xs_cuda_real.cuStreamCreate(&other, CU_STREAM_NON_BLOCKING) == CUDA_SUCCESS);
	CHECK(xs_cuda_real.cuStreamBeginCapture_v2(handle, CU_STREAM_CAPTURE_MODE_GLOBAL) ==
		CUDA_SUCCESS);
	stream.handle = handle;
	CHECK(hal->capturing(&stream));
	CHECK(hal->query(&stream) == -EOPNOTSUPP);
	stream.handle = other;
	CHECK(!hal->capturing(&stream));
	CHECK(hal->mark(&stream, &page[0], 4) == 0);
	CHECK(hal->synchronize(&stream) == 0);
	CHECK(xs_cuda_real.cuStreamEndCapture(handle, &graph) == CUDA_SUCCESS && graph);
	return 0;
}

int main(void)
{
	CUcontext context;

	if (cuInit(0) != CUDA_SUCCESS || cuDevicePrimaryCtxRetain(&context, 0) != CUDA_SUCCESS ||
		cuCtxSetCurrent(context) != CUDA_SUCCESS) {
		printf("no CUDA device\n");
		return 77;
	}
	return check_lookups() || check_hal(context);
}
