/* SPDX-License-Identifier: Apache-2.0 */
/* See plugin.h. */
#include "server/plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "policy/policies.h"
#include "server/plugin_runner.h"

#define MOST_PLUGINS 3

/* Until it has introduced itself; its initialisers run in that time. */
#define LOAD_NS (10 * XS_NS_PER_S)

/* A plug-in that sleeps uses no processor time, but everybody waits for it. */
#define SLEEP_NS (250 * XS_NS_PER_MS)

/* What a plug-in that asks to be woken at once gets. */
#define SHORTEST_WAKE_NS (100 * XS_NS_PER_US)

struct plugin {
	char path[512];
	struct xs_policy policy;
	struct xs_plugin_self self; /* checked; the texts of policy lie in here */
	struct xs_param params[XSCHED_POLICY_PARAMS];
	struct xs_plugin_runner runner;
	bool ejected;
};

/* Beside the plug-in's own memory, what the scheduler keeps for each device and unit. */
struct device_state {
	uint64_t memory[16];
};

struct unit_state {
	uint64_t id;
	uint64_t used_ns;
	uint64_t memory[8];
};

static struct plugin plugins[MOST_PLUGINS];
static size_t plugin_count;
static bool sealed;
static uint64_t limit_ns = XS_PLUGIN_LIMIT_US * XS_NS_PER_US;
static uint64_t ejections, last_unit;

/* --- decisions ----------------------------------------------------------------------------------- */

static void eject(struct plugin *plugin, const char *why)
{
	xs_plugin_kill(&plugin->runner);
	plugin->ejected = true;
	ejections++;
	xs_warn("policy %s is replaced by HPF: %s", plugin->self.name, why);
}

static void show_hints(struct xsched_policy_unit *to, const struct xs_unit *unit)
{
	int64_t slice_ns = xs_unit_timeslice_ns(unit, -1);
	int lax, critical;

#define SHOW(bit, field, value)                                                                    \
	do {                                                                                       \
		int64_t said = value(unit, -1);                                                    \
		if (said >= 0) {                                                                   \
			to->has |= bit;                                                            \
			to->field = (int32_t)said;                                                 \
		}                                                                                  \
	} while (0)
	SHOW(XSCHED_HAS_UTILIZATION, utilization, xs_unit_utilization);
	SHOW(XSCHED_HAS_KDEADLINE, kdeadline, xs_unit_kdeadline);
	SHOW(XSCHED_HAS_REQUEST, request, xs_unit_request);
	SHOW(XSCHED_HAS_LIMIT, limit, xs_unit_limit);
#undef SHOW
	if (slice_ns >= 0) {
		to->has |= XSCHED_HAS_TIMESLICE;
		to->timeslice_ns = (uint64_t)slice_ns;
	}
	if (xs_unit_deadline_ns(unit, &to->deadline_ns))
		to->has |= XSCHED_HAS_DEADLINE;
	if (xs_unit_target_ns(unit, &to->target_ns))
		to->has |= XSCHED_HAS_TARGET;
	if (xs_unit_laxity_ns(unit, &to->laxity_ns, &lax, &critical)) {
		to->has |= XSCHED_HAS_LAXITY;
		to->lax_priority = lax;
		to->crit_priority = critical;
	}
	if (xs_unit_window_active(unit))
		to->has |= XSCHED_WINDOW_ACTIVE;
}

static void show_unit(struct xsched_policy_unit *to, const struct xs_unit *unit)
{
	struct unit_state *state = xs_unit_state(unit);

	memset(to, 0, sizeof(*to));
	if (!state->id)
		state->id = ++last_unit;
	to->id = state->id;
	to->process = xs_unit_process_id(unit);
	to->runnable_since_ns = xs_unit_runnable_since_ns(unit);
	to->used_ns = state->used_ns;
	state->used_ns = 0;
	to->priority = xs_unit_priority(unit);
	to->base_priority = xs_unit_base_priority(unit);
	to->cpu_priority = xs_unit_cpu_priority(unit);
	to->running = xs_unit_running(unit);
	snprintf(to->name, sizeof(to->name), "%s", xs_unit_process_name(unit));
	memcpy(to->memory, state->memory, sizeof(to->memory));
	show_hints(to, unit);
}

