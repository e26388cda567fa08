#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/deps is silent when nothing is missing, and otherwise, where it may not install, names the
# one command and fails. An unknown group is refused.
set -u
failed=0

output=$(NO_INSTALL=1 CC="${CC:-gcc}" tools/deps test 2>&1) || { echo "the tests run, but: $output"; failed=1; }
[ -z "$output" ] || { echo "not silent: $output"; failed=1; }

# A compiler that finds no header.
if output=$(NO_INSTALL=1 CC="${CC:-gcc}" CPPFLAGS=-nostdinc tools/deps test 2>&1); then
    echo "no header can be found, and nothing is missing"
    failed=1
fi
case $output in
*"missing: libcmocka-dev"*) ;;
*) echo "does not name the package: $output"; failed=1 ;;
esac
if command -v apt-get >/dev/null; then
    case $output in
    *"apt-get install -y --no-install-recommends libcmocka-dev"*) ;;
    *) echo "does not name the command: $output"; failed=1 ;;
    esac
fi

NO_INSTALL=1 tools/deps nonsense >/dev/null 2>&1
[ $? = 2 ] || { echo "an unknown group is accepted"; failed=1; }
exit $failed
