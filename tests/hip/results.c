/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results, errors and priorities as an application sees them, on the software device. Each check
 * names a failure that users met; prints those that are there.
 *
 *   results [CHECK [shim]]    with "shim" it is expected, and priorities are looked up in its queues
 */
#include <stdio.h>
#include <string.h>

#include "gated.h"
#include "platform/hip/hip_driver.h"

static char fill[8], empty[8], unknown[8];
static const dim3 one = { 1, 1, 1 };
static int failures;

static void expect(const char *what, int ok)
{
	if (!ok) {
		printf("%s\n", what);
		failures++;
	}
}

/* Arguments belong to the caller again as soon as the launch has returned. */
static void arguments_are_copied_in_the_call(hipStream_t stream)
{
	uint32_t *memory, host[64] = { 0 };

	expect("malloc", hipMalloc((void **)&memory, sizeof(host)) == hipSuccess);
	for (uint32_t i = 0; i < 64; i++) {
		uint32_t *at = memory + i, value = 1000 + i, count = 1;
		void *args[] = { &at, &value, &count };

		expect("launch", hipLaunchKernel(fill, one, one, args, 0, stream) == hipSuccess);
		memset(args, 0, sizeof(args));
		at = NULL;
		value = count = 0xdeadbeef;
	}
	expect("copy", hipMemcpyAsync(host, memory, sizeof(host), hipMemcpyDeviceToHost, stream) ==
			       hipSuccess);
	expect("synchronize", hipStreamSynchronize(stream) == hipSuccess);
	for (uint32_t i = 0; i < 64; i++)
		expect("garbage from kernel arguments", host[i] == 1000 + i);
	expect("free", hipFree(memory) == hipSuccess);
}

/* The default streams are streams like others. */
static void default_streams_launch(void)
{
	uint32_t *memory, value = 7, count = 1, host = 0;
	void *args[] = { &memory, &value, &count };

	expect("malloc", hipMalloc((void **)&memory, 64) == hipSuccess);
	expect("invalid device function on the default stream",
		hipLaunchKernel(fill, one, one, args, 0, NULL) == hipSuccess);
	expect("invalid device function on the thread's default stream",
		hipLaunchKernel(fill, one, one, args, 0, hipStreamPerThread) == hipSuccess);
	expect("synchronize", hipStreamSynchronize(hipStreamPerThread) == hipSuccess);
	expect("copy", hipMemcpy(&host, memory, 4, hipMemcpyDeviceToHost) == hipSuccess);
	expect("result of the default stream", host == 7);
	expect("device", hipDeviceSynchronize() == hipSuccess);
	expect("free", hipFree(memory) == hipSuccess);
}

/* A failed launch can be asked for afterwards, as <<<>>> needs it. */
static void errors_are_kept(hipStream_t stream)
{
	(void)hipGetLastError();
	expect("unknown kernel", hipLaunchKernel(unknown, one, one, NULL, 0, stream) ==
					 hipErrorInvalidDeviceFunction);
	expect("the last error was replaced",
		hipPeekAtLastError() == hipErrorInvalidDeviceFunction);
	expect("the last error was lost", hipGetLastError() == hipErrorInvalidDeviceFunction);
	expect("the last error was not cleared", hipGetLastError() == hipSuccess);
}

static int priority_of(hipStream_t stream)
{
	struct xs_queue *(*find)(const struct xs_stream *) =
		(struct xs_queue * (*)(const struct xs_stream *)) core_symbol("xs_registry_find");
	const struct xs_stream name = { .handle = stream };
	struct xs_queue *queue = find ? find(&name) : NULL;

	return queue ? xs_load_relaxed(&queue->priority) : -1000;
}

static void there_are_three_priorities(int shim)
{
	for (int priority = -1; priority <= 1; priority++) {
		hipStream_t stream;
		int said = 9;

		expect("stream", hipStreamCreateWithPriority(
					 &stream, hipStreamNonBlocking, priority) == hipSuccess);
		expect("priority", hipStreamGetPriority(stream, &said) == hipSuccess);
		expect("only two priorities", said == priority);
		expect("launch", hipLaunchKernel(empty, one, one, NULL, 0, stream) == hipSuccess);
		expect("a queue of another priority", !shim || priority_of(stream) == -priority);
		expect("synchronize", hipStreamSynchronize(stream) == hipSuccess);
		expect("destroy", hipStreamDestroy(stream) == hipSuccess);
	}
}

int main(int argc, char **argv)
{
	static const char image[64] = "CCOB"; /* a compressed bundle, as far as it is looked at */
	static const struct {
		uint32_t magic, version;
		const void *binary, *unused;
	} wrapper = { 0x48495046, 1, image, NULL };
	void **modules = __hipRegisterFatBinary(&wrapper);
	const char *only = argc > 1 ? argv[1] : "";
	hipStream_t stream;

	__hipRegisterFunction(modules, fill, fill, "fill", 0, NULL, NULL, NULL, NULL, NULL);
	__hipRegisterFunction(modules, empty, empty, "empty", 0, NULL, NULL, NULL, NULL, NULL);
	expect("stream", hipStreamCreate(&stream) == hipSuccess);
	if (!*only || strcmp(only, "late_parameters") == 0)
		arguments_are_copied_in_the_call(stream);
	if (!*only || strcmp(only, "default_stream") == 0)
		default_streams_launch();
	if (!*only || strcmp(only, "lost_errors") == 0)
		errors_are_kept(stream);
	if (!*only || strcmp(only, "two_priorities") == 0)
		there_are_three_priorities(argc > 2);
	expect("destroy", hipStreamDestroy(stream) == hipSuccess);
	return failures != 0;
}
