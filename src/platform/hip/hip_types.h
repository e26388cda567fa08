/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types and constants of the HIP runtime API that the project deals with, declared from the
 * facts of the binary interface (x86-64 Linux, HIP 5.2 to 7.18), so that nothing of the vendor's is
 * needed to build. Names are the vendor's, because they are the interface.
 *
 * Handles are opaque. A structure has a body only if somebody here looks into it or makes one;
 * enumerations hold the values that somebody uses. Where the interface changed with the major
 * version there is a type or a constant for each: _v5 means HIP 5, without an end HIP 6 and later.
 */
#ifndef XS_PLATFORM_HIP_TYPES_H
#define XS_PLATFORM_HIP_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* --- handles and plain numbers ---------------------------------------------------------------- */

typedef int hipDevice_t;
typedef void *hipDeviceptr_t;
typedef void *hipExternalMemory_t;
typedef void *hipExternalSemaphore_t;

typedef struct ihipCtx_t *hipCtx_t;
typedef struct ihipStream_t *hipStream_t;
typedef struct ihipEvent_t *hipEvent_t;
typedef struct ihipModule_t *hipModule_t;
typedef struct ihipModuleSymbol_t *hipFunction_t;
typedef struct ihipLibrary_t *hipLibrary_t;
typedef struct ihipKernel_t *hipKernel_t;
typedef struct ihipGraph *hipGraph_t;
typedef struct hipGraphNode *hipGraphNode_t;
typedef struct hipGraphExec *hipGraphExec_t;
typedef struct hipUserObject *hipUserObject_t;
typedef struct ihipMemPoolHandle_t *hipMemPool_t;
typedef struct ihipMemGenericAllocationHandle *hipMemGenericAllocationHandle_t;
typedef struct hipArray *hipArray_t;
typedef const struct hipArray *hipArray_const_t;
typedef struct hipMipmappedArray *hipMipmappedArray_t;
typedef const struct hipMipmappedArray *hipMipmappedArray_const_t;
typedef struct __hip_surface *hipSurfaceObject_t;
typedef struct hipGraphicsResource *hipGraphicsResource_t;
typedef struct ihipLinkState_t *hipLinkState_t;
typedef struct hipExecutionContext *hipExecutionCtx_t;
typedef struct hipDevResourceDesc_st *hipDevResourceDesc_t;

/* The streams that are named by a constant instead of a handle. 1 exists since HIP 6.2. */
#define hipStreamLegacy    ((hipStream_t)1)
#define hipStreamPerThread ((hipStream_t)2)

typedef struct dim3 {
	uint32_t x, y, z;
} dim3;

/* --- results ---------------------------------------------------------------------------------- */

