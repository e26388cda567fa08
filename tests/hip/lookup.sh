#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Our dlsym() is the C library's to everybody else: RTLD_NEXT and RTLD_DEFAULT mean what they mean to
# the caller, errors are told, addresses are the same but for functions of HIP that we override, and
# other libraries with a dlsym() of their own may stand before or behind us. One that stands before us
# goes to the C library's past us: then HIP 5 passes by as well.
set -u
: "${BUILD:=$PWD/build}" "${CC:=gcc}" "${TEST_TMP:=$(mktemp -d)}"
[ -z "${SAN-}" ] || { echo "sanitizers have a dlsym() of their own"; exit 77; }
dir=$BUILD/tests/hip shim=$BUILD/lib/libshimhip.so
export XSCHED_SCHEDULER=LCL
failed=0

cat >"$TEST_TMP/wrapper.c" <<'END'
#include <dlfcn.h>
#include <stdio.h>
/* As allocators and tracers do it. */
__attribute__((visibility("default"))) char *ttyname(int fd)
{
	char *(*next)(int) = (char *(*)(int))dlsym(RTLD_NEXT, "ttyname");
	printf("wrapped ");
	return next ? next(fd) : NULL;
}
END
cat >"$TEST_TMP/hook.c" <<'END'
#include <dlfcn.h>
static unsigned long seen;
__attribute__((visibility("default"))) unsigned long hook_seen(void) { return seen; }
__attribute__((visibility("default"))) void *dlsym(void *handle, const char *symbol)
{
	static void *(*real)(void *, const char *);
	if (!real)
		real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
	if (!real)
		real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
	if (handle == RTLD_NEXT || handle == RTLD_DEFAULT)
		return real(handle, symbol);
	seen++;
	return real(handle, symbol);
}
END
cat >"$TEST_TMP/program.c" <<'END'
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define EXPECT(what) do { if (!(what)) printf("line %d: %s\n", __LINE__, #what); } while (0)
__attribute__((visibility("default"))) int hipOfMyOwn(void) { return 1; }
int main(int argc, char **argv)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY), *self = dlopen(NULL, RTLD_LAZY);
	void *runtime = dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL);
	char *error;
	(void)argc;
	EXPECT(libc && runtime);
	EXPECT(dlsym(libc, "ttyname") && dlsym(RTLD_DEFAULT, "hipOfMyOwn") == (void *)hipOfMyOwn);
	EXPECT(dlsym(self, "hipOfMyOwn") == (void *)hipOfMyOwn);
	EXPECT(!dlerror());
	EXPECT(!dlsym(runtime, "hipNoSuchThing"));
	error = dlerror();
	EXPECT(error && strstr(error, "hipNoSuchThing"));
	EXPECT(!dlerror());
	EXPECT(!dlsym(libc, "noSuchThing"));
	error = dlerror();
	EXPECT(error && strstr(error, "noSuchThing"));
	/* What is not overridden keeps its address, and leads to the same library. */
	Dl_info info;
	EXPECT(dladdr(dlsym(runtime, "hipGetErrorString"), &info) &&
		strcmp(info.dli_fname, argv[1]) == 0);
	EXPECT(!dlerror());
	EXPECT(dladdr(dlsym(runtime, "hipLaunchKernel"), &info));
	EXPECT(dlsym(runtime, "hipLaunchKernel") == dlsym(runtime, "hipLaunchKernel"));
	if (argc > 2)
		EXPECT(strstr(info.dli_fname, argv[2]));
	ttyname(0);
	puts("fine");
	return 0;
}
END
$CC -D_GNU_SOURCE -shared -fPIC -o "$TEST_TMP/wrapper.so" "$TEST_TMP/wrapper.c" -ldl || exit 1
# Optimised, so that it jumps as well: such a library that does not breaks the others by itself.
$CC -D_GNU_SOURCE -O2 -shared -fPIC -o "$TEST_TMP/hook.so" "$TEST_TMP/hook.c" -ldl || exit 1
$CC -D_GNU_SOURCE -w -rdynamic -o "$TEST_TMP/program" "$TEST_TMP/program.c" -ldl || exit 1

# $1: name   $2: what is preloaded   $3: expected   the rest: command
expect() {
    local name=$1 preload=$2 want=$3 got
    shift 3
    got=$(LD_PRELOAD=$preload timeout 60 "$@" 2>&1) || got="$got, status $?"
    [ "$got" = "$want" ] || { echo "$name, $preload: '${got:0:300}'"; failed=1; }
}

wrapper=$TEST_TMP/wrapper.so hook=$TEST_TMP/hook.so
for major in 5 6 7; do
    runtime=$dir/$major/libamdhip64.so.$major
    expect "bare, $major" "$wrapper" "wrapped fine" "$TEST_TMP/program" "$runtime"
    for preload in "$shim $wrapper" "$wrapper $shim" "$shim $hook $wrapper" "$wrapper $shim $hook"; do
        expect "$major" "$preload" "wrapped fine" "$TEST_TMP/program" "$runtime" libshimhip
    done
    expect "$major" "$hook $shim $wrapper" "wrapped fine" "$TEST_TMP/program" "$runtime"
    command=("$dir/host" local "$dir/$major/looking.so" "$runtime")
    expect "$major, launches" "$shim $hook" "4 4 0" "${command[@]}"
    gated=4
    [ $major != 5 ] || gated=0
    expect "$major, launches" "$hook $shim" "4 $gated 0" "${command[@]}"
done
exit $failed
