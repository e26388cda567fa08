/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plug-ins: one that decides, those that are refused, and those that are ejected in the middle of a
 * decision. Would catch: a daemon that hangs, ends or leaves a gate closed because of one, and a choice
 * of the plug-in's that is not followed.
 */
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path_of(const char *kind)
{
	static char path[512];
	const char *build = getenv("BUILD");

	snprintf(
		path, sizeof(path), "%s/tests/server/plugins/%s.so", build ? build : "build", kind);
	return path;
}

static pid_t start_with(const char *policy)
{
	const char *arguments[] = { "--policy", policy, NULL };

	return kit_start(arguments);
}

static bool log_has(const char *words)
{
	static char text[65536];
	FILE *file = fopen(kit_log(), "r");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[size] = '\0';
	return strstr(text, words);
}

static uint64_t stat_of(struct actor *control, const char *name)
{
	struct xs_message message = { .opcode = XS_OP_STATS };
	uint64_t value = UINT64_MAX;

	actor_send(control, &message);
	do {
		assert_true(actor_receive(control, &message));
		if (message.opcode == XS_OP_ROW_STAT && strcmp(message.row_stat.name, name) == 0)
			value = message.row_stat.value;
	} while (message.opcode != XS_OP_DONE);
	return value;
}

static int set_policy(struct actor *control, const char *name)
{
	struct xs_message set = { .opcode = XS_OP_POLICY_SET };

	XS_MESSAGE_TEXT(set.policy_set.policy, name);
	return actor_ask(control, &set, NULL);
}

static void open_two(struct actor *first, struct actor *second)
{
	assert_int_equal(actor_open(first, "anna"), 0);
	assert_int_equal(actor_open(second, "bert"), 0);
	actor_priority(second, 100);
	actor_add(first, 0, 7);
	actor_add(second, 0, 7);
	actor_sync(first);
	actor_sync(second);
}

static void it_decides(void **state)
{
	struct actor first, second, control;
	char policy[600];

	(void)state;
	snprintf(policy, sizeof(policy), "%s,size=5", path_of("good"));
	pid_t server = start_with(policy);
	open_two(&first, &second);
	assert_string_equal(first.policy, "alphabet");
	/* By priority it would be the other way round. */
	actor_ready(&second, 0);
	actor_await_open(&second, 0);
	actor_ready(&first, 0);
	actor_await_closed(&second, 0);
	actor_await_open(&first, 0);
	actor_idle(&first, 0);
	actor_await_open(&second, 0);

	assert_int_equal(control_open(&control), 0);
	assert_int_equal(set_policy(&control, "HPF"), 0);
	actor_ready(&first, 0);
	actor_await_closed(&first, 0);
	assert_int_equal(set_policy(&control, "Alphabet"), 0);
	actor_await_closed(&second, 0);
	actor_await_open(&first, 0);

	struct xs_message set = { .opcode = XS_OP_PARAM_SET };
	XS_MESSAGE_TEXT(set.param_set.policy, "alphabet");
	XS_MESSAGE_TEXT(set.param_set.name, "size");
	set.param_set.value = 9;
	assert_int_equal(actor_ask(&control, &set, NULL), 0);
	set.param_set.value = 10;
	assert_int_equal(actor_ask(&control, &set, NULL), ERANGE);
	assert_int_equal(stat_of(&control, "plugin_ejections_total"), 0);
	actor_close(&control);
	actor_close(&first);
	actor_close(&second);
	kit_stop(server);
}

/* From good decisions into the bad one: HPF answers, others go on, and the plug-in does not come back. */
static void is_ejected(const char *kind, const char *reason)
{
	struct actor first, second, trigger, control;

	unlink(kit_log());
	pid_t server = start_with(path_of(kind));
	open_two(&first, &second);
	actor_ready(&second, 0);
	actor_ready(&first, 0);
	actor_await_closed(&second, 0);
	assert_int_equal(actor_open(&trigger, "trigger"), 0);
	actor_add(&trigger, 0, 7);
	actor_ready(&trigger, 0);
	/* Now by priority. */
	actor_await_open(&second, 0);
	actor_await_closed(&first, 0);
	actor_await_closed(&trigger, 0);

	assert_int_equal(control_open(&control), 0);
	assert_int_equal(stat_of(&control, "plugin_ejections_total"), 1);
	assert_int_equal(set_policy(&control, "alphabet"), EPERM);
	assert_true(log_has("policy alphabet is replaced by HPF"));
	assert_true(log_has(reason));
	actor_idle(&second, 0);
	actor_await_open(&first, 0);
	actor_await_open(&trigger, 0);
	actor_close(&control);
	actor_close(&trigger);
	actor_close(&first);
	actor_close(&second);
	kit_stop(server);
}

