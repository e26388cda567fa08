/* SPDX-License-Identifier: Apache-2.0 */
/* Host functions and callbacks: on a thread of the driver's, in stream order, with their data. */
#include "program.h"

static char log_text[512];
static char a[] = "a", b[] = "b", c[] = "c", d[] = "d", e[] = "e", f[] = "f";
static pthread_t main_thread;

static void note(void *data)
{
	strcat(log_text, data);
	if (pthread_equal(pthread_self(), main_thread))
		strcat(log_text, "!");
}

static void on_stream(CUstream stream, CUresult status, void *data)
{
	(void)stream;
	if (status)
		strcat(log_text, "?");
	note(data);
}

int main(void)
{
	CUstream stream;
	CUdeviceptr gate, data;

	main_thread = pthread_self();
	start();
	stream = stream_of(NON_BLOCKING, 0);
	gate = word(0);
	data = word(1);
	check(stand_still(stream, gate));
	check(append(stream, data, 1));
	check(cuLaunchHostFunc(stream, note, a));
	check(append(stream, data, 2));
	check(cuStreamAddCallback(stream, on_stream, b, 0));
	for (int i = 0; i < 50; i++)
		check(cuLaunchHostFunc(stream, note, i & 1 ? d : c));
	printf("before: '%s'\n", log_text);
	poke(gate, 1);
	check(cuStreamSynchronize(stream));
	printf("after: '%s'\n", log_text);
	show_word("order", data);
	*log_text = 0;
	check(cuLaunchHostFunc(NULL, note, e));
	check(cuCtxSynchronize());
	check(cuLaunchHostFunc_ptsz(NULL, note, f));
	check(cuStreamSynchronize(CU_STREAM_PER_THREAD));
	printf("default streams: '%s'\n", log_text);
	show(cuLaunchHostFunc(stream, NULL, NULL));
	show(cuStreamAddCallback(stream, on_stream, NULL, 1));
	return 0;
}
