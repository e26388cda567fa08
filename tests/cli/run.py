#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xcli run: what it changes in the environment and what it leaves alone, statuses, signals, shells, and
that programs below it are really under the shim.

Would catch: a variable that is lost, a shim that is not loaded or loaded twice, a supervisor that
swallows a signal or a status. Prints what it takes; nothing about time is asserted.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

from kit import BUILD, SAN, SOCKET, TMP, XCLI, Daemon, check, data, end, environment, skip, until

if SAN:
    skip("shims with a sanitizer need its runtime before them")

SIM = BUILD + "/sim/libcuda.so.1"
SHIM = BUILD + "/lib/libshimcuda.so"


def run(*words, env=None, **more):
    done = subprocess.run([XCLI, "run", *words], env=env or BASE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60, **more)
    return done.returncode, done.stdout, done.stderr


def variables(*words, env=None):
    """What the command sees: as it would be, changed by the options."""
    status, out, err = run(*words, "--", "env", "-0", env=env)
    check(status == 0 and not err, f"{words}: {status} {err}")
    return dict(entry.split("=", 1) for entry in out.split("\0") if entry)


BASE = environment(XSCHED_CUDA_LIB=SIM, XSCHED_SOCKET=None, LD_LIBRARY_PATH=None)
bare = dict(BASE)

# --- rights -----------------------------------------------------------------------------------------

secure = TMP + "/secure"
shutil.copy(shutil.which("true"), secure)
if os.getuid() == 0 and not os.statvfs(TMP).f_flag & os.ST_NOSUID:
    check(run(secure) == (0, "", ""), "nothing to say")
    os.chown(secure, -1, os.getgid() + 1)
    os.chmod(secure, 0o2755)
    status, out, err = run(secure)
    check(status == 0 and secure in err and "ignores LD_PRELOAD" in err, f"a program with rights: {err}")

# --- the environment --------------------------------------------------------------------------------

seen = variables()
preload = seen.pop("LD_PRELOAD", "").split(":")
check(preload[0] == SHIM, f"the CUDA shim is preloaded: {preload}")
check(len(preload) == len(set(preload)), "each once")
check(seen == bare, f"nothing else changes: {set(seen.items()) ^ set(bare.items())}")
again = variables(env=dict(BASE, LD_PRELOAD=":".join(preload)))
check(again["LD_PRELOAD"].split(":") == preload, "run inside run adds nothing")
mine = variables(env=dict(BASE, LD_PRELOAD=BUILD + "/lib/libpreempt.so"))
check(mine["LD_PRELOAD"].startswith(BUILD + "/lib/libpreempt.so:"), "what was preloaded stays, and first")
alike = TMP + SHIM  # its path ends as ours
os.makedirs(os.path.dirname(alike))
shutil.copy(BUILD + "/lib/libpreempt.so", alike)
mine = variables(env=dict(BASE, LD_PRELOAD=alike))
check(mine["LD_PRELOAD"].split(":") == [alike, *preload], f"a path like ours: {mine['LD_PRELOAD']}")

for words, expected in {
        ("--priority", "high"): {"XSCHED_AUTO_XQUEUE_PRIORITY": "100"},
        ("-p", "realtime"): {"XSCHED_AUTO_XQUEUE_PRIORITY": "200"},
        ("-p", "normal"): {"XSCHED_AUTO_XQUEUE_PRIORITY": "0"},
        ("-p", "low"): {"XSCHED_AUTO_XQUEUE_PRIORITY": "-100"},
        ("-p", "idle"): {"XSCHED_AUTO_XQUEUE_PRIORITY": "-200"},
        ("-p-7",): {"XSCHED_AUTO_XQUEUE_PRIORITY": "-7"},
        ("--share", "20:50"): {"XSCHED_AUTO_XQUEUE_REQUEST": "20", "XSCHED_AUTO_XQUEUE_LIMIT": "50"},
        ("--share", "20"): {"XSCHED_AUTO_XQUEUE_REQUEST": "20"},
        ("--utilization", "30"): {"XSCHED_AUTO_XQUEUE_UTILIZATION": "30"},
        ("--slo", "2.5"): {"XSCHED_AUTO_XQUEUE_TARGET": "2500"},
        ("--deadline", "700"): {"XSCHED_AUTO_XQUEUE_DEADLINE": "700"},
        ("--laxity", "3ms"): {"XSCHED_AUTO_XQUEUE_LAXITY": "3000"},
        ("--laxity", "1m"): {"XSCHED_AUTO_XQUEUE_LAXITY": "60000000"},
        ("--deadline", "0.5h"): {"XSCHED_AUTO_XQUEUE_DEADLINE": "1800000000"},
        ("--level", "2"): {"XSCHED_AUTO_XQUEUE_LEVEL": "2"},
        ("--scheduler", "local"): {"XSCHED_SCHEDULER": "LCL"},
        ("--scheduler", "global"): {"XSCHED_SCHEDULER": "GLB"},
        ("--name", "a b"): {"XSCHED_NAME": "a b"},
        ("--trace",): {"XSCHED_TRACE": "ON"},
        ("--socket", "/x"): {"XSCHED_SOCKET": "/x"}}.items():
    seen = variables(*words)
    seen.pop("LD_PRELOAD")
    check(seen == dict(bare, **expected), f"{words}: {set(seen.items()) ^ set(bare.items())}")
