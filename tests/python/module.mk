check.tests += tests/python/run.sh
