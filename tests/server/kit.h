/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon under test, for actors to play with. Everything fails the test that fails. */
#ifndef TESTS_SERVER_KIT_H
#define TESTS_SERVER_KIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/types.h>
#include <cmocka.h>

#include "../kit/actor.h"

#define MS  1000000ull
#define SEC 1000000000ull

/* The daemon under test. Its socket is in the scratch directory. */
pid_t kit_start(
	const char *const *arguments);    /* NULL-terminated, or NULL; waits until it answers */
void kit_stop(pid_t daemon);              /* SIGTERM; it has to end with status 0 */
void kit_kill(pid_t process, int signal); /* and waits for its end */
const char *kit_socket(void);
const char *kit_log(void); /* path of the daemon's standard error */

/* How many descriptors the process has open. */
int kit_open_fds(pid_t process);
void kit_await_fds(pid_t process, int count);

#endif
