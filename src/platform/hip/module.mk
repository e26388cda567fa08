halhip.src := $(addprefix src/platform/hip/, bound.c runtime.c hal.c marks.c queue.c)
shimhip.src := $(addprefix src/platform/hip/, \
	entry.c submit.c launch.c graph.c memory.c sync.c event.c stream.c capture.c context.c \
	resolve.c table.c vendor.c)
