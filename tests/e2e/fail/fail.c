/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded before the shim: fails what our own libraries ask of the C library and the kernel. Others
 * get what they ask for.
 *
 *   FAIL_CALL    which function; "any" for all of them
 *   FAIL_AT      the call to fail, counted from 1; 0 only counts
 *   FAIL_ON      set: that call and all after it
 *   FAIL_REPORT  file to which "CALL COUNT" is appended at exit
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);

enum call { MALLOC, CALLOC, MMAP, MEMFD, FTRUNCATE, THREAD, KEY, FUTEX, CALLS };

static const char *const names[CALLS] = { "malloc", "calloc", "mmap", "memfd_create", "ftruncate",
	"pthread_create", "pthread_key_create", "futex" };

#define OURS 4
static struct {
	uintptr_t begin, end;
} ours[OURS];
static unsigned int our_count;

static unsigned int counts[CALLS], total;
static int wanted = -2; /* -2: not read, -1: any */
static unsigned int at;
static bool on;

static int note_library(struct dl_phdr_info *info, size_t size, void *unused)
{
	const char *name = strrchr(info->dlpi_name, '/');

	(void)size, (void)unused;
	if (!name || (strncmp(name, "/libpreempt", 11) && strncmp(name, "/libhalcuda", 11) &&
			     strncmp(name, "/libshimcuda", 12)))
		return 0;
	for (int i = 0; i < info->dlpi_phnum && our_count < OURS; i++) {
		if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
			ours[our_count].begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			ours[our_count].end = ours[our_count].begin + info->dlpi_phdr[i].p_memsz;
			our_count++;
		}
	}
	return 0;
}

__attribute__((constructor)) static void prepare(void)
{
	const char *call = getenv("FAIL_CALL"), *number = getenv("FAIL_AT");

	dl_iterate_phdr(note_library, NULL);
	at = number ? (unsigned int)atoi(number) : 0;
	on = getenv("FAIL_ON") != NULL;
	wanted = -1;
	for (int i = 0; call && i < CALLS; i++) {
		if (!strcmp(call, names[i]))
			wanted = i;
	}
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("FAIL_REPORT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;

	if (fd < 0)
		return;
	for (int i = 0; i < CALLS; i++)
		dprintf(fd, "%s %u\n", names[i], counts[i]);
	close(fd);
}

static bool fails(enum call call, void *caller)
{
	uintptr_t address = (uintptr_t)caller;
	unsigned int nth;

	for (unsigned int i = 0; i < our_count; i++) {
		if (address < ours[i].begin || address >= ours[i].end)
			continue;
		nth = __atomic_add_fetch(&counts[call], 1, __ATOMIC_RELAXED);
		if (wanted == -1)
			nth = __atomic_add_fetch(&total, 1, __ATOMIC_RELAXED);
		else if ((int)call != wanted)
			return false;
		return at && (on ? nth >= at : nth == at);
	}
	return false;
}

#define FAILS(call) fails(call, __builtin_return_address(0))

EXPORT void *malloc(size_t bytes)
{
	if (FAILS(MALLOC)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_malloc(bytes);
}

EXPORT void *calloc(size_t count, size_t bytes)
{
	if (FAILS(CALLOC)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(count, bytes);
}

EXPORT void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
	if (FAILS(MMAP)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, offset);
}

EXPORT int memfd_create(const char *name, unsigned int flags)
{
	if (FAILS(MEMFD)) {
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_memfd_create, name, flags);
}

EXPORT int ftruncate(int fd, off_t length)
{
	if (FAILS(FTRUNCATE)) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_ftruncate, fd, length);
}

EXPORT int pthread_create(
	pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (FAILS(THREAD))
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(thread, attributes, body, argument);
}

EXPORT int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	int (*real)(pthread_key_t *, void (*)(void *));

	if (FAILS(KEY))
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_key_create");
	return real(key, destructor);
}

/* Only waits fail, as if a signal had come; a wake-up cannot fail. */
EXPORT long syscall(long number, ...)
{
	long (*real)(long, ...);
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && FAILS(FUTEX)) {
		errno = EINTR;
		return -1;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