/* Returns how many units are shown. */
static uint32_t show_device(struct plugin *plugin, struct xs_sched_device *device, uint64_t now_ns)
{
	struct xsched_policy_device *to = &plugin->runner.pipe->device;
	const struct device_state *state = xs_device_state(device);
	uint32_t count = 0, hidden = 0;

	memset(to, 0, sizeof(*to));
	to->id = xs_device_id(device);
	to->now_ns = now_ns;
	for (uint32_t i = 0; i < plugin->self.param_count; i++)
		to->params[i] = xs_device_param(device, (int)i);
	memcpy(to->memory, state->memory, sizeof(to->memory));
	xs_for_each_runnable(unit, device)
	{
		if (count < XS_PLUGIN_UNITS)
			show_unit(&plugin->runner.pipe->units[count++], unit);
		else
			hidden++;
	}
	to->unit_count = count;
	to->hidden = hidden;
	return count;
}

static uint64_t take_answer(
	struct plugin *plugin, struct xs_sched_device *device, uint32_t count, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t wake_ns = plugin->runner.pipe->wake_ns;
	uint32_t i = 0;

	memcpy(state->memory, plugin->runner.pipe->device.memory, sizeof(state->memory));
	xs_for_each_runnable(unit, device)
	{
		const struct xsched_policy_unit *from = &plugin->runner.pipe->units[i];
		struct unit_state *own = xs_unit_state(unit);

		if (i++ == count)
			break;
		memcpy(own->memory, from->memory, sizeof(own->memory));
		if (from->run)
			xs_unit_run(unit);
	}
	if (wake_ns && wake_ns < now_ns + SHORTEST_WAKE_NS)
		wake_ns = now_ns + SHORTEST_WAKE_NS;
	return wake_ns;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct plugin *plugin = xs_container_of(xs_device_policy(device), struct plugin, policy);
	char why[160];
	uint32_t count;

	if (!xs_first_runnable(device))
		return 0;
	if (!plugin->ejected) {
		count = show_device(plugin, device, now_ns);
		xs_plugin_ask(&plugin->runner);
		if (xs_plugin_await(&plugin->runner, limit_ns, SLEEP_NS, why, sizeof(why)))
			return take_answer(plugin, device, count, now_ns);
		eject(plugin, why);
	}
	/* Until the daemon has changed the policy, which cannot be done from in here. */
	xs_run_from(device, xs_unit_priority, xs_highest(device, xs_unit_priority));
	return 0;
}

static void charge(struct xs_unit *unit, uint64_t used_ns)
{
	struct unit_state *state = xs_unit_state(unit);

	state->used_ns += used_ns;
}

/* --- loading ------------------------------------------------------------------------------------- */

