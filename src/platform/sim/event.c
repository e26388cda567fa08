/* SPDX-License-Identifier: Apache-2.0 */
/* Events. The engine touches one only through xsim_event_reached(), under the event's lock. */
#include "platform/sim/event.h"

#include "base/clock.h"
#include "platform/sim/context.h"
#include "platform/sim/error.h"
#include "platform/sim/stream.h"

int xsim_event_create(
	struct xsim_context *context, unsigned int flags, bool timed, struct xsim_event **out)
{
	struct xsim_event *event = xsim_handle_alloc(XSIM_KIND_EVENT, sizeof(*event), NULL);

	if (!event)
		return XSIM_OUT_OF_MEMORY;
	event->context = context;
	event->flags = flags;
	event->timed = timed;
	event->point = (struct xsim_point){ NULL, 0 };
	event->within = event->passed = false;
	event->time_ns = 0;
	event->capture_id = 0;
	xsim_nodes_clear(&event->capture);
	xs_store_release(&event->refs, 1);
	xs_mutex_lock(&context->lock);
	xs_list_append(&context->events, &event->link);
	xs_mutex_unlock(&context->lock);
	*out = event;
	return XSIM_OK;
}

void xsim_event_destroy(struct xsim_event *event)
{
	xs_mutex_lock(&event->context->lock);
	xs_list_remove(&event->link);
	xs_mutex_unlock(&event->context->lock);
	xsim_handle_kill(event);
	xsim_event_unref(event);
}

void xsim_event_ref(struct xsim_event *event)
{
	xs_add_relaxed(&event->refs, 1);
}

void xsim_event_unref(struct xsim_event *event)
{
	if (xs_sub_full(&event->refs, 1) != 1)
		return;
	xsim_nodes_clear(&event->capture);
	xsim_handle_free(XSIM_KIND_EVENT, event);
}

struct xsim_point xsim_event_point(struct xsim_event *event)
{
	xs_mutex_lock(&event->lock);
	struct xsim_point point = event->point;
	xs_mutex_unlock(&event->lock);
	return point;
}

void xsim_event_mark(struct xsim_event *event, struct xsim_point point, bool within)
{
	xs_mutex_lock(&event->lock);
	event->point = point;
	event->within = within;
	event->passed = false;
	xs_mutex_unlock(&event->lock);
}

void xsim_event_reached(struct xsim_event *event, struct xsim_point point, uint64_t time_ns)
{
	xs_mutex_lock(&event->lock);
	if (event->point.stream == point.stream && event->point.seq == point.seq) {
		event->time_ns = time_ns;
		event->passed = true;
	}
	xs_mutex_unlock(&event->lock);
}

static bool reached(struct xsim_point point)
{
	return !point.stream || xs_load_acquire(&point.stream->completed) >= point.seq;
}

/* An event of a node that is done while its graph goes on. */
static bool passed(struct xsim_event *event, bool *within)
{
	xs_mutex_lock(&event->lock);
	bool is = event->within && event->passed;
	*within = event->within;
	xs_mutex_unlock(&event->lock);
	return is;
}

int xsim_event_query(struct xsim_event *event)
{
	bool within;

	return reached(xsim_event_point(event)) || passed(event, &within) ? XSIM_OK
									  : XSIM_NOT_READY;
}

void xsim_event_wait(struct xsim_event *event)
{
	struct xsim_point point = xsim_event_point(event);
	bool within;

	/* Nobody is woken when a node is done: rare enough to look from time to time. */
	while (!passed(event, &within) && within && !reached(point))
		xs_sleep_until_ns(xs_now_ns() + 20 * XS_NS_PER_US);
	if (point.stream && !within)
		xsim_stream_wait(point.stream, point.seq);
}

int xsim_event_elapsed(struct xsim_event *start, struct xsim_event *end, int64_t *ns)
{
	struct xsim_point from = xsim_event_point(start);
	struct xsim_point to = xsim_event_point(end);

	if (!start->timed || !end->timed || !from.stream || !to.stream)
		return XSIM_INVALID_HANDLE;
	if (!reached(from) || !reached(to))
		return XSIM_NOT_READY;
	xs_mutex_lock(&start->lock);
	uint64_t first = start->time_ns;
	xs_mutex_unlock(&start->lock);
	xs_mutex_lock(&end->lock);
	*ns = (int64_t)(end->time_ns - first);
	xs_mutex_unlock(&end->lock);
	return XSIM_OK;
}
