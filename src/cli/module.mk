# SPDX-License-Identifier: Apache-2.0
#
# The command line. It is built where jansson and ncursesw are; building the libraries alone needs
# neither.

cli.headers = $(call find-headers,jansson ncurses)
cli.found := $(cli.headers)
ifneq ($(filter check bench cli,$(MAKECMDGOALS)),)
ifneq ($(filter jansson ncurses,$(cli.found)),jansson ncurses)
$(info $(shell CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' tools/deps daemon))
cli.found := $(cli.headers)
endif
endif

ifeq ($(filter jansson ncurses,$(cli.found)),jansson ncurses)
cli.src := $(addprefix src/cli/, main.c args.c read.c output.c daemon.c platforms.c program.c \
	snapshot.c queues.c target.c \
	version.c run.c list.c hint.c renice.c suspend.c \
	policy.c params.c config.c metrics.c complete.c \
	top.c tasks.c task_columns.c screen.c draw.c) \
	$(filter-out %/observe.c,$(wildcard src/cli/doctor*.c src/cli/doctor/*.c \
		src/cli/bench*.c src/cli/bench/*.c))
cli.libs := -ljansson -lncursesw
else
all: no-cli
endif

.PHONY: cli no-cli
cli: $(if $(cli.src),libs,no-cli)
no-cli: | libs
	@echo "xcli is not built, for want of jansson or ncurses; make cli installs them if it may"
