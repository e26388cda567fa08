/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlsym() as the shim has it: asks lookup.c which function is to do it, with the address of the
 * caller, and jumps there. It has to be a jump: what RTLD_NEXT and RTLD_DEFAULT mean depends on the
 * caller.
 */
	.hidden	xs_hip_dlsym_for
	.globl	dlsym
	.type	dlsym, @function
dlsym:
	.cfi_startproc
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movq	24(%rsp), %rdx
	call	xs_hip_dlsym_for
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	jmp	*%rax
	.cfi_endproc
	.size	dlsym, . - dlsym

	.section .note.GNU-stack, "", @progbits
