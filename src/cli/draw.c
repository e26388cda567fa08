/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From top to bottom: a line about all, one for each device, the heads of the columns, tasks, and a
 * line for messages. Where a terminal is narrow, columns go, the least important first; where it is
 * low, tasks scroll.
 */
#include "cli/draw.h"

#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CMD_LEAST 8 /* a command is not shown in less */

enum { GREEN = 1, YELLOW, RED };

static bool colours;

void xs_draw_begin(void)
{
	const char *refused = getenv("NO_COLOR");

	colours = (!refused || !*refused) && has_colors() && start_color() == OK;
	if (!colours)
		return;
	use_default_colors();
	init_pair(GREEN, COLOR_GREEN, -1);
	init_pair(YELLOW, COLOR_YELLOW, -1);
	init_pair(RED, COLOR_RED, -1);
}

/* --- texts --------------------------------------------------------------------------------------- */

/* Writes at most `width` columns of the text, and blanks up to that. */
static void put(int row, int column, int width, const char *text, bool right)
{
	int bytes = 0, wide = 0;

	while (text[bytes] && wide < width) {
		bytes++;
		while (((unsigned char)text[bytes] & 0xc0) == 0x80)
			bytes++; /* the rest of a character */
		wide++;
	}
	if (width <= 0)
		return;
	mvprintw(row, column, "%*s", width, "");
	mvaddnstr(row, column + (right ? width - wide : 0), text, bytes);
}

static void put_line(int row, const char *text)
{
	put(row, 0, COLS, text, false);
}

/* --- columns ------------------------------------------------------------------------------------- */

struct layout {
	const struct xs_column *columns;
	size_t count;
	int width[XS_TASK_COLUMNS]; /* 0: not shown */
};

static bool is(const struct xs_column *column, const char *head)
{
	return column->head && strcmp(column->head, head) == 0;
}

static int total_width(const struct layout *layout)
{
	int sum = 0;

	for (size_t c = 0; c < layout->count; c++)
		sum += layout->width[c] ? layout->width[c] + 2 : 0;
	return sum - 2;
}

/* Columns whose contents change have room for more than there is, so that they do not move about. */
static int least_width(const struct xs_column *column)
{
	static const struct {
		const char *head;
		int width;
	} least[] = { { "PID", 7 }, { "SHARE", 6 }, { "WAIT", 6 }, { "P50", 8 }, { "P99", 8 },
		{ "CMD/S", 6 } };

	for (size_t i = 0; i < sizeof(least) / sizeof(*least); i++) {
		if (is(column, least[i].head))
			return least[i].width;
	}
	return column->head ? (int)strlen(column->head) : 0;
}

static void widen(struct layout *layout, const struct xs_task *task)
{
	char cell[XS_CELL_SIZE];

	for (size_t c = 0; c < layout->count; c++) {
		if (!layout->columns[c].head)
			continue;
		xs_cell(&layout->columns[c], task, cell, sizeof(cell));
		if ((int)strlen(cell) > layout->width[c])
			layout->width[c] = (int)strlen(cell);
	}
}

/* The command takes what is left; if that is too little, columns go until the rest fits. */
static void fit(struct layout *layout)
{
	static const char *const dispensable[] = { "CMD", "CMDS", "CMD/S", "DEV", "HOLDS", "HOLD/S",
		"DEPTH", "P50", "READY", "P99", "USED", "HELD", "WAIT", "PRI", "SHARE", "STATE",
		"NAME" };

	for (size_t c = 0; c < layout->count; c++) {
		int left = COLS - (total_width(layout) - layout->width[c]);

		if (is(&layout->columns[c], "CMD") && left >= CMD_LEAST)
			layout->width[c] = left;
	}
	for (size_t i = 0; i < sizeof(dispensable) / sizeof(*dispensable); i++) {
		for (size_t c = 0; total_width(layout) > COLS && c < layout->count; c++) {
			if (is(&layout->columns[c], dispensable[i]))
				layout->width[c] = 0;
		}
	}
}

static void lay_out(struct layout *layout, const struct xs_view *view, size_t first, size_t count)
{
	memset(layout, 0, sizeof(*layout));
	layout->columns = view->interval ? xs_task_columns : xs_task_columns_total;
	layout->count = view->interval ? xs_task_column_count : xs_task_column_count_total;
	for (size_t c = 0; c < layout->count; c++)
		layout->width[c] = least_width(&layout->columns[c]);
	for (size_t i = first; i < first + count; i++)
		widen(layout, &view->tasks->at[i]);
	fit(layout);
}

/* --- lines --------------------------------------------------------------------------------------- */

static void draw_heads(const struct layout *layout, int row)
{
	int at = 0;

	attron(A_REVERSE);
	put_line(row, "");
	for (size_t c = 0; c < layout->count; c++) {
		if (!layout->width[c])
			continue;
		put(row, at, layout->width[c], layout->columns[c].head, layout->columns[c].right);
		at += layout->width[c] + 2;
	}
	attroff(A_REVERSE);
}

static chtype look_of(const char *state)
{
	if (strcmp(state, "RUN") == 0)
		return colours ? COLOR_PAIR(GREEN) : A_NORMAL;
	if (strcmp(state, "WAIT") == 0)
		return colours ? COLOR_PAIR(YELLOW) : A_BOLD;
	if (strcmp(state, "IDLE") == 0)
		return A_DIM;
	return colours ? COLOR_PAIR(RED) : A_BOLD;
}