static void one_that_never_returns_is_ejected(void **state)
{
	(void)state;
	is_ejected("loop", "took more than 1000 us");
}

static void a_slow_one_is_ejected(void **state)
{
	(void)state;
	is_ejected("slow", "took more than 1000 us");
}

static void one_that_sleeps_is_ejected(void **state)
{
	(void)state;
	is_ejected("sleep", "did not answer within");
}

static void one_that_crashes_is_ejected(void **state)
{
	(void)state;
	is_ejected("crash", "died of signal 31");
}

static void one_that_ends_the_process_is_ejected(void **state)
{
	(void)state;
	is_ejected("exit", "ended its process with status 3");
}

/* All that it can write is what it was given: it decides badly, and only that. */
static void one_that_scribbles_only_decides_badly(void **state)
{
	struct actor first, trigger;

	(void)state;
	pid_t server = start_with(path_of("scribble"));
	assert_int_equal(actor_open(&first, "anna"), 0);
	assert_int_equal(actor_open(&trigger, "trigger"), 0);
	actor_add(&first, 0, 7);
	actor_add(&trigger, 0, 7);
	for (int i = 0; i < 100; i++) {
		actor_ready(&trigger, 0);
		actor_ready(&first, 0);
		actor_await_open(&first, 0);
		actor_idle(&trigger, 0);
		actor_idle(&first, 0);
	}
	actor_sync(&first);
	actor_close(&first);
	actor_close(&trigger);
	kit_stop(server);
}

/* The daemon ends and says why, before anybody has connected. */
static void is_refused(const char *policy, const char *reason)
{
	const char *build = getenv("BUILD");
	char program[512], words[1024];
	size_t length = 0;
	int output[2], status;

	snprintf(program, sizeof(program), "%s/bin/xserver", build ? build : "build");
	assert_int_equal(pipe(output), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(output[1], STDERR_FILENO);
		close(output[0]);
		close(output[1]);
		execl(program, "xserver", "--socket", kit_socket(), "--policy", policy, NULL);
		_exit(127);
	}
	close(output[1]);
	for (ssize_t size = 1; size > 0 && length < sizeof(words) - 1;) {
		size = read(output[0], words + length, sizeof(words) - 1 - length);
		length += size > 0 ? (size_t)size : 0;
	}
	words[length] = '\0';
	close(output[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!strstr(words, reason))
		fail_msg("'%s' is not in: %s", reason, words);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

static void what_does_not_fit_is_refused(void **state)
{
	(void)state;
	is_refused(path_of("version"), "made for version 2");
	is_refused(path_of("nothing"), "exports no xsched_policy");
	is_refused(path_of("taken"), "its name is taken");
	is_refused(path_of("greedy"), "too many parameters");
	is_refused("/etc/hostname", "");
	is_refused("./nowhere.so", "No such file");
	is_refused("nowhere", "there is no policy 'nowhere'");
	is_refused("/dev/zero", "it is not a file");
}

static void copy_to(const char *from, const char *to, mode_t mode)
{
	char buffer[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t size;

	assert_true(in >= 0 && out >= 0);
	while ((size = read(in, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(out, buffer, (size_t)size), size);
	fchmod(out, mode);
	close(in);
	close(out);
}

static void files_that_others_can_change_are_refused(void **state)
{
	char path[200];

	(void)state;
	snprintf(path, sizeof(path), "%s.so", kit_socket());
	copy_to(path_of("good"), path, 0757);
	is_refused(path, "others may write it");
	if (geteuid() == 0) {
		chmod(path, 0775);
		is_refused(path, "others may write it");
		chmod(path, 0755);
		assert_int_equal(chown(path, 12345, 0), 0);
		is_refused(path, "belongs to somebody else");
	}
	unlink(path);
}

static void a_name_is_looked_up(void **state)
{
	char directory[512];
	struct actor actor;

	(void)state;
	snprintf(directory, sizeof(directory), "%s", path_of("good"));
	*strrchr(directory, '/') = '\0';
	setenv("XSCHED_PLUGIN_PATH", directory, 1);
	pid_t server = start_with("good,size=1");
	unsetenv("XSCHED_PLUGIN_PATH");
	assert_int_equal(actor_open(&actor, "anna"), 0);
	assert_string_equal(actor.policy, "alphabet");
	actor_close(&actor);
	kit_stop(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_decides),
		cmocka_unit_test(one_that_never_returns_is_ejected),
		cmocka_unit_test(a_slow_one_is_ejected),
		cmocka_unit_test(one_that_sleeps_is_ejected),
		cmocka_unit_test(one_that_crashes_is_ejected),
		cmocka_unit_test(one_that_ends_the_process_is_ejected),
		cmocka_unit_test(one_that_scribbles_only_decides_badly),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(files_that_others_can_change_are_refused),
		cmocka_unit_test(a_name_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