typedef enum hipError_t {
	hipSuccess = 0,
	hipErrorInvalidValue = 1,
	hipErrorOutOfMemory = 2,
	hipErrorNotInitialized = 3,
	hipErrorDeinitialized = 4,
	hipErrorProfilerDisabled = 5,
	hipErrorProfilerNotInitialized = 6,
	hipErrorProfilerAlreadyStarted = 7,
	hipErrorProfilerAlreadyStopped = 8,
	hipErrorInvalidConfiguration = 9,
	hipErrorInvalidPitchValue = 12,
	hipErrorInvalidSymbol = 13,
	hipErrorInvalidDevicePointer = 17,
	hipErrorInvalidMemcpyDirection = 21,
	hipErrorInsufficientDriver = 35,
	hipErrorMissingConfiguration = 52,
	hipErrorPriorLaunchFailure = 53,
	hipErrorInvalidDeviceFunction = 98,
	hipErrorNoDevice = 100,
	hipErrorInvalidDevice = 101,
	hipErrorInvalidImage = 200,
	hipErrorInvalidContext = 201,
	hipErrorContextAlreadyCurrent = 202,
	hipErrorMapFailed = 205,
	hipErrorUnmapFailed = 206,
	hipErrorArrayIsMapped = 207,
	hipErrorAlreadyMapped = 208,
	hipErrorNoBinaryForGpu = 209,
	hipErrorAlreadyAcquired = 210,
	hipErrorNotMapped = 211,
	hipErrorNotMappedAsArray = 212,
	hipErrorNotMappedAsPointer = 213,
	hipErrorECCNotCorrectable = 214,
	hipErrorUnsupportedLimit = 215,
	hipErrorContextAlreadyInUse = 216,
	hipErrorPeerAccessUnsupported = 217,
	hipErrorInvalidKernelFile = 218,
	hipErrorInvalidGraphicsContext = 219,
	hipErrorInvalidSource = 300,
	hipErrorFileNotFound = 301,
	hipErrorSharedObjectSymbolNotFound = 302,
	hipErrorSharedObjectInitFailed = 303,
	hipErrorOperatingSystem = 304,
	hipErrorInvalidHandle = 400,
	hipErrorIllegalState = 401,
	hipErrorNotFound = 500,
	hipErrorNotReady = 600,
	hipErrorIllegalAddress = 700,
	hipErrorLaunchOutOfResources = 701,
	hipErrorLaunchTimeOut = 702,
	hipErrorPeerAccessAlreadyEnabled = 704,
	hipErrorPeerAccessNotEnabled = 705,
	hipErrorSetOnActiveProcess = 708,
	hipErrorContextIsDestroyed = 709,
	hipErrorAssert = 710,
	hipErrorHostMemoryAlreadyRegistered = 712,
	hipErrorHostMemoryNotRegistered = 713,
	hipErrorLaunchFailure = 719,
	hipErrorCooperativeLaunchTooLarge = 720,
	hipErrorNotSupported = 801,
	hipErrorStreamCaptureUnsupported = 900,
	hipErrorStreamCaptureInvalidated = 901,
	hipErrorStreamCaptureMerge = 902,
	hipErrorStreamCaptureUnmatched = 903,
	hipErrorStreamCaptureUnjoined = 904,
	hipErrorStreamCaptureIsolation = 905,
	hipErrorStreamCaptureImplicit = 906,
	hipErrorCapturedEvent = 907,
	hipErrorStreamCaptureWrongThread = 908,
	hipErrorGraphExecUpdateFailure = 910,
	hipErrorUnknown = 999,
	hipErrorRuntimeMemory = 1052,
	hipErrorRuntimeOther = 1053,
} hipError_t;

/* --- flags ------------------------------------------------------------------------------------ */

#define hipStreamDefault     0u
#define hipStreamNonBlocking 1u

#define hipEventDefault            0u
#define hipEventBlockingSync       1u
#define hipEventDisableTiming      2u
#define hipEventInterprocess       4u
#define hipEventDisableSystemFence 0x20000000u
#define hipEventReleaseToDevice    0x40000000u
#define hipEventReleaseToSystem    0x80000000u

#define hipEventRecordDefault  0u
#define hipEventRecordExternal 1u
#define hipEventWaitDefault    0u
#define hipEventWaitExternal   1u

#define hipHostMallocPortable      0x1u
#define hipHostMallocMapped        0x2u
#define hipHostMallocWriteCombined 0x4u

#define hipMemAttachGlobal 1u
#define hipMemAttachHost   2u

#define hipStreamWaitValueGte 0u
#define hipStreamWaitValueEq  1u
#define hipStreamWaitValueAnd 2u
#define hipStreamWaitValueNor 3u

#define hipExtAnyOrderLaunch 1u /* of hipExtLaunchKernel and hipExtModuleLaunchKernel */

#define hipCooperativeLaunchMultiDeviceNoPreSync  1u
#define hipCooperativeLaunchMultiDeviceNoPostSync 2u

/* What stands in the list of launch parameters called extra. */
#define HIP_LAUNCH_PARAM_BUFFER_POINTER ((void *)1)
#define HIP_LAUNCH_PARAM_BUFFER_SIZE    ((void *)2)
#define HIP_LAUNCH_PARAM_END            ((void *)3)

/* --- enumerations ----------------------------------------------------------------------------- */

typedef enum hipMemcpyKind {
	hipMemcpyHostToHost = 0,
	hipMemcpyHostToDevice = 1,
	hipMemcpyDeviceToHost = 2,
	hipMemcpyDeviceToDevice = 3,
	hipMemcpyDefault = 4,
	hipMemcpyDeviceToDeviceNoCU = 1024,
} hipMemcpyKind;

typedef enum hipMemoryType {
	hipMemoryTypeHost_v5 = 0,
	hipMemoryTypeDevice_v5 = 1,
	hipMemoryTypeArray_v5 = 2,
	hipMemoryTypeUnified_v5 = 3,
	hipMemoryTypeUnregistered = 0,
	hipMemoryTypeHost = 1,
	hipMemoryTypeDevice = 2,
	hipMemoryTypeManaged = 3,
	hipMemoryTypeArray = 10,
	hipMemoryTypeUnified = 11,
} hipMemoryType;

