/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: of functions (cuGetProcAddress) and of errors.
 *
 * A function is asked for by its name without the end that tells the variant, a version and a flag.
 * The answer is the newest variant that is not newer than that version; with the per-thread flag a
 * _ptsz or _ptds variant of the same interface is preferred.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/cuda/front.h"

/* The 99 names without a prototype are functions too. */
#define XS_API(symbol, since, class, form, params, args)
#define XS_NAME(symbol, since, class, form) CUresult symbol(void);
#include "platform/cuda/cuda_api.def"

static const struct entry {
	const char *symbol;
	int since;
	void *address;
} entries[] = {
#define XS_NAME(symbol, since, class, form) { #symbol, since, (void *)symbol },
#include "platform/cuda/cuda_api.def"
};

/* How good entry is as an answer: 0 not at all, else more is better. *exists: the name is right. */
static int rank(
	const struct entry *entry, const char *name, int version, bool per_thread, bool *exists)
{
	size_t n = strlen(name);
	int variant = 1;

	if (strncmp(entry->symbol, name, n))
		return 0;
	const char *end = entry->symbol + n;
	if (end[0] == '_' && end[1] == 'v' && end[2] >= '2' && end[2] <= '9') {
		variant = end[2] - '0';
		end += 3;
	}
	bool is_per_thread = !strcmp(end, "_ptsz") || !strcmp(end, "_ptds");
	if (*end && !is_per_thread)
		return 0;
	*exists = true;
	if (entry->since > version || (is_per_thread && !per_thread))
		return 0;
	return 2 * variant + is_per_thread;
}

CUresult sim_cuGetProcAddress_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
	CUdriverProcAddressQueryResult *status)
{
	bool per_thread = flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
	bool exists = false;
	int best = 0;

	if (!symbol || !pfn || flags > 3)
		return CUDA_ERROR_INVALID_VALUE;
	*pfn = NULL;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		int better = rank(&entries[i], symbol, version, per_thread, &exists);

		if (better > best) {
			best = better;
			*pfn = entries[i].address;
		}
	}
	if (status)
		*status = *pfn     ? CU_GET_PROC_ADDRESS_SUCCESS
			  : exists ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
				   : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	return *pfn ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

CUresult sim_cuGetProcAddress(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	return sim_cuGetProcAddress_v2(symbol, pfn, version, flags, NULL);
}

CUresult sim_cuGetExportTable(const void **export_table, const CUuuid *export_table_id)
{
	if (!export_table || !export_table_id)
		return CUDA_ERROR_INVALID_VALUE;
	*export_table = NULL;
	return CUDA_ERROR_NOT_FOUND;
}

#define ERROR(name)                                                                                \
	{                                                                                          \
		CUDA_##name, "CUDA_" #name                                                         \
	}
static const struct {
	CUresult error;
	const char *name;
} errors[] = {
	ERROR(SUCCESS),
	ERROR(ERROR_INVALID_VALUE),
	ERROR(ERROR_OUT_OF_MEMORY),
	ERROR(ERROR_NOT_INITIALIZED),
	ERROR(ERROR_DEINITIALIZED),
	ERROR(ERROR_STUB_LIBRARY),
	ERROR(ERROR_NO_DEVICE),
	ERROR(ERROR_INVALID_DEVICE),
	ERROR(ERROR_INVALID_IMAGE),
	ERROR(ERROR_INVALID_CONTEXT),
	ERROR(ERROR_MAP_FAILED),
	ERROR(ERROR_UNMAP_FAILED),
	ERROR(ERROR_NO_BINARY_FOR_GPU),
	ERROR(ERROR_UNSUPPORTED_LIMIT),
	ERROR(ERROR_PEER_ACCESS_UNSUPPORTED),
	ERROR(ERROR_INVALID_PTX),
	ERROR(ERROR_INVALID_SOURCE),
	ERROR(ERROR_FILE_NOT_FOUND),
	ERROR(ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND),
	ERROR(ERROR_OPERATING_SYSTEM),
	ERROR(ERROR_INVALID_HANDLE),
	ERROR(ERROR_ILLEGAL_STATE),
	ERROR(ERROR_NOT_FOUND),
	ERROR(ERROR_NOT_READY),
	ERROR(ERROR_ILLEGAL_ADDRESS),
	ERROR(ERROR_LAUNCH_OUT_OF_RESOURCES),
	ERROR(ERROR_LAUNCH_TIMEOUT),
	ERROR(ERROR_PEER_ACCESS_ALREADY_ENABLED),
	ERROR(ERROR_PEER_ACCESS_NOT_ENABLED),
	ERROR(ERROR_PRIMARY_CONTEXT_ACTIVE),
	ERROR(ERROR_CONTEXT_IS_DESTROYED),
	ERROR(ERROR_ASSERT),
	ERROR(ERROR_HOST_MEMORY_ALREADY_REGISTERED),
	ERROR(ERROR_HOST_MEMORY_NOT_REGISTERED),
	ERROR(ERROR_ILLEGAL_INSTRUCTION),
	ERROR(ERROR_MISALIGNED_ADDRESS),
	ERROR(ERROR_LAUNCH_FAILED),
	ERROR(ERROR_COOPERATIVE_LAUNCH_TOO_LARGE),
	ERROR(ERROR_NOT_PERMITTED),
	ERROR(ERROR_NOT_SUPPORTED),
	ERROR(ERROR_STREAM_CAPTURE_UNSUPPORTED),
	ERROR(ERROR_STREAM_CAPTURE_INVALIDATED),
	ERROR(ERROR_STREAM_CAPTURE_MERGE),
	ERROR(ERROR_STREAM_CAPTURE_UNMATCHED),
	ERROR(ERROR_STREAM_CAPTURE_UNJOINED),
	ERROR(ERROR_STREAM_CAPTURE_ISOLATION),
	ERROR(ERROR_STREAM_CAPTURE_IMPLICIT),
	ERROR(ERROR_CAPTURED_EVENT),
	ERROR(ERROR_STREAM_CAPTURE_WRONG_THREAD),
	ERROR(ERROR_TIMEOUT),
	ERROR(ERROR_GRAPH_EXEC_UPDATE_FAILURE),
	ERROR(ERROR_UNKNOWN),
};

CUresult sim_cuGetErrorName(CUresult error, const char **text)
{
	if (!text)
		return CUDA_ERROR_INVALID_VALUE;
	*text = NULL;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].error == error)
			*text = errors[i].name;
	}
	return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
XSIM_SAME(cuGetErrorString, cuGetErrorName);
