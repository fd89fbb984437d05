/*
 * generate.c: telemetry of any size for the benchmarks.
 *
 *     generate FOLDER SIZE [flat|stream]
 *
 * Writes the five tables of the rule SuspiciousUrlClicked as NDJSON, full-width: each record has
 * all of its table's columns. Row i of a table depends on i alone, so that equal arguments give
 * equal bytes. DeviceEvents takes 82 % of the size, EmailEvents 14 %.
 *
 * Planted: clicks that the rule finds and near misses of it (the right link with another user's
 * SID), command lines with an encoded PowerShell command, the term "evil" in several columns beside
 * words that only contain it, the term "quarantine" inside the JSON text of AdditionalFields. Like
 * real exporters', a few records write a slash as \/ and & as \u0026.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fields.h"

enum { OUT_BYTES = 1 << 20, ROW_ROOM = 64 << 10 };

typedef struct Table {
    const char *name;
    const Field *fields;
    double share; /* of all bytes; 0: its rows follow from other tables' */
} Table;

static const Table tables[] = {
    {"AlertInfo", alert_info_fields, 0},          {"AlertEvidence", alert_evidence_fields, 0.02},
    {"EmailEvents", email_events_fields, 0.14},   {"IdentityInfo", identity_info_fields, 0},
    {"DeviceEvents", device_events_fields, 0.82},
};
enum { ALERTS, EVIDENCE, MAILS, USERS, EVENTS, N_TABLES };

/* ------------------------------------------------------------------- writing */

static void put_row(Row *r, const Table *t, bool is_stream) {
    if (is_stream) {
        row_puts(r, "{\"time\":\"");
        row_put_time(r, r->seconds + 70);
        row_puts(r, "\",\"tenantId\":\"11111111-2222-4333-8444-555555555555\",\"operationName\":"
                    "\"Publish\",\"category\":\"AdvancedHunting-");
        row_puts(r, t->name);
        row_puts(r, "\",\"properties\":");
    }
    for (const Field *f = t->fields; f->name; f++) {
        row_puts(r, f == t->fields ? "{\"" : ",\"");
        row_puts(r, f->name);
        row_puts(r, "\":");
        f->put(r);
    }
    row_puts(r, is_stream ? "},\"Tenant\":\"DefaultTenant\"}\r\n" : "}\n");
}

/* Mean bytes of a row, by a sample of them. */
static size_t mean_row(const World *w, const Table *t, bool is_stream, char *room) {
    enum { SAMPLE = 400 };
    size_t all = 0;
    for (uint64_t i = 0; i < SAMPLE; i++) {
        Row r = row_begin(w, t->name, i, room);
        put_row(&r, t, is_stream);
        all += r.len;
    }
    return all / SAMPLE;
}

static int write_table(const char *folder, const World *w, const Table *t, uint64_t n,
                       bool is_stream) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.ndjson", folder, t->name);
    FILE *f = fopen(path, "wb");
    char *out = malloc(OUT_BYTES + ROW_ROOM);
    bool ok = f && out;
    size_t used = 0;
    for (uint64_t i = 0; ok && i < n; i++) {
        Row r = row_begin(w, t->name, i, out + used);
        put_row(&r, t, is_stream);
        used += r.len;
        if (used < OUT_BYTES) continue;
        ok = fwrite(out, 1, used, f) == used;
        used = 0;
    }
    if (ok && used) ok = fwrite(out, 1, used, f) == used;
    int why = errno;
    if (f && fclose(f) != 0) ok = false;
    free(out);
    if (!ok) fprintf(stderr, "%s: %s\n", path, strerror(why));
    return ok ? 0 : 1;
}

/* "512M", "2G" or plain bytes; 0 when it is none of these. */
static uint64_t parse_size(const char *text) {
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    if (*end == 'K') n <<= 10;
    else if (*end == 'M') n <<= 20;
    else if (*end == 'G') n <<= 30;
    else if (*end) return 0;
    return n;
}

int main(int argc, char **argv) {
    uint64_t size = argc >= 3 ? parse_size(argv[2]) : 0;
    bool is_stream = argc == 4 && strcmp(argv[3], "stream") == 0;
    if (size < (1 << 20) || argc > 4) {
        fprintf(stderr, "usage: generate FOLDER SIZE [flat|stream]   (SIZE from 1M)\n");
        return 2;
    }
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    char *room = malloc(ROW_ROOM);
    if (!room) return 1;
    World w = {.n_users = 200 + size / (600 << 10)};
    uint64_t counts[N_TABLES];
    w.n_alerts = w.n_mails = w.n_events = 1;
    for (int i = 0; i < N_TABLES; i++) {
        const Table *t = &tables[i];
        size_t mean = mean_row(&w, t, is_stream, room);
        counts[i] = (uint64_t)((double)size * t->share) / mean + 1;
    }
    counts[USERS] = w.n_users;
    counts[ALERTS] = w.n_alerts = (counts[EVIDENCE] + EVIDENCE_PER_ALERT - 1) / EVIDENCE_PER_ALERT;
    w.n_mails = counts[MAILS];
    w.n_events = counts[EVENTS];
    free(room);
    for (int i = 0; i < N_TABLES; i++)
        if (write_table(argv[1], &w, &tables[i], counts[i], is_stream)) return 1;
    return 0;
}
