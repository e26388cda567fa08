/* SPDX-License-Identifier: Apache-2.0 */
/* A fork while another thread is loading the driver: the child loads it by itself. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic.h"
#include "platform/cuda/cuda_driver.h"

__attribute__((visibility("default"))) void while_loading(void);

static _Atomic bool loading, go_on;

void while_loading(void)
{
	xs_store_full(&loading, true);
	while (!xs_load_full(&go_on))
		usleep(100);
}

static void *first_call(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)cuInit(0);
}

int main(void)
{
	pthread_t thread;
	void *result;
	int status;

#ifdef XS_SANITIZED
	puts("the sanitizers' pthread_once() knows nothing of forks");
	return 77;
#endif
	setenv("XSCHED_CUDA_LIB", SLOW_DRIVER, 1);
	alarm(60);
	if (pthread_create(&thread, NULL, first_call, NULL))
		return 1;
	while (!xs_load_full(&loading))
		usleep(100);
	pid_t child = fork();
	if (child == 0) {
		alarm(10);
		_exit(cuInit(0) != CUDA_SUCCESS);
	}
	if (waitpid(child, &status, 0) != child)
		return 1;
	xs_store_full(&go_on, true);
	pthread_join(thread, &result);
	if (status)
		printf("the child's first call ended with wait status %#x\n", (unsigned int)status);
	return status || result;
}
