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
 *
 * Work of several processes that is on the device when somebody more important comes is in his way as a
 * whole, a kernel of each. With the parameter "turn", processes of the same priority run one at a time, and
 * he meets the work of one: the one whose last turn was longest ago runs for so long, or until it is
 * idle. That is only where somebody more important is registered, idle or not; those whom nobody can
 * preempt run together. Gangs take no part in it and run beside, since turns of different devices
 * are in no step.
 */
#include "policy/policies.h"

enum { FLOOR, FLOOR_PERIOD, TURN };

static const struct xs_param params[] = {
	[FLOOR] = {
		.name = "floor", .unit = "%", .min = 0, .max = 50, .def = 0,
		.doc = "part of the device's time that lower priorities keep beside higher ones",
	},
	[FLOOR_PERIOD] = {
		.name = "floor_period", .unit = "us", .min = 1000, .max = 10000000, .def = 12000,
		.doc = "how often the lower priorities have a turn, if nothing is owed",
	},
	[TURN] = {
		.name = "turn", .unit = "us", .min = 0, .max = 1000000, .def = 0,
		.doc = "length of the turns of equal processes that may have to yield; 0: they run together",
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
	uint64_t open_ns;    /* how long a turn is kept open */
	int64_t charged_ns;  /* since it was opened */
	uint64_t turns;      /* how many began, of a lower one or among equals */
	uint64_t floor_turn; /* the number of the last one of a lower one, */
	uint64_t equal_turn; /* and of the last one among equals */
	uint64_t equal_since_ns;
	uint64_t holder; /* the process that runs alone among its equals, */
	bool held;       /* if there is one */
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
	state->floor_turn = ++state->turns;
}

/* Has a lower one its turn now? And when does that change? */
static bool has_turn(struct xs_sched_device *device, uint64_t now_ns, uint64_t *change_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t period = (uint64_t)xs_device_param(device, FLOOR_PERIOD) * 1000;
	uint64_t next_ns = state->floor_turn ? state->opened_ns + period : now_ns;
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

static bool is_lower(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return xs_unit_priority(unit) < state->lowest;
}

static bool is_equal(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));

	return xs_unit_priority(unit) == state->lowest && !xs_unit_of_gang(unit);
}

/* Of those that take part, the one whose turn it is, or else whose last turn was longest ago. */
static struct xs_unit *next_of(struct xs_sched_device *device,
	bool (*takes_part)(const struct xs_unit *unit), uint64_t turn)
{
	const struct unit_state *least = NULL;
	struct xs_unit *next = NULL;

	xs_for_each_runnable(unit, device)
	{
		const struct unit_state *own = xs_unit_state(unit);

		if (!takes_part(unit))
			continue;
		if (own->turn == turn)
			return unit;
		if (!next || own->turn < least->turn) {
			next = unit;
			least = own;
		}
	}
	return next;
}

static void run_in_turn(struct xs_unit *unit, uint64_t turn)
{
	struct unit_state *own = xs_unit_state(unit);

	own->turn = turn;
	xs_unit_run(unit);
}

static void run_lower(struct xs_sched_device *device)
{
	const struct device_state *state = xs_device_state(device);
	struct xs_unit *next = next_of(device, is_lower, state->floor_turn);

	if (next)
		run_in_turn(next, state->floor_turn);
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

/* Do those of the priority that is let through run one after the other? */
static bool equals_alternate(const struct xs_sched_device *device)
{
	const struct device_state *state = xs_device_state(device);

	return xs_device_param(device, TURN) && state->lowest < xs_device_highest_rank(device);
}

static uint64_t equal_end_ns(const struct xs_sched_device *device)
{
	const struct device_state *state = xs_device_state(device);

	return state->equal_since_ns + (uint64_t)xs_device_param(device, TURN) * 1000;
}

/* Whose turn it is among them, which may be a new one. */
static void hand_over(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	uint64_t turn = now_ns < equal_end_ns(device) ? state->equal_turn : 0;
	struct xs_unit *next = next_of(device, is_equal, turn);
	const struct unit_state *own = next ? xs_unit_state(next) : NULL;

	state->held = next;
	if (!next)
		return;
	state->holder = xs_unit_process_id(next);
	if (turn && own->turn == turn)
		return;
	state->equal_turn = ++state->turns;
	state->equal_since_ns = now_ns;
}

/* The streams of a process run together, as in the turns that the device itself gives to processes.
 * Returns when the turn ends, if somebody waits for that. */
static uint64_t run_holder(struct xs_sched_device *device)
{
	struct device_state *state = xs_device_state(device);
	bool awaited = false;

	state->contested = false;
	xs_for_each_runnable(unit, device)
	{
		if (is_lower(unit))
			state->contested = true;
		else if (xs_unit_process_id(unit) == state->holder)
			run_in_turn(unit, state->equal_turn);
		else if (xs_unit_of_gang(unit))
			xs_unit_run(unit);
		else
			awaited = true;
	}
	return awaited ? equal_end_ns(device) : 0;
}

/* Those of the highest priority. Returns when that changes by itself. */
static uint64_t run_highest(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);

	state->lowest = xs_highest(device, xs_unit_priority);
	state->held = false;
	if (equals_alternate(device))
		hand_over(device, now_ns);
	if (state->held)
		return run_holder(device);
	state->contested = xs_run_from(device, xs_unit_priority, state->lowest);
	return 0;
}

static uint64_t choose(struct xs_sched_device *device, uint64_t now_ns)
{
	struct device_state *state = xs_device_state(device);
	bool was_contested = state->contested;
	uint64_t end_ns = run_highest(device, now_ns);
	uint64_t change_ns = 0;

	if (!xs_device_param(device, FLOOR))
		return end_ns;
	pay_in(device, now_ns, was_contested);
	if (!state->contested)
		return end_ns;
	state->high = state->lowest;
	if (has_turn(device, now_ns, &change_ns))
		run_lower(device);
	return end_ns && end_ns < change_ns ? end_ns : change_ns;
}

/* Who comes back from idling waits for his turn. */
static bool admits(const struct xs_unit *unit)
{
	const struct device_state *state = xs_device_state(xs_unit_device(unit));
	int priority = xs_unit_priority(unit);

	if (priority != state->lowest || !state->held)
		return priority >= state->lowest;
	return xs_unit_process_id(unit) == state->holder || xs_unit_of_gang(unit) ||
	       xs_unit_stalled(unit);
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
