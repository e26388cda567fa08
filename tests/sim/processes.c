/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several processes: time slices, an owner that is killed, exits with work in flight, fork, and the
 * modes that are chosen by the environment. The driver is used in children only, since it does not
 * survive fork.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

#include "sim.h"

/* The thread sanitizer sleeps for a second at each exit. */
#ifdef XS_SANITIZED
#define EXITS 10
#else
#define EXITS 100
#endif

struct counters {
	uint32_t go; /* both with __atomic builtins */
	uint64_t done[4];
};

static struct counters *shared;

#define LIMIT_NS 60000000000ull /* when a wait was in vain */

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs kernels of us microseconds until told to stop, counting what is done. */
static void work(int index, uint32_t us)
{
	CUstream stream;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would tell it to stop */
	if (sim_setup(NULL))
		_exit(1);
	ok(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	while (__atomic_load_n(&shared->go, __ATOMIC_ACQUIRE)) {
		for (int i = 0; i < 4; i++)
			ok(sim_spin_us(stream, us));
		ok(cuStreamSynchronize(stream));
		__atomic_fetch_add(&shared->done[index], 4, __ATOMIC_ACQ_REL);
	}
	_exit(0);
}

static pid_t start(int index, uint32_t us)
{
	pid_t pid = fork();

	if (!pid)
		work(index, us);
	return pid;
}

static uint64_t device_us(int index, uint32_t us)
{
	return __atomic_load_n(&shared->done[index], __ATOMIC_ACQUIRE) * us;
}

static void two_processes_share_by_time(void **state)
{
	(void)state;
	memset(shared, 0, sizeof(*shared));
	__atomic_store_n(&shared->go, 1, __ATOMIC_RELEASE);
	uint64_t began = sim_now_ns(), first = 0, second = 0;
	pid_t a = start(0, 500), b = start(1, 5000); /* longer than a slice */
	/* Each gets about a half in the end, however slowly this machine feeds them; nobody starves. */
	while (first + second < 800000 || first > 3 * second || second > 3 * first) {
		assert_true(sim_now_ns() - began < LIMIT_NS);
		usleep(1000);
		first = device_us(0, 500);
		second = device_us(1, 5000);
	}
	__atomic_store_n(&shared->go, 0, __ATOMIC_RELEASE);
	assert_int_equal(wait_for(a), 0);
	assert_int_equal(wait_for(b), 0);
	/* There is one device. */
	uint64_t elapsed_us = (sim_now_ns() - began) / 1000;
	assert_true(device_us(0, 500) + device_us(1, 5000) <= elapsed_us);
}

static void a_killed_owner_is_replaced(void **state)
{
	(void)state;
	memset(shared, 0, sizeof(*shared));
	__atomic_store_n(&shared->go, 1, __ATOMIC_RELEASE);
	pid_t victim = start(0, 3000000), other = start(1, 1000);
	usleep(300000);
	kill(victim, SIGKILL); /* not waited for: it stays a zombie */
	usleep(300000);
	uint64_t before = __atomic_load_n(&shared->done[1], __ATOMIC_ACQUIRE);
	uint64_t began = sim_now_ns();
	while (__atomic_load_n(&shared->done[1], __ATOMIC_ACQUIRE) <= before + 20) {
		assert_true(sim_now_ns() - began < LIMIT_NS);
		usleep(1000);
	}
	__atomic_store_n(&shared->go, 0, __ATOMIC_RELEASE);
	assert_int_equal(wait_for(other), 0);
	assert_int_equal(wait_for(victim), 128 + SIGKILL);
}

static void exits_with_work_in_flight(void **state)
{
	(void)state;
	for (int i = 0; i < EXITS; i++) {
		pid_t pid = fork();

		if (!pid) {
			CUdeviceptr gate;

			if (sim_setup(NULL))
				_exit(1);
			ok(cuMemAlloc_v2(&gate, 8));
			for (int k = 0; k < 50; k++)
				ok(sim_spin_us(NULL, 1000000));
			if (i & 1)
				ok(cuStreamWaitValue32_v2(CU_STREAM_PER_THREAD, gate, 1, 0));
			exit(0);
		}
		assert_int_equal(wait_for(pid), 0);
	}
}

static void a_child_of_a_user_gets_an_error(void **state)
{
	(void)state;
	pid_t pid = fork();

	if (!pid) {
		if (sim_setup(NULL))
			_exit(1);
		pid_t child = fork();
		if (!child)
			_exit(cuInit(0) == CUDA_ERROR_NOT_INITIALIZED &&
						cuCtxSynchronize() == CUDA_ERROR_NOT_INITIALIZED
					? 0
					: 1);
		_exit(wait_for(child));
	}
	assert_int_equal(wait_for(pid), 0);
}

static void failures_on_demand(void **state)
{
	(void)state;
	pid_t pid = fork();

	if (!pid) {
		CUdeviceptr data;

		setenv("XSIM_FAIL", "cuMemAlloc:2=2,cuLaunchKernel:1=719,async:1=719", 1);
		if (sim_setup(NULL))
			_exit(1);
		if (cuMemAlloc_v2(&data, 8) || cuMemAlloc_v2(&data, 8) != 2 ||
			cuMemAlloc_v2(&data, 8))
			_exit(2);
		if (sim_spin_us(NULL, 1) != 719 || sim_spin_us(NULL, 1))
			_exit(3);
		_exit(cuCtxSynchronize() == CUDA_ERROR_LAUNCH_FAILED ? 0 : 4);
	}
	assert_int_equal(wait_for(pid), 0);
}

static void record_to(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		CUstream stream;
		CUdeviceptr data;

		setenv("XSIM_RECORD", path, 1);
		if (sim_setup(NULL))
			_exit(1);
		ok(cuStreamCreate(&stream, 0));
		ok(cuMemAlloc_v2(&data, 64));
		ok(cuMemsetD8Async(data, 3, 64, stream));
		ok(cuCtxSynchronize());
		_exit(0);
	}
	assert_int_equal(wait_for(pid), 0);
}

static void recordings_can_be_compared(void **state)
{
	(void)state;
	char paths[2][32] = { "/tmp/xsim-record-XXXXXX", "/tmp/xsim-record-XXXXXX" };
	static char text[2][8192];

	for (int i = 0; i < 2; i++) {
		int fd = mkstemp(paths[i]);

		assert_true(fd >= 0);
		record_to(paths[i]);
		assert_true(read(fd, text[i], sizeof(text[i]) - 1) > 0);
		close(fd);
		unlink(paths[i]);
	}
	assert_string_equal(text[0], text[1]);
	assert_non_null(strstr(text[0], "1 cuInit(0) = 0\n"));
	assert_non_null(strstr(text[0], "cuCtxSynchronize() = 0\n"));
	assert_non_null(strstr(text[0], "cuMemsetD8Async(deviceptr#"));
	assert_null(strstr(text[0], "deviceptr#0"));
}

static int group_setup(void **state)
{
	(void)state;
	sim_private_segment();
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_processes_share_by_time),
		cmocka_unit_test(a_killed_owner_is_replaced),
		cmocka_unit_test(exits_with_work_in_flight),
		cmocka_unit_test(a_child_of_a_user_gets_an_error),
		cmocka_unit_test(failures_on_demand),
		cmocka_unit_test(recordings_can_be_compared),
	};
	return cmocka_run_group_tests(tests, group_setup, sim_teardown);
}
