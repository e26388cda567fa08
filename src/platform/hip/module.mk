hip.cpu := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

halhip.src := $(addprefix src/platform/hip/, bound.c runtime.c hal.c marks.c queue.c)
shimhip.src := $(addprefix src/platform/hip/, \
	entry.c submit.c launch.c graph.c memory.c sync.c event.c stream.c capture.c context.c \
	resolve.c strays.c table.c vendor.c)

# dlsym() is not ours with a sanitizer, which looks up its own functions before it is ready.
shimhip.src += $(if $(SAN),,$(addprefix src/platform/hip/, lookup.c lookup_$(hip.cpu).S))
