/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler with everybody in it: beginning and end of events, timers, heartbeat. */
#include "server/world.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "base/clock.h"

#define CPU_SAMPLE_NS (100 * XS_NS_PER_MS)

static void decide(void *ctx, uint64_t number, struct xs_decision decision)
{
	(void)ctx;
	xs_lane_apply(xs_lane_of_number(number), decision);
}

static void sample(void *ctx, uint64_t device)
{
	xs_place_sample(ctx, device);
}

int xs_world_init(struct xs_world *world, const struct xs_world_ops *ops, const char *policy)
{
	static const struct xs_sched_ops sched_ops = { .decide = decide, .sample = sample };

	memset(world, 0, sizeof(*world));
	world->ops = ops;
	xs_list_init(&world->tenants);
	xs_table_init(&world->places);
	xs_table_init(&world->names);
	/* Early in the life of a machine there is no randomness, and nobody who could guess. */
	if (getrandom(&world->salt, sizeof(world->salt), GRND_NONBLOCK) != sizeof(world->salt))
		world->salt = xs_now_ns();
	xs_list_init(&world->place_list);
	xs_list_init(&world->reviews);
	xs_list_init(&world->notices);
	xs_world_begin(world);
	return xs_sched_create(&world->sched, &sched_ops, world, policy);
}

void xs_world_fini(struct xs_world *world)
{
	xs_world_begin(world);
	while (!xs_list_empty(&world->tenants))
		xs_tenant_remove(xs_list_entry(world->tenants.next, struct xs_tenant, link));
	xs_sched_destroy(world->sched);
	world->sched = NULL;
	xs_table_fini(&world->places);
	xs_table_fini(&world->names);
}

void xs_world_begin(struct xs_world *world)
{
	world->now_ns = xs_now_ns();
}

uint64_t xs_world_settle(struct xs_world *world)
{
	while (!xs_list_empty(&world->reviews)) {
		struct xs_list *link = world->reviews.next;

		xs_list_remove(link);
		xs_lane_tell(xs_list_entry(link, struct xs_lane, review_link));
	}
	while (!xs_list_empty(&world->notices)) {
		struct xs_list *link = world->notices.next;
		struct xs_tenant *tenant = xs_list_entry(link, struct xs_tenant, notice_link);

		xs_list_remove(link);
		if (tenant->broken) {
			world->ops->broken(tenant);
		} else if (tenant->wants_look && !xs_swap_full(&tenant->page->client_told, 1)) {
			tenant->asked_ns = world->now_ns;
			world->ops->look(tenant);
		}
		tenant->wants_look = false;
	}
	return xs_sched_next_wake_ns(world->sched);
}

void xs_world_tick(struct xs_world *world)
{
	xs_sched_tick(world->sched, world->now_ns);
}

void xs_world_beat(struct xs_world *world)
{
	xs_list_for_each (link, &world->tenants) {
		struct xs_tenant *tenant = xs_list_entry(link, struct xs_tenant, link);

		xs_store_full(&tenant->page->heartbeat_ns, world->now_ns);
	}
	xs_place_sample_all(world);
}

/* --- CPU priorities ------------------------------------------------------------------------------ */

/* Those of the process's first thread. Returns 0 or -errno. */
static int read_cpu_priority(pid_t pid, int *priority)
{
	struct sched_param param;
	int policy = sched_getscheduler(pid);

	if (policy < 0 || sched_getparam(pid, &param) != 0)
		return -errno;
	policy &= ~SCHED_RESET_ON_FORK;
	errno = 0;
	int niceness = getpriority(PRIO_PROCESS, (id_t)pid);
	if (errno)
		return -errno;
	bool realtime = policy == SCHED_FIFO || policy == SCHED_RR;
	*priority = xs_cpu_priority(realtime, param.sched_priority, niceness);
	return 0;
}

void xs_world_sample_cpu(struct xs_world *world)
{
	if (strcmp(xs_sched_policy(world->sched), "CHPF") != 0 ||
		world->now_ns - world->cpu_sampled_ns < CPU_SAMPLE_NS)
		return;
	world->cpu_sampled_ns = world->now_ns;
	xs_list_for_each (link, &world->tenants) {
		struct xs_tenant *tenant = xs_list_entry(link, struct xs_tenant, link);
		struct xs_hint hint = { .kind = XS_HINT_CPU_PRIORITY };
		int priority = 0;

		if (tenant->pid <= 0 || read_cpu_priority(tenant->pid, &priority) != 0 ||
			priority == tenant->cpu_priority)
			continue;
		tenant->cpu_priority = priority;
		hint.value = priority;
		xs_sched_hint(world->sched, XS_HINT_PROCESS, xs_tenant_number(tenant), &hint,
			world->now_ns);
	}
}
