preempt.src := $(addprefix src/preempt/, \
	agent.c api_hint.c api_hwqueue.c api_xqueue.c bell.c command.c commands.c descriptor.c \
	domain.c global.c handle.c lease.c lend.c life.c link.c local.c orders.c outbox.c pace.c process.c \
	registry.c share.c turns.c watch.c xqueue.c)
