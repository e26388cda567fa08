/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public headers against the contract: the vendors' own declarations before them, every
 * constant with its value, every function with its type. Compiled as C and as C++, never linked.
 */

/* As the vendors' headers have them. */
typedef struct CUstream_st *CUstream;
typedef struct ihipStream_t *hipStream_t;
typedef struct _cl_command_queue *cl_command_queue;
typedef struct _ze_device_handle_t *ze_device_handle_t;
typedef struct _ze_command_queue_handle_t *ze_command_queue_handle_t;
typedef struct _ze_command_list_handle_t *ze_command_list_handle_t;

#include <xsched/xsched.h>
#include <xsched/cuda/hal.h>
#include <xsched/hip/hal.h>
#include <xsched/levelzero/hal.h>
#include <xsched/opencl/cmdq.h>
#include <xsched/opencl/hal.h>

#ifdef __cplusplus
#define CHECK(condition) static_assert(condition, #condition)
#else
#define CHECK(condition) _Static_assert(condition, #condition)
#endif
#define VALUE(name, value) CHECK((long long)(name) == (value))

CHECK(sizeof(XResult) == sizeof(int));
CHECK(sizeof(XQueueCreateFlag) == sizeof(int));
CHECK(sizeof(XPolicyType) == sizeof(int));
CHECK(sizeof(XQueueHandle) == 8 && sizeof(HwQueueHandle) == 8 && sizeof(HwCommandHandle) == 8);
CHECK(sizeof(XDevice) == 8 && sizeof(XDeviceId) == 4);
CHECK(sizeof(Priority) == 4 && sizeof(Utilization) == 4);
CHECK(sizeof(Timeslice) == 8 && sizeof(Laxity) == 8 && sizeof(Deadline) == 8);

VALUE(kXSchedSuccess, 0);
VALUE(kXSchedErrorHardware, 1);
VALUE(kXSchedErrorInvalidValue, 2);
VALUE(kXSchedErrorNotFound, 3);
VALUE(kXSchedErrorNotAllowed, 4);
VALUE(kXSchedErrorNotSupported, 5);
VALUE(kXSchedErrorBadResponse, 6);
VALUE(kXSchedErrorUnknown, 999);

VALUE(kPlatformUnknown, 0);
VALUE(kPlatformVPI, 1);
VALUE(kPlatformCUDA, 2);
VALUE(kPlatformCUDLA, 3);
VALUE(kPlatformHIP, 4);
VALUE(kPlatformAscend, 5);
VALUE(kPlatformOpenCL, 6);
VALUE(kPlatformLevelZero, 7);

VALUE(kDeviceTypeUnknown, 0);
VALUE(kDeviceTypeCPU, 1);
VALUE(kDeviceTypeGPU, 2);
VALUE(kDeviceTypeNPU, 3);
VALUE(kDeviceTypeFPGA, 4);
VALUE(kDeviceTypeASIC, 5);
VALUE(kDeviceTypeMCA, 6);

VALUE(kPreemptLevelUnknown, 0);
VALUE(kPreemptLevelBlock, 1);
VALUE(kPreemptLevelDeactivate, 2);
VALUE(kPreemptLevelInterrupt, 3);
VALUE(kPreemptLevelMax, 4);

VALUE(kQueueStateUnknown, 0);
VALUE(kQueueStateIdle, 1);
VALUE(kQueueStateReady, 2);

VALUE(kQueueFeatureNone, 0);
VALUE(kQueueFeatureAsyncSubmit, 1);
VALUE(kQueueFeatureDynamicLevel, 2);
VALUE(kQueueFeatureDynamicThreshold, 4);
VALUE(kQueueFeatureDynamicBatchSize, 8);
VALUE(kQueueFeatureSyncSuspend, 0x10);
VALUE(kQueueFeatureResumeDropCommands, 0x20);
VALUE(kQueueFeatureMaskAll, -1);

VALUE(kQueueCreateFlagNone, 0);
VALUE(kQueueCreateFlagBlockingSubmit, 1);
VALUE(kQueueCreateFlagMaskAll, -1);
VALUE(kQueueSuspendFlagNone, 0);
VALUE(kQueueSuspendFlagSyncHwQueue, 1);
VALUE(kQueueSuspendFlagWaitAll, 2);
VALUE(kQueueSuspendFlagWaitIdle, 4);
VALUE(kQueueSuspendFlagMaskAll, -1);
VALUE(kQueueResumeFlagNone, 0);
VALUE(kQueueResumeFlagDropCommands, 1);
VALUE(kQueueResumeFlagMaskAll, -1);

VALUE(kSchedulerUnknown, 0);
VALUE(kSchedulerAppManaged, 1);
VALUE(kSchedulerLocal, 2);
VALUE(kSchedulerGlobal, 3);
VALUE(kSchedulerMax, 4);

