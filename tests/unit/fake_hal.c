/* SPDX-License-Identifier: Apache-2.0 */
/* The platform that tests drive by hand; fake_hal.h says what it can do. */
#include "fake_hal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define ITEMS        16384u /* that one stream can hold */
#define STREAMS      4600u
#define TIME_LIMIT_S 100 /* the clock is the machine's here */
#define FIRST_HANDLE 0x10000u
#define HANDLE_STEP  64u

struct item {
	_Atomic uint32_t *progress; /* NULL: a command */
	_Atomic uint32_t *gate;     /* NULL: does not wait */
	uint32_t value, mask;
	bool stored; /* a waiting marker stores once, then waits */
};

struct stream {
	struct xs_stream name;
	struct item *items;
	uint32_t first, count, commands;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct stream *streams[STREAMS];
static struct stream *by_number[STREAMS]; /* those with a handle */
static unsigned int stream_count;

struct fake_counts fake_count;
_Atomic int fake_share_error, fake_mark_error, fake_synchronize_error, fake_query_error;
_Atomic bool fake_capturing, fake_runs_by_itself;
_Atomic uint32_t fake_fail_mark_after = UINT32_MAX;

/* [lock] */
static struct stream *find(const struct xs_stream *name)
{
	struct stream *stream;
	uintptr_t number = ((uintptr_t)name->handle - FIRST_HANDLE) / HANDLE_STEP;

	if (name->handle && number < STREAMS && by_number[number])
		return by_number[number];
	for (unsigned int i = 0; !name->handle && i < stream_count; i++) {
		stream = streams[i];
		if (stream->name.handle == name->handle && stream->name.owner == name->owner &&
			stream->name.context == name->context)
			return stream;
	}
	CHECK(stream_count < STREAMS);
	stream = aligned_alloc(16, sizeof(*stream)); /* calls that no test makes fail */
	CHECK(stream);
	*stream = (struct stream){ .name = *name };
	streams[stream_count++] = stream;
	if (number < STREAMS)
		by_number[number] = stream;
	return stream;
}

/* [lock] Executes up to n commands, and the markers that are reached by that. */
static unsigned int run(struct stream *stream, unsigned int n)
{
	unsigned int executed = 0;

	while (stream->count) {
		struct item *item = &stream->items[stream->first % ITEMS];

		if (item->progress && !item->stored) {
			xs_store_release(item->progress, item->value);
			item->stored = true;
		}
		if (item->gate && !(xs_load_full(item->gate) & item->mask))
			break;
		if (!item->progress) {
			if (executed == n)
				break;
			executed++;
			stream->commands--;
		}
		stream->first++;
		stream->count--;
	}
	return executed;
}

/* [lock] */
static void append(struct stream *stream, struct item item)
{
	if (!stream->items)
		stream->items = aligned_alloc(16, ITEMS * sizeof(item));
	CHECK(stream->items);
	CHECK(stream->count < ITEMS);
	stream->items[(stream->first + stream->count++) % ITEMS] = item;
	stream->commands += !item.progress;
	run(stream, xs_load_relaxed(&fake_runs_by_itself) ? UINT32_MAX : 0);
}

void fake_launch(const struct xs_stream *name)
{
	pthread_mutex_lock(&lock);
	append(find(name), (struct item){ .value = 0 });
	pthread_mutex_unlock(&lock);
}

unsigned int fake_run(const struct xs_stream *name, unsigned int n)
{
	pthread_mutex_lock(&lock);
	unsigned int executed = run(find(name), n);
	pthread_mutex_unlock(&lock);
	return executed;
}

unsigned int fake_pending(const struct xs_stream *name)
{
	pthread_mutex_lock(&lock);
	struct stream *stream = find(name);
	run(stream, xs_load_relaxed(&fake_runs_by_itself) ? UINT32_MAX : 0);
	unsigned int pending = stream->commands;
	pthread_mutex_unlock(&lock);
	return pending;
}

/* --- the operations ------------------------------------------------------------------------------ */

static void *current_context(void)
{
	return FAKE_CONTEXT;
}

static XDevice device(void *context)
{
	(void)context;
	return FAKE_DEVICE;
}

static int synchronize(const struct xs_stream *stream)
{
	xs_add_relaxed(&fake_count.synchronizes, 1);
	while (fake_pending(stream))
		xs_sleep_until_ns(xs_now_ns() + 20 * XS_NS_PER_US);
	return xs_load_relaxed(&fake_synchronize_error);
}

static int query(const struct xs_stream *stream)
{
	int err = xs_load_relaxed(&fake_query_error);

	xs_add_relaxed(&fake_count.queries, 1);
	if (err)
		return err;
	return fake_pending(stream) ? -EBUSY : 0;
}

static bool capturing(const struct xs_stream *stream)
{
	(void)stream;
	return xs_load_relaxed(&fake_capturing);
}

static int share(void *context, void *memory, size_t bytes)
{
	(void)context;
	CHECK(memory && bytes);
	xs_add_relaxed(&fake_count.shares, 1);
	return xs_load_relaxed(&fake_share_error);
}

static int mark_error(void)
{
	uint32_t marks = xs_load_relaxed(&fake_count.marks);

	return marks >= xs_load_relaxed(&fake_fail_mark_after) ? -EIO
							       : xs_load_relaxed(&fake_mark_error);
}

static int mark_and_wait(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value,
	_Atomic uint32_t *gate, uint32_t mask)
{
	int err = mark_error();

	if (err)
		return err;
	xs_add_relaxed(&fake_count.marks, 1);
	xs_add_relaxed(&fake_count.waiting_marks, gate != NULL);
	pthread_mutex_lock(&lock);
	append(find(stream),
		(struct item){ .progress = progress, .gate = gate, .value = value, .mask = mask });
	pthread_mutex_unlock(&lock);
	return 0;
}

static int mark(const struct xs_stream *stream, _Atomic uint32_t *progress, uint32_t value)
{
	return mark_and_wait(stream, progress, value, NULL, 0);
}

struct xs_hal fake_hal = {
	.name = "fake",
	.platform = kPlatformCUDA,
	.max_level = 2,
	.current_context = current_context,
	.device = device,
	.synchronize = synchronize,
	.query = query,
	.capturing = capturing,
	.share = share,
	.mark = mark,
	.mark_and_wait = mark_and_wait,
};

/* --- queues -------------------------------------------------------------------------------------- */

struct xs_stream fake_stream(unsigned int number)
{
	return (struct xs_stream){ .handle =
					   (void *)(uintptr_t)(FIRST_HANDLE + HANDLE_STEP * number),
		.context = FAKE_CONTEXT };
}

struct xs_queue *fake_queue_of(const struct xs_stream *stream, int priority, bool blocking)
{
	const struct xs_stream_traits traits = {
		.hal = &fake_hal, .device = FAKE_DEVICE, .priority = priority, .blocking = blocking
	};

