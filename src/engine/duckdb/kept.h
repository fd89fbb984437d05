/*
 * kept.h: tables of the engine that hold what several results of a query share.
 */
#ifndef QUARRY_KEPT_H
#define QUARRY_KEPT_H

#include "engine/duckdb/lower.h"

struct Kept {
    Engine *engine;
    Arena *arena;
    SharedRel
        *tables; /* share and table; the table has the share's columns and those of its order */
    size_t n, cap;
};

/* The table of a share, or NULL; `k` may be NULL. */
const Rel *kept_find(const Kept *k, uint32_t share_id);

#endif
