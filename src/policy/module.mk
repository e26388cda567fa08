policy.src := $(addprefix src/policy/,policy.c rank.c hpf.c)
