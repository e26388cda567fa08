#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# However a program comes to HIP's functions (bound lazily or at once, in libraries loaded local, global
# or with RTLD_DEEPBIND, by RPATH to a copy of its own, through dlsym() or hipGetProcAddress(), in C and in
# C++ spelling), and whichever way the shim is brought in, its launches go through a gate. The one
# exception is RTLD_DEEPBIND with HIP 5 or another build without dispatch table: a line says so.
. tests/hip/expect.bash
passed_by=

# $1: name   $2: expected line   the rest: environment and command
expect() {
    local name=$1 want=$2 got status said
    shift 2
    got=$(env "$@" 2>&1)
    status=$?
    if [ -n "$passed_by" ]; then
        said=$(grep -c "$passed_by is bound to HIP past us" <<<"$got")
        [ "$said" = 1 ] || { echo "$name: told $said times that $passed_by passes by"; failed=1; }
        got=$(grep -v XSCHED <<<"$got")
    fi
    judge "$name" "$want" "$got" $status
}

for major in 5 6 7; do
    here=$dir/$major
    declare -A ways=(
        [plt-lazy]="$here/lazy"
        [plt-now]="$here/now"
        [local]="$dir/host local $here/plugin.so"
        [global]="$dir/host global $here/plugin.so"
        [deepbind]="$dir/host deep $here/plugin.so"
        [wheel]="$dir/host local $here/wheel/plugin.so"
        [dlsym]="$dir/host local $here/looking.so $here/libamdhip64.so.$major"
    )
    for way in "${!ways[@]}"; do
        # Sanitizers refuse RTLD_DEEPBIND.
        [ "$way" != deepbind ] || [ -z "${SAN-}" ] || continue
        read -ra command <<<"${ways[$way]}"
        looked=0
        if [ $major != 5 ]; then
            case $way in local | deepbind | wheel) ;; *) looked=1 ;; esac
        fi
        n=$((4 + looked))
        look=WORK_LOOK_UP; [ $looked = 1 ] && look=WORK_LOOK_UP=1
        [ $looked = 1 ] || look=NOTHING=1
        expect "$major $way bare" "$n 0 0" $look "${command[@]}"
        gated=$n
        # Sanitizers need a dlsym() of their own.
        [ "$major $way ${SAN:+san}" != "5 dlsym san" ] || gated=0
        [ "$major $way" != "5 deepbind" ] || gated=0 passed_by=/5/plugin.so
        for preload in libshimhip.so "libhalhip.so $lib/libshimhip.so" "libshimhip.so $lib/libhalhip.so"; do
            expect "$major $way preload $preload" "$n $gated 0" $look \
                LD_PRELOAD="$lib/$preload" "${command[@]}"
        done
        passed_by=
        if [ $major != 5 ]; then
            expect "$major $way tool" "$n $n 0" $look \
                ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so" "${command[@]}"
        fi
        # A build without librocprofiler-register, or one that is told not to use it.
        case $major-$way-${SAN:+san} in
        5-* | *-dlsym-san) ;;
        *)
            [ "$way" != deepbind ] || gated=0 passed_by=/$major/plugin.so
            expect "$major $way no table" "$n $gated 0" $look STUB_TABLE=0 \
                LD_PRELOAD="$lib/libshimhip.so" "${command[@]}"
            passed_by=
            ;;
        esac
    done
done
exit $failed
