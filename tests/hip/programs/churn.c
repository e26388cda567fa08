/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of low priority come and go, two at a time, beside one of high priority. */
#include "program.h"

int main(void)
{
	hipStream_t urgent, streams[2];
	uint64_t *data;

	start();
	urgent = stream_of(hipStreamNonBlocking, -1);
	data = word(0);
	check(spin(urgent, 10));
	for (int i = 0; i < 200; i++) {
		for (int k = 0; k < 2; k++)
			streams[k] = stream_of(hipStreamNonBlocking, 1);
		for (int k = 0; k < 8; k++) {
			check(spin(streams[0], 200));
			check(spin(streams[1], 200));
		}
		check(append(streams[0], data, (uint64_t)i % 10));
		for (int k = 0; k < 2; k++) {
			check(hipStreamSynchronize(streams[k]));
			check(hipStreamDestroy(streams[k]));
		}
		if (i % 10 == 0) {
			check(spin(urgent, 10));
			check(hipStreamSynchronize(urgent));
		}
	}
	show_word("data", data);
	return 0;
}
