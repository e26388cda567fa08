/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is not linked with HIP and loads libraries which are, like Python:
 *
 *   host MODE LIBRARY [RUNTIME]...    MODE: local, global or deep (RTLD_DEEPBIND)
 *
 * With a RUNTIME, that is opened first, and its handle is given to run() of the library.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For the libraries: a queue of the C API for a stream of theirs, asked for by code that is bound to
 * no runtime at all. */
__attribute__((visibility("default"))) int host_make_queue(void *stream);
int host_make_queue(void *stream)
{
	const char *path = getenv("HOST_HAL");
	void *hal = path ? dlopen(path, RTLD_LAZY) : NULL;
	int (*create)(uint64_t *, void *) =
		hal ? (int (*)(uint64_t *, void *))dlsym(hal, "HipQueueCreate") : NULL;
	uint64_t queue = 0, again = 0;

	if (!path)
		return 0;
	if (!create)
		return -1;
	int result = create(&queue, stream);
	if (result == 0)
		result = create(&again, stream);
	return result == 0 && (!queue || queue != again) ? -2 : result;
}

int main(int argc, char **argv)
{
	int flags = RTLD_LAZY | RTLD_LOCAL;

	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "global") == 0)
		flags = RTLD_LAZY | RTLD_GLOBAL;
	if (strcmp(argv[1], "deep") == 0)
		flags = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
	for (int i = 2; i < argc; i += 2) {
		void *runtime = i + 1 < argc && *argv[i + 1]
					? dlopen(argv[i + 1], RTLD_LAZY | RTLD_LOCAL)
					: NULL;
		void *library = dlopen(argv[i], flags);
		int (*run)(void *) = library ? (int (*)(void *))dlsym(library, "run") : NULL;

		if (!run) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
		if (run(runtime))
			return 1;
	}
	return 0;
}
