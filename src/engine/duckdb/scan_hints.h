/*
 * scan_hints.h: from conjuncts to what a scan can test on raw records: literals and time bounds.
 */
#ifndef QUARRY_SCAN_HINTS_H
#define QUARRY_SCAN_HINTS_H

#include "engine/duckdb/engine_internal.h"

/* Fills needles and bounds of the slot from the scan's early conjuncts. Only ever a superset
 * filter. */
void scan_hints_find(Arena *arena, const Plan *scan, ScanSlot *slot);

#endif
