# SPDX-License-Identifier: Apache-2.0
# Long random runs; STRESS_SECONDS says how long, 5 without.
$(call test-programs,stress,obj/core.a,tests/unit/fake_hal.c,-lcmocka)
