/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets and pages: descriptors that arrive or are closed, peers that do not read or are gone, where
 * the socket is looked for, and memory files that must not be mapped.
 * Would catch: a leaked descriptor, a call that blocks or raises SIGPIPE, a page that can shrink.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "wire/connection.h"
#include "wire/page.h"

static int open_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void open_pair(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static void messages_with_descriptors(void **state)
{
	struct xs_message message = { .opcode = XS_OP_HELLO, .serial = 9 };
	int before = open_fds(), pair[2], fds[XS_WIRE_FDS];
	size_t count;

	(void)state;
	open_pair(pair);
	int sent[2] = { open("/dev/null", O_RDONLY | O_CLOEXEC),
		open("/dev/zero", O_RDONLY | O_CLOEXEC) };
	assert_int_equal(xs_wire_send(pair[0], &message, sent, 2), 0);
	assert_int_equal(xs_wire_send(pair[0], &message, NULL, 0), 0);
	assert_int_equal(xs_wire_send(pair[0], &message, sent, 3), -EINVAL);
	assert_int_equal(xs_wire_receive(pair[1], &message, XS_TO_SERVER, fds, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(message.serial, 9);
	struct stat a, b;
	for (size_t i = 0; i < 2; i++) {
		fstat(sent[i], &a);
		fstat(fds[i], &b);
		assert_true(a.st_rdev == b.st_rdev);
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
		close(fds[i]);
		close(sent[i]);
	}
	assert_int_equal(xs_wire_receive(pair[1], &message, XS_TO_SERVER, fds, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(xs_wire_receive(pair[1], &message, XS_TO_SERVER, fds, &count), -EAGAIN);
	close_pair(pair);
	assert_int_equal(open_fds(), before);
}

/* Sends these bytes with that many descriptors. */
static void send_raw(int fd, const void *bytes, size_t size, size_t count)
{
	char control[CMSG_SPACE(sizeof(int) * 8)] = { 0 };
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

	if (count) {
		header.msg_control = control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
		for (size_t i = 0; i < count; i++)
			memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &header, 0), (ssize_t)size);
}

static void malformed_messages_leave_nothing_behind(void **state)
{
	struct xs_message message = { .opcode = XS_OP_HELLO };
	uint8_t buffer[2 * XS_WIRE_MAX] = { 0 };
	int before = open_fds(), pair[2], fds[XS_WIRE_FDS];
	size_t count;

	(void)state;
	open_pair(pair);
	int size = xs_message_encode(&message, buffer);
	send_raw(pair[0], buffer, (size_t)size - 1, 1);
	send_raw(pair[0], buffer, sizeof(buffer), 2); /* longer than any */
	send_raw(pair[0], buffer, (size_t)size, 8);   /* more descriptors than any */
	send_raw(pair[0], buffer, 1, 0);
	for (int i = 0; i < 4; i++) {
		int err = xs_wire_receive(pair[1], &message, XS_TO_SERVER, fds, &count);
		assert_int_equal(err, -EPROTO);
		assert_int_equal(count, 0);
	}
	buffer[2] = buffer[3] = 0x7f;
	buffer[5] = XS_WIRE_OPTIONAL;
	send_raw(pair[0], buffer, (size_t)size, 1);
	assert_int_equal(xs_wire_receive(pair[1], &message, XS_TO_SERVER, fds, &count), -ENOMSG);
	close_pair(pair);
	assert_int_equal(open_fds(), before);
}

static void peers_that_do_not_read_or_are_gone(void **state)
{
	struct xs_message message = { .opcode = XS_OP_LIST };
	int pair[2], fds[XS_WIRE_FDS], err = 0;
	size_t count;

	(void)state;
	open_pair(pair);
	for (int i = 0; i < 1000000 && !err; i++)
		err = xs_wire_send(pair[0], &message, NULL, 0);
	assert_int_equal(err, -EAGAIN);
	close(pair[1]);
	err = xs_wire_send(pair[0], &message, NULL, 0); /* of a peer that had not read everything */
	assert_true(err == -EPIPE || err == -ECONNRESET);
	assert_int_equal(xs_wire_send(pair[0], &message, NULL, 0), -EPIPE);
	err = xs_wire_receive(pair[0], &message, XS_TO_SERVER, fds, &count);
	assert_int_equal(err, -ECONNRESET);
	close(pair[0]);
}

static void places(void **state)
{
	char path[XS_WIRE_PATH_SIZE], text[200];

	(void)state;
	setenv("XSCHED_SOCKET", "/a/b", 1);
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	assert_int_equal(xs_wire_path(path, 0), 0);
	assert_string_equal(path, "/a/b");
	assert_int_equal(xs_wire_path(path, 1), -ENOENT);
	unsetenv("XSCHED_SOCKET");
	assert_int_equal(xs_wire_path(path, 0), 0);
	assert_string_equal(path, "/run/user/7/xsched.sock");
	assert_int_equal(xs_wire_path(path, 1), 0);
	assert_string_equal(path, "/run/xsched/xsched.sock");
	assert_int_equal(xs_wire_path(path, 2), -ENOENT);
	unsetenv("XDG_RUNTIME_DIR");
	assert_int_equal(xs_wire_path(path, 0), 0);
	assert_string_equal(path, "/run/xsched/xsched.sock");
	assert_int_equal(xs_wire_path(path, 1), -ENOENT);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	setenv("XSCHED_SOCKET", text, 1);
	assert_int_equal(xs_wire_path(path, 0), -ENAMETOOLONG);
	assert_int_equal(xs_wire_connect(), -ENAMETOOLONG);
}

static void connecting(void **state)
{
	const char *directory = getenv("TEST_TMP");
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)state;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/connecting.%d",
		directory ? directory : "/tmp", (int)getpid());
	setenv("XSCHED_SOCKET", address.sun_path, 1);
	assert_int_equal(xs_wire_connect(), -ENOENT);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(xs_wire_connect(), -ECONNREFUSED);
	assert_int_equal(listen(listener, 1), 0);
	int connections[64], count = 0;
	/* Nobody accepts: it never blocks, and says so. */
	while (count < 64 && (connections[count] = xs_wire_connect()) >= 0)
		count++;
	assert_in_range(count, 1, 63);
	assert_int_equal(connections[count], -EAGAIN);
	assert_true(fcntl(connections[0], F_GETFD) & FD_CLOEXEC);
	while (count)
		close(connections[--count]);
	close(listener);
	unlink(address.sun_path);
}

static int memory_file(size_t size, int seals, unsigned int flags)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING | flags);

	if (fd < 0)
		return fd;
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	if (seals)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void pages_that_are_not_mapped(void **state)
{
	const uint32_t beginning[] = { XS_PAGE_MAGIC, XS_PAGE_VERSION };
	const size_t whole = sizeof(struct xs_page);
	struct xs_page *page, *mine;
	int fd;

	(void)state;
	fd = memory_file(whole, 0, 0);
	assert_int_equal(xs_page_map(&page, fd), -EPERM); /* it could shrink */
	close(fd);
	fd = memory_file(4096, F_SEAL_SHRINK, 0); /* what it has of a page is right */
	assert_int_equal(pwrite(fd, beginning, sizeof(beginning), 0), sizeof(beginning));
	assert_int_equal(xs_page_map(&page, fd), -EINVAL);
	close(fd);
	fd = memory_file(whole, F_SEAL_SHRINK, 0);
	assert_int_equal(xs_page_map(&page, fd), -EINVAL); /* no page */
	close(fd);
	fd = memory_file(whole, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE, 0);
	assert_int_equal(xs_page_map(&page, fd), -EPERM);
	close(fd);
	fd = memory_file(4u << 20, F_SEAL_SHRINK, MFD_HUGETLB);
	if (fd >= 0)
		assert_int_equal(xs_page_map(&page, fd), -EPERM);
	close(fd);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(xs_page_map(&page, fd), -EPERM);
	close(fd);
	assert_int_equal(xs_page_map(&page, -1), -EPERM);

	assert_int_equal(xs_page_create(&mine, &fd), 0);
	assert_int_not_equal(ftruncate(fd, 0), 0);
	assert_int_equal(xs_page_map(&page, fd), 0);
	assert_true(xs_page_tell(mine, 4095)); /* nobody is awake yet */
	assert_true(xs_page_take_summary(page) == UINT64_C(1) << 63);
	assert_true(xs_page_take(page, 63) == UINT64_C(1) << 63);
	assert_true(xs_page_take_summary(page) == 0);
	xs_store_full(&page->server_asleep, 0);
	assert_false(xs_page_tell(mine, 0));
	mine->version++;
	munmap(page, whole);
	assert_int_equal(xs_page_map(&page, fd), -EINVAL);
	munmap(mine, whole);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_with_descriptors),
		cmocka_unit_test(malformed_messages_leave_nothing_behind),
		cmocka_unit_test(peers_that_do_not_read_or_are_gone),
		cmocka_unit_test(places),
		cmocka_unit_test(connecting),
		cmocka_unit_test(pages_that_are_not_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
