# The software device: a core that knows no vendor, and one directory per front door.
sim.dir := src/platform/sim
sim.src := $(addprefix $(sim.dir)/,builtin.c capture.c config.c context.c engine.c event.c graph.c \
             handle.c kernel.c memory.c op.c share.c stream.c)
simcuda.src := $(addprefix $(sim.dir)/cuda/,capture.c context.c copy.c device.c entry.c exec.c front.c \
                 graph.c launch.c memop.c memory.c module.c proc.c record.c stream.c)

# As the real driver, it never calls itself through names that somebody may interpose.
$(O)/sim/libcuda.so.1: private LDFLAGS += -Wl,-Bsymbolic
