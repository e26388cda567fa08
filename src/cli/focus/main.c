/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xsched-focus: tells the daemon which process owns the active window of a display, for the policy AWF.
 * It follows an X display; where a desktop has no such thing (Wayland), something else that knows calls
 * it with --pid.
 *
 * The daemon may not know the process of the active window, since that uses no device yet, or the
 * daemon may not be there: it is told again every second until it does. It is told every five seconds
 * in any case, since a process that came to the daemon anew starts without a window.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/focus/tell.h"
#include "cli/focus/x11.h"

#define AGAIN_MS   1000
#define REFRESH_MS 5000

static const char usage[] =
	"usage: xsched-focus [--display NAME]         follow the active window of an X display\n"
	"       xsched-focus --pid PID [--number N]   this process has the active window of "
	"display N\n"
	"       xsched-focus --pid PID --off [--number N]   and now it has not\n"
	"\n"
	"For the policy AWF of xserver. NAME is $DISPLAY unless it is said; N is 0.\n"
	"Without an X display it needs somebody who knows to call it with --pid.\n";

enum { DISPLAY = 256, PID, NUMBER, OFF, VERSION, HELP };

static const struct option options[] = {
	{ "display", required_argument, NULL, DISPLAY },
	{ "pid", required_argument, NULL, PID },
	{ "number", required_argument, NULL, NUMBER },
	{ "off", no_argument, NULL, OFF },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, HELP },
	{ 0 },
};

/* The display as a number that no other user's has: ":1.0" of user 1000 is 1000 << 32 | 1. */
static uint64_t number_of(const char *name)
{
	const char *colon = name ? strrchr(name, ':') : NULL;

	return (uint64_t)getuid() << 32 | (colon ? strtoul(colon + 1, NULL, 10) : 0);
}

/* Tells the daemon what is different. Returns whether it knows everything now. */
static bool settle(pid_t wanted, pid_t *told, uint64_t display)
{
	int err = wanted ? focus_tell(wanted, true, display) : -ENOENT;

	if (!err) {
		*told = wanted;
		return true;
	}
	if (*told && *told != wanted && err != -ENOTCONN)
		err = focus_tell(*told, false, display);
	*told = 0;
	return !wanted && err != -ENOTCONN;
}

/* Waits for the display or the daemon. Returns whether the daemon has gone. */
static bool wait_for_news(int x11_fd, int timeout_ms)
{
	struct pollfd inputs[2] = {
		{ .fd = x11_fd, .events = POLLIN },
		{ .fd = focus_daemon, .events = POLLIN },
	};

	poll(inputs, 2, timeout_ms);
	return inputs[1].revents;
}

static int follow(const char *name)
{
	uint64_t display = number_of(name ? name : getenv("DISPLAY"));
	int fd = focus_x11_open(name), changed = 1;
	pid_t told = 0;

	while (fd >= 0 && changed >= 0) {
		pid_t wanted = focus_x11_pid();
		bool known = true;

		if (wanted || told)
			known = settle(wanted, &told, display);
		changed = focus_x11_changed();
		if (changed != 0)
			continue;
		if (wait_for_news(fd, !wanted ? -1 : known ? REFRESH_MS : AGAIN_MS)) {
			focus_leave();
			told = 0;
		}
	}
	return fd < 0 ? EXIT_FAILURE : EXIT_SUCCESS; /* the session has ended */
}

static int say_once(pid_t pid, bool active, uint64_t display)
{
	int err = focus_tell(pid, active, display);

	if (!err)
		return EXIT_SUCCESS;
	fprintf(stderr, "xsched-focus: %s\n",
		err == -ENOENT  ? "the daemon does not know this process"
		: err == -EPERM ? "the process belongs to somebody else"
				: "there is no daemon");
	return EXIT_FAILURE;
}

static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (!errno && end != text && !*end && *text != '-' && *number >= least && *number <= most)
		return true;
	fprintf(stderr, "xsched-focus: '%s' is no number for that\n", text);
	return false;
}

int main(int argc, char **argv)
{
	const char *display = NULL;
	uint64_t pid = 0, number = 0;
	bool active = true, number_given = false;
	int option;

	signal(SIGPIPE, SIG_IGN); /* a display that goes is noticed by what is read from it */
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case DISPLAY:
			display = optarg;
			break;
		case PID:
			if (!read_number(optarg, 1, INT32_MAX, &pid))
				return EXIT_FAILURE;
			break;
		case NUMBER:
			if (!read_number(optarg, 0, UINT64_MAX, &number))
				return EXIT_FAILURE;
			number_given = true;
			break;
		case OFF:
			active = false;
			break;
		case VERSION:
			puts("xsched-focus " XS_VERSION);
			return EXIT_SUCCESS;
		case HELP:
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind != argc || (!pid && (!active || number_given))) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	return pid ? say_once((pid_t)pid, active, number) : follow(display);
}
