/* SPDX-License-Identifier: Apache-2.0 */
/* Processes and queues by number. */
#include "cli/target.h"

#include <stdio.h>
#include <strings.h>

#include "cli/cli.h"
#include "cli/daemon.h"

struct xs_target xs_target_process(int64_t pid)
{
	struct xs_target target = { .target = XS_TARGET_PID, .id = (uint64_t)pid };

	snprintf(target.subject, sizeof(target.subject), "process %lld", (long long)pid);
	return target;
}

struct xs_target xs_target_queue(int64_t handle)
{
	struct xs_target target = { .target = XS_TARGET_HANDLE, .id = (uint64_t)handle };

	snprintf(target.subject, sizeof(target.subject), "XQueue 0x%llx",
		(unsigned long long)handle);
	return target;
}

struct xs_target xs_target_all(void)
{
	return (struct xs_target){ .target = XS_TARGET_ALL, .subject = "everybody" };
}

bool xs_target_read(struct xs_target *target, const char *text)
{
	bool hex = strncasecmp(text, "0x", 2) == 0;
	int64_t number;

	if (!hex && xs_read(xs_read_number, 1, XS_LARGEST_PID, text, &number)) {
		*target = xs_target_process(number);
		return true;
	}
	if (!xs_read(xs_read_handle, 0, 0, text, &number))
		return false;
	*target = xs_target_queue(number);
	return true;
}

int xs_target_hint(const struct xs_target *target, uint32_t kind, int64_t value)
{
	struct xs_message message = { .opcode = XS_OP_HINT };

	message.hint.target = target->target;
	message.hint.id = target->id;
	message.hint.kind = kind;
	message.hint.value = value;
	return xs_ask(&message, NULL, NULL, target->subject);
}

/* --- completion ---------------------------------------------------------------------------------- */

static void say_pid(void *ctx, const struct xs_message *row)
{
	void (**say)(const char *) = ctx;
	char word[32];

	if (row->opcode != XS_OP_ROW_PROCESS)
		return;
	snprintf(word, sizeof(word), "%u", row->row_process.pid);
	(*say)(word);
}

static void say_queue(void *ctx, const struct xs_message *row)
{
	void (**say)(const char *) = ctx;
	char word[32];

	if (row->opcode != XS_OP_ROW_QUEUE)
		return;
	snprintf(word, sizeof(word), "0x%llx", (unsigned long long)row->row_queue.handle);
	(*say)(word);
}

void xs_target_complete_pid(void (*say)(const char *word))
{
	struct xs_message request = { .opcode = XS_OP_LIST };

	xs_ask_quietly(&request, say_pid, &say);
}

void xs_target_complete_queue(void (*say)(const char *word))
{
	struct xs_message request = { .opcode = XS_OP_LIST };

	xs_ask_quietly(&request, say_queue, &say);
}
