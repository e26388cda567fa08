/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How exactly a device is divided.
 *
 *   shares [-sSECONDS] [-m1|-m2]   of each of the cases, after half a second; -m1: only the first of the
 *                                  two ways below, -m2: only the second
 *
 * share_error_pp   SHARE with requests 75/25, 60/30/10 and ten equal ones, kernels of one process up to
 *                  100 times as long as those of another: the largest difference between a process's part
 *                  of the device time and its share, in percentage points; busy_pct: how much of the time
 *                  the device worked, while everybody always has work
 * hpf_floor        HPF with a floor of 5 percent below an important process that is always busy: the part
 *                  that the others get; p99_ratio: p99 of its requests of 10 ms to the same without a floor
 *
 * Each once with the scheduler itself on scripted time ("how": "scripted") and once through a daemon in
 * real time, with processes that this program plays ("daemon"). The device is played too: it runs one
 * kernel after the other, in the order of submission, and never stops one that runs. Processes have a
 * budget of device time in flight, as those of libpreempt; a kernel longer than that is followed by the
 * next one when little of it is left.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "daemon.h"
#include "kit.h"
#include "sched/sched.h"
#include "wire/message.h"

#define US 1000ull
#define MS 1000000ull

#define MOST      10
#define PIPE      4096
#define BUDGET_NS (500 * US)
#define STEP_NS   (20 * US)
#define WARM_NS   (500 * MS)

/* Requests of the important process, and how many of them can be measured. */
#define REQUEST_NS (10 * MS)
#define REQUESTS   100000

struct player {
	uint64_t kernel_ns;
	int request; /* percent; 0: none */
	int priority;
	/* --- */
	uint64_t in_flight_ns, used_ns;
	bool open; /* scripted: as the scheduler decided */
	struct actor actor;
};

struct command {
	struct player *player;
	uint64_t kernel_ns;
};

static struct player players[MOST];
static int player_count;
static struct xs_sched *sched; /* NULL: through the daemon */

/* The device: commands in the order of submission, the first of them running until end_ns. */
static struct command commands[PIPE];
static unsigned int first, last;
static uint64_t end_ns, busy_ns;

/* Requests of player 0, one after the other. */
static double latencies[REQUESTS];
static size_t latency_count;
static uint64_t request_began_ns, request_done_ns;

static bool may_run(const struct player *player)
{
	return sched ? player->open : actor_is_open(&player->actor, 0);
}

static void report(struct player *player, uint64_t ns)
{
	if (sched)
		xs_sched_usage(sched, (uint64_t)(player - players), ns);
	else
		xs_add_relaxed(&player->actor.page->slots[0].device_ns, ns);
}

static void finish(uint64_t now_ns)
{
	const struct command *done = &commands[first++ % PIPE];
	struct player *player = done->player;

	player->in_flight_ns -= done->kernel_ns;
	player->used_ns += done->kernel_ns;
	busy_ns += done->kernel_ns;
	report(player, done->kernel_ns);
	if (player != players)
		return;
	request_done_ns += done->kernel_ns;
	if (request_done_ns < REQUEST_NS)
		return;
	if (latency_count < REQUESTS)
		latencies[latency_count++] = (double)(now_ns - request_began_ns);
	request_began_ns = now_ns;
	request_done_ns = 0;
}

static void advance(uint64_t now_ns)
{
	while (first != last && end_ns <= now_ns) {
		finish(end_ns);
		if (first != last)
			end_ns += commands[first % PIPE].kernel_ns;
	}
}

/* What is left of its commands, if they are all ahead. */
static uint64_t left_ns(const struct player *player, uint64_t now_ns)
{
	uint64_t left = player->in_flight_ns;

	if (first != last && commands[first % PIPE].player == player)
		left -= commands[first % PIPE].kernel_ns - (end_ns - now_ns);
	return left;
}

static void submit(struct player *player, uint64_t now_ns)
{
	while (may_run(player) && last - first < PIPE - 1 &&
		(!player->in_flight_ns || left_ns(player, now_ns) < BUDGET_NS)) {
		commands[last % PIPE] = (struct command){ player, player->kernel_ns };
		if (first == last)
			end_ns = now_ns + player->kernel_ns;
		last++;
		player->in_flight_ns += player->kernel_ns;
	}
}

