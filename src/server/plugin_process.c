/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process in which a plug-in runs: xserver in another role, started by plugin.c with the shared
 * memory and the file of the plug-in as descriptors, and with nothing else of the daemon's. The file
 * is loaded through its descriptor, so what was checked is what is loaded.
 */
#include "server/plugin_pipe.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/futex.h"
#include "server/server.h"

static void copy(char *field, size_t size, const char *text)
{
	snprintf(field, size, "%s", text ? text : "");
}

static void answer(struct xs_plugin_pipe *pipe, uint32_t number)
{
	xs_store_full(&pipe->answered, number);
	xs_futex_wake(&pipe->answered, 1);
}

static void describe(struct xs_plugin_self *self, const struct xsched_policy *policy)
{
	copy(self->name, sizeof(self->name), policy->name);
	copy(self->summary, sizeof(self->summary), policy->summary);
	self->unit = policy->unit;
	self->param_count = policy->param_count;
	for (uint32_t i = 0; self->param_count <= XSCHED_POLICY_PARAMS && i < self->param_count;
		i++) {
		const struct xsched_policy_param *from = &policy->params[i];
		struct xs_plugin_param *to = &self->params[i];

		copy(to->name, sizeof(to->name), from->name);
		copy(to->unit, sizeof(to->unit), from->unit);
		copy(to->doc, sizeof(to->doc), from->doc);
		to->min = from->min;
		to->max = from->max;
		to->def = from->def;
	}
}

/* Only the version is looked at before it is known to be ours. */
static const struct xsched_policy *load(struct xs_plugin_self *self)
{
	const struct xsched_policy *policy;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", XS_PLUGIN_IMAGE_FD);
	void *image = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!image) {
		copy(self->refusal, sizeof(self->refusal), dlerror());
		return NULL;
	}
	policy = dlsym(image, "xsched_policy");
	if (!policy) {
		copy(self->refusal, sizeof(self->refusal), "it exports no xsched_policy");
		return NULL;
	}
	if (policy->version != XSCHED_POLICY_VERSION) {
		snprintf(self->refusal, sizeof(self->refusal),
			"it is made for version %u of policy.h, this is version %u",
			policy->version, XSCHED_POLICY_VERSION);
		return NULL;
	}
	if (!policy->choose) {
		copy(self->refusal, sizeof(self->refusal), "it has no choose()");
		return NULL;
	}
	return policy;
}

/* The daemon's signals are not for us, and we end with it: also if it ended before we asked for that. */
static bool belong_to_the_daemon(const struct xs_plugin_pipe *pipe)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((uint64_t)getppid() != pipe->daemon)
		return false;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_NAME, "xserver-plugin");
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	xs_server_hurry();
	return true;
}

int xs_plugin_process(void)
{
	const struct xsched_policy *policy;
	struct xs_plugin_pipe *pipe;

	pipe = mmap(NULL, sizeof(*pipe), PROT_READ | PROT_WRITE, MAP_SHARED, XS_PLUGIN_PIPE_FD, 0);
	if (pipe == MAP_FAILED || !belong_to_the_daemon(pipe))
		return EXIT_FAILURE;
	close(XS_PLUGIN_PIPE_FD);
	policy = load(&pipe->self);
	close(XS_PLUGIN_IMAGE_FD);
	if (policy)
		describe(&pipe->self, policy);
	answer(pipe, 1);
	if (!policy)
		return EXIT_SUCCESS; /* what refused it has been said */
	for (uint32_t last = 1;; answer(pipe, last)) {
		uint32_t asked;

		while ((asked = xs_load_full(&pipe->asked)) == last)
			xs_futex_wait(&pipe->asked, last, 0);
		last = asked;
		pipe->device.units = pipe->units;
		pipe->wake_ns = policy->choose(&pipe->device);
	}
}
