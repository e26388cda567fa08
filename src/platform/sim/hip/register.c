/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What compiled programs register: fat binaries, kernels and variables.
 *
 * A kernel is known by the address of its stub in the program, a variable by that of its shadow.
 * Constructors of the program call this before anything else happened, so nothing is made before it
 * is used. Entries are never freed: whoever looks one up takes no lock. The content of a fat binary
 * does not matter (plain and compressed bundles are told by their first bytes and left alone).
 */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/hip/front.h"

#define WRAPPER_MAGIC 0x48495046u /* "HIPF" */
#define BUCKETS       4096

struct wrapper {
	uint32_t magic, version;
	const void *binary;
	void *unused;
};

/* What the handle of a fat binary points to. */
struct binary {
	const void *image;
	_Atomic uint32_t alive;
};

struct entry {
	const void *address; /* of the stub or shadow */
	struct binary *binary;
	const char *name;
	struct entry *next;
	bool is_variable;
	struct xs_mutex lock;
	_Atomic(struct xsim_function *) function;
	size_t bytes;
	uint64_t memory[XSIM_MAX_DEVICES]; /* [lock] */
};

struct managed {
	void *memory;
	size_t bytes;
	struct managed *next;
};

static _Atomic(struct entry *) table[BUCKETS];
static struct xs_mutex lock;
static struct managed *managed; /* [lock] */
static bool device_is_up;       /* [lock] */

static _Atomic(struct entry *) *bucket(const void *address)
{
	return &table[((uintptr_t)address * 0x9e3779b97f4a7c15ull) >> 52];
}

static struct entry *find(const void *address, bool is_variable)
{
	for (struct entry *e = xs_load_acquire(bucket(address)); e; e = e->next) {
		if (e->address == address && e->is_variable == is_variable &&
			xs_load_relaxed(&e->binary->alive))
			return e;
	}
	return NULL;
}

static void add(
	void **modules, const void *address, const char *name, bool is_variable, size_t bytes)
{
	struct entry *e = modules ? calloc(1, sizeof(*e)) : NULL;

	if (!e)
		return;
	e->address = address;
	e->binary = (struct binary *)(void *)modules;
	e->name = strdup(name);
	e->is_variable = is_variable;
	e->bytes = bytes;
	xs_mutex_lock(&lock);
	e->next = xs_load_relaxed(bucket(address));
	xs_store_release(bucket(address), e);
	xs_mutex_unlock(&lock);
}

/* --- what the compiler calls ------------------------------------------------------------------ */

