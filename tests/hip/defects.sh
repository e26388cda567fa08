#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Each test of failures.sh sees its failure: it is run on our libraries with just that defect, made
# of a changed copy of one source, or linked otherwise.
set -u
: "${BUILD:=$PWD/build}" "${CC:=gcc}" "${TEST_TMP:=$(mktemp -d)}"
[ -z "${SAN-}" ] || { echo "changed copies are built without sanitizers"; exit 77; }
objects=$BUILD/obj/src/platform/hip sources=src/platform/hip
hal=(bound runtime hal marks queue)
failed=0

# $1: library   $2: changed module or "-"   the rest: options of the linker
link() {
    local name=$1 changed=$2 parts=() object needs=("$lib/libpreempt.so")
    shift 2
    for object in "$objects"/*.o; do
        local module
        module=$(basename "$object" .o)
        if [[ " ${hal[*]} " == *" $module "* ]]; then
            [ "$name" = libhalhip ] || continue
        else
            [ "$name" = libshimhip ] || continue
        fi
        [ "$module" != "$changed" ] || object=$TEST_TMP/changed.o
        parts+=("$object")
    done
    [ "$name" = libhalhip ] || [ -n "${ALONE-}" ] || needs+=("$lib/libhalhip.so")
    # shellcheck disable=SC2086
    $CC -shared ${CFLAGS-} ${LDFLAGS-} -Wl,-z,nodelete -Wl,-soname,$name.so \
        -Wl,--enable-new-dtags,-rpath,'$ORIGIN' "$@" -o "$lib/$name.so" "${parts[@]}" \
        -Wl,--no-as-needed "${needs[@]}" "$BUILD/obj/common.a" "$BUILD/obj/base.a" -ldl -lpthread ||
        exit 1
}

fresh() {
    lib=$TEST_TMP/lib
    rm -rf "$lib"
    mkdir -p "$lib"
    cp "$BUILD"/lib/libpreempt.so "$BUILD"/lib/libhalhip.so "$BUILD"/lib/libshimhip.so "$lib"
}

# $1: module   $2: python that changes the text s
change() {
    python3 - "$sources/$1.c" "$TEST_TMP/changed.c" "$2" <<'END' || exit 1
import sys
with open(sys.argv[1]) as file:
    before = file.read()
space = {"s": before}
exec(sys.argv[3], space)
if space["s"] == before:
    sys.exit(f"{sys.argv[1]}: nothing to change: the defect has to be written anew")
with open(sys.argv[2], "w") as file:
    file.write(space["s"])
END
    # shellcheck disable=SC2086
    $CC -std=c11 -D_GNU_SOURCE -DXS_VERSION='"0"' -Iinclude -Isrc ${CPPFLAGS-} -fPIC -fvisibility=hidden -O1 -pthread \
        ${CFLAGS-} -w -c -o "$TEST_TMP/changed.o" "$TEST_TMP/changed.c" || exit 1
}

# The test must fail, and say what it is about.
red() {
    local said
    if said=$(LIB=$lib tests/hip/failures.sh "$1" 2>&1); then
        echo "$1: not seen"
        failed=1
    elif [[ $said != *$2* ]]; then
        echo "$1: seen for another reason: $said"
        failed=1
    fi
}

fresh # a version script that hides what the shim needs of the HAL
printf '%s\n' '{ global: HipQueueCreate; local: *; };' >"$TEST_TMP/map"
link libhalhip - "-Wl,--version-script=$TEST_TMP/map"
red symbol_lookup_error "symbol lookup error"

fresh # a shim that does not say what it needs
ALONE=1 link libshimhip - "-Wl,--version-script=$sources/libshimhip.map"
red preload_order "symbol lookup error"

fresh # exports under a version of our own
sed 's/^{/XSCHED_1 {/' $sources/libshimhip.map >"$TEST_TMP/map"
link libshimhip - "-Wl,--version-script=$TEST_TMP/map"
red hipblas_internal_error "bind past the shim"

fresh # one copy of the runtime serves all callers
change runtime 's = s.replace("runtime = adopt(object);",
    "runtime = xs_hip_runtimes[0].object ? &xs_hip_runtimes[0] : adopt(object);")'
link libhalhip runtime "-Wl,--version-script=$sources/libhalhip.map"
red invalid_device_function "error 98"

fresh # a launch on the default stream goes to the thread's own, where the results are not expected
change launch 's = s.replace("""	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchKernel(""",
    """	if (!stream)
		return hipErrorInvalidDeviceFunction;
	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchKernel(""")'
link libshimhip launch "-Wl,--version-script=$sources/libshimhip.map"
red default_stream "invalid device function on the default stream"

fresh # a launch is put off until the next call
change launch 's = s.replace("""	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchKernel(""",
    """	static struct late {
		const void *function_address;
		void **args;
		hipStream_t stream;
	} late;
	struct late before = late;
	late = (struct late){ function_address, args, stream };
	if (!before.function_address)
		return xs_hip_submitted(queue, hipSuccess);
	function_address = before.function_address, args = before.args, stream = before.stream;
	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchKernel(""")'
link libshimhip launch "-Wl,--version-script=$sources/libshimhip.map"
red late_parameters "late_parameters"

fresh # something is asked of the runtime behind a call that failed
change entry 's = s.replace("xs_hip_keep_error = true;", "xs_hip_here->real.hipGetLastError();")'
link libshimhip entry "-Wl,--version-script=$sources/libshimhip.map"
red lost_errors "the last error was"

fresh # only the sign of a priority counts
change vendor 's = s.replace("	*blocking =", "	*priority = *priority < 0 ? -1 : 0;\n	*blocking =")'
link libshimhip vendor "-Wl,--version-script=$sources/libshimhip.map"
red two_priorities "a queue of another priority"

fresh # at the end everything is torn down while threads are in it
change runtime 's += """
#include <string.h>
#include <unistd.h>
__attribute__((destructor)) static void tear_down(void)
{
	memset(xs_hip_runtimes, 0, sizeof(xs_hip_runtimes));
	usleep(100000);
}
"""'
link libhalhip runtime "-Wl,--version-script=$sources/libhalhip.map"
red exit_status_139 "status 139"

fresh # streams are asked for in one copy of the runtime only
change queue 's = s.replace("if (!context) {\n\t\txs_hip_runtimes_discover();", "if (!context && !nearest) {")'
link libhalhip queue "-Wl,--version-script=$sources/libhalhip.map"
red context_is_destroyed "queue "
exit $failed
