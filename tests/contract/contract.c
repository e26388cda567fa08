/* SPDX-License-Identifier: Apache-2.0 */
/* The device side of the contract tests, and the few helpers that they need. */
#include <time.h>
#include <unistd.h>

#include "contract.h"
#include "../../examples/driver.h"
#include "../../examples/spin.h"

#define TIME_LIMIT_S 100
#define BLOCKED_MS   50

static CUcontext context;
static CUfunction spin_us;
static CUfunction empty;

void check_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: expected %s\n", file, line, condition);
	fflush(NULL);
	_exit(1);
}

static void device_start(void)
{
	CUmodule module;
	CUdevice device;

	if (context)
		return;
	alarm(TIME_LIMIT_S);
	EXPECT(CUDA_SUCCESS, cuInit(0));
	EXPECT(CUDA_SUCCESS, cuDeviceGet(&device, 0));
	EXPECT(CUDA_SUCCESS, cuDevicePrimaryCtxRetain(&context, device));
	EXPECT(CUDA_SUCCESS, cuCtxSetCurrent(context));
	EXPECT(CUDA_SUCCESS, cuModuleLoadData(&module, spin_ptx));
	EXPECT(CUDA_SUCCESS, cuModuleGetFunction(&spin_us, module, "spin_us"));
	EXPECT(CUDA_SUCCESS, cuModuleGetFunction(&empty, module, "empty"));
}

CUstream stream_create(void)
{
	CUstream stream;

	device_start();
	EXPECT(CUDA_SUCCESS, cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	return stream;
}

void stream_destroy(CUstream stream)
{
	EXPECT(CUDA_SUCCESS, cuStreamDestroy_v2(stream));
}

bool stream_idle(CUstream stream)
{
	return cuStreamQuery(stream) == CUDA_SUCCESS;
}

void stream_spin(CUstream stream, uint32_t us)
{
	void *parameters[] = { &us };
	CUfunction kernel = us ? spin_us : empty;

	EXPECT(CUDA_SUCCESS,
		cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, us ? parameters : NULL, NULL));
}

void queue_open(struct queue *queue, uint32_t us)
{
	queue_open_with(queue, us, kQueueCreateFlagNone);
}

void queue_open_with(struct queue *queue, uint32_t us, int64_t flags)
{
	*queue = (struct queue){ .stream = stream_create(), .us = us };
	SUCCEEDS(CudaQueueCreate(&queue->hwq, queue->stream));
	SUCCEEDS(XQueueCreate(&queue->xq, queue->hwq, kPreemptLevelBlock, flags));
}

void queue_close(struct queue *queue)
{
	SUCCEEDS(XQueueDestroy(queue->xq));
	SUCCEEDS(HwQueueDestroy(queue->hwq));
	stream_destroy(queue->stream);
}

HwCommandHandle queue_command(struct queue *queue)
{
	HwCommandHandle command = 0;

	SUCCEEDS(HwCommandCreateCallback(&command, queue_launch, queue));
	CHECK(command != 0);
	return command;
}

void queue_submit(struct queue *queue, int n)
{
	for (int i = 0; i < n; i++)
		SUCCEEDS(XQueueSubmit(queue->xq, queue_command(queue)));
}

XResult queue_launch(HwQueueHandle hwq, void *data)
{
	struct queue *queue = data;

	CHECK(hwq == queue->hwq);
	EXPECT(CUDA_SUCCESS, cuCtxSetCurrent(context));
	stream_spin(queue->stream, queue->us);
	atomic_fetch_add(&queue->launched, 1);
	return queue->result;
}

bool reaches(atomic_int *counter, int value)
{
	for (int ms = 0; ms < 60000 && atomic_load(counter) < value; ms++)
		sleep_ms(1);
	return atomic_load(counter) == value;
}

void sleep_ms(int ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&time, &time) != 0)
		continue;
}

static void *call_run(void *data)
{
	struct call *call = data;

	call->result = call->run(call);
	atomic_store(&call->done, true);
	return NULL;
}

void call_start(struct call *call)
{
	CHECK(pthread_create(&call->thread, NULL, call_run, call) == 0);
}

XResult call_join(struct call *call)
{
	CHECK(pthread_join(call->thread, NULL) == 0);
	return call->result;
}

bool call_blocks(struct call *call)
{
	sleep_ms(BLOCKED_MS);
	return !atomic_load(&call->done);
}
