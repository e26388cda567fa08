/* SPDX-License-Identifier: Apache-2.0 */
/* Streams that end with work left, and a program that does. */
#include "program.h"

int main(void)
{
	hipStream_t stream;
	uint64_t *data;

	start();
	data = word(0);
	for (int i = 0; i < 50; i++) {
		stream = stream_of(hipStreamNonBlocking, i % 3 - 1);
		check(spin(stream, 20));
		check(hipStreamDestroy(stream));
	}
	check(append(NULL, data, 5));
	check(hipDeviceSynchronize());
	show_word("data", data);
	stream = stream_of(hipStreamNonBlocking, 1);
	check(spin(stream, 2000000));
	return 3;
}
