#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as a program: command lines (XSched's too), configuration and its reload, a second daemon
and a socket left behind, socket activation, readiness, and the HTTP endpoint.

Would catch: an option that is ignored, a reload that half happens, an endpoint that changes something
without the token or answers to a foreign name.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

SERVER = os.environ.get("BUILD", "build") + "/bin/xserver"
TMP = os.environ.get("TEST_TMP", "/tmp")
SOCKET = TMP + "/s"
FAILED = []


def check(good, what):
    if not good:
        FAILED.append(what)
        print("wrong:", what)


def environment(**more):
    result = {k: v for k, v in os.environ.items() if not k.startswith("XSCHED_")}
    return dict(result, **more)


class Daemon:
    def __init__(self, *arguments, env=None, socket_option=True, **more):
        self.log = open(TMP + "/log", "w+")
        command = [SERVER] + (["--socket", SOCKET] if socket_option else []) + list(arguments)
        self.process = subprocess.Popen(command, stderr=self.log, env=env or environment(), **more)

    def text(self):
        with open(TMP + "/log") as file:
            return file.read()

    def said(self, words, limit=10):
        end = time.monotonic() + limit
        while words not in self.text():
            if time.monotonic() > end or (self.process.poll() is not None and
                                          words not in self.text()):
                check(False, f"no '{words}' in:\n{self.text()}")
                return False
            time.sleep(0.005)
        return True

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(10) == 0, "status after SIGTERM")
        self.log.close()


def run(*arguments):
    done = subprocess.run([SERVER, *arguments], env=environment(XSCHED_SOCKET=SOCKET),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


def connects(path=SOCKET):
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.connect(path)
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def http(port, path, body=None, token=None, post=False, host=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}",
                                     data=body.encode() if body else (b"" if post else None))
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def command_lines():
    check(run("--version")[0:2] == (0, f"xserver {os.environ.get('VERSION', '0.1.0')}\n"), "--version")
    check(run("--help")[0] == 0 and "--policy" in run("--help")[1], "--help")
    for arguments in (["HPF"], ["HPF", "0"], ["HPF", "x"], ["NOPE", "50000"], ["a", "b", "c"],
                      ["--policy", "HPF,nope=1"], ["--policy", "HPF,floor=51"], ["--policy", "HPF,floor"],
                      ["--http", "0.0.0.0"], ["--http", "192.168.0.1:80"], ["--http", "::"],
                      ["--group", "no such group"], ["--config", "/nonexistent"], ["--nope"]):
        status, _, err = run(*arguments)
        check(status == 1 and err, f"{arguments}: status {status}, {err!r}")

    port = free_port()
    daemon = Daemon("hhpf", str(port))  # as XSched is started
    daemon.said("scheduler created with policy HHPF")
    daemon.said(f"HTTP server listening on port {port}")
    check(json.loads(http(port, "/policy")[1])["policy"] == 2, "GET /policy")
    daemon.stop()
    for number in (signal.SIGINT, signal.SIGQUIT):
        daemon = Daemon()
        daemon.said("events receiver started")
        daemon.process.send_signal(number)
        check(daemon.process.wait(10) == 0, f"status after {number}")


def sockets():
    daemon = Daemon()
    daemon.said("events receiver started")
    check(connects(), "connect")
    mode = os.stat(SOCKET).st_mode & 0o777
    check(mode == (0o666 if os.getuid() == 0 else 0o600), f"mode {mode:o}")
    status, _, err = run()
    check(status == 1 and "another xserver does" in err, f"a second one: {status} {err}")
    check(connects(), "connect after a second one tried")
    daemon.process.kill()
    daemon.process.wait()
    check(os.path.exists(SOCKET) and not connects(), "a socket is left behind")
    daemon = Daemon()
    daemon.said("events receiver started")
    check(connects(), "connect again")
    daemon.stop()
    check(not os.path.exists(SOCKET), "the socket is gone")


