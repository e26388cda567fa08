policy.src := $(addprefix src/policy/, policy.c rank.c fair.c \
	hpf.c hhpf.c chpf.c partition.c kedf.c lax.c awf.c cfs.c mlfq.c share.c slo.c)
