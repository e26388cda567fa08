#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A copy of a build works wherever it lies: programs and libraries find each other beside themselves and
# nothing leads back. On a system with an older C library, what is started says which one it needs.
set -eu
fail() { echo "$*"; exit 1; }
[ -x "$BUILD/bin/xcli" ] || { echo "xcli is not built"; exit 77; }
[ -z "${SAN:-}" ] || { echo "a sanitizer's run-time library is not copied along"; exit 77; }

here="$TEST_TMP/another place"
mkdir "$here"
for part in bin lib sim bench demo; do
    cp -a "$BUILD/$part" "$here/$part"
done
cd "$TEST_TMP"
for variable in $(env | sed -n 's/^\(\(XSCHED\|XSIM\|LD\)_[A-Z_]*\)=.*/\1/p'); do
    unset "$variable"
done
export XSIM_SHARE=0 XDG_RUNTIME_DIR="$TEST_TMP"

# What the loader takes for each file, and where the file itself tells it to look.
count=0
for file in "$here"/bin/* "$here"/lib/*.so "$here"/sim/*.so.* "$here"/bench/* "$here"/demo/*; do
    case $file in *.html | *.json) continue ;; esac
    count=$((count + 1))
    path=$(readelf -d "$file" | sed -n 's/.*R\(UN\)\{0,1\}PATH.*\[\(.*\)\].*/\2/p')
    case $path in
    "" | '$ORIGIN'*) ;;
    *) fail "$file looks in $path" ;;
    esac
    ours=$(LD_LIBRARY_PATH="$here/sim" ldd "$file" 2>/dev/null |
        grep -E 'lib(preempt|hal|shim|cuda|amdhip64)' || true)
    ! echo "$ours" | grep -F "$BUILD" || fail "$file takes a library of the first build"
    ! echo "$ours" | grep -F 'not found' || fail "$file does not find a library"
done
[ $count -gt 10 ] || fail "only $count files"

"$here/bin/xcli" version >out || fail "xcli version: status $?"
XSCHED_CUDA_LIB="$here/sim/libcuda.so.1" "$here/bin/xcli" doctor --json findings.json >out ||
    { cat out; fail "xcli doctor: status $?"; }
grep -q "\"what\": \"$here/lib: libshimcuda.so" findings.json || fail "the doctor sees: $(cat findings.json)"
XSCHED_CUDA_LIB="$here/sim/libcuda.so.1" LD_LIBRARY_PATH="$here/sim" \
    "$here/demo/models" -c 2 >out || fail "models: status $?"
[ "$(grep -c '^request' out)" = 2 ] || fail "models says: $(cat out)"
# A path with a blank cannot be preloaded; xcli says so instead of starting the program without.
mv "$here" "$TEST_TMP/place"
here="$TEST_TMP/place"
XSCHED_CUDA_LIB="$here/sim/libcuda.so.1" LD_LIBRARY_PATH="$here/sim" XLOG_LEVEL=INFO \
    "$here/bin/xcli" run -- "$here/demo/models" -c 2 -b >out 2>err || { cat err; fail "xcli run: status $?"; }
[ "$(grep -c '^request' out)" = 2 ] || fail "under xcli run: $(cat out)"
grep -q 'XQueue .* created' err || fail "nothing was scheduled: $(cat err)"
"$here/bin/xcli" bench --quick -o report dual >out 2>err || { cat err; fail "xcli bench: status $?"; }
[ -s report/report.html ] || fail "no report"

# An older system: a version that this one does not have either.
newest=$(readelf -V "$here/bin/xcli" | sed -n 's/.*Name: \(GLIBC_2\.[0-9]*\).*/\1/p' | sort -V | tail -1)
case $newest in
GLIBC_2.[1-9][0-9])
    sed "s/$newest/GLIBC_2.99/g" "$here/bin/xcli" >newer
    chmod +x newer
    if ./newer version >out 2>&1; then fail "it started with a C library that is too old"; fi
    grep -q 'GLIBC_2.99' out || fail "the C library is not named: $(cat out)"
    ;;
esac
