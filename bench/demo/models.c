/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two models on one device, each a thread with a stream of its own: an ordinary program for the CUDA
 * driver, or for HIP (device.h). It knows nothing of any scheduler; all that it says about importance
 * is what the vendor offers, a priority of -1 for the stream of the latency-critical model.
 *
 *   critical     requests arrive at random (Poisson, from a fixed seed) whether or not earlier ones
 *                are done; each launches a row of short kernels and synchronises
 *   best-effort  launches long kernels without end and synchronises now and then
 *
 * With -D both use the default stream instead, as threads of one PyTorch program do unless told
 * otherwise.
 *
 *   models [-c REQUESTS] [-b] [OPTION VALUE]...        -h lists the options
 *
 * With -w it says by a byte on descriptor 3 that it is ready, and starts when it reads one from standard
 * input: that is how several of these are started together.
 *
 * Prints what happened, one record a line, times in microseconds since the start:
 *
 *   device NAME
 *   origin TIME                       the start, by CLOCK_MONOTONIC
 *   request ARRIVED BEGUN DONE
 *   best-effort KERNELS TIME          kernels finished, and in what time
 *   finished TIME KERNELS             with -p: best-effort kernels since the last of these lines
 *   kernel c|b REACHED DONE           with -t: when its stream came to a kernel, and behind it, by
 *                                     the clock of the device
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "device.h"

#define TRACE_EVENTS 1024 /* kernels between two synchronisations that are traced, and one */

static struct {
	int requests;     /* -c: 0 if there is no critical model */
	int best_effort;  /* -b */
	double rate;      /* -r: requests a second */
	unsigned kernels; /* -k: kernels of a request */
	unsigned us;      /* -u: length of one */
	unsigned deep;    /* -K: best-effort kernels between two synchronisations */
	unsigned long_us; /* -U: length of one */
	double seconds;   /* -d: how long the best-effort model runs if it is alone */
	uint64_t seed;    /* -s */
	int trace;        /* -t */
	int shared;       /* -D: both models use the default stream */
	int rival;    /* -R: a stream of priority -2 that has been used is idle in the process */
	int wait;     /* -w */
	int progress; /* -p */
} options = {
	.rate = 70, .kernels = 60, .us = 50, .deep = 64, .long_us = 400, .seconds = 3, .seed = 1
};

static device_event origin;
static uint64_t origin_ns;
static pthread_barrier_t start;
static atomic_int critical_is_done;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double since_start_us(uint64_t ns)
{
	return (double)(int64_t)(ns - origin_ns) / 1e3;
}

static void sleep_until(uint64_t ns)
{
	struct timespec until = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL))
		;
}

/* Uniform in (0, 1]: xorshift64*, the same numbers in every run. */
static double random_share(void)
{
	options.seed ^= options.seed >> 12;
	options.seed ^= options.seed << 25;
	options.seed ^= options.seed >> 27;
	return ((double)(options.seed * 0x2545f4914f6cdd1dull >> 11) + 1) / 9007199254740992.0;
}

/* --- a stream, and where its kernels lie ----------------------------------------------------------- */

struct model {
	char letter;
	device_stream stream;
	unsigned us;
	unsigned pending; /* events recorded since the last synchronisation */
	device_event events[TRACE_EVENTS];
};

static void model_start(struct model *model)
{
	prctl(PR_SET_TIMERSLACK, 1ul);
	device_enter();
	if (!options.shared)
		model->stream = device_stream_make(model->letter == 'c' ? -1 : 0);
	for (unsigned i = 0; options.trace && i < TRACE_EVENTS; i++)
		model->events[i] = device_event_make();
}

static void model_trace(struct model *model)
{
	if (options.trace && model->pending < TRACE_EVENTS)
		device_record(model->events[model->pending++], model->stream);
}

static void model_launch(struct model *model)
{
	if (!model->pending)
		model_trace(model);
	device_spin(model->stream, model->us);
	model_trace(model);
}

static void model_finish(struct model *model)
{
	double reached_ms = 0, done_ms;

	device_synchronize(model->stream);
	for (unsigned i = 0; i < model->pending; i++, reached_ms = done_ms) {
		done_ms = device_elapsed_ms(origin, model->events[i]);
		if (i)
			printf("kernel %c %.1f %.1f\n", model->letter, reached_ms * 1e3,
				done_ms * 1e3);
	}
	model->pending = 0;
}

