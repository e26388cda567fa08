/* SPDX-License-Identifier: Apache-2.0 */
/* As lookup_x86_64.S, for aarch64. */
	.text
	.hidden	xs_hip_dlsym_for
	.globl	dlsym
	.type	dlsym, %function
dlsym:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	.cfi_adjust_cfa_offset 32
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x0, x1, [sp, #16]
	mov	x2, x30
	bl	xs_hip_dlsym_for
	mov	x16, x0
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_adjust_cfa_offset -32
	.cfi_restore x29
	.cfi_restore x30
	br	x16
	.cfi_endproc
	.size	dlsym, . - dlsym

	.section .note.GNU-stack, "", %progbits