typedef enum hipStreamCaptureMode {
	hipStreamCaptureModeGlobal = 0,
	hipStreamCaptureModeThreadLocal = 1,
	hipStreamCaptureModeRelaxed = 2,
} hipStreamCaptureMode;

typedef enum hipStreamCaptureStatus {
	hipStreamCaptureStatusNone = 0,
	hipStreamCaptureStatusActive = 1,
	hipStreamCaptureStatusInvalidated = 2,
} hipStreamCaptureStatus;

#define hipStreamAddCaptureDependencies 0u
#define hipStreamSetCaptureDependencies 1u

/* HIP 5.2 counts these from 1. */
typedef enum hipGraphNodeType {
	hipGraphNodeTypeKernel = 0,
	hipGraphNodeTypeMemcpy = 1,
	hipGraphNodeTypeMemset = 2,
	hipGraphNodeTypeHost = 3,
	hipGraphNodeTypeGraph = 4,
	hipGraphNodeTypeEmpty = 5,
	hipGraphNodeTypeWaitEvent = 6,
	hipGraphNodeTypeEventRecord = 7,
	hipGraphNodeTypeMemAlloc = 10,
	hipGraphNodeTypeMemFree = 11,
	hipGraphNodeTypeBatchMemOp = 14,
} hipGraphNodeType;

typedef enum hipGraphExecUpdateResult {
	hipGraphExecUpdateSuccess = 0,
	hipGraphExecUpdateError = 1,
	hipGraphExecUpdateErrorTopologyChanged = 2,
	hipGraphExecUpdateErrorNodeTypeChanged = 3,
} hipGraphExecUpdateResult;

typedef enum hipStreamBatchMemOpType {
	hipStreamMemOpWaitValue32 = 1,
	hipStreamMemOpWriteValue32 = 2,
	hipStreamMemOpFlushRemoteWrites = 3,
	hipStreamMemOpWaitValue64 = 4,
	hipStreamMemOpWriteValue64 = 5,
	hipStreamMemOpBarrier = 6,
} hipStreamBatchMemOpType;

typedef enum hipLaunchAttributeID {
	hipLaunchAttributeAccessPolicyWindow = 1,
	hipLaunchAttributeCooperative = 2,
	hipLaunchAttributePriority = 8,
} hipLaunchAttributeID;

typedef enum hipMemPoolAttr {
	hipMemPoolReuseFollowEventDependencies = 1,
	hipMemPoolReuseAllowOpportunistic = 2,
	hipMemPoolReuseAllowInternalDependencies = 3,
	hipMemPoolAttrReleaseThreshold = 4,
	hipMemPoolAttrReservedMemCurrent = 5,
	hipMemPoolAttrReservedMemHigh = 6,
	hipMemPoolAttrUsedMemCurrent = 7,
	hipMemPoolAttrUsedMemHigh = 8,
} hipMemPoolAttr;

typedef enum hipMemLocationType {
	hipMemLocationTypeInvalid = 0,
	hipMemLocationTypeDevice = 1,
} hipMemLocationType;

typedef enum hipDriverProcAddressQueryResult {
	HIP_GET_PROC_ADDRESS_SUCCESS = 0,
	HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND = 1,
	HIP_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT = 2,
} hipDriverProcAddressQueryResult;

typedef enum hipDriverEntryPointQueryResult {
	hipDriverEntryPointSuccess = 0,
	hipDriverEntryPointSymbolNotFound = 1,
	hipDriverEntryPointVersionNotSufficent = 2,
} hipDriverEntryPointQueryResult;

typedef enum hipLimit_t {
	hipLimitStackSize = 0,
	hipLimitPrintfFifoSize = 1,
	hipLimitMallocHeapSize = 2,
} hipLimit_t;

/* Whose values nobody here names. */
typedef int hipChannelFormatKind;
typedef int hipDeviceAttribute_t;
typedef int hipDeviceP2PAttr;
typedef int hipFuncAttribute;
typedef int hipFuncCache_t;
typedef int hipFunction_attribute;
typedef int hipGraphMemAttributeType;
typedef int hipJitOption;
typedef int hipKernelNodeAttrID;
typedef int hipLibraryOption;
typedef int hipMemAccessFlags;
typedef int hipMemAllocationGranularity_flags;
typedef int hipMemAllocationHandleType;
typedef int hipMemAllocationType;
typedef int hipMemRangeAttribute;
typedef int hipMemRangeHandleType;
typedef int hipMemoryAdvise;
typedef int hipPointer_attribute;
typedef int hipSharedMemConfig;

