/* SPDX-License-Identifier: Apache-2.0 */
/* As lazy_x86_64.S, for aarch64. x16 and x17 are free between a call and the called function. */
	.hidden	xs_cuda_load
	.globl	xs_cuda_real
	.type	xs_cuda_real, %object

	.set	index, 0
	.macro	slot
	.section .data.rel, "aw"
	.xword	1f
	.text
1:	mov	w17, #index
	b	load
	.set	index, index + 1
	.endm

	.section .data.rel, "aw"
	.p2align 3
xs_cuda_real:
	.text
	.cfi_startproc
#define XS_NAME(symbol, since, class, form) slot;
#include "platform/cuda/cuda_api.def"
	.cfi_endproc
	.section .data.rel, "aw"
	.size	xs_cuda_real, . - xs_cuda_real
	.text

/* Registers that may carry arguments: x0 to x7, x8 (address of a result) and q0 to q7. */
	.type	load, %function
load:
	.cfi_startproc
	stp	x29, x30, [sp, #-224]!
	.cfi_adjust_cfa_offset 224
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov	x29, sp
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	str	x8, [sp, #80]
	stp	q0, q1, [sp, #96]
	stp	q2, q3, [sp, #128]
	stp	q4, q5, [sp, #160]
	stp	q6, q7, [sp, #192]
	mov	w0, w17
	bl	xs_cuda_load
	mov	x16, x0
	ldp	q6, q7, [sp, #192]
	ldp	q4, q5, [sp, #160]
	ldp	q2, q3, [sp, #128]
	ldp	q0, q1, [sp, #96]
	ldr	x8, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #224
	.cfi_adjust_cfa_offset -224
	.cfi_restore x29
	.cfi_restore x30
	br	x16
	.cfi_endproc
	.size	load, . - load

	.section .note.GNU-stack, "", %progbits
