/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets of waits: an octave and a quarter of it. Old waits count less with each thousand. */
#include "server/waits.h"

#include <stddef.h>

#define ENOUGH 1024

static size_t bucket_of(uint64_t us)
{
	size_t octave = 0;

	if (us < XS_WAIT_PARTS) /* 0 to 3: octaves of less than four numbers */
		return us;
	while (us >> octave >= 2 * XS_WAIT_PARTS)
		octave++;
	size_t bucket = XS_WAIT_PARTS * octave + (size_t)(us >> octave);
	return bucket < XS_WAIT_BUCKETS ? bucket : XS_WAIT_BUCKETS - 1;
}

/* The middle of a bucket. */
static uint64_t middle_ns(size_t bucket)
{
	if (bucket < 2 * XS_WAIT_PARTS)
		return bucket * 1000 + 500;
	size_t octave = bucket / XS_WAIT_PARTS - 1;
	uint64_t least = XS_WAIT_PARTS + bucket % XS_WAIT_PARTS;
	return ((least << octave) * 1000) + (UINT64_C(500) << octave);
}

static void age(struct xs_waits *waits)
{
	waits->total = 0;
	for (size_t i = 0; i < XS_WAIT_BUCKETS; i++) {
		waits->counts[i] = (uint16_t)(waits->counts[i] / 2);
		waits->total += waits->counts[i];
	}
}

void xs_waits_add(struct xs_waits *waits, uint64_t ns)
{
	if (waits->total >= ENOUGH)
		age(waits);
	waits->counts[bucket_of(ns / 1000)]++;
	waits->total++;
}

uint64_t xs_waits_quantile_ns(const struct xs_waits *waits, uint32_t per_mille)
{
	uint64_t wanted = ((uint64_t)waits->total * per_mille + 999) / 1000;
	uint64_t seen = 0;

	for (size_t i = 0; waits->total && i < XS_WAIT_BUCKETS; i++) {
		seen += waits->counts[i];
		if (seen && seen >= wanted)
			return middle_ns(i);
	}
	return 0;
}
