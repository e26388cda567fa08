# SPDX-License-Identifier: Apache-2.0
#
# The software device: a core that knows no vendor, and one directory per front door.
sim.dir := src/platform/sim
sim.src := $(addprefix $(sim.dir)/,build.c builtin.c capture.c config.c context.c copy.c \
             device.c engine.c event.c exec.c graph.c handle.c host.c kernel.c launch.c memop.c \
             memory.c module.c op.c pool.c record.c share.c stream.c submit.c)
simcuda.src := $(addprefix $(sim.dir)/cuda/,capture.c context.c copy.c device.c egl.c entry.c \
                 event.c exec.c front.c graph.c launch.c memop.c memory.c module.c proc.c stream.c)

# As the real driver, it never calls itself through names that somebody may interpose.
$(O)/sim/libcuda.so.1: private LDFLAGS += -Wl,-Bsymbolic

# HIP: what serves every version, and the exports and the version script of each.
simhip.src  := $(addprefix $(sim.dir)/hip/,capture.c context.c copy.c device.c event.c exec.c fill.c \
                 front.c graph.c launch.c mask.c memop.c memory.c module.c object.c pool.c proc.c \
                 register.c stream.c tables.c unsupported.c)
simhip5.src := $(sim.dir)/hip/entry5.c
simhip6.src := $(sim.dir)/hip/entry6.c
simhip7.src := $(sim.dir)/hip/entry7.c

define simhip-rule
$(O)/sim/libamdhip64.so.$(1): $(O)/obj/$(sim.dir)/libamdhip64.so.$(1).map
$(O)/sim/libamdhip64.so.$(1): private LDFLAGS += $(if $(filter 5,$(1)),,-Wl$$(comma)-Bsymbolic) \
	-Wl$$(comma)--version-script=$(O)/obj/$(sim.dir)/libamdhip64.so.$(1).map
$(O)/obj/$(sim.dir)/libamdhip64.so.$(1).map: $(sim.dir)/libamdhip64.map.in \
		src/platform/hip/hip_api.def $(O)/flags
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -E -P -x c -Isrc -DHIP_MAJOR=$(1) $$< -o $$@
endef
# HIP 5 calls some entry points of its own through names that somebody may interpose.
$(foreach major,5 6 7,$(eval $(call simhip-rule,$(major))))
