/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What launching an empty kernel costs the thread that launches.
 *
 *   launch            for each line of input: bursts of launches, timed until the last call has
 *                     returned, by the runtime and by the driver API; a long loop with a synchronise
 *                     at its end; an idle synchronise. Answers with a line "@{...}", in ns a call.
 *   launch startup    one launch and a synchronise, for timing a whole process
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <vector>

__global__ void empty() {}

#define CHECK(call)                                                                                \
	do {                                                                                       \
		int result = (int)(call);                                                          \
		if (result != 0) {                                                                 \
			fprintf(stderr, "line %d: %d\n", __LINE__, result);                        \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

typedef int (*launch_function)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
	unsigned, void *, void **, void **);

static double now_ns()
{
	auto since = std::chrono::steady_clock::now().time_since_epoch();
	return (double)std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

static const char *separator;

static void report(const char *row, std::vector<double> times)
{
	std::sort(times.begin(), times.end());
	size_t n = times.size();
	printf("%s\"%s\": {\"n\": %zu, \"p50\": %.2f, \"p99\": %.2f}", separator, row, n, times[n / 2],
		times[n * 99 / 100]);
	separator = ", ";
}

/* Times bursts that the queue to the device can hold, so that the caller never waits for it. */
template <typename Call> static void bursts(const char *row, cudaStream_t stream, Call call)
{
	std::vector<double> times;
	const int length = 100;

	for (int round = 0; round < 110; round++) {
		double start = now_ns();
		for (int i = 0; i < length; i++)
			call();
		if (round >= 10)
			times.push_back((now_ns() - start) / length);
		CHECK(cudaStreamSynchronize(stream));
	}
	report(row, times);
}

static void long_loop(cudaStream_t stream)
{
	std::vector<double> times;

	for (int round = 0; round < 4; round++) {
		double start = now_ns();
		for (int i = 0; i < 10000; i++)
			empty<<<1, 1, 0, stream>>>();
		CHECK(cudaStreamSynchronize(stream));
		if (round >= 1)
			times.push_back((now_ns() - start) / 10000);
	}
	report("launch loop of 10000", times);
}

static void idle_synchronise(cudaStream_t stream)
{
	std::vector<double> times;

	for (int round = 0; round < 2000; round++) {
		double start = now_ns();
		cudaStreamSynchronize(stream);
		times.push_back(now_ns() - start);
	}
	report("synchronise, idle", times);
}

int main(int argc, char **argv)
{
	cudaStream_t stream;
	cudaFunction_t function;

	if (argc > 1 && !strcmp(argv[1], "startup")) {
		empty<<<1, 1>>>();
		CHECK(cudaDeviceSynchronize());
		return 0;
	}
	CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	CHECK(cudaGetFuncBySymbol(&function, (const void *)empty));
	void *driver = dlopen("libcuda.so.1", RTLD_NOW);
	launch_function launch = driver ? (launch_function)dlsym(driver, "cuLaunchKernel") : NULL;

	printf("@{\"ready\": true}\n");
	fflush(stdout);
	for (int c; (c = getchar()) != EOF;) {
		if (c != '\n')
			continue;
		separator = "@{";
		bursts("launch, runtime API", stream, [&] { empty<<<1, 1, 0, stream>>>(); });
		bursts("launch, default stream", 0, [&] { empty<<<1, 1>>>(); });
		if (launch)
			bursts("launch, driver API", stream,
				[&] { launch(function, 1, 1, 1, 1, 1, 1, 0, stream, NULL, NULL); });
		long_loop(stream);
		idle_synchronise(stream);
		CHECK(cudaGetLastError());
		printf("}\n");
		fflush(stdout);
	}
	return 0;
}
