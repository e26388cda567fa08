/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the host in streams: they run in order, and may take locks of the program. */
#include "program.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char said[64];

static void say(char what)
{
	pthread_mutex_lock(&lock);
	said[strlen(said)] = what;
	pthread_mutex_unlock(&lock);
}

static void host_function(void *data)
{
	say(*(const char *)data);
}

static void stream_callback(hipStream_t stream, hipError_t status, void *data)
{
	(void)stream;
	say(status == hipSuccess ? *(const char *)data : '!');
}

int main(void)
{
	static const char letters[] = "abcdefghij";
	hipStream_t stream;
	uint64_t *data;

	start();
	stream = stream_of(hipStreamNonBlocking, 0);
	data = word(0);
	for (uint64_t i = 0; i < 10; i++) {
		check(append(stream, data, i));
		check(spin(stream, 30));
		if (i & 1)
			check(hipStreamAddCallback(
				stream, stream_callback, (void *)(uintptr_t)&letters[i], 0));
		else
			check(hipLaunchHostFunc(
				stream, host_function, (void *)(uintptr_t)&letters[i]));
	}
	check(hipStreamSynchronize(stream));
	printf("%s\n", said);
	show_word("data", data);
	check(hipLaunchHostFunc(NULL, host_function, (void *)(uintptr_t) "z"));
	check(hipDeviceSynchronize());
	printf("%s\n", said);
	check(hipStreamDestroy(stream));
	return 0;
}
