common.src := $(addprefix src/platform/common/, \
	events.c find_library.c shim_event.c shim_stream.c shim_submit.c shim_wait.c streams.c trace.c)
