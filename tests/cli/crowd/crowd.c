/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes with queues for the command line to look at, without a device:
 *
 *   crowd PROCESSES QUEUES [PRIORITY...]
 *
 * Process N is called crowd-N, has the Nth priority (the last one again when there are no more) and
 * work in its first queue, and uses the device while its gate is open. It does what config asks, except
 * level 3 and a threshold below the batch size. Prints "ready PID..." and ends with its standard input.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../../server/kit.h"

#define DEVICE (2ull << 32 | 0x100)
#define TICK   10 /* ms */

/* What config may change, by slot. */
struct shape {
	int32_t level, threshold, batch;
};

static void reconfigure(struct actor *actor, struct shape *shapes, const struct xs_message *ask)
{
	struct xs_message message = { .opcode = XS_OP_QUEUE_CHANGE };
	struct shape *shape = &shapes[ask->reconfigure.slot];

	if (ask->reconfigure.level && ask->reconfigure.level < 3)
		shape->level = (int32_t)ask->reconfigure.level;
	if (ask->reconfigure.threshold && ask->reconfigure.threshold >= shape->batch)
		shape->threshold = ask->reconfigure.threshold;
	if (ask->reconfigure.batch)
		shape->batch = ask->reconfigure.batch;
	message.queue_change.slot = ask->reconfigure.slot;
	message.queue_change.id = ask->reconfigure.id;
	message.queue_change.level = (uint32_t)shape->level;
	message.queue_change.threshold = shape->threshold;
	message.queue_change.batch = shape->batch;
	actor_send(actor, &message);
}

static void use_device(struct actor *actor)
{
	struct xs_slot *slot = &actor->page->slots[0];

	if (!(actor_word(actor, 0) & XS_GATE_OPEN))
		return;
	xs_store_relaxed(&slot->device_ns, xs_load_relaxed(&slot->device_ns) + TICK * MS / 2);
	actor_tell(actor, 0);
}

/* Takes one message, without waiting for another one as actor_receive() does. */
static void answer(struct actor *actor, struct shape *shapes)
{
	struct xs_message message;
	int fds[XS_WIRE_FDS];
	size_t fd_count;
	int err = xs_wire_receive(actor->fd, &message, XS_TO_CLIENT, fds, &fd_count);

	if (err && err != -EAGAIN)
		_exit(0); /* the daemon is gone */
	if (err)
		return;
	if (message.opcode == XS_OP_LOOK)
		xs_store_full(&actor->page->client_told, 0);
	if (message.opcode == XS_OP_RECONFIGURE)
		reconfigure(actor, shapes, &message);
}

static _Noreturn void live(struct actor *actor)
{
	struct pollfd input = { .fd = actor->fd, .events = POLLIN };
	struct shape shapes[XS_PAGE_SLOTS];

	for (size_t i = 0; i < XS_PAGE_SLOTS; i++)
		shapes[i] = (struct shape){ .level = 1 };
	for (;;) {
		if (poll(&input, 1, TICK) > 0)
			answer(actor, shapes);
		else
			use_device(actor);
	}
}

static _Noreturn void be(int number, int queues, int priority, int told)
{
	struct actor actor;
	char name[32];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "crowd-%d", number);
	if (actor_open(&actor, name) != 0)
		_exit(1);
	actor_priority(&actor, priority);
	for (int i = 0; i < queues; i++)
		actor_add(&actor, (uint32_t)i, DEVICE);
	if (queues)
		actor_ready(&actor, 0);
	actor_sync(&actor);
	if (write(told, "", 1) != 1)
		_exit(1);
	live(&actor);
}

int main(int argc, char **argv)
{
	int processes = argc > 1 ? atoi(argv[1]) : 1;
	int queues = argc > 2 ? atoi(argv[2]) : 1;
	int told[2];
	char byte;

	if (pipe(told) != 0)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	pid_t *pids = calloc((size_t)processes, sizeof(*pids));
	for (int i = 0; pids && i < processes; i++) {
		int at = 3 + i < argc ? 3 + i : argc - 1;

		pids[i] = fork();
		if (pids[i] == 0)
			be(i, queues, argc > 3 ? atoi(argv[at]) : 0, told[1]);
		if (read(told[0], &byte, 1) != 1)
			return 1;
	}
	printf("ready");
	for (int i = 0; pids && i < processes; i++)
		printf(" %d", (int)pids[i]);
	printf("\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (int i = 0; pids && i < processes; i++)
		kill(pids[i], SIGKILL);
	free(pids);
	return 0;
}
