/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints which copy of the runtime each library is bound to, as libhalhip.so sees it:
 *
 *   bound LIBHALHIP LIBRARY...        each has a symbol "here"
 *
 * "-" instead is memory that no library holds, "+LIBRARY" is made global, and not asked about,
 * "!LIBRARY" is loaded with RTLD_DEEPBIND.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/hip/runtime.h"

static const void *place_in(const char *name)
{
	int flags = RTLD_LAZY | (*name == '!' ? RTLD_LOCAL | RTLD_DEEPBIND : RTLD_LOCAL);
	void *library;

	if (strcmp(name, "-") == 0)
		return malloc(16);
	library = dlopen(*name == '!' ? name + 1 : name, flags);
	return library ? dlsym(library, "here") : NULL;
}

int main(int argc, char **argv)
{
	void *hal = argc > 1 ? dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL) : NULL;
	struct xs_hip_runtime *(*find)(const void *) =
		hal ? (__typeof__(find))dlsym(hal, "xs_hip_runtime_find") : NULL;
	const void *here[16];
	int count = 0;

	for (int i = 2; find && i < argc && count < 16; i++) {
		if (*argv[i] == '+' && dlopen(argv[i] + 1, RTLD_LAZY | RTLD_GLOBAL))
			continue;
		here[count] = place_in(argv[i]);
		if (!here[count++])
			return 2;
	}
	for (int i = 0; i < count; i++) {
		struct xs_hip_runtime *runtime = find(here[i]);

		puts(runtime ? ((struct link_map *)xs_load_relaxed(&runtime->object))->l_name
			     : "none");
	}
	return count == 0;
}
