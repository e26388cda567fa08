/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types and constants of the C API. Names and values are those of XSched 1.2, so programs and
 * binaries made for it keep their meaning; the one value that differs, TIMESLICE_UNLIMITED, says
 * why. Plain data only: nothing here is a function, and the header needs nothing but the C library.
 */
#ifndef XSCHED_TYPES_H
#define XSCHED_TYPES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Handles are numbers, valid in the process that got them, never 0 and never reused for another
 * object: a stale one is reported as kXSchedErrorNotFound. A forked child has none.
 */
typedef uint64_t XQueueHandle;    /* a schedulable queue of commands */
typedef uint64_t HwQueueHandle;   /* a stream or command queue of the device's driver */
typedef uint64_t HwCommandHandle; /* a command that the program submits itself */

typedef uint64_t XDevice;   /* XDeviceType << 32 | XDeviceId */
typedef uint32_t XDeviceId; /* of a PCI device: domain << 16 | bus << 8 | device << 3 | function */

/* What every function of the API returns. */
typedef enum {
	kXSchedSuccess = 0,
	kXSchedErrorHardware = 1,     /* the device or its driver failed */
	kXSchedErrorInvalidValue = 2, /* a parameter out of range, or NULL for a result */
	kXSchedErrorNotFound = 3,     /* no such queue or command, or not any more */
	kXSchedErrorNotAllowed = 4,   /* not in this state, or not from this thread */
	kXSchedErrorNotSupported = 5, /* the platform cannot do this */
	kXSchedErrorBadResponse = 6,  /* the daemon's answer makes no sense */
	kXSchedErrorUnknown = 999,    /* out of memory or threads, or an internal error */
} XResult;

typedef enum {
	kPlatformUnknown = 0,
	kPlatformVPI = 1,
	kPlatformCUDA = 2,
	kPlatformCUDLA = 3,
	kPlatformHIP = 4,
	kPlatformAscend = 5,
	kPlatformOpenCL = 6,
	kPlatformLevelZero = 7,
} XPlatform;

typedef enum {
	kDeviceTypeUnknown = 0,
	kDeviceTypeCPU = 1,
	kDeviceTypeGPU = 2,
	kDeviceTypeNPU = 3,
	kDeviceTypeFPGA = 4,
	kDeviceTypeASIC = 5,
	kDeviceTypeMCA = 6, /* memory copy accelerator */
} XDeviceType;

/* How much of a queue's work a suspend stops. */
typedef enum {
	kPreemptLevelUnknown = 0,
	kPreemptLevelBlock = 1,      /* what has not been launched */
	kPreemptLevelDeactivate = 2, /* and what was launched but has not started */
	kPreemptLevelInterrupt = 3,  /* and what is running */
	kPreemptLevelMax = 4,        /* not a level: one past the last */
} XPreemptLevel;

typedef enum {
	kQueueStateUnknown = 0,
	kQueueStateIdle = 1,  /* every command so far has completed */
	kQueueStateReady = 2, /* there is work, running or waiting */
} XQueueState;

typedef enum {
	kQueueFeatureNone = 0,
	kQueueFeatureAsyncSubmit = 0x1,
	kQueueFeatureDynamicLevel = 0x2,
	kQueueFeatureDynamicThreshold = 0x4,
	kQueueFeatureDynamicBatchSize = 0x8,
	kQueueFeatureSyncSuspend = 0x10,
	kQueueFeatureResumeDropCommands = 0x20,
	kQueueFeatureMaskAll = -1,
} XQueueFeature;

typedef enum {
	kQueueCreateFlagNone = 0,
	kQueueCreateFlagBlockingSubmit =
		0x1, /* XQueueSubmit returns once the command is launched */
	kQueueCreateFlagMaskAll = -1,
} XQueueCreateFlag;

typedef enum {
	kQueueSuspendFlagNone = 0,
	kQueueSuspendFlagSyncHwQueue = 0x1, /* then wait for what is on the device */
	kQueueSuspendFlagWaitAll = 0x2,     /* first wait for the commands submitted so far */
	kQueueSuspendFlagWaitIdle = 0x4,    /* first wait for an idle queue; wins over WaitAll */
	kQueueSuspendFlagMaskAll = -1,
} XQueueSuspendFlag;

typedef enum {
	kQueueResumeFlagNone = 0,
	kQueueResumeFlagDropCommands = 0x1, /* forget what was submitted but not launched */
	kQueueResumeFlagMaskAll = -1,
} XQueueResumeFlag;

typedef enum {
	kSchedulerUnknown = 0,
	kSchedulerAppManaged = 1, /* only the program's own XQueueSuspend and XQueueResume */
	kSchedulerLocal = 2,      /* a policy inside the process, for its own queues */
	kSchedulerGlobal = 3,     /* xserver, for all processes of the machine */
	kSchedulerMax = 4,        /* not a scheduler: one past the last */
} XSchedulerType;

typedef enum {
	kPolicyUnknown = 0,
	kPolicyHighestPriorityFirst = 1,              /* HPF */
	kPolicyHeterogeneousHighestPriorityFirst = 2, /* HHPF */
	kPolicyCPUHighestPriorityFirst = 3,           /* CHPF */
	kPolicyUtilizationPartition = 4,              /* UP */
	kPolicyProcessUtilizationPartition = 5,       /* PUP */
	kPolicyStrictProcessUtilizationPartition = 6, /* SPUP */
	kPolicyKEarliestDeadlineFirst = 7,            /* KEDF */
	kPolicyLaxity = 8,                            /* LAX */
	kPolicyActiveWindowFirst = 9,                 /* AWF */
	kPolicyCompletelyFairScheduler = 10,          /* CFS */
	kPolicyMultiLevelFeedbackQueue = 11,          /* MLFQ */
	kPolicyMax = 12,                              /* not a policy: one past the last */
} XPolicyType;

/* Larger is more important. A queue with PRIORITY_NO_EXECUTE waits until it gets another one. */
typedef int32_t Priority;
#define PRIORITY_NO_EXECUTE (-256)
#define PRIORITY_MIN        (-255)
#define PRIORITY_DEFAULT    0
#define PRIORITY_MAX        255

/* Share of a device, in percent. */
typedef int32_t Utilization;
#define UTILIZATION_MIN     0
#define UTILIZATION_DEFAULT 100
#define UTILIZATION_MAX     100

/*
 * Microseconds. XSched defines TIMESLICE_UNLIMITED as UINT64_MAX, which the signed type cannot
 * hold: it arrives as -1. Here it is the largest value that fits, and -1 from programs compiled
 * with XSched's header means the same.
 */
typedef int64_t Timeslice;
#define TIMESLICE_MIN       100
#define TIMESLICE_DEFAULT   5000
#define TIMESLICE_MAX       10000000
#define TIMESLICE_UNLIMITED INT64_MAX

/* Microseconds after a queue became ready. */
typedef int64_t Laxity;
#define NO_LAXITY (-1)
typedef int64_t Deadline;
#define NO_DEADLINE (-1)

/*
 * Launches one command: called with the hardware queue and the pointer given to
 * HwCommandCreateCallback, once, on a thread of the library (or on that of HwQueueLaunch or a
 * blocking XQueueSubmit), never with a lock held. It is expected to hand work to the driver on the
 * stream of that hardware queue and to return; what it put there by then belongs to the command.
 * Waiting inside for the own queue is refused with kXSchedErrorNotAllowed where it cannot end.
 */
typedef XResult (*LaunchCallback)(HwQueueHandle hwq, void *data);

#endif
