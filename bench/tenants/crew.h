/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several programs on one device, each a process of its own, started at one moment: by themselves, so
 * that the device divides its time as it does, or under the scheduler with a daemon of their own.
 */
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include <sys/types.h>

#include "../demo/demo.h"

#define CREW_MOST 6

struct member {
	const char *name;
	const char *options; /* of the program, separated by blanks */
	int priority;        /* of the process */
	int request;         /* percent of the device; 0: none */

	struct outcome outcome; /* what it did in the last run */
	pid_t pid;
	int records, go;
};

struct crew {
	struct member members[CREW_MOST];
	size_t count;
	const char *build, *device; /* "sim", "cuda" or "hip" */
	unsigned int connected;     /* of the members, to the daemon, in the last run */
};

/* Runs all of them. policy: of the daemon; NULL: without us. Ends the program with a message if one of
 * them fails. */
void crew_run(struct crew *crew, const char *policy);

/* Gives back what the last run left in the members. */
void crew_clear(struct crew *crew);

#endif
