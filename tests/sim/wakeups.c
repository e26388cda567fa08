/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that arrives just when the device runs dry is not left lying. The engine used to lose a command
 * that came between its look at an empty stream and its decision to keep the stream on the list: the
 * submitter then saw no need to wake it. It takes a thread that is interrupted at the right place:
 * about one launch in three millions hung, with several processes crowding the processors. So this
 * test finds such a thing only now and then.
 */
#include "sim.h"

#ifdef XS_SANITIZED
#define LAUNCHES 20000
#else
#define LAUNCHES 200000
#endif
#define PROCESSES 4
#define LIMIT_S   100

static int launch_and_wait(void)
{
	CUstream stream;
	int result = 0;

	alarm(LIMIT_S);
	if (sim_setup(NULL))
		return 1;
	CUfunction empty = sim_function("empty");
	result |= cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING);
	for (int i = 0; i < LAUNCHES; i++) {
		result |= sim_launch(empty, stream, NULL);
		for (volatile int pause = i % 97 * 20; pause; pause--)
			; /* another moment each time */
		if (i % 3 == 0)
			result |= cuStreamSynchronize(stream);
	}
	result |= cuStreamSynchronize(stream);
	result |= cuStreamDestroy_v2(stream);
	return result != CUDA_SUCCESS;
}

static void work_that_arrives_at_the_last_moment_runs(void **state)
{
	pid_t children[PROCESSES];

	(void)state;
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (!children[i])
			_exit(launch_and_wait());
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_that_arrives_at_the_last_moment_runs),
	};

	setenv("XSIM_KERNEL_NS", "0", 1);
	setenv("XSIM_SHARE", "0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
