/* SPDX-License-Identifier: Apache-2.0 */
/* Moving descriptors to high numbers. No state. */
#include "preempt/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* High enough, and below what select() can take, so that the kernel's table stays small. */
#define LOWEST_OF_OURS 960

int xs_descriptor_hide(int fd)
{
	struct rlimit limit;
	int lowest = LOWEST_OF_OURS;

	if (fd < 0)
		return -errno;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < LOWEST_OF_OURS + 64)
		lowest = (int)(limit.rlim_cur / 4 * 3);
	int high = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	if (high < 0)
		return fd; /* the number that it has will do */
	close(fd);
	return high;
}
