# SPDX-License-Identifier: Apache-2.0
#
# One non-recursive makefile. Each directory that holds sources lists them in its own module.mk;
# this file says how one file is compiled, src/products.mk what is linked from what.
#
#   make            libraries and programs, in build/{lib,bin,sim}; compile_commands.json
#   make demo       two models on one device: alone, together, together and scheduled; DEVICE=cuda|hip
#   make check      the tests; make check-fresh: the same in a new Debian system
#   make bench      the measurements, one JSON object a line
#   make install    PREFIX=/opt/xsched DESTDIR=     make uninstall
#   make format     clang-format 14; make format-check only looks
#   make dist       a tar file of the last commit   make clean
#
#   CC=gcc|clang    SAN=address|undefined|address,undefined|thread    DEBUG=1    V=1
#   O=DIR           build directory (default: build; build/VARIANT for CC=clang, SAN=, DEBUG=)
#   CFLAGS= CPPFLAGS= LDFLAGS= are added to ours; a change of any of these builds anew

VERSION := 0.1.0

all:
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all libs check check-fresh bench demo install uninstall format format-check clean dist help

ifeq ($(origin CC),default)
CC := gcc
endif
# As many jobs as processors, unless the command line says otherwise.
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-print-directory

comma   := ,
empty   :=
space   := $(empty) $(empty)
variant := $(strip $(if $(findstring clang,$(CC)),clang) $(subst $(comma),-,$(SAN)) $(if $(DEBUG),debug))
O       ?= build$(if $(variant),/$(subst $(space),-,$(variant)))
PREFIX  ?= /opt/xsched
Q       := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
        -Wwrite-strings -Wpointer-arith -Werror
OPT  := $(if $(DEBUG),-O0 -DXS_DEBUG=1,-O2) -g
SANF := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -DXS_SANITIZED=1)

CPPFLAGS_ALL = -Iinclude -Isrc -D_GNU_SOURCE -DXS_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = -std=c11 -fPIC -fvisibility=hidden -ftls-model=initial-exec -pthread \
               $(OPT) $(WARN) $(SANF) $(CFLAGS)
LDFLAGS_ALL  = -pthread $(SANF) $(LDFLAGS)
# The C library's own parts, which older versions keep in files of their own.
LIBC         = -Wl,--as-needed -ldl -lpthread -lrt

# --- one file ------------------------------------------------------------------------------------

# $(call objects,SOURCES): the object of each source, below $(O)/obj.
objects = $(patsubst %,$(O)/obj/%.o,$(basename $(1)))

# $(call say,VERB): the short line that stands for a command, unless V=1 shows the command itself.
say = $(if $(Q),@printf '  %-4s %s\n' $(1) $(if $(2),$(2),$@))

# $(call find-headers,NAME...): those of which the compiler finds NAME.h. make 4.3 leaves a backslash
# before the hash where older ones take it away, so the hash is in a variable.
hash := \#
find-headers = $(shell for header in $(1); do \
	echo '$(hash)include <'$$header'.h>' | $(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo $$header; done)

# Flags that only one module has: -Wconversion where bytes from other processes are handled.
CFLAGS_base := -Wconversion
CFLAGS_wire := -Wconversion
CFLAGS_server := -Wconversion
compile = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_$(firstword $(subst /, ,$(*:src/%=%)))) \
          -MMD -MP -c -o $@ $<

$(O)/obj/%.o: %.c $(O)/flags
	$(call say,CC,$<)
	$(call note-command)
	$(Q)$(compile)

$(O)/obj/%.o: %.S $(O)/flags
	$(call say,AS,$<)
	$(call note-command)
	$(Q)$(CC) $(CPPFLAGS_ALL) -MMD -MP -c -o $@ $<

# The compiler and its flags are kept in a file on which every object depends.
flags := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(CFLAGS_base) $(CFLAGS_wire) $(CFLAGS_server)
ifneq ($(flags),$(file <$(O)/flags))
.PHONY: $(O)/flags
endif
$(O)/flags:
	$(shell mkdir -p $(O))$(file >$@,$(flags))@:

# compile_commands.json is joined from one entry per object, written when the object is compiled.
note-command = $(shell mkdir -p $(@D))$(file >$(@:.o=.json),{"directory": "$(CURDIR)", "file": "$<", \
	"command": "$(subst ",\",$(compile))"}$(comma))@:

compile_commands.json: libs
	@{ echo '['; find $(O)/obj -name '*.json' | sort | xargs cat | sed '$$s/,$$//'; echo ']'; } >$@.$$$$ && mv $@.$$$$ $@

# --- everything ----------------------------------------------------------------------------------

modules := base wire policy sched preempt platform
include $(modules:%=src/%/module.mk)
-include $(filter-out $(modules:%=src/%/module.mk),$(wildcard src/*/module.mk src/cli/*/module.mk))
include src/products.mk
-include bench/module.mk examples/module.mk
include tests/module.mk
include tools/module.mk

all: libs compile_commands.json

clean:
	rm -rf $(O) compile_commands.json

help:
	@sed -n '/^# *make  /,/^$$/s/^# \{0,1\}//p' Makefile

-include $(shell [ -d $(O)/obj ] && find $(O)/obj -name '*.d')
