/*
 * fuse.h: several calls in a row that one kernel answers at once.
 */
#ifndef QUARRY_ENGINE_DUCKDB_FUSE_H
#define QUARRY_ENGINE_DUCKDB_FUSE_H

#include "plan/plan.h"

/*
 * The call to lower in place of `e`: `e` itself where nothing can be saved, else a new call in the
 * arena that gives the same value. For lowering only: plans keep the calls as they were written,
 * which is what rewrites and hints for scans look at.
 */
const Expr *fuse_calls(Arena *arena, const Expr *e);

#endif
