# SPDX-License-Identifier: Apache-2.0
#
# Targets around the code: format, install, uninstall, dist.

# --- format --------------------------------------------------------------------------------------

CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14 clang-format) clang-format)
format.src    = $(shell git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null)

format:
	$(Q)$(CLANG_FORMAT) -i $(format.src)
format-check:
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(format.src)

# --- install -------------------------------------------------------------------------------------
#
# One list says what goes where; install and uninstall both read it. An entry is SOURCE:PLACE, with
# PLACE below PREFIX, or TEXT>PLACE for a link.
#
# The shim carries the driver's own name, so a directory that the loader searches for everybody
# would hand it to every program of the machine: below /usr and /usr/local the libraries go into
# lib/xsched instead, and users name that directory in LD_LIBRARY_PATH or LD_PRELOAD.

libdir := lib$(if $(filter /usr /usr/local,$(patsubst %/,%,$(PREFIX))),/xsched)
headers := $(wildcard include/xsched/*.h include/xsched/*/*.h)
python  := $(wildcard python/xsched/*.py python/xsched/*/*.py)
manuals := $(wildcard doc/*.1 doc/*.7 doc/*.8)
texts   := $(wildcard README.md CONTRIBUTING.md NEWS LICENSE doc/*.md)

completions := tools/completion/xcli.bash:share/bash-completion/completions/xcli \
               tools/completion/_xcli:share/zsh/site-functions/_xcli

# $(call place,FILE): where a product of the build goes.
place = $(patsubst sim/%,$(libdir)/sim/%,$(patsubst lib/%,$(libdir)/%,$(1)))

# What xcli bench runs. Beside the programs lie links, so that they find a tree as in a build.
measuring = $(bench.programs) $(demo.programs)
measured  = $(foreach f,$(measuring),$(f):libexec/xsched/$(f:$(O)/%=%)) \
	$(foreach d,bin lib,../../$(d:lib=$(libdir))>libexec/xsched/$(d)) \
	../../$(libdir)/sim>libexec/xsched/sim

installed = \
	$(if $(measuring),$(measured)) \
	$(foreach f,$(products),$(O)/$(f):$(call place,$(f))) \
	$(foreach l,$(links),$(lastword $(subst :, ,$(l)))>$(call place,$(firstword $(subst :, ,$(l))))) \
	$(foreach f,$(headers),$(f):$(f)) \
	$(foreach f,$(python),$(f):$(libdir)/$(f)) \
	$(foreach f,$(manuals),$(f):share/man/man$(subst .,,$(suffix $(f)))/$(notdir $(f))) \
	$(foreach f,$(texts),$(f):share/doc/xsched/$(f)) \
	$(foreach f,$(wildcard tools/systemd/*/*),$(f):share/xsched/$(f:tools/%=%)) \
	$(if $(cli.src),$(completions)) \
	$(O)/xsched.pc:lib/pkgconfig/xsched.pc \
	$(O)/XSchedConfig.cmake:lib/cmake/XSched/XSchedConfig.cmake \
	$(O)/XSchedConfigVersion.cmake:lib/cmake/XSched/XSchedConfigVersion.cmake

# Templates of files for other build systems; they find the prefix from their own place.
templates := $(patsubst tools/%.in,$(O)/%,$(wildcard tools/*.in))
.PHONY: $(templates)
$(templates): $(O)/%: tools/%.in
	@mkdir -p $(@D)
	$(Q)sed -e 's|@VERSION@|$(VERSION)|g' -e 's|@LIBDIR@|$(libdir)|g' $< >$@

install: libs $(templates) $(measuring)
	$(call say,INST,$(DESTDIR)$(PREFIX))
	$(Q)tools/install '$(DESTDIR)' '$(PREFIX)' $(foreach i,$(installed),'$(i)')

uninstall:
	$(call say,RM,$(DESTDIR)$(PREFIX))
	$(Q)tools/install -u '$(DESTDIR)' '$(PREFIX)' $(foreach i,$(installed),'$(i)')

# --- reference -----------------------------------------------------------------------------------
#
# Documentation that is made from tables of the sources, kept in the tree so that it can be read there.

.PHONY: reference
reference: libs $(O)/tools/options
	$(Q)tools/reference $(O)

$(O)/tools/options: $(call objects,tools/options.c) $(O)/obj/base.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBC)

# --- dist ----------------------------------------------------------------------------------------

dist:
	@mkdir -p $(O)
	$(Q)git archive --format=tar --prefix=xsched-$(VERSION)/ HEAD | gzip -9n >$(O)/xsched-$(VERSION).tar.gz
	$(call say,TAR,$(O)/xsched-$(VERSION).tar.gz)
