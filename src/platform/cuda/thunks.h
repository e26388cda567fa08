/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of cuda_api.def as lines of assembly: `jump symbol` for the form JUMP, `skip symbol` for
 * the others. Included by thunks_<cpu>.S, which says what the two mean. */
	.text
#define XS_FORM_JUMP     jump
#define XS_FORM_HAND     skip
#define XS_FORM_ASYNC    skip
#define XS_FORM_ASYNC_PT skip
#define XS_FORM_SYNC     skip
#define XS_FORM_SYNC_PT  skip
#define XS_FORM_FETCH    skip
#define XS_FORM_FETCH_PT skip
#define XS_FORM_DRAIN    skip
#define XS_FORM_CONTEXT  skip
#define XS_NAME(symbol, since, class, form) XS_FORM_##form symbol;
#include "platform/cuda/cuda_api.def"
