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
/* For people: a terminal. */
void hunt_put_text(Buf *out, const HuntResult *h, const HuntReportOptions *options);

/* For people: a section of a document, RESULT_MARKDOWN or RESULT_HTML. `number` counts the hunts from 1. */
void hunt_put_document(Buf *out, const HuntResult *h, ResultFormat format, size_t number);
/* The section of what was warned of beside the hunts; nothing when nothing was. */
void hunt_put_document_warnings(Buf *out, ResultFormat format, const Str *warnings, size_t n);

static inline Str hunt_title(const HuntResult *h) {
    return h->rule && h->rule->name.len ? h->rule->name : h->file->path;
}
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
/* The first of `unwrapped` that is of this row or a later one. */
static inline size_t hunt_first_unwrapped(const HuntResult *h, size_t row) {
    size_t low = 0, high = h->n_unwrapped;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->unwrapped[middle].row < row) low = middle + 1;
        else high = middle;
    }
    return low;
}
static inline const char *hunt_presence_name(TablePresence p) {
    return p == TABLE_PRESENT ? "present" : p == TABLE_EMPTY ? "empty" : "missing";
}

#endif
