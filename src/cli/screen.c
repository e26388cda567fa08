/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of top: look, draw, wait for a key. A daemon that goes away is looked for again each period;
 * the last picture stays meanwhile.
 */
#include "cli/screen.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/draw.h"

#define SHORTEST_US 33333
#define LONGEST_US  10000000

static struct {
	struct xs_daemon daemon;
	struct xs_snapshot now, before;
	struct xs_tasks tasks;
	struct xs_view view;
	uint64_t chosen_serial, chosen_device; /* of the chosen task, wherever it is sorted to */
	int64_t period_us;
	char message[192];
	char input[16]; /* what is typed after r */
	size_t input_length;
	bool asking; /* for a priority */
	bool lost;   /* the daemon did not answer the last time */
	bool quit;
} screen = { .daemon = { .fd = -1 } };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

__attribute__((format(printf, 2, 3))) static void say(bool trouble, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(screen.message, sizeof(screen.message), format, arguments);
	va_end(arguments);
	screen.view.trouble = trouble;
}

/* --- looking ------------------------------------------------------------------------------------- */

static const struct xs_task *chosen(void)
{
	return screen.view.chosen < screen.tasks.count ? &screen.tasks.at[screen.view.chosen]
						       : NULL;
}

static void remember_chosen(void)
{
	const struct xs_task *task = chosen();

	screen.chosen_serial = task ? task->serial : 0;
	screen.chosen_device = task ? task->device : 0;
}

/* Puts the tasks in order, and the mark where its task is now. */
static void arrange(void)
{
	xs_tasks_sort(&screen.tasks, screen.view.order, screen.view.reverse);
	for (size_t i = 0; i < screen.tasks.count; i++) {
		if (screen.tasks.at[i].serial == screen.chosen_serial &&
			screen.tasks.at[i].device == screen.chosen_device)
			screen.view.chosen = i;
	}
	if (screen.view.chosen >= screen.tasks.count)
		screen.view.chosen = screen.tasks.count ? screen.tasks.count - 1 : 0;
	remember_chosen();
}

/* Rates need an interval that is long enough to mean something. */
static bool is_interval(const struct xs_snapshot *from, const struct xs_snapshot *to)
{
	return from->at_ns && to->at_ns - from->at_ns >= SHORTEST_US * 1000 / 2;
}

static void look(void)
{
	struct xs_snapshot fresh;
	int err = xs_daemon_refresh(&screen.daemon);

	if (!err)
		err = xs_snapshot_take(&fresh, &screen.daemon);
	if (err) {
		say(true, "%s; trying again", screen.daemon.why);
		screen.lost = true;
		return;
	}
	if (screen.lost)
		say(false, "%s", "");
	screen.lost = false;
	if (is_interval(&screen.now, &fresh)) {
		xs_snapshot_fini(&screen.before);
		screen.before = screen.now;
	} else {
		xs_snapshot_fini(&screen.now);
	}
	screen.now = fresh;
	xs_tasks_fini(&screen.tasks);
	screen.view.interval = screen.before.at_ns != 0;
	if (xs_tasks_make(
		    &screen.tasks, &screen.now, screen.view.interval ? &screen.before : NULL) != 0)
		say(true, "no memory");
	arrange();
}

/* --- acting -------------------------------------------------------------------------------------- */

static void act(struct xs_message *request, const char *done)
{
	int err = xs_daemon_ask(&screen.daemon, request, NULL, NULL);

	if (err == -EPERM)
		say(true, "not permitted");
	else if (err == -ENOENT)
		say(true, "that process is gone");
	else if (err)
		say(true, "%s", screen.daemon.why);
	else
		say(false, "%s", done);
	look();
}

static void suspend(bool on)
{
	struct xs_message request = { .opcode = XS_OP_SUSPEND };
	const struct xs_task *task = chosen();
	char done[64];

	if (!task)
		return;
	request.suspend.target = XS_TARGET_PID;
	request.suspend.id = task->process->row.pid;
	request.suspend.on = on;
	snprintf(done, sizeof(done), "process %u %s", task->process->row.pid,
		on ? "suspended" : "resumed");
	act(&request, done);
}

static void ask_priority(void)
{
	if (!chosen())
		return;
	screen.asking = true;
	screen.input_length = 0;
	screen.input[0] = '\0';
}

static void renice(void)
{
	struct xs_message request = { .opcode = XS_OP_HINT };
	const struct xs_task *task = chosen();
	int64_t priority;
	char done[64];

	screen.asking = false;
	if (!task || !screen.input_length)
		return;
	if (!xs_read(xs_read_priority, 0, 0, screen.input, &priority)) {
		say(true, "'%s' is not allowed; %s", screen.input, XS_PRIORITY_ALLOWED);
		return;
	}
	request.hint.target = XS_TARGET_PID;
	request.hint.id = task->process->row.pid;
	request.hint.kind = XS_WIRE_HINT_PRIORITY;
	request.hint.value = priority;
	snprintf(done, sizeof(done), "priority of process %u set to %lld", task->process->row.pid,
		(long long)priority);
	act(&request, done);
}

