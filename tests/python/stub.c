/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for libpreempt.so and libhalcuda.so: it schedules nothing, launches each command when
 * it is submitted, and shows the Python tests what arrived.
 */
#include <xsched/xsched.h>
#include <xsched/cuda/hal.h>

static struct {
	LaunchCallback launch;
	void *data;
} commands[16];
static unsigned n_commands;

int64_t stub_last[4];

static XResult seen(int64_t a, int64_t b, int64_t c, int64_t d)
{
	stub_last[0] = a;
	stub_last[1] = b;
	stub_last[2] = c;
	stub_last[3] = d;
	return kXSchedSuccess;
}

XResult CudaQueueCreate(HwQueueHandle *hwq, CUstream stream)
{
	*hwq = (HwQueueHandle)(uintptr_t)stream + 1;
	return stream ? kXSchedSuccess : kXSchedErrorNotSupported;
}

XResult XQueueCreate(XQueueHandle *xq, HwQueueHandle hwq, int64_t level, int64_t flags)
{
	*xq = UINT64_MAX - 1;
	return seen((int64_t)hwq, level, flags, 0);
}

XResult XQueueQuery(XQueueHandle xq, XQueueState *state)
{
	*state = kQueueStateReady;
	return xq == UINT64_MAX - 1 ? kXSchedSuccess : kXSchedErrorNotFound;
}

XResult XQueueProfileHwCommandCount(XQueueHandle xq, int64_t *count)
{
	(void)xq;
	*count = 1ll << 40;
	return kXSchedSuccess;
}

XResult XQueueSuspend(XQueueHandle xq, int64_t flags)
{
	return seen((int64_t)xq, flags, 1, 0);
}

XResult XQueueResume(XQueueHandle xq, int64_t flags)
{
	return seen((int64_t)xq, flags, 2, 0);
}

XResult XHintLaxity(XQueueHandle xq, Laxity lax_us, Priority lax_prio, Priority crit_prio)
{
	return seen((int64_t)xq, lax_us, lax_prio, crit_prio);
}

XResult XHintTimeslice(Timeslice ts_us)
{
	return seen(ts_us, 0, 0, 0);
}

XResult HwCommandCreateCallback(HwCommandHandle *hw_cmd, LaunchCallback launch, void *data)
{
	commands[n_commands].launch = launch;
	commands[n_commands].data = data;
	*hw_cmd = ++n_commands;
	return kXSchedSuccess;
}

XResult HwQueueLaunch(HwQueueHandle hwq, HwCommandHandle hw_cmd)
{
	return commands[hw_cmd - 1].launch(hwq, commands[hw_cmd - 1].data);
}

XResult XQueueSubmit(XQueueHandle xq, HwCommandHandle hw_cmd)
{
	return xq ? HwQueueLaunch(xq, hw_cmd) : kXSchedErrorNotFound;
}

XResult HwCommandDestroy(HwCommandHandle hw_cmd)
{
	return hw_cmd ? kXSchedSuccess : kXSchedErrorNotFound;
}
