/* SPDX-License-Identifier: Apache-2.0 */
/* Names of kernels and what they stand for: the registered ones first, then the built-ins. */
#include "platform/sim/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/futex.h"
#include "platform/sim/config.h"
#include "platform/sim/error.h"

struct registered {
	struct xsim_kernel kernel;
	uint64_t duration_ns;
	struct registered *next;
};

static struct xs_mutex lock;
static struct registered *registered; /* [lock]; entries live for ever */

int xsim_register_kernel(
	const char *name, xsim_kernel_fn *run, uint64_t duration_ns, const char *params)
{
	if (!name || strlen(params ? params : "") > XSIM_MAX_PARAMS)
		return XSIM_INVALID_VALUE;
	struct registered *entry = calloc(1, sizeof(*entry));
	char *name_copy = strdup(name), *params_copy = strdup(params ? params : "");
	if (!entry || !name_copy || !params_copy) {
		free(entry);
		free(name_copy);
		free(params_copy);
		return XSIM_OUT_OF_MEMORY;
	}
	entry->kernel = (struct xsim_kernel){ name_copy, run, NULL, params_copy };
	entry->duration_ns = duration_ns;
	xs_mutex_lock(&lock);
	entry->next = registered;
	registered = entry;
	xs_mutex_unlock(&lock);
	return XSIM_OK;
}

static bool find(const char *name, struct xsim_function *function)
{
	xs_mutex_lock(&lock);
	struct registered *entry = registered;
	while (entry && strcmp(entry->kernel.name, name))
		entry = entry->next;
	xs_mutex_unlock(&lock);
	if (entry) {
		function->kernel = entry->kernel;
		function->fixed_ns = entry->duration_ns;
		return true;
	}
	for (unsigned int i = 0; xsim_kernel_builtin(i); i++) {
		if (strcmp(xsim_kernel_builtin(i)->name, name) == 0) {
			function->kernel = *xsim_kernel_builtin(i);
			return true;
		}
	}
	return false;
}

/* The last component of the name of a function that is mangled as _Z...; false: it is not. */
static bool last_component(const char *mangled, char *out, size_t room)
{
	const char *at = mangled + 2, *part = NULL;
	size_t length = 0;

	if (strncmp(mangled, "_Z", 2))
		return false;
	bool nested = *at == 'N';
	at += strspn(at, "NLKV"); /* nested, of one file, const, volatile */
	while (*at >= '1' && *at <= '9') {
		char *end;

		length = strtoul(at, &end, 10);
		if (length > strlen(end))
			return false;
		part = end;
		at = end + length;
		if (!nested)
			break;
		at += strspn(at, "L");
	}
	if (!part || length >= room)
		return false;
	memcpy(out, part, length);
	out[length] = '\0';
	return true;
}

static bool find_any(const char *name, struct xsim_function *function)
{
	char component[256];

	if (find(name, function))
		return true;
	if (last_component(name, component, sizeof(component)) && find(component, function))
		return true;
	if (!xsim_config.unknown_kernels || strcmp(xsim_config.unknown_kernels, "accept"))
		return false;
	function->kernel = (struct xsim_kernel){ .name = function->name, .params = "" };
	function->fixed_ns = xsim_config.unknown_us * XS_NS_PER_US;
	return true;
}

static uint32_t size_of(char letter)
{
	switch (letter) {
	case 'b':
		return 1;
	case 'h':
		return 2;
	case 'w':
		return 4;
	default:
		return 8;
	}
}

static void lay_out(struct xsim_function *function)
{
	const char *letter = function->kernel.params ? function->kernel.params : "";
	uint32_t at = 0;

	function->param_count = 0;
	for (; *letter; letter++) {
		uint32_t size = size_of(*letter);

		at = (at + size - 1) & ~(size - 1);
		function->offset[function->param_count] = at;
		function->size[function->param_count++] = size;
		at += size;
	}
	function->param_bytes = at;
}

int xsim_function_create(const char *name, void *module, struct xsim_function **out)
{
	struct xsim_function *function =
		xsim_handle_alloc(XSIM_KIND_FUNCTION, sizeof(*function), NULL);

	if (!function)
		return XSIM_OUT_OF_MEMORY;
	function->fixed_ns = 0;
	function->module = module;
	memset(function->attributes, 0, sizeof(function->attributes));
	function->name = strdup(name);
	if (!function->name || !find_any(name, function)) {
		int result = function->name ? XSIM_NOT_FOUND : XSIM_OUT_OF_MEMORY;

		xsim_function_destroy(function);
		return result;
	}
	lay_out(function);
	*out = function;
	return XSIM_OK;
}

void xsim_function_destroy(struct xsim_function *function)
{
	free(function->name);
	function->name = NULL;
	xsim_handle_free(XSIM_KIND_FUNCTION, function);
}
