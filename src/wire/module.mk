wire.src := $(addprefix src/wire/, connection.c gate.c message.c page.c)

# For the daemon and the command line: no part of the libraries.
metrics.src := src/wire/metrics.c
