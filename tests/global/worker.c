/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application with a stream that does what its standard input says, a command a line, and answers
 * each with a line. It knows nothing of a scheduler; the tests run several of them under the shim.
 *
 *   hold          the stream stands still until "let", and is busy
 *   let
 *   feed US       from now on a thread launches kernels of that length as fast as it may
 *   starve        no longer; answers when the thread is out of its last launch
 *   sync          waits for the stream
 *   launch US N   N kernels from the main thread
 *   stream PRIO   goes on with another stream, of that priority
 *   device N      goes on with a stream on another device
 *   forget        destroys the stream and makes another one
 *   fork          the child launches nothing, and stays until the parent is gone
 *   orphan        the same with a child of a child, which stays until it is killed
 *   local         the application itself asks for the scheduler inside the process
 *   prio N        it gives its stream a priority
 *   close         closes all descriptors but the lowest, as daemons do
 *   replace       puts a socket of its own in their places, with a word in it
 *   intact        ends with an error unless the word is still in it, and nothing else
 *   exec          becomes itself anew
 *   count         kernels that are done, of all streams
 *   exit          returns from main() with work in flight
 *
 * With the argument "daemon" it goes into the background by two forks before it does anything. A process that
 * is not the one that was started says its number on standard error.
 */
#include "../e2e/programs/program.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "xsched/types.h"

static CUstream stream;
static CUdeviceptr gate, done;
static _Atomic bool feeding;
static pthread_t feeder;

static void count_one(void)
{
	uint32_t one = 1;

	check(launch(kernel("increment"), stream, (void *[]){ &done, &one }));
}

/* The kernel, then the count of those that are done. */
static void launch_one(uint32_t us)
{
	check(spin(stream, us));
	count_one();
}

/* Whatever the main thread goes on with, this keeps to the device, the kernels and the stream of its start. */
static struct {
	CUcontext context;
	CUfunction spin, increment;
	CUstream stream;
	uint32_t us;
} food;

static void *feed(void *unused)
{
	uint32_t one = 1;

	(void)unused;
	check(cuCtxSetCurrent(food.context));
	while (feeding) {
		check(launch(food.spin, food.stream, (void *[]){ &food.us }));
		check(launch(food.increment, food.stream, (void *[]){ &done, &one }));
	}
	return NULL;
}

static void start_to_feed(uint32_t us)
{
	food.context = context;
	food.spin = kernel("spin_us");
	food.increment = kernel("increment");
	food.stream = stream;
	food.us = us;
	feeding = true;
	check(pthread_create(&feeder, NULL, feed, NULL) ? 1 : 0);
}

static void starve(void)
{
	if (feeding) {
		feeding = false;
		pthread_join(feeder, NULL);
	}
}

static void stay_in_child(void)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Leaves its parent, and is a process that nobody waits for. */
static void become_orphan(void)
{
	if (fork() != 0)
		_exit(0);
	setsid();
	fprintf(stderr, "orphan %d\n", getpid());
}

static void leave_orphan(void)
{
	pid_t child = fork();

	if (child != 0) {
		check(waitpid(child, NULL, 0) != child);
		return;
	}
	become_orphan();
	for (;;)
		pause();
}

/* The C API is there with the shim. */
static void schedule_locally(void)
{
	XResult (*set)(XSchedulerType, XPolicyType);

	*(void **)&set = dlsym(RTLD_DEFAULT, "XHintSetScheduler");
	check(!set || set(kSchedulerLocal, kPolicyHighestPriorityFirst) != kXSchedSuccess);
}

static void hint_priority(int priority)
{
	XResult (*hwqueue_of)(HwQueueHandle *, CUstream);
	XResult (*xqueue_of)(XQueueHandle *, HwQueueHandle);
	XResult (*hint)(XQueueHandle, Priority);
	HwQueueHandle hwqueue;
	XQueueHandle xqueue;

	*(void **)&hwqueue_of = dlsym(RTLD_DEFAULT, "CudaQueueGet");
	*(void **)&xqueue_of = dlsym(RTLD_DEFAULT, "XQueueGet");
	*(void **)&hint = dlsym(RTLD_DEFAULT, "XHintPriority");
	check(!hwqueue_of || !xqueue_of || !hint);
	check(hwqueue_of(&hwqueue, stream) != kXSchedSuccess);
	check(xqueue_of(&xqueue, hwqueue) != kXSchedSuccess);
	check(hint(xqueue, priority) != kXSchedSuccess);
}

