/* SPDX-License-Identifier: Apache-2.0 */
/* As thunks_x86_64.S, for aarch64. */
	.set	index, 0
	.macro	jump symbol
	.globl	\symbol
	.type	\symbol, %function
	.p2align 4
\symbol:
	.cfi_startproc
	adrp	x16, :got:xs_cuda_real
	ldr	x16, [x16, #:got_lo12:xs_cuda_real]
	ldr	x16, [x16, #(8 * index)]
	br	x16
	.cfi_endproc
	.size	\symbol, . - \symbol
	.set	index, index + 1
	.endm

	.macro	skip symbol
	.set	index, index + 1
	.endm

#include "platform/cuda/thunks.inc"

	.section .note.GNU-stack, "", %progbits
