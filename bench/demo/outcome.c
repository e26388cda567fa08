/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the two models once, as a child process, and reads what they print. */
#include "demo.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kit.h"

static void *grown(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array; /* has room up to the next power of two */
	void *larger = realloc(array, (count ? 2 * count : 1) * size);
	if (!larger) {
		fprintf(stderr, "demo: out of memory\n");
		exit(1);
	}
	return larger;
}

static void read_line(struct outcome *outcome, const char *line)
{
	struct request request;
	struct kernel kernel;
	struct finished finished;

	if (sscanf(line, "finished %lf %lf", &finished.us, &finished.kernels) == 2) {
		size_t n = outcome->finished_count++;
		outcome->finished = grown(outcome->finished, n, sizeof(finished));
		outcome->finished[n] = finished;
	} else if (sscanf(line, "request %lf %lf %lf", &request.arrived_us, &request.begun_us,
			   &request.done_us) == 3) {
		size_t n = outcome->request_count++;
		outcome->requests = grown(outcome->requests, n, sizeof(request));
		outcome->requests[n] = request;
	} else if (sscanf(line, "kernel %c %lf %lf", &kernel.model, &kernel.reached_us,
			   &kernel.done_us) == 3) {
		size_t n = outcome->kernel_count++;
		outcome->kernels = grown(outcome->kernels, n, sizeof(kernel));
		outcome->kernels[n] = kernel;
	} else if (strncmp(line, "device ", 7) == 0) {
		snprintf(outcome->device, sizeof(outcome->device), "%.*s",
			(int)strcspn(line + 7, "\n"), line + 7);
	} else if (sscanf(line, "origin %lf", &outcome->origin_us) != 1) {
		sscanf(line, "best-effort %lf %lf", &outcome->best_effort_kernels,
			&outcome->best_effort_us);
	}
}

static bool sort_latencies(struct outcome *outcome)
{
	size_t n = outcome->request_count;

	outcome->latency_ms = calloc(n + 1, sizeof(double));
	for (size_t i = 0; outcome->latency_ms && i < n; i++)
		outcome->latency_ms[i] =
			(outcome->requests[i].done_us - outcome->requests[i].arrived_us) / 1e3;
	if (outcome->latency_ms)
		kit_sort(outcome->latency_ms, n);
	return outcome->latency_ms != NULL;
}

bool outcome_take(struct outcome *outcome, FILE *records)
{
	char line[256];

	while (fgets(line, sizeof(line), records))
		read_line(outcome, line);
	return sort_latencies(outcome);
}

bool outcome_read(struct outcome *outcome, char *const *arguments, char *const *settings)
{
	int ends[2], status;
	bool good;

	if (pipe(ends))
		return false;
	pid_t child = fork();
	if (child == 0) {
		while (*settings)
			putenv(*settings++);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(arguments[0], arguments);
		perror(arguments[0]);
		_exit(127);
	}
	close(ends[1]);
	FILE *output = child > 0 ? fdopen(ends[0], "r") : NULL;
	good = output && outcome_take(outcome, output);
	if (output)
		fclose(output);
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		fprintf(stderr, "demo: %s did not come to a good end\n", arguments[0]);
		return false;
	}
	return good;
}

double outcome_percentile_ms(const struct outcome *outcome, double share)
{
	size_t n = outcome->request_count;

	if (!n)
		return 0;
	double rank = share * (double)n;
	size_t index = (size_t)rank;
	if (index && (double)index >= rank)
		index--;
	return outcome->latency_ms[index < n ? index : n - 1];
}

double outcome_best_effort_rate(const struct outcome *outcome)
{
	return outcome->best_effort_us > 0
		       ? outcome->best_effort_kernels * 1e6 / outcome->best_effort_us
		       : 0;
}

double demo_duty(const struct demo *demo, const struct outcome *outcome)
{
	const struct workload *w = &demo->workload;
	size_t n = outcome->request_count;

	if (!n)
		return 0;
	return (double)n * w->kernels * w->us / outcome->requests[n - 1].done_us;
}

double demo_kept(const struct demo *demo, const struct outcome *outcome)
{
	double alone = outcome_best_effort_rate(&demo->best_effort);
	double left = alone * (1 - demo_duty(demo, outcome));

	return left > 0 ? outcome_best_effort_rate(outcome) / left : 0;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->requests);
	free(outcome->latency_ms);
	free(outcome->kernels);
	free(outcome->finished);
	*outcome = (struct outcome){ 0 };
}
