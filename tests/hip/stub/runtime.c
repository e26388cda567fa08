/* SPDX-License-Identifier: Apache-2.0 */
/* What the test runtime (stub.h) does: streams, kernels, the last error. Each function stands for
 * the weak one of entry.c. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stub.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define STREAMS 64
#define KERNELS 64

unsigned long stub_launches;
bool stub_ready = true;

static __thread int last_error;
static __thread int device;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* --- calls and errors ---------------------------------------------------------------------------- */

static void record(const char *symbol)
{
	const char *file = getenv("STUB_RECORD");
	char line[160];
	int fd, n;

	if (!file)
		return;
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	n = snprintf(line, sizeof(line), "%s\n", symbol);
	if (fd >= 0 && write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

/* Up to 6 every call leaves its result as the last error, since 7 only those that fail. */
int stub_done(const char *symbol, int result)
{
	record(symbol);
	if (STUB_MAJOR < 7 || (result != hipSuccess && result != hipErrorNotReady))
		last_error = result;
	return result;
}

int impl_hipPeekAtLastError(void)
{
	record("hipPeekAtLastError");
	return last_error;
}

int impl_hipGetLastError(void)
{
	int error = last_error;

	record("hipGetLastError");
	last_error = 0;
	return error;
}

/* --- devices and memory -------------------------------------------------------------------------- */

int impl_hipRuntimeGetVersion(int *version)
{
	*version = STUB_MAJOR * 10000000;
	return stub_done("hipRuntimeGetVersion", 0);
}

int impl_hipGetDevice(int *id)
{
	*id = device;
	return stub_done("hipGetDevice", 0);
}

int impl_hipSetDevice(int id)
{
	if (id < 0 || id > 1)
		return stub_done("hipSetDevice", hipErrorInvalidDevice);
	device = id;
	return stub_done("hipSetDevice", 0);
}

int impl_hipDeviceGetPCIBusId(char *text, int bytes, int id)
{
	snprintf(text, (size_t)bytes, "0000:c%d:00.0", id);
	return stub_done("hipDeviceGetPCIBusId", 0);
}

int impl_hipMalloc(void **ptr, size_t bytes)
{
	*ptr = malloc(bytes);
	return stub_done("hipMalloc", 0);
}

int impl_hipFree(void *ptr)
{
	free(ptr);
	return stub_done("hipFree", 0);
}

/* --- streams ------------------------------------------------------------------------------------- */

static struct ihipStream_t {
	int priority;
	unsigned int flags;
	int device;
	bool live;
	int capture;
} streams[STREAMS];

static bool is_handle(const struct ihipStream_t *stream)
{
	return stream >= streams && stream < streams + STREAMS && stream->live;
}

/* A default stream, or one that this copy made. */
static int about(const char *symbol, hipStream_t stream, int result)
{
	bool valid = (size_t)stream < 3 || is_handle(stream);

	return stub_done(symbol, valid ? result : hipErrorContextIsDestroyed);
}

static int create(const char *symbol, hipStream_t *out, unsigned int flags, int priority)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < STREAMS; i++) {
		if (streams[i].live)
			continue;
		streams[i] = (struct ihipStream_t){ priority, flags, device, true, 0 };
		*out = &streams[i];
		break;
	}
	pthread_mutex_unlock(&lock);
	return stub_done(symbol, 0);
}

int impl_hipStreamCreate(hipStream_t *out)
{
	return create("hipStreamCreate", out, 0, 0);
}

int impl_hipStreamCreateWithFlags(hipStream_t *out, unsigned int flags)
{
	return create("hipStreamCreateWithFlags", out, flags, 0);
}

int impl_hipStreamCreateWithPriority(hipStream_t *out, unsigned int flags, int priority)
{
	return create("hipStreamCreateWithPriority", out, flags, priority);
}

int impl_hipStreamDestroy(hipStream_t stream)
{
	int result = about("hipStreamDestroy", stream, 0);

	if (is_handle(stream))
		stream->live = false;
	return result;
}

int impl_hipStreamGetFlags(hipStream_t stream, unsigned int *flags)
{
	*flags = is_handle(stream) ? stream->flags : 0;
	return about("hipStreamGetFlags", stream, 0);
}

int impl_hipStreamGetPriority(hipStream_t stream, int *priority)
{
	*priority = is_handle(stream) ? stream->priority : 0;
	return about("hipStreamGetPriority", stream, 0);
}

int impl_hipStreamGetDevice(hipStream_t stream, int *id)
{
	*id = is_handle(stream) ? stream->device : device;
	return about("hipStreamGetDevice", stream, 0);
}

int impl_hipStreamQuery(hipStream_t stream)
{
	return about("hipStreamQuery", stream, stub_ready ? 0 : hipErrorNotReady);
}

int impl_hipStreamSynchronize(hipStream_t stream)
{
	return about("hipStreamSynchronize", stream, 0);
}

int impl_hipStreamIsCapturing(hipStream_t stream, int *status)
{
	*status = is_handle(stream) ? stream->capture : 0;
	return about("hipStreamIsCapturing", stream, 0);
}

int impl_hipStreamBeginCapture(hipStream_t stream, int mode)
{
	(void)mode;
	if (is_handle(stream))
		stream->capture = 1;
	return about("hipStreamBeginCapture", stream, 0);
}

int impl_hipStreamEndCapture(hipStream_t stream, void **graph)
{
	*graph = NULL;
	if (is_handle(stream))
		stream->capture = 0;
	return about("hipStreamEndCapture", stream, 0);
}

int impl_hipThreadExchangeStreamCaptureMode(int *mode)
{
	static __thread int current;
	int before = current;

	current = *mode;
	*mode = before;
	return stub_done("hipThreadExchangeStreamCaptureMode", 0);
}

/* --- events -------------------------------------------------------------------------------------- */

int impl_hipEventCreateWithFlags(void **event, unsigned int flags)
{
	(void)flags;
	*event = malloc(8);
	return stub_done("hipEventCreateWithFlags", 0);
}

int impl_hipEventQuery(void *event)
{
	(void)event;
	return stub_done("hipEventQuery", stub_ready ? 0 : hipErrorNotReady);
}

/* --- kernels ------------------------------------------------------------------------------------- */

static const void *kernels[KERNELS];
static int kernel_count;

void **impl___hipRegisterFatBinary(const void *data)
{
	(void)data;
	return (void **)kernels;
}

void impl___hipRegisterFunction(void **modules, const void *host_function)
{
	(void)modules;
	if (kernel_count < KERNELS)
		kernels[kernel_count++] = host_function;
}

int impl_hipLaunchKernel(const void *function)
{
	for (int i = 0; i < kernel_count; i++) {
		if (kernels[i] != function)
			continue;
		stub_launches++;
		return stub_done("hipLaunchKernel", stub_result);
	}
	return stub_done("hipLaunchKernel", hipErrorInvalidDeviceFunction);
}
