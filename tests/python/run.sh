#!/bin/sh
# The Python package against the C headers. Needs no library: a stand-in is compiled where one is.
PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1 exec python3 -W error -m unittest discover -q -s tests/python
