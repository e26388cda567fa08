# SPDX-License-Identifier: Apache-2.0
"""What a page in Markdown says that can be wrong: commands, links, files, variables, the doctor's codes."""
import functools
import glob
import os
import re
import shlex
import subprocess

BUILD = os.environ.get("BUILD") or os.path.abspath("build")
SEPARATORS = {"|", "||", "&&", ";", "&", "--"}
NEED = re.compile(r"\s+# needs (\S.*)$")
STATUS = re.compile(r"\s+# ends with (\d+)$")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# --- a page in parts --------------------------------------------------------------------------------

def parts(text):
    """(lines of code, prose): each line of code as (number, text), continued lines joined."""
    code, prose, fence, quiet = [], [], None, True
    for number, line in enumerate(text.split("\n"), 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark:
            fence = None if fence else mark[1]
            continue
        # An indented block begins after an empty line; a list's second paragraph is none.
        indented = line.startswith("    ") and (quiet or (code and code[-1][0] == number - 1))
        if fence or indented:
            code.append((number, line if fence else line[4:]))
        else:
            prose.append((number, line))
        quiet = not line.strip()
    return joined(code), prose


def joined(code):
    result, more = [], False
    for number, line in code:
        if more:
            result[-1] = (result[-1][0], result[-1][1] + " " + line.strip())
        else:
            result.append((number, line))
        more = line.endswith("\\")
        if more:
            result[-1] = (result[-1][0], result[-1][1][:-1].rstrip())
    return result


class Command:
    """A line that begins with "$ ", and what is shown below it."""

    def __init__(self, number, line):
        need, status = NEED.search(line), STATUS.search(line)
        self.number = number
        self.text = STATUS.sub("", NEED.sub("", line))
        self.need = need and need[1]
        self.status = int(status[1]) if status else 0
        self.shown = []


def commands(text):
    found, last = [], 0
    for number, line in parts(text)[0]:
        if line.lstrip().startswith("$ "):
            found.append(Command(number, line.lstrip()[2:]))
        elif found and number == last + 1 and line.strip():
            found[-1].shown.append(line)
        else:
            continue
        last = number
    return found


# --- what there is ----------------------------------------------------------------------------------

def output(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout


@functools.lru_cache(None)
def options(*words):
    """{option: whether it takes a value} of what `words --help` says."""
    found = {}
    for line in output(*words, "--help").split("\n"):
        match = re.match(r"\s+(?:(-\w), *)?(--[\w-]+)(?:[ =](\S+))?", line)
        if match:
            for name in filter(None, match.groups()[:2]):
                found[name] = bool(match[3])
    return found


@functools.lru_cache(None)
def verbs():
    return set(re.findall(r"^  (\w+)  ", output(BUILD + "/bin/xcli", "--help"), re.M))


@functools.lru_cache(None)
def targets():
    found = set()
    for path in ["Makefile", *glob.glob("*/module.mk"), *glob.glob("*/*/module.mk")]:
        for line in read(path).split("\n"):
            match = re.match(r"(?:\.PHONY: )?([\w. -]+):?(?!=)", line)
            if match and (line.startswith(".PHONY") or ":" in line):
                found.update(match[1].split())
    return found


@functools.lru_cache(None)
def sources(*below):
    """All text of these directories."""
    return "\n".join(read(path) for top in below for path in glob.glob(top + "/**/*", recursive=True)
                     if os.path.isfile(path) and path.endswith((".c", ".h", ".def", ".py", ".sh", ".mk")))


@functools.lru_cache(None)
def anchors(path):
    """As GitHub makes them of headings."""
    found = set()
    for _, line in parts(read(path))[1]:
        if line.startswith("#"):
            heading = re.sub(r"[`*]", "", line.lstrip("#").strip()).lower()
            found.add(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-"))
    return found


# --- a command line ---------------------------------------------------------------------------------

def placeholder(word):
    return not word or not re.match(r"[a-z-]", word)


def wrong_options(words, known, name, whole):
    """Complaints about options. The first operand ends them, unless they may stand anywhere (whole)."""
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--" or (not word.startswith("-") and not whole):
            return
        if not word.startswith("-") or word == "-":
            continue
        option = word.split("=")[0].rstrip(",.") if word.startswith("--") else word[:2]
        if option not in known:
            yield f"{name} has no option {option}"
        elif known[option] and "=" not in word and (word.startswith("--") or len(word) == 2):
            index += 1


def wrong_xcli(words):
    index = 0
    known = options(BUILD + "/bin/xcli")
    while index < len(words) and words[index].startswith("-"):
        if words[index].split("=")[0] not in known:
            yield f"xcli has no option {words[index]}"
        index += 2 if known.get(words[index]) else 1
    verb = words[index].rstrip(",.;:)") if index < len(words) else ""
    if placeholder(verb):
        return
    if verb not in verbs():
        yield f"xcli has no verb {verb}"
        return
    yield from wrong_options(words[index + 1:], options(BUILD + "/bin/xcli", verb), "xcli " + verb,
                             verb not in ("run", "doctor"))


def wrong_make(words):
    for word in words:
        if re.fullmatch(r"[a-z][a-z-]*", word) and word not in targets():
            yield f"make has no target {word}"


def wrong_file(word):
    """A program of the tree or of the build that is not there."""
    if word.startswith("build/tests/") and glob.glob(word[len("build/"):] + ".c"):
        return
    if word.startswith("build/") and not os.path.exists(BUILD + word[len("build"):]):
        yield f"there is no {word}"
    elif re.match(r"(\./)?(\.ci|bench|doc|examples|tests|tools)/", word) and not os.path.exists(word):
        yield f"there is no {word}"


def simple_commands(words):
    """Parts between separators, without settings before them and what only passes the rest on."""
    part = []
    for word in [*words, ";"]:
        if word in SEPARATORS:
            yield part
            if word == "--":
                part = []
                continue
            part = []
        elif part or not (re.match(r"\w+=", word) or word in ("sudo", "env", "time", "exec")):
            part.append(word)


def wrong_command(line):
    """Complaints about one line of shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split, lexer.commenters = True, "#"
    try:
        words = list(lexer)
    except ValueError:
        return  # text that is no shell
    for part in simple_commands(words):
        name = os.path.basename(part[0]) if part else ""
        if name == "xcli":
            yield from wrong_xcli(part[1:])
        elif name == "xserver":
            yield from wrong_options(part[1:], options(BUILD + "/bin/xserver"), name, True)
        elif name == "make":
            yield from wrong_make(part[1:])
        if part:
            yield from wrong_file(part[0])


# --- a page -----------------------------------------------------------------------------------------

def wrong_link(page, target):
    if re.match(r"[a-z]+:", target):
        return
    path, _, anchor = target.partition("#")
    path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if not os.path.exists(path):
        yield f"the link {target} leads nowhere"
    elif anchor and path.endswith(".md") and anchor not in anchors(path):
        yield f"{path} has no heading #{anchor}"


def wrong_span(span):
    """Complaints about `what stands between backquotes`."""
    if re.match(r"(sudo )?(xcli|xserver|make) ", span):
        yield from wrong_command(span)
    elif re.fullmatch(r"(bench|doc|examples|src|tests|tools)/[\w./-]+", span):
        if "NAME" not in span and not glob.glob(span + "*"):
            yield f"there is no {span}"


def wrong(page):
    """(line, complaint) of all that a page says and is not so."""
    code, prose = parts(read(page))
    for number, line in code:
        line = line.lstrip()
        command = Command(number, line[2:]).text if line.startswith("$ ") else line
        for what in wrong_command(command):
            yield number, what
    for number, line in prose:
        spans = re.findall(r"`([^`]+)`", line)
        for what in [w for span in spans for w in wrong_span(span)]:
            yield number, what
        for target in re.findall(r"\]\(([^()\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            for what in wrong_link(page, target):
                yield number, what
        for said in re.findall(r"[Dd]octor: ((?:`[a-z-]+`(?:, )?)+)", line):
            for finding in re.findall(r"`([a-z-]+)`", said):
                if f'"{finding}"' not in sources("src/cli/doctor"):
                    yield number, f"the doctor has no code {finding}"
    for number, line in code + prose:
        for name in re.findall(r"\b(?:XSCHED|XLOG|XSIM)_[A-Z0-9_]*[A-Z0-9]\b(?![*_])", line):
            if name not in sources("src", "bench", "tests", "tools", "include"):
                yield number, f"nothing looks at {name}"
