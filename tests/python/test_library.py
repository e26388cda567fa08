# SPDX-License-Identifier: Apache-2.0
"""The look-up of the libraries, and calls into a stand-in for them; each in a fresh interpreter."""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
CC = shlex.split(os.environ.get("CC", "cc"))


def python(script, package=TOP / "python", **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XSCHED_", "LD_"))}
    environment.update(PYTHONPATH=str(package), PYTHONDONTWRITEBYTECODE="1", **variables)
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60
    )


class WithoutLibrary(unittest.TestCase):
    def test_import_succeeds_and_first_use_explains(self):
        run = python(
            "import xsched, xsched.cuda, xsched.hip\n"
            "for call in (lambda: xsched.XSched.XQueueWaitAll(1),\n"
            "             lambda: xsched.cuda.XSchedCuda.CudaQueueCreate(1),\n"
            "             lambda: xsched.hip.XSchedHip.HipQueueCreate(1)):\n"
            "    try:\n"
            "        call()\n"
            "    except RuntimeError as error:\n"
            "        print(error)\n",
            XSCHED_LIB_DIR="/nonexistent",
        )
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        lines = run.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertIn("XSCHED_LIB_DIR", line)
            self.assertIn("/nonexistent/libpreempt.so", line)

    def test_unknown_names(self):
        run = python("import xsched; print(hasattr(xsched._preempt, 'XQueueFly'))")
        self.assertEqual(run.stdout, "False\n", run.stderr)


@unittest.skipUnless(shutil.which(CC[0]), "no C compiler")
class WithLibrary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.lib = pathlib.Path(cls.folder.name) / "lib"
        cls.lib.mkdir()
        stub = TOP / "tests" / "python" / "stub.c"
        for name in ("libpreempt.so", "libhalcuda.so"):
            command = ["-shared", "-fPIC", f"-I{TOP / 'include'}", f"-Wl,-soname,{name}"]
            subprocess.run([*CC, *command, "-o", cls.lib / name, stub], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check(self, script, expected="", **variables):
        variables.setdefault("XSCHED_LIB_DIR", str(self.lib))
        run = python("from xsched import *\nimport xsched\n" + script, **variables)
        self.assertEqual((run.returncode, run.stderr), (0, expected))
        return run.stdout

    def test_results(self):
        self.check(
            "from xsched.cuda import XSchedCuda\n"
            "ok = XResult.kXSchedSuccess\n"
            "assert XSchedCuda.CudaQueueCreate(0x1000) == (ok, 0x1001)\n"
            "assert XSchedCuda.CudaQueueCreate(None) == (XResult.kXSchedErrorNotSupported, 1)\n"
            "result, xq = XSched.XQueueCreate(0x1001, XPreemptLevel.kPreemptLevelBlock, -1)\n"
            "assert (result, xq) == (ok, 2**64 - 2)\n"
            "assert type(result) is XResult\n"
            "result, state = XSched.XQueueQuery(xq)\n"
            "assert (result, state) == (ok, XQueueState.kQueueStateReady)\n"
            "assert XSched.XQueueQuery(7)[0] == XResult.kXSchedErrorNotFound\n"
            "assert XSched.XQueueProfileHwCommandCount(xq) == (ok, 2**40)\n"
        )

    def test_parameters(self):
        self.check(
            "import ctypes\n"
            "assert XSched.XHintLaxity(9, NO_LAXITY, PRIORITY_MIN, PRIORITY_MAX) == 0\n"
            "last = (ctypes.c_int64 * 4).in_dll(xsched._preempt._load(), 'stub_last')\n"
            "assert list(last) == [9, -1, -255, 255]\n"
            "XSched.XHintTimeslice(TIMESLICE_UNLIMITED)\n"
            "assert last[0] == 2**63 - 1\n"
            "with suspended(9, XQueueSuspendFlag.kQueueSuspendFlagWaitAll):\n"
            "    assert list(last)[:3] == [9, 2, 1]\n"
            "assert list(last)[:3] == [9, 0, 2]\n"
            "try:\n"
            "    check(XSched.XQueueQuery(7))\n"
            "except XSchedError as error:\n"
            "    assert error.result == XResult.kXSchedErrorNotFound\n"
        )

    def test_callbacks(self):
        out = self.check(
            "import gc\n"
            "def command(*arguments):\n"
            "    value = check(XSched.HwCommandCreateCallback(*arguments))\n"
            "    gc.collect()\n"
            "    return value\n"
            "assert XSched.XQueueSubmit(5, command(lambda hwq, data: print(hwq, data), 'x')) == 0\n"
            "print(repr(XSched.HwQueueLaunch(6, command(lambda hwq, data: 4))))\n"
            "print(repr(XSched.HwQueueLaunch(6, command(lambda hwq, data: 12345))))\n"
            "print(repr(XSched.XQueueSubmit(0, unused := command(print))))\n"
            "assert len(xsched._callbacks._entries) == 1\n"
            "XSched.HwCommandDestroy(unused)\n"
            "assert not xsched._callbacks._entries and not xsched._callbacks._owned\n"
            "import sys; sys.excepthook = lambda kind, *rest: print(kind.__name__)\n"
            "print(repr(XSched.XQueueSubmit(5, command(lambda hwq, data: 1 / 0))))\n"
            "try:\n"
            "    XSched.HwCommandCreateCallback(None)\n"
            "except TypeError:\n"
            "    pass\n"
        )
        self.assertEqual(
            out.splitlines(),
            [
                "5 x",
                "<XResult.kXSchedErrorNotAllowed: 4>",
                "<XResult.kXSchedErrorUnknown: 999>",
                "<XResult.kXSchedErrorNotFound: 3>",
                "ZeroDivisionError",
                "<XResult.kXSchedErrorUnknown: 999>",
            ],
        )

    def test_installed_beside_the_libraries(self):
        package = self.lib / "python"
        shutil.copytree(TOP / "python" / "xsched", package / "xsched")
        self.check("assert XSched.XHintTimeslice(100) == 0\n", package=package, XSCHED_LIB_DIR="")

    def test_the_copy_that_is_loaded_wins(self):
        self.check(
            "assert XSched.XHintTimeslice(100) == 0\n",
            LD_PRELOAD=str(self.lib / "libpreempt.so"),
            XSCHED_LIB_DIR="/nonexistent",
        )


if __name__ == "__main__":
    unittest.main()
