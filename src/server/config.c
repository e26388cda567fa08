/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration file: one JSON object. Everything in it is checked before anything is used, so a
 * reload with a mistake leaves the daemon as it was.
 *
 *   {
 *     "policy": "HPF",
 *     "params": { "HPF": { "floor": 5 }, "scheduler": { "unit": "process" } },
 *     "socket": "/run/xsched/xsched.sock",
 *     "group": "xsched",
 *     "http": "127.0.0.1:50000",
 *     "token_file": "/etc/xsched/token",
 *     "plugin_limit_us": 1000
 *   }
 */
#include "server/settings.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* One member of the object "params": the parameters of one policy. */
static bool load_params(
	struct xs_settings *settings, const char *policy, json_t *values, char *why, size_t size)
{
	const char *owner = strcmp(policy, "scheduler") == 0 ? "" : policy;
	const char *name;
	json_t *value;

	if (!json_is_object(values)) {
		snprintf(why, size, "params.%s is not an object", policy);
		return false;
	}
	json_object_foreach(values, name, value)
	{
		char text[64] = "";

		if (json_is_integer(value))
			snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
		else if (json_is_string(value))
			snprintf(text, sizeof(text), "%s", json_string_value(value));
		if (!xs_settings_add(settings, owner, name, text, why, size))
			return false;
	}
	return true;
}

static bool load_all_params(struct xs_settings *settings, json_t *params, char *why, size_t size)
{
	const char *policy;
	json_t *values;

	if (!json_is_object(params)) {
		snprintf(why, size, "params is not an object");
		return false;
	}
	json_object_foreach(params, policy, values)
	{
		if (!load_params(settings, policy, values, why, size))
			return false;
	}
	return true;
}

static bool load_member(
	struct xs_settings *settings, const char *key, json_t *value, char *why, size_t size)
{
	const char *text = json_string_value(value);

	if (strcmp(key, "params") == 0)
		return true; /* after the others: a plug-in brings its own */
	if (strcmp(key, "plugin_limit_us") == 0 && json_is_integer(value)) {
		char digits[32];

		snprintf(digits, sizeof(digits), "%lld", (long long)json_integer_value(value));
		return xs_settings_plugin_limit(settings, digits, why, size);
	}
	if (!text) {
		snprintf(why, size, "%s is not a text", key);
		return false;
	}
	if (strcmp(key, "policy") == 0)
		return xs_settings_policy(settings, text, why, size);
	if (strcmp(key, "http") == 0)
		return xs_settings_http(settings, text, why, size);
	if (strcmp(key, "group") == 0)
		return xs_settings_group(settings, text, why, size);
	if (strcmp(key, "socket") == 0) {
		snprintf(settings->socket, sizeof(settings->socket), "%s", text);
	} else if (strcmp(key, "token_file") == 0) {
		snprintf(settings->token_file, sizeof(settings->token_file), "%s", text);
	} else {
		snprintf(why, size, "there is no setting '%s'", key);
		return false;
	}
	return true;
}

bool xs_settings_load(struct xs_settings *settings, const char *path, char *why, size_t size)
{
	struct xs_settings next = *settings;
	json_error_t error;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const char *key;
	json_t *value;
	bool ok = true;

	if (!json_is_object(root)) {
		snprintf(why, size, "%s:%d: %s", path, root ? 1 : error.line,
			root ? "not an object" : error.text);
		json_decref(root);
		return false;
	}
	json_object_foreach(root, key, value) ok = ok && load_member(&next, key, value, why, size);
	value = json_object_get(root, "params");
	if (ok && value)
		ok = load_all_params(&next, value, why, size);
	json_decref(root);
	if (ok)
		*settings = next;
	return ok;
}
