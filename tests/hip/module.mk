# SPDX-License-Identifier: Apache-2.0
#
# The HIP shim on test runtimes of three majors (stub/), made of the same table: what is bound to
# what, and what the runtime is told. DIR/5, 6 and 7 hold a runtime each, and programs linked with it;
# DIR/N/wheel a second copy of it with a library that finds it by RPATH, as Python wheels have them.

hip.dir  := $(O)/tests/hip
hip.stub := $(wildcard tests/hip/stub/*.c)
hip.all  := $(foreach n,5 6 7,$(addprefix $(hip.dir)/$(n)/,libamdhip64.so.$(n) lazy now entries plugin.so looking.so wheel/plugin.so wheel/libamdhip64.so))

hip.cc = @mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Itests/hip/stub $(LDFLAGS_ALL)

$(hip.dir)/%/stub.map: tests/hip/stub/map.def src/platform/hip/hip_api.def
	@mkdir -p $(@D)
	$(Q){ echo 'hip_4.2 { global: stub_*;'; $(CC) -E -P -x c -Isrc $< | \
		awk '$$1 == "@" && $$3 < ($* + 1) * 1000 { print $$2 ";" }'; echo 'local: *; };'; } >$@

define hip-runtime
$(hip.dir)/$(1)/libamdhip64.so.$(1): $(hip.stub) tests/hip/stub/stub.h $(hip.dir)/$(1)/stub.map $(O)/flags
	$$(hip.cc) -DSTUB_MAJOR=$(1) -shared -Wl,-soname,libamdhip64.so.$(1) \
		-Wl,--version-script=$(hip.dir)/$(1)/stub.map -o $$@ $(hip.stub)
$(hip.dir)/$(1)/wheel/libamdhip64.so: $(hip.stub) tests/hip/stub/stub.h $(hip.dir)/$(1)/stub.map $(O)/flags
	$$(hip.cc) -DSTUB_MAJOR=$(1) -shared -Wl,-soname,libamdhip64.so \
		-Wl,--version-script=$(hip.dir)/$(1)/stub.map -o $$@ $(hip.stub)
$(hip.dir)/$(1)/lazy $(hip.dir)/$(1)/now: $(hip.dir)/$(1)/%: tests/hip/work.c tests/hip/gated.h $(hip.dir)/$(1)/libamdhip64.so.$(1)
	$$(hip.cc) -DPROGRAM -Wl,-z,$$* -Wl,-rpath,'$$$$ORIGIN' -o $$@ $$(filter %.c %.so.$(1),$$^) -ldl
$(hip.dir)/$(1)/entries: tests/hip/entries.c $(hip.dir)/$(1)/libamdhip64.so.$(1)
	$$(hip.cc) -DSTUB_MAJOR=$(1) -Wl,-rpath,'$$$$ORIGIN' -o $$@ $$(filter %.c %.so.$(1),$$^) -ldl
$(hip.dir)/$(1)/plugin.so: tests/hip/work.c tests/hip/gated.h $(hip.dir)/$(1)/libamdhip64.so.$(1)
	$$(hip.cc) -fvisibility=default -shared -Wl,-z,lazy -Wl,-rpath,'$$$$ORIGIN' -o $$@ $$(filter %.c %.so.$(1),$$^) -ldl
$(hip.dir)/$(1)/wheel/plugin.so: tests/hip/work.c tests/hip/gated.h $(hip.dir)/$(1)/wheel/libamdhip64.so
	$$(hip.cc) -fvisibility=default -shared -Wl,-z,lazy -Wl,--disable-new-dtags -Wl,-rpath,'$$$$ORIGIN' -o $$@ $$(filter %.c %.so,$$^) -ldl
$(hip.dir)/$(1)/looking.so: tests/hip/work.c tests/hip/gated.h $(O)/flags
	$$(hip.cc) -DBY_DLSYM -fvisibility=default -shared -o $$@ $$(filter %.c,$$^) -ldl
endef
$(foreach n,5 6 7 9,$(eval $(call hip-runtime,$(n))))
# A major that nobody has seen yet.
hip.all += $(addprefix $(hip.dir)/9/,libamdhip64.so.9 lazy plugin.so looking.so)

$(hip.dir)/host: tests/hip/host.c $(O)/flags
	$(hip.cc) -rdynamic -o $@ $(filter %.c,$^) -ldl

$(hip.dir)/librocprofiler-sdk.so: tests/hip/tool/profiler.c $(O)/flags
	$(hip.cc) -shared -Wl,-soname,librocprofiler-sdk.so -o $@ $(filter %.c,$^)

# Programs on the software device.
hip.sim := $(foreach n,5 6 7,$(addprefix $(hip.dir)/$(n)/,dual results owner began quiet beside))
define hip-sim
$(addprefix $(hip.dir)/$(1)/,dual results owner began quiet beside): $(hip.dir)/$(1)/%: tests/hip/%.c tests/hip/gated.h $(O)/sim/libamdhip64.so.$(1)
	$$(hip.cc) -rdynamic -Wl,-rpath,$(abspath $(O)/sim) -o $$@ $$(filter %.c %.so.$(1),$$^) -ldl
endef
$(foreach n,5 6 7,$(eval $(call hip-sim,$(n))))

# Applications that know nothing of a scheduler, for recording.py.
hip.programs := $(foreach n,5 6 7,$(patsubst tests/hip/programs/%.c,$(hip.dir)/$(n)/programs/%,$(wildcard tests/hip/programs/*.c)))
define hip-program
$(hip.dir)/$(1)/programs/%: tests/hip/programs/%.c tests/hip/programs/program.h $(O)/sim/libamdhip64.so.$(1)
	$$(hip.cc) -Wl,-rpath,$(abspath $(O)/sim) -o $$@ $$(filter %.c %.so.$(1),$$^) -ldl
endef
$(foreach n,5 6 7,$(eval $(call hip-program,$(n))))

ifneq ($(filter lib/libshimhip.so,$(products)),)
check.needs += $(hip.programs)
check.tests += tests/hip/recording.py tests/hip/exits.py
check.needs += $(hip.all) $(hip.dir)/host $(hip.dir)/librocprofiler-sdk.so $(hip.sim)
check.tests += $(sort $(wildcard tests/hip/*.sh))
endif
