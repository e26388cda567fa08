#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The makefile: a second build does nothing, changed flags or a changed header build anew, and
# compile_commands.json names every source that was compiled. Works on a copy with one small module.
set -eu
fail() { echo "$*"; cat log; exit 1; }
cc=${CC:-gcc}
tree=$TEST_TMP/tree
mkdir -p "$tree"
cp -r Makefile src tests tools "$tree"
cd "$tree"
unset O SAN DEBUG V CFLAGS CPPFLAGS LDFLAGS MAKEFLAGS MFLAGS CC
build() { make CC="$cc" O=out "$@" >log 2>&1 || fail "make $* fails"; }

# Programs whose libraries are not there are left out, and that is said.
build -n CPPFLAGS=-nostdinc all
for program in xserver xcli; do
    grep -q "$program is not built" log || fail "nobody says that $program is not built"
done
rm -rf out

# Only the base library: the rules are the same for all.
for list in $(find src -name module.mk ! -path 'src/base/*' ! -path src/platform/module.mk); do
    echo >"$list"
done
compiled() { grep -c '^  CC ' log || :; }

build
all=$(compiled)
[ "$all" -gt 1 ] || fail "a first build compiled $all files"
build
[ "$(compiled)" = 0 ] || fail "a second build compiled $(compiled) files"
build CFLAGS=-DANOTHER
[ "$(compiled)" = "$all" ] || fail "with other flags $(compiled) of $all files were compiled"
build CFLAGS=-DANOTHER
[ "$(compiled)" = 0 ] || fail "with the same flags again $(compiled) files were compiled"
sleep 0.1
touch src/base/clock.h
build CFLAGS=-DANOTHER
[ "$(compiled)" -ge 1 ] && [ "$(compiled)" -le "$all" ] || fail "a changed header compiled $(compiled)"
[ ! -e build ] || fail "O=out left something in build/"

python3 - "$all" <<'END'
import json, os, sys
entries = json.load(open("compile_commands.json"))
assert len(entries) == int(sys.argv[1]), (len(entries), sys.argv[1])
for entry in entries:
    assert os.path.isfile(os.path.join(entry["directory"], entry["file"])), entry
    assert "-std=c11" in entry["command"], entry
END

# A warning is an error, and the failed object does not stay.
echo 'int f(void) { int unused; return 0; }' >>src/base/clock.c
if make CC="$cc" O=out >log 2>&1; then fail "a warning was let through"; fi
