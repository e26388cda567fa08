/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launches of kernels and graphs. Arguments of a kernel are the runtime's to copy, before the call
 * returns: nothing here outlives it. What <<<>>> pushes and pops around a launch is left alone.
 */
#include "platform/hip/shim.h"

static struct xs_queue *begin(const void *function, hipStream_t stream, bool per_thread)
{
	xs_trace("[TRACE_KERNEL] func=%p stream=%p", function, (void *)stream);
	return xs_submit_begin(stream, per_thread);
}

static struct xs_record begin_recording(const void *function, hipStream_t stream)
{
	xs_trace("[TRACE_KERNEL] func=%p stream=%p", function, (void *)stream);
	return xs_record_begin(stream, false);
}

/* A launch can record events around the kernel. The first one does not cover it: that is done when the
 * kernel begins, so what was known of it is forgotten. */
static hipError_t submitted_with(const struct xs_record *record, hipEvent_t start_event,
	hipEvent_t stop_event, hipError_t result)
{
	if (result == hipSuccess) {
		if (start_event)
			xs_event_destroyed(start_event);
		if (stop_event)
			xs_event_recorded(stop_event, record);
	}
	return xs_hip_submitted(record->queue, result);
}

/* --- by host function ---------------------------------------------------------------------------- */

hipError_t on_hipLaunchKernel(const void *function_address, dim3 num_blocks, dim3 dim_blocks,
	void **args, size_t shared_mem_bytes, hipStream_t stream)
{
	struct xs_queue *queue = begin(function_address, stream, false);

	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchKernel(function_address, num_blocks,
					       dim_blocks, args, shared_mem_bytes, stream));
}

hipError_t on_hipLaunchKernel_spt(const void *function_address, dim3 num_blocks, dim3 dim_blocks,
	void **args, size_t shared_mem_bytes, hipStream_t stream)
{
	struct xs_queue *queue = begin(function_address, stream, true);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipLaunchKernel_spt(function_address, num_blocks, dim_blocks,
			       args, shared_mem_bytes, stream));
}

hipError_t on_hipExtLaunchKernel(const void *function_address, dim3 num_blocks, dim3 dim_blocks,
	void **args, size_t shared_mem_bytes, hipStream_t stream, hipEvent_t start_event,
	hipEvent_t stop_event, int flags)
{
	struct xs_record record = begin_recording(function_address, stream);

	return submitted_with(&record, start_event, stop_event,
		xs_hip_real()->hipExtLaunchKernel(function_address, num_blocks, dim_blocks, args,
			shared_mem_bytes, stream, start_event, stop_event, flags));
}

hipError_t on_hipLaunchCooperativeKernel(const void *function_address, dim3 grid_dim,
	dim3 block_dim, void **kernel_params, unsigned int shared_mem_bytes, hipStream_t stream)
{
	struct xs_queue *queue = begin(function_address, stream, false);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipLaunchCooperativeKernel(function_address, grid_dim,
			       block_dim, kernel_params, shared_mem_bytes, stream));
}

hipError_t on_hipLaunchCooperativeKernel_spt(const void *function_address, dim3 grid_dim,
	dim3 block_dim, void **kernel_params, uint32_t shared_mem_bytes, hipStream_t stream)
{
	struct xs_queue *queue = begin(function_address, stream, true);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipLaunchCooperativeKernel_spt(function_address, grid_dim,
			       block_dim, kernel_params, shared_mem_bytes, stream));
}

hipError_t on_hipLaunchKernelExC(
	const hipLaunchConfig_t *config, const void *function_address, void **args)
{
	struct xs_queue *queue = begin(function_address, config ? config->stream : NULL, false);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipLaunchKernelExC(config, function_address, args));
}

/* The launch of the first interface: its stream was said to hipConfigureCall() and is not ours to
 * look up. No compiler of HIP 4 or later makes it. */
hipError_t on_hipLaunchByPtr(const void *function_address)
{
	xs_count_ungated("hipLaunchByPtr");
	return xs_hip_real()->hipLaunchByPtr(function_address);
}

/* --- by function of a module --------------------------------------------------------------------- */

hipError_t on_hipModuleLaunchKernel(hipFunction_t f, unsigned int grid_dim_x,
	unsigned int grid_dim_y, unsigned int grid_dim_z, unsigned int block_dim_x,
	unsigned int block_dim_y, unsigned int block_dim_z, unsigned int shared_mem_bytes,
	hipStream_t stream, void **kernel_params, void **extra)
{
	struct xs_queue *queue = begin(f, stream, false);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipModuleLaunchKernel(f, grid_dim_x, grid_dim_y, grid_dim_z,
			       block_dim_x, block_dim_y, block_dim_z, shared_mem_bytes, stream,
			       kernel_params, extra));
}

hipError_t on_hipModuleLaunchCooperativeKernel(hipFunction_t f, unsigned int grid_dim_x,
	unsigned int grid_dim_y, unsigned int grid_dim_z, unsigned int block_dim_x,
	unsigned int block_dim_y, unsigned int block_dim_z, unsigned int shared_mem_bytes,
	hipStream_t stream, void **kernel_params)
{
	struct xs_queue *queue = begin(f, stream, false);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipModuleLaunchCooperativeKernel(f, grid_dim_x, grid_dim_y,
			       grid_dim_z, block_dim_x, block_dim_y, block_dim_z, shared_mem_bytes,
			       stream, kernel_params));
}

