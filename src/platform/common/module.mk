common.src := $(addprefix src/platform/common/, \
	events.c shim_event.c shim_stream.c shim_submit.c shim_wait.c streams.c)
