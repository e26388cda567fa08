/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cuGetProcAddress(): how the CUDA runtime finds every function that it calls.
 *
 * The driver is asked first, with the application's own arguments, so names, versions, flags and
 * errors mean what they mean to that driver. Only when it answered with a function of which we have
 * an override is the answer replaced. Which variant the driver chose is told by its answer: by the
 * address that the symbol has, or that the driver itself gives for the version that brought the
 * variant. An answer that matches none is newer than us, and is left alone.
 */
#include <string.h>

#include "platform/common/shim.h"
#include "platform/cuda/real.h"

struct variant {
	const char *symbol;
	int since;
	bool jump; /* not overridden: the driver's own address is as good */
	void *ours;
	void *const *real;
};

#define XS_FORM_JUMP         true
#define XS_FORM_HAND         false
#define XS_FORM_ASYNC        false
#define XS_FORM_ASYNC_PT     false
#define XS_FORM_SYNC         false
#define XS_FORM_SYNC_PT      false
#define XS_FORM_FETCH        false
#define XS_FORM_FETCH_PT     false
#define XS_FORM_DRAIN        false
#define XS_FORM_CONTEXT      false
#define XS_FORM_KERNEL       false
#define XS_FORM_KERNEL_PT    false
#define XS_FORM_MALLOC       false
#define XS_FORM_MALLOC_AT    false
#define XS_FORM_MALLOC_AT_PT false
#define XS_FORM_FREE         false
#define XS_FORM_FREE_AT      false
#define XS_FORM_FREE_AT_PT   false

static const struct variant variants[] = {
#define XS_API(symbol, since, class, form, params, args)                                           \
	{ #symbol, since, XS_FORM_##form, (void *)symbol, (void *const *)&xs_cuda_real.symbol },
#include "platform/cuda/cuda_api.def"
};

#define VARIANTS (sizeof(variants) / sizeof(*variants))

/* Whether the symbol is a variant of the function: its name, then _v<n>, _ptsz, _ptds or nothing. */
static bool is_variant_of(const char *symbol, const char *name, size_t length, bool *per_thread)
{
	const char *end = symbol + length;

	if (strncmp(symbol, name, length) != 0)
		return false;
	if (end[0] == '_' && end[1] == 'v' && end[2] >= '0' && end[2] <= '9')
		end += 2 + strspn(end + 2, "0123456789");
	*per_thread = strcmp(end, "_ptsz") == 0 || strcmp(end, "_ptds") == 0;
	return *end == '\0' || *per_thread;
}

/* Asks whichever form of the look-up the driver has. */
static CUresult ask(const char *symbol, void **pfn, int version, cuuint64_t flags,
	CUdriverProcAddressQueryResult *status)
{
	CUresult result = xs_cuda_real.cuGetProcAddress_v2(symbol, pfn, version, flags, status);

	if (result != CUDA_ERROR_NOT_SUPPORTED)
		return result;
	result = xs_cuda_real.cuGetProcAddress(symbol, pfn, version, flags);
	if (status)
		*status = result == CUDA_SUCCESS ? CU_GET_PROC_ADDRESS_SUCCESS
						 : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	return result;
}

/* The first symbol that may be a variant of the function: symbols are in the order of strcmp(), so all
 * those that begin with its name follow each other. */
static size_t first_variant(const char *name, size_t length)
{
	size_t low = 0, high = VARIANTS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strncmp(variants[middle].symbol, name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether the answer is the function of that symbol; it may have come back through the shim already. */
static bool is_symbol(
	const struct variant *variant, const char *name, bool per_thread, void *answer)
{
	(void)name, (void)per_thread;
	return answer == *variant->real || answer == variant->ours;
}

/* Whether it is what the driver answers for the version of the variant. */
static bool is_answer(
	const struct variant *variant, const char *name, bool per_thread, void *answer)
{
	cuuint64_t flags = per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
				      : CU_GET_PROC_ADDRESS_LEGACY_STREAM;
	CUdriverProcAddressQueryResult status;
	void *function = NULL;

	return ask(name, &function, variant->since, flags, &status) == CUDA_SUCCESS &&
	       function == answer;
}

typedef bool chose(const struct variant *variant, const char *name, bool per_thread, void *answer);

/* The variant that the driver's answer is. Asked for per-thread default streams it prefers variants
 * of that kind, but a function may have none, or none yet in that version. For the version of a variant
 * that it does not have itself, a driver answers with an older one: the oldest that fits is meant. */
static const struct variant *find_chosen(
	const char *name, cuuint64_t flags, void *answer, chose *fits)
{
	bool want = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
	const struct variant *found = NULL;
	size_t length = strlen(name);
	bool per_thread;

	for (size_t i = first_variant(name, length);
		i < VARIANTS && strncmp(variants[i].symbol, name, length) == 0; i++) {
		if (!is_variant_of(variants[i].symbol, name, length, &per_thread) ||
			(found && variants[i].since > found->since) ||
			!fits(&variants[i], name, per_thread, answer))
			continue;
		if (!found || variants[i].since < found->since || per_thread == want)
			found = &variants[i];
	}
	return found;
}

/* A program starts with some hundreds of these questions: the driver is asked again only where its
 * answers are not its symbols. */
static const struct variant *find_variant(const char *name, cuuint64_t flags, void *answer)
{
	const struct variant *found = find_chosen(name, flags, answer, is_symbol);

	return found ? found : find_chosen(name, flags, answer, is_answer);
}

/* By the vendor's habit of naming, a function that hands work to the device. */
static bool looks_like_work(const char *name)
{
	return strstr(name, "Launch") || strstr(name, "Memcpy") || strstr(name, "Memset") ||
	       strstr(name, "Async");
}

static void *replace(const char *name, cuuint64_t flags, void *answer)
{
	const struct variant *variant = find_variant(name, flags, answer);

	if (variant)
		return variant->jump ? answer : variant->ours;
	if (looks_like_work(name))
		xs_count_ungated(name);
	return answer;
}

CUresult cuGetProcAddress_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
	CUdriverProcAddressQueryResult *status)
{
	CUresult result = ask(symbol, pfn, version, flags, status);

	if (result == CUDA_SUCCESS && symbol && pfn && *pfn)
		*pfn = replace(symbol, flags, *pfn);
	return result;
}

CUresult cuGetProcAddress(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	CUresult result = xs_cuda_real.cuGetProcAddress(symbol, pfn, version, flags);

	if (result == CUDA_SUCCESS && symbol && pfn && *pfn)
		*pfn = replace(symbol, flags, *pfn);
	return result;
}
