#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every verb against a daemon that lives, in our spelling and in XSched's, and what is refused.

Would catch: a hint that does not arrive, a value that is changed though it was not given (XSched's
config could not do that), a suspend that is not taken back, an exit status that lies, control
characters of a process's name on the terminal.
"""
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from kit import SAN, SOCKET, XCLI, Crowd, Daemon, check, data, end, environment, good, until, xcli

daemon = Daemon()
crowd = Crowd([100, 0, -100])
high, normal, low = crowd.pids


def queues(pid):
    return [queue for queue in data("list")["xqueues"] if queue["pid"] == pid]


def first(pid):
    return queues(pid)[0]


def refused(status, said, *words, **more):
    got, out, err = xcli(*words, **more)
    check(got == status and not out and said in err, f"{words}: {got} {out!r} {err!r}")


# --- list -------------------------------------------------------------------------------------------

table = good("list").splitlines()
check(table[0].split() == "PID DEV XQUEUE STAT SCHED LV PRI USED HELD HOLDS CMD".split(), table[0])
check(len(table) == 7, f"six queues: {table}")
check([int(line.split()[0]) for line in table[1:]] == sorted(crowd.pids * 2), "sorted by process")
check("GPU(0x100)" in table[1] and "RDY" in table[1] and "RUN" in table[1], table[1])
rows = data("list")
check(sorted(p["pid"] for p in rows["processes"]) == sorted(crowd.pids), "processes in JSON")
check({p["name"] for p in rows["processes"]} == {"crowd-0", "crowd-1", "crowd-2"}, "names")
check(first(high)["ready"] and first(high)["run"] and not first(low)["run"], "who runs")
check(until(lambda: first(high)["device_ns"] > 0, "used device time"), "used")
handle = first(high)["xqueue"]

# --- hints ------------------------------------------------------------------------------------------

check(good("renice", high, "low") == f"Priority of process {high} set to -100\n", "renice a process")
check(first(high)["priority"] == -100, "renice arrived")
good("renice", handle, 7)
check([q["priority"] for q in queues(high)] == [7, -100], "renice one queue")
good("renice", int(handle, 16), "-5")  # a handle in decimal, a number that looks like an option
check(first(high)["priority"] == -5, "a handle in decimal")
check(good("hint", "-x", handle, "-p", "33") == f"Priority of XQueue {handle} set to 33\n", "XSched")
check(good("hint", "--pid", high, "-u40") == f"Utilization of process {high} set to 40\n", "XSched")
check(good("hint", "-t", "2000") == "Timeslice set to 2000us\n", "XSched")
text = good("hint", "--pid", low, "--priority=-7", "-u", "5", "--share", "20:50", "--slo", "20",
            "--deadline", "5ms", "--laxity", "7000", "--lax-priority", "low", "--crit-priority", "high",
            "--window", "0", "--timeslice", "1ms")
check(len(text.splitlines()) == 9, f"many hints at once: {text!r}")
for part in ("set to -7", "Request of process", "set to 20%", "Limit of process", "set to 50%",
             "Target of process", "set to 20000us", "Deadline", "set to 5000us", "Laxity", "set to 7000us",
             "Timeslice", "set to 1000us", "Active window"):
    check(part in text, f"'{part}' is not in {text!r}")
check(first(low)["priority"] == -7, "one of many arrived")
good("hint", "--all", "-p", "3")
check(first(normal)["priority"] == 0, "who has a hint of his own keeps it")
good("hint", "--pid", normal, "--clear", "priority")
check(first(normal)["priority"] == 3, "a hint taken back, and that for all")
good("hint", "--all", "--clear", "priority")
check(first(normal)["priority"] == 0, "that for all taken back")
check(json.loads(xcli("hint", "--k", "2", "--json")[1]) == {"done": "K set to 2"}, "hint --json")

# --- config -----------------------------------------------------------------------------------------

shown = good("config", "-x", handle, "-t", "8")
check(handle in shown and len(shown.splitlines()) == 2, shown)
good("config", "-x", handle, "-l", "2")
good("config", "-x", handle, "-b", "4")
queue = first(high)
check((queue["level"], queue["threshold"], queue["batch_size"]) == (2, 8, 4), f"each by itself: {queue}")
good("config", "-x", handle, "-l", "1", "-t", "16", "-b", "2")
queue = data("config", "-x", handle, "-t", "16")["xqueues"][0]
check((queue["level"], queue["threshold"], queue["batch_size"]) == (1, 16, 2), f"all at once: {queue}")
for words, said in ((["-l", "3"], "has not done all of that"), (["-t", "1"], "less than the batch size, 2")):
    status, out, err = xcli("config", "-x", handle, *words)
    check(status == 1 and said in err and handle in out, f"what the process does not do: {status} {err}")

# --- policy -----------------------------------------------------------------------------------------

check(good("policy") == "HPF\n" and good("policy", "get") == "HPF\n", "policy get")
check(good("policy", "-q").startswith("Current policy: HPF\nAvailable policies:\n  HPF\n"), "policy -q")
check(good("policy", "-sn", "UP") == "Policy set to UP\n", "letters in one word")
check(good("policy", "-s", "-n", "CFS") == "Policy set to CFS\n", "policy -s -n")
check(data("policy") == {"policy": "CFS"}, "policy --json")
check([p["policy"] for p in data("policy", "list")["policies"] if p["current"]] == ["CFS"], "the mark")
good("policy", "set", "hpf", "floor=5", "unit=queue")
check(good("policy") == "HPF\n", "policy set")


def param(policy, name):
    return [p["value"] for p in data("policy", "params", policy)["params"] if p["name"] == name]


check(param("HPF", "floor") == [5] and param("scheduler", "unit") == [0], "parameters with the policy")
good("policy", "set", "floor=6")
check(param("HPF", "floor") == [6], "a parameter of the present policy")
refused(2, "slice: '5' is not allowed; 100..1000000 us", "policy", "set", "CFS", "slice=5")
refused(5, "no parameter 'floors'", "policy", "set", "HPF", "floors=5")
refused(2, "unit: 'galaxy' is not allowed; queue process", "policy", "set", "CFS", "unit=galaxy")
refused(5, "NOPE", "policy", "set", "NOPE")
refused(5, "NOPE", "policy", "-s", "-n", "NOPE")
refused(5, "NOPE", "policy", "params", "NOPE")
refused(2, "floor_period: '5' is not allowed", "policy", "set", "HPF", "floor=9", "floor_period=5")
check(good("policy") == "HPF\n" and param("HPF", "floor") == [6], "what was refused changed nothing")

# --- suspend, resume --------------------------------------------------------------------------------

priority = first(high)["priority"]
check(good("suspend", high) == f"process {high} suspended\n", "suspend")
check(first(high)["suspended"] and "HALT" in good("list"), "suspended")
check(first(high)["priority"] == priority > -256, "it keeps its priority")
good("resume", high)
check(not first(high)["suspended"], "resumed")
good("suspend", handle)
check([q["suspended"] for q in queues(high)] == [True, False], "one queue")
good("resume", handle)
check(good("suspend", high, "--for", "50ms").splitlines() ==
      [f"process {high} suspended", f"process {high} resumed"], "for a while")
check(not first(high)["suspended"], "resumed in time")
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    with subprocess.Popen([XCLI, "suspend", str(high), "--for", "1h"], env=environment(),
                          stdout=subprocess.DEVNULL,  # in the background of a shell, interrupts are ignored
                          preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)) as waiter:
        until(lambda: first(high)["suspended"], "suspended for an hour")
        waiter.send_signal(number)
        check(waiter.wait(60) == 0, f"a suspend that is interrupted by {number} ends well")
    check(not first(high)["suspended"], f"{number} takes a suspend back")
# As nohup starts it. What is said of the suspend arrives before the end, and nobody has to read the rest.
with subprocess.Popen([XCLI, "suspend", str(high), "--for", "1h"], env=environment(), text=True,
                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                      preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as waiter:
    said = select.select([waiter.stdout], [], [], 60)[0] and waiter.stdout.readline()
    check(said == f"process {high} suspended\n", "what was done is said at once")
    waiter.send_signal(signal.SIGHUP)
    waiter.stdout.close()
    time.sleep(0.2)  # the fault shows at once; that there is none does not depend on it
    check(first(high)["suspended"], "an ignored signal ends no suspend")
    waiter.send_signal(signal.SIGTERM)
    check(waiter.wait(60) == 1, "and it says that its output was lost")
check(not first(high)["suspended"], "resumed although nobody reads")

# --- metrics, version -------------------------------------------------------------------------------

metrics = good("metrics")
for part in ("# TYPE xsched_processes gauge\nxsched_processes 3\n", "xsched_queues 6\n",
             "# TYPE xsched_decisions_total counter\n", "# HELP xsched_queue_held_seconds_total",
             f'xsched_queue_priority{{pid="{low}",uid="{os.getuid()}",name="crowd-2",queue="'):
    check(part in metrics, f"'{part}' is not in {metrics[:2000]}")
check(data("metrics")["stats"]["queues"] == 6, "metrics --json")
check("policy HPF" in good("version") and data("version")["policy"] == "HPF", "version")

# --- output that nobody takes -----------------------------------------------------------------------

for words in (["list"], ["renice", low, "-7"], ["policy", "set", "floor=6"]):
    for closed in ("closed", "full"):
        to = subprocess.DEVNULL if closed == "closed" else open("/dev/full", "w")
        done = subprocess.run([XCLI, *map(str, words)], env=environment(), stdout=to, timeout=60,
                              stderr=subprocess.PIPE, text=True,
                              preexec_fn=(lambda: os.close(1)) if closed == "closed" else None)
        check(done.returncode == 1 and "standard output" in done.stderr, f"{closed} output: {done}")
done = subprocess.run([XCLI, "run", "--", "sh", "-c", "[ ! -e /proc/self/fd/1 ]"], env=environment(), timeout=60,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.close(1))
check(SAN or done.returncode == 0,  # a sanitizer's run-time ends the command
      f"a command finds closed what was closed: {done}")

# --- XSched's options before the verb ---------------------------------------------------------------

check(good("-a", "127.0.0.1", "-p", "50000", "policy") == "HPF\n", "-a -p")
good("--addr", "127.0.0.1", "--port", "50000", "policy", "--query")

# --- nobody there -----------------------------------------------------------------------------------

for words in (["renice", 1, 5], ["hint", "--pid", 4194304, "-p", 5], ["suspend", 4194303], ["resume", 1]):
    refused(5, f"process {words[2] if words[0] == 'hint' else words[1]}", *words)
for words in (["renice", "0xdead", 5], ["hint", "-x", "0xdead", "-p", 5], ["suspend", "0xdead"],
              ["config", "-x", "0xdead", "-l", "1"]):
    refused(5, "XQueue 0xdead", *words)
crowd.end_one(1)
until(lambda: len(data("list")["processes"]) == 2, "one process less")
refused(5, f"process {normal}", "renice", normal, "high")

# --- completion -------------------------------------------------------------------------------------


def completed(*words):
    return good("complete", "--", *words).split()


check("list" in completed("") and "complete" not in completed(""), "verbs")
check(completed("re") == ["renice", "resume"], "verbs by their beginning")
check(completed("renice", "") == [str(high), str(low)], f"processes: {completed('renice', '')}")
check("realtime" in completed("renice", high, ""), "classes")
check(completed("hint", "-p", "h") == ["high"], "values")
check(completed("hint", "--pr") == ["--priority"], "options")
check(handle in completed("hint", "-x", "0x"), "queues")
check("SLO" in completed("policy", "set", "") and completed("policy", "p") == ["params"], "policies")
check(str(low) in completed("suspend", ""), "processes to suspend")

crowd.stop()

# --- somebody else ----------------------------------------------------------------------------------

crowd = Crowd([0])
pid = crowd.pids[0]
if os.getuid() != 0:
    print("not root: what others may not do is left out")
else:
    # The scratch directory is closed to others, and so may be the build.
    place = tempfile.mkdtemp(dir="/tmp")
    os.chmod(place, 0o755)
    shutil.copy(XCLI, place + "/xcli")
    os.link(SOCKET, place + "/s") if os.stat(SOCKET).st_dev == os.stat(place).st_dev else None

    def other(*words):
        done = subprocess.run([place + "/xcli", *map(str, words)], user=65534, group=65534,
                              extra_groups=[], env=environment(XSCHED_SOCKET=place + "/s"),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    if os.path.exists(place + "/s"):
        status, out, err = other("list")
        check(status == 0 and "(of user 0)" in out, f"others see queues, not what they are: {out} {err}")
        for words in (["renice", pid, "high"], ["suspend", pid], ["policy", "set", "CFS"],
                      ["policy", "set", "floor=9"], ["hint", "--all", "-p", "5"],
                      ["config", "-x", first(pid)["xqueue"], "-l", "1"]):
            status, out, err = other(*words)
            check(status == 4 and "not permitted" in err, f"{words} by another: {status} {err}")
        os.chmod(place + "/s", 0o600)
        status, out, err = other("list")
        check(status == 4 and "may not be opened" in err, f"a closed socket: {status} {err}")
    shutil.rmtree(place)
crowd.stop()
daemon.stop()
end()
