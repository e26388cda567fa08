/* SPDX-License-Identifier: Apache-2.0 */
/* Recording and failure injection; nothing here is on the path of an ordinary run. */
#include "platform/sim/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/futex.h"
#include "platform/sim/context.h"
#include "platform/sim/memory.h"

#define LINE_BYTES 1024
#define NAMES      65536 /* remembered handles; a power of two */
#define FAILURES   32

_Atomic int xsim_record_hooks = RECORD_UNREAD;

static struct xs_mutex lock;
static int log_fd = -1; /* [lock] */

static struct {
	uint64_t value;
	unsigned int ordinal;
} names[NAMES];                 /* [lock] open hash */
static unsigned int name_count; /* [lock] */

static struct {
	char name[64];
	unsigned int nth, seen;
	int error;
} failures[FAILURES]; /* [lock] */
static int failure_count;

static void read_failures(const char *text)
{
	while (text && *text && failure_count < FAILURES) {
		if (sscanf(text, "%63[^:]:%u=%d", failures[failure_count].name,
			    &failures[failure_count].nth, &failures[failure_count].error) == 3)
			failure_count++;
		text = strchr(text, ',');
		text = text ? text + 1 : NULL;
	}
}

static int read_environment(void)
{
	const char *path = getenv("XSIM_RECORD");
	int hooks = 0;

	read_failures(getenv("XSIM_FAIL"));
	if (failure_count)
		hooks |= RECORD_FAIL;
	if (path && *path)
		log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log_fd >= 0)
		hooks |= RECORD_LOG;
	xs_store_release(&xsim_record_hooks, hooks);
	return hooks;
}

static int wanted_failure(const char *symbol)
{
	size_t length = strlen(symbol);

	for (int i = 0; i < failure_count; i++) {
		size_t n = strlen(failures[i].name);

		/* A name without its variant means all of them. */
		if (n > length || strncmp(symbol, failures[i].name, n) ||
			(symbol[n] && symbol[n] != '_'))
			continue;
		if (++failures[i].seen == failures[i].nth)
			return failures[i].error;
	}
	return 0;
}

int xsim_record_enter(const char *symbol)
{
	int result = 0;

	xs_mutex_lock(&lock);
	int hooks = xs_load_relaxed(&xsim_record_hooks);
	if (hooks & RECORD_UNREAD)
		hooks = read_environment();
	if (hooks & RECORD_FAIL)
		result = wanted_failure(symbol);
	xs_mutex_unlock(&lock);
	return result;
}

bool xsim_record_async_failure(int *error)
{
	if (xs_likely(!(xs_load_relaxed(&xsim_record_hooks) & RECORD_FAIL)))
		return false;
	xs_mutex_lock(&lock);
	*error = wanted_failure("async");
	xs_mutex_unlock(&lock);
	return *error != 0;
}

/* The ordinal of a value, given at first sight; fresh: the value is a new object. [lock] */
static unsigned int ordinal_of(uint64_t value, bool fresh)
{
	size_t at = (size_t)((value * 0x9e3779b97f4a7c15ull) >> 48) & (NAMES - 1);

	for (size_t i = 0; i < NAMES; i++, at = (at + 1) & (NAMES - 1)) {
		if (names[at].value && names[at].value != value)
			continue;
		if (!names[at].value || fresh) {
			if (name_count >= NAMES - 1)
				return 0;
			names[at].value = value;
			names[at].ordinal = ++name_count;
		}
		return names[at].ordinal;
	}
	return 0;
}

struct line {
	char text[LINE_BYTES];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int more = vsnprintf(
		line->text + line->length, sizeof(line->text) - line->length - 2, format, args);
	va_end(args);
	if (more > 0)
		line->length += (size_t)more;
	if (line->length > sizeof(line->text) - 3)
		line->length = sizeof(line->text) - 3;
}

static bool begins(const char *type, const char *word)
{
	return strncmp(type, word, strlen(word)) == 0;
}

/* The word for the handle type that the parameter begins with, or NULL. */
static const char *handle_type(const char *type)
{
	if (begins(type, "const "))
		type += 6;
	for (const struct xsim_record_handle *h = xsim_record_types.handles; h->type; h++) {
		size_t n = strlen(h->type);

		if (strncmp(type, h->type, n) == 0 && (type[n] == ' ' || type[n] == '*'))
			return h->word;
	}
	return NULL;
}