/* --- functions of the application ------------------------------------------------------------- */

typedef void (*hipHostFn_t)(void *data);
typedef void (*hipStreamCallback_t)(hipStream_t stream, hipError_t status, void *data);

/* --- structures that nobody here looks into --------------------------------------------------- */

typedef struct HIP_ARRAY3D_DESCRIPTOR HIP_ARRAY3D_DESCRIPTOR;
typedef struct HIP_ARRAY_DESCRIPTOR HIP_ARRAY_DESCRIPTOR;
typedef struct HIP_MEMCPY3D HIP_MEMCPY3D; /* 32-bit fields in HIP 5, size_t since 6 */
typedef struct hipArrayMapInfo hipArrayMapInfo;
typedef struct hipExternalMemoryBufferDesc_st hipExternalMemoryBufferDesc;
typedef struct hipExternalMemoryHandleDesc_st hipExternalMemoryHandleDesc;
typedef struct hipExternalMemoryMipmappedArrayDesc_st hipExternalMemoryMipmappedArrayDesc;
typedef struct hipExternalSemaphoreHandleDesc_st hipExternalSemaphoreHandleDesc;
typedef struct hipExternalSemaphoreSignalParams_st hipExternalSemaphoreSignalParams;
typedef struct hipExternalSemaphoreWaitParams_st hipExternalSemaphoreWaitParams;
typedef struct hipExternalSemaphoreSignalNodeParams hipExternalSemaphoreSignalNodeParams;
typedef struct hipExternalSemaphoreWaitNodeParams hipExternalSemaphoreWaitNodeParams;
typedef struct hipGraphEdgeData hipGraphEdgeData;
typedef struct hipGraphNodeParams hipGraphNodeParams;
typedef struct hipMemAllocationProp hipMemAllocationProp;
typedef struct hipMemAllocNodeParams hipMemAllocNodeParams;
typedef struct hipMemPoolPtrExportData hipMemPoolPtrExportData;
typedef struct hipResourceDesc hipResourceDesc;
typedef union hipKernelNodeAttrValue hipKernelNodeAttrValue;

/* --- structures that somebody makes or looks into --------------------------------------------- */

typedef struct hipUUID_t {
	char bytes[16];
} hipUUID;

typedef struct hipIpcMemHandle_st {
	char reserved[64];
} hipIpcMemHandle_t;

typedef struct hipIpcEventHandle_st {
	char reserved[64];
} hipIpcEventHandle_t;

typedef struct hipChannelFormatDesc {
	int x, y, z, w;
	hipChannelFormatKind f;
} hipChannelFormatDesc;

typedef struct hipExtent {
	size_t width, height, depth;
} hipExtent;

typedef struct hipPos {
	size_t x, y, z;
} hipPos;

typedef struct hipPitchedPtr {
	void *ptr;
	size_t pitch, xsize, ysize;
} hipPitchedPtr;

typedef struct hipMemcpy3DParms {
	hipArray_t srcArray;
	hipPos srcPos;
	hipPitchedPtr srcPtr;
	hipArray_t dstArray;
	hipPos dstPos;
	hipPitchedPtr dstPtr;
	hipExtent extent;
	hipMemcpyKind kind;
} hipMemcpy3DParms;

typedef struct hipMemcpy3DPeerParms {
	hipArray_t srcArray;
	hipPos srcPos;
	hipPitchedPtr srcPtr;
	int srcDevice;
	hipArray_t dstArray;
	hipPos dstPos;
	hipPitchedPtr dstPtr;
	int dstDevice;
	hipExtent extent;
} hipMemcpy3DPeerParms;

typedef struct hip_Memcpy2D {
	size_t srcXInBytes, srcY;
	hipMemoryType srcMemoryType;
	const void *srcHost;
	hipDeviceptr_t srcDevice;
	hipArray_t srcArray;
	size_t srcPitch;
	size_t dstXInBytes, dstY;
	hipMemoryType dstMemoryType;
	void *dstHost;
	hipDeviceptr_t dstDevice;
	hipArray_t dstArray;
	size_t dstPitch;
	size_t WidthInBytes, Height;
} hip_Memcpy2D;

typedef struct hipMemLocation {
	hipMemLocationType type;
	int id;
} hipMemLocation;

typedef struct hipMemAccessDesc {
	hipMemLocation location;
	hipMemAccessFlags flags;
} hipMemAccessDesc;

