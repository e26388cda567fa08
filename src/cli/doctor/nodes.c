/* SPDX-License-Identifier: Apache-2.0 */
/* The device files of the kernel's modules: are they there, and may this user open them? */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/elf.h"

#define TOPIC "device files"

static const char *user_name(void)
{
	static char number[16];
	const struct passwd *user = getpwuid(geteuid());

	if (user)
		return user->pw_name;
	snprintf(number, sizeof(number), "%u", (unsigned int)geteuid());
	return number;
}

static void find_denied(struct xs_doctor *doctor, const char *path)
{
	struct stat info;
	const struct group *group;

	if (stat(path, &info) != 0)
		return;
	group = getgrgid(info.st_gid);
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "device-denied",
		"%s may not be opened by %s (mode %04o, group %s).", path, user_name(),
		(unsigned int)info.st_mode & 07777, group ? group->gr_name : "unknown");
	if (group && info.st_gid != 0 && (info.st_mode & 0060) == 0060)
		xs_remedy(&doctor->findings, "sudo usermod -aG %s %s, then log in anew.",
			group->gr_name, user_name());
	else
		xs_remedy(&doctor->findings,
			"Let the driver's udev rules set it right, or for now: sudo chmod 0666 %s.",
			path);
}

/* Returns how many files there are; each must be readable and writable. */
static size_t examine(struct xs_doctor *doctor, const char *pattern)
{
	char full[PATH_MAX];
	glob_t found;
	size_t count = 0;

	snprintf(full, sizeof(full), "%s%s", doctor->root, pattern);
	if (glob(full, 0, NULL, &found) != 0)
		return 0;
	for (; count < found.gl_pathc; count++) {
		const char *path = found.gl_pathv[count];

		if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) != 0)
			find_denied(doctor, path);
		else
			xs_find(&doctor->findings, XS_FINE, TOPIC, "device-file", "%s", path);
	}
	globfree(&found);
	return count;
}

static void expect(struct xs_doctor *doctor, const char *pattern, const char *what)
{
	if (examine(doctor, pattern))
		return;
	xs_find(&doctor->findings, XS_WRONG, TOPIC, "device-missing", "There is no %s, %s.",
		pattern, what);
	xs_remedy(&doctor->findings,
		strstr(pattern, "nvidia")
			? "Load the kernel's module (sudo nvidia-modprobe -u -c=0), or in a "
			  "container pass the device: docker run --gpus all."
			: "Load the kernel's module (sudo modprobe amdgpu), or in a container pass "
			  "the device: docker run --device /dev/kfd --device /dev/dri.");
}

/* The software device has no files. */
static bool is_software(const char *driver)
{
	struct xs_elf elf;
	bool is_ours =
		xs_elf_open(&elf, driver) == 0 && xs_elf_defines(&elf, "xsim_register_kernel");

	xs_elf_close(&elf);
	return is_ours;
}

static bool is_there(const struct xs_doctor *doctor, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", doctor->root, path);
	return access(full, F_OK) == 0;
}

static bool is_wanted(const struct xs_doctor *doctor, size_t which, const char *path)
{
	const struct xs_platform_state *platform = &doctor->platforms[which];

	return is_there(doctor, path) ||
	       (platform->is_wanted && *platform->driver && !is_software(platform->driver));
}

void xs_doctor_nodes(struct xs_doctor *doctor)
{
	if (is_wanted(doctor, XS_DOCTOR_CUDA, "/dev/nvidiactl")) {
		expect(doctor, "/dev/nvidiactl", "the way to NVIDIA's driver");
		expect(doctor, "/dev/nvidia-uvm", "which CUDA needs for memory");
		expect(doctor, "/dev/nvidia[0-9]*", "an NVIDIA GPU");
	}
	if (is_wanted(doctor, XS_DOCTOR_HIP, "/dev/kfd")) {
		expect(doctor, "/dev/kfd", "the way to AMD's compute driver");
		expect(doctor, "/dev/dri/renderD*", "an AMD GPU");
	}
}
