# SPDX-License-Identifier: Apache-2.0
#
# The products. What enters applications depends on libc alone, finds its siblings beside itself
# ($ORIGIN) and exports only what is marked so in the source and, where the library has a version
# script, named there.
#
#   $(call shared-library,FILE,SONAME,SOURCES,PRODUCTS,ARCHIVES,SCRIPT)
#
#     FILE      below $(O), for example lib/libhalcuda.so
#     SONAME    the name that users of the library ask the loader for
#     SOURCES   all of them become part of it; while there are none, there is no library
#     PRODUCTS  shared libraries of ours, below $(O), that it needs
#     ARCHIVES  below $(O)/obj: members are taken as needed, hidden, each library its own copy. So
#               code that must exist once per process belongs to one library's SOURCES instead
#     SCRIPT    its version script, if that file exists
#
#   $(call program,FILE,SOURCES,ARCHIVES,LIBRARIES)   with LIBRARIES as -lNAME

# A sanitizer's run-time library comes with the program: symbols of it stay open in libraries.
SHARED := -shared $(if $(SAN),,-Wl,-z,defs) -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now \
          -Wl,--enable-new-dtags,-rpath,'$$ORIGIN'

shared-library = $(if $(strip $(3)),$(eval $(call shared-library-rule,$(strip $(1)),$(strip $(2)),$(3),$(4),$(5),$(wildcard $(6)))))
define shared-library-rule
products += $(1)
libs: $(O)/$(1)
$(O)/$(1): $(call objects,$(3)) $(4:%=$(O)/%) $(5:%=$(O)/obj/%) $(6) $(O)/flags
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(SHARED) -Wl,-soname,$(2) $(6:%=-Wl,--version-script=%) $$(LDFLAGS_ALL) -o $$@ \
		-Wl,--no-as-needed $$(filter-out %.map %/flags,$$^) $$(LIBC)
endef

program = $(if $(strip $(2)),$(eval $(call program-rule,$(strip $(1)),$(2),$(3),$(4))))
define program-rule
products += $(1)
libs: $(O)/$(1)
$(O)/$(1): $(call objects,$(2)) $(3:%=$(O)/obj/%) $(O)/flags
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) -o $$@ $$(filter-out %/flags,$$^) $(4) $$(LIBC)
endef

# $(call archive,NAME,SOURCES): $(O)/obj/NAME
archive = $(eval $(call archive-rule,$(1),$(2)))
define archive-rule
libs: $(O)/obj/$(1)
$(O)/obj/$(1): $(call objects,$(2))
	@mkdir -p $$(@D) && rm -f $$@
	$$(Q)ar rcs $$@ $$^
endef

# --- what there is -------------------------------------------------------------------------------

# The core as an archive too, for the unit tests, the daemon and the CLI, with what only these need.
core.src := $(base.src) $(wire.src) $(policy.src) $(sched.src) $(preempt.src)
$(call archive,core.a,$(core.src) $(metrics.src))
$(call archive,base.a,$(base.src))
$(call archive,common.a,$(common.src))

$(call shared-library,lib/libpreempt.so,libpreempt.so,$(core.src),,,src/preempt/libpreempt.map)

# $(call platform,NAME,SONAME,LINKS): a HAL on the real driver and a shim with the driver's name, to
# which links with the driver's other names point. Sources come from hal<NAME>.src, shim<NAME>.src.
define platform-rule
$(call shared-library,lib/libhal$(1).so,libhal$(1).so,$(hal$(1).src),lib/libpreempt.so,common.a base.a,src/platform/$(1)/libhal$(1).map)
$(call shared-library,lib/libshim$(1).so,$(2),$(shim$(1).src),lib/libhal$(1).so lib/libpreempt.so,common.a base.a,src/platform/$(1)/libshim$(1).map)
$(if $(shim$(1).src),$(foreach link,$(3),$(eval $(call link-rule,lib/$(link),libshim$(1).so))))
endef
define link-rule
links += $(1):$(2)
libs: $(O)/$(1)
$(O)/$(1): $(O)/$(dir $(1))$(2)
	@ln -sf $(2) $$@
endef
platform = $(if $(call platform-rule,$(1),$(2),$(3)),)

$(call platform,cuda,libcuda.so.1,libcuda.so.1 libcuda.so)
$(call platform,hip,libshimhip.so,)

# The software device, under the name of each driver that it stands for.
$(call shared-library,sim/libcuda.so.1,libcuda.so.1,$(if $(simcuda.src),$(simcuda.src) $(sim.src)),,base.a,src/platform/sim/libcuda.map)
$(if $(simcuda.src),$(eval $(call link-rule,sim/libcuda.so,libcuda.so.1)))
$(foreach major,5 6 7,$(call shared-library,sim/libamdhip64.so.$(major),libamdhip64.so.$(major),$(if $(simhip.src),$(simhip$(major).src) $(simhip.src) $(sim.src)),,base.a))
$(if $(simhip.src),$(eval $(call link-rule,sim/libamdhip64.so,libamdhip64.so.6)))

# The daemon. From the archive it takes what it uses: base, wire, policy, sched.
$(call program,bin/xserver,$(server.src),core.a,$(server.libs))

# What tells the daemon whose window is in front.
$(call program,bin/xsched-focus,$(focus.src),core.a,$(focus.libs))
# The command line: base and wire.
$(call program,bin/xcli,$(cli.src),core.a,$(cli.libs))
# What xcli doctor puts into the programs that it looks at. It has a C library of its own in there, and
# no sanitizer's run-time.
$(call shared-library,lib/libxschedobserve.so,libxschedobserve.so,src/cli/doctor/observe.c)
$(O)/obj/src/cli/doctor/observe.o $(O)/lib/libxschedobserve.so: SANF :=