typedef struct hipMemPoolProps {
	hipMemAllocationType allocType;
	hipMemAllocationHandleType handleTypes;
	hipMemLocation location;
	void *win32SecurityAttributes;
	size_t maxSize;
	unsigned char reserved[56];
} hipMemPoolProps;

typedef struct hipMemcpyAttributes {
	int srcAccessOrder;
	hipMemLocation srcLocHint, dstLocHint;
	unsigned int flags;
} hipMemcpyAttributes;

typedef struct hipMemcpy3DOperand {
	int type; /* 1: pointer, 2: array */
	union {
		struct {
			void *ptr;
			size_t rowLength, layerHeight;
			hipMemLocation locHint;
		} ptr;
		struct {
			hipArray_t array;
			hipPos offset;
		} array;
	} op;
} hipMemcpy3DOperand;

typedef struct hipMemcpy3DBatchOp {
	hipMemcpy3DOperand src, dst;
	hipExtent extent;
	int srcAccessOrder;
	unsigned int flags;
} hipMemcpy3DBatchOp;

typedef struct hipPointerAttribute_t {
	hipMemoryType type;
	int device;
	void *devicePointer;
	void *hostPointer;
	int isManaged;
	unsigned int allocationFlags;
} hipPointerAttribute_t;

typedef struct hipFuncAttributes {
	int binaryVersion;
	int cacheModeCA;
	size_t constSizeBytes;
	size_t localSizeBytes;
	int maxDynamicSharedSizeBytes;
	int maxThreadsPerBlock;
	int numRegs;
	int preferredShmemCarveout;
	int ptxVersion;
	size_t sharedSizeBytes;
} hipFuncAttributes;

typedef struct hipLaunchParams_t {
	void *func;
	dim3 gridDim, blockDim;
	void **args;
	size_t sharedMem;
	hipStream_t stream;
} hipLaunchParams;

typedef struct hipFunctionLaunchParams_t {
	hipFunction_t function;
	unsigned int gridDimX, gridDimY, gridDimZ;
	unsigned int blockDimX, blockDimY, blockDimZ;
	unsigned int sharedMemBytes;
	hipStream_t hStream;
	void **kernelParams;
} hipFunctionLaunchParams;

typedef union hipLaunchAttributeValue {
	char pad[64];
	int cooperative;
	int priority;
} hipLaunchAttributeValue;

typedef struct hipLaunchAttribute_st {
	hipLaunchAttributeID id;
	char pad[4];
	hipLaunchAttributeValue val;
} hipLaunchAttribute;

typedef struct hipLaunchConfig_st {
	dim3 gridDim, blockDim;
	size_t dynamicSmemBytes;
	hipStream_t stream;
	hipLaunchAttribute *attrs;
	unsigned int numAttrs;
} hipLaunchConfig_t;

typedef struct HIP_LAUNCH_CONFIG_st {
	unsigned int gridDimX, gridDimY, gridDimZ;
	unsigned int blockDimX, blockDimY, blockDimZ;
	unsigned int sharedMemBytes;
	hipStream_t hStream;
	hipLaunchAttribute *attrs;
	unsigned int numAttrs;
} HIP_LAUNCH_CONFIG;

typedef union hipStreamBatchMemOpParams {
	hipStreamBatchMemOpType operation;
	struct {
		hipStreamBatchMemOpType operation;
		hipDeviceptr_t address;
		union {
			uint32_t value;
			uint64_t value64;
		};
		unsigned int flags;
		hipDeviceptr_t alias;
	} waitValue, writeValue; /* the same layout */
	uint64_t pad[6];
} hipStreamBatchMemOpParams;

typedef struct hipBatchMemOpNodeParams {
	hipCtx_t ctx;
	unsigned int count;
	hipStreamBatchMemOpParams *paramArray;
	unsigned int flags;
} hipBatchMemOpNodeParams;

typedef struct hipKernelNodeParams {
	dim3 blockDim;
	void **extra;
	void *func;
	dim3 gridDim;
	void **kernelParams;
	unsigned int sharedMemBytes;
} hipKernelNodeParams;

typedef struct hipMemsetParams {
	void *dst;
	unsigned int elementSize;
	size_t height, pitch;
	unsigned int value;
	size_t width;
} hipMemsetParams;

typedef struct hipHostNodeParams {
	hipHostFn_t fn;
	void *userData;
} hipHostNodeParams;

typedef struct hipGraphInstantiateParams {
	hipGraphNode_t errNode_out;
	unsigned long long flags;
	int result_out;
	hipStream_t uploadStream;
} hipGraphInstantiateParams;