VALUE(kPolicyUnknown, 0);
VALUE(kPolicyHighestPriorityFirst, 1);
VALUE(kPolicyHeterogeneousHighestPriorityFirst, 2);
VALUE(kPolicyCPUHighestPriorityFirst, 3);
VALUE(kPolicyUtilizationPartition, 4);
VALUE(kPolicyProcessUtilizationPartition, 5);
VALUE(kPolicyStrictProcessUtilizationPartition, 6);
VALUE(kPolicyKEarliestDeadlineFirst, 7);
VALUE(kPolicyLaxity, 8);
VALUE(kPolicyActiveWindowFirst, 9);
VALUE(kPolicyCompletelyFairScheduler, 10);
VALUE(kPolicyMultiLevelFeedbackQueue, 11);
VALUE(kPolicyMax, 12);

VALUE(PRIORITY_NO_EXECUTE, -256);
VALUE(PRIORITY_MIN, -255);
VALUE(PRIORITY_DEFAULT, 0);
VALUE(PRIORITY_MAX, 255);
VALUE(UTILIZATION_MIN, 0);
VALUE(UTILIZATION_DEFAULT, 100);
VALUE(UTILIZATION_MAX, 100);
VALUE(TIMESLICE_MIN, 100);
VALUE(TIMESLICE_DEFAULT, 5000);
VALUE(TIMESLICE_MAX, 10000000);
VALUE(NO_LAXITY, -1);
VALUE(NO_DEADLINE, -1);
/* Not XSched's value: that one does not survive the type. */
CHECK(TIMESLICE_UNLIMITED == (Timeslice)TIMESLICE_UNLIMITED && TIMESLICE_UNLIMITED > 0);

/* Every function once more, in the contract's words: a difference is a conflicting declaration. */
#ifdef __cplusplus
extern "C" {
#endif
XResult XQueueCreate(XQueueHandle *xq, HwQueueHandle hwq, int64_t level, int64_t flags);
XResult XQueueDestroy(XQueueHandle xq);
XResult XQueueGet(XQueueHandle *xq, HwQueueHandle hwq);
XResult XQueueSetPreemptLevel(XQueueHandle xq, XPreemptLevel level);
XResult XQueueSetLaunchConfig(XQueueHandle xq, int64_t threshold, int64_t batch_size);
XResult XQueueSubmit(XQueueHandle xq, HwCommandHandle hw_cmd);
XResult XQueueWait(XQueueHandle xq, HwCommandHandle hw_cmd);
XResult XQueueWaitAll(XQueueHandle xq);
XResult XQueueQuery(XQueueHandle xq, XQueueState *state);
XResult XQueueSuspend(XQueueHandle xq, int64_t flags);
XResult XQueueResume(XQueueHandle xq, int64_t flags);
XResult XQueueProfileHwCommandCount(XQueueHandle xq, int64_t *count);
XResult HwQueueDestroy(HwQueueHandle hwq);
XResult HwQueueLaunch(HwQueueHandle hwq, HwCommandHandle hw_cmd);
XResult HwQueueSynchronize(HwQueueHandle hwq);
XResult HwCommandCreateCallback(HwCommandHandle *hw_cmd, LaunchCallback launch, void *data);
XResult HwCommandDestroy(HwCommandHandle hw_cmd);
XResult XHintSetScheduler(XSchedulerType scheduler, XPolicyType policy);
XResult XHintPriority(XQueueHandle xq, Priority prio);
XResult XHintUtilization(XQueueHandle xq, Utilization util);
XResult XHintTimeslice(Timeslice ts_us);
XResult XHintLaxity(XQueueHandle xq, Laxity lax_us, Priority lax_prio, Priority crit_prio);
XResult XHintDeadline(XQueueHandle xq, Deadline ddl_us);
XResult XHintKDeadline(size_t k);
XResult CudaQueueCreate(HwQueueHandle *hwq, CUstream stream);
XResult CudaQueueGet(HwQueueHandle *hwq, CUstream stream);
XResult HipQueueCreate(HwQueueHandle *hwq, hipStream_t stream);
XResult OclQueueCreate(HwQueueHandle *hwq, cl_command_queue cmdq);
XResult ZeQueueCreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_queue_handle_t cmdq);
XResult ZeListCreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_list_handle_t cmdl);
XResult ZeListreate(HwQueueHandle *hwq, ze_device_handle_t dev, ze_command_list_handle_t cmdl);
XResult SetOverrideCommandQueue(int32_t queue_idx);
XResult UnsetOverrideCommandQueue(void);
XResult GetOverrideCommandQueue(int32_t queue_idx, cl_command_queue *cmdq);
XResult DeleteOverrideCommandQueue(int32_t queue_idx);
#ifdef __cplusplus
}
#endif

/* A callback as programs write it, without linkage of its own. */
static XResult launch(HwQueueHandle hwq, void *data)
{
	return hwq != 0 && data ? kXSchedSuccess : kXSchedErrorUnknown;
}
extern const LaunchCallback callback;
const LaunchCallback callback = launch;