/* In turn who is first, as threads would be. */
static void step(uint64_t now_ns)
{
	static unsigned int turn;

	advance(now_ns);
	turn++;
	for (int i = 0; i < player_count; i++)
		submit(&players[(turn + (unsigned int)i) % (unsigned int)player_count], now_ns);
}

static void forget(void)
{
	for (int i = 0; i < player_count; i++)
		players[i].used_ns = 0;
	busy_ns = 0;
	latency_count = 0;
}

/* --- scripted time ------------------------------------------------------------------------------- */

static void decide(void *ctx, uint64_t queue, struct xs_decision decision)
{
	(void)ctx;
	players[queue].open = decision.run;
}

static void hint(uint64_t process, enum xs_hint_kind kind, int64_t value, uint64_t now_ns)
{
	const struct xs_hint hint = { .kind = kind, .value = value };

	xs_sched_hint(sched, XS_HINT_PROCESS, process, &hint, now_ns);
}

static uint64_t play_script(const char *policy, int floor, uint64_t length_ns)
{
	const struct xs_sched_ops ops = { .decide = decide };
	uint64_t now_ns = 1000 * MS, warm_ns = now_ns + WARM_NS;
	bool warm = false;

	if (xs_sched_create(&sched, &ops, NULL, policy) != 0)
		actor_fail("no scheduler");
	if (floor)
		xs_sched_param_set(sched, policy, "floor", floor, now_ns);
	for (int i = 0; i < player_count; i++) {
		uint64_t id = (uint64_t)i;

		xs_sched_process_add(sched, id, "player", now_ns);
		hint(id, XS_HINT_PRIORITY, players[i].priority, now_ns);
		if (players[i].request)
			hint(id, XS_HINT_REQUEST, players[i].request, now_ns);
		xs_sched_queue_add(sched, id, id, 1, 0, now_ns);
		xs_sched_queue_ready(sched, id, true, now_ns);
	}
	for (; now_ns < warm_ns + length_ns; now_ns += STEP_NS) {
		uint64_t wake_ns = xs_sched_next_wake_ns(sched);

		if (!warm && now_ns >= warm_ns) {
			warm = true;
			forget();
		}
		if (wake_ns && wake_ns <= now_ns)
			xs_sched_tick(sched, now_ns);
		step(now_ns);
	}
	xs_sched_destroy(sched);
	sched = NULL;
	return length_ns;
}

/* --- through a daemon ---------------------------------------------------------------------------- */

static uint64_t play_daemon(const char *policy, int floor, uint64_t length_ns)
{
	char text[64];
	uint64_t began_ns, now_ns;
	bool warm = false;

	snprintf(text, sizeof(text), floor ? "%s,floor=%d" : "%s", policy, floor);
	daemon_start(text);
	for (int i = 0; i < player_count; i++) {
		daemon_join(&players[i].actor, players[i].priority);
		if (players[i].request)
			actor_hint(&players[i].actor, XS_WIRE_HINT_REQUEST, players[i].request);
		actor_add(&players[i].actor, 0, 1);
		actor_ready(&players[i].actor, 0);
	}
	began_ns = kit_now_ns();
	while ((now_ns = kit_now_ns()) < began_ns + WARM_NS + length_ns) {
		for (int i = 0; i < player_count; i++)
			actor_answer(&players[i].actor);
		step(now_ns);
		if (!warm && now_ns >= began_ns + WARM_NS) {
			warm = true;
			forget();
		}
		usleep(STEP_NS / US);
	}
	now_ns -= began_ns + WARM_NS;
	for (int i = 0; i < player_count; i++)
		actor_close(&players[i].actor);
	daemon_stop();
	return now_ns;
}

static uint64_t play(const char *how, const char *policy, int floor, uint64_t length_ns)
{
	for (int i = 0; i < player_count; i++) {
		players[i].in_flight_ns = players[i].used_ns = 0;
		players[i].open = false;
	}
	first = last = 0;
	request_began_ns = request_done_ns = 0;
	forget();
	return strcmp(how, "daemon") == 0 ? play_daemon(policy, floor, length_ns)
					  : play_script(policy, floor, length_ns);
}

/* --- share_error_pp ------------------------------------------------------------------------------ */

