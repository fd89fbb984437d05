/*
 * raw_search.h: looking for bytes in the raw text of a record, and for escapes that could hide them.
 */
#ifndef QUARRY_SOURCES_RAW_SEARCH_H
#define QUARRY_SOURCES_RAW_SEARCH_H

#include "base/base.h"

/* Bytes by the characters that escapes can spell: ASCII ones each, the others as one. */
typedef struct Spelled {
    uint64_t ascii[2];
    bool has_high;
} Spelled;

/* A run of bytes to look for. Refers to its text. */
typedef struct RawRun {
    Str text;
    size_t a, b;                     /* offsets of the two bytes that are looked for together */
    unsigned char first, first_mask; /* byte x may be the one at `a` when (x | mask) == first */
    unsigned char second, second_mask;
    bool ignores_case; /* ASCII letters in either case */
    Spelled spelled;   /* characters of which an escape could spell a part of it */
} RawRun;

/* `text` is not empty. */
RawRun raw_run_make(Str text, bool ignores_case);
/* Notes another character whose escape may hide the run. */
void raw_run_note(RawRun *run, unsigned char c);
/* Offset of the run in `raw` at or behind `from`, or SIZE_MAX. */
size_t raw_run_find(const RawRun *run, Str raw, size_t from);
/* Whether it stands there; false where too little text is left. */
bool raw_run_is_at(const RawRun *run, Str raw, size_t at);
/* What the escape at `at` spells, a backslash that u or / follows. */
Spelled raw_spelled_at(Str raw, size_t at);
/* What the escapes \uXXXX and \/ of a JSON text spell. */
Spelled raw_spelled(Str raw);
static inline bool spelled_meets(const Spelled *a, const Spelled *b) {
    return (a->ascii[0] & b->ascii[0]) || (a->ascii[1] & b->ascii[1]) ||
           (a->has_high && b->has_high);
}

#endif
