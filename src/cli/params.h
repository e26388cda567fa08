/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of policies, as the daemon describes them. Each function complains by itself and returns an
 * exit status. */
#ifndef XS_CLI_PARAMS_H
#define XS_CLI_PARAMS_H

/* The table: of one policy ("scheduler": of the scheduler itself), or with NULL of all. */
int xs_params_print(const char *policy);

/* Whether each PARAM=VALUE is one of this policy or of the scheduler, with an allowed value. */
int xs_params_check(const char *policy, int count, char **settings);

int xs_params_set(const char *policy, int count, char **settings);

#endif
