/*
 * engine.h: runs an optimised plan and streams its rows.
 *
 * One Engine is open for the life of a process and may run many queries at once, each on its own
 * thread. Behind it stands the embedded SQL engine with our kernels and scans; only
 * src/engine/duckdb knows that. It is locked down: no file or network access but the data's paths.
 */
#ifndef QUARRY_ENGINE_H
#define QUARRY_ENGINE_H

#include "plan/plan.h"
#include "sources/sources.h"

typedef struct EngineOptions {
    unsigned n_threads;     /* 0: all cores */
    int64_t memory_bytes;   /* 0: 70 % of the machine's */
    const char *temp_dir;   /* spill; NULL: a private folder under TMPDIR, removed at close */
    DataSet *data;          /* NULL: no tables (print, datatable, range) */
    bool ends_with_program; /* closing it only stops it and removes its files: the system takes its
                               memory back, which is quicker than taking it apart */
} EngineOptions;

typedef struct Engine Engine;
NODISCARD Status engine_open(const EngineOptions *options, Diags *diags, Engine **ret);
void engine_close(Engine *e);

typedef struct Kept Kept;

typedef struct RunOptions {
    const QueryContext *query;
    int64_t timeout_ms;         /* 0: none */
    int64_t max_rows;           /* 0: no limit; past it the run ends with LIMIT and a diagnostic */
    const volatile int *cancel; /* set to non-zero by a signal handler or another thread; or NULL */
    /* Called now and then from the running thread with a share done in [0, 1] or -1; may be NULL. */
    void (*progress)(void *ctx, double share);
    void *progress_ctx;
    const Kept *kept; /* rows of shared plans that are there already, or NULL */
} RunOptions;

/*
 * Computes what several results of a PLAN_RESULTS share, once, so that each of them may run by itself with
 * RunOptions.kept. The rows spill to disk as those of a run do. *ret is never NULL on OK. Free it before the
 * engine is closed, and after the runs that use it.
 */
NODISCARD Status engine_keep(Engine *e, const Plan *results, const RunOptions *options,
                             Diags *diags, Kept **ret);
/* Accepts NULL. */
void kept_free(Kept *k);

typedef struct Run Run;
/* Starts a plan. Diagnostics point into the query text through the plan's spans. */
NODISCARD Status engine_run(Engine *e, const Plan *plan, const RunOptions *options, Diags *diags,
                            Run **ret);
/* The next batch of rows in the plan's schema order; n_rows == 0 at the end. Owned by the run. */
NODISCARD Status run_next(Run *r, Diags *diags, ColumnBatch **ret_batch);
/* Stops early if need be and frees. Accepts NULL. */
void run_free(Run *r);

/* The SQL that a plan lowers to, pretty enough to read: for `explain`. */
NODISCARD Status engine_sql(Engine *e, const Plan *plan, Diags *diags, Arena *arena, Str *ret_sql);
/* Writes a run's rows as Parquet (zstd) to a path that the caller allowed. */
NODISCARD Status engine_write_parquet(Engine *e, const Plan *plan, const RunOptions *options,
                                      const char *path, Diags *diags);

#endif
