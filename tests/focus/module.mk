# SPDX-License-Identifier: Apache-2.0
#
# The helper that follows the active window, against a display that the test plays.
ifdef server.src
check.tests += tests/focus/focus.py
endif
