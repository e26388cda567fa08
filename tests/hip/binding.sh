#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# However a program comes to HIP's functions, and whichever way the shim is brought in, its launches
# go through a gate. HIP 5 has no dispatch table: there, what goes round the loader's normal binding
# passes by.
set -u
: "${BUILD:=$PWD/build}"
dir=$BUILD/tests/hip lib=$BUILD/lib
export XSCHED_SCHEDULER=LCL ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS-}
failed=0

# $1: name   $2: expected line   the rest: environment and command
expect() {
    local name=$1 want=$2 got status
    shift 2
    got=$(env "$@" 2>&1)
    status=$?
    if [ "$got" != "$want" ] || [ $status != 0 ]; then
        echo "$name: expected '$want', got '$got', status $status"
        failed=1
    fi
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
        [ $major = 5 ] && case $way in deepbind | dlsym) gated=0 ;; esac
        for preload in libshimhip.so "libhalhip.so $lib/libshimhip.so" "libshimhip.so $lib/libhalhip.so"; do
            expect "$major $way preload $preload" "$n $gated 0" $look \
                LD_PRELOAD="$lib/$preload" "${command[@]}"
        done
        if [ $major != 5 ]; then
            expect "$major $way tool" "$n $n 0" $look \
                ROCPROFILER_REGISTER_LIBRARY="$lib/libshimhip.so" "${command[@]}"
        fi
        # A build without librocprofiler-register, or one that is told not to use it.
        case $major-$way in
        5-* | *-deepbind | *-dlsym) ;;
        *)
            expect "$major $way no table" "$n $n 0" $look STUB_TABLE=0 \
                LD_PRELOAD="$lib/libshimhip.so" "${command[@]}"
            ;;
        esac
    done
done
exit $failed
