base.src := src/base/clock.c src/base/futex.c src/base/ld_cache.c src/base/log.c src/base/options.c \
            src/base/thread.c