/* --- keys ---------------------------------------------------------------------------------------- */

static void type(int key)
{
	if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		renice();
	} else if (key == 27 || key == 3) { /* escape */
		screen.asking = false;
	} else if (key == KEY_BACKSPACE || key == 127 || key == '\b') {
		if (screen.input_length)
			screen.input[--screen.input_length] = '\0';
	} else if (key < 128 && isprint(key) && screen.input_length + 1 < sizeof(screen.input)) {
		screen.input[screen.input_length++] = (char)key;
		screen.input[screen.input_length] = '\0';
	}
}

static void move_choice(int by)
{
	if (by < 0 && screen.view.chosen > 0)
		screen.view.chosen--;
	if (by > 0 && screen.view.chosen + 1 < screen.tasks.count)
		screen.view.chosen++;
	remember_chosen();
}

static void sort_by(int by)
{
	screen.view.order =
		(enum xs_task_order)(((int)screen.view.order + by + XS_ORDERS) % XS_ORDERS);
	arrange();
}

static void set_period(int64_t period_us)
{
	if (period_us >= SHORTEST_US && period_us <= LONGEST_US)
		screen.period_us = period_us;
}

static void press(int key)
{
	switch (key) {
	case 'q':
		screen.quit = true;
		break;
	case 'h':
	case '?':
		screen.view.help = true;
		break;
	case KEY_UP:
	case 'k':
		move_choice(-1);
		break;
	case KEY_DOWN:
	case 'j':
		move_choice(1);
		break;
	case '<':
	case '>':
		sort_by(key == '<' ? -1 : 1);
		break;
	case 'R':
		screen.view.reverse = !screen.view.reverse;
		arrange();
		break;
	case 'r':
		ask_priority();
		break;
	case 's':
	case 'c':
		suspend(key == 's');
		break;
	case '+':
		set_period(screen.period_us / 2);
		break;
	case '-':
		set_period(screen.period_us * 2);
		break;
	case ' ':
		look();
		break;
	default: /* a new size too: the next picture has it */
		break;
	}
}

static void on_key(int key)
{
	if (screen.view.help) {
		screen.view.help = key == KEY_RESIZE;
		return;
	}
	if (screen.asking) {
		type(key);
		return;
	}
	if (!screen.lost)
		say(false, "%s", "");
	press(key);
}

/* --- the loop ------------------------------------------------------------------------------------ */

static void draw(void)
{
	char prompt[sizeof(screen.message)];
	const struct xs_task *task = chosen();

	screen.view.tasks = &screen.tasks;
	screen.view.policy = screen.lost ? "unknown" : screen.daemon.policy;
	screen.view.period_s = (double)screen.period_us / 1e6;
	screen.view.message = screen.message;
	if (screen.asking && task) {
		snprintf(prompt, sizeof(prompt), "priority of process %u: %s",
			task->process->row.pid, screen.input);
		screen.view.message = prompt;
	}
	xs_draw(&screen.view);
}

/* Handles keys until the time has come to look again. */
static void wait_and_serve(uint64_t until_ns)
{
	uint64_t now_ns;

	while (!stopped && !screen.quit && (now_ns = xs_now_ns()) < until_ns) {
		draw();
		timeout((int)((until_ns - now_ns) / 1000000) + 1);
		int key = getch();
		if (key != ERR)
			on_key(key);
	}
}

static void loop(int64_t count)
{
	for (int64_t i = 0; !stopped && !screen.quit && (!count || i < count); i++) {
		uint64_t began_ns = xs_now_ns();

		look();
		wait_and_serve(began_ns + (uint64_t)screen.period_us * 1000);
	}
}

/* They end the loop, which leaves the terminal as it was. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int xs_screen_run(int64_t period_us, int64_t count, enum xs_task_order order, bool reverse)
{
	if (xs_daemon_open(&screen.daemon) != 0) {
		xs_complain("%s", screen.daemon.why);
		return XS_EXIT_NO_DAEMON;
	}
	screen.period_us = period_us;
	screen.view.order = order;
	screen.view.reverse = reverse;
	setlocale(LC_ALL, "");
	catch_signals();
	SCREEN *terminal = newterm(NULL, stdout, stdin);
	if (!terminal) {
		xs_complain("a terminal of type '%s' is not known; top --once needs none",
			getenv("TERM") ? getenv("TERM") : "");
		return XS_EXIT_FAILED;
	}
	xs_draw_begin();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	loop(count);
	endwin();
	delscreen(terminal);
	xs_tasks_fini(&screen.tasks);
	xs_snapshot_fini(&screen.now);
	xs_snapshot_fini(&screen.before);
	xs_daemon_close(&screen.daemon);
	return XS_EXIT_OK;
}
