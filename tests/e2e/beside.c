/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of a stream that another thread uses at the same time. What that thread does, it does inside of
 * the first one's call, as soon as the driver has carried that out: its work comes after the record, or
 * after the answer, and the shim has yet to note it. So the stream has work when the event is reached.
 */
#include "pair.h"

#include <dlfcn.h>

#include "platform/cuda/real.h"

static struct xs_cuda_real driver; /* as it was */
/* Of the thread that arms it: the core has threads that record and ask, too. */
static __thread void *(*body_beside)(void *);
static CUevent event;

/* Once, in the call of this thread that is armed for it. */
static CUresult beside(CUevent used, CUresult result)
{
	void *(*body)(void *) = body_beside;

	if (body && used == event) {
		body_beside = NULL;
		pthread_join(thread_of(body, NULL), NULL);
	}
	return result;
}

static CUresult record(CUevent recorded, CUstream stream)
{
	return beside(recorded, driver.cuEventRecord(recorded, stream));
}

static CUresult record_ptsz(CUevent recorded, CUstream stream)
{
	return beside(recorded, driver.cuEventRecord_ptsz(recorded, stream));
}

static CUresult record_with_flags(CUevent recorded, CUstream stream, unsigned int flags)
{
	return beside(recorded, driver.cuEventRecordWithFlags(recorded, stream, flags));
}

static CUresult record_with_flags_ptsz(CUevent recorded, CUstream stream, unsigned int flags)
{
	return beside(recorded, driver.cuEventRecordWithFlags_ptsz(recorded, stream, flags));
}

static CUresult query(CUevent asked)
{
	return beside(asked, driver.cuEventQuery(asked));
}

/* When the driver is loaded, and before there is a thread of ours that calls it. */
static void stand_between(void)
{
	struct xs_cuda_real *real = dlsym(RTLD_DEFAULT, "xs_cuda_real");

	check(cuInit(0));
	holds(real != NULL);
	driver = *real;
	real->cuEventRecord = record;
	real->cuEventRecord_ptsz = record_ptsz;
	real->cuEventRecordWithFlags = record_with_flags;
	real->cuEventRecordWithFlags_ptsz = record_with_flags_ptsz;
	real->cuEventQuery = query;
}

static void set_up(void)
{
	stand_between();
	two_streams(CU_STREAM_NON_BLOCKING, CU_STREAM_NON_BLOCKING);
	check(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	event_of_low = event;
	append_low(NULL);
}

static void *stand(void *unused)
{
	(void)unused;
	check(cuCtxSetCurrent(context));
	check(stand_still(high, gate));
	return NULL;
}

static void *stand_and_record(void *unused)
{
	stand(unused);
	check(cuEventRecord(event, high));
	return NULL;
}

static void works_until_let_go(void)
{
	holds(queue_has(high, XS_GATE_READY));
	poke(gate, 1);
	check(cuStreamSynchronize(high));
	holds(!queue_has(high, XS_GATE_READY));
	poke(gate, 0);
}

#define RECORDS_BESIDE(call)                                                                       \
	do {                                                                                       \
		body_beside = stand;                                                               \
		check(call);                                                                       \
		holds(!body_beside);                                                               \
		check(cuEventSynchronize(event));                                                  \
		works_until_let_go();                                                              \
	} while (0)

static void what_comes_after_a_record_is_not_covered(void)
{
	set_up();
	RECORDS_BESIDE(cuEventRecord(event, high));
	RECORDS_BESIDE(cuEventRecord_ptsz(event, high));
	RECORDS_BESIDE(cuEventRecordWithFlags(event, high, 0));
	RECORDS_BESIDE(cuEventRecordWithFlags_ptsz(event, high, 0));
}

static void a_query_tells_of_the_record_before_it(void)
{
	set_up();
	check(cuEventRecord(event, high));
	check(cuStreamSynchronize(high));
	body_beside = stand_and_record;
	check(cuEventQuery(event));
	holds(!body_beside);
	works_until_let_go();
}

TEST_ON_ALL_LEVELS(what_comes_after_a_record_is_not_covered)
TEST_ON_ALL_LEVELS(a_query_tells_of_the_record_before_it)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_after_a_record_is_not_covered),
		cmocka_unit_test(test_a_query_tells_of_the_record_before_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
