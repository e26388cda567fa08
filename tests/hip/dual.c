/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two models in one process on the software device: one thread keeps the device full through a
 * stream of low priority, another asks for a short kernel now and then through one of high priority.
 * Prints how many milliseconds of work the former still had in flight at the end, and the median of
 * the latter's latency in microseconds. With an argument, ends while work is in flight: by return,
 * exit() or _exit().
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "platform/hip/hip_driver.h"

#define REQUESTS 100

static char spin_us[8]; /* stands for the kernel of that name */
static const dim3 one = { 1, 1, 1 };
static atomic_bool over;
static double backlog_us;

static double now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void launch(hipStream_t stream, uint32_t us)
{
	void *args[] = { &us };
	hipError_t result = hipLaunchKernel(spin_us, one, one, args, 0, stream);

	if (result != hipSuccess || hipGetLastError() != hipSuccess) {
		fprintf(stderr, "launch: %d\n", (int)result);
		exit(1);
	}
}

static void *work(void *unused)
{
	hipStream_t stream;

	(void)unused;
	if (hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, 1) != hipSuccess)
		exit(1);
	while (!over)
		launch(stream, 400);
	backlog_us = now_us();
	hipStreamSynchronize(stream);
	backlog_us = now_us() - backlog_us;
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static double latency[REQUESTS];
	static const char image[64] = "CCOB"; /* a compressed bundle, as far as it is looked at */
	static const struct {
		uint32_t magic, version;
		const void *binary, *unused;
	} wrapper = { 0x48495046, 1, image, NULL };
	void **modules = __hipRegisterFatBinary(&wrapper);
	hipStream_t stream;
	pthread_t thread;

	__hipRegisterFunction(
		modules, spin_us, spin_us, "spin_us", 0, NULL, NULL, NULL, NULL, NULL);
	if (hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, -1) != hipSuccess)
		return 1;
	pthread_create(&thread, NULL, work, NULL);
	for (int i = 0; i < (argc > 1 ? 1 : REQUESTS); i++) {
		double began;

		nanosleep(&(struct timespec){ 0, 3000000 }, NULL);
		began = now_us();
		launch(stream, 100);
		if (hipStreamSynchronize(stream) != hipSuccess)
			return 1;
		latency[i] = now_us() - began;
	}
	if (argc > 1 && strcmp(argv[1], "return") == 0)
		return 0;
	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		exit(0);
	if (argc > 1 && strcmp(argv[1], "_exit") == 0)
		_exit(0);
	over = 1;
	pthread_join(thread, NULL);
	qsort(latency, REQUESTS, sizeof(*latency), compare);
	printf("%.0f %.0f\n", backlog_us / 1000, latency[REQUESTS / 2]);
	return 0;
}
