# SPDX-License-Identifier: Apache-2.0
check.tests += tests/python/run.sh
