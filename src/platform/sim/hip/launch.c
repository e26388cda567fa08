/* SPDX-License-Identifier: Apache-2.0 */
/* Launches in all their forms, and the call configurations that compiled programs push. */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/hip/front.h"

/* What a kernel may have running at once, for cooperative launches. */
#define MAX_COOPERATIVE_BLOCKS (64 * 32)

struct launch {
	const void *function; /* stub or handle */
	dim3 grid, block;
	size_t shared_bytes;
	hipStream_t stream;
	void **params, **extra;
	hipEvent_t start, stop; /* recorded around it */
	bool cooperative;
};

static int check_shape(const struct launch *l)
{
	const dim3 g = l->grid, b = l->block;

	if (!g.x || !g.y || !g.z || !b.x || !b.y || !b.z || (uint64_t)b.x * b.y * b.z > 1024)
		return hipErrorInvalidConfiguration;
	if (l->cooperative && (uint64_t)g.x * g.y * g.z > MAX_COOPERATIVE_BLOCKS)
		return hipErrorCooperativeLaunchTooLarge;
	return XSIM_OK;
}

static int record_beside(hipEvent_t handle, struct xsim_stream *stream)
{
	struct xsim_event *event;

	if (!handle)
		return XSIM_OK;
	int result = xsim_find_event(handle, &event);
	return result ? result : xsim_record(stream, event, false);
}

static hipError_t launch(const struct launch *l)
{
	struct xsim_stream *stream;
	struct xsim_function *function;
	int result = hip_stream(l->stream, &stream);

	if (!result)
		result = hip_function(l->function, &function);
	if (!result)
		result = check_shape(l);
	if (!result)
		result = record_beside(l->start, stream);
	if (xs_unlikely(result))
		return (hipError_t)result;
	struct xsim_launch_args args = {
		function,
		{ l->grid.x, l->grid.y, l->grid.z },
		{ l->block.x, l->block.y, l->block.z },
		(unsigned int)l->shared_bytes,
		l->params,
		l->extra,
	};
	result = xsim_launch_kernel(stream, &args);
	return (hipError_t)(result ? result : record_beside(l->stop, stream));
}

int hip_kernel_op(struct xsim_op *op, const hipKernelNodeParams *p)
{
	struct xsim_function *function;
	struct launch l = { .grid = p->gridDim, .block = p->blockDim };
	int result = hip_function(p->func, &function);

	if (!result)
		result = check_shape(&l);
	if (result)
		return result;
	struct xsim_launch_args args = {
		function,
		{ p->gridDim.x, p->gridDim.y, p->gridDim.z },
		{ p->blockDim.x, p->blockDim.y, p->blockDim.z },
		p->sharedMemBytes,
		p->kernelParams,
		p->extra,
	};
	memset(op, 0, sizeof(*op));
	return xsim_kernel_op(op, &args);
}

/* --- by the address of a stub ----------------------------------------------------------------- */

hipError_t sim_hipLaunchKernel(const void *function, dim3 grid, dim3 block, void **args,
	size_t shared_bytes, hipStream_t stream)
{
	return launch(&(struct launch){ .function = function,
		.grid = grid,
		.block = block,
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = args });
}
XSIM_SAME(hipLaunchKernel_spt, hipLaunchKernel);

hipError_t sim_hipLaunchCooperativeKernel(const void *function, dim3 grid, dim3 block,
	void **params, unsigned int shared_bytes, hipStream_t stream)
{
	return launch(&(struct launch){ .function = function,
		.grid = grid,
		.block = block,
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = params,
		.cooperative = true });
}
XSIM_SAME(hipLaunchCooperativeKernel_spt, hipLaunchCooperativeKernel);

hipError_t sim_hipExtLaunchKernel(const void *function, dim3 grid, dim3 block, void **args,
	size_t shared_bytes, hipStream_t stream, hipEvent_t start, hipEvent_t stop, int flags)
{
	(void)flags;
	return launch(&(struct launch){ .function = function,
		.grid = grid,
		.block = block,
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = args,
		.start = start,
		.stop = stop });
}

static bool is_cooperative(const hipLaunchAttribute *attributes, unsigned int count)
{
	for (unsigned int i = 0; attributes && i < count; i++) {
		if (attributes[i].id == hipLaunchAttributeCooperative)
			return attributes[i].val.cooperative != 0;
	}
	return false;
}

