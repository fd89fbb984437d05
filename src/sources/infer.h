/*
 * infer.h: the columns that a table's files hold, from a sample of their records.
 */
#ifndef QUARRY_INFER_H
#define QUARRY_INFER_H

#include "sources/dataset_internal.h"

/* What kinds of values a column was seen to hold. */
typedef enum SeenKinds {
    SEEN_BOOL = 1,
    SEEN_LONG = 2,
    SEEN_BIG_LONG = 4, /* past 53 bits: a double would lose digits */
    SEEN_REAL = 8,
    SEEN_TIME = 16, /* text that is a date and time */
    SEEN_TEXT = 32,
    SEEN_NESTED = 64
} SeenKinds;

typedef struct SeenColumn {
    Str name;
    unsigned kinds;
    int64_t n;            /* values that are not null */
    bool is_text_only;    /* from cells: all kinds are readings of text */
    Type declared;        /* TYPE_ERROR: not said */
    bool has_loose_times; /* as SeenColumns */
    int64_t least, most;  /* of whole numbers; least > most: none was seen */
    int64_t row;          /* in which it was last seen, from 1 on */
    struct {              /* what was known before that row: of equal keys the last counts */
        unsigned kinds;
        int64_t n, least, most;
    } before;
} SeenColumn;

/* Columns in the order in which they were first seen. */
typedef struct SeenColumns {
    Arena *arena;
    SeenColumn *items;
    size_t n, cap;
    uint32_t *buckets;
    size_t n_buckets;
    size_t next; /* where the column that follows the last one stands, if records are alike */
    int64_t n_rows;
    bool is_full;         /* more columns were met than are kept */
    bool has_loose_times; /* "2026-11-24 10:44:33" and "2026-11-24" are times, too */
} SeenColumns;

SeenColumn *seen_column(SeenColumns *s, Str name); /* added when new */
const SeenColumn *seen_find(const SeenColumns *s, Str name);
/* Notes the members of a row object (valid JSON), or one cell. */
void seen_object(SeenColumns *s, Str object);
void seen_json(SeenColumn *c, Str raw);
void seen_cell(SeenColumn *c, Str text);
/* The narrowest type that loses nothing of what was seen. */
Type seen_type(const SeenColumn *c);
/* Types by the suffixes of AzureDiagnostics and custom tables: _s, _d, _b, _t, _g. TYPE_ERROR when
 * none. */
Type suffix_type(Str column);

#endif
