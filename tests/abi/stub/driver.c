/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver that does nothing, made of the same table as the shim: every function notes its name and
 * returns stub_result. It answers cuGetProcAddress() by a rule of its own, so that the shim's answer
 * can be compared with it. With stub_aliases set it hands out other addresses than its symbols have,
 * as a driver may; version 14000 brings a variant of one function that no table knows. It looks up what
 * stub_version has.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT const char *_Atomic stub_last;
EXPORT int stub_result;
EXPORT bool stub_aliases;
EXPORT int stub_lookups; /* how often it was asked for a function */
EXPORT int stub_version = 14000;
EXPORT long stub_integers[10];
EXPORT double stub_doubles[8];

/* These three do more, below. */
#define cuGetProcAddress       plain_lookup
#define cuGetProcAddress_v2    plain_lookup_v2
#define cuCoredumpGetAttribute plain_arguments

/* Notes the name without touching the arguments, whatever they are. */
#define XS_NAME(symbol, since, class, form)                                                        \
	EXPORT int symbol(void);                                                                   \
	int symbol(void)                                                                           \
	{                                                                                          \
		xs_store_relaxed(&stub_last, #symbol);                                             \
		return stub_result;                                                                \
	}
#include "platform/cuda/cuda_api.def"
#define XS_NAME(symbol, since, class, form)                                                        \
	static int alias_##symbol(void)                                                            \
	{                                                                                          \
		xs_store_relaxed(&stub_last, #symbol);                                             \
		return stub_result + 1;                                                            \
	}
#include "platform/cuda/cuda_api.def"

#undef cuGetProcAddress
#undef cuGetProcAddress_v2
#undef cuCoredumpGetAttribute

EXPORT int cuCoredumpGetAttribute(long a, long b, long c, long d, long e, long f, long g, long h,
	long i, long j, double k, double l, double m, double n, double o, double p, double q,
	double r);
int cuCoredumpGetAttribute(long a, long b, long c, long d, long e, long f, long g, long h, long i,
	long j, double k, double l, double m, double n, double o, double p, double q, double r)
{
	long integers[] = { a, b, c, d, e, f, g, h, i, j };
	double doubles[] = { k, l, m, n, o, p, q, r };

	memcpy(stub_integers, integers, sizeof(integers));
	memcpy(stub_doubles, doubles, sizeof(doubles));
	xs_store_relaxed(&stub_last, "cuCoredumpGetAttribute");
	return stub_result;
}

static int of_the_future(void)
{
	xs_store_relaxed(&stub_last, "of the future");
	return stub_result;
}

EXPORT int cuGetProcAddress(const char *symbol, void **pfn, int version, uint64_t flags);
EXPORT int cuGetProcAddress_v2(
	const char *symbol, void **pfn, int version, uint64_t flags, int *status);
EXPORT const char *stub_name_of(void *function);

static const struct function {
	const char *symbol;
	int since;
	void *address, *alias;
} functions[] = {
#define XS_NAME(symbol, since, class, form)                                                        \
	{ #symbol, since, (void *)symbol, (void *)alias_##symbol },
#define alias_cuGetProcAddress    alias_plain_lookup
#define alias_cuGetProcAddress_v2 alias_plain_lookup_v2
#include "platform/cuda/cuda_api.def"
};

#define FUNCTIONS (sizeof(functions) / sizeof(*functions))

const char *stub_name_of(void *function)
{
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (function == functions[i].address || function == functions[i].alias)
			return functions[i].symbol;
	return NULL;
}

/* The length of the name without its ends, and whether one of them says per thread. */
static size_t base_of(const char *symbol, bool *per_thread)
{
	size_t length = strlen(symbol);

	*per_thread = length > 5 && (strcmp(symbol + length - 5, "_ptsz") == 0 ||
					    strcmp(symbol + length - 5, "_ptds") == 0);
	if (*per_thread)
		length -= 5;
	if (length > 3 && symbol[length - 3] == '_' && symbol[length - 2] == 'v')
		length -= 3;
	return length;
}

/* The newest variant of this kind that the version has; *exists: whether there is any at all. */
static const struct function *newest(const char *name, int version, bool kind, bool *exists)
{
	const struct function *best = NULL;

	for (size_t i = 0; i < FUNCTIONS; i++) {
		bool per_thread;
		size_t length = base_of(functions[i].symbol, &per_thread);

		if (strlen(name) != length || strncmp(name, functions[i].symbol, length) != 0)
			continue;
		*exists = true;
		if (per_thread == kind && functions[i].since <= version &&
			functions[i].since <= stub_version &&
			(!best || functions[i].since > best->since))
			best = &functions[i];
	}
	return best;
}

int cuGetProcAddress_v2(const char *symbol, void **pfn, int version, uint64_t flags, int *status)
{
	const struct function *function = NULL;
	bool exists = false;

	xs_store_relaxed(&stub_last, "cuGetProcAddress_v2");
	stub_lookups++;
	if (!symbol || !pfn || flags > 2)
		return 1;
	if (strcmp(symbol, "cuMemcpyBatchAsync") == 0 && version >= 14000) {
		*pfn = (void *)of_the_future;
		if (status)
			*status = 0;
		return 0;
	}
	if (flags & 2)
		function = newest(symbol, version, true, &exists);
	if (!function)
		function = newest(symbol, version, false, &exists);
	*pfn = !function ? NULL : stub_aliases ? function->alias : function->address;
	if (status)
		*status = function ? 0 : exists ? 2 : 1;
	return function ? 0 : 500;
}

int cuGetProcAddress(const char *symbol, void **pfn, int version, uint64_t flags)
{
	int result = cuGetProcAddress_v2(symbol, pfn, version, flags, NULL);

	xs_store_relaxed(&stub_last, "cuGetProcAddress");
	return result;
}
