/*
 * losses.h: what could not be read, or not whole, counted by file with the first example.
 *
 * Each scan counts for itself and merges at its end; a file that several scans read keeps the
 * largest count, so that no line is told twice.
 */
#ifndef QUARRY_LOSSES_H
#define QUARRY_LOSSES_H

#include "base/base.h"
#include "base/type.h"

typedef enum LossKind {
    LOSS_LINE,    /* not a record: skipped */
    LOSS_VALUE,   /* a value that is not of its column's type: null */
    LOSS_TEXT,    /* invalid UTF-8 or a lone surrogate: U+FFFD in its place */
    LOSS_CELLS,   /* a CSV row with more or fewer cells than the header */
    LOSS_TWICE,   /* an object with a key twice: the last value counts */
    LOSS_FOREIGN, /* a record of a table that this file was not known to hold */
    LOSS_COLUMN, /* an object with a key that the records looked at did not hold: its value is not read */
    LOSS_KINDS
} LossKind;

enum { LOSS_EXAMPLE_BYTES = 200, LOSS_REASON_BYTES = 120 };

/* Where a record stands. */
typedef struct LossPlace {
    int64_t piece;  /* of a compressed file: the stored byte from which on the offset counts */
    int64_t offset; /* in the decompressed file, or from the piece on */
    int64_t line;   /* from 1; 0: to be counted (loss_place_count) */
} LossPlace;

typedef struct LossExample {
    LossPlace at;
    char reason[LOSS_REASON_BYTES];
    char bytes[LOSS_EXAMPLE_BYTES];
    uint16_t n_bytes;
    bool is_cut;
} LossExample;

typedef struct Losses {
    int64_t lines, bytes; /* read, of the scan that saw most */
    int64_t counts[LOSS_KINDS];
    LossExample *first[LOSS_KINDS]; /* on the heap */
    char *damage;                   /* the file as a whole, on the heap; NULL: none */
    LossPlace damage_at;            /* its offset is that of the stored byte */
    int64_t n_damages;              /* places; `damage` is the first */
} Losses;

/* Of one file: what was read of it, by the scan that saw most. */
typedef struct Amount {
    int64_t bytes, lines, skipped;
} Amount;

/* "ReportId is no long: abc", for a value of another type. */
void value_reason(char out[LOSS_REASON_BYTES], Str column, Type type, Str text);
/* Counts one; keeps it as the example when it stands before the one kept. */
void losses_add(Losses *l, LossKind kind, const char *reason, Str record, LossPlace at);
/* Notes what is wrong with the file as a whole, at its stored byte at.offset and, of `n` places in all,
 * behind it; at.piece is where the part begins of which it is told. */
void losses_add_damage(Losses *l, Str reason, LossPlace at, int64_t n);
/* Larger counts and earlier examples win. */
void losses_merge(Losses *into, Losses *from);
/* Takes what a scan read of a file of `size` bytes, beyond whose ends ranges may read a little twice. */
void amount_merge(Amount *into, const Losses *from, int64_t size);
void losses_free(Losses *l);
/* The record's bytes with everything but printable ASCII escaped: "a\x00b". */
Str losses_show(Arena *arena, const LossExample *e);
/* "not JSON", "value of another type", ... */
const char *loss_kind_name(LossKind kind);

#endif
