/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs made by hand, cloned, updated, launched into several streams and destroyed in flight. */
#include "program.h"

static CUgraphNode add(CUgraph graph, CUgraphNode after, CUdeviceptr data, uint64_t digit)
{
	static uint64_t factor = 10;
	void *params[] = { &data, &factor, &digit };
	CUDA_KERNEL_NODE_PARAMS node_params = {
		.func = kernel("affine"),
		.gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 1,
		.blockDimY = 1,
		.blockDimZ = 1,
		.kernelParams = params,
	};
	CUgraphNode node = NULL;

	check(cuGraphAddKernelNode_v2(&node, graph, &after, after ? 1 : 0, &node_params));
	return node;
}

static void called(void *data)
{
	++*(int *)data;
}

int main(void)
{
	CUstream a, b;
	CUgraph graph, clone;
	CUgraphExec exec, second;
	CUgraphNode node, host_node;
	CUdeviceptr data;
	int calls = 0;
	CUDA_HOST_NODE_PARAMS host = { .fn = called, .userData = &calls };
	CUgraphExecUpdateResultInfo info;
	CUDA_GRAPH_INSTANTIATE_PARAMS with = { .flags = 0 };
	size_t count = 0;

	start();
	a = stream_of(NON_BLOCKING, 0);
	b = stream_of(CU_STREAM_DEFAULT, -1);
	data = word(1);
	check(cuGraphCreate(&graph, 0));
	node = add(graph, NULL, data, 1);
	node = add(graph, node, data, 2);
	check(cuGraphAddHostNode(&host_node, graph, &node, 1, &host));
	add(graph, host_node, data, 3);
	check(cuGraphGetNodes(graph, NULL, &count));
	check(cuGraphClone(&clone, graph));
	check(cuGraphInstantiateWithFlags(&exec, graph, 0));
	with.hUploadStream = a;
	with.flags = CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD;
	check(cuGraphInstantiateWithParams(&second, clone, &with));
	check(cuGraphUpload(exec, a));
	check(cuGraphLaunch(exec, a));
	check(cuStreamSynchronize(a));
	printf("%zu nodes, %d calls\n", count, calls);
	show_word("data", data);
	check(cuGraphLaunch(second, b));
	check(cuGraphExecDestroy(second)); /* in flight */
	check(cuStreamSynchronize(b));
	show_word("data", data);
	for (int i = 0; i < 20; i++)
		check(cuGraphLaunch(exec, NULL));
	check(cuGraphLaunch_ptsz(exec, NULL));
	check(cuStreamSynchronize_ptsz(NULL));
	check(cuCtxSynchronize());
	printf("%d calls\n", calls);
	show(cuGraphExecUpdate_v2(exec, clone, &info));
	show(cuGraphLaunch(NULL, a));
	show(cuGraphInstantiateWithFlags(&second, NULL, 0));
	check(cuGraphExecDestroy(exec));
	check(cuGraphDestroy(clone));
	check(cuGraphDestroy(graph));
	return 0;
}
