# SPDX-License-Identifier: Apache-2.0
#
# xsched-focus: tells the daemon whose window is in front. Without libxcb it does so by command only.
focus.xcb := $(notdir $(call find-headers,xcb/xcb))
focus.src := $(addprefix src/cli/focus/, main.c tell.c $(if $(focus.xcb),x11.c,no_x11.c))
focus.libs := $(focus.xcb:%=-l%)
