/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of an EGL stream, handed from a stream that writes them to one that reads them. */
#include "program.h"

int main(void)
{
	static char name;
	CUeglStreamConnection producer, consumer;
	CUgraphicsResource resource;
	CUstream writer, reader;
	CUeglFrame frame = { .width = 2, .height = 1, .depth = 1, .planeCount = 1 }, seen;
	CUdeviceptr data;

	start();
	data = word(1);
	frame.frame.pPitch[0] = (void *)(uintptr_t)data;
	writer = stream_of(NON_BLOCKING, 0);
	reader = stream_of(NON_BLOCKING, -1);
	check(cuEGLStreamConsumerConnect(&consumer, &name));
	check(cuEGLStreamProducerConnect(&producer, &name, 2, 1));
	show(cuEGLStreamProducerReturnFrame(&producer, &seen, &writer));
	show(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, &reader, 0));
	for (uint64_t i = 0; i < 5; i++) {
		check(append(writer, data, i));
		check(cuEGLStreamProducerPresentFrame(&producer, frame, i == 4 ? NULL : &writer));
		show(cuEGLStreamProducerPresentFrame(&producer, frame, &writer));
		check(cuEGLStreamConsumerAcquireFrame(&consumer, &resource, &reader, 1000));
		check(cuGraphicsResourceGetMappedEglFrame(&seen, resource, 0, 0));
		check(append(reader, (CUdeviceptr)(uintptr_t)seen.frame.pPitch[0], i));
		check(cuEGLStreamConsumerReleaseFrame(&consumer, resource, &reader));
		memset(&seen, 0, sizeof(seen));
		check(cuEGLStreamProducerReturnFrame(&producer, &seen, &writer));
		printf("%ux%u, %u planes\n", seen.width, seen.height, seen.planeCount);
		check(cuStreamSynchronize(i == 4 ? NULL : writer));
	}
	check(cuCtxSynchronize());
	check(cuEGLStreamProducerDisconnect(&producer));
	check(cuEGLStreamConsumerDisconnect(&consumer));
	show_word("data", data);
	return 0;
}
