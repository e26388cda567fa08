/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of real functions as it is before the driver is loaded: each slot leads to a stub that
 * has xs_cuda_load() fill in the table, then goes on to the real function with all arguments as they
 * were. One slot per row of cuda_api.def, in its order, as in struct xs_cuda_real.
 */
	.hidden	xs_cuda_load
	.globl	xs_cuda_real
	.type	xs_cuda_real, @object

	.set	index, 0
	.macro	slot
	.section .data.rel, "aw"
	.quad	1f
	.text
1:	movl	$index, %r11d
	jmp	load
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

/* Registers that may carry arguments: six integers, %rax (their number in %al for variable
 * arguments), %r10 (static chain) and eight vectors. */
	.type	load, @function
load:
	.cfi_startproc
	subq	$200, %rsp
	.cfi_adjust_cfa_offset 200
	movq	%rdi, 0(%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%rcx, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)
	movq	%rax, 48(%rsp)
	movq	%r10, 56(%rsp)
	movaps	%xmm0, 64(%rsp)
	movaps	%xmm1, 80(%rsp)
	movaps	%xmm2, 96(%rsp)
	movaps	%xmm3, 112(%rsp)
	movaps	%xmm4, 128(%rsp)
	movaps	%xmm5, 144(%rsp)
	movaps	%xmm6, 160(%rsp)
	movaps	%xmm7, 176(%rsp)
	movl	%r11d, %edi
	call	xs_cuda_load
	movq	%rax, %r11
	movaps	176(%rsp), %xmm7
	movaps	160(%rsp), %xmm6
	movaps	144(%rsp), %xmm5
	movaps	128(%rsp), %xmm4
	movaps	112(%rsp), %xmm3
	movaps	96(%rsp), %xmm2
	movaps	80(%rsp), %xmm1
	movaps	64(%rsp), %xmm0
	movq	56(%rsp), %r10
	movq	48(%rsp), %rax
	movq	40(%rsp), %r9
	movq	32(%rsp), %r8
	movq	24(%rsp), %rcx
	movq	16(%rsp), %rdx
	movq	8(%rsp), %rsi
	movq	0(%rsp), %rdi
	addq	$200, %rsp
	.cfi_adjust_cfa_offset -200
	jmp	*%r11
	.cfi_endproc
	.size	load, . - load

	.section .note.GNU-stack, "", @progbits