check(variables("--device", "3")["CUDA_VISIBLE_DEVICES"] == "3", "--device")

# Every variable that run sets is in the table of options.
with open("src/base/options.def") as file:
    known = file.read()
with open("src/cli/run.c") as file:
    for word in file.read().split('"'):
        if word.startswith("XSCHED_") and word.isupper() and " " not in word:
            check(f'"{word}"' in known, f"{word} is not in options.def")

# --- statuses and signals ---------------------------------------------------------------------------

check(run("true")[0] == 0 and run("false")[0] == 1, "true and false")
check(run("sh", "-c", "exit 42")[0] == 42, "a status")
check(run("sh", "-c", "kill -SEGV $$")[0] == -signal.SIGSEGV, "the death of a signal")
status, out, err = run("/nonexistent/program")
check(status == 127 and "/nonexistent/program: No such file" in err, f"no program: {status} {err}")
check(run(TMP)[0] == 126, "a directory")
check(run("--", "-p")[0] == 127, "a command that looks like an option")
check(run("echo", "-p", "x", "--", "y")[1] == "-p x -- y\n", "options of the command are its own")
with subprocess.Popen([XCLI, "run", "sleep", "1000"], env=BASE) as sleeper:
    until(lambda: os.readlink(f"/proc/{sleeper.pid}/exe") != XCLI, "the command")
    sleeper.terminate()
    check(sleeper.wait(60) == -signal.SIGTERM, "the command has xcli's process id")

# --- shells and what they start ---------------------------------------------------------------------

count = 'for i in 1 2 3; do grep -c "libshimcuda.so$" /proc/self/maps >>"$0"; done; true | cat'
place = TMP + "/maps"
check(run("sh", "-c", count, place)[0] == 0, "a shell")
with open(place) as file:
    counts = file.read().split()
check(len(counts) == 3 and all(int(n) > 0 for n in counts), f"all that a shell starts: {counts}")

# A program of CUDA says the same as without us.
hello = BUILD + "/tests/e2e/programs/launches"
if os.path.exists(hello):
    plain = subprocess.run([hello], env=dict(BASE, LD_LIBRARY_PATH=BUILD + "/sim"), timeout=60,
                           stdout=subprocess.PIPE, text=True)
    status, out, err = run("-p", "high", hello, env=dict(BASE, LD_LIBRARY_PATH=BUILD + "/sim"))
    check((status, out) == (plain.returncode, plain.stdout), f"a program of CUDA: {status} {err}")

# --- at the daemon ----------------------------------------------------------------------------------

PROGRAM = """
import ctypes, sys
cuda, context, stream, memory = (ctypes.CDLL("libcuda.so.1"), ctypes.c_void_p(), ctypes.c_void_p(),
                                 ctypes.c_uint64())
cuda.cuInit(0)
cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0)
cuda.cuCtxSetCurrent(context)
cuda.cuStreamCreate(ctypes.byref(stream), 1)
cuda.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(4096))
cuda.cuMemsetD8Async(memory, ctypes.c_ubyte(0), ctypes.c_size_t(4096), stream)
sys.stdin.read()
"""
daemon = Daemon()
with subprocess.Popen([XCLI, "run", "-p", "high", "--name", "my name", "--scheduler", "global", sys.executable,
                       "-c", PROGRAM], stdin=subprocess.PIPE,
                      env=dict(BASE, LD_LIBRARY_PATH=BUILD + "/sim", XSCHED_SOCKET=SOCKET)) as program:
    until(lambda: data("list")["xqueues"], "the queue of a program")
    rows = data("list")["xqueues"]
    check([(q["pid"], q["name"], q["priority"]) for q in rows] == [(program.pid, "my name", 100)], f"{rows}")
daemon.stop()

# --- no driver, an odd place ------------------------------------------------------------------------

odd = TMP + "/a b"
os.makedirs(odd + "/bin")
os.makedirs(odd + "/lib")
os.link(XCLI, odd + "/bin/xcli") if os.stat(XCLI).st_dev == os.stat(odd).st_dev else \
    subprocess.run(["cp", XCLI, odd + "/bin/xcli"], check=True)
done = subprocess.run([odd + "/bin/xcli", "run", "echo", "on"], env=BASE, stdout=subprocess.PIPE,
                      stderr=subprocess.PIPE, text=True)
check(done.returncode == 0 and done.stdout == "on\n" and "no driver was found" in done.stderr,
      f"without shims the command runs: {done}")
with open(odd + "/lib/libshimcuda.so", "w"):
    pass
done = subprocess.run([odd + "/bin/xcli", "run", "echo", "on"], env=BASE, stdout=subprocess.PIPE,
                      stderr=subprocess.PIPE, text=True)
check(done.returncode == 125 and not done.stdout and "blank" in done.stderr,
      f"a place that LD_PRELOAD cannot name: {done}")


# --- what it takes ----------------------------------------------------------------------------------

def median_ms(words):
    times = []
    for _ in range(50):
        begin = time.perf_counter()
        subprocess.run(words, env=BASE, check=True)
        times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2] * 1000


plain, scheduled = median_ms(["true"]), median_ms([XCLI, "run", "--", "true"])
print(f"true {plain:.2f} ms, xcli run -- true {scheduled:.2f} ms: {scheduled - plain:.2f} ms more")
sys.stdout.flush()
end()
