#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# make demo and make bench come to their end and print and write what others read: names, forms, no
# number that depends on how busy the machine is. Catches a program that no longer runs under the
# shim, a row that changed its name, a suspended queue that goes on.
set -u -o pipefail
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-}

fail() {
    echo "$*"
    exit 1
}

"$BUILD/demo/demo" -n 12 -o "$TEST_TMP" "$BUILD" >"$TEST_TMP/table" || fail "demo: status $?"
for row in 'critical alone' 'best effort alone' 'together ' 'together, scheduled'; do
    grep -q "^  $row" "$TEST_TMP/table" || fail "the table has no row '$row'"
done

"$BUILD/demo/demo" -d hip -n 12 -o "$TEST_TMP" "$BUILD" >"$TEST_TMP/table" || fail "demo of HIP: status $?"
QUICK=1 bench/run >"$TEST_TMP/rows" || fail "bench: status $?"

python3 - "$TEST_TMP" <<'END' || fail "wrong output"
import html.parser, json, os, sys

folder = sys.argv[1]

result = json.load(open(f"{folder}/result.json"))
assert set(result) == {"alone", "baseline", "xsched", "be_alone_per_s"}, result
assert set(result["alone"]) == {"p50_ms", "p99_ms"}, result
for run in "baseline", "xsched":
    assert set(result[run]) == {"p50_ms", "p99_ms", "be_per_s"}, result
    assert all(value > 0 for value in result[run].values()), result

page = open(f"{folder}/report.html", encoding="utf-8").read()
for foreign in "<script", "http:", "https:", "src=", "href=", "@import", "url(":
    assert foreign not in page, f"the report is not self-contained: {foreign}"
assert "nan" not in page.split("</style>")[1].lower().split(), "the report has numbers that are none"


class Balance(html.parser.HTMLParser):
    """The drawings have to be well-formed, since they are read as XML elsewhere."""
    open_tags = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "!doctype"):
            self.open_tags.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag, tag


parser = Balance()
parser.feed(page)
assert not parser.open_tags, parser.open_tags

rows = [json.loads(line) for line in open(f"{folder}/rows")]
names = [row["name"] for row in rows]
with_daemon = ["decision_us", "scale_256", "share_error_pp", "hpf_floor",
               "share_error_pp", "hpf_floor", "daemon_killed_ms", "daemon_hung_ms", "daemon_back_ms",
               "client_killed_ms"] if os.path.exists(os.environ["BUILD"] + "/bin/xserver") else []
calls = ["launch", "launch_default", "launch_by_turns", "launch_ex", "context_and_launch", "fill", "copy",
         "record", "query_event", "wait_event", "query_stream", "synchronize", "is_capturing",
         "current_context"]
assert names == ["launch_overhead_ns", "launch_overhead_64streams_ns", "launch_overhead_8threads_ns",
                 *(f"launch_overhead_hip_{way}_{streams}ns" for way in ("table", "symbols", "both")
                   for streams in ("", "64streams_")),
                 *[f"call_overhead_{call}_ns" for call in calls],
                 "suspend_us", "suspend_level2_violations", "queue_bytes",
                 *[f"dual_{load}_ms" for load in ("long", "longer", "training", "default", "default_paced")],
                 *with_daemon, "demo_p99_ms", "demo_best_effort_kept", "demo_hip_p99_ms",
                 "demo_hip_best_effort_kept"], names
for row in rows:
    assert set(row) == {"name", "unit", "value", "bare", "detail"}, row
    assert {"machine", "compiler", "commit", "device"} <= set(row["detail"]), row
by_name = {row["name"]: row for row in rows}
for name in names[:9]:
    detail = by_name[name]["detail"]
    assert detail["allocations"] in (0, -1) and detail["system_calls"] in (0, -1), detail
for row in rows:
    if row["name"].startswith("dual_"):
        assert row["detail"]["requests"] == 8 and row["value"] > 0 and row["bare"] > 0, row
assert by_name["suspend_us"]["detail"]["violations"] == 0, by_name["suspend_us"]
assert by_name["suspend_level2_violations"]["value"] == 0, by_name["suspend_level2_violations"]
assert by_name["suspend_level2_violations"]["detail"]["trials"] > 0
END

bench/compare "$TEST_TMP/rows" "$TEST_TMP/rows" >"$TEST_TMP/compared" || fail "compare: status $?"
grep -q '^launch_overhead_ns .*no difference seen$' "$TEST_TMP/compared" || fail "compare says otherwise"
sed 's/"min":[^,]*,"median":[^,]*,"max":[^,]*/"min":90000000,"median":90100000,"max":90200000/' "$TEST_TMP/rows" >"$TEST_TMP/slow"
bench/compare "$TEST_TMP/rows" "$TEST_TMP/slow" >"$TEST_TMP/compared" && fail "compare sees nothing wrong"
grep -q '^launch_overhead_ns .*WORSE$' "$TEST_TMP/compared" || fail "compare does not say what is worse"
