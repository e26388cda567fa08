/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an object's runtime is found, the surest way first:
 *
 *   1. The object is a runtime itself: HIP 5 calls some of its own exports through the PLT.
 *   2. Its relocations: those functions of HIP that the shim does not export were bound by the
 *      loader, versions, scopes, RPATH and DEEPBIND considered. Every object with kernels has at
 *      least __hipRegisterFatBinary().
 *   3. The global scope, then the object's own: the order in which the loader searches. Asked for
 *      is a function that the shim does not export, so the shim is never the answer.
 *   4. Whatever is loaded under the runtime's usual name.
 *   5. XSCHED_HIP_LIB, when there is no copy at all.
 */
#include "platform/hip/bound.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "base/options.h"
#include "platform/common/find_library.h"

/* Every version has it, and the shim does not. */
#define PROBE "hipRuntimeGetVersion"
#define STEM  "libamdhip64.so"

struct link_map *xs_hip_object_at(const void *address)
{
	struct link_map *object = NULL;
	Dl_info info;

	if (!dladdr1(address, &info, (void **)&object, RTLD_DL_LINKMAP))
		return NULL;
	return object;
}

void *xs_hip_object_open(const struct link_map *object)
{
	/* The program itself has no name. */
	const char *name = object->l_name && *object->l_name ? object->l_name : NULL;
	void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);

	if (!handle)
		dlerror();
	return handle;
}

static struct link_map *runtime_of_answer(void *function)
{
	struct link_map *object = function ? xs_hip_object_at(function) : NULL;
	void *handle = object ? xs_hip_object_open(object) : NULL;

	if (!handle)
		return NULL;
	/* A shim of other make may stand before the runtime under the same names. */
	if (dlsym(handle, XS_SHIM_MARKER))
		object = NULL;
	dlclose(handle);
	return object;
}

bool xs_hip_object_is_runtime(struct link_map *object)
{
	void *handle = xs_hip_object_open(object);
	void *probe = handle ? dlsym(handle, PROBE) : NULL;
	bool is = probe && xs_hip_object_at(probe) == object && !dlsym(handle, XS_SHIM_MARKER);

	if (handle)
		dlclose(handle);
	return is;
}

/* --- relocations --------------------------------------------------------------------------------- */

struct relocations {
	uintptr_t base;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Rela) * list[2];
	size_t bytes[2];
	size_t relative; /* of list[1], at its beginning: without names */
};

static void read_dynamic(struct relocations *found, const struct link_map *object)
{
	*found = (struct relocations){ .base = object->l_addr };
	for (const ElfW(Dyn) *at = object->l_ld; at && at->d_tag != DT_NULL; at++) {
		switch (at->d_tag) {
		case DT_SYMTAB:
			found->symbols = (const void *)at->d_un.d_ptr;
			break;
		case DT_STRTAB:
			found->strings = (const void *)at->d_un.d_ptr;
			break;
		case DT_JMPREL:
			found->list[0] = (const void *)at->d_un.d_ptr;
			break;
		case DT_PLTRELSZ:
			found->bytes[0] = at->d_un.d_val;
			break;
		case DT_RELA:
			found->list[1] = (const void *)at->d_un.d_ptr;
			break;
		case DT_RELASZ:
			found->bytes[1] = at->d_un.d_val;
			break;
		case DT_RELACOUNT:
			found->relative = at->d_un.d_val;
			break;
		default:
			break;
		}
	}
}

/* The types that leave the plain address of a symbol behind. */
static bool holds_address(unsigned long type)
{
#if defined(__x86_64__)
	return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#elif defined(__aarch64__)
	return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#else
	return false;
#endif
}

/* The name of the symbol whose address the relocation leaves; NULL: there is none. */
static const char *symbol_of(const struct relocations *in, const ElfW(Rela) * relocation)
{
	size_t index = ELF64_R_SYM(relocation->r_info);

	if (!index || !holds_address(ELF64_R_TYPE(relocation->r_info)))
		return NULL;
	return in->strings + in->symbols[index].st_name;
}

