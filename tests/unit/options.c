/* SPDX-License-Identifier: Apache-2.0 */
/* The option table: every kind of value, right and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/options.h"

static const char *fake_variable;
static const char *fake_value;

static char *fake_lookup(const char *variable)
{
	static char copy[64];

	if (!fake_variable || strcmp(variable, fake_variable) != 0)
		return NULL;
	strncpy(copy, fake_value, sizeof(copy) - 1);
	return copy;
}

static struct xs_options parse(const char *variable, const char *value)
{
	struct xs_options options;

	fake_variable = variable;
	fake_value = value;
	xs_options_parse(&options, fake_lookup);
	return options;
}

static void defaults(void **state)
{
	(void)state;
	struct xs_options options = parse(NULL, NULL);

	assert_int_equal(options.auto_xqueue, 1);
	assert_int_equal(options.scheduler, XS_UNSET);
	assert_int_equal(options.budget_us, 500);
	assert_null(options.cuda_lib);
}

static void switches(void **state)
{
	(void)state;
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE", "off").auto_xqueue, 0);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE", "0").auto_xqueue, 0);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE", "On").auto_xqueue, 1);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE", "maybe").auto_xqueue, 1);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE", "").auto_xqueue, 1);
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_PRIORITY", "-255").priority, -255);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_PRIORITY", "17 apples").priority, 17);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_PRIORITY", "300").priority, XS_UNSET);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_PRIORITY", "apples").priority, XS_UNSET);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_BUDGET", "99999999999999").budget_us, 500);
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(parse("XSCHED_SCHEDULER", "app").scheduler, 0);
	assert_int_equal(parse("XSCHED_SCHEDULER", "GLB").scheduler, 2);
	assert_int_equal(parse("XSCHED_SCHEDULER", "GL").scheduler, XS_UNSET);
	assert_int_equal(parse("XSCHED_POLICY", "mlfq").policy, 10);
}

/* XSched ends the application when only the threshold is set below its default batch (D15). */
static void batch_above_threshold_is_lowered(void **state)
{
	(void)state;
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_THRESHOLD", "4").threshold, 4);
	assert_int_equal(parse("XSCHED_AUTO_XQUEUE_BATCH_SIZE", "4").batch_size, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(switches),
		cmocka_unit_test(numbers),
		cmocka_unit_test(words),
		cmocka_unit_test(batch_above_threshold_is_lowered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
