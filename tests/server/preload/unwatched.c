/* SPDX-License-Identifier: Apache-2.0 */
/* For LD_PRELOAD: nothing more can be waited for, as at the limit of epoll's watches, while the file that
 * TEST_FULL names is there. libuv asks once about each descriptor before it watches that. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int uv_poll_init(void *loop, void *handle, int fd);

int uv_poll_init(void *loop, void *handle, int fd)
{
	const char *full = getenv("TEST_FULL");
	int (*real)(void *, void *, int) =
		(int (*)(void *, void *, int))dlsym(RTLD_NEXT, "uv_poll_init");

	if (full && access(full, F_OK) == 0)
		return -ENOSPC;
	return real(loop, handle, fd);
}
