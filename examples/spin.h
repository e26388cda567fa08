/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module with two kernels, as text that the driver translates: "spin_us" keeps one thread busy
 * for the microseconds given as its only parameter, "empty" does nothing. The software device has
 * kernels of these names built in.
 */
#ifndef SPIN_H
#define SPIN_H

static const char spin_ptx[] = ".version 6.0\n"
			       ".target sm_60\n"
			       ".address_size 64\n"
			       ".visible .entry empty()\n"
			       "{\n"
			       "	ret;\n"
			       "}\n"
			       ".visible .entry spin_us(.param .u32 us)\n"
			       "{\n"
			       "	.reg .pred %more;\n"
			       "	.reg .u32 %us;\n"
			       "	.reg .u64 %end, %now;\n"
			       "	ld.param.u32 %us, [us];\n"
			       "	mul.wide.u32 %end, %us, 1000;\n"
			       "	mov.u64 %now, %globaltimer;\n"
			       "	add.u64 %end, %end, %now;\n"
			       "again:\n"
			       "	mov.u64 %now, %globaltimer;\n"
			       "	setp.lt.u64 %more, %now, %end;\n"
			       "	@%more bra again;\n"
			       "	ret;\n"
			       "}\n";

#endif
