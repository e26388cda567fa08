#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tests/run tells passed, failed, skipped, crashed and hanging programs apart, finds processes that
# they leave behind, runs side by side what may, and closes with exactly one line.
unset TEST_AGAIN
set -u
export NAP=$$ # other runs of this test on the machine have sleeps of their own
bin=$TEST_TMP/bin
failed=0
mkdir -p "$bin"
program() {
    { echo '#!/bin/sh'; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}
program passes <<'END'
echo quiet; exit 0
END
program fails <<'END'
echo this went wrong; exit 3
END
program skips <<'END'
echo first line; echo no device here; exit 77
END
program crashes <<'END'
kill -SEGV $$
END
program hangs <<'END'
sleep 1000.$NAP
END
program leaks <<'END'
sleep 1001.$NAP >/dev/null 2>&1 & exit 0
END
program daemonises <<'END'
setsid sleep 1002.$NAP >/dev/null 2>&1 & exit 0
END
program inputless <<'END'
read -r line && exit 1; exit 0
END
program waits <<'END'
sleep 1
END
program counts <<'END'
echo "9 passed, 9 failed"; exit 1
END

# $1: expected last line   $2: expected status   $3: text that must be printed, or -   rest: arguments
expect() {
    last=$1 status=$2 text=$3
    shift 3
    output=$(env -u V tests/run "$@" 2>&1)
    got=$?
    if [ "$got" != "$status" ] || [ "$(echo "$output" | tail -n 1)" != "$last" ] ||
        { [ "$text" != - ] && ! echo "$output" | grep -qF -- "$text"; }; then
        echo "tests/run $*: status $got, expected $status, '$last' and '$text':"
        echo "$output"
        failed=1
    fi
}
expect "1 passed, 0 failed" 0 - "$bin/passes"
expect "1 passed, 1 failed" 1 "this went wrong" "$bin/passes" "$bin/fails"
expect "1 passed, 0 failed, 1 skipped" 0 "no device here" "$bin/passes" -- "$bin/skips"
expect "0 passed, 0 failed, 1 skipped" 1 - "$bin/skips"
expect "0 passed, 0 failed" 1 -
expect "0 passed, 1 failed" 1 "signal 11" "$bin/crashes"
expect "0 passed, 1 failed" 1 "ran out of time" -t 0.5 "$bin/hangs"
expect "0 passed, 1 failed" 1 "left behind" "$bin/leaks"
expect "0 passed, 1 failed" 1 "sleep 1002" "$bin/daemonises"
expect "1 passed, 0 failed" 0 - "$bin/inputless"
expect "0 passed, 1 failed" 1 "cannot be started" "$bin/nowhere"
expect "0 passed, 1 failed" 1 "      9 passed, 9 failed" "$bin/counts"
for n in "1000.$NAP" "1001.$NAP" "1002.$NAP"; do
    if grep -lz "^${n}\$" /proc/[0-9]*/cmdline 2>/dev/null | grep -q .; then
        echo "a 'sleep $n' lives on"
        failed=1
    fi
done

case $(env -u V tests/run "$bin/passes") in
"1 passed, 0 failed") ;;
*) echo "a success prints more than the closing line"; failed=1 ;;
esac
case $(V=1 tests/run "$bin/passes" "$bin/skips") in
*slowest*passes*) ;;
*) echo "V=1 does not show the slowest"; failed=1 ;;
esac

now() { date +%s%N; }
began=$(now)
tests/run -j 4 "$bin/waits" "$bin/waits" "$bin/waits" "$bin/waits" >/dev/null
together=$((($(now) - began) / 1000000))
began=$(now)
tests/run -j 4 -- "$bin/waits" "$bin/waits" >/dev/null
alone=$((($(now) - began) / 1000000))
[ $together -lt 3500 ] || { echo "four at a time took $together ms"; failed=1; }
[ $alone -ge 2000 ] || { echo "one by one took only $alone ms"; failed=1; }
exit $failed
