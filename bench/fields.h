/*
 * fields.h: what stands in the columns of generated rows.
 *
 * A Row is one record being written: its random numbers, the facts that several columns share
 * (user, device, link, time) and the text so far. A Field writes one column's JSON value.
 */
#ifndef QUARRY_BENCH_FIELDS_H
#define QUARRY_BENCH_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much there is: rows refer to each other by number. */
typedef struct World {
    uint64_t n_users, n_alerts, n_mails, n_events;
} World;

/* Evidence rows 4k .. 4k+3 belong to alert k; each fourth alert is Defender for Office 365's. */
enum { EVIDENCE_PER_ALERT = 4 };

typedef struct Row {
    const World *world;
    uint64_t i, random;
    double seconds; /* since the first event */
    uint64_t user, device;
    uint64_t alert; /* of alerts, evidence and planted clicks */
    bool is_click, is_planted;
    bool escapes_slashes; /* as \/ */
    unsigned process;     /* index of the process that acts */
    const char *evil;     /* NULL, or a word to plant where it fits */
    char *out;
    size_t len;
} Row;

typedef struct Field {
    const char *name; /* NULL ends a table */
    void (*put)(Row *r);
} Field;

extern const Field alert_info_fields[], alert_evidence_fields[], email_events_fields[],
    identity_info_fields[], device_events_fields[];

/* Begins row i of a table at `out`, which has room for any row. */
Row row_begin(const World *w, const char *table, uint64_t i, char *out);
void row_puts(Row *r, const char *text);
/* An ISO time with seven digits of a second, without quotes. */
void row_put_time(Row *r, double seconds);

#endif
