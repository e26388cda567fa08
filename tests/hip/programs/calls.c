/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that nobody wrote: calls of every entry point of one class and form of hip_api.def, with
 * arguments made from the text of its parameters.
 *
 *   calls CLASS.FORM SITUATION        calls list: the names of all that there are
 *
 * Each call finds everything new: streams, an event that was recorded, memory, a module, a graph. In
 * the situation "idle" there is nothing on the device, in "busy" there is work before the call in all
 * streams, and in "paced" beside that a stream of high priority, while the call's has the lowest.
 * Whether a call makes sense does not matter: what the runtime answers is printed, and what
 * it was asked for is recorded.
 */
#include <dlfcn.h>

#include "program.h"

#define WORDS 17
#define BYTES 4096

typedef long (*any_fn)(long, long, long, long, long, long, long, long, long, long, long, long, long,
	long, long, long, long);

static const struct entry {
	const char *symbol;
	int since;
	const char *group, *params;
} entries[] = {
#define XS_ODD(symbol, since, slot, class, form, result, params, args)                             \
	{ #symbol, since, #class "." #form, #params },
#include "platform/hip/hip_api.def"
};

/* What a call can be given. */
static struct world {
	hipStream_t stream, other, urgent;
	hipEvent_t event, stop;
	hipModule_t module;
	hipFunction_t function;
	hipGraph_t graph;
	hipGraphExec_t exec;
	char *device, *source;
	void *pinned;
	uint32_t us;
	void *args[1];
	hipLaunchConfig_t config;
	HIP_LAUNCH_CONFIG driver_config;
	hipLaunchParams launch;
	hipFunctionLaunchParams function_launch;
	uint32_t cu_mask;
	void *out[4];
	_Alignas(64) char zeros[BYTES];
} world;

static _Alignas(4096) char host[BYTES];

static void called(void *data)
{
	__atomic_add_fetch((int *)data, 1, __ATOMIC_RELAXED);
}

static int host_calls;

/* --- the world about a call ----------------------------------------------------------------------- */

static void make_graph(void)
{
	check(hipStreamBeginCapture(world.other, hipStreamCaptureModeThreadLocal));
	check(spin(world.other, 20));
	check(hipStreamEndCapture(world.other, &world.graph));
	check(hipGraphInstantiate(&world.exec, world.graph, NULL, NULL, 0));
}

static void make_launches(void)
{
	world.us = 30;
	world.args[0] = &world.us;
	world.config = (hipLaunchConfig_t){ one, one, 0, world.stream, NULL, 0 };
	world.driver_config = (HIP_LAUNCH_CONFIG){ 1, 1, 1, 1, 1, 1, 0, world.stream, NULL, 0 };
	world.launch = (hipLaunchParams){ spin_us, one, one, world.args, 0, world.stream };
	world.function_launch = (hipFunctionLaunchParams){ world.function, 1, 1, 1, 1, 1, 1, 0,
		world.stream, world.args };
	world.cu_mask = 0xff;
}

static void make_world(const char *situation)
{
	bool paced = strcmp(situation, "paced") == 0;

	memset(&world, 0, sizeof(world));
	check(hipStreamCreateWithPriority(&world.stream, hipStreamNonBlocking, paced ? 1 : 0));
	check(hipStreamCreateWithFlags(&world.other, 0));
	check(hipEventCreateWithFlags(&world.event, 0));
	check(hipEventCreateWithFlags(&world.stop, 0));
	check(hipMalloc((void **)&world.device, BYTES));
	check(hipMalloc((void **)&world.source, BYTES));
	check(hipHostMalloc(&world.pinned, BYTES, 0));
	check(hipMemset(world.device, 1, BYTES));
	check(hipMemset(world.source, 3, BYTES));
	check(hipModuleLoadData(&world.module, "any image"));
	check(hipModuleGetFunction(&world.function, world.module, "spin_us"));
	make_graph();
	make_launches();
	if (paced) {
		check(hipStreamCreateWithPriority(&world.urgent, hipStreamNonBlocking, -1));
		check(spin(world.urgent, 50));
	}
	check(hipEventRecord(world.event, world.stream));
	check(hipEventSynchronize(world.event));
	if (strcmp(situation, "idle") != 0) {
		for (int i = 0; i < (paced ? 4 : 1); i++)
			check(spin(world.stream, 100));
		check(spin(NULL, 100));
		if (paced)
			check(spin(world.urgent, 50));
	}
}

/* The runtime takes an address that it does not know for one of the host's. */
static void end_memory(const char *symbol)
{
	if (strstr(symbol, "Reset"))
		return;
	if (!strstr(symbol, "Free")) {
		check(hipMemcpy(host, world.device, 64, hipMemcpyDeviceToHost));
		printf("  device %d %d\n", host[0], host[63]);
		check(hipFree(world.device));
		check(hipHostFree(world.pinned));
	}
	check(hipFree(world.source));
}

/* The call may have ended any of it. */
static void end_world(const char *symbol)
{
	hipStreamCaptureStatus status;
	hipGraph_t graph;

	if (hipStreamIsCapturing(world.stream, &status) == hipSuccess && status)
		show(hipStreamEndCapture(world.stream, &graph));
	show(hipStreamSynchronize(world.stream));
	check(hipDeviceSynchronize());
	if (world.urgent)
		hipStreamDestroy(world.urgent);
	hipGraphExecDestroy(world.exec);
	hipGraphDestroy(world.graph);
	hipEventDestroy(world.event);
	hipEventDestroy(world.stop);
	hipStreamDestroy(world.stream);
	hipStreamDestroy(world.other);
	hipModuleUnload(world.module);
	end_memory(symbol);
	(void)hipGetLastError();
	memset(host, 0, sizeof(host));
}

/* --- arguments ------------------------------------------------------------------------------------ */

/* The first row whose text the parameter begins with. */
static const struct rule {
	const char *begins;
	const void *address; /* of the world; or where the value is, with at */
	bool at;
	long value;
} rules[] = {
	{ "hipStream_t src", &world.other, true, 0 },
	{ "hipStream_t *", world.out, false, 0 },
	{ "hipStream_t ", &world.stream, true, 0 },
	{ "hipEvent_t st", &world.stop, true, 0 },
	{ "hipEvent_t ", &world.event, true, 0 },
	{ "hipModule_t *", world.out, false, 0 },
	{ "hipModule_t ", &world.module, true, 0 },
	{ "hipFunction_t ", &world.function, true, 0 },
	{ "hipGraphExec_t *", world.out, false, 0 },
	{ "hipGraphExec_t ", &world.exec, true, 0 },
	{ "hipGraph_t *", world.out, false, 0 },
	{ "hipGraph_t ", &world.graph, true, 0 },
	{ "const void *function_address", spin_us, false, 0 },
	{ "void **kernel_params", world.args, false, 0 },
	{ "void **params", world.args, false, 0 },
	{ "void **args", world.args, false, 0 },
	{ "void **extra", NULL, false, 0 },
	{ "const hipLaunchConfig_t *", &world.config, false, 0 },
	{ "const HIP_LAUNCH_CONFIG *", &world.driver_config, false, 0 },
	{ "hipLaunchParams *", &world.launch, false, 0 },
	{ "hipFunctionLaunchParams *", &world.function_launch, false, 0 },
	{ "const uint32_t *cu_mask", &world.cu_mask, false, 0 },
	{ "const char *symbol", "hipLaunchKernel", false, 0 },
	{ "const char *", "/nowhere", false, 0 },
	{ "const void *image", "__CLANG_OFFLOAD_BUNDLE__", false, 0 },
	{ "const void *fatbin", "__CLANG_OFFLOAD_BUNDLE__", false, 0 },
	{ "const void *code", "__CLANG_OFFLOAD_BUNDLE__", false, 0 },
	{ "const void *symbol", spin_us, false, 0 },
	{ "void **dev_ptrs", world.zeros, false, 0 },
	{ "void **srcs", &world.source, false, 0 },
	{ "void **dsts", &world.device, false, 0 },
	{ "void **", world.out, false, 0 },
	{ "const void *src_host", host, false, 0 },
	{ "void *host_ptr", host, false, 0 },
	{ "void *user_data", &host_calls, false, 0 },
	{ "void *src", &world.source, true, 0 },
	{ "const void *src", &world.source, true, 0 },
	{ "hipDeviceptr_t src", &world.source, true, 0 },
	{ "hipDeviceptr_t *", world.out, false, 0 },
	{ "hipDeviceptr_t ", &world.device, true, 0 },
	{ "void *", &world.device, true, 0 },
	{ "const void *", &world.source, true, 0 },
	{ "hipHostFn_t ", called, false, 0 },
	{ "hipMemcpyKind ", NULL, false, hipMemcpyDefault },
	{ "hipStreamCaptureMode ", NULL, false, hipStreamCaptureModeThreadLocal },
	{ "hipLaunchAttributeID ", NULL, false, hipLaunchAttributePriority },
	{ "int hip_version", NULL, false, 700 },
	{ "int num_devices", NULL, false, 1 },
	{ "unsigned int num_devices", NULL, false, 1 },
	{ "int priority", NULL, false, -1 },
	{ "int value", NULL, false, 5 },
	{ "unsigned char value", NULL, false, 6 },
	{ "unsigned short value", NULL, false, 7 },
	{ "unsigned int value", NULL, false, 8 },
	{ "uint32_t cu_mask_size", NULL, false, 1 },
	{ "uint32_t shared", NULL, false, 0 },
	{ "uint32_t mask", NULL, false, 0xffff },
	{ "uint64_t mask", NULL, false, 0xffff },
	{ "uint32_t global", NULL, false, 1 },
	{ "uint32_t local", NULL, false, 1 },
	{ "unsigned int grid", NULL, false, 1 },
	{ "unsigned int block", NULL, false, 1 },
	{ "unsigned int count", NULL, false, 1 },
	{ "size_t shared", NULL, false, 0 },
	{ "size_t offset", NULL, false, 0 },
	{ "size_t num_", NULL, false, 0 },
	{ "size_t w_", NULL, false, 0 },
	{ "size_t h_", NULL, false, 0 },
	{ "size_t src_offset", NULL, false, 0 },
	{ "size_t dst_offset", NULL, false, 0 },
	{ "size_t height", NULL, false, 2 },
	{ "size_t count", NULL, false, 2 },
	{ "size_t width", NULL, false, 16 },
	{ "size_t *", world.zeros, false, 0 },
	{ "size_t ", NULL, false, 64 },
};

static const struct rule *rule_of(const char *param)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strncmp(param, rules[i].begins, strlen(rules[i].begins)) == 0)
			return &rules[i];
	return NULL;
}