/* When all models are ready, the clock of the run begins. */
static void open_doors(void)
{
	char byte = 0;

	if (pthread_barrier_wait(&start) == PTHREAD_BARRIER_SERIAL_THREAD) {
		if (options.wait && (write(3, &byte, 1) != 1 || read(STDIN_FILENO, &byte, 1) != 1))
			exit(1);
		device_record(origin, NULL);
		device_synchronize(NULL);
		origin_ns = now_ns();
		printf("origin %.1f\n", (double)origin_ns / 1e3);
	}
	pthread_barrier_wait(&start);
}

/* --- the two models -------------------------------------------------------------------------------- */

static void *critical_main(void *unused)
{
	static struct model critical = { .letter = 'c' };
	struct model *model = &critical;
	double arrival_us = 0;

	(void)unused;
	model->us = options.us;
	model_start(model);
	for (unsigned k = 0; k < options.kernels; k++)
		model_launch(model); /* a service warms up before it opens */
	device_synchronize(model->stream);
	model->pending = 0;
	open_doors();
	for (int i = 0; i < options.requests; i++) {
		arrival_us -= log(random_share()) * 1e6 / options.rate;
		uint64_t arrival = origin_ns + (uint64_t)(arrival_us * 1e3);

		sleep_until(arrival);
		uint64_t begun = now_ns();
		for (unsigned k = 0; k < options.kernels; k++)
			model_launch(model);
		model_finish(model);
		printf("request %.1f %.1f %.1f\n", since_start_us(arrival), since_start_us(begun),
			since_start_us(now_ns()));
	}
	atomic_store(&critical_is_done, 1);
	return NULL;
}

static void *best_effort_main(void *unused)
{
	static struct model best_effort = { .letter = 'b' };
	struct model *model = &best_effort;
	uint64_t kernels = 0;

	(void)unused;
	model->us = options.long_us;
	model_start(model);
	open_doors();
	uint64_t end_ns = origin_ns + (uint64_t)(options.seconds * 1e9);
	while (options.requests ? !atomic_load(&critical_is_done) : now_ns() < end_ns) {
		for (unsigned k = 0; k < options.deep; k++)
			model_launch(model);
		model_finish(model);
		kernels += options.deep;
		if (options.progress)
			printf("finished %.1f %u\n", since_start_us(now_ns()), options.deep);
	}
	printf("best-effort %llu %.1f\n", (unsigned long long)kernels, since_start_us(now_ns()));
	return NULL;
}

/* --- the program ----------------------------------------------------------------------------------- */

static void open_device(void)
{
	printf("device %s\n", device_open());
	device_spin(NULL, 0); /* the first launch is slow; nobody measures it */
	device_synchronize(NULL);
	origin = device_event_make();
	if (options.rival) {
		device_stream rival = device_stream_make(-2);

		device_spin(rival, 0);
		device_synchronize(rival);
	}
}

static void read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:br:k:u:K:U:d:s:tDRwph")) != -1) {
		switch (option) {
		case 'c':
			options.requests = atoi(optarg);
			break;
		case 'b':
			options.best_effort = 1;
			break;
		case 'r':
			options.rate = atof(optarg);
			break;
		case 'k':
			options.kernels = (unsigned)atoi(optarg);
			break;
		case 'u':
			options.us = (unsigned)atoi(optarg);
			break;
		case 'K':
			options.deep = (unsigned)atoi(optarg);
			break;
		case 'U':
			options.long_us = (unsigned)atoi(optarg);
			break;
		case 'd':
			options.seconds = atof(optarg);
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 10) | 1;
			break;
		case 't':
			options.trace = 1;
			break;
		case 'D':
			options.shared = 1;
			break;
		case 'R':
			options.rival = 1;
			break;
		case 'w':
			options.wait = 1;
			break;
		case 'p':
			options.progress = 1;
			break;
		default:
			puts("models [-c REQUESTS] [-b] [-r REQUESTS_A_SECOND] [-k KERNELS] [-u "
			     "US]\n"
			     "       [-K BEST_EFFORT_KERNELS] [-U US] [-d SECONDS] [-s SEED] [-t] "
			     "[-D] [-R] [-w] [-p]");
			exit(option == 'h' ? 0 : 2);
		}
	}
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	int count = 0;

	read_options(argc, argv);
	open_device();
	pthread_barrier_init(&start, NULL, (options.requests > 0) + (unsigned)options.best_effort);
	if (options.requests)
		pthread_create(&threads[count++], NULL, critical_main, NULL);
	if (options.best_effort)
		pthread_create(&threads[count++], NULL, best_effort_main, NULL);
	while (count)
		pthread_join(threads[--count], NULL);
	return 0;
}