static void begin_device(int device)
{
	check(cuDevicePrimaryCtxRetain(&context, device));
	check(cuCtxSetCurrent(context));
	check(cuModuleLoadData(&module, "any image")); /* its kernels are found by name */
	gate = word(0);
	stream = stream_of(NON_BLOCKING, 0);
}

static void begin_stream(int priority)
{
	stream = stream_of(NON_BLOCKING, priority);
}

/* The numbers that descriptors of ours have: the kernel's table ends there, since main() made it so
 * large. */
enum { OURS = 240, TABLE = 256 };

static void enlarge_table(void)
{
	if (dup2(STDIN_FILENO, TABLE - 1) == TABLE - 1) /* not where so many are not allowed */
		close(TABLE - 1);
}

static int own[2];

static void replace_descriptors(void)
{
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, own));
	check(write(own[1], "word", 4) != 4);
	for (int fd = OURS; fd < TABLE; fd++)
		check(dup2(own[0], fd) != fd);
}

static void look_at_replacement(void)
{
	char text[16];

	check(recv(own[0], text, sizeof(text), MSG_PEEK) != 4);
	check(recv(own[1], text, sizeof(text), MSG_DONTWAIT) != -1);
	check(write(OURS + 8, "x", 1) != 1); /* still open, and both ways */
	check(recv(own[1], text, sizeof(text), MSG_DONTWAIT) != 1);
}

static void obey(const char *command, uint32_t a, uint32_t b, char *const *arguments)
{
	if (!strcmp(command, "hold")) {
		poke(gate, 0);
		/* Two commands: as many as a paced stream takes of which nothing is known yet. */
		check(stand_still(stream, gate));
		count_one();
	} else if (!strcmp(command, "let")) {
		poke(gate, 1);
	} else if (!strcmp(command, "feed") && !feeding) {
		start_to_feed(a);
	} else if (!strcmp(command, "starve")) {
		starve();
	} else if (!strcmp(command, "sync")) {
		check(cuStreamSynchronize(stream));
	} else if (!strcmp(command, "launch")) {
		while (b--)
			launch_one(a);
	} else if (!strcmp(command, "stream")) {
		begin_stream((int)a);
	} else if (!strcmp(command, "device")) {
		begin_device((int)a);
	} else if (!strcmp(command, "forget")) {
		check(cuStreamDestroy_v2(stream));
		begin_stream(0);
	} else if (!strcmp(command, "fork")) {
		stay_in_child();
	} else if (!strcmp(command, "orphan")) {
		leave_orphan();
	} else if (!strcmp(command, "local")) {
		schedule_locally();
	} else if (!strcmp(command, "prio")) {
		hint_priority((int)a);
	} else if (!strcmp(command, "close")) {
		/* Ours are among them. Without its own the software device is lost to the other process. */
		check(close_range(OURS, ~0u, 0) != 0);
	} else if (!strcmp(command, "replace")) {
		replace_descriptors();
	} else if (!strcmp(command, "intact")) {
		look_at_replacement();
	} else if (!strcmp(command, "exec")) {
		execv("/proc/self/exe", arguments);
	}
}

int main(int argc, char **argv)
{
	char line[256], command[32];

	if (argc > 1 && !strcmp(argv[1], "daemon")) {
		if (fork() != 0)
			return 0;
		become_orphan();
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	enlarge_table();
	start();
	gate = word(0);
	done = word(0);
	begin_stream(0);
	launch_one(1);
	check(cuStreamSynchronize(stream));
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		int a = 0, b = 0;

		if (sscanf(line, "%31s %d %d", command, &a, &b) < 1)
			continue;
		if (!strcmp(command, "exit"))
			return 0;
		obey(command, (uint32_t)a, (uint32_t)b, argv);
		printf("%s %llu\n", command, (unsigned long long)peek(done));
	}
	starve();
	return 0;
}
