/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Atomic operations with the memory order in the name. The default (sequentially consistent)
 * order is never written by accident: the names of <stdatomic.h> are not used elsewhere, which
 * tools/check-style enforces.
 *
 *   relaxed   only the value counts
 *   acquire   what the releasing side wrote before is visible after
 *   release   what was written before is visible to whoever acquires
 *   full      acquire and release, and ordered with every other full operation
 */
#ifndef XS_BASE_ATOMIC_H
#define XS_BASE_ATOMIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define xs_load_relaxed(p)     atomic_load_explicit((p), memory_order_relaxed)
#define xs_load_acquire(p)     atomic_load_explicit((p), memory_order_acquire)
#define xs_load_full(p)        atomic_load_explicit((p), memory_order_seq_cst)
#define xs_store_relaxed(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)
#define xs_store_release(p, v) atomic_store_explicit((p), (v), memory_order_release)
#define xs_store_full(p, v)    atomic_store_explicit((p), (v), memory_order_seq_cst)

#define xs_add_relaxed(p, v)  atomic_fetch_add_explicit((p), (v), memory_order_relaxed)
#define xs_add_full(p, v)     atomic_fetch_add_explicit((p), (v), memory_order_seq_cst)
#define xs_sub_relaxed(p, v)  atomic_fetch_sub_explicit((p), (v), memory_order_relaxed)
#define xs_sub_release(p, v)  atomic_fetch_sub_explicit((p), (v), memory_order_release)
#define xs_sub_full(p, v)     atomic_fetch_sub_explicit((p), (v), memory_order_seq_cst)
#define xs_or_full(p, v)      atomic_fetch_or_explicit((p), (v), memory_order_seq_cst)
#define xs_swap_acquire(p, v) atomic_exchange_explicit((p), (v), memory_order_acquire)
#define xs_swap_full(p, v)    atomic_exchange_explicit((p), (v), memory_order_seq_cst)

/* Compare and swap; on failure *expected holds the value that was seen. The weak form may fail
 * without cause and belongs in a loop. */
#define xs_cas_weak_full(p, expected, v)                                                           \
	atomic_compare_exchange_weak_explicit(                                                     \
		(p), (expected), (v), memory_order_seq_cst, memory_order_relaxed)
#define xs_cas_full(p, expected, v)                                                                \
	atomic_compare_exchange_strong_explicit(                                                   \
		(p), (expected), (v), memory_order_seq_cst, memory_order_relaxed)

#define xs_likely(x)   __builtin_expect(!!(x), 1)
#define xs_unlikely(x) __builtin_expect(!!(x), 0)

static inline void xs_cpu_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
