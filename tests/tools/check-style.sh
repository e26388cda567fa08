#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/check-style: a small tree in order is accepted, and each violation that is planted in it is
# refused and named.
set -u
check=$PWD/tools/check-style
failed=0

good_tree() {
    tree=$(mktemp -d "${TEST_TMP:-/tmp}/style.XXXXXX")
    mkdir -p "$tree/src/base" "$tree/src/platform/sim" "$tree/src/cli" "$tree/tests"
    cat >"$tree/src/base/good.c" <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* A file in order: it may say exit(1) or abort() in a comment, and TODO(12) with a number. */
#include "base/good.h"

const char *good_text(void)
{
	return "printf(atomic_load(x))";
}
END
    cp "$tree/src/base/good.c" "$tree/src/cli/good.c"
    echo 'int good_exit(void) { exit(1); }' >>"$tree/src/cli/good.c"
    cp "$tree/src/base/good.c" "$tree/src/platform/sim/good.c"
    echo 'void good_record(void) { fprintf(file, "x"); }' >>"$tree/src/platform/sim/good.c"
}
# $1: file, a copy of good.c with $2 appended   $3: part of the complaint
refused() {
    good_tree
    cp "$tree/src/base/good.c" "$tree/${1%/*}/planted${1##*/}" 2>/dev/null
    mv "$tree/${1%/*}/planted${1##*/}" "$tree/$1"
    printf "$2" >>"$tree/$1"
    must_refuse "$1" "$3"
}
must_refuse() {
    if output=$("$check" "$tree"); then
        echo "accepted: $1 ($2)"
        failed=1
    elif ! echo "$output" | grep "^$1:[0-9]*: " | grep -q -- "$2"; then
        echo "refused, but not for '$2' in $1:"
        echo "$output"
        failed=1
    fi
    rm -rf "$tree"
}
lines() { # $1: how many   $2: which
    awk -v n="$1" -v line="$2" 'BEGIN { while (n-- > 0) printf "%s\\n", line }'
}

good_tree
"$check" "$tree" || { echo "a tree in order is refused"; failed=1; }
rm -rf "$tree"

refused src/base/x.c 'int f(void) { return atomic_load(\\&x); }\n' 'atomic operation'
refused src/base/x.c '#include <stdatomic.h>\n' 'atomic operation'
refused src/base/x.c 'int f(void) { return __sync_fetch_and_add(p, 1); }\n' 'atomic operation'
for call in exit _exit abort assert printf perror puts; do
    refused src/base/x.c "int f(void) { $call(1); }\n" "$call() in code"
done
refused src/base/x.c 'static struct xs_mutex lock;\n' 'no forked()'
refused src/base/x.c 'struct { pthread_mutex_t lock; } table;\n' 'no forked()'
refused src/base/x.c 'const char *f(void) { return getenv("SURPRISE"); }\n' 'reads SURPRISE'
refused src/platform/sim/x.c 'int f(void) { return atomic_load(\\&x); }\n' 'atomic operation'
refused src/base/x.c 'int x; \n' 'blanks at the end'
refused src/base/x.c '/* TODO: later */\n' 'TODO without'
refused src/base/x.c '/* see /ho''me/somebody/x */\n' 'path of somebody'
refused tests/x.md 'look into /ro''ot/notes\n' 'path of somebody'
refused src/base/x.c 'int x;' 'no newline'
refused src/base/x.c "$(lines 1000 'int x;')" 'more than 1000'
refused src/base/x.c "void f(void)\n{\n$(lines 100 '	x++;')}\n" 'function of 102 lines'

good_tree
sed -i 1d "$tree/src/base/good.c"
must_refuse src/base/good.c 'no licence line'
good_tree
sed -i 2d "$tree/src/base/good.c"
must_refuse src/base/good.c 'no paragraph'
good_tree
printf '#!/bin/sh\necho\n' >"$tree/tests/x"
must_refuse tests/x 'no licence line'

# A long file is allowed up to the limit, and mentioned.
good_tree
awk 'BEGIN { for (n = 0; n < 600; n++) print "int x;" }' >>"$tree/src/base/good.c"
output=$("$check" "$tree") || { echo "a file of 600 lines is refused"; failed=1; }
case $output in *"note: 60"*) ;; *) echo "a file of 600 lines is not mentioned"; failed=1 ;; esac
rm -rf "$tree"
exit $failed
