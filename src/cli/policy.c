/* SPDX-License-Identifier: Apache-2.0 */
/* xcli policy: which policy decides, which there are, and their parameters. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/params.h"

enum { QUERY, SET, NAME };

/* XSched's spelling: policy -q, policy -s -n NAME. */
static struct xs_arg args[] = {
	[QUERY] = { .name = "query", .letter = 'q', .help = "the policy and all that there are" },
	[SET] = { .name = "set", .letter = 's', .help = "set the policy that --name names" },
	[NAME] = { .name = "name", .letter = 'n', .value = "NAME", .help = "the policy for --set" },
};

/* --- the policies -------------------------------------------------------------------------------- */

struct policies {
	struct xs_msg_row_policy rows[64];
	size_t count;
};

static void collect(void *ctx, const struct xs_message *row)
{
	struct policies *policies = ctx;

	if (row->opcode == XS_OP_ROW_POLICY &&
		policies->count < sizeof(policies->rows) / sizeof(*policies->rows))
		policies->rows[policies->count++] = row->row_policy;
}

static int fetch(struct policies *policies)
{
	struct xs_message request = { .opcode = XS_OP_POLICY_LIST };

	policies->count = 0;
	return xs_ask(&request, collect, policies, "the policies");
}

static const char *current(const struct policies *policies)
{
	for (size_t i = 0; i < policies->count; i++) {
		if (policies->rows[i].current)
			return policies->rows[i].policy;
	}
	return "";
}

static json_t *name(const void *row)
{
	return xs_json_text(((const struct xs_msg_row_policy *)row)->policy);
}

static json_t *summary(const void *row)
{
	return xs_json_text(((const struct xs_msg_row_policy *)row)->summary);
}

static json_t *is_current(const void *row)
{
	return json_boolean(((const struct xs_msg_row_policy *)row)->current);
}

static void mark(const void *row, char *cell, size_t size)
{
	snprintf(cell, size, "%s", ((const struct xs_msg_row_policy *)row)->current ? "*" : "");
}

static const struct xs_column columns[] = {
	{ "", "current", false, is_current, mark },
	{ "POLICY", "policy", false, name, NULL },
	{ "", "summary", false, summary, NULL },
};

/* --- verbs of the verb --------------------------------------------------------------------------- */

static int list(void)
{
	static struct policies policies;
	int status = fetch(&policies);

	return status ? status
		      : xs_print_rows(columns, sizeof(columns) / sizeof(*columns), "policies",
				policies.rows, policies.count, sizeof(*policies.rows));
}

static int get(void)
{
	static struct policies policies;
	int status = fetch(&policies);

	if (status)
		return status;
	if (xs_json_wanted())
		return xs_print_json(json_pack("{s:s}", "policy", current(&policies)));
	puts(current(&policies));
	return xs_finish_output();
}

/* As XSched prints it. */
static int query(void)
{
	static struct policies policies;

	if (xs_json_wanted())
		return list();
	int status = fetch(&policies);
	if (status)
		return status;
	printf("Current policy: %s\nAvailable policies:\n", current(&policies));
	for (size_t i = 0; i < policies.count; i++)
		printf("  %s\n", policies.rows[i].policy);
	return xs_finish_output();
}

static int set_policy(const char *policy)
{
	struct xs_message message = { .opcode = XS_OP_POLICY_SET };
	char subject[64];

	snprintf(subject, sizeof(subject), "policy '%s'", policy);
	XS_MESSAGE_TEXT(message.policy_set.policy, policy);
	int status = xs_ask(&message, NULL, NULL, subject);
	if (!status)
		xs_confirm("Policy set to %s", policy);
	return status;
}

/* set [NAME] [PARAM=VALUE...]: the values are checked before anything changes. */
static int set(int count, char **operands)
{
	static struct policies policies;
	bool named = count && !strchr(operands[0], '=');

	if (!count)
		return xs_usage_error("set what? NAME, PARAM=VALUE or both");
	int status = fetch(&policies);
	if (status)
		return status;
	const char *policy = named ? operands[0] : current(&policies);
	for (size_t i = 0; i < policies.count; i++) {
		if (strcasecmp(policies.rows[i].policy, policy) == 0)
			policy = policies.rows[i].policy;
	}
	status = xs_params_check(policy, count - named, operands + named);
	if (!status && named)
		status = set_policy(policy);
	return status ? status : xs_params_set(policy, count - named, operands + named);
}

static int run(int count, char **operands)
{
	const char *what = count ? operands[0] : "get";

	if (args[SET].given != args[NAME].given)
		return xs_usage_error("--set and --name go together: -s -n NAME");
	if ((count > 0) + args[QUERY].given + args[SET].given > 1)
		return xs_usage_error("only one of an operand, --query and --set");
	if (args[QUERY].given)
		return query();
	if (args[SET].given)
		return set_policy(args[NAME].text);
	if (strcmp(what, "set") == 0)
		return set(count - 1, operands + 1);
	if (strcmp(what, "params") == 0 && count <= 2)
		return xs_params_print(count == 2 ? operands[1] : NULL);
	if (strcmp(what, "get") == 0 && count <= 1)
		return get();
	if (strcmp(what, "list") == 0 && count == 1)
		return list();
	return xs_usage_error(
		"'%s' is not one of get, set NAME [PARAM=VALUE...], list, params [NAME]", what);
}

static void complete(int count, char **operands, void (*say)(const char *word))
{
	static const char *const words[] = { "get", "set", "list", "params", NULL };
	static struct policies policies;
	struct xs_message request = { .opcode = XS_OP_POLICY_LIST };
	const char *before = count ? operands[count - 1] : "";

	for (const char *const *word = words; count == 0 && *word; word++)
		say(*word);
	if (strcmp(before, "set") != 0 && strcmp(before, "params") != 0 &&
		strcmp(before, "-n") != 0 && strcmp(before, "--name") != 0)
		return;
	xs_ask_quietly(&request, collect, &policies);
	for (size_t i = 0; i < policies.count; i++)
		say(policies.rows[i].policy);
}

const struct xs_verb xs_verb_policy = {
	.name = "policy",
	.summary = "Show or change the policy and its parameters",
	.operands = "[get | set [NAME] [PARAM=VALUE...] | list | params [NAME]]",
	.text = "get prints the name of the policy that decides, list all of them, params\n"
		"their parameters. set takes a policy, values of parameters (of the policy,\n"
		"or of the scheduler itself), or both: policy set HPF floor=5. Hints\n"
		"survive a change of policy.",
	XS_ARGS(args),
	.most = -1,
	.complete = complete,
	.run = run,
};
