/* SPDX-License-Identifier: Apache-2.0 */
/* Settings from texts, each checked where it is read. */
#include "server/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sched/sched.h"
#include "server/peer.h"
#include "server/plugin.h"

#define DEFAULT_PORT 50000

void xs_settings_init(struct xs_settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->group = XS_NO_GROUP;
	settings->http_port = DEFAULT_PORT;
}

/* --- policies ------------------------------------------------------------------------------------ */

static const struct xs_policy_info *find_policy(const char *name)
{
	const struct xs_policy_info *info;

	for (size_t i = 0; (info = xs_policy_info(i)); i++) {
		if (strcasecmp(info->name, name) == 0)
			return info;
	}
	return NULL;
}

static const struct xs_param *find_param(
	const struct xs_param *params, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(params[i].name, name) == 0)
			return &params[i];
	}
	return NULL;
}

const struct xs_param *xs_settings_param(const char *policy, const char *name)
{
	const struct xs_policy_info *info;

	if (!*policy)
		return find_param(xs_sched_params, xs_sched_param_count, name);
	info = find_policy(policy);
	return info ? find_param(info->params, info->param_count, name) : NULL;
}

static bool find_word(const char *words, const char *text, int64_t *value)
{
	size_t length = strlen(text);

	for (int64_t i = 0; words && *words; i++) {
		size_t word = strcspn(words, " ");
		if (word == length && strncasecmp(words, text, length) == 0) {
			*value = i;
			return true;
		}
		words += word + strspn(words + word, " ");
	}
	return false;
}

bool xs_settings_value(const struct xs_param *param, const char *text, int64_t *value)
{
	char *end;

	if (find_word(param->words, text, value))
		return true;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return !errno && end != text && !*end && *value >= param->min && *value <= param->max;
}

bool xs_settings_add(struct xs_settings *settings, const char *policy, const char *name,
	const char *text, char *why, size_t size)
{
	const struct xs_param *param = xs_settings_param(policy, name);
	struct xs_setting *setting = &settings->params[settings->param_count];

	if (!param) {
		snprintf(why, size, "%s has no parameter '%s'", *policy ? policy : "the scheduler",
			name);
		return false;
	}
	if (settings->param_count == XS_SETTINGS_PARAMS) {
		snprintf(why, size, "too many parameters");
		return false;
	}
	if (!xs_settings_value(param, text, &setting->value)) {
		snprintf(why, size, "'%s' is no value for %s: %lld to %lld%s%s", text, param->name,
			(long long)param->min, (long long)param->max, param->words ? " or " : "",
			param->words ? param->words : "");
		return false;
	}
	snprintf(setting->policy, sizeof(setting->policy), "%s", policy);
	snprintf(setting->name, sizeof(setting->name), "%s", param->name);
	settings->param_count++;
	return true;
}

bool xs_settings_policy(struct xs_settings *settings, const char *text, char *why, size_t size)
{
	char copy[512];
	char *rest = copy;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy)) {
		snprintf(why, size, "the policy is too long");
		return false;
	}
	const char *name = strsep(&rest, ",");
	const struct xs_policy_info *info = find_policy(name);
	if (!info) {
		name = xs_plugin_load(name, why, size);
		info = name ? find_policy(name) : NULL;
	}
	if (!info)
		return false;
	while (rest) {
		char *value = strsep(&rest, ",");
		const char *param = strsep(&value, "=");
		const char *owner = xs_settings_param(info->name, param) ? info->name : "";

		if (!value || (!*owner && !xs_settings_param("", param))) {
			snprintf(why, size, "%s has no parameter '%s'", info->name, param);
			return false;
		}
		if (!xs_settings_add(settings, owner, param, value, why, size))
			return false;
	}
	snprintf(settings->policy, sizeof(settings->policy), "%s", info->name);
	return true;
}

/* --- the rest ------------------------------------------------------------------------------------ */

static bool is_loopback(const char *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, address, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool read_port(const char *text, uint16_t *port)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 1 || value > 65535)
		return false;
	*port = (uint16_t)value;
	return true;
}

bool xs_settings_http(struct xs_settings *settings, const char *text, char *why, size_t size)
{
	char address[XS_WIRE_PATH_SIZE];
	uint16_t port = DEFAULT_PORT;

	if (snprintf(address, sizeof(address), "%s", text) >= (int)sizeof(address)) {
		snprintf(why, size, "the address is too long");
		return false;
	}
	if (!strchr(address, '/') && !read_port(address, &port)) {
		char *colon = strrchr(address, ':');
		char *begin = address;

		if (address[0] == '[') { /* [::1] or [::1]:50000 */
			char *end = strchr(address, ']');
			begin = address + 1;
			colon = end && end[1] == ':' ? end + 1 : NULL;
			if (end)
				*end = '\0';
		} else if (colon && strchr(address, ':') != colon) {
			colon = NULL; /* an address of version 6 without a port */
		}
		if (colon) {
			*colon = '\0';
			if (!read_port(colon + 1, &port)) {
				snprintf(why, size, "'%s' is no port", colon + 1);
				return false;
			}
		}
		if (strcmp(begin, "localhost") == 0)
			begin = strcpy(address, "127.0.0.1");
		if (!is_loopback(begin)) {
			snprintf(why, size,
				"'%s' is not a loopback address: anybody could read and change "
				"what runs here",
				begin);
			return false;
		}
		memmove(address, begin, strlen(begin) + 1);
	} else if (!strchr(address, '/')) {
		strcpy(address, "127.0.0.1");
	}
	memcpy(settings->http_address, address, sizeof(address));
	settings->http_port = port;
	return true;
}

bool xs_settings_plugin_limit(
	struct xs_settings *settings, const char *text, char *why, size_t size)
{
	char *end;
	long us = strtol(text, &end, 10);

	if (end == text || *end || us < 50 || us > 100000) {
		snprintf(why, size, "'%s' is no limit for plug-ins: 50 to 100000 us", text);
		return false;
	}
	settings->plugin_limit_us = (uint32_t)us;
	return true;
}

bool xs_settings_group(struct xs_settings *settings, const char *text, char *why, size_t size)
{
	const struct group *group = getgrnam(text);
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!group && (end == text || *end || number >= XS_NO_GROUP)) {
		snprintf(why, size, "there is no group '%s'", text);
		return false;
	}
	settings->group = group ? group->gr_gid : (gid_t)number;
	return true;
}
