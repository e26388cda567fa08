#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every way in leads to the same result: preloaded alone and with the HAL in either order, found
instead of the driver, and for programs that are linked with the driver, open it or ask it for its
functions. The log tells that the shim was there at all; by default it says nothing.
"""
import harness

NAMES = ["launches", "default_streams", "two_levels"]


def main():
    failures = 0
    for name in NAMES:
        for linked in ("programs", "dlsym", "proc"):
            program = harness.program(name, linked)
            bare = harness.run(program, harness.BARE)
            for way, env in harness.WAYS.items():
                title = f"{name}, {linked}, {way}"
                shim = harness.run(program, env, {"XLOG_LEVEL": "INFO"})
                failures += harness.compare(title, bare, shim, paced=True, quiet=False)
                if "using local scheduler" not in shim.err:
                    print(f"{title}: the shim was not there: '{shim.err}'")
                    failures += 1
    harness.finish(failures)


main()
