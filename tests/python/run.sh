#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Python package against the C headers. Needs no library: a stand-in is compiled where one is.
cd "$(dirname "$0")/../.." || exit 1
PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1 exec python3 -W error -m unittest discover -q -s tests/python
