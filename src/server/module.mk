# SPDX-License-Identifier: Apache-2.0
#
# The daemon. It is built where its libraries are: libuv and jansson, and with HTTP where
# libmicrohttpd is too. Building the libraries alone needs none of them.

server.headers = $(call find-headers,uv jansson microhttpd)
server.found := $(server.headers)
ifneq ($(filter check bench daemon,$(MAKECMDGOALS)),)
ifneq ($(filter uv jansson,$(server.found)),uv jansson)
# Whoever asks for the daemon or its tests gets what they need, where that can be installed.
$(info $(shell CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' tools/deps daemon))
server.found := $(server.headers)
endif
endif

ifeq ($(filter uv jansson,$(server.found)),uv jansson)
world.src  := $(addprefix src/server/, world.c tenant.c names.c place.c apply.c frozen.c waits.c)
server.src := $(world.src) $(addprefix src/server/, \
	main.c server.c client.c hello.c told.c control.c bells.c listen.c peer.c say.c notify.c \
	settings.c config.c urgency.c plugin.c plugin_runner.c plugin_process.c \
	$(if $(filter microhttpd,$(server.found)),http.c http_api.c metrics.c,no_http.c))
server.libs := -luv -ljansson $(if $(filter microhttpd,$(server.found)),-lmicrohttpd)
else
all: no-daemon
endif

.PHONY: daemon no-daemon
daemon: $(if $(server.src),libs,no-daemon)
no-daemon: | libs
	@echo "xserver is not built, for want of libuv or jansson; make daemon installs them if it may"
