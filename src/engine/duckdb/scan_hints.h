/*
 * scan_hints.h: from conjuncts to what a scan can test on raw records: literals and time bounds.
 */
#ifndef QUARRY_SCAN_HINTS_H
#define QUARRY_SCAN_HINTS_H

#include "engine/duckdb/engine_internal.h"

static inline bool is_named(const Expr *e, const char *name) {
    return e->kind == EXPR_CALL && strcmp(e->u.fn->name, name) == 0;
}

/* Fills needles and bounds of the slot from the scan's early conjuncts. Only ever a superset
 * filter. */
void scan_hints_find(Arena *arena, const Plan *scan, ScanSlot *slot);

/* What they say of a column of type datetime, or, for NULL, of TimeGenerated or Timestamp, whichever
 * they name first: inclusive, INT64_MIN and INT64_MAX when nothing. */
void scan_time_bounds(const Plan *scan, const Column *column, int64_t *ret_from, int64_t *ret_to);

/* Texts of which a record that meets a condition holds at least one, or each (`are_all`). */
typedef struct ScanTexts {
    Str *items;
    size_t n, cap;
    bool ignores_case, is_nested, are_all;
} ScanTexts;
enum { SCAN_TEXTS_DEPTH = 200 }; /* of and and or in each other */
/* False when nothing is known. */
bool scan_texts_find(Arena *arena, const Plan *scan, const Expr *e, unsigned depth, ScanTexts *ret);

/* What the scan's early conditions say of the parts of a lake. Lives in the arena. */
void part_hints_find(Arena *arena, const Plan *scan, PartFilter *ret);

#endif
