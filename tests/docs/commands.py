#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documentation tells users to type works.

A line of a block of code that begins with "$ " is a command. Those of one page are run in one shell, in a
copy of the tree, with the software device at hand; each has to end with 0, or as "# ends with N" behind it
says, and to print the lines that are shown below it (numbers may differ, "..." stands for any). Not run are
those marked "# needs ..." (a GPU, root, docker) and `make`, which runs this test: they have to be shell, and
what they start has to exist, with its verbs and options, as in every other block of code.

Would catch: a verb, an option, a target of make, a file, a link, a heading, a variable or a code of the
doctor that does not exist; a command that fails; an output that is no longer so.
"""
import os
import re
import subprocess
import sys
import tempfile

import pages

TMP = os.environ.get("TEST_TMP") or tempfile.mkdtemp()
LIMIT = 100
FAILED = []


def check(good, what):
    if not good:
        FAILED.append(what)


def end():
    for what in FAILED:
        print("wrong:", what)
    sys.exit(1 if FAILED else 0)


# --- the checks find what they look for -------------------------------------------------------------

PLANTED = {
    "    $ xcli walk": "no verb walk",
    "    xcli run --fast -- program": "no option --fast",
    "    $ sudo xserver --polcy HPF   # needs root": "no option --polcy",
    "    $ make soup": "no target soup",
    "    $ build/bin/nothing": "there is no build/bin/nothing",
    "    true && xcli lst | cat": "no verb lst",
    "    xcli run -- xcli lst": "no verb lst",
    "See [there](nowhere.md).": "leads nowhere",
    "See [there](#not-a-heading).": "no heading",
    "`xcli top --never`": "no option --never",
    "`src/nothing/at/all`": "there is no src/nothing",
    "Set `XSCHED_NOTHING" + "_SUCH=1`.": "nothing looks at",
    "(doctor: `no-such-code`)": "no code no-such-code",
}
RIGHT = ["    $ XSCHED_TRACE=1 xcli run -p high --level=1 -- program --any-option",
         "    $ xcli --json list --socket /tmp/x | cat", "See [there](#title)", "`xcli VERB --help`",
         "    docker run -v /a:/a image xcli list", "`make demo`"]


def findings(text):
    path = TMP + "/planted.md"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"# Title\n\n{text}\n")
    pages.anchors.cache_clear()
    return [what for _, what in pages.wrong(path)]


for planted, said in PLANTED.items():
    check(any(said in what for what in findings(planted)), f"not found: {planted}: {findings(planted)}")
for right in RIGHT:
    check(not findings(right), f"{right}: {findings(right)}")

# --- all pages --------------------------------------------------------------------------------------

PAGES = [path for path in subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()]
PAGES = PAGES or sorted(["README.md", "CONTRIBUTING.md", *pages.glob.glob("doc/*.md")])
for page in PAGES:
    for number, what in pages.wrong(page):
        check(False, f"{page}:{number}: {what}")
    for command in pages.commands(pages.read(page)):
        done = subprocess.run(["bash", "-n", "-c", command.text], stderr=subprocess.PIPE, text=True)
        check(done.returncode == 0, f"{page}:{command.number}: {done.stderr}")

# --- running them -----------------------------------------------------------------------------------

# Waits until what was started in the background is there: the daemon answers, or knows the process.
BEGIN = r"""
ready() { # $1: process   $2: what was started
    local n
    for n in $(seq 600); do
        kill -0 "$1" 2>/dev/null || return
        case $2 in
        *xserver*)
            [ "$(cat "$XDG_RUNTIME_DIR/pid" 2>/dev/null)" = "$1" ] &&
                build/bin/xcli policy >/dev/null 2>&1 && return ;;
        *"xcli run"*) build/bin/xcli list --json 2>/dev/null | grep -q "\"pid\": $1," && return ;;
        *) return ;;
        esac
        sleep 0.1
    done
    echo "in vain: $2"
}
finish() { kill $(jobs -p) 2>/dev/null; wait; }
trap finish EXIT
"""
# A daemon of this test's own, for root too, in place of the one that was there: one always is, so that nobody
# finds that of the machine.
SERVER = """#!/bin/sh
export XSCHED_SOCKET="$XDG_RUNTIME_DIR/xsched.sock"
if [ -e "$XDG_RUNTIME_DIR/pid" ]; then
    kill "$(cat "$XDG_RUNTIME_DIR/pid")"
    flock "$XSCHED_SOCKET.lock" true # it holds that until it has ended
