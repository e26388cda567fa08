#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Which copy of the runtime an object is bound to is read from its relocations, however it was linked,
# and found by the loader's order where it has none that tell. Two copies are loaded, so whoever takes
# the first is wrong every second time.
set -u
: "${BUILD:=$PWD/build}" "${CC:=gcc}" "${TEST_CFLAGS:=}" "${TEST_TMP:=$(mktemp -d)}"
[ -z "${SAN-}" ] || { echo "objects are linked here, without sanitizers"; exit 77; }
dir=$BUILD/tests/hip hal=$BUILD/lib/libhalhip.so
export XSCHED_SCHEDULER=LCL
failed=0

$CC -D_GNU_SOURCE -Isrc -Iinclude -o "$TEST_TMP/bound" tests/hip/tool/bound.c -ldl || exit 1
cat >"$TEST_TMP/object.c" <<'END'
extern void **__hipRegisterFatBinary(const void *);
extern int hipLaunchKernel(void), hipGetDeviceCount(int *);
int here = 1;
int calls(void);
#ifdef CALL
int calls(void) { return __hipRegisterFatBinary(0) != 0; }
#elif defined CALL_OURS /* nothing but what the shim exports, too */
int calls(void) { return hipLaunchKernel(); }
#elif defined POINTER
int (*const volatile pointers[])(int *) = { 0, hipGetDeviceCount };
void *relative[] = { &here, relative };
#elif defined POINTER_OURS
int (*volatile pointer)(void) = hipLaunchKernel;
#endif
END

# $1: name   the rest: options. Makes NAME.system.so and NAME.wheel.so.
object() {
    local name=$1
    shift
    $CC -shared -fPIC "$@" -o "$TEST_TMP/$name.system.so" "$TEST_TMP/object.c" -Wl,--no-as-needed \
        "$dir/6/libamdhip64.so.6" -Wl,-rpath,"$dir/6" 2>"$TEST_TMP/log" &&
        $CC -shared -fPIC "$@" -o "$TEST_TMP/$name.wheel.so" "$TEST_TMP/object.c" -Wl,--no-as-needed \
            "$dir/6/wheel/libamdhip64.so" -Wl,--disable-new-dtags -Wl,-rpath,"$dir/6/wheel"
}

# Both orders, alone and with the shim in front. $1: name
expect() {
    local system wheel got want order preload
    for order in "system wheel" "wheel system"; do
        for preload in "" "$BUILD/lib/libshimhip.so"; do
            # shellcheck disable=SC2086
            set -- "$1" $order
            got=$(LD_PRELOAD=$preload "$TEST_TMP/bound" "$hal" "$TEST_TMP/$1.$2.so" "$TEST_TMP/$1.$3.so" 2>&1)
            system=$dir/6/libamdhip64.so.6 wheel=$dir/6/wheel/libamdhip64.so
            want=${!2}$'\n'${!3}
            if [ "$got" != "$want" ]; then
                echo "$1, $order, preload '$preload': $got"
                failed=1
            fi
        done
    done
}

object lazy -DCALL -Wl,-z,lazy && expect lazy
object now -DCALL -Wl,-z,now -Wl,-z,relro && expect now
object noplt -DCALL -fno-plt && expect noplt
object pointer -DPOINTER && expect pointer
object ours -DCALL_OURS -Wl,-z,now && expect ours
object ours-lazy -DCALL_OURS -Wl,-z,lazy && expect ours-lazy
object pointer-ours -DPOINTER_OURS && expect pointer-ours
object nothing && expect nothing
object packed -DPOINTER -Wl,-z,pack-relative-relocs && expect packed
object sysv -DCALL -Wl,--hash-style=sysv && expect sysv

# What was bound stays bound: a copy that becomes global afterwards changes it for nobody, and one that
# was global before not for RTLD_DEEPBIND. A call that was never made is not bound yet.
system=$dir/6/libamdhip64.so.6 wheel=$dir/6/wheel/libamdhip64.so
for name in now noplt pointer ours pointer-ours packed sysv; do
    [ -e "$TEST_TMP/$name.wheel.so" ] || continue
    case $name in sysv) then=$system ;; *) then=$wheel ;; esac
    got=$("$TEST_TMP/bound" "$hal" "$TEST_TMP/$name.wheel.so" "+$system" 2>&1)
    [ "$got" = "$then" ] || { echo "$name, another copy made global afterwards: $got"; failed=1; }
    got=$("$TEST_TMP/bound" "$hal" "+$system" "!$TEST_TMP/$name.wheel.so" 2>&1)
    case $name in sysv) continue ;; esac
    [ "$got" = "$wheel" ] || { echo "$name, RTLD_DEEPBIND: $got"; failed=1; }
done

# Memory that no object holds: the first copy that is loaded. No copy at all: none, and said once.
got=$("$TEST_TMP/bound" "$hal" - "$TEST_TMP/lazy.wheel.so" 2>&1)
[ "$got" = "$dir/6/wheel/libamdhip64.so"$'\n'"$dir/6/wheel/libamdhip64.so" ] || {
    echo "generated code: $got"
    failed=1
}
got=$("$TEST_TMP/bound" "$hal" - - 2>&1)
[ "$(grep -c '^none$' <<<"$got") $(grep -c 'no HIP runtime is loaded' <<<"$got")" = "2 1" ] || {
    echo "no runtime: $got"
    failed=1
}
# The one that the user names is loaded then, and one that is none is not taken.
got=$(XSCHED_HIP_LIB=$dir/7/libamdhip64.so.7 "$TEST_TMP/bound" "$hal" - 2>&1)
[ "$got" = "$dir/7/libamdhip64.so.7" ] || { echo "XSCHED_HIP_LIB: $got"; failed=1; }
got=$(XSCHED_HIP_LIB=$BUILD/lib/libshimhip.so "$TEST_TMP/bound" "$hal" - 2>&1)
[[ $got == *"not a usable HIP runtime"*none ]] || { echo "XSCHED_HIP_LIB is a shim: $got"; failed=1; }
exit $failed
