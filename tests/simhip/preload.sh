#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Who interposes a symbol sees what a program calls; in HIP 5 also what the runtime calls itself
# (hipLaunchByPtr launches through hipModuleLaunchKernel), in later versions not.
set -eu
[ -z "$SAN" ] || { echo "preloading and sanitizers do not mix"; exit 77; }
cat >"$TEST_TMP/preload.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include "platform/hip/hip_driver.h"
hipError_t hipModuleLaunchKernel(hipFunction_t f, unsigned int gx, unsigned int gy, unsigned int gz,
	unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared, hipStream_t stream,
	void **params, void **extra)
{
	__typeof__(hipModuleLaunchKernel) *next =
		(__typeof__(next))dlsym(RTLD_NEXT, "hipModuleLaunchKernel");
	puts("seen");
	return next(f, gx, gy, gz, bx, by, bz, shared, stream, params, extra);
}
END
cat >"$TEST_TMP/program.c" <<'END'
#include "platform/hip/hip_driver.h"
static struct { unsigned int magic, version; const void *binary; void *unused; } wrapper = {
	0x48495046, 1, "__CLANG_OFFLOAD_BUNDLE__" };
int main(void)
{
	static char stub, name[] = "empty";
	dim3 one = { 1, 1, 1 };
	__hipRegisterFunction(__hipRegisterFatBinary(&wrapper), &stub, name, name, 0, NULL, NULL,
		NULL, NULL, NULL);
	return hipConfigureCall(one, one, 0, NULL) || hipLaunchByPtr(&stub) ||
	       hipDeviceSynchronize();
}
END
$CC -shared -fPIC -Isrc -o "$TEST_TMP/preload.so" "$TEST_TMP/preload.c"
export XSIM_DEVICE=/xsim-preload-$$
trap 'rm -f "/dev/shm$XSIM_DEVICE"' EXIT
for major in 5 6 7; do
    $CC -Isrc -o "$TEST_TMP/program" "$TEST_TMP/program.c" "$BUILD/sim/libamdhip64.so.$major" \
        -Wl,-rpath,"$BUILD/sim"
    seen=$(LD_PRELOAD="$TEST_TMP/preload.so" "$TEST_TMP/program")
    case $major:$seen in
    5:seen | [67]:) ;;
    *) echo "version $major: '$seen'"; exit 1 ;;
    esac
done
