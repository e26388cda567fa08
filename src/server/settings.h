/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon was asked to do: by its command line and its configuration file. */
#ifndef XS_SERVER_SETTINGS_H
#define XS_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/connection.h"

#define XS_SETTINGS_PARAMS 64

/* A value for a parameter of a policy, or of the scheduler itself (policy ""). */
struct xs_setting {
	char policy[32];
	char name[32];
	int64_t value;
};

struct xs_settings {
	char policy[32]; /* "": the default */
	struct xs_setting params[XS_SETTINGS_PARAMS];
	size_t param_count;
	char socket[XS_WIRE_PATH_SIZE];       /* "": the usual place */
	gid_t group;                          /* its members may act on everybody, or XS_NO_GROUP */
	char http_address[XS_WIRE_PATH_SIZE]; /* "": none; with a slash: a Unix socket */
	uint16_t http_port;
	char token_file[256];     /* whoever knows its first line may change things over HTTP */
	uint32_t plugin_limit_us; /* processor time of a plug-in's decision; 0: the usual */
};

void xs_settings_init(struct xs_settings *settings);

/*
 * "NAME[,param=value...]"; a value may be a word of the parameter. What is no built-in policy, or has a
 * slash in it, is a plug-in and is loaded. False: said why on `why`.
 */
bool xs_settings_policy(struct xs_settings *settings, const char *text, char *why, size_t size);

/* One parameter of a policy, or of the scheduler itself (policy ""). A later one replaces it. */
bool xs_settings_add(struct xs_settings *settings, const char *policy, const char *name,
	const char *text, char *why, size_t size);

/* "ADDR[:PORT]", a port alone, or the path of a socket. Only loopback addresses. */
bool xs_settings_http(struct xs_settings *settings, const char *text, char *why, size_t size);

/* Microseconds that a decision of a plug-in may take. */
bool xs_settings_plugin_limit(
	struct xs_settings *settings, const char *text, char *why, size_t size);

/* The name or number of a group. */
bool xs_settings_group(struct xs_settings *settings, const char *text, char *why, size_t size);

/* Reads a JSON file on top of what is set. On failure settings are as they were. */
bool xs_settings_load(struct xs_settings *settings, const char *path, char *why, size_t size);

/* The value that a text means for a parameter: one of its words or a number within its range. */
struct xs_param;
bool xs_settings_value(const struct xs_param *param, const char *text, int64_t *value);

/* Parameter `name` of `policy` ("": of the scheduler itself), or NULL. */
const struct xs_param *xs_settings_param(const char *policy, const char *name);

#endif