/* Opens the file, if nobody but us and root can have written it. */
static int open_image(const char *path, char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat file;

	if (fd < 0 || fstat(fd, &file) != 0) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(file.st_mode)) {
		snprintf(why, size, "%s: it is not a file", path);
	} else if (file.st_uid != 0 && file.st_uid != geteuid()) {
		snprintf(why, size, "%s: it belongs to somebody else", path);
	} else if (file.st_mode & S_IWOTH || (geteuid() == 0 && file.st_mode & S_IWGRP)) {
		snprintf(why, size, "%s: others may write it", path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_name(const char *text)
{
	return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789_-")] == '\0';
}

/* A copy of what it says of itself, with every text ended. */
static void take_self(struct plugin *plugin)
{
	struct xs_plugin_self *self = &plugin->self;

	memcpy(self, &plugin->runner.pipe->self, sizeof(*self));
	self->refusal[sizeof(self->refusal) - 1] = '\0';
	self->name[sizeof(self->name) - 1] = '\0';
	self->summary[sizeof(self->summary) - 1] = '\0';
	for (size_t i = 0; i < XSCHED_POLICY_PARAMS; i++) {
		struct xs_plugin_param *param = &self->params[i];

		param->name[sizeof(param->name) - 1] = '\0';
		param->unit[sizeof(param->unit) - 1] = '\0';
		param->doc[sizeof(param->doc) - 1] = '\0';
	}
}

/* What is wrong with it, or NULL. */
static const char *judge(const struct xs_plugin_self *self)
{
	if (self->refusal[0])
		return self->refusal;
	if (!is_name(self->name))
		return "its name is not made of letters, digits, '-' and '_'";
	if (self->unit > XSCHED_UNIT_QUEUE)
		return "its unit is neither a process nor a queue";
	if (self->param_count > XSCHED_POLICY_PARAMS)
		return "it has too many parameters";
	for (size_t i = 0; i < self->param_count; i++) {
		const struct xs_plugin_param *param = &self->params[i];

		if (!is_name(param->name))
			return "a parameter has no good name";
		if (param->min > param->def || param->def > param->max)
			return "the default of a parameter is out of its range";
	}
	return NULL;
}

static int adopt(struct plugin *plugin)
{
	const struct xs_plugin_self *self = &plugin->self;

	for (size_t i = 0; i < self->param_count; i++) {
		const struct xs_plugin_param *param = &self->params[i];

		plugin->params[i] = (struct xs_param){
			.name = param->name,
			.unit = param->unit,
			.min = param->min,
			.max = param->max,
			.def = param->def,
			.doc = param->doc,
		};
	}
	plugin->policy = (struct xs_policy){
		.info = { self->name, self->summary, plugin->params, self->param_count },
		.unit = self->unit == XSCHED_UNIT_QUEUE ? XS_UNIT_QUEUE : XS_UNIT_PROCESS,
		.pacing = XS_PACE_OTHERS,
		.takes_turns = true,
		.device_size = sizeof(struct device_state),
		.unit_size = sizeof(struct unit_state),
		.charge = charge,
		.choose = choose,
	};
	return xs_policy_register(&plugin->policy);
}

/* Starts it and lets it introduce itself. */
static bool bring_up(struct plugin *plugin, int image_fd, char *why, size_t size)
{
	char reason[192];
	const char *fault;
	int err = xs_plugin_start(&plugin->runner, image_fd);

	if (err) {
		snprintf(why, size, "%s: %s", plugin->path, strerror(-err));
		return false;
	}
	if (!xs_plugin_await(&plugin->runner, LOAD_NS, LOAD_NS, reason, sizeof(reason))) {
		snprintf(why, size, "%s: %s", plugin->path, reason);
		return false;
	}
	take_self(plugin);
	fault = judge(&plugin->self);
	if (!fault && (err = adopt(plugin)) != 0)
		fault = err == -EEXIST ? "its name is taken" : strerror(-err);
	if (!fault)
		return true;
	snprintf(why, size, "%s: %s", plugin->path, fault);
	return false;
}

static bool find_path(const char *text, char *path, size_t size)
{
	const char *directory = getenv("XSCHED_PLUGIN_PATH");
	char self[256];
	ssize_t length;

	if (strchr(text, '/'))
		return snprintf(path, size, "%s", text) < (int)size;
	if (!is_name(text))
		return false;
	if (directory && *directory)
		return snprintf(path, size, "%s/%s.so", directory, text) < (int)size;
	length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (length <= 0)
		return false;
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	return snprintf(path, size, "%s/../lib/xsched/policies/%s.so", self, text) < (int)size;
}

const char *xs_plugin_load(const char *text, char *why, size_t size)
{
	struct plugin *plugin = &plugins[plugin_count];
	char path[sizeof(plugin->path)];
	bool named = !strchr(text, '/');
	int fd;

	if (!find_path(text, path, sizeof(path)) || (named && access(path, F_OK) != 0)) {
		snprintf(why, size, "there is no policy '%s'", text);
		return NULL;
	}
	for (size_t i = 0; i < plugin_count; i++) {
		if (strcmp(plugins[i].path, path) == 0)
			return plugins[i].self.name;
	}
	if (sealed || plugin_count == MOST_PLUGINS) {
		snprintf(why, size, "%s: %s", path,
			sealed ? "plug-ins are loaded only when the daemon starts"
			       : "there are too many plug-ins");
		return NULL;
	}
	fd = open_image(path, why, size);
	if (fd < 0)
		return NULL;
	memset(plugin, 0, sizeof(*plugin));
	memcpy(plugin->path, path, sizeof(path));
	bool good = bring_up(plugin, fd, why, size);
	close(fd);
	if (!good) {
		xs_plugin_kill(&plugin->runner);
		return NULL;
	}
	plugin_count++;
	return plugin->self.name;
}

/* --- the rest ------------------------------------------------------------------------------------ */

void xs_plugin_seal(void)
{
	sealed = true;
}

void xs_plugin_set_limit(uint32_t us)
{
	limit_ns = us * XS_NS_PER_US;
}

bool xs_plugin_is_ejected(const char *name)
{
	for (size_t i = 0; i < plugin_count; i++) {
		if (plugins[i].ejected && strcasecmp(plugins[i].self.name, name) == 0)
			return true;
	}
	return false;
}

uint64_t xs_plugin_ejections(void)
{
	return ejections;
}

void xs_plugin_end(void)
{
	for (size_t i = 0; i < plugin_count; i++)
		xs_plugin_kill(&plugins[i].runner);
}
