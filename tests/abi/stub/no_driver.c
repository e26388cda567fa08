/* SPDX-License-Identifier: Apache-2.0 */
/* What a program sees under the shim when there is no driver. Started by cuda_no_driver.sh. */
#include <stdio.h>

#include "platform/cuda/cuda_driver.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("line %d: not so: %s\n", __LINE__, #condition);                     \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

int main(void)
{
	CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SUCCESS;
	void *function = &status;
	CUcontext context;
	int version = 1;

	CHECK(cuCtxGetCurrent(&context) == CUDA_ERROR_NOT_INITIALIZED);
	CHECK(cuInit(0) == CUDA_ERROR_NO_DEVICE);
	CHECK(cuLaunchKernel(NULL, 1, 1, 1, 1, 1, 1, 0, NULL, NULL, NULL) ==
		CUDA_ERROR_NOT_INITIALIZED);
	CHECK(cuDriverGetVersion(&version) == CUDA_SUCCESS && version == 0);
	CHECK(cuGetProcAddress_v2("cuInit", &function, 13000, 0, &status) == CUDA_ERROR_NOT_FOUND);
	CHECK(!function && status == CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
	return 0;
}
