/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving descriptors to high numbers. No state.
 *
 * The highest numbers that the kernel's table holds as it is: to make it larger the kernel waits until
 * all processors have left the old one, which takes 10 ms in a process with threads.
 */
#include "preempt/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_TABLE 64 /* each process begins with that */
#define RESERVED       16 /* at its end, for ours */

static int table_size(void)
{
	static const char name[] = "\nFDSize:";
	char text[512]; /* it is the eleventh line */
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return SMALLEST_TABLE;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[length > 0 ? length : 0] = 0;
	const char *line = strstr(text, name);
	int size = line ? atoi(line + sizeof(name) - 1) : 0;
	return size > SMALLEST_TABLE ? size : SMALLEST_TABLE;
}

int xs_descriptor_hide(int fd)
{
	struct rlimit limit;

	if (fd < 0)
		return -errno;
	int lowest = table_size() - RESERVED;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)lowest + RESERVED)
		lowest = (int)(limit.rlim_cur / 4 * 3);
	int high = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	if (high < 0)
		return fd; /* the number that it has will do */
	close(fd);
	return high;
}

uint64_t xs_descriptor_identity(int fd)
{
	struct stat file;
	int saved_errno = errno;
	bool open = fd >= 0 && fstat(fd, &file) == 0;

	errno = saved_errno;
	return open ? ((uint64_t)file.st_dev << 48 ^ (uint64_t)file.st_ino) | UINT64_C(1) << 63 : 0;
}