static void draw_task(const struct layout *layout, int row, const struct xs_task *task, bool chosen)
{
	chtype look = chosen ? A_REVERSE : look_of(xs_task_state(task));
	char cell[XS_CELL_SIZE];
	int at = 0;

	if (chosen)
		attron(look);
	put_line(row, "");
	for (size_t c = 0; c < layout->count; c++) {
		bool coloured = !chosen && is(&layout->columns[c], "STATE");

		if (!layout->width[c])
			continue;
		xs_cell(&layout->columns[c], task, cell, sizeof(cell));
		if (coloured)
			attron(look);
		put(row, at, layout->width[c], cell, layout->columns[c].right);
		if (coloured)
			attroff(look);
		at += layout->width[c] + 2;
	}
	attroff(look);
}

struct device {
	uint64_t id;
	double share;
	unsigned run, wait;
};

static void draw_device(const struct xs_view *view, const struct device *device, int row)
{
	char name[32], text[128], bar[21];
	int full = (int)(device->share * 20 + 0.5);

	xs_device_name(device->id, name, sizeof(name));
	memset(bar, '.', 20);
	memset(bar, '#', (size_t)(full > 20 ? 20 : full));
	bar[20] = '\0';
	if (view->interval)
		snprintf(text, sizeof(text), "%s [%s] %.0f%% used, %u run, %u wait", name, bar,
			device->share * 100, device->run, device->wait);
	else
		snprintf(text, sizeof(text), "%s %u run, %u wait", name, device->run, device->wait);
	put_line(row, text);
}

/* Tasks are in the order of devices. Returns the next row. */
static int draw_devices(const struct xs_view *view, int row, int most)
{
	struct device device = { 0 };
	const struct xs_tasks *tasks = view->tasks;

	for (size_t i = 0; i < tasks->count && most; i++) {
		const char *state = xs_task_state(&tasks->at[i]);

		if (i == 0 || tasks->at[i].device != device.id)
			device = (struct device){ .id = tasks->at[i].device };
		device.share += tasks->at[i].share;
		device.run += strcmp(state, "RUN") == 0;
		device.wait += strcmp(state, "WAIT") == 0;
		if (i + 1 == tasks->count || tasks->at[i + 1].device != device.id) {
			draw_device(view, &device, row++);
			most--;
		}
	}
	return row;
}

static void draw_summary(const struct xs_view *view)
{
	char text[160];

	snprintf(text, sizeof(text), "xcli top: policy %s, %zu task%s, by %s%s, every %.2g s",
		view->policy, view->tasks->count, view->tasks->count == 1 ? "" : "s",
		xs_task_orders[view->order], view->reverse ? " reversed" : "", view->period_s);
	attron(A_BOLD);
	put_line(0, text);
	attroff(A_BOLD);
}

static void draw_message(const struct xs_view *view)
{
	chtype look = view->trouble ? (colours ? COLOR_PAIR(RED) : A_BOLD) : A_NORMAL;

	attron(look);
	put_line(LINES - 1,
		view->message[0] ? view->message
				 : "q quit  h help  up/down choose  < > sort  r renice  s suspend  "
				   "c continue");
	attroff(look);
}

/* --- pictures ------------------------------------------------------------------------------------ */

static void draw_help(void)
{
	static const char *const lines[] = {
		"up, down, k, j   choose a process",
		"<, >             sort by another column",
		"R                the other way round",
		"r                renice: a number from -256 to 255, or a class",
		"s                suspend it",
		"c                continue: resume it",
		"+, -             look more often, less often",
		"space            look now",
		"q                quit",
		"",
		"any key goes back",
	};

	for (int i = 0; i < (int)(sizeof(lines) / sizeof(*lines)) && i < LINES; i++)
		put_line(i, lines[i]);
}

static void scroll_to_chosen(struct xs_view *view, size_t rows)
{
	if (view->chosen < view->scroll)
		view->scroll = view->chosen;
	if (rows && view->chosen >= view->scroll + rows)
		view->scroll = view->chosen - rows + 1;
	if (view->scroll >= view->tasks->count)
		view->scroll = 0;
}

void xs_draw(struct xs_view *view)
{
	struct layout layout;
	int row = 1;

	erase();
	if (view->help) {
		draw_help();
		refresh();
		return;
	}
	draw_summary(view);
	row = draw_devices(view, row, LINES / 4);
	int rows = LINES - row - 2;
	size_t shown = view->tasks->count < (size_t)(rows > 0 ? rows : 0)
			       ? view->tasks->count
			       : (size_t)(rows > 0 ? rows : 0);
	scroll_to_chosen(view, shown);
	if (view->scroll + shown > view->tasks->count)
		view->scroll = view->tasks->count - shown;
	lay_out(&layout, view, view->scroll, shown);
	if (row < LINES - 1)
		draw_heads(&layout, row++);
	for (size_t i = view->scroll; i < view->scroll + shown; i++)
		draw_task(&layout, row++, &view->tasks->at[i], i == view->chosen);
	draw_message(view);
	refresh();
}
