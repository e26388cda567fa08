/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry points of form JUMP: each is an exported tail jump to the real function, so arguments,
 * errno and the caller that the driver sees are the application's. r11 may be used between a call
 * and the called function. Rows of other forms are C functions elsewhere and only count here.
 */
	.set	index, 0
	.macro	jump symbol
	.globl	\symbol
	.type	\symbol, @function
	.p2align 4
\symbol:
	.cfi_startproc
	movq	xs_cuda_real@GOTPCREL(%rip), %r11
	jmp	*(8 * index)(%r11)
	.cfi_endproc
	.size	\symbol, . - \symbol
	.set	index, index + 1
	.endm

	.macro	skip symbol
	.set	index, index + 1
	.endm

#include "platform/cuda/thunks.inc"

	.section .note.GNU-stack, "", @progbits
