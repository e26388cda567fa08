/* SPDX-License-Identifier: Apache-2.0 */
/* Compute unit masks of streams: kept and given back, nothing more. */
#include <stdlib.h>
#include <string.h>

#include "platform/sim/hip/front.h"

struct mask {
	uint64_t stream_id;
	uint32_t count;
	struct mask *next;
	uint32_t word[];
};
static struct mask *masks; /* [xsim_lock] */

hipError_t sim_hipExtStreamCreateWithCUMask(hipStream_t *out, uint32_t count, const uint32_t *words)
{
	if (!out || !count || !words)
		return hipErrorInvalidValue;
	hipError_t result = sim_hipStreamCreate(out);
	if (result)
		return result;
	struct mask *mask = malloc(sizeof(*mask) + count * sizeof(*words));
	if (!mask)
		return hipSuccess; /* it only would be asked for */
	mask->stream_id = ((struct xsim_stream *)*out)->handle.id;
	mask->count = count;
	memcpy(mask->word, words, count * sizeof(*words));
	xs_mutex_lock(&xsim_lock);
	mask->next = masks;
	masks = mask;
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

hipError_t sim_hipExtStreamGetCUMask(hipStream_t handle, uint32_t count, uint32_t *words)
{
	struct xsim_stream *stream;
	int result = hip_stream(handle, &stream);

	if (!result && (!count || !words))
		result = XSIM_INVALID_VALUE;
	if (result)
		return (hipError_t)result;
	memset(words, 0xff, count * sizeof(*words));
	xs_mutex_lock(&xsim_lock);
	for (struct mask *m = masks; m; m = m->next) {
		if (m->stream_id == stream->handle.id)
			memcpy(words, m->word,
				(m->count < count ? m->count : count) * sizeof(*words));
	}
	xs_mutex_unlock(&xsim_lock);
	return hipSuccess;
}

void hip_forget_mask(uint64_t stream_id)
{
	xs_mutex_lock(&xsim_lock);
	for (struct mask **at = &masks; *at; at = &(*at)->next) {
		struct mask *mask = *at;

		if (mask->stream_id != stream_id)
			continue;
		*at = mask->next;
		free(mask);
		break;
	}
	xs_mutex_unlock(&xsim_lock);
}
