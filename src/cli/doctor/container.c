/* SPDX-License-Identifier: Apache-2.0 */
/* Containers: what has to come in from outside. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"

#define TOPIC "container"

static bool is_there(const struct xs_doctor *doctor, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", doctor->root, path);
	return access(full, F_OK) == 0;
}

void xs_doctor_container(struct xs_doctor *doctor)
{
	const char *said = getenv("container");
	bool inside = is_there(doctor, "/.dockerenv") || is_there(doctor, "/run/.containerenv") ||
		      getenv("KUBERNETES_SERVICE_HOST") || (said && *said);

	if (!inside)
		return;
	xs_find(&doctor->findings, doctor->has_daemon ? XS_FINE : XS_NOTE, TOPIC,
		doctor->has_daemon ? "container" : "container-socket",
		doctor->has_daemon ? "This is a container, and the daemon is reached from it."
				   : "This is a container, and the daemon's socket is not in it: "
				     "its processes are not scheduled beside those outside.");
	if (!doctor->has_daemon)
		xs_remedy(&doctor->findings,
			"Mount the directory of the socket: docker run -v /run/xsched:/run/xsched. "
			"Namespaces of the host are not needed.");
}