hipError_t sim_hipLaunchKernelExC(const hipLaunchConfig_t *c, const void *function, void **args)
{
	if (!c || (c->numAttrs && !c->attrs))
		return hipErrorInvalidConfiguration;
	return launch(&(struct launch){ .function = function,
		.grid = c->gridDim,
		.block = c->blockDim,
		.shared_bytes = c->dynamicSmemBytes,
		.stream = c->stream,
		.params = args,
		.cooperative = is_cooperative(c->attrs, c->numAttrs) });
}

static hipError_t launch_on_each(hipLaunchParams *list, int count, bool cooperative)
{
	hipError_t result = list && count > 0 && count <= (int)xsim_config.devices
				    ? hipSuccess
				    : hipErrorInvalidValue;

	for (int i = 0; i < count && !result; i++)
		result = launch(&(struct launch){ .function = list[i].func,
			.grid = list[i].gridDim,
			.block = list[i].blockDim,
			.shared_bytes = list[i].sharedMem,
			.stream = list[i].stream,
			.params = list[i].args,
			.cooperative = cooperative });
	return result;
}

hipError_t sim_hipLaunchCooperativeKernelMultiDevice(
	hipLaunchParams *list, int count, unsigned int flags)
{
	int result = hip_ready();

	(void)flags;
	return result ? (hipError_t)result : launch_on_each(list, count, true);
}

hipError_t sim_hipExtLaunchMultiKernelMultiDevice(
	hipLaunchParams *list, int count, unsigned int flags)
{
	int result = hip_ready();

	(void)flags;
	return result ? (hipError_t)result : launch_on_each(list, count, false);
}

/* --- by the handle of a function -------------------------------------------------------------- */

static const void *handle(hipFunction_t f, hipError_t *error)
{
	*error = xsim_handle_is(f, XSIM_KIND_FUNCTION) ? hipSuccess : hipErrorInvalidHandle;
	return f;
}

hipError_t sim_hipModuleLaunchKernel(hipFunction_t f, unsigned int grid_x, unsigned int grid_y,
	unsigned int grid_z, unsigned int block_x, unsigned int block_y, unsigned int block_z,
	unsigned int shared_bytes, hipStream_t stream, void **params, void **extra)
{
	hipError_t error;
	struct launch l = { .function = handle(f, &error),
		.grid = { grid_x, grid_y, grid_z },
		.block = { block_x, block_y, block_z },
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = params,
		.extra = extra };

	return error ? error : launch(&l);
}

hipError_t sim_hipModuleLaunchCooperativeKernel(hipFunction_t f, unsigned int grid_x,
	unsigned int grid_y, unsigned int grid_z, unsigned int block_x, unsigned int block_y,
	unsigned int block_z, unsigned int shared_bytes, hipStream_t stream, void **params)
{
	hipError_t error;
	struct launch l = { .function = handle(f, &error),
		.grid = { grid_x, grid_y, grid_z },
		.block = { block_x, block_y, block_z },
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = params,
		.cooperative = true };

	return error ? error : launch(&l);
}

hipError_t sim_hipModuleLaunchCooperativeKernelMultiDevice(
	hipFunctionLaunchParams *list, unsigned int count, unsigned int flags)
{
	hipError_t result =
		list && count && count <= xsim_config.devices ? hipSuccess : hipErrorInvalidValue;

	(void)flags;
	for (unsigned int i = 0; i < count && !result; i++)
		result = sim_hipModuleLaunchCooperativeKernel(list[i].function, list[i].gridDimX,
			list[i].gridDimY, list[i].gridDimZ, list[i].blockDimX, list[i].blockDimY,
			list[i].blockDimZ, list[i].sharedMemBytes, list[i].hStream,
			list[i].kernelParams);
	return result;
}

/* Sizes are given in threads for the whole grid. */
hipError_t sim_hipExtModuleLaunchKernel(hipFunction_t f, uint32_t global_x, uint32_t global_y,
	uint32_t global_z, uint32_t local_x, uint32_t local_y, uint32_t local_z,
	size_t shared_bytes, hipStream_t stream, void **params, void **extra, hipEvent_t start,
	hipEvent_t stop, uint32_t flags)
{
	hipError_t error;

	(void)flags;
	if (!local_x || !local_y || !local_z)
		return hipErrorInvalidConfiguration;
	struct launch l = { .function = handle(f, &error),
		.grid = { (uint32_t)(((uint64_t)global_x + local_x - 1) / local_x),
			(uint32_t)(((uint64_t)global_y + local_y - 1) / local_y),
			(uint32_t)(((uint64_t)global_z + local_z - 1) / local_z) },
		.block = { local_x, local_y, local_z },
		.shared_bytes = shared_bytes,
		.stream = stream,
		.params = params,
		.extra = extra,
		.start = start,
		.stop = stop };
	return error ? error : launch(&l);
}
XSIM_SAME(
	_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_j,
	hipExtModuleLaunchKernel);