struct division {
	const char *name;
	int shares[MOST];
	uint64_t kernels_us[MOST];
};

static const struct division divisions[] = {
	{ "75_25", { 75, 25 }, { 210, 190 } },
	{ "75_25_long", { 75, 25 }, { 103, 10300 } },
	{ "25_75_long", { 25, 75 }, { 103, 10300 } },
	{ "60_30_10", { 60, 30, 10 }, { 97, 9700, 1130 } },
	{ "10_equal", { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 },
		{ 53, 107, 211, 503, 1009, 2003, 5003, 59, 509, 5303 } },
};
#define DIVISIONS (sizeof(divisions) / sizeof(divisions[0]))

static double worst_error(void)
{
	double sum = 0, worst = 0;

	for (int i = 0; i < player_count; i++)
		sum += (double)players[i].used_ns;
	for (int i = 0; i < player_count; i++) {
		double error = 100 * (double)players[i].used_ns / sum - players[i].request;

		worst = fabs(error) > worst ? fabs(error) : worst;
	}
	return worst;
}

static void shares(const char *how, uint64_t length_ns)
{
	double worst = 0, least_busy = 100;
	char detail[512] = "";

	for (size_t i = 0; i < DIVISIONS; i++) {
		const struct division *division = &divisions[i];
		size_t used = strlen(detail);

		memset(players, 0, sizeof(players));
		for (player_count = 0; player_count < MOST && division->shares[player_count];
			player_count++) {
			players[player_count].request = division->shares[player_count];
			players[player_count].kernel_ns = division->kernels_us[player_count] * US;
		}
		uint64_t elapsed_ns = play(how, "SHARE", 0, length_ns);
		double error = worst_error();
		double busy = 100 * (double)busy_ns / (double)elapsed_ns;

		snprintf(detail + used, sizeof(detail) - used, "\"%s\":%.2f,", division->name,
			error);
		worst = error > worst ? error : worst;
		least_busy = busy < least_busy ? busy : least_busy;
	}
	kit_row("share_error_pp", "pp", "played", worst, NAN,
		"\"how\":\"%s\",%s\"busy_pct\":%.1f,\"seconds\":%.1f", how, detail, least_busy,
		(double)length_ns / 1e9);
}

/* --- hpf_floor ----------------------------------------------------------------------------------- */

/* Returns the part of the device that the lower two got, in percent; p99 of the requests in ms. */
static double below(const char *how, int floor, uint64_t length_ns, double *p99_ms)
{
	memset(players, 0, sizeof(players));
	player_count = 3;
	players[0] = (struct player){ .kernel_ns = 100 * US, .priority = 100 };
	players[1] = (struct player){ .kernel_ns = 200 * US, .priority = -100 };
	players[2] = (struct player){ .kernel_ns = 50 * US, .priority = -100 };
	uint64_t elapsed_ns = play(how, "HPF", floor, length_ns);

	*p99_ms = kit_percentile(latencies, latency_count, 0.99) / 1e6;
	return 100 * (double)(players[1].used_ns + players[2].used_ns) / (double)elapsed_ns;
}

static void floor_below(const char *how, uint64_t length_ns)
{
	double strict_ms, p99_ms;
	double strict_part = below(how, 0, length_ns, &strict_ms);
	double part = below(how, 5, length_ns, &p99_ms);

	kit_row("hpf_floor", "pct", "played", part, NAN,
		"\"how\":\"%s\",\"floor_pct\":5,\"error_pp\":%.2f,\"strict_pct\":%.2f,"
		"\"p99_ms\":%.2f,\"strict_p99_ms\":%.2f,\"p99_ratio\":%.3f",
		how, fabs(part - 5), strict_part, p99_ms, strict_ms, p99_ms / strict_ms);
}

int main(int argc, char **argv)
{
	static const char *const ways[] = { "scripted", "daemon" };
	uint64_t length_ns = (uint64_t)kit_option(argc, argv, 's', 10) * 1000 * MS;
	long only = kit_option(argc, argv, 'm', 0);

	for (long i = 0; i < 2; i++) {
		if (only && only != i + 1)
			continue;
		shares(ways[i], length_ns);
		floor_below(ways[i], length_ns);
	}
	return 0;
}
