/* SPDX-License-Identifier: Apache-2.0 */
/* Marks what one library of ours offers to another; everything else stays hidden. */
#ifndef XS_BASE_EXPORT_H
#define XS_BASE_EXPORT_H

#define XS_EXPORT __attribute__((visibility("default")))

#endif
