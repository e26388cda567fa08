/* SPDX-License-Identifier: Apache-2.0 */
/* The log as a guest in a process: its format, and what it must not do to the application. */
#include "fake_hal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

static _Atomic unsigned int time_zone_calls;

struct tm *__real_localtime_r(const time_t *now, struct tm *local);
struct tm *__wrap_localtime_r(const time_t *now, struct tm *local);

struct tm *__wrap_localtime_r(const time_t *now, struct tm *local)
{
	xs_add_full(&time_zone_calls, 1);
	return __real_localtime_r(now, local);
}

/* One warning, as it comes out. */
static const char *warn(void)
{
	static char line[256];
	int ends[2], saved = dup(STDERR_FILENO);

	CHECK(saved >= 0 && pipe(ends) == 0);
	CHECK(dup2(ends[1], STDERR_FILENO) >= 0);
	xs_warn("number %d", 7);
	CHECK(dup2(saved, STDERR_FILENO) >= 0);
	ssize_t got = read(ends[0], line, sizeof(line) - 1);
	CHECK(got > 0);
	line[got] = '\0';
	close(ends[0]);
	close(ends[1]);
	close(saved);
	return line;
}

/* The second of the day that a line shows. */
static int second_of(const char *line)
{
	int hour, minute, second, microsecond, length = -1;
	long thread;

	CHECK_EQUAL(sscanf(line, "[XSCHED WARN @ T %ld @ %2d:%2d:%2d.%6d] number 7\n%n", &thread,
			    &hour, &minute, &second, &microsecond, &length),
		5);
	CHECK_EQUAL(length, strlen(line));
	return (hour * 60 + minute) * 60 + second;
}

/* In a process of its own, so not in a child of ours. */
static void local_time(void **state)
{
	(void)state;
	setenv("TZ", "XST-5:30", 1);
	time_t before = time(NULL);
	int shown = second_of(warn());
	int late = (int)((shown - (before + 5 * 3600 + 1800)) % 86400 + 86400) % 86400;
	assert_in_range(late, 0, 600);
	assert_true(xs_load_full(&time_zone_calls));
	unsetenv("TZ");
}

/* Another thread may have been asking for the time zone when the process forked. */
TEST(a_forked_child_does_not_ask_for_the_time_zone)
{
	xs_store_full(&time_zone_calls, 0);
	second_of(warn());
	CHECK_EQUAL(xs_load_full(&time_zone_calls), 0);
}

static void nobody_reads(void)
{
	int ends[2];

	CHECK(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	close(ends[0]);
	close(ends[1]);
}

static bool is_pending(int signal_number)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, signal_number);
}

TEST(nobody_reads_and_the_application_lives)
{
	sigset_t mask;

	nobody_reads();
	errno = 4711;
	xs_warn("into the void");
	if (errno != 4711 || is_pending(SIGPIPE))
		_exit(1);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	if (sigismember(&mask, SIGPIPE))
		_exit(2);
}

/* A signal that the application keeps for later is its own. */
TEST(a_signal_of_the_application_stays)
{
	sigset_t mask;

	nobody_reads();
	sigemptyset(&mask);
	sigaddset(&mask, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	xs_warn("into the void");
	if (is_pending(SIGPIPE))
		_exit(1);
	raise(SIGPIPE);
	xs_warn("into the void");
	if (!is_pending(SIGPIPE))
		_exit(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First while nobody has asked, then when the parent has. */
		cmocka_unit_test(a_forked_child_does_not_ask_for_the_time_zone),
		cmocka_unit_test(local_time),
		cmocka_unit_test(a_forked_child_does_not_ask_for_the_time_zone),
		cmocka_unit_test(nobody_reads_and_the_application_lives),
		cmocka_unit_test(a_signal_of_the_application_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
