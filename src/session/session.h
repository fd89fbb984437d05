/*
 * session.h: one open data set and engine, and queries run over them: text in, rows out.
 *
 * The one place that strings the stages together: parse, bind, rewrite, run. The hunt and the
 * shells use this and not the stages.
 */
#ifndef QUARRY_SESSION_H
#define QUARRY_SESSION_H

#include "engine/engine.h"

typedef struct SessionOptions {
    DataOptions data;
    const char *geoip;       /* database of places, or NULL */
    const char *schemas_dir; /* NULL: beside the program, then the installed place */
    unsigned n_threads;
    int64_t memory_bytes;
    int64_t timeout_ms, max_rows;
    int64_t now_ticks; /* 0: the clock, read once at session start */
    const volatile int *cancel;
    const char *const *disabled_rewrites;
    void (*progress)(void *ctx, double share, const ScanStats *stats);
    void *progress_ctx;
    bool has_data;          /* false: check only; no engine is opened until a query runs */
    bool ends_with_program; /* see EngineOptions */
} SessionOptions;

typedef struct Session Session;
NODISCARD Status session_open(const SessionOptions *options, Diags *diags, Session **ret);
void session_close(Session *s);
const KnownSchemas *session_schemas(const Session *s);
DataSet *session_data(Session *s);                 /* NULL without data */
SchemaProvider session_provider(const Session *s); /* the data's tables, or the known ones */
const QueryContext *session_context(const Session *s);

/* The engine, opened when first asked for. */
NODISCARD Status session_engine(Session *s, Diags *diags, Engine **ret);
/* How this session runs plans: limits, cancelling, progress. */
RunOptions session_run_options(Session *s);
/* Finds a folder that comes with the program ("schemas", "content"): in the build tree or the
 * installation. False when there is none. */
bool session_find_share(const char *name, char *out, size_t size);

/* A parsed, bound and optimised query; all in one arena of its own. */
typedef struct Query {
    Arena *arena;
    Str text;
    Syntax syntax;
    BoundQuery bound;
    QueryContext context; /* the session's, with the time that the query sets */
    Plan *plan;           /* optimised, as bound.plan; NULL when not OK */
    QueryResult *results; /* one or several, each with its optimised plan; none when not OK */
    uint32_t n_results;
    Kept *kept; /* rows that several results share, once the first has run */
    Diags diags;
    Diags advice; /* see bind_advice.c; of a check it stands in `diags` */
    Status status;
} Query;

typedef struct QueryOptions {
    bool unwraps_urls;   /* see RewriteOptions */
    bool binds_only;     /* check: no rewrites */
    Span part;           /* of the text, by syntax_split; its length 0: the text is one query */
    bool has_one_result; /* what reads it has room for one: several are an error */
} QueryOptions;

/* Never NULL. The text is copied, but must outlive the query when only a part of it is meant. Free with
 * query_free. */
Query *session_prepare(Session *s, Str text, const QueryOptions *options);
void query_free(Query *q);

/* Runs a result of a prepared query; run-time diagnostics go to q->diags. Rows that several results share
 * are computed when the first of them runs. */
NODISCARD Status session_run(Session *s, Query *q, uint32_t result, Run **ret_run);

/* Writes a result as Parquet (zstd) to a path that the caller allowed. */
NODISCARD Status session_parquet(Session *s, Query *q, uint32_t result, const char *path);

/* A whole result in memory, for hunts and tests: rows x columns of Values in an arena. */
typedef struct Rows {
    Schema schema;
    Value *cells; /* n_rows * schema.n */
    size_t n_rows;
} Rows;
/* Runs a query and gathers all rows of its first result; LIMIT when there are more than max_rows (0: the
 * session's limit). */
NODISCARD Status session_rows(Session *s, Query *q, Arena *arena, size_t max_rows, Rows *ret_rows);
/* The same of any of its results. */
NODISCARD Status session_result_rows(Session *s, Query *q, uint32_t result, Arena *arena,
                                     size_t max_rows, Rows *ret_rows);

/* One cell of a batch. Its text is the batch's. */
Value batch_value(const ColumnBatch *batch, uint32_t column, uint32_t row);

#endif
