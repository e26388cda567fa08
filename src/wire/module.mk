wire.src := $(addprefix src/wire/, connection.c gate.c message.c page.c)
