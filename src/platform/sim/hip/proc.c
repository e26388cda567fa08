/* SPDX-License-Identifier: Apache-2.0 */
/* Names of functions and of errors, and what went wrong last. */
#include <string.h>

#include "platform/sim/hip/front.h"

/* --- the last error --------------------------------------------------------------------------- */

hipError_t sim_hipGetLastError(void)
{
	hipError_t result = hip_thread.last;
	int ready = hip_ready();

	hip_thread.keep = true;
	hip_thread.last = hipSuccess;
	return ready ? (hipError_t)ready : result; /* as the real one without a device */
}

hipError_t sim_hipPeekAtLastError(void)
{
	int ready = hip_ready();

	hip_thread.keep = true;
	return ready ? (hipError_t)ready : hip_thread.last;
}

hipError_t sim_hipExtGetLastError(void)
{
	hipError_t result = hip_thread.last_command;

	hip_thread.keep = true;
	hip_thread.last_command = hipSuccess;
	return result;
}

#define ERROR(name)                                                                                \
	{                                                                                          \
		hip##name, "hip" #name                                                             \
	}
static const struct {
	hipError_t error;
	const char *name;
} errors[] = {
	ERROR(Success),
	ERROR(ErrorInvalidValue),
	ERROR(ErrorOutOfMemory),
	ERROR(ErrorNotInitialized),
	ERROR(ErrorDeinitialized),
	ERROR(ErrorProfilerDisabled),
	ERROR(ErrorProfilerNotInitialized),
	ERROR(ErrorProfilerAlreadyStarted),
	ERROR(ErrorProfilerAlreadyStopped),
	ERROR(ErrorInvalidConfiguration),
	ERROR(ErrorInvalidPitchValue),
	ERROR(ErrorInvalidSymbol),
	ERROR(ErrorInvalidDevicePointer),
	ERROR(ErrorInvalidMemcpyDirection),
	ERROR(ErrorInsufficientDriver),
	ERROR(ErrorMissingConfiguration),
	ERROR(ErrorPriorLaunchFailure),
	ERROR(ErrorInvalidDeviceFunction),
	ERROR(ErrorNoDevice),
	ERROR(ErrorInvalidDevice),
	ERROR(ErrorInvalidImage),
	ERROR(ErrorInvalidContext),
	ERROR(ErrorContextAlreadyCurrent),
	ERROR(ErrorMapFailed),
	ERROR(ErrorUnmapFailed),
	ERROR(ErrorArrayIsMapped),
	ERROR(ErrorAlreadyMapped),
	ERROR(ErrorNoBinaryForGpu),
	ERROR(ErrorAlreadyAcquired),
	ERROR(ErrorNotMapped),
	ERROR(ErrorNotMappedAsArray),
	ERROR(ErrorNotMappedAsPointer),
	ERROR(ErrorECCNotCorrectable),
	ERROR(ErrorUnsupportedLimit),
	ERROR(ErrorContextAlreadyInUse),
	ERROR(ErrorPeerAccessUnsupported),
	ERROR(ErrorInvalidKernelFile),
	ERROR(ErrorInvalidGraphicsContext),
	ERROR(ErrorInvalidSource),
	ERROR(ErrorFileNotFound),
	ERROR(ErrorSharedObjectSymbolNotFound),
	ERROR(ErrorSharedObjectInitFailed),
	ERROR(ErrorOperatingSystem),
	ERROR(ErrorInvalidHandle),
	ERROR(ErrorIllegalState),
	ERROR(ErrorNotFound),
	ERROR(ErrorNotReady),
	ERROR(ErrorIllegalAddress),
	ERROR(ErrorLaunchOutOfResources),
	ERROR(ErrorLaunchTimeOut),
	ERROR(ErrorPeerAccessAlreadyEnabled),
	ERROR(ErrorPeerAccessNotEnabled),
	ERROR(ErrorSetOnActiveProcess),
	ERROR(ErrorContextIsDestroyed),
	ERROR(ErrorAssert),
	ERROR(ErrorHostMemoryAlreadyRegistered),
	ERROR(ErrorHostMemoryNotRegistered),
	ERROR(ErrorLaunchFailure),
	ERROR(ErrorCooperativeLaunchTooLarge),
	ERROR(ErrorNotSupported),
	ERROR(ErrorStreamCaptureUnsupported),
	ERROR(ErrorStreamCaptureInvalidated),
	ERROR(ErrorStreamCaptureMerge),
	ERROR(ErrorStreamCaptureUnmatched),
	ERROR(ErrorStreamCaptureUnjoined),
	ERROR(ErrorStreamCaptureIsolation),
	ERROR(ErrorStreamCaptureImplicit),
	ERROR(ErrorCapturedEvent),
	ERROR(ErrorStreamCaptureWrongThread),
	ERROR(ErrorGraphExecUpdateFailure),
	ERROR(ErrorUnknown),
	ERROR(ErrorRuntimeMemory),
	ERROR(ErrorRuntimeOther),
};