/* A callback has a type of its own, and other arguments. */
static void stream_called(hipStream_t stream, hipError_t status, void *data)
{
	(void)stream, (void)status;
	called(data);
}

/* The argument by the function's name, for the few whose type says too little. */
static bool by_symbol(const char *symbol, const char *param, size_t length, long *value)
{
	if ((strstr(symbol, "DtoH") || strstr(symbol, "AtoH") || strstr(symbol, "FromArray") ||
		    strstr(symbol, "FromSymbol")) &&
		strncmp(param, "void *dst", 9) == 0) {
		*value = (long)host;
	} else if ((strstr(symbol, "HtoD") || strstr(symbol, "HtoA")) &&
		   memmem(param, length, " *src", 5)) {
		*value = (long)host;
	} else if ((strcmp(symbol, "hipHostFree") == 0 || strcmp(symbol, "hipFreeHost") == 0) &&
		   strncmp(param, "void *ptr", 9) == 0) {
		*value = (long)world.pinned;
	} else if (strncmp(param, "hipStreamCallback_t", 19) == 0) {
		*value = (long)stream_called;
	} else {
		return false;
	}
	return true;
}

static long word_for(const char *symbol, const char *param, size_t length)
{
	const struct rule *rule = rule_of(param);
	long value;

	if (by_symbol(symbol, param, length, &value))
		return value;
	if (rule && rule->at)
		return *(const long *)rule->address;
	if (rule)
		return rule->address ? (long)rule->address : rule->value;
	return memchr(param, '*', length) ? (long)world.zeros : 0;
}

