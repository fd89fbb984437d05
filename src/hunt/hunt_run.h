/*
 * hunt_run.h: one hunt while it runs: what hunt.c and hunt_context.c share.
 */
#ifndef QUARRY_HUNT_RUN_H
#define QUARRY_HUNT_RUN_H

#include "hunt/exclude_internal.h"
#include "hunt/hunt.h"

typedef struct Hunt {
    Session *session;
    const HuntOptions *options;
    HuntResult *r;
    HuntRow *facts;                       /* one a row of the result */
    uint32_t message_column, time_column; /* UINT32_MAX: none */
} Hunt;

void hunt_warn(Hunt *h, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Whether the data holds rows of a table. */
bool hunt_has_table(Hunt *h, const char *name);
/* Fills in threats and, when asked, processes of all rows. */
void hunt_look_up(Hunt *h, bool asks_process);

#endif
