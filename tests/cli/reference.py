#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual pages and the reference say what the sources say, and the shells complete what xcli knows.

Would catch: an option or a variable that is added and not documented, a page that the formatter refuses,
a completion that offers nothing or the wrong words.
"""
import shutil
import subprocess

from kit import BUILD, XCLI, check, end, environment


def run(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          **more)
    return done.returncode, done.stdout, done.stderr


status, out, err = run("tools/reference", "--check", BUILD)
check(status == 0, out + err)

# --- pages ------------------------------------------------------------------------------------------

for page in ("doc/xcli.1", "doc/xserver.8", "doc/xsched.7"):
    if shutil.which("groff"):
        status, out, err = run("groff", "-man", "-ww", "-z", "-Tutf8", page)
        check(status == 0 and not err, f"{page}: {err}")
with open("doc/xserver.8", encoding="utf-8") as file:
    page = file.read().replace("\\", "")
for line in run(BUILD + "/bin/xserver", "--help")[1].splitlines():
    for word in line.replace(",", " ").split():
        if word.startswith("--"):
            check(word in page, f"{word} is not in doc/xserver.8")

# --- bash -------------------------------------------------------------------------------------------

SCRIPT = r'''
source tools/completion/xcli.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_xcli
printf '%s\n' "${COMPREPLY[@]}"
'''


def completed(*words):
    status, out, err = run("bash", "-c", SCRIPT, "bash", XCLI, *words, env=environment())
    check(status == 0 and not err, f"completion of {words}: {status} {err}")
    return out.split()


if shutil.which("bash"):
    check({"run", "top", "list", "policy"} <= set(completed("")), "verbs")
    check(completed("me") == ["metrics"], "one verb")
    check(completed("renice", "5", "re") == ["realtime"], "a class")
    check(completed("run", "--pri") == ["--priority"], "an option")
    check(completed("run", "--priority", "=", "hi") == ["high"], "a value after =")
    check(completed("top", "--sort", "=") == ["share", "priority", "wait", "pid", "name"], "all values")
    check("bash" in completed("run", "--", "bas"), "a command")
    check(completed("--json", "met") == ["metrics"], "after an option for all")
if shutil.which("zsh"):
    status, out, err = run("zsh", "-n", "tools/completion/_xcli")
    check(status == 0, f"zsh: {err}")
end()