static const char *name_of(hipError_t error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].error == error)
			return errors[i].name;
	}
	return NULL;
}

const char *sim_hipGetErrorName(hipError_t error)
{
	return name_of(error) ? name_of(error) : "hipErrorUnknown";
}

/* HIP 5 gives the name here too; so does this one in every version. */
const char *sim_hipGetErrorString(hipError_t error)
{
	return sim_hipGetErrorName(error);
}

hipError_t sim_hipDrvGetErrorName(hipError_t error, const char **text)
{
	if (!text)
		return hipErrorInvalidValue;
	*text = name_of(error);
	return *text ? hipSuccess : hipErrorInvalidValue;
}
XSIM_SAME(hipDrvGetErrorString, hipDrvGetErrorName);

/* --- functions by name ------------------------------------------------------------------------ */

static const struct hip_name *find(const char *symbol)
{
	size_t low = 0, high = hip_name_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(hip_names[middle].symbol, symbol);

		if (!order)
			return &hip_names[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A version as the application gives it: 6.1 is 601 or 60100000, with the patch behind it. */
static int node_of(int version)
{
	if (version >= 10000000)
		return version / 10000000 * 1000 + version / 100000 % 100 * 10;
	return version / 100 * 1000 + version % 100 * 10;
}

/* The two names whose meaning changed with HIP 6 are answered by version. */
static const char *by_version(const char *symbol, int node)
{
	if (node >= 6000 && !strcmp(symbol, "hipGetDeviceProperties"))
		return "hipGetDevicePropertiesR0600";
	if (node >= 6000 && !strcmp(symbol, "hipChooseDevice"))
		return "hipChooseDeviceR0600";
	return symbol;
}

hipError_t sim_hipGetProcAddress(const char *symbol, void **pfn, int version, uint64_t flags,
	hipDriverProcAddressQueryResult *status)
{
	char variant[128];
	const struct hip_name *name = NULL;
	int node = node_of(version), own = (hip_major + 1) * 1000;

	if (!symbol || !pfn || flags > 2)
		return hipErrorInvalidValue;
	symbol = by_version(symbol, node);
	size_t n = strlen(symbol);
	if (flags == 2 && n < sizeof(variant) - 5) {
		memcpy(variant, symbol, n);
		memcpy(variant + n, "_spt", 5);
		name = find(variant);
	}
	if (!name)
		name = find(symbol);
	if (name && name->since >= own)
		name = NULL;
	bool too_new = name && name->since > node;
	*pfn = name && !too_new ? name->address : NULL;
	if (status)
		*status = *pfn      ? HIP_GET_PROC_ADDRESS_SUCCESS
			  : too_new ? HIP_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
				    : HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	return *pfn ? hipSuccess : hipErrorInvalidValue;
}

hipError_t sim_hipGetProcAddress_spt(const char *symbol, void **pfn, int version, uint64_t flags,
	hipDriverProcAddressQueryResult *status)
{
	return sim_hipGetProcAddress(symbol, pfn, version, flags ? flags : 2, status);
}

static hipError_t entry_point(const char *symbol, void **function, unsigned long long flags,
	hipDriverEntryPointQueryResult *status)
{
	hipDriverProcAddressQueryResult found = HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
	hipError_t result =
		sim_hipGetProcAddress(symbol, function, hip_major * 100 + 99, flags, &found);

	if (status)
		*status = (hipDriverEntryPointQueryResult)found;
	return result;
}

hipError_t sim_hipGetDriverEntryPoint(const char *symbol, void **function, unsigned long long flags,
	hipDriverEntryPointQueryResult *status)
{
	return entry_point(symbol, function, flags, status);
}

hipError_t sim_hipGetDriverEntryPoint_spt(const char *symbol, void **function,
	unsigned long long flags, hipDriverEntryPointQueryResult *status)
{
	return entry_point(symbol, function, flags ? flags : 2, status);
}

const char *sim_hipApiName(uint32_t id)
{
	(void)id;
	return "unknown";
}

hipChannelFormatDesc sim_hipCreateChannelDesc(int x, int y, int z, int w, hipChannelFormatKind f)
{
	return (hipChannelFormatDesc){ x, y, z, w, f };
}

/* --- what debuggers and compilers ask: nothing here ------------------------------------------- */

const char *sim_hipGetCmdName(unsigned int op)
{
	(void)op;
	return "unknown";
}

const char *sim_hiprtcGetErrorString(int result)
{
	(void)result;
	return "HIPRTC_ERROR_INTERNAL_ERROR";
}

const char *sim_amd_dbgapi_get_build_name(void)
{
	return "xsim";
}
XSIM_SAME(amd_dbgapi_get_git_hash, amd_dbgapi_get_build_name);

size_t sim_amd_dbgapi_get_build_id(void)
{
	return 0;
}
