# SPDX-License-Identifier: Apache-2.0
#
# One non-recursive makefile. Each directory that holds sources lists them in its own module.mk;
# this file turns the lists into libraries, programs and tests under $(O).
#
#   make            everything            make check      the tests
#   make demo       two models, one GPU   make bench      the measurements
#   make install    PREFIX= DESTDIR=      make uninstall
#
#   CC=gcc|clang    SAN=address|undefined|address,undefined|thread    DEBUG=1    V=1
#   O=DIR           build directory (default: build, or build/<variant> for CC=clang and SAN=...)

VERSION := 0.1.0

ifeq ($(origin CC),default)
CC := gcc
endif
comma   := ,
variant := $(strip $(if $(findstring clang,$(CC)),clang) $(subst $(comma),-,$(SAN)) $(if $(DEBUG),debug))
empty   :=
space   := $(empty) $(empty)
O       ?= build$(if $(variant),/$(subst $(space),-,$(variant)))
PREFIX  ?= /usr/local
Q       := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
        -Wwrite-strings -Wpointer-arith -Werror
OPT  := $(if $(DEBUG),-O0 -DXS_DEBUG=1,-O2) -g
SANF := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -DXS_SANITIZED=1)

CPPFLAGS_ALL = -Iinclude -Isrc -D_GNU_SOURCE -DXS_VERSION='"$(VERSION)"' $(CPPFLAGS)
CFLAGS_ALL   = -std=c11 -fPIC -fvisibility=hidden -ftls-model=initial-exec -pthread \
               $(OPT) $(WARN) $(SANF) $(CFLAGS)
LDFLAGS_ALL  = -pthread $(SANF) $(LDFLAGS)
SHARED       = -shared -Wl,--no-undefined -Wl,-z,defs -Wl,-z,nodelete -Wl,-z,relro \
               -Wl,-rpath,'$$ORIGIN'

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all libs check bench demo install uninstall clean dist help
all: libs

# --- what is built from what ---------------------------------------------------------------------

modules := base wire policy sched preempt platform
include $(modules:%=src/%/module.mk)

# $(call objects,SOURCES): the object of each source, below $(O)/obj.
objects = $(patsubst %,$(O)/obj/%.o,$(basename $(1)))

$(O)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_$(firstword $(subst /, ,$(*:src/%=%)))) -MMD -MP -c -o $@ $<

$(O)/obj/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(if $(Q),@echo "  AS    $<")
	$(Q)$(CC) $(CPPFLAGS_ALL) -MMD -MP -c -o $@ $<

# -Wconversion where bytes from other processes are handled.
CFLAGS_base := -Wconversion
CFLAGS_wire := -Wconversion

include src/products.mk
include tests/module.mk
include tools/module.mk

clean:
	rm -rf $(O)

-include $(shell [ -d $(O)/obj ] && find $(O)/obj -name '*.d')
