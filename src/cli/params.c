/* SPDX-License-Identifier: Apache-2.0 */
/* PARAM=VALUE against the daemon's own table, so that a new policy needs nothing here. */
#include "cli/params.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"

#define SCHEDULER "scheduler" /* the owner that is "" on the wire */

struct params {
	struct xs_msg_row_param rows[128];
	size_t count;
};

static void collect(void *ctx, const struct xs_message *row)
{
	struct params *params = ctx;

	if (row->opcode == XS_OP_ROW_PARAM &&
		params->count < sizeof(params->rows) / sizeof(*params->rows))
		params->rows[params->count++] = row->row_param;
}

/* policy "": of all. */
static int fetch(struct params *params, const char *policy)
{
	struct xs_message request = { .opcode = XS_OP_PARAM_LIST };
	char subject[64];

	params->count = 0;
	snprintf(subject, sizeof(subject), "policy '%s'", policy);
	XS_MESSAGE_TEXT(request.param_list.policy, policy);
	return xs_ask(&request, collect, params, subject);
}

/* --- the table ----------------------------------------------------------------------------------- */

#define PARAM(row) ((const struct xs_msg_row_param *)(row))

static json_t *owner(const void *row)
{
	return xs_json_text(PARAM(row)->policy[0] ? PARAM(row)->policy : SCHEDULER);
}

static json_t *name(const void *row)
{
	return xs_json_text(PARAM(row)->name);
}

static json_t *value(const void *row)
{
	return json_integer(PARAM(row)->value);
}

static json_t *least(const void *row)
{
	return json_integer(PARAM(row)->min);
}

static json_t *most(const void *row)
{
	return json_integer(PARAM(row)->max);
}

static json_t *usual(const void *row)
{
	return json_integer(PARAM(row)->def);
}

static json_t *unit(const void *row)
{
	return xs_json_text(PARAM(row)->unit);
}

static json_t *words(const void *row)
{
	return xs_json_text(PARAM(row)->words);
}

static json_t *doc(const void *row)
{
	return xs_json_text(PARAM(row)->doc);
}

/* The word that a value stands for, or the number. */
static void put_value(const struct xs_msg_row_param *param, int64_t number, char *cell, size_t size)
{
	const char *word = param->words;

	for (int64_t i = 0; *word; i++) {
		size_t length = strcspn(word, " ");

		if (i == number) {
			snprintf(cell, size, "%.*s", (int)length, word);
			return;
		}
		word += length + strspn(word + length, " ");
	}
	snprintf(cell, size, "%lld", (long long)number);
}

static void value_text(const void *row, char *cell, size_t size)
{
	put_value(row, PARAM(row)->value, cell, size);
}

static void default_text(const void *row, char *cell, size_t size)
{
	put_value(row, PARAM(row)->def, cell, size);
}

static void allowed_text(const void *row, char *cell, size_t size)
{
	const struct xs_msg_row_param *param = row;

	if (param->words[0])
		snprintf(cell, size, "%s", param->words);
	else
		snprintf(cell, size, "%lld..%lld%s%s", (long long)param->min, (long long)param->max,
			param->unit[0] ? " " : "", param->unit);
}

static const struct xs_column columns[] = {
	{ "POLICY", "policy", false, owner, NULL },
	{ "PARAMETER", "name", false, name, NULL },
	{ "VALUE", "value", true, value, value_text },
	{ "ALLOWED", NULL, false, NULL, allowed_text },
	{ "DEFAULT", "default", true, usual, default_text },
	{ "", "doc", false, doc, NULL },
	{ NULL, "min", false, least, NULL },
	{ NULL, "max", false, most, NULL },
	{ NULL, "unit", false, unit, NULL },
	{ NULL, "words", false, words, NULL },
};

/* The rows of "" alone, among those of all. */
static void keep_scheduler(struct params *params)
{
	size_t kept = 0;

	for (size_t i = 0; i < params->count; i++) {
		if (!params->rows[i].policy[0])
			params->rows[kept++] = params->rows[i];
	}
	params->count = kept;
}

int xs_params_print(const char *policy)
{
	static struct params params;
	bool scheduler = policy && strcasecmp(policy, SCHEDULER) == 0;
	int status = fetch(&params, policy && !scheduler ? policy : "");

	if (status)
		return status;
	if (scheduler)
		keep_scheduler(&params);
	return xs_print_rows(columns, sizeof(columns) / sizeof(*columns), "params", params.rows,
		params.count, sizeof(*params.rows));
}

/* --- setting ------------------------------------------------------------------------------------- */

/* The policy's own goes before the scheduler's. */
static const struct xs_msg_row_param *find(
	const struct params *params, const char *policy, const char *text, size_t length)
{
	const struct xs_msg_row_param *found = NULL;

	for (size_t i = 0; i < params->count; i++) {
		const struct xs_msg_row_param *row = &params->rows[i];

		if (strlen(row->name) != length || strncasecmp(row->name, text, length) != 0)
			continue;
		if (strcasecmp(row->policy, policy) == 0)
			return row;
		if (!row->policy[0])
			found = row;
	}
	return found;
}

/* One PARAM=VALUE. Returns an exit status. */
static int read_setting(const struct params *params, const char *policy, const char *setting,
	const struct xs_msg_row_param **param, int64_t *number)
{
	const char *equals = strchr(setting, '=');
	char allowed[XS_CELL_SIZE];

	if (!equals)
		return xs_usage_error("'%s' is not of the form PARAM=VALUE", setting);
	*param = find(params, policy, setting, (size_t)(equals - setting));
	if (!*param) {
		xs_complain("%s has no parameter '%.*s'; xcli policy params %s lists them", policy,
			(int)(equals - setting), setting, policy);
		return XS_EXIT_NOT_FOUND;
	}
	struct xs_arg words = { .words = (*param)->words };
	if (xs_read_word(&words, equals + 1, number) ||
		xs_read(xs_read_number, (*param)->min, (*param)->max, equals + 1, number))
		return XS_EXIT_OK;
	allowed_text(*param, allowed, sizeof(allowed));
	return xs_usage_error("%s: '%s' is not allowed; %s", (*param)->name, equals + 1, allowed);
}

static int each(const char *policy, int count, char **settings, bool act)
{
	static struct params params;
	int status = count ? fetch(&params, "") : XS_EXIT_OK;

	for (int i = 0; !status && i < count; i++) {
		struct xs_message message = { .opcode = XS_OP_PARAM_SET };
		const struct xs_msg_row_param *param = NULL;
		int64_t number = 0;

		status = read_setting(&params, policy, settings[i], &param, &number);
		if (status || !act)
			continue;
		XS_MESSAGE_TEXT(message.param_set.policy, param->policy);
		XS_MESSAGE_TEXT(message.param_set.name, param->name);
		message.param_set.value = number;
		status = xs_ask(&message, NULL, NULL, param->name);
		if (!status)
			xs_confirm("%s of %s set to %s", param->name,
				param->policy[0] ? param->policy : "the scheduler",
				strchr(settings[i], '=') + 1);
	}
	return status;
}

int xs_params_check(const char *policy, int count, char **settings)
{
	return each(policy, count, settings, false);
}

int xs_params_set(const char *policy, int count, char **settings)
{
	return each(policy, count, settings, true);
}
