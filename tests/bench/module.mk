# SPDX-License-Identifier: Apache-2.0
# The demonstration and the benchmarks, tried out with runs too short to measure anything.
check.tests += tests/bench/smoke.sh tests/bench/dual.py tests/bench/overhead.py tests/bench/rocm.sh
check.tests += $(if $(server.src),tests/bench/shares.py)
check.needs += $(demo.programs) $(bench.programs)
