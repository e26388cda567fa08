sched.src := $(addprefix src/sched/, \
	sched.c table.c timers.c device.c queue.c decide.c hint.c host.c config.c gang.c gang_part.c unit.c)
