/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls every entry point that the shim overrides and that the runtime has, with arguments that can
 * be told apart, and looks at what the runtime was given: the same function, once, with the same
 * arguments, and its result comes back. Linked with a test runtime (stub/); prints how many entry
 * points that were, and the complaints.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "stub.h"

#define WORDS 17

typedef long (*any_fn)(long, long, long, long, long, long, long, long, long, long, long, long, long,
	long, long, long, long);

struct entry {
	const char *symbol;
	int since;
	const char *form;
	const char *params;
};

static const struct entry entries[] = {
#define XS_ODD(symbol, since, slot, class, form, result, params, args)                             \
	{ #symbol, since, #form, #params },
#include "platform/hip/hip_api.def"
};

static char buffer[WORDS * 264 + 4096];
static int complaints;

static long word(int i)
{
	return (long)(buffer + 264 * i);
}

/* Structures that are passed in memory would need words of their own. */
static bool by_value(const char *params)
{
	static const char *const structures[] = { "hipExtent ", "hipPitchedPtr ", "hipPos ",
		"hipMemLocation ", "hipIpcMemHandle_t " };

	for (size_t i = 0; i < sizeof(structures) / sizeof(*structures); i++) {
		const char *at = strstr(params, structures[i]);
		if (at && at[strlen(structures[i])] != '*')
			return true;
	}
	return false;
}

/* The bits of an argument that count, by the text of its parameter. */
static unsigned long mask(const char *param, size_t length)
{
	if (memchr(param, '*', length) || memmem(param, length, "size_t", 6))
		return ~0ul;
	if (memmem(param, length, "char", 4) || memmem(param, length, "short", 5) ||
		memmem(param, length, "int8", 4) || memmem(param, length, "int16", 5))
		return 0xff;
	return 0xffffffff;
}

static void compare(const struct entry *entry)
{
	const char *at = entry->params + 1;

	if (by_value(entry->params) || strcmp(entry->params, "(void)") == 0)
		return;
	for (int i = 0; i < WORDS && *at; i++) {
		size_t length = strcspn(at, ",)");
		unsigned long bits = mask(at, length);

		if (length > 5 && memmem(at, length, "dim3 ", 5))
			bits = ~0ul, i += ((stub_arguments[i] ^ word(i)) & (long)bits) ? 0 : 1;
		else if ((unsigned long)(stub_arguments[i] ^ word(i)) & bits) {
			printf("%s: argument %d arrived as %lx, not %lx\n", entry->symbol, i,
				stub_arguments[i], word(i));
			complaints++;
		}
		at += length + 1;
		while (*at == ' ')
			at++;
	}
}

static bool try(const struct entry *entry, int result)
{
	any_fn function = (any_fn)dlsym(RTLD_DEFAULT, entry->symbol);
	long got;

	if (!function || (STUB_MAJOR + 1) * 1000 <= entry->since)
		return false;
	memset(buffer, 0, sizeof(buffer));
	stub_last = NULL;
	stub_result = result;
	got = function(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7),
		word(8), word(9), word(10), word(11), word(12), word(13), word(14), word(15),
		word(16));
	if (!stub_last)
		return true; /* one that does something */
	if ((int)got != result) {
		printf("%s: returned %d, not %d\n", entry->symbol, (int)got, result);
		complaints++;
	}
	/* One function with two spellings. */
	if (strcmp(stub_last, entry->symbol) != 0 && !strstr(entry->symbol, "hipExtModuleLaunch")) {
		printf("%s: the runtime saw %s\n", entry->symbol, stub_last);
		complaints++;
	}
	compare(entry);
	return true;
}

int main(void)
{
	int tried = 0;

	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		if (strcmp(entries[i].form, "JUMP") == 0)
			continue;
		if (strcmp(entries[i].symbol, "hipMalloc") == 0 ||
			strcmp(entries[i].symbol, "hipFree") == 0)
			continue; /* of the runtime's own memory */
		tried += try(&entries[i], 7) && try(&entries[i], 0);
	}
	printf("%d\n", tried);
	return complaints != 0;
}