def activation():
    ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ready.bind(TMP + "/notify")
    ready.settimeout(10)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(TMP + "/activated")
    listener.listen(5)
    check(connects(TMP + "/activated"), "connect before the start")
    # exec keeps the process id that LISTEN_PID names.
    script = f'exec 3<&{listener.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"'
    log = open(TMP + "/log", "w+")
    process = subprocess.Popen(["bash", "-c", script, SERVER], stderr=log,
                               pass_fds=[listener.fileno()],
                               env=environment(NOTIFY_SOCKET=TMP + "/notify"))
    check(ready.recv(100) == b"READY=1", "READY=1")
    check(connects(TMP + "/activated"), "connect")
    process.send_signal(signal.SIGHUP)
    check(ready.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC="), "RELOADING=1")
    check(ready.recv(100) == b"READY=1", "READY=1 after the reload")
    process.terminate()
    check(ready.recv(100) == b"STOPPING=1", "STOPPING=1")
    check(process.wait(10) == 0, "status")
    check(os.path.exists(TMP + "/activated"), "the service manager's socket stays")


def configuration():
    config, token = TMP + "/config", TMP + "/token"
    port = free_port()

    def write(value):
        with open(config, "w") as file:
            file.write(value if isinstance(value, str) else json.dumps(value))

    def value_of(policy, name):
        for entry in json.loads(http(port, "/api/policies")[1])["policies"]:
            for param in entry["params"]:
                if (entry["name"], param["name"]) == (policy, name):
                    return param["value"]
        return None

    with open(token, "w") as file:
        file.write("one\n")
    write({"policy": "HPF,floor=5", "http": f"127.0.0.1:{port}", "token_file": token,
           "params": {"HPF": {"floor_period": 30000}, "scheduler": {"unit": "queue"}}})
    daemon = Daemon("--config", config)
    daemon.said("HTTP server listening")
    check(value_of("HPF", "floor") == 5 and value_of("HPF", "floor_period") == 30000, "parameters")
    write({"policy": "CFS", "http": f"127.0.0.1:{port}", "token_file": token})
    with open(token, "w") as file:
        file.write("two\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.said("configuration read anew")
    check(json.loads(http(port, "/policy")[1])["name"] == "CFS", "policy after the reload")
    check(http(port, "/policy?policy=1", post=True, token="one")[0] == 401, "the old token")
    check(http(port, "/policy?policy=1", post=True, token="two")[0] == 200, "the new token")
    for bad in ("{", "[]", {"policy": "NOPE"}, {"nope": "x"}, {"params": {"HPF": {"floor": 99}}},
                {"policy": 7}, {"http": "10.0.0.1:1"}):
        write(bad)
        size = len(daemon.text())
        daemon.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while "the configuration stays" not in daemon.text()[size:] and time.monotonic() < end:
            time.sleep(0.005)
        check("the configuration stays" in daemon.text()[size:], f"{bad} is refused")
        check(run("--config", config)[0] == 1, f"{bad} at the start")
    check(json.loads(http(port, "/policy")[1])["name"] == "HPF", "nothing changed")
    daemon.stop()


def endpoint():
    port = free_port()
    daemon = Daemon("--http", f"127.0.0.1:{port}")
    if "built without libmicrohttpd" in daemon.text():
        daemon.stop()
        return
    daemon.said("HTTP server listening")
    status, text = http(port, "/metrics")
    check(status == 200 and 'xsched_info{version=' in text and "xsched_processes 0" in text, "metrics")
    check(json.loads(http(port, "/xqueues")[1]) == {"xqueues": [], "processes": []}, "/xqueues")
    for path, expected in (("/xqueue/zz", 400), ("/xqueue/1f", 404), ("/nope", 404), ("/api/status", 200)):
        check(http(port, path)[0] == expected, path)
    check(http(port, "/policy?policy=10", post=True)[0] == 403, "no token, no change")
    check(http(port, "/policy", host="evil.example")[0] == 403, "a foreign name")
    check(http(port, "/policy", host="localhost.evil.example")[0] == 403, "a name like ours")
    check(http(port, "/policy", host=f"localhost:{port}")[0] == 200, "our name")
    # A reader that stops in the middle holds up nobody.
    stuck = socket.create_connection(("127.0.0.1", port))
    stuck.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n")
    check(http(port, "/policy")[0] == 200, "beside a slow request")
    stuck.close()
    daemon.stop()

    with open(TMP + "/token", "w") as file:
        file.write("secret\n")
    daemon = Daemon("--http", f"127.0.0.1:{port}", "--token", TMP + "/token")
    daemon.said("HTTP server listening")
    for path, body, expected in (
            ("/policy?policy=10", None, 200), ("/policy?policy=99", None, 400),
            ("/policy?policy=hpf", None, 200), ("/config/1f?threshold=4", None, 404),
            ("/config/1f", None, 200), ("/config/1f?level=9", None, 400),
            ("/hint", '{"hint_type":3,"timeslice":2000}', 200),
            ("/hint", '{"hint_type":5,"k":2}', 200), ("/hint", '{"hint_type":1,"handle":4,"priority":3}', 404),
            ("/hint", '{"hint_type":1,"handle":"0x4","priority":3}', 404),
            ("/hint", '{"hint_type":77}', 400), ("/hint", '{', 400), ("/hint", '[]', 400),
            ("/hint", '{"hint_type":1,"pid":"x","priority":3}', 400),
            ("/api/param", '{"policy":"HPF","name":"floor","value":7}', 200),
            ("/api/param", '{"policy":"HPF","name":"floor","value":70}', 400),
            ("/api/suspend", '{"pid":1,"on":true}', 404), ("/hint", "x" * 100000, 413)):
        status, text = http(port, path, body, "secret", True)
        check(status == expected, f"{path} {body and body[:60]}: {status} {text}")
        check(http(port, path, body, "secret2", True)[0] in (401, 413), f"{path} with another token")
    daemon.stop()

    daemon = Daemon("--http", TMP + "/http")
    daemon.said("HTTP server listening")
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(TMP + "/http")
        client.sendall(b"GET /policy HTTP/1.0\r\n\r\n")
        check(b'"name":"HPF"' in client.makefile("rb").read(), "over a Unix socket")
    daemon.stop()


command_lines()
sockets()
activation()
configuration()
endpoint()
sys.exit(1 if FAILED else 0)
