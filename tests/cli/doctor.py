#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""xcli doctor: faults are planted one by one; each has to be found under its code, with its remedy named,
and none of them may be found where it was not planted.

Would catch: a fault that is overlooked or mistaken for another, a remedy that does not name what to change,
a status that does not say whether scheduling works, a trial that changes what the command does.
"""
import contextlib
import json
import os
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading

BUILD = os.environ.get("BUILD") or os.path.abspath("build")
TMP = os.environ.get("TEST_TMP", "/tmp")
SAN = os.environ.get("SAN", "")
VERSION = os.environ.get("VERSION", "0.1.0")
CC = os.environ.get("CC", "cc").split()[0]
SIM = BUILD + "/sim/libcuda.so.1"
PROGRAM = BUILD + "/tests/e2e/programs/launches"
TREE = TMP + "/copied tree"  # relocated, and below a name with a blank
FAILED, FOUND = [], set()


def check(good, what):
    if not good:
        FAILED.append(what)
        print("wrong:", what)


def environment(**more):
    result = {name: value for name, value in os.environ.items()
              if not name.startswith(("XSCHED_", "XSIM_", "XLOG_", "LD_", "CUDA_", "ROCP", "container",
                                   "KUBERNETES_"))}
    result.update(XSCHED_CUDA_LIB=SIM, XSIM_SHARE="0", XDG_RUNTIME_DIR=TMP + "/run", TMPDIR=TMP,
                  XSCHED_SOCKET=TMP + "/good")  # the machine may have a daemon, or what is left of one
    for name, value in more.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def doctor(*arguments, tree=BUILD, user=None, **more):
    """(status, {code: (status, what, do)}, all of the output)."""
    path = f"{TMP}/findings.json"
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    command = [*as_user, tree + "/bin/xcli", "doctor", "--json", "-" if user else path, *arguments]
    done = subprocess.run(command, env=environment(**more), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90)
    try:
        text = done.stdout if user else open(path).read()
        report = json.loads(text)
    except (OSError, ValueError):
        print(done.stdout)
        raise
    if not user:
        os.unlink(path)
    findings = {}
    for finding in report["findings"]:
        check(set(finding) == {"status", "topic", "code", "what", "do"}, f"members: {finding}")
        check(finding["status"] in ("ok", "note") or finding["do"], f"no remedy: {finding}")
        findings.setdefault(finding["code"], (finding["status"], finding["what"], finding["do"] or ""))
    wrong = any(finding["status"] == "wrong" for finding in report["findings"])
    check(done.returncode == (1 if wrong else 0), f"{arguments} {more}: status {done.returncode}")
    check(report["works"] == (not wrong) and report["version"] == VERSION, "works, version")
    return done.returncode, findings, done.stdout


def planted(code, remedy, status, *arguments, what="", **more):
    """The fault is found, once it is there."""
    _, findings, out = doctor(*arguments, **more)
    got = findings.get(code)
    check(got is not None, f"{code} is not found in {sorted(findings)}\n{out}")
    if got:
        check(got[0] == status, f"{code} is {got[0]} instead of {status}: {got[1]}")
        check(remedy in got[2], f"{code}: '{remedy}' is not in '{got[2]}'")
        check(what in got[1], f"{code}: '{what}' is not in '{got[1]}'")
        FOUND.add(code)
    check(BASELINE.get(code) != got, f"{code} is found where it was not planted")
    return findings


@contextlib.contextmanager
def changed(path, before, after):
    """A file in which these bytes are others for a while; after=None: it is not there."""
    path = TREE + "/" + path
    with open(path, "rb") as file:
        content = file.read()
    os.unlink(path)  # another file may be a link to it
    if after is not None:
        check(before in content, f"{path} has no {before}")
        write(path, content.replace(before, after))
    try:
        yield
    finally:
        write(path, content)


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o755)
    return path


def compiled(name, text, *options):
    source = f"{TMP}/{name}.c"
    with open(source, "w") as file:
        file.write(text)
    done = subprocess.run([CC, "-o", f"{TMP}/{name}", source, *options], stderr=subprocess.PIPE, text=True)
    return f"{TMP}/{name}" if done.returncode == 0 else None


# --- the installation ------------------------------------------------------------------------------

def installation():
    with changed("lib/libhalcuda.so", b"", None):
        planted("library-missing", "make install", "wrong", tree=TREE, what="libhalcuda.so")
    with changed("lib/libpreempt.so", VERSION.encode() + b"\0", b"0.0.9"[:len(VERSION)] + b"\0"):
        planted("library-version", "one build", "wrong", tree=TREE, what="0.0.9")
    with open(BUILD + "/lib/libpreempt.so", "rb") as file:
        newest = max(re.findall(rb"GLIBC_2\.[1-9]\d\0", file.read()))
    with changed("lib/libpreempt.so", newest, b"GLIBC_2.99\0"):
        planted("glibc-older", "Build XSched on this system", "wrong", tree=TREE, what="needs glibc 2.99")
    with changed("lib/libhalcuda.so", b"libpreempt.so\0", b"libnowhere.so\0"):
        planted("library-unloadable", "", "wrong", tree=TREE, what="libnowhere.so")
    with changed("lib/libhalcuda.so", b"", None):
        write(TREE + "/lib/libhalcuda.so", b"not a library\n")
        planted("library-foreign", "for this machine", "wrong", tree=TREE, what="no library")
    os.mkdir(TMP + "/alone")
    shutil.copy(BUILD + "/bin/xcli", TMP + "/alone/xcli")
    os.makedirs(TMP + "/only/bin", exist_ok=True)
    shutil.copy(BUILD + "/bin/xcli", TMP + "/only/bin/xcli")
    planted("not-installed", "copy the whole tree", "wrong", tree=TMP + "/only")


# --- drivers and their files -----------------------------------------------------------------------

def drivers():
    garbage = write(TMP + "/libcuda.so.1", b"\x7fELF but not much of it")
    planted("driver-chosen", "XSCHED_CUDA_LIB", "wrong", XSCHED_CUDA_LIB=garbage)
    planted("driver-chosen", "vendor's own", "wrong", what="a shim of XSched",
            XSCHED_CUDA_LIB=BUILD + "/lib/libshimcuda.so")
    planted("driver-chosen", "XSCHED_CUDA_LIB", "wrong", what="No such file", XSCHED_CUDA_LIB="/no/where.so")
    with changed("lib/libhalhip.so", b"", None), changed("lib/libshimhip.so", b"", None):
        # A machine may have a driver of its own, or one of AMD; then it is not missing.
        _, findings, _ = doctor(tree=TREE, XSCHED_CUDA_LIB=None)
        if "driver" not in findings and "no-device" not in findings:
            planted("driver-missing", "XSCHED_CUDA_LIB=", "wrong", tree=TREE, XSCHED_CUDA_LIB=None)
    planted("no-device", "nvidia-smi", "wrong", XSIM_DEVICES="0")
    planted("devices-hidden", "Unset CUDA_VISIBLE_DEVICES", "wrong", XSIM_DEVICES="0",
            CUDA_VISIBLE_DEVICES="")
    broken = compiled("crash.so", "int cuInit(unsigned f) { (void)f; __builtin_trap(); }",
                      "-shared", "-fPIC")
    planted("driver-crash", "dmesg", "wrong", XSCHED_CUDA_LIB=broken)
    older = compiled("old.so", "int cuInit(unsigned f) { (void)f; return 803; }", "-shared", "-fPIC")
    planted("driver-mismatch", "Restart the machine", "wrong", XSCHED_CUDA_LIB=older)
    failing = compiled("failing.so", "int cuInit(unsigned f) { (void)f; return 999; }", "-shared", "-fPIC")
    planted("driver-error", "nvidia-smi", "wrong", what="999", XSCHED_CUDA_LIB=failing)
    part = compiled("libpart.so", "int part(void) { return 0; }", "-shared", "-fPIC")
    whole = compiled("libwhole.so", "int part(void); int whole(void) { return part(); }", "-shared", "-fPIC", part)
    os.unlink(part)
    planted("driver-unloadable", "Install", "wrong", what="libpart.so", XSCHED_HIP_LIB=whole)


def nodes():
    root = TMP + "/system"
    os.makedirs(root + "/dev")
    for name in ("nvidiactl", "nvidia-uvm"):
        write(f"{root}/dev/{name}", b"")
        os.chmod(f"{root}/dev/{name}", 0o666)
    planted("device-missing", "--gpus all", "wrong", "--root", root, what="nvidia[0-9]")
    os.chmod(write(root + "/dev/nvidia0", b""), 0o666)
    _, findings, _ = doctor("--root", root)
    check("device-missing" not in findings and "device-denied" not in findings, "good device files")
    os.chmod(root + "/dev/nvidia0", 0o600)
    user = 65534 if os.getuid() == 0 else None
    if user and not (shutil.which("setpriv") and reachable(user)):
        return
    if not user:
        os.chmod(root + "/dev/nvidia0", 0)
    planted("device-denied", "chmod 0666", "wrong", "--root", root, what="nvidia0", user=user)


def reachable(user):
    """Whether that user gets at the build and at our directory at all."""
    for path in (TMP, TMP + "/system"):
        os.chmod(path, 0o755)
    return subprocess.run(["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "test", "-r",
                           BUILD + "/bin/xcli", "-a", "-r", TMP + "/system/dev"]).returncode == 0


# --- the environment -------------------------------------------------------------------------------

def variables():
    planted("variable-value", "Correct XSCHED_AUTO_XQUEUE_PRIORITY", "doubt",
            what="not a number from -256 to 255", XSCHED_AUTO_XQUEUE_PRIORITY="high")
    planted("variable-unknown", "XSCHED_AUTO_XQUEUE_PRIORITY", "doubt", XSCHED_AUTO_XQUEUE_PRIORTY="1")
    planted("switched-off", "Unset XSCHED_AUTO_XQUEUE", "wrong", XSCHED_AUTO_XQUEUE="off")
    planted("application-decides", "LCL or GLB", "wrong", XSCHED_SCHEDULER="app")
    planted("level-unsupported", "XSCHED_AUTO_XQUEUE_LEVEL=2", "doubt", XSCHED_AUTO_XQUEUE_LEVEL="3")


    planted("table-off", "ROCPROFILER_REGISTER_ENABLED", "doubt", ROCPROFILER_REGISTER_ENABLED="0",
            XSCHED_HIP_LIB=BUILD + "/sim/libamdhip64.so.6")


def preloads():
    shim = BUILD + "/lib/libshimcuda.so"
    other = compiled("libother.so", "int cuLaunchKernel(void) { return 0; }", "-shared", "-fPIC")
    planted("preload-missing", "xcli run", "wrong", LD_PRELOAD="/no/libshimcuda.so")
    with open(other, "rb") as file:
        content = file.read()
    foreign = struct.pack("<H", 62 if platform.machine() == "aarch64" else 183)
    planted("preload-foreign", "LD_PRELOAD", "wrong",
            LD_PRELOAD=write(TMP + "/libforeign.so", content[:18] + foreign + content[20:]))
    if not SAN:  # its run-time would have to be first
        planted("preload-shadow", "LD_PRELOAD", "wrong", LD_PRELOAD=f"{other}:{shim}", what="before")
        planted("preload-shadow", "LD_PRELOAD", "doubt", LD_PRELOAD=f"{shim}:{other}", what="after")
        shutil.copy(shim, TMP + "/libshimcuda.so")
        planted("preload-copy", "one of the two", "wrong", LD_PRELOAD=TMP + "/libshimcuda.so",
                LD_LIBRARY_PATH=BUILD + "/lib")
    os.mkdir(TMP + "/other")
    compiled("other/libpreempt.so", "int XQueueCreate(void) { return 0; }", "-shared", "-fPIC")
    # Named last, so that what runs here still finds its own.
    planted("xsched-original", "LD_LIBRARY_PATH", "wrong", LD_LIBRARY_PATH=f"{BUILD}/lib:{TMP}/other")
    planted("library-path-stubs", "LD_LIBRARY_PATH", "doubt", LD_LIBRARY_PATH=TMP + "/toolkit/stubs")
    planted("library-path-copy", "LD_LIBRARY_PATH", "wrong", LD_LIBRARY_PATH=TREE + "/lib")


# --- the daemon ------------------------------------------------------------------------------------

@contextlib.contextmanager
def daemon(answer, path=TMP + "/daemon"):
    """Somebody at a socket who answers whatever comes with this message, or not at all."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen(8)

    def serve():
        kept = []
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            kept.append(peer)
            request = peer.recv(512)
            if request and answer:
                peer.send(answer(struct.unpack("<H", request[6:8])[0]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        os.unlink(path)


def message(opcode, serial, body):
    return struct.pack("<HHBBH", 8 + len(body), opcode, 1, 0, serial) + body


def welcome(version):
    return lambda serial: message(128, serial, struct.pack("<IIQ32s32s", 1, 0, 1, b"HPF", version))


def daemons():
    def refuse(serial):
        return message(129, serial, struct.pack("<iI128s", 93, 1, b"speaks versions 7 to 9"))

    check(BASELINE["daemon"][0] == "ok", f"a good daemon: {BASELINE}")
    with daemon(welcome(b"0.0.9")) as path:
        planted("daemon-version", "restart", "doubt", what="0.0.9", XSCHED_SOCKET=path)
    with daemon(refuse) as path:
        planted("daemon-version", "Restart", "wrong", what="speaks versions", XSCHED_SOCKET=path)
    with daemon(None) as path:
        planted("daemon-silent", "Restart", "wrong", XSCHED_SOCKET=path)

    stale = TMP + "/stale"
    socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).bind(stale)
    planted("socket-stale", "systemctl", "doubt", what=stale, XSCHED_SOCKET=stale)
    planted("socket-foreign", "XSCHED_SOCKET", "wrong", XSCHED_SOCKET=write(TMP + "/file", b""))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        other.bind(TMP + "/stream")
        other.listen(1)
        planted("socket-foreign", "XSCHED_SOCKET", "wrong", XSCHED_SOCKET=TMP + "/stream")
    os.symlink("loop", TMP + "/loop")
    planted("socket-error", "systemctl", "wrong", what=TMP + "/loop", XSCHED_SOCKET=TMP + "/loop")
    with daemon(None, TMP + "/closed") as path:
        os.chmod(path, 0)
        user = 65534 if os.getuid() == 0 else None
        if not user or shutil.which("setpriv") and reachable(user):
            planted("socket-denied", "XSCHED_SOCKET", "wrong", what="mode 0000", user=user, XSCHED_SOCKET=path)
    planted("daemon-none", "unset XSCHED_SOCKET", "wrong", XSCHED_SOCKET=TMP + "/nobody")
    if not os.path.exists("/run/xsched"):
        planted("daemon-none", "unset XSCHED_SCHEDULER", "wrong", XSCHED_SCHEDULER="GLB", XSCHED_SOCKET=None)
        planted("daemon-none", "xserver", "note", XSCHED_SOCKET=None)
    if os.getuid() == 0 and shutil.which("setpriv"):
        os.makedirs(TMP + "/run", exist_ok=True)
        theirs = TMP + "/run/xsched.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Whose a socket is says the process that listens.
        child = subprocess.Popen(
            ["setpriv", "--reuid=65534", sys.executable, "-c",
             f"import socket, sys; s = socket.socket(fileno={listener.fileno()}); s.listen(4); "
             "print(flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[listener.fileno()])
        listener.bind(theirs)
        child.stdout.readline()
        if not os.path.exists("/run/xsched"):  # a daemon there would be trusted, and taken
            planted("daemon-untrusted", "XSCHED_SOCKET", "wrong", XSCHED_SOCKET=None)
        child.stdin.close()
        child.wait()
        os.unlink(theirs)


def containers():
    os.makedirs(TMP + "/container/run")
    write(TMP + "/container/run/.containerenv", b"")
    planted("container-socket", "docker run -v", "note", "--root", TMP + "/container",
            XSCHED_SOCKET=TMP + "/nobody")


# --- programs --------------------------------------------------------------------------------------

def programs():
    planted("program-missing", "PATH", "wrong", "--", "no-such-program-anywhere")
    with open("/bin/true", "rb") as file:
        true = file.read()
    loader = {"x86_64": b"/lib64/ld-linux-x86-64.so.2\0", "aarch64": b"/lib/ld-linux-aarch64.so.1\0"}
    loader = loader[platform.machine()]
    musl = b"/lib/ld-musl-any.so.1".ljust(len(loader), b"\0")
    planted("program-musl", "glibc", "wrong", "--", write(TMP + "/musl", true.replace(loader, musl)))
    other = struct.pack("<H", 62 if platform.machine() == "aarch64" else 183)
    planted("program-foreign", "this machine", "wrong", "--",
            write(TMP + "/foreign", true[:18] + other + true[20:]))
    script = write(TMP + "/script", b"#!/usr/bin/env no-such-interpreter\n")
    planted("program-missing", "PATH", "wrong", "--", script, what="no-such-interpreter")
    static = compiled("static", "int main(void) { return 0; }", "-static")
    if static:
        planted("program-static", "-static", "wrong", "--", static)
    nosuid = os.statvfs(TMP).f_flag & os.ST_NOSUID
    if os.getuid() == 0 and not nosuid:
        secure = write(TMP + "/secure", true)
        os.chown(secure, 65534, -1)
        os.chmod(secure, 0o4755)
        planted("program-secure", "chmod u-s", "wrong", "--", secure)
    runtime = compiled("runtime", "#include <stdio.h>\nint main(void) { return puts(\"cudaLaunchKernel\") + "
                       "puts(\"libcuda.so.1\") < 0; }")
    if not SAN:
        planted("cudart-static", "", "note", "--", runtime)


def trials():
    library_path = {"LD_LIBRARY_PATH": BUILD + "/sim", "XSCHED_SCHEDULER": "LCL"}
    status, findings, out = doctor("--", PROGRAM, **library_path)
    bare = subprocess.run([PROGRAM], env=environment(**library_path), stdout=subprocess.PIPE, text=True)
    check(status == 0 and findings["trial-end"][0] == "ok", f"a good program: {status} {findings}")
    check(findings["bound"][0] == "ok" and "libshimcuda.so" in findings["bound"][1], "bound")
    check(findings["scheduled"][0] == "ok", f"scheduled: {findings}")
    check(bare.stdout in out, "what the command said")
    _, findings, _ = doctor("--", "sh", "-c", f"'{PROGRAM}'; exit 3", **library_path)
    check("status 3" in findings["trial-end"][1] and "bound" in findings, f"a shell: {findings}")
    planted("trial-end", "without xcli", "doubt", "--", "sh", "-c", "exit 3", what="status 3")
    planted("trial-end", "without xcli", "doubt", "--", "sh", "-c", "kill -9 $$", what="signal 9")
    _, findings, _ = doctor("--", PROGRAM, LD_LIBRARY_PATH=BUILD + "/lib")
    check("bound" in findings, f"a replacement on LD_LIBRARY_PATH: {findings}")
    check("driver-unused" in doctor("--", "true")[1], "a program without a driver")

    # A library that opens the driver by its path goes past the shim.
    past = compiled("past", r'''#include <dlfcn.h>
        #include <stdlib.h>
        int main(void) {
            void *driver = dlopen(getenv("DRIVER"), RTLD_NOW);
            int (*init)(unsigned) = (int (*)(unsigned))dlsym(driver, "cuInit");
            return init(0) || !dlsym(driver, "cuLaunchKernel");
        }''', "-ldl")
    planted("bypass", "by name", "wrong", "--", past, what="cuLaunchKernel", DRIVER=SIM)
    second = TMP + "/second"
    os.mkdir(second)
    shutil.copy(SIM, second)
    planted("second-runtime", "XSCHED_CUDA_LIB", "wrong", "--", past, DRIVER=second + "/libcuda.so.1", **library_path,
            LD_PRELOAD=f"{BUILD}/lib/libshimcuda.so:{SIM}")
    shutil.copy(BUILD + "/sim/libamdhip64.so.6", second)
    both = compiled("both", r'''#include <dlfcn.h>
        #include <stdlib.h>
        int main(void) { return !dlopen(getenv("ONE"), RTLD_NOW) || !dlopen(getenv("OTHER"), RTLD_NOW); }''', "-ldl")
    planted("second-runtime", "", "doubt", "--", both, what="libamdhip64.so", ONE=BUILD + "/sim/libamdhip64.so.6",
            OTHER=second + "/libamdhip64.so.6", **library_path)
    multi = compiled("multi", r'''int cuInit(unsigned);
        int cuLaunchCooperativeKernelMultiDevice(void *, unsigned, unsigned);
        int main(void) {
            static char launches[1024];
            cuInit(0);
            cuLaunchCooperativeKernelMultiDevice(launches, 2, 0);
            return 0;
        }''',
                     "-L" + BUILD + "/sim", "-lcuda", "-Wl,--allow-shlib-undefined")
    planted("ungated", "XLOG_LEVEL", "doubt", "--", multi, what="1 launches", **library_path)
    planted("shim-not-loaded", "LD_PRELOAD", "wrong", "--", "true", LD_PRELOAD="/no/libshimcuda.so")
    _, findings, _ = doctor("--", BUILD + "/demo/models_hip", "-c", "1", **library_path)
    check("bypass" not in findings and findings["scheduled"][0] == "ok", f"a program of HIP: {findings}")
    rpath = compiled("rpath", "int cuInit(unsigned); int main(void) { return cuInit(0); }",
                     "-L" + BUILD + "/sim", "-lcuda", "-Wl,--disable-new-dtags,-rpath," + BUILD + "/sim")
    planted("program-rpath", "xcli run", "doubt", "--", rpath, LD_LIBRARY_PATH=BUILD + "/lib")


def output():
    done = subprocess.run([BUILD + "/bin/xcli", "doctor"], env=environment(), stdout=subprocess.PIPE, text=True)
    check(done.returncode == 0 and "Scheduling works" in done.stdout, f"for people: {done}")
    check("\033" not in done.stdout, "colours without a terminal")
    done = subprocess.run([BUILD + "/bin/xcli", "doctor", "--json", "/no/where"], env=environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    check(done.returncode == 1 and "/no/where" in done.stderr, "a file that cannot be written")
    done = subprocess.run([BUILD + "/bin/xcli", "doctor", "--json", "-", "--", "echo", "one's own"], text=True,
                          env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.stdout.startswith("{") and json.loads(done.stdout), f"JSON and nothing else: {done.stdout}")
    check(SAN or "one's own" in done.stderr,  # a sanitizer's run-time ends the command
          f"what the command prints is not lost: {done.stderr}")


def documented():
    """Every code of a finding that asks for something is in doc/doctor.md."""
    sources = ["src/cli/doctor/" + name for name in os.listdir("src/cli/doctor") if name.endswith(".c")]
    with open("doc/doctor.md") as file:
        page = file.read()
    found = 0
    for source in sources:
        with open(source) as file:
            text = file.read()
        for code in re.findall(r'XS_(?:DOUBT|WRONG|NOTE)\b[^;"]*TOPIC,\s*(?:\w+ \? )?"([a-z0-9-]+)"', text):
            found += 1
            check(f"`{code}`" in page or code == "level-1", f"{code} is not in doc/doctor.md")
    check(found > 40, f"only {found} codes in {sources}")


os.makedirs(TMP + "/run")
for part in ("bin", "lib", "sim"):
    shutil.copytree(f"{BUILD}/{part}", f"{TREE}/{part}", symlinks=True)
with daemon(welcome(VERSION.encode()), TMP + "/good"):
    _, BASELINE, _ = doctor("--root", TMP + "/run")  # not this machine's own devices
    check(BASELINE["installed"][0] == "ok" and BASELINE["driver"][0] == "ok", f"baseline: {BASELINE}")
    check(not any(status == "wrong" for status, _, _ in BASELINE.values()), f"baseline: {BASELINE}")
    status, findings, _ = doctor(tree=TREE)
    check(status == 0 and TREE in findings["installed"][1], f"a copied tree: {findings}")

    for examination in (installation, drivers, nodes, variables, preloads, daemons, containers, programs, output,
                        documented):
        examination()
    if not SAN:  # the observer and a sanitizer cannot be in one process
        trials()
check(len(FOUND) >= 15, f"only {len(FOUND)} faults were tried: {sorted(FOUND)}")
print(f"{len(FOUND)} faults planted and found: {', '.join(sorted(FOUND))}")
sys.exit(1 if FAILED else 0)
