/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines about peers. A peer can cause as many as it likes, and whoever reads the log may have
 * stopped: so at most some hundred a second are written, and none while standard error would block.
 */
#ifndef XS_SERVER_SAY_H
#define XS_SERVER_SAY_H

__attribute__((format(printf, 1, 2))) void xs_say(const char *format, ...);

#endif