/* Of HIP 5, and of hipGetDevicePropertiesR0000() since. */
typedef struct hipDeviceProp_tR0000 {
	char name[256];
	size_t totalGlobalMem, sharedMemPerBlock;
	int regsPerBlock, warpSize, maxThreadsPerBlock;
	int maxThreadsDim[3], maxGridSize[3];
	int clockRate, memoryClockRate, memoryBusWidth;
	size_t totalConstMem;
	int major, minor, multiProcessorCount, l2CacheSize, maxThreadsPerMultiProcessor;
	int computeMode, clockInstructionRate;
	unsigned int arch;
	int concurrentKernels, pciDomainID, pciBusID, pciDeviceID;
	size_t maxSharedMemoryPerMultiProcessor;
	int isMultiGpuBoard, canMapHostMemory, gcnArch;
	char gcnArchName[256];
	int integrated, cooperativeLaunch, cooperativeMultiDeviceLaunch;
	int maxTexture1DLinear, maxTexture1D, maxTexture2D[2], maxTexture3D[3];
	unsigned int *hdpMemFlushCntl, *hdpRegFlushCntl;
	size_t memPitch, textureAlignment, texturePitchAlignment;
	int kernelExecTimeoutEnabled, ECCEnabled, tccDriver;
	int cooperativeMultiDeviceUnmatched[4]; /* function, grid, block, shared memory */
	int isLargeBar, asicRevision, managedMemory, directManagedMemAccessFromHost;
	int concurrentManagedAccess, pageableMemoryAccess, pageableMemoryAccessUsesHostPageTables;
} hipDeviceProp_tR0000;

/* Of HIP 6 and later; textures and surfaces are left unnamed. */
typedef struct hipDeviceProp_tR0600 {
	char name[256];
	hipUUID uuid;
	char luid[8];
	unsigned int luidDeviceNodeMask;
	size_t totalGlobalMem, sharedMemPerBlock;
	int regsPerBlock, warpSize;
	size_t memPitch;
	int maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3], clockRate;
	size_t totalConstMem;
	int major, minor;
	size_t textureAlignment, texturePitchAlignment;
	int deviceOverlap, multiProcessorCount, kernelExecTimeoutEnabled, integrated;
	int canMapHostMemory, computeMode;
	int textures[40];
	size_t surfaceAlignment;
	int concurrentKernels, ECCEnabled, pciBusID, pciDeviceID, pciDomainID, tccDriver;
	int asyncEngineCount, unifiedAddressing, memoryClockRate, memoryBusWidth, l2CacheSize;
	int persistingL2CacheMaxSize, maxThreadsPerMultiProcessor, streamPrioritiesSupported;
	int globalL1CacheSupported, localL1CacheSupported;
	size_t sharedMemPerMultiprocessor;
	int regsPerMultiprocessor, managedMemory, isMultiGpuBoard, multiGpuBoardGroupID;
	int hostNativeAtomicSupported, singleToDoublePrecisionPerfRatio, pageableMemoryAccess;
	int concurrentManagedAccess, computePreemptionSupported, canUseHostPointerForRegisteredMem;
	int cooperativeLaunch, cooperativeMultiDeviceLaunch;
	size_t sharedMemPerBlockOptin;
	int pageableMemoryAccessUsesHostPageTables, directManagedMemAccessFromHost;
	int maxBlocksPerMultiProcessor, accessPolicyMaxWindowSize;
	size_t reservedSharedMemPerBlock;
	int hostRegisterSupported, sparseHipArraySupported, hostRegisterReadOnlySupported;
	int timelineSemaphoreInteropSupported, memoryPoolsSupported, gpuDirectRDMASupported;
	unsigned int gpuDirectRDMAFlushWritesOptions;
	int gpuDirectRDMAWritesOrdering;
	unsigned int memoryPoolSupportedHandleTypes;
	int deferredMappingHipArraySupported, ipcEventSupported, clusterLaunch;
	int unifiedFunctionPointers, reserved[63], hipReserved[32];
	char gcnArchName[256];
	size_t maxSharedMemoryPerMultiProcessor;
	int clockInstructionRate;
	unsigned int arch;
	unsigned int *hdpMemFlushCntl, *hdpRegFlushCntl;
	int cooperativeMultiDeviceUnmatched[4];
	int isLargeBar, asicRevision;
} hipDeviceProp_tR0600;

#endif
