/* SPDX-License-Identifier: Apache-2.0 */
/* Both default streams among blocking and non-blocking ones: who waits for whom. */
#include "program.h"

static CUdeviceptr gate, data;

static void *per_thread(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	for (int i = 0; i < 20; i++)
		check(append(CU_STREAM_PER_THREAD, data, (uint64_t)(i % 10)));
	check(cuStreamSynchronize_ptsz(NULL));
	return NULL;
}

int main(void)
{
	CUstream blocking, other, free_stream;
	unsigned long long legacy_id, own_id, named_id;
	pthread_t thread;

	start();
	gate = word(0);
	data = word(1);
	blocking = stream_of(CU_STREAM_DEFAULT, 0);
	other = stream_of(CU_STREAM_DEFAULT, 0);
	free_stream = stream_of(NON_BLOCKING, 0);
	check(cuStreamGetId(NULL, &legacy_id));
	check(cuStreamGetId_ptsz(NULL, &own_id));
	check(cuStreamGetId(CU_STREAM_PER_THREAD, &named_id));
	printf("%d %d\n", legacy_id != own_id, own_id == named_id);

	check(stand_still(blocking, gate));
	check(append(blocking, data, 1));
	check(append(NULL, data, 2));        /* waits for the blocking stream */
	check(append(other, data, 3));       /* waits for the legacy one */
	check(append(free_stream, data, 4)); /* waits for nobody */
	check(cuStreamSynchronize(free_stream));
	printf("free first: %llu\n", (unsigned long long)peek(data));
	poke(gate, 1);
	check(cuStreamSynchronize(other));
	show_word("order", data);

	poke(gate, 0);
	check(stand_still(CU_STREAM_PER_THREAD, gate));
	check(append(CU_STREAM_PER_THREAD, data, 5));
	check(cuLaunchKernel_ptsz(kernel("affine"), 1, 1, 1, 1, 1, 1, 0, NULL,
		(void *[]){ &data, &(uint64_t){ 10 }, &(uint64_t){ 6 } }, NULL));
	check(append(CU_STREAM_LEGACY, data, 7));
	poke(gate, 1);
	show_word("order", data); /* a synchronous copy waits for the legacy stream */

	check(cuMemcpyHtoD_v2(data, &(uint64_t){ 0 }, 8));
	check(cuStreamSynchronize(NULL));
	pthread_create(&thread, NULL, per_thread, NULL);
	pthread_join(thread, NULL);
	show_word("of a thread", data);
	check(cuStreamDestroy_v2(blocking));
	check(cuStreamDestroy_v2(other));
	check(cuStreamDestroy_v2(free_stream));
	show(cuStreamDestroy_v2(NULL));
	return 0;
}
