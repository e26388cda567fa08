/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up functions by name, version and flag, and using what was found. */
#include "program.h"

static void *find(const char *name, int version, cuuint64_t flags)
{
	CUdriverProcAddressQueryResult status = (CUdriverProcAddressQueryResult)9;
	void *function = (void *)1;
	CUresult result = cuGetProcAddress_v2(name, &function, version, flags, &status);

	printf("%s %d %d: %d, %d, %d\n", name, version, (int)flags, (int)result, (int)status,
		function != NULL);
	return result ? NULL : function;
}

int main(void)
{
	CUresult (*launch_kernel)(CUfunction, unsigned int, unsigned int, unsigned int,
		unsigned int, unsigned int, unsigned int, unsigned int, CUstream, void **, void **);
	CUresult (*look_up)(
		const char *, void **, int, cuuint64_t, CUdriverProcAddressQueryResult *);
	uint64_t factor = 10, term = 4;
	CUdriverProcAddressQueryResult status;
	void *function = NULL, *table = NULL;
	CUdeviceptr data;
	int version;

	find("cuInit", 2000, 0);
	check(cuDriverGetVersion(&version));
	start();
	data = word(1);
	*(void **)&launch_kernel = find("cuLaunchKernel", 4000, 0);
	check(launch_kernel(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, NULL,
		(void *[]){ &data, &factor, &term }, NULL));
	*(void **)&launch_kernel =
		find("cuLaunchKernel", version, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
	check(launch_kernel(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, NULL,
		(void *[]){ &data, &factor, &term }, NULL));
	check(cuStreamSynchronize(CU_STREAM_PER_THREAD));
	show_word("data", data);
	*(void **)&look_up = find("cuGetProcAddress", 12000, 0);
	check(look_up("cuMemcpyAsync", &function, 4000, 1, &status));
	printf("found %d\n", function != NULL);
	find("cuNoSuchFunction", version, 0);
	find("cuMemAlloc", 3000, 0);
	find("cuLaunchKernelEx", 11000, 0);
	find("cuGraphInstantiateWithFlags", 11040, 1);
	find("cuInit", version, 77);
	find("", version, 0);
	show(cuGetProcAddress_v2(NULL, &function, version, 0, &status));
	show(cuGetProcAddress_v2("cuInit", NULL, version, 0, &status));
	show(cuGetExportTable((const void **)&table, &(CUuuid){ { 1 } }));
	return 0;
}