/* Structures that are passed in memory, and floating point, are left to programs of their own. */
static bool too_odd(const char *params)
{
	static const char *const types[] = { "hipExtent ", "hipPitchedPtr ", "hipPos ", "hipIpc",
		"float " };

	for (size_t i = 0; i < COUNT(types); i++) {
		const char *at = strstr(params, types[i]);
		if (at && at[strlen(types[i])] != '*')
			return true;
	}
	return false;
}

/* --- calls ---------------------------------------------------------------------------------------- */

static void make_words(const struct entry *entry, long *words)
{
	const char *at = entry->params + 1;
	int count = 0;

	memset(words, 0, WORDS * sizeof(*words));
	if (strcmp(entry->params, "(void)") == 0)
		return;
	while (*at && count < WORDS - 1) {
		size_t length = strcspn(at, ",)");

		if (strncmp(at, "dim3 ", 5) == 0) {
			words[count++] = 1l | 1l << 32;
			words[count++] = 1;
		} else {
			words[count++] = word_for(entry->symbol, at, length);
		}
		at += length + (at[length] != '\0');
		while (*at == ' ')
			at++;
	}
}

/* A function that was looked up launches like the one that is linked. */
static void use_found(const struct entry *entry)
{
	__typeof__(&hipLaunchKernel) found = (__typeof__(found))world.out[0];

	if (strstr(entry->group, "RESOLVE") && found)
		show(found(spin_us, one, one, world.args, 0, world.stream));
}

static void try(const struct entry *entry, const char *situation)
{
	any_fn function = (any_fn)dlsym(RTLD_DEFAULT, entry->symbol);
	long w[WORDS];

	make_world(situation);
	make_words(entry, w);
	if (strstr(entry->symbol, "Query")) /* the answer must not depend on time */
		check(hipDeviceSynchronize());
	printf("%s = %d\n", entry->symbol,
		(int)function(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10],
			w[11], w[12], w[13], w[14], w[15], w[16]));
	show(hipPeekAtLastError());
	use_found(entry);
	fflush(stdout);
	end_world(entry->symbol);
}

static void list(void)
{
	for (size_t i = 0; i < COUNT(entries); i++) {
		size_t before = 0;

		while (before < i && strcmp(entries[before].group, entries[i].group) != 0)
			before++;
		if (before == i && !strstr(entries[i].group, ".JUMP"))
			puts(entries[i].group);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		list();
		return 0;
	}
	start();
	for (size_t i = 0; i < COUNT(entries); i++) {
		const struct entry *entry = &entries[i];
		if (strcmp(entry->group, argv[1]) == 0 && !too_odd(entry->params) &&
			entry->since < (major + 1) * 1000)
			try(entry, argv[2]);
	}
	printf("host functions %d\n", __atomic_load_n(&host_calls, __ATOMIC_RELAXED));
	return 0;
}
