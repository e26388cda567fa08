# SPDX-License-Identifier: Apache-2.0
#
# Mutated inputs, the same ones in each run. FUZZ_INPUTS=10000000 build/tests/fuzz/wire goes on for
# longer; with -DXS_LIBFUZZER and clang's -fsanitize=fuzzer the same file is a target for libFuzzer.
ifdef server.src
$(call test-programs,fuzz,obj/core.a,$(world.src))
endif
