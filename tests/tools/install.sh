#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# make install puts a tree below DESTDIR/PREFIX that other programs can build against, and make
# uninstall takes all of it away and nothing else.
set -eu
fail() { echo "$*"; exit 1; }
[ -n "${BUILD:-}" ] || { echo "start it with make check"; exit 77; }

root=$TEST_TMP/root
# -o libs: the build is what it is, only installing is tried here.
run_make() {
    env -u MAKEFLAGS -u MFLAGS make -s -o libs O="$BUILD" DESTDIR="$root" "$@"
}

for prefix in /opt/xsched /usr; do
    run_make PREFIX=$prefix install
    installed=$(cd "$root" && find . | sort)
    run_make PREFIX=$prefix install
    [ "$(cd "$root" && find . | sort)" = "$installed" ] ||
        fail "installing again adds something: $(find "$root" -type l)"
    case $prefix in
    /usr) lib=lib/xsched ;;
    *)    lib=lib ;;
    esac
    here=$root$prefix

    for library in "$BUILD"/lib/*.so; do
        [ -e "$here/$lib/${library##*/}" ] || fail "$library is not installed in $lib"
    done
    for library in "$BUILD"/sim/*.so*; do
        [ ! -e "$library" ] || [ -e "$here/$lib/sim/${library##*/}" ] || fail "$library is not installed"
    done
    [ -z "$(find "$here" -xtype l)" ] || fail "broken links: $(find "$here" -xtype l)"
    # Not where the loader of every program would find it as the driver.
    [ $prefix != /usr ] || [ ! -e "$here/lib/libcuda.so.1" ] || fail "the shim is in /usr/lib"
    for header in include/xsched/*.h; do
        [ ! -e "$header" ] || cmp "$header" "$here/$header" || fail "$header is not installed"
    done

    if [ -x "$BUILD/bin/xcli" ]; then
        for file in man/man1/xcli.1 man/man1/xsched-focus.1 man/man7/xsched.7 man/man8/xserver.8 \
            bash-completion/completions/xcli zsh/site-functions/_xcli; do
            [ -e "$here/share/$file" ] || fail "$file is not installed"
        done
        # A shim with a sanitizer cannot be loaded into any program.
        preload=$here/$lib/libshimcuda.so
        [ -n "${SAN:-}" ] || XSCHED_CUDA_LIB="$BUILD/sim/libcuda.so.1" "$here/bin/xcli" run -- \
            sh -c 'case :$LD_PRELOAD: in *:"$0":*) ;; *) exit 1 ;; esac' "$preload" ||
            fail "the installed xcli does not find $preload"
    fi

    if command -v pkg-config >/dev/null; then
        export PKG_CONFIG_PATH="$here/lib/pkgconfig"
        [ "$(pkg-config --modversion xsched)" = "$VERSION" ] || fail "pkg-config: wrong version"
        echo 'int main(void) { return 0; }' >"$TEST_TMP/main.c"
        $CC $TEST_CFLAGS "$TEST_TMP/main.c" -o "$TEST_TMP/main" -Wl,--no-as-needed \
            $(pkg-config --define-prefix --cflags --libs xsched)
        LD_LIBRARY_PATH="$here/$lib" "$TEST_TMP/main" || fail "a program linked with -lpreempt fails"
    fi

    if command -v cmake >/dev/null; then
        mkdir -p "$TEST_TMP/cmake"
        cat >"$TEST_TMP/cmake/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.13)
project(user NONE)
find_package(XSched 0.1 REQUIRED)
if(NOT TARGET XSched::preempt)
  message(FATAL_ERROR "no target XSched::preempt")
endif()
END
        cmake -S "$TEST_TMP/cmake" -B "$TEST_TMP/cmake/build$prefix" \
            -DCMAKE_PREFIX_PATH="$here" >"$TEST_TMP/cmake.log" 2>&1 ||
            { cat "$TEST_TMP/cmake.log"; fail "find_package(XSched) fails"; }
    fi

    # Python leaves this behind when root imports the package.
    for module in "$here/$lib"/python/xsched/*.py "$here/$lib"/python/xsched/*/*.py; do
        mkdir -p "${module%/*}/__pycache__"
        echo >"${module%/*}/__pycache__/$(basename "$module" .py).cpython-311.pyc"
    done

    # A file of somebody else stays, with its directory, and nothing of ours does.
    echo >"$here/lib/other"
    run_make PREFIX=$prefix uninstall
    left=$(cd "$root" && find . ! -type d)
    [ "$left" = ".$prefix/lib/other" ] || fail "after uninstall there is: $left"
    rm "$here/lib/other"
    run_make PREFIX=$prefix install
    run_make PREFIX=$prefix uninstall
    [ ! -d "$root" ] || [ -z "$(ls -A "$root")" ] || fail "left: $(find "$root")"
done
