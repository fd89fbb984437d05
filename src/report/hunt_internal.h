/* hunt_internal.h: the forms of a hunt report, shared by the files beside it. */
#ifndef QUARRY_REPORT_HUNT_INTERNAL_H
#define QUARRY_REPORT_HUNT_INTERNAL_H

#include "report/hunt_report.h"

/* One hunt as an object of the contract's "hunts". */
void hunt_put_json(Buf *out, const HuntResult *h);
/* "name":["item",...] */
void hunt_put_list(Buf *out, const char *name, const Str *items, size_t n);
/* Its hits and suppressed rows, an object a line: {"rule","name","outcome","row",...}. */
void hunt_put_ndjson(Buf *out, const HuntResult *h);
/* For people. */
void hunt_put_text(Buf *out, const HuntResult *h, const HuntReportOptions *options);

static inline const Value *hunt_row(const HuntResult *h, size_t row) {
    return h->rows.cells + row * h->rows.schema.n;
}
/* What kept a hit, or NULL. */
static inline const HuntProtected *hunt_protection(const HuntResult *h, size_t row) {
    size_t low = 0, high = h->n_protected;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->protected_rows[middle].row < row) low = middle + 1;
        else high = middle;
    }
    bool is_there = low < h->n_protected && h->protected_rows[low].row == row;
    return is_there ? &h->protected_rows[low] : NULL;
}
static inline const char *hunt_presence_name(TablePresence p) {
    return p == TABLE_PRESENT ? "present" : p == TABLE_EMPTY ? "empty" : "missing";
}

#endif
