/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the decoder, and the life of a tenant behind it: sequences of messages and page contents go
 * through xs_message_decode() into a world with real pages, without sockets.
 *
 *   wire [-nINPUTS] [-rSEED] [FILE...]     mutates the corpus (or the files); deterministic
 *   clang -fsanitize=fuzzer -DXS_LIBFUZZER  the same target for libFuzzer
 *
 * An input is a sequence of records: size (2 bytes), then a message of that size; size 0xffff:
 * slot (2 bytes) and word (8 bytes) to store into the page, which is then read. Would catch: a decoder
 * that reads too far (with SAN=address), a world that trusts a number, a queue that leaks.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/world.h"
#include "wire/message.h"

#define LARGEST 4096

static struct xs_world world;
static struct xs_tenant tenants[2];

static void look(struct xs_tenant *tenant)
{
	xs_store_relaxed(&tenant->page->client_told, 0);
}

static void broken(struct xs_tenant *tenant)
{
	(void)tenant;
}

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static void begin(void)
{
	static const struct xs_world_ops ops = { .look = look, .broken = broken };
	static int fds[2] = { -1, -1 };

	check(xs_world_init(&world, &ops, NULL) == 0, "no world");
	for (size_t i = 0; i < 2; i++) {
		struct xs_page *page = tenants[i].page;

		if (!page)
			check(xs_page_create(&page, &fds[i]) == 0, "no page");
		memset(&tenants[i], 0, sizeof(tenants[i]));
		tenants[i].page = page;
		check(xs_tenant_add(&world, &tenants[i]) == 0, "no tenant");
	}
}

static void take_hint(struct xs_tenant *tenant, const struct xs_msg_hint *message)
{
	struct xs_hint hint = {
		.kind = (enum xs_hint_kind)(message->kind % XS_WIRE_HINTS),
		.clear = message->clear,
		.value = message->value,
		.lax_prio = message->lax_prio,
		.crit_prio = message->crit_prio,
		.display = message->display,
	};
	struct xs_lane *lane = xs_tenant_find(tenant, message->slot, message->id);

	if (message->target == XS_TARGET_ALL)
		xs_sched_hint(world.sched, XS_HINT_ALL, 0, &hint, world.now_ns);
	else if (message->target == XS_TARGET_OWN_QUEUE && lane)
		xs_lane_hint(lane, &hint);
	else
		xs_tenant_hint_all(tenant, &hint);
}

static void take_message(struct xs_tenant *tenant, const struct xs_message *message)
{
	const struct xs_lane *lane;

	switch (message->opcode) {
	case XS_OP_QUEUE_ADD:
		xs_tenant_queue_add(tenant, &message->queue_add);
		break;
	case XS_OP_QUEUE_REMOVE:
		xs_tenant_queue_remove(
			tenant, message->queue_remove.slot, message->queue_remove.id);
		break;
	case XS_OP_QUEUE_CHANGE:
		xs_tenant_queue_change(tenant, &message->queue_change);
		break;
	case XS_OP_LEND:
		lane = xs_tenant_find(tenant, message->lend.slot, message->lend.id);
		if (lane)
			xs_sched_queue_lend(world.sched, xs_lane_number(lane),
				message->lend.priority, world.now_ns);
		break;
	case XS_OP_STALLED:
		lane = xs_tenant_find(tenant, message->stalled.slot, message->stalled.id);
		if (lane)
			xs_sched_queue_stalled(world.sched, xs_lane_number(lane),
				message->stalled.on != 0, world.now_ns);
		break;
	case XS_OP_HINT:
		take_hint(tenant, &message->hint);
		break;
	case XS_OP_SUSPEND:
		xs_tenant_suspend(tenant, message->suspend.on != 0);
		break;
	case XS_OP_POLICY_SET:
		xs_sched_set_policy(world.sched, message->policy_set.policy, world.now_ns);
		break;
	case XS_OP_PARAM_SET:
		xs_sched_param_set(world.sched,
			message->param_set.policy[0] ? message->param_set.policy : NULL,
			message->param_set.name, message->param_set.value, world.now_ns);
		break;
	default:
		break;
	}
}

static void store_word(struct xs_tenant *tenant, const uint8_t *record)
{
	size_t index = ((size_t)record[0] | (size_t)record[1] << 8) % XS_PAGE_SLOTS;
	uint64_t word;

	memcpy(&word, record + 2, sizeof(word));
	xs_store_relaxed(&tenant->page->slots[index].word, word);
	xs_store_relaxed(&tenant->page->slots[index].device_ns, word * 3);
	xs_page_tell(tenant->page, index);
	/* Also what no honest process would write. */
	xs_store_relaxed(&tenant->page->changed[record[0] % XS_PAGE_GROUPS], word);
	xs_tenant_read(tenant);
}