static bool is_known_image(const void *image)
{
	static const char *const starts[] = { "__CLANG_OFFLOAD_BUNDLE__", "CCOB", "\177ELF" };

	for (size_t i = 0; image && i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (!strncmp(image, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

void **sim___hipRegisterFatBinary(const void *data)
{
	const struct wrapper *wrapper = data;

	if (!wrapper || wrapper->magic != WRAPPER_MAGIC || !is_known_image(wrapper->binary))
		return NULL;
	struct binary *binary = calloc(1, sizeof(*binary));
	if (binary) {
		binary->image = wrapper->binary;
		xs_store_release(&binary->alive, 1);
	}
	return (void **)(void *)binary;
}

void sim___hipUnregisterFatBinary(void **modules)
{
	if (modules)
		xs_store_release(&((struct binary *)(void *)modules)->alive, 0);
}

void sim___hipRegisterFunction(void **modules, const void *host_function, char *device_function,
	const char *device_name, unsigned int thread_limit, void *tid, void *bid, dim3 *block_dim,
	dim3 *grid_dim, int *wave_size)
{
	(void)device_function;
	(void)thread_limit;
	(void)tid;
	(void)bid;
	(void)block_dim;
	(void)grid_dim;
	(void)wave_size;
	add(modules, host_function, device_name, false, 0);
}

void sim___hipRegisterVar(void **modules, void *var, char *host_var, char *device_var, int ext,
	size_t size, int constant, int global)
{
	(void)host_var;
	(void)ext;
	(void)constant;
	(void)global;
	add(modules, var, device_var, true, size);
}

/* Managed memory has its address before the program begins. */
void sim___hipRegisterManagedVar(void *modules, void **pointer, void *init_value, const char *name,
	size_t size, unsigned int align)
{
	struct managed *m = calloc(1, sizeof(*m));

	(void)align;
	if (!m || posix_memalign(&m->memory, 4096, size ? size : 1)) {
		free(m);
		return;
	}
	memcpy(m->memory, init_value, size);
	*pointer = m->memory;
	m->bytes = size;
	xs_mutex_lock(&lock);
	m->next = managed;
	managed = m;
	bool late = device_is_up;
	xs_mutex_unlock(&lock);
	if (late)
		hip_adopt_managed();
	add(modules, pointer, name, true, size);
}

void hip_adopt_managed(void)
{
	xs_mutex_lock(&lock);
	device_is_up = true;
	for (struct managed *m = managed, *next; m; m = next) {
		struct xsim_range range = { .base = (uintptr_t)m->memory,
			.size = m->bytes,
			.type = XSIM_MEMORY_REGISTERED };

		xsim_memory_register(&range);
		next = m->next;
		free(m);
	}
	managed = NULL;
	xs_mutex_unlock(&lock);
}

void sim___hipRegisterSurface(
	void **modules, void *var, char *host_var, char *device_var, int type, int ext)
{
	(void)modules;
	(void)var;
	(void)host_var;
	(void)device_var;
	(void)type;
	(void)ext;
}

void sim___hipRegisterTexture(
	void **modules, void *var, char *host_var, char *device_var, int type, int norm, int ext)
{
	(void)norm;
	sim___hipRegisterSurface(modules, var, host_var, device_var, type, ext);
}

/* --- look-up ---------------------------------------------------------------------------------- */

static int make_function(struct entry *e, struct xsim_function **out)
{
	int result = XSIM_OK;

	xs_mutex_lock(&e->lock);
	*out = xs_load_relaxed(&e->function);
	if (!*out) {
		result = hip_ready();
		if (!result)
			result = xsim_function_create(e->name, NULL, out);
		if (!result)
			xs_store_release(&e->function, *out);
	}
	xs_mutex_unlock(&e->lock);
	/* The real one would be in the binary, but not for this device. */
	return result == XSIM_NOT_FOUND ? hipErrorNoBinaryForGpu : result;
}

int hip_function(const void *address, struct xsim_function **out)
{
	struct entry *e = find(address, false);

	if (xs_unlikely(!e)) {
		if (!xsim_handle_is(address, XSIM_KIND_FUNCTION))
			return hipErrorInvalidDeviceFunction;
		*out = (struct xsim_function *)(uintptr_t)address;
		return XSIM_OK;
	}
	*out = xs_load_acquire(&e->function);
	return xs_likely(*out != NULL) ? XSIM_OK : make_function(e, out);
}

int hip_symbol(const void *symbol, size_t offset, size_t bytes, uint64_t *address)
{
	struct entry *e = find(symbol, true);
	struct xsim_context *context;
	int result = hip_context(&context);

	if (!result && !e)
		result = hipErrorInvalidSymbol;
	if (!result && (offset > e->bytes || bytes > e->bytes - offset))
		result = XSIM_INVALID_VALUE;
	if (result)
		return result;
	uint64_t *memory = &e->memory[context->device];
	xs_mutex_lock(&e->lock);
	if (!*memory) {
		struct xsim_range range = {
			.size = e->bytes, .type = XSIM_MEMORY_DEVICE, .device = context->device
		};

		result = xsim_memory_alloc(&range, memory);
		if (!result)
			memset((void *)(uintptr_t)*memory, 0, e->bytes);
	}
	*address = *memory + offset;
	xs_mutex_unlock(&e->lock);
	return result;
}

hipError_t sim_hipGetSymbolAddress(void **out, const void *symbol)
{
	uint64_t address;
	int result = out ? hip_symbol(symbol, 0, 0, &address) : XSIM_INVALID_VALUE;

	if (!result)
		*out = (void *)(uintptr_t)address;
	return (hipError_t)result;
}

hipError_t sim_hipGetSymbolSize(size_t *size, const void *symbol)
{
	struct entry *e = find(symbol, true);

	if (!size || !e)
		return size ? hipErrorInvalidSymbol : hipErrorInvalidValue;
	*size = e->bytes;
	return hipSuccess;
}

const char *sim_hipKernelNameRef(const hipFunction_t f)
{
	return xsim_handle_is(f, XSIM_KIND_FUNCTION) ? ((struct xsim_function *)f)->name : NULL;
}

const char *sim_hipKernelNameRefByPtr(const void *host_function, hipStream_t stream)
{
	struct entry *e = find(host_function, false);

	(void)stream;
	return e ? e->name : NULL;
}

hipError_t sim_hipGetFuncBySymbol(hipFunction_t *function, const void *symbol)
{
	return function ? (hipError_t)hip_function(symbol, (struct xsim_function **)function)
			: hipErrorInvalidValue;
}
