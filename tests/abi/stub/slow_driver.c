/* SPDX-License-Identifier: Apache-2.0 */
/* A driver that takes its time to load: its constructor calls the program, which may block it. */
#include <dlfcn.h>

__attribute__((visibility("default"))) int cuInit(unsigned int flags);

int cuInit(unsigned int flags)
{
	(void)flags;
	return 0;
}

__attribute__((constructor)) static void load(void)
{
	void (*while_loading)(void);

	*(void **)&while_loading = dlsym(RTLD_DEFAULT, "while_loading");
	if (while_loading)
		while_loading();
}
