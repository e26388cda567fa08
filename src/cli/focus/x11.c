/* SPDX-License-Identifier: Apache-2.0 */
/* See x11.h. */
#include "cli/focus/x11.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

static xcb_connection_t *x;
static xcb_window_t root;
static xcb_atom_t active_window, wm_pid, wm_client_machine;

static xcb_atom_t atom(const char *name)
{
	xcb_intern_atom_cookie_t cookie = xcb_intern_atom(x, 0, (uint16_t)strlen(name), name);
	xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(x, cookie, NULL);
	xcb_atom_t found = reply ? reply->atom : (xcb_atom_t)XCB_ATOM_NONE;

	free(reply);
	return found;
}

/* Reads a property of that type into a buffer. Returns the bytes that it has; 0: there is none. */
static size_t property(
	xcb_window_t window, xcb_atom_t name, xcb_atom_t type, void *buffer, size_t size)
{
	xcb_get_property_cookie_t cookie =
		xcb_get_property(x, 0, window, name, type, 0, (uint32_t)(size + 3) / 4);
	xcb_get_property_reply_t *reply = xcb_get_property_reply(x, cookie, NULL);
	size_t length = 0;

	if (reply && reply->type == type) {
		length = (size_t)xcb_get_property_value_length(reply);
		if (length > size)
			length = size;
		memcpy(buffer, xcb_get_property_value(reply), length);
	}
	free(reply);
	return length;
}

int focus_x11_open(const char *display)
{
	const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
	xcb_screen_iterator_t screens;
	int number = 0;

	x = xcb_connect(display, &number);
	if (xcb_connection_has_error(x)) {
		fprintf(stderr, "xsched-focus: cannot open display '%s'\n",
			display             ? display
			: getenv("DISPLAY") ? getenv("DISPLAY")
					    : "");
		return -ECONNREFUSED;
	}
	screens = xcb_setup_roots_iterator(xcb_get_setup(x));
	for (; number > 0 && screens.rem > 1; number--)
		xcb_screen_next(&screens);
	root = screens.data->root;
	active_window = atom("_NET_ACTIVE_WINDOW");
	wm_pid = atom("_NET_WM_PID");
	wm_client_machine = atom("WM_CLIENT_MACHINE");
	xcb_change_window_attributes(x, root, XCB_CW_EVENT_MASK, &events);
	xcb_flush(x);
	return xcb_get_file_descriptor(x);
}

int focus_x11_changed(void)
{
	xcb_generic_event_t *event;
	int changed = 0;

	while ((event = xcb_poll_for_event(x))) {
		free(event);
		changed = 1;
	}
	return xcb_connection_has_error(x) ? -1 : changed;
}

static bool is_of_this_machine(xcb_window_t window)
{
	char name[256], own[HOST_NAME_MAX + 1] = "";
	size_t length = property(window, wm_client_machine, XCB_ATOM_STRING, name, sizeof(name));

	gethostname(own, sizeof(own) - 1);
	return length == 0 || (length == strlen(own) && memcmp(name, own, length) == 0);
}

pid_t focus_x11_pid(void)
{
	xcb_window_t window = XCB_WINDOW_NONE;
	uint32_t pid = 0;

	if (property(root, active_window, XCB_ATOM_WINDOW, &window, sizeof(window)) !=
		sizeof(window))
		return 0;
	if (window == XCB_WINDOW_NONE)
		return 0;
	/* It may be gone by now: then it has no process. */
	if (property(window, wm_pid, XCB_ATOM_CARDINAL, &pid, sizeof(pid)) != sizeof(pid))
		return 0;
	return is_of_this_machine(window) ? (pid_t)pid : 0;
}
