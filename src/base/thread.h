/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of ours in an application: nobody waits for their end, exit included, and signals are for the
 * application's own threads.
 */
#ifndef XS_BASE_THREAD_H
#define XS_BASE_THREAD_H

/* 0 or an errno. */
int xs_thread_start(void *(*function)(void *), void *argument);

#endif