static bool names_hip(const char *name)
{
	return strncmp(name, "hip", 3) == 0 || strncmp(name, "__hip", 5) == 0;
}

/* What a reference of the object leads to: a runtime, the shim, or NULL, not bound yet. */
static struct link_map *referenced(const struct link_map *object, uintptr_t place)
{
	void *const *slot = (void *const *)place;
	struct link_map *target = xs_hip_object_at(*(void *const volatile *)slot);

	return target != object ? target : NULL;
}

struct link_map *xs_hip_object_leads_to(const struct link_map *object,
	bool (*wanted)(const char *symbol), bool (*fits)(struct link_map *target))
{
	struct relocations in;

	read_dynamic(&in, object);
	if (!in.symbols || !in.strings)
		return NULL;
	for (int l = 0; l < 2; l++) {
		size_t end = in.list[l] ? in.bytes[l] / sizeof(ElfW(Rela)) : 0;

		for (size_t i = l ? in.relative : 0; i < end; i++) {
			const ElfW(Rela) *relocation = &in.list[l][i];
			const char *symbol = symbol_of(&in, relocation);
			struct link_map *target;

			if (!symbol || !wanted(symbol))
				continue;
			target = referenced(object, in.base + relocation->r_offset);
			if (target && fits(target))
				return target;
		}
	}
	return NULL;
}

/* --- scopes -------------------------------------------------------------------------------------- */

static struct link_map *in_scope(const struct link_map *object)
{
	struct link_map *found = runtime_of_answer(dlsym(RTLD_DEFAULT, PROBE));
	void *handle;

	if (found || !object)
		return found;
	handle = xs_hip_object_open(object);
	if (!handle)
		return NULL;
	found = runtime_of_answer(dlsym(handle, PROBE));
	dlclose(handle);
	return found;
}

struct mapped {
	unsigned int count;
	char path[XS_HIP_MAPPED][PATH_MAX];
};

/* The loader's lock is held while it lists its objects, so names are only copied. */
static int by_name(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *file = strrchr(info->dlpi_name, '/');
	struct mapped *mapped = data;

	(void)size;
	if (!file || strncmp(file + 1, STEM, sizeof(STEM) - 1) != 0 ||
		strlen(info->dlpi_name) >= PATH_MAX)
		return 0;
	strcpy(mapped->path[mapped->count++], info->dlpi_name);
	return mapped->count == XS_HIP_MAPPED;
}

static struct link_map *opened(const char *path, int flags)
{
	void *handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL | flags);

	/* Not closed: whoever is found this way has nobody else to keep it loaded. */
	return handle ? runtime_of_answer(dlsym(handle, PROBE)) : NULL;
}

unsigned int xs_hip_objects_mapped(struct link_map **objects, unsigned int most)
{
	struct mapped mapped = { .count = 0 };
	unsigned int count = 0;

	dl_iterate_phdr(by_name, &mapped);
	for (unsigned int i = 0; i < mapped.count && count < most; i++) {
		objects[count] = opened(mapped.path[i], RTLD_NOLOAD);
		count += objects[count] != NULL;
	}
	return count;
}

static struct link_map *anywhere(void)
{
	const char *chosen = xs_options()->hip_lib;
	struct link_map *found;

	if (xs_hip_objects_mapped(&found, 1))
		return found;
	if (!chosen || !strchr(chosen, '/'))
		return NULL;
	found = opened(chosen, 0);
	if (!found)
		xs_warn("XSCHED_HIP_LIB=%s is not a usable HIP runtime", chosen);
	return found;
}

struct link_map *xs_hip_object_bound(const void *address)
{
	struct link_map *object = xs_hip_object_at(address);
	struct link_map *found = NULL;

	if (object && xs_hip_object_is_runtime(object))
		return object;
	if (object)
		found = xs_hip_object_leads_to(object, names_hip, xs_hip_object_is_runtime);
	if (!found)
		found = in_scope(object);
	if (!found)
		found = anywhere();
	dlerror(); /* none of the questions is the application's */
	return found;
}