hipError_t on_hipDrvLaunchKernelEx(
	const HIP_LAUNCH_CONFIG *config, hipFunction_t f, void **params, void **extra)
{
	struct xs_queue *queue = begin(f, config ? config->hStream : NULL, false);

	return xs_hip_submitted(
		queue, xs_hip_real()->hipDrvLaunchKernelEx(config, f, params, extra));
}

hipError_t on_hipExtModuleLaunchKernel(hipFunction_t f, uint32_t global_work_size_x,
	uint32_t global_work_size_y, uint32_t global_work_size_z, uint32_t local_work_size_x,
	uint32_t local_work_size_y, uint32_t local_work_size_z, size_t shared_mem_bytes,
	hipStream_t stream, void **kernel_params, void **extra, hipEvent_t start_event,
	hipEvent_t stop_event, uint32_t flags)
{
	struct xs_record record = begin_recording(f, stream);

	return submitted_with(&record, start_event, stop_event,
		xs_hip_real()->hipExtModuleLaunchKernel(f, global_work_size_x, global_work_size_y,
			global_work_size_z, local_work_size_x, local_work_size_y, local_work_size_z,
			shared_mem_bytes, stream, kernel_params, extra, start_event, stop_event,
			flags));
}

/* The C++ spelling, which is what rocBLAS, hipBLASLt and MIOpen call. */
hipError_t
on__Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j(
	hipFunction_t f, uint32_t global_work_size_x, uint32_t global_work_size_y,
	uint32_t global_work_size_z, uint32_t local_work_size_x, uint32_t local_work_size_y,
	uint32_t local_work_size_z, size_t shared_mem_bytes, hipStream_t stream,
	void **kernel_params, void **extra, hipEvent_t start_event, hipEvent_t stop_event,
	uint32_t flags)
{
	return on_hipExtModuleLaunchKernel(f, global_work_size_x, global_work_size_y,
		global_work_size_z, local_work_size_x, local_work_size_y, local_work_size_z,
		shared_mem_bytes, stream, kernel_params, extra, start_event, stop_event, flags);
}

/* Its forerunner, which has only this spelling. */
hipError_t
on__Z24hipHccModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_(
	hipFunction_t f, uint32_t global_work_size_x, uint32_t global_work_size_y,
	uint32_t global_work_size_z, uint32_t local_work_size_x, uint32_t local_work_size_y,
	uint32_t local_work_size_z, size_t shared_mem_bytes, hipStream_t stream,
	void **kernel_params, void **extra, hipEvent_t start_event, hipEvent_t stop_event)
{
	struct xs_record record = begin_recording(f, stream);

	return submitted_with(&record, start_event, stop_event,
		xs_hip_real()->XS_HIP_HCC_MODULE_LAUNCH_CPP(f, global_work_size_x,
			global_work_size_y, global_work_size_z, local_work_size_x,
			local_work_size_y, local_work_size_z, shared_mem_bytes, stream,
			kernel_params, extra, start_event, stop_event));
}

/* --- over several devices ------------------------------------------------------------------------ */

/* One grid over several devices is all or nothing: it goes through the gate of its first stream, and
 * the streams of the other devices count as passed by. */
static struct xs_queue *begin_many(
	const char *name, unsigned int devices, const void *function, hipStream_t stream)
{
	for (unsigned int i = 1; i < devices && i < XS_HIP_DEVICES; i++)
		xs_count_ungated(name);
	return begin(function, stream, false);
}

static struct xs_queue *begin_list(const char *name, const hipLaunchParams *list, int devices)
{
	bool any = list && devices > 0;

	return begin_many(name, any ? (unsigned int)devices : 0, any ? list->func : NULL,
		any ? list->stream : NULL);
}

hipError_t on_hipLaunchCooperativeKernelMultiDevice(
	hipLaunchParams *launch_params_list, int num_devices, unsigned int flags)
{
	struct xs_queue *queue = begin_list(
		"hipLaunchCooperativeKernelMultiDevice", launch_params_list, num_devices);

	return xs_hip_submitted(queue, xs_hip_real()->hipLaunchCooperativeKernelMultiDevice(
					       launch_params_list, num_devices, flags));
}

hipError_t on_hipExtLaunchMultiKernelMultiDevice(
	hipLaunchParams *launch_params_list, int num_devices, unsigned int flags)
{
	struct xs_queue *queue =
		begin_list("hipExtLaunchMultiKernelMultiDevice", launch_params_list, num_devices);

	return xs_hip_submitted(queue, xs_hip_real()->hipExtLaunchMultiKernelMultiDevice(
					       launch_params_list, num_devices, flags));
}

hipError_t on_hipModuleLaunchCooperativeKernelMultiDevice(
	hipFunctionLaunchParams *launch_params_list, unsigned int num_devices, unsigned int flags)
{
	const hipFunctionLaunchParams *first = num_devices ? launch_params_list : NULL;
	struct xs_queue *queue =
		begin_many("hipModuleLaunchCooperativeKernelMultiDevice", first ? num_devices : 0,
			first ? first->function : NULL, first ? first->hStream : NULL);

	return xs_hip_submitted(queue, xs_hip_real()->hipModuleLaunchCooperativeKernelMultiDevice(
					       launch_params_list, num_devices, flags));
}
