/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon: is one there, may we talk to it, and is it of our version? */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/daemon.h"
#include "cli/doctor/doctor.h"
#include "wire/connection.h"

#define TOPIC "daemon"

static const char start[] =
	"Start one: sudo systemctl start xserver, or as a user: xserver & (XDG_RUNTIME_DIR set).";

/* --- what is at a socket ------------------------------------------------------------------------- */

/* Returns 0 if somebody listens there. */
static int try_to_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		err = -errno;
	close(fd);
	return err;
}

/* Findings about one place; returns whether there is anything. */
static bool examine_place(struct xs_doctor *doctor, const char *path)
{
	struct stat info;
	int err = lstat(path, &info) == 0 ? 0 : -errno;

	/* To connect to a file is refused as if nobody listened. */
	if (!err)
		err = S_ISREG(info.st_mode) ? -ENOTSOCK : try_to_connect(path);

	if (err == -ENOENT || err == -ENOTDIR)
		return false;
	if (err == -ECONNREFUSED) {
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "socket-stale",
			"Nobody listens at %s: its daemon ended without taking it away.", path);
		xs_remedy(&doctor->findings, "%s", start);
	} else if (err == -EACCES || err == -EPERM) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "socket-denied",
			"%s may not be opened by this user (owner %u, mode %04o).", path,
			(unsigned int)info.st_uid, (unsigned int)info.st_mode & 07777);
		xs_remedy(&doctor->findings,
			"Use the daemon of this user or of root, or set XSCHED_SOCKET to another.");
	} else if (err == -EPROTOTYPE || err == -ENOTSOCK) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "socket-foreign",
			"%s is no socket of xserver.", path);
		xs_remedy(&doctor->findings, "Correct XSCHED_SOCKET, or unset it.");
	} else if (err && err != -EAGAIN) {
		xs_find(&doctor->findings, XS_WRONG, TOPIC, "socket-error", "%s: %s.", path,
			strerror(-err));
		xs_remedy(&doctor->findings, "%s", start);
	}
	return true;
}

/* --- the daemon itself --------------------------------------------------------------------------- */

static void find_error(struct xs_doctor *doctor, int err, const char *why)
{
	const char *code = err == -EPERM             ? "daemon-untrusted"
			   : err == -EPROTONOSUPPORT ? "daemon-version"
			   : err == -ETIMEDOUT       ? "daemon-silent"
						     : "daemon-error";

	xs_find(&doctor->findings, XS_WRONG, TOPIC, code, "xserver: %s.", why);
	if (err == -EPERM)
		xs_remedy(&doctor->findings,
			"Use a daemon of root or of your own, or name this one in XSCHED_SOCKET if "
			"you trust its user.");
	else
		xs_remedy(&doctor->findings,
			"Restart the daemon, of the version that is installed (%s): sudo systemctl "
			"restart xserver.",
			XS_VERSION);
}

static void examine_daemon(struct xs_doctor *doctor)
{
	struct xs_daemon daemon;
	int err = xs_daemon_open(&daemon);

	if (err == -ENOENT || err == -ECONNREFUSED)
		return; /* was found at the sockets */
	if (err) {
		find_error(doctor, err, daemon.why);
		return;
	}
	doctor->has_daemon = true;
	if (strcmp(daemon.server, XS_VERSION) != 0) {
		xs_find(&doctor->findings, XS_DOUBT, TOPIC, "daemon-version",
			"The daemon that runs is of version %s, and %s is installed.",
			daemon.server, XS_VERSION);
		xs_remedy(&doctor->findings, "Restart it: sudo systemctl restart xserver.");
	} else {
		xs_find(&doctor->findings, XS_FINE, TOPIC, "daemon",
			"xserver %s answers, policy %s", daemon.server, daemon.policy);
	}
	xs_daemon_close(&daemon);
}

static void find_none(struct xs_doctor *doctor)
{
	const char *scheduler = getenv("XSCHED_SCHEDULER"), *socket = getenv("XSCHED_SOCKET");
	bool asked = (scheduler && strcasecmp(scheduler, "GLB") == 0) || (socket && *socket);

	xs_find(&doctor->findings, asked ? XS_WRONG : XS_NOTE, TOPIC, "daemon-none",
		"No daemon is there%s%s: each process schedules its own streams, and nobody "
		"decides "
		"between processes.",
		socket && *socket ? ", at " : "", socket && *socket ? socket : "");
	if (asked || socket)
		xs_remedy(&doctor->findings, "%s Or unset %s.", start,
			socket && *socket ? "XSCHED_SOCKET" : "XSCHED_SCHEDULER");
	else
		xs_remedy(&doctor->findings, "%s", start);
}

void xs_doctor_daemon(struct xs_doctor *doctor)
{
	char path[XS_WIRE_PATH_SIZE];
	bool any = false;
	size_t before = xs_findings_of(&doctor->findings, XS_WRONG);
	int err;

	for (size_t i = 0; (err = xs_wire_path(path, i)) != -ENOENT; i++) {
		if (err == 0)
			any |= examine_place(doctor, path);
	}
	if (any)
		examine_daemon(doctor);
	if (!doctor->has_daemon && xs_findings_of(&doctor->findings, XS_WRONG) == before)
		find_none(doctor);
}
