# SPDX-License-Identifier: Apache-2.0
#
# What the documentation tells users to type, on the software device.
ifdef cli.src
ifdef server.src
check.needs += $(demo.programs) $(examples.programs) $(bench.programs)
check.tests += tests/docs/commands.py
endif
endif
