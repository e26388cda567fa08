preempt.src := $(addprefix src/preempt/, \
	agent.c api_hint.c api_hwqueue.c api_xqueue.c command.c domain.c handle.c lend.c \
	life.c local.c pace.c process.c registry.c watch.c xqueue.c)
