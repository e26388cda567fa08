/* SPDX-License-Identifier: Apache-2.0 */
/* Functions by name, made when they are asked for first. */
#include "platform/sim/module.h"

#include <stdlib.h>
#include <string.h>

#include "platform/sim/error.h"

int xsim_module_create(struct xsim_module **out)
{
	*out = xsim_handle_alloc(XSIM_KIND_MODULE, sizeof(**out), NULL);
	return *out ? XSIM_OK : XSIM_OUT_OF_MEMORY;
}

int xsim_module_destroy(struct xsim_module *module)
{
	if (!xsim_handle_is(module, XSIM_KIND_MODULE))
		return XSIM_INVALID_HANDLE;
	xsim_handle_kill(module);
	for (unsigned int i = 0; i < module->count; i++)
		xsim_function_destroy(module->functions[i]);
	free(module->functions);
	module->functions = NULL;
	module->count = module->room = 0;
	xsim_handle_free(XSIM_KIND_MODULE, module);
	return XSIM_OK;
}

/* Makes room for one more. [module->lock] */
static bool grow(struct xsim_module *module)
{
	if (module->count < module->room)
		return true;
	unsigned int more = module->room ? 2 * module->room : 16;
	void *grown = realloc(module->functions, more * sizeof(*module->functions));
	if (!grown)
		return false;
	module->functions = grown;
	module->room = more;
	return true;
}

int xsim_module_function(struct xsim_module *module, const char *name, struct xsim_function **out)
{
	int result = XSIM_OK;

	if (!xsim_handle_is(module, XSIM_KIND_MODULE))
		return XSIM_INVALID_HANDLE;
	if (!out || !name)
		return XSIM_INVALID_VALUE;
	*out = NULL;
	xs_mutex_lock(&module->lock);
	for (unsigned int i = 0; i < module->count && !*out; i++) {
		if (!strcmp(module->functions[i]->name, name))
			*out = module->functions[i];
	}
	if (!*out) {
		result =
			grow(module) ? xsim_function_create(name, module, out) : XSIM_OUT_OF_MEMORY;
		if (!result)
			module->functions[module->count++] = *out;
	}
	xs_mutex_unlock(&module->lock);
	return result;
}
