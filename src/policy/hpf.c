/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HPF: highest priority first, on each device for itself.
 *
 * For: a latency-critical program that shares a device with work that can wait. It is the default.
 *
 * How: of the runnable queues of a device, those of the highest priority run, all of them together;
 * lower ones stop until no higher queue is runnable. A queue of the highest priority registered on
 * the device can never be stopped, so it is never paced either.
 *
 * Bad when: the important program is always busy. Then the others starve, which is what strict
 * priority means. The parameter "floor" opens a way out: a part of the device's time that the lower
 * queues keep. It is an account of measured device time. The time during which they had to wait pays in,
 * and what they use is taken out; when there is enough for a turn, a part of a period, the gate of one of them opens beside
 * the higher ones, which have no gate. So their price is a turn's time of interference, once a period.
 * What lower ones use while no higher one wants the device counts too, so they get no turn on top of
 * it; it makes no debt, though. Work that was submitted during a turn goes on after it: a turn is kept
 * open for less time the more it turned out to be used, and a kernel longer than a turn is a debt that is
 * paid before the next one.
 */
#include "policy/policies.h"

enum { FLOOR, FLOOR_PERIOD };

static const struct xs_param params[] = {
	[FLOOR] = {
		.name = "floor", .unit = "%", .min = 0, .max = 50, .def = 0,
		.doc = "part of the device's time that lower priorities keep beside higher ones",
	},
	[FLOOR_PERIOD] = {
		.name = "floor_period", .unit = "us", .min = 1000, .max = 10000000, .def = 12000,
		.doc = "how often the lower priorities have a turn, if nothing is owed",
	},
};

struct device_state {
	int lowest;     /* rank that is let through */
	int high;       /* whoever is below had to wait for somebody */
	bool contested; /* lower ones are held back, or would be without the floor */
	int64_t account_ns;
	uint64_t paid_at_ns; /* the account is right for that time */
	bool open;           /* a lower one has its turn */
	uint64_t opened_ns;
	uint64_t open_ns;   /* how long a turn is kept open */
	int64_t charged_ns; /* since it was opened */
	uint64_t turns;
};

struct unit_state {
	uint64_t turn; /* number of its last one */
};

/* Debts are forgotten beyond that many turns. */
#define MOST_DEBT 200

#define SHORTEST_OPEN_NS 20000

static void init(struct xs_sched_device *device)
{
	struct device_state *state = xs_device_state(device);

	state->high = XS_RANK_NONE;
}

static int64_t turn_ns(const struct xs_sched_device *device)
{
	return xs_device_param(device, FLOOR_PERIOD) * xs_device_param(device, FLOOR) * 10;
}

/* The time during which lower ones had to wait pays in, until a turn is saved; other time only pays
 * debts. */
static void pay_in(struct xs_sched_device *device, uint64_t now_ns, bool contested)
{
	struct device_state *state = xs_device_state(device);
	uint64_t passed_ns = now_ns - state->paid_at_ns;
	int64_t saved = state->account_ns > 0 ? state->account_ns : 0;
	int64_t most = contested ? turn_ns(device) : saved;

	if (passed_ns > 1000000000000)
		passed_ns = 1000000000000;
	state->paid_at_ns = now_ns;
	state->account_ns += (int64_t)passed_ns * xs_device_param(device, FLOOR) / 100;
	if (state->account_ns > most)
		state->account_ns = most;
}

/* Learns from the last turn how long to keep the next one open. */
static void open_turn(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t turn = (uint64_t)turn_ns(device);

	if (!state->open_ns)
		state->open_ns = turn;
	else if (state->charged_ns > (int64_t)(turn + turn / 4))
		state->open_ns /= 2;
	else if (state->charged_ns < (int64_t)turn)
		state->open_ns += state->open_ns / 4;
	if (state->open_ns < SHORTEST_OPEN_NS)
		state->open_ns = SHORTEST_OPEN_NS;
	if (state->open_ns > 2 * turn)
		state->open_ns = 2 * turn;
	state->open = true;
	state->opened_ns = now_ns;
	state->charged_ns = 0;
	state->turns++;
}

/* Has a lower one its turn now? And when does that change? */
static bool has_turn(struct xs_sched_device *device, uint64_t now_ns, uint64_t *change_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t period = (uint64_t)xs_device_param(device, FLOOR_PERIOD) * 1000;
	uint64_t next_ns = state->turns ? state->opened_ns + period : now_ns;
	int64_t missing = turn_ns(device) - state->account_ns;
	uint64_t paid_ns = now_ns + (uint64_t)(missing * 100 / xs_device_param(device, FLOOR) + 1);

	if (state->open)
		state->open = now_ns < state->opened_ns + state->open_ns && state->account_ns > 0;
	else if (missing <= 0 && now_ns >= next_ns)
		open_turn(device, now_ns);
	if (state->open)
		*change_ns = state->opened_ns + state->open_ns;
	else
		*change_ns = missing > 0 && paid_ns > next_ns ? paid_ns : next_ns;
	return state->open;
}

/* The lower one whose last turn was longest ago, or whose turn it is. */
static void run_next(struct xs_sched_device *device)
{
	const struct device_state *state = xs_device_state(device);
	struct unit_state *least = NULL;
	struct xs_unit *next = NULL;

	xs_for_each_runnable(unit, device)
	{
		struct unit_state *own = xs_unit_state(unit);

		if (xs_unit_priority(unit) >= state->lowest)
			continue;
		if (own->turn == state->turns) {
			next = unit;
			least = own;
			break;
		}
		if (!next || own->turn < least->turn) {
			next = unit;
			least = own;
		}
	}
	if (!next)
		return;
	least->turn = state->turns;
	xs_unit_run(next);
}

static void charge(struct xs_unit *unit, uint64_t used_ns)
{
	struct xs_sched_device *device = xs_unit_device(unit);
	struct device_state *state = xs_device_state(device);
	int64_t most_debt = state->contested ? MOST_DEBT * turn_ns(device) : 0;
	int64_t used = used_ns < INT64_MAX / 2 ? (int64_t)used_ns : INT64_MAX / 2;

	if (xs_unit_priority(unit) >= state->high)
		return;
	state->charged_ns += used;
	if (state->account_ns < -most_debt)
		return;
	state->account_ns -= used;
	if (state->account_ns < -most_debt)
		state->account_ns = -most_debt;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	bool was_contested = state->contested;
	uint64_t change_ns = 0;

	state->lowest = xs_highest(device, xs_unit_priority);
	state->contested = xs_run_from(device, xs_unit_priority, state->lowest);
	if (!xs_device_param(device, FLOOR))
		return 0;
	pay_in(device, now_ns, was_contested);
	if (!state->contested)
		return 0;
	state->high = state->lowest;
	if (has_turn(device, now_ns, &change_ns))
		run_next(device);
	return change_ns;
}

static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return xs_unit_priority(unit) >= state->lowest;
}

const struct xs_policy xs_policy_hpf = {
	.info = {
		.name = "HPF",
		.summary = "highest priority first, on each device",
		XS_PARAM_TABLE(params),
	},
	.unit = XS_UNIT_QUEUE,
	.pacing = XS_PACE_RANK,
	.device_size = sizeof(struct device_state),
	.unit_size = sizeof(struct unit_state),
	.init = init,
	.charge = charge,
	.choose = choose,
	.admits = admits,
};
