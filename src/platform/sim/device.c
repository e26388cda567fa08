/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says about itself. See device.h. */
#include "platform/sim/device.h"

#include <string.h>

#include "platform/sim/config.h"

const char *xsim_device_name(void)
{
	return xsim_config.name ? xsim_config.name : "XSched Software Device";
}

void xsim_device_uuid(char *bytes, int device)
{
	memcpy(bytes, "xsched-simulator", 16);
	bytes[15] = (char)device;
}

int xsim_attribute_in(const struct xsim_attribute *table, size_t count, int attribute)
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].attribute == attribute)
			return table[i].value;
	}
	return 0;
}