	return xs_queue_adopt(stream, &traits, XS_HOLDER_SHIM, true);
}

struct xs_queue *fake_queue(unsigned int number, int stream_priority)
{
	struct xs_stream stream = fake_stream(number);

	return fake_queue_of(&stream, stream_priority, false);
}

void fake_submit(struct xs_queue *queue)
{
	xs_queue_enter(queue);
	fake_launch(STREAM_OF(queue));
	xs_queue_leave(queue);
}

/* --- children ------------------------------------------------------------------------------------ */

pid_t fake_fork(void)
{
	pthread_mutex_lock(&lock);
	pid_t child = fork();
	pthread_mutex_unlock(&lock);
	return child;
}

void fake_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: expected %s\n", file, line, condition);
	fflush(NULL);
	_exit(1);
}

static int count_lines(int fd)
{
	char buffer[4096];
	int lines = 0;
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			lines += buffer[i] == '\n';
		if (write(STDOUT_FILENO, buffer, (size_t)got) != got)
			break;
	}
	return lines;
}

int fake_run_child(void (*body)(void), int *warnings)
{
	int ends[2] = { -1, -1 }, status = -1;

	fflush(NULL);
	assert_false(warnings && pipe(ends) != 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (warnings)
			dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		alarm(TIME_LIMIT_S);
		setenv("XSCHED_POLICY", "HPF", 1); /* unnamed, it leaves low queues a little */
		body();
		exit(0);
	}
	if (warnings) {
		close(ends[1]);
		*warnings = count_lines(ends[0]);
		close(ends[0]);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

void fake_isolate(const char *name, void (*body)(void))
{
	int status = fake_run_child(body, NULL);

	if (WIFSIGNALED(status))
		print_error("%s: %s\n", name, strsignal(WTERMSIG(status)));
	assert_int_equal(status, 0);
}
