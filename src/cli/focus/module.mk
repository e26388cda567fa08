# SPDX-License-Identifier: Apache-2.0
#
# xsched-focus: tells the daemon whose window is in front. Without libxcb it does so by command only.
focus.xcb := $(shell echo '\#include <xcb/xcb.h>' | $(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo xcb)
focus.src := $(addprefix src/cli/focus/, main.c tell.c $(if $(focus.xcb),x11.c,no_x11.c))
focus.libs := $(focus.xcb:%=-l%)
