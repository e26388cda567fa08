/* SPDX-License-Identifier: Apache-2.0 */
/* Pages as memory files: made by a process, mapped by the daemon. No state. */
#include "wire/page.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static int map(struct xs_page **page, int fd)
{
	void *memory =
		mmap(NULL, sizeof(struct xs_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*page = memory;
	return 0;
}

int xs_page_create(struct xs_page **page, int *fd)
{
	int err;

	*fd = memfd_create("xsched", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd < 0)
		return -errno;
	if (ftruncate(*fd, sizeof(struct xs_page)) != 0 ||
		fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
		err = -errno;
		goto out;
	}
	err = map(page, *fd);
	if (err)
		goto out;
	(*page)->magic = XS_PAGE_MAGIC;
	(*page)->version = XS_PAGE_VERSION;
	xs_store_relaxed(&(*page)->server_asleep, 1);
	return 0;

out:
	close(*fd);
	*fd = -1;
	return err;
}

int xs_page_map(struct xs_page **page, int fd)
{
	struct statfs system;
	struct stat file;
	int seals = fcntl(fd, F_GET_SEALS);

	/* Huge pages are refused with everything else: a fault on one may fail for want of them. */
	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstatfs(fd, &system) != 0 ||
		system.f_type != TMPFS_MAGIC)
		return -EPERM;
	if (fstat(fd, &file) != 0 || file.st_size < (off_t)sizeof(struct xs_page))
		return -EINVAL;
	int err = map(page, fd);
	if (err)
		return err;
	if ((*page)->magic == XS_PAGE_MAGIC && (*page)->version == XS_PAGE_VERSION)
		return 0;
	munmap(*page, sizeof(struct xs_page));
	*page = NULL;
	return -EINVAL;
}
