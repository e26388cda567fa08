/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that were loaded with RTLD_DEEPBIND are bound to the runtime before they see a preloaded
 * library. With a dispatch table that does not matter. Without one, in HIP 5, what they launch passes
 * by, and nobody can count it; what can be done is to find such libraries, count them and say so. It is
 * looked for at some of the look-ups of symbols (lookup.c), and at exit, when everything that was
 * called is bound.
 *
 * One thread at a time; who comes second does not wait.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#include "base/log.h"
#include "platform/hip/bound.h"
#include "platform/hip/shim.h"
#include "preempt/process.h"

#define STEM       "libamdhip64.so"
#define MOST       32
#define PATH_BYTES 512

/* Everything below [busy]. */
static _Atomic bool busy;
static const struct link_map *told[MOST];
static unsigned int told_count;
static bool ending;
static struct {
	unsigned int count;
	char path[MOST][PATH_BYTES];
} found;

static bool needs_runtime(const ElfW(Dyn) * dynamic)
{
	const char *strings = NULL;

	for (const ElfW(Dyn) *at = dynamic; at->d_tag != DT_NULL; at++)
		if (at->d_tag == DT_STRTAB)
			strings = (const char *)at->d_un.d_ptr;
	for (const ElfW(Dyn) *at = dynamic; strings && at->d_tag != DT_NULL; at++)
		if (at->d_tag == DT_NEEDED &&
			strncmp(strings + at->d_un.d_val, STEM, sizeof(STEM) - 1) == 0)
			return true;
	return false;
}

/* The loader's lock is held while it lists its objects, so names are only copied. What has no path is
 * the program, which cannot be loaded that way, or the kernel's. */
static int note_user(struct dl_phdr_info *info, size_t size, void *unused)
{
	const ElfW(Dyn) *dynamic = NULL;

	(void)size, (void)unused;
	if (!strchr(info->dlpi_name, '/') || strlen(info->dlpi_name) >= PATH_BYTES)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			dynamic = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
	if (dynamic && needs_runtime(dynamic))
		strcpy(found.path[found.count++], info->dlpi_name);
	return found.count == MOST;
}

static bool is_overridden(const char *symbol)
{
	for (size_t i = 0; i < XS_HIP_FUNCTIONS; i++)
		if (strcmp(xs_hip_symbols[i], symbol) == 0)
			return xs_hip_entry(&xs_hip_runtimes[0], i) != NULL;
	return false;
}

/* Its dispatch table will lead to us, or has done so. Before its first use that can only be guessed. */
static bool has_table(struct link_map *runtime)
{
	const struct xs_hip_runtime *known = ending ? xs_hip_runtime_holding(runtime->l_ld) : NULL;

	if (known)
		return xs_load_relaxed(&known->has_table);
	void *handle = dlopen(runtime->l_name, RTLD_LAZY | RTLD_NOLOAD);
	bool has = handle && dlsym(handle, "hipGetDevicePropertiesR0600"); /* since 6.0 */

	if (handle)
		dlclose(handle);
	return has;
}

static bool passes_us_by(struct link_map *target)
{
	return xs_hip_object_is_runtime(target) && !has_table(target);
}

static void tell(const struct link_map *object)
{
	for (unsigned int i = 0; i < told_count; i++)
		if (told[i] == object)
			return;
	if (told_count == MOST)
		return;
	told[told_count++] = object;
	xs_add_relaxed(&xs_process_ungated, 1);
	xs_warn_once("%s is bound to HIP past us, as with RTLD_DEEPBIND: what it launches is not "
		     "scheduled",
		object->l_name);
}

static void look_at(const char *path)
{
	void *handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
	struct link_map *object;

	if (!handle)
		return;
	if (dlinfo(handle, RTLD_DI_LINKMAP, &object) == 0 && !xs_hip_object_is_runtime(object) &&
		xs_hip_object_leads_to(object, is_overridden, passes_us_by))
		tell(object);
	dlclose(handle);
}

static void look_for_strays(bool at_end)
{
	int saved_errno = errno;

	if (xs_swap_full(&busy, true))
		return;
	ending = at_end;
	found.count = 0;
	dl_iterate_phdr(note_user, NULL);
	for (unsigned int i = 0; i < found.count; i++)
		look_at(found.path[i]);
	if (found.count)
		dlerror(); /* none of the questions is the application's */
	xs_store_release(&busy, false);
	errno = saved_errno;
}

void xs_hip_look_for_strays(void)
{
	look_for_strays(false);
}

/* Only where we are preloaded could somebody be bound past us. */
__attribute__((destructor)) static void at_exit(void)
{
	if (dlsym(RTLD_DEFAULT, "xsched_shim") == (const void *)xsched_shim)
		look_for_strays(true);
}
