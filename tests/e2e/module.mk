# SPDX-License-Identifier: Apache-2.0
#
# Programs under the CUDA shim, on the software device.
#
# tests/e2e/*.c are tests that are linked with the shim itself. tests/e2e/programs holds applications
# that know nothing of it; each is linked three times (programs/NAME with libcuda, dlsym/NAME and
# proc/NAME without), and the scripts run them bare and with the shim.

e2e.names := $(patsubst tests/e2e/programs/%.c,%,$(filter-out %/bind.c,$(wildcard tests/e2e/programs/*.c)))
e2e.out   := $(O)/tests/e2e
e2e.bind  := $(O)/obj/tests/e2e/programs/bind

$(e2e.out)/programs/%: $(O)/obj/tests/e2e/programs/%.o $(O)/sim/libcuda.so.1
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
$(e2e.out)/dlsym/%: $(O)/obj/tests/e2e/programs/%.o $(e2e.bind).o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
$(e2e.out)/proc/%: $(O)/obj/tests/e2e/programs/%.o $(e2e.bind)_proc.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
$(e2e.bind)_proc.o: tests/e2e/programs/bind.c $(O)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -DBIND_PROC $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(call objects,$(wildcard tests/e2e/programs/*.c)): CFLAGS_ALL += -Wno-unused-variable

check.needs += $(foreach way,programs dlsym proc,$(e2e.names:%=$(e2e.out)/$(way)/%))
check.tests += tests/e2e/recording.py tests/e2e/ways.py tests/e2e/options.py tests/e2e/injection.py \
               tests/e2e/tracing.py tests/e2e/preloads.py
$(call test-programs,e2e,lib/libshimcuda.so lib/libpreempt.so,,-lcmocka)
$(O)/obj/tests/e2e/%.o: CPPFLAGS_ALL += -Itests/e2e

# Stands between our libraries and the C library; never with a sanitizer's own allocator.
ifeq ($(SAN),)
check.needs += $(e2e.out)/libfail.so $(e2e.out)/neighbour.so
endif
$(e2e.out)/libfail.so: $(O)/obj/tests/e2e/fail/fail.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -shared $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
$(e2e.out)/neighbour.so: $(O)/obj/tests/e2e/neighbour/neighbour.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -shared $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