fi
echo $$ >"$XDG_RUNTIME_DIR/pid"
exec '%s/bin/xserver' "$@"
"""


def make_tree(path):
    """The working directory of a reader: the tree, with its build and a daemon of its own."""
    os.makedirs(path + "/build/bin")
    for top, names, there in ((os.getcwd(), os.listdir("."), ""), (pages.BUILD, os.listdir(pages.BUILD), "build/"),
                              (pages.BUILD + "/bin", os.listdir(pages.BUILD + "/bin"), "build/bin/")):
        for name in names:
            if there + name not in ("build", "build/bin", "build/bin/xserver", ".git"):
                os.symlink(f"{top}/{name}", f"{path}/{there}{name}")
    with open(path + "/build/bin/xserver", "w", encoding="utf-8") as file:
        file.write(SERVER % pages.BUILD)
    os.chmod(path + "/build/bin/xserver", 0o755)


def plain(line):
    """Without what differs from one time to the next."""
    line = re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?", "N", line)
    return " ".join(line.split())


def matches(shown, printed):
    return re.fullmatch(".*".join(re.escape(part) for part in plain(shown).split("...")), plain(printed))


def script(listed):
    text = BEGIN + "build/bin/xserver 2>/dev/null &\nready $! xserver\n"
    for index, command in enumerate(listed):
        text += f"{command.text}\nprintf '\\n\\001{index} %d\\n' $?\n"
        if command.text.rstrip().endswith("&"):
            words = command.text.replace("'", "")
            text += f"ready $! '{words}'\n"
    return text


def run(page, listed, index):
    tree, runtime = f"{TMP}/{index}", f"{TMP}/r{index}"
    make_tree(tree)
    os.makedirs(runtime)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XSCHED_", "XLOG_", "XSIM_", "LD_"))}
    environment.update(XDG_RUNTIME_DIR=runtime, XSIM_DEVICE=f"docs{os.getpid()}-{index}",
                       PATH=f"{tree}/build/bin:{environment['PATH']}",
                       XSCHED_CUDA_LIB=pages.BUILD + "/sim/libcuda.so.1")
    with open(runtime + "/out", "w+", encoding="utf-8") as out:
        subprocess.run(["bash", "-c", script(listed)], cwd=tree, env=environment, stdin=subprocess.DEVNULL,
                       stdout=out, stderr=subprocess.STDOUT, timeout=LIMIT)
        out.seek(0)
        printed = out.read()
    pieces = re.split("\n\001(\\d+) (\\d+)\n", printed)
    ended = {int(n): (int(status), text) for text, n, status in zip(pieces[0::3], pieces[1::3], pieces[2::3])}
    for number, command in enumerate(listed):
        where = f"{page}:{command.number}: $ {command.text}"
        status, text = ended.get(number, (-1, printed))
        check(status == command.status, f"{where}\nended with {status}:\n{text}")
        for line in command.shown:
            check(any(matches(line, there) for there in text.split("\n")), f"{where}\ndoes not print: {line}\n{text}")


if os.environ.get("SAN"):
    if FAILED:
        end()
    print("a shim with a sanitizer cannot be loaded into any program: commands were read and not run")
    sys.exit(77)

# What fails is found, and so is what is not printed.
before = len(FAILED)
run("planted", pages.commands("\n    $ false\n    $ true   # ends with 3\n    $ echo 5 of 7\n    8 of 9\n    9 for 8\n"), "p")
said, FAILED[before:] = FAILED[before:], []
check(len(said) == 3, f"planted: three things are wrong, and found were {said}")

count = 0
for index, page in enumerate(PAGES):
    listed = [command for command in pages.commands(pages.read(page))
              if not command.need and not re.match(r"(sudo )?make\b", command.text)]
    count += len(listed)
    if listed:
        run(page, listed, index)
check(count >= 10, f"{count} commands only: are they still marked?")
end()
