# SPDX-License-Identifier: Apache-2.0
# HIP on the software device. Programs of the common tests are linked with each version: NAME.5 and
# so on.
simhip.common := errors graphs launches memory streams

# $(call simhip-test,NAME,MAJOR,FLAGS)
simhip-test = $(eval $(call simhip-test-rule,$(1),$(2),$(3)))
define simhip-test-rule
check.tests += $(O)/tests/simhip/$(1).$(2)
$(O)/tests/simhip/$(1).$(2): $(call objects,tests/simhip/$(1).c) $(O)/sim/libamdhip64.so.$(2)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) $(3) -o $$@ $$^ -Wl,-rpath,$(abspath $(O))/sim -lcmocka $$(LIBC)
$(call objects,tests/simhip/$(1).c): | deps-test
endef

$(foreach major,5 6 7,$(foreach name,$(simhip.common),$(call simhip-test,$(name),$(major))))
$(foreach major,6 7,$(call simhip-test,tables,$(major),-rdynamic))
$(call simhip-test,newer,7)

check.tests += $(O)/tests/simhip/nodes tests/simhip/preload.sh tests/simhip/hipcc.sh
$(O)/tests/simhip/nodes: $(call objects,tests/simhip/nodes.c) | $(O)/sim/libamdhip64.so.5 $(O)/sim/libamdhip64.so.6 $(O)/sim/libamdhip64.so.7
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBC)
$(call objects,tests/simhip/nodes.c): | deps-test
