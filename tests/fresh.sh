#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Does what the README tells a stranger to do, in a Debian 12 that has nothing but gcc, make and the
# C library's headers: make demo, make, make check. Takes minutes and needs root, debootstrap and Debian's
# packages, so it is no part of make check; start it with make check-fresh.
#
#   tests/fresh.sh [COMMAND]     another command instead, for example .ci/run
#
# FRESH_ROOT names a directory to keep the bare system in, for the next time.
set -u
skip() { echo "$*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "needs root"
command -v debootstrap >/dev/null || skip "needs debootstrap"
command -v unshare >/dev/null || skip "needs unshare"
unshare --mount --pid --fork true 2>/dev/null || skip "may not make namespaces"

if [ -n "${FRESH_ROOT:-}" ]; then
    base=$FRESH_ROOT
    keep=1
else
    base=$(mktemp -d "${TMPDIR:-/tmp}/fresh.XXXXXX")
    keep=
fi
run=$base/run
# --one-file-system: whatever stays mounted in there is not ours to remove.
clean() {
    rm -rf --one-file-system "$run"
    [ -n "$keep" ] || rm -rf --one-file-system "$base"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

if [ ! -x "$base/root/bin/sh" ]; then
    mkdir -p "$base"
    echo "a bare Debian 12 in $base/root"
    debootstrap --variant=minbase bookworm "$base/root" >"$base/log" 2>&1 ||
        { tail -n 20 "$base/log"; skip "debootstrap fails"; }
fi
rm -rf --one-file-system "$run"
cp -a "$base/root" "$run" || exit 1
[ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf >"$run/etc/resolv.conf"

# The tree as git would hand it out, with changes that are not committed yet.
mkdir -p "$run/src/xsched"
git ls-files -coz --exclude-standard | tar -c --null -T - --ignore-failed-read |
    tar -x --no-same-owner -C "$run/src/xsched" || exit 1

command=${1:-'make demo && make && make check'}
cat >"$run/src/go" <<END
set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/src
# .ci/run brings its own compiler.
if [ "$command" != .ci/run ]; then
    apt-get update -q >/dev/null
    apt-get install -y -q --no-install-recommends gcc make libc6-dev >/dev/null
fi
cd /src/xsched
$command
END
unshare --mount --pid --fork sh -c '
    mount --make-rprivate / &&
    mount -t proc proc "$1/proc" &&
    mount --rbind /dev "$1/dev" &&
    mount -t tmpfs tmpfs "$1/dev/shm" &&
    exec chroot "$1" sh /src/go' sh "$run" </dev/null
