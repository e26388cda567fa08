/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says about itself, behind whichever front door. */
#ifndef XS_SIM_DEVICE_H
#define XS_SIM_DEVICE_H

#include <stddef.h>

const char *xsim_device_name(void);

/* 16 bytes. */
void xsim_device_uuid(char *bytes, int device);

/* The attributes of a front door that are not 0, by its numbers. */
struct xsim_attribute {
	int attribute, value;
};
int xsim_attribute_in(const struct xsim_attribute *table, size_t count, int attribute);

#define XSIM_ATTRIBUTE(table, attribute)                                                           \
	xsim_attribute_in(table, sizeof(table) / sizeof(*(table)), (int)(attribute))

#endif
