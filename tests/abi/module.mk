# SPDX-License-Identifier: Apache-2.0
# What is promised to the outside: headers that compile alone, symbols, entry points.
check.tests += tests/abi/headers.sh
