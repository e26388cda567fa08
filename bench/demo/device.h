/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the models ask of a device, for each vendor in a file of its own. Whatever goes wrong ends the
 * program with a message. A stream of NULL is the default stream.
 */
#ifndef BENCH_DEMO_DEVICE_H
#define BENCH_DEMO_DEVICE_H

typedef struct device_stream_handle *device_stream;
typedef struct device_event_handle *device_event;

/* Takes device 0 and finds the kernel; gives the device's name. */
const char *device_open(void);

/* Each other thread, before anything else. */
void device_enter(void);

device_stream device_stream_make(int priority);
void device_synchronize(device_stream stream);

/* A kernel that keeps the whole device busy for so long. */
void device_spin(device_stream stream, unsigned us);

device_event device_event_make(void);
void device_record(device_event event, device_stream stream);
double device_elapsed_ms(device_event from, device_event to);

#endif