hipError_t
sim__Z24hipHccModuleLaunchKernelP18ihipModuleSymbol_tjjjjjjmP12ihipStream_tPPvS4_P11ihipEvent_tS6_(
	hipFunction_t f, uint32_t global_x, uint32_t global_y, uint32_t global_z, uint32_t local_x,
	uint32_t local_y, uint32_t local_z, size_t shared_bytes, hipStream_t stream, void **params,
	void **extra, hipEvent_t start, hipEvent_t stop)
{
	return sim_hipExtModuleLaunchKernel(f, global_x, global_y, global_z, local_x, local_y,
		local_z, shared_bytes, stream, params, extra, start, stop, 0);
}

hipError_t sim_hipDrvLaunchKernelEx(
	const HIP_LAUNCH_CONFIG *c, hipFunction_t f, void **params, void **extra)
{
	hipError_t error;

	if (!c || (c->numAttrs && !c->attrs))
		return hipErrorInvalidConfiguration;
	struct launch l = { .function = handle(f, &error),
		.grid = { c->gridDimX, c->gridDimY, c->gridDimZ },
		.block = { c->blockDimX, c->blockDimY, c->blockDimZ },
		.shared_bytes = c->sharedMemBytes,
		.stream = c->hStream,
		.params = params,
		.extra = extra,
		.cooperative = is_cooperative(c->attrs, c->numAttrs) };
	return error ? error : launch(&l);
}

/* --- configurations --------------------------------------------------------------------------- */

/* The first two leave the thread's last error alone. */
hipError_t sim___hipPushCallConfiguration(
	dim3 grid, dim3 block, size_t shared_bytes, hipStream_t stream)
{
	struct hip_thread *self = &hip_thread;

	self->keep = true;
	if (self->pushed_count == HIP_NESTED)
		return hipErrorMissingConfiguration;
	self->pushed[self->pushed_count++] = (struct hip_call){
		.grid = grid, .block = block, .shared_bytes = shared_bytes, .stream = stream
	};
	return hipSuccess;
}

hipError_t sim___hipPopCallConfiguration(
	dim3 *grid, dim3 *block, size_t *shared_bytes, hipStream_t *stream)
{
	struct hip_thread *self = &hip_thread;

	self->keep = true;
	if (!self->pushed_count)
		return hipErrorMissingConfiguration;
	const struct hip_call *call = &self->pushed[--self->pushed_count];
	*grid = call->grid;
	*block = call->block;
	*shared_bytes = call->shared_bytes;
	*stream = call->stream;
	return hipSuccess;
}

hipError_t sim_hipConfigureCall(dim3 grid, dim3 block, size_t shared_bytes, hipStream_t stream)
{
	struct hip_configured *configured = calloc(1, sizeof(*configured));

	if (!configured)
		return hipErrorOutOfMemory;
	configured->call = (struct hip_call){ grid, block, shared_bytes, stream };
	configured->outer = hip_thread.configured;
	hip_thread.configured = configured;
	return hipSuccess;
}

hipError_t sim_hipSetupArgument(const void *arg, size_t size, size_t offset)
{
	struct hip_configured *configured = hip_thread.configured;

	if (!arg || !configured || size > HIP_ARG_BYTES || offset > HIP_ARG_BYTES - size)
		return hipErrorInvalidValue;
	memcpy(configured->args + offset, arg, size);
	if (configured->arg_bytes < offset + size)
		configured->arg_bytes = offset + size;
	return hipSuccess;
}

hipError_t sim_hipLaunchByPtr(const void *function)
{
	struct hip_configured *configured = hip_thread.configured;
	struct xsim_function *f;

	if (!configured)
		return hipErrorMissingConfiguration;
	hip_thread.configured = configured->outer;
	void *extra[] = { HIP_LAUNCH_PARAM_BUFFER_POINTER, configured->args,
		HIP_LAUNCH_PARAM_BUFFER_SIZE, &configured->arg_bytes, HIP_LAUNCH_PARAM_END };
	const struct hip_call *c = &configured->call;
	hipError_t result = (hipError_t)hip_function(function, &f);
	if (!result)
		result = hip_self.hipModuleLaunchKernel((hipFunction_t)f, c->grid.x, c->grid.y,
			c->grid.z, c->block.x, c->block.y, c->block.z,
			(unsigned int)c->shared_bytes, c->stream, NULL, extra);
	free(configured);
	return result;
}