static void add_handle(struct line *line, const char *kind, uint64_t value, bool fresh)
{
	if (value <= 2)
		add(line, "%s:%u", kind, (unsigned int)value);
	else
		add(line, "%s#%u", kind, ordinal_of(value, fresh));
}

/* Calls that tell what is there already: what they return keeps its ordinal, so a recording reads
 * the same whether or not somebody asked in between. */
static bool only_tells(const char *symbol)
{
	return begins(symbol, "cuCtxGet") || begins(symbol, "cuCtxPop") ||
	       begins(symbol, "cuStreamGet");
}

/* The one object of a handle type that a call gives back. */
static bool is_output(const char *type)
{
	return !begins(type, "const") && !strchr(strchr(type, '*') + 1, '*') &&
	       !strstr(type, "num_") && !strstr(type, "dependenc");
}

static void add_pointer(
	struct line *line, const char *symbol, const char *type, const void *pointer, int result)
{
	const char *kind = handle_type(type);
	struct xsim_range range;

	if (!pointer)
		add(line, "null");
	else if (kind && !result && is_output(type))
		add_handle(line, kind, *(const uint64_t *)pointer, !only_tells(symbol));
	else if (begins(type, "const char *") && !strchr(strchr(type, '*') + 1, '*') && !result)
		add(line, "\"%.80s\"", (const char *)pointer);
	else if (xsim_record_types.memory && xsim_memory_find((uintptr_t)pointer, 1, &range))
		add(line, "mem#%llu+%llu", (unsigned long long)range.id,
			(unsigned long long)((uintptr_t)pointer - range.base));
	else
		add(line, "ptr");
}

static bool is_one_of(const char *const *words, const char *type)
{
	for (; *words; words++) {
		if (begins(type, *words))
			return true;
	}
	return false;
}

struct triple {
	unsigned int x, y, z;
};

/* Adds one argument; false: its type is none that we know how to fetch. */
static bool add_argument(
	struct line *line, const char *symbol, const char *type, int result, va_list *args)
{
	const struct xsim_record_types *types = &xsim_record_types;

	if (strchr(type, '*')) {
		add_pointer(line, symbol, type, va_arg(*args, void *), result);
	} else if (handle_type(type)) {
		add_handle(line, handle_type(type), va_arg(*args, uint64_t), false);
	} else if (is_one_of(types->wide, type)) {
		add(line, "%llu", va_arg(*args, unsigned long long));
	} else if (is_one_of(types->pointers, type)) {
		add_pointer(line, symbol, "*", va_arg(*args, void *), result);
	} else if (is_one_of(types->triples, type)) {
		struct triple t = va_arg(*args, struct triple);

		add(line, "{%u, %u, %u}", t.x, t.y, t.z);
	} else if (is_one_of(types->others, type)) {
		return false;
	} else {
		add(line, "%d", va_arg(*args, int));
	}
	return true;
}

static void write_line(struct line *line)
{
	line->text[line->length++] = '\n';
	if (write(log_fd, line->text, line->length) < 0) {
		/* Nobody to tell. */
	}
}

void xsim_record_call(const char *symbol, const char *params, int result, ...)
{
	struct line line = { .length = 0 };
	va_list args;
	char type[128];

	if (!(xs_load_relaxed(&xsim_record_hooks) & RECORD_LOG))
		return;
	xs_mutex_lock(&lock);
	add(&line, "%u %s(", xsim_thread_ordinal(), symbol);
	va_start(args, result);
	params++; /* the parenthesis */
	for (bool first = true; strcmp(params, "void)"); first = false) {
		size_t n = strcspn(params, ",)");

		snprintf(type, sizeof(type), "%.*s", (int)n, params);
		if (!first)
			add(&line, ", ");
		if (!add_argument(&line, symbol, type, result, &args)) {
			add(&line, "...");
			break;
		}
		if (params[n] != ',')
			break;
		params += n + 1;
		params += strspn(params, " ");
	}
	va_end(args);
	add(&line, ") = %d", result);
	write_line(&line);
	xs_mutex_unlock(&lock);
}

int xsim_record_unsupported(const char *symbol, int error)
{
	if (!xs_load_relaxed(&xsim_record_hooks))
		return error;
	int result = xsim_record_enter(symbol);
	if (!result)
		result = error;
	xsim_record_call(symbol, "(void)", result);
	return result;
}
