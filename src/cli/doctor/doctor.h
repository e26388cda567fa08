/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doctor's examinations. Each looks at one side of the system and adds what it finds; none of
 * them changes anything. They run in this order, and the later ones use what the earlier ones put
 * into struct xs_doctor.
 */
#ifndef XS_CLI_DOCTOR_DOCTOR_H
#define XS_CLI_DOCTOR_DOCTOR_H

#include <limits.h>

#include "cli/doctor/finding.h"

#define XS_PLATFORMS 2

/* What the doctor knows about a platform beforehand, and what it found out. */
struct xs_platform_state {
	const char *name;    /* "CUDA" */
	const char *shim;    /* "libshimcuda.so" */
	const char *library; /* how the vendor's file names begin: "libcuda.so" */
	const char *chosen;  /* variable that names the vendor's library */
	bool has_shim;       /* is installed, and loads */
	bool has_driver;     /* is there, and loads */
	bool is_wanted;      /* works, was asked for, or there is nothing else */
	int devices;
	int level; /* the deepest that a queue can be stopped at; 0: not known */
	char driver[PATH_MAX];
};

struct xs_doctor {
	struct xs_findings findings;
	char libraries[PATH_MAX]; /* the directory of our own; "": none was found */
	char prefix[PATH_MAX];    /* the directory above xcli's own */
	struct xs_platform_state platforms[XS_PLATFORMS];
	bool has_daemon;
	bool seen_ours;      /* a shim of ours is preloaded, by what was looked at so far */
	bool json_on_stdout; /* and nothing else goes there */
	const char *root;    /* before the names of device files: "", or another root file system */
};

enum { XS_DOCTOR_CUDA, XS_DOCTOR_HIP };

void xs_doctor_installation(struct xs_doctor *doctor); /* our libraries and programs */
void xs_doctor_drivers(struct xs_doctor *doctor);      /* the vendors' */
void xs_doctor_nodes(struct xs_doctor *doctor);        /* device files and who may use them */
void xs_doctor_environment(struct xs_doctor *doctor);  /* variables */
void xs_doctor_preload(struct xs_doctor *doctor);      /* what else is put before the program */
void xs_doctor_daemon(struct xs_doctor *doctor);
void xs_doctor_container(struct xs_doctor *doctor);
void xs_doctor_program(struct xs_doctor *doctor, char **command); /* without starting it */
void xs_doctor_trial(struct xs_doctor *doctor, char **command);   /* starts it and looks on */

/* --- helpers (look.c) ---------------------------------------------------------------------------- */

/* Runs look(data, out) in a child process, since a library that is loaded may end or hang its process.
 * What it prints into `out`, and all that it says on standard error, is returned as one text, to be
 * freed. status: as waitpid() gives it; -1: there was no end, and it was killed. */
char *xs_doctor_apart(void (*look)(void *data, FILE *out), void *data, int *status);

/* The content of a small file or NULL; to be freed. */
char *xs_doctor_read(const char *path);

/* Whether the file is a library of ours that stands for the vendor's. */
bool xs_doctor_is_shim(const char *path);

/* Calls visit() for each part of a list such as LD_PRELOAD. It gets a copy. */
void xs_doctor_each(const char *list, const char *separators,
	void (*visit)(struct xs_doctor *doctor, const char *part), struct xs_doctor *doctor);

/* "2.36" of 2036. */
const char *xs_doctor_glibc(unsigned int version, char buffer[16]);
/* The one that runs here. */
unsigned int xs_doctor_glibc_here(void);

#endif
