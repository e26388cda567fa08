# SPDX-License-Identifier: Apache-2.0
#
# The assembly files exist per processor, named as the compiler names it.
cuda.cpu := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

halcuda.src := src/platform/cuda/real.c src/platform/cuda/lazy_$(cuda.cpu).S \
               src/platform/cuda/hal.c src/platform/cuda/queue.c
shimcuda.src := src/platform/cuda/thunks_$(cuda.cpu).S src/platform/cuda/submit.c \
                src/platform/cuda/launch.c src/platform/cuda/graph.c src/platform/cuda/graph_events.c \
                src/platform/cuda/sync.c \
                src/platform/cuda/event.c src/platform/cuda/stream.c src/platform/cuda/capture.c \
                src/platform/cuda/context.c src/platform/cuda/egl.c src/platform/cuda/resolve.c \
                src/platform/cuda/vendor.c