static void play(const uint8_t *data, size_t size)
{
	struct xs_message message;
	uint8_t encoded[XS_WIRE_MAX];

	for (size_t turn = 0; size >= 2; turn++) {
		struct xs_tenant *tenant = &tenants[turn / 3 % 2];
		size_t length = (size_t)data[0] | (size_t)data[1] << 8;

		data += 2, size -= 2;
		world.now_ns += 1000 + length;
		if (length == 0xffff && size >= 10) {
			store_word(tenant, data);
			length = 10;
		} else {
			length = length < size ? length : size;
			/* A copy of its own, so that a sanitizer sees the last byte. */
			uint8_t *copy = malloc(length + 1);
			memcpy(copy, data, length);
			int err = xs_message_decode(&message, copy, length, XS_TO_SERVER);
			free(copy);
			if (!err) {
				check(xs_message_encode(&message, encoded) == (int)length,
					"what was decoded does not encode to the same size");
				take_message(tenant, &message);
			}
		}
		data += length, size -= length;
		if (xs_world_settle(&world) && turn % 4 == 0)
			xs_world_tick(&world);
	}
	/* The words belong to the other side, but what we hold we also let go. */
	xs_world_fini(&world);
	check(world.queue_count == 0 && world.tenant_count == 0, "something is left");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin();
	play(data, size);
	return 0;
}

#ifndef XS_LIBFUZZER
/* --- a driver that needs no libFuzzer ------------------------------------------------------------- */

struct input {
	uint8_t bytes[LARGEST];
	size_t size;
};

static struct input corpus[256];
static size_t corpus_count;
static uint64_t random_state = 1;

static uint32_t rnd(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % below;
}

static void load(const char *path)
{
	FILE *file = corpus_count < 256 ? fopen(path, "rb") : NULL;

	if (!file)
		return;
	struct input *input = &corpus[corpus_count++];
	input->size = fread(input->bytes, 1, LARGEST, file);
	fclose(file);
}

static void load_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char name[1024];

	while (directory && (entry = readdir(directory))) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			load(name);
	}
	if (directory)
		closedir(directory);
}

/* A message with random fields, now and then with a wrong size. */
static void append_message(struct input *input)
{
	static const uint16_t opcodes[] = { XS_OP_QUEUE_ADD, XS_OP_QUEUE_ADD, XS_OP_QUEUE_REMOVE,
		XS_OP_QUEUE_CHANGE, XS_OP_LEND, XS_OP_STALLED, XS_OP_HINT, XS_OP_SUSPEND,
		XS_OP_POLICY_SET };
	struct xs_message message;
	uint8_t buffer[XS_WIRE_MAX];

	if (input->size + XS_WIRE_MAX + 2 > LARGEST)
		return;
	memset(&message, 0, sizeof(message));
	message.opcode = opcodes[rnd(sizeof(opcodes) / sizeof(opcodes[0]))];
	for (size_t i = 0; i < 48; i += 4) {
		uint32_t value = rnd(4) ? rnd(4) : rnd(UINT32_MAX);
		memcpy((char *)&message.queue_add + i, &value, sizeof(value));
	}
	if (message.opcode == XS_OP_POLICY_SET) {
		const struct xs_policy_info *info = xs_policy_info(rnd(14));
		XS_MESSAGE_TEXT(message.policy_set.policy, info ? info->name : "?");
	}
	size_t size = (size_t)xs_message_encode(&message, buffer);
	if (rnd(50) == 0)
		size = rnd((uint32_t)size);
	input->bytes[input->size++] = (uint8_t)size;
	input->bytes[input->size++] = (uint8_t)(size >> 8);
	memcpy(input->bytes + input->size, buffer, size);
	input->size += size;
}

static void append_word(struct input *input)
{
	if (input->size + 12 > LARGEST)
		return;
	input->bytes[input->size++] = 0xff;
	input->bytes[input->size++] = 0xff;
	input->bytes[input->size++] = (uint8_t)rnd(4);
	input->bytes[input->size++] = 0;
	for (int i = 0; i < 8; i++)
		input->bytes[input->size++] = (uint8_t)rnd(256);
}

static void mutate(struct input *input)
{
	for (uint32_t i = rnd(8) ? rnd(8) + 1 : rnd(64); i; i--) {
		switch (rnd(6)) {
		case 0:
			if (input->size)
				input->bytes[rnd((uint32_t)input->size)] ^= (uint8_t)(1u << rnd(8));
			break;
		case 1:
			if (input->size)
				input->bytes[rnd((uint32_t)input->size)] = (uint8_t)rnd(256);
			break;
		case 2:
			if (rnd(8) == 0)
				input->size = rnd((uint32_t)input->size + 1);
			break;
		case 3:
			append_word(input);
			break;
		default:
			append_message(input);
		}
	}
}

int main(int argc, char **argv)
{
	const char *wanted = getenv("FUZZ_INPUTS");
	long inputs = wanted ? atol(wanted) : 100000;
	static struct input input;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-n", 2) == 0)
			inputs = atol(argv[i] + 2);
		else if (strncmp(argv[i], "-r", 2) == 0)
			random_state = strtoull(argv[i] + 2, NULL, 10) * 2 + 1;
		else
			load(argv[i]);
	}
	if (!corpus_count)
		load_directory("tests/fuzz/wire");
	for (size_t i = 0; i < corpus_count; i++)
		LLVMFuzzerTestOneInput(corpus[i].bytes, corpus[i].size);
	for (long i = 0; i < inputs; i++) {
		input.size = 0;
		if (corpus_count && rnd(4))
			input = corpus[rnd((uint32_t)corpus_count)];
		mutate(&input);
		LLVMFuzzerTestOneInput(input.bytes, input.size);
	}
	printf("%ld inputs from %zu of the corpus\n", inputs, corpus_count);
	return 0;
}
#endif
