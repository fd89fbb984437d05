#include "session/session.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ticks.h"
#include "session/before_fault.h"
#include "sources/places.h"
#include "syntax/syntax.h"

struct Session {
    SessionOptions options;
    QueryContext context;
    KnownSchemas *schemas;
    DataSet *data;
    SchemaProvider provider;
    Places *places;              /* NULL: no database of places */
    pthread_mutex_t engine_lock; /* the engine is opened by the first query that runs */
    Engine *engine;
};

/* -------------------------------------------------------------- installed files */

static bool folder_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool session_find_share(const char *name, char *out, size_t size) {
    char exe[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (len > 0) {
        exe[len] = 0;
        char *slash = strrchr(exe, '/');
        if (slash) *slash = 0;
        /* a build tree (build/quarry, build/asan/quarry), then an installation (bin/quarry) */
        static const char *const places[] = {"..", "../..", "../share/quarry", "../../..",
                                             "../../../.."};
        for (size_t i = 0; i < COUNT_OF(places); i++) {
            int n = snprintf(out, size, "%s/%s/%s", exe, places[i], name);
            if (n <= 0 || (size_t)n >= size || !folder_exists(out)) continue;
            char plain[PATH_MAX]; /* without the steps up */
            if (realpath(out, plain) && strlen(plain) < size) memcpy(out, plain, strlen(plain) + 1);
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- open and close */

static Status open_schemas(Session *s, Diags *diags) {
    char found[PATH_MAX];
    const char *dir = s->options.schemas_dir;
    if (!dir) {
        if (!session_find_share("schemas", found, sizeof found)) {
            diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY300",
                     "the table schemas were not found beside the program")
                ->hint = STR("say where they are with --schemas DIR");
            return DATA;
        }
        dir = found;
    }
    return known_schemas_open(dir, diags, &s->schemas);
}

static void report_progress(void *ctx, double share) {
    Session *s = ctx;
    ScanStats stats = {0};
    if (s->data) stats = dataset_stats(s->data);
    s->options.progress(s->options.progress_ctx, share, &stats);
}

Status session_open(const SessionOptions *options, Diags *diags, Session **ret) {
    Session *s = calloc(1, sizeof *s);
    if (!s) return INTERNAL;
    s->options = *options;
    s->options.data.cancel = options->cancel;
    s->options.data.progress = options->progress ? report_progress : NULL;
    s->options.data.progress_ctx = s;
    s->context = (QueryContext){.now_ticks = options->now_ticks ? options->now_ticks : ticks_now(),
                                .cluster = "local",
                                .database = "quarry"};
    pthread_mutex_init(&s->engine_lock, NULL);
    Status status = open_schemas(s, diags);
    if (status == OK && options->geoip) {
        status = places_open(options->geoip, diags, &s->places);
        s->context.places = s->places;
        s->context.place_of = places_look_up;
    }
    if (status == OK && !options->has_data) status = data_check_zone(&options->data, diags);
    if (status == OK && options->has_data)
        status = dataset_open(&s->options.data, s->schemas, diags, &s->data);
    if (status != OK) {
        session_close(s);
        return status;
    }
    s->provider = s->data ? dataset_provider(s->data) : known_schemas_provider(s->schemas);
    *ret = s;
    return OK;
}

void session_close(Session *s) {
    if (!s) return;
    engine_close(s->engine);
    dataset_free(s->data);
    places_close(s->places);
    known_schemas_free(s->schemas);
    pthread_mutex_destroy(&s->engine_lock);
    free(s);
}

const KnownSchemas *session_schemas(const Session *s) { return s->schemas; }
DataSet *session_data(Session *s) { return s->data; }
SchemaProvider session_provider(const Session *s) { return s->provider; }
const QueryContext *session_context(const Session *s) { return &s->context; }

Status session_engine(Session *s, Diags *diags, Engine **ret) {
    pthread_mutex_lock(&s->engine_lock);
    Status status = OK;
    if (!s->engine) {
        EngineOptions options = {.n_threads = s->options.n_threads,
                                 .memory_bytes = s->options.memory_bytes,
                                 .data = s->data,
                                 .ends_with_program = s->options.ends_with_program};
        status = engine_open(&options, diags, &s->engine);
    }
    *ret = s->engine;
    pthread_mutex_unlock(&s->engine_lock);
    return status;
}

/* ------------------------------------------------------------------ whole results */

Value batch_value(const ColumnBatch *batch, uint32_t column, uint32_t row) {
    const ColumnVector *v = &batch->columns[column];
    Value value = value_null(v->type);
    if (v->type != TYPE_STRING && v->valid && !v->valid[row]) return value;
    value.is_null = false;
    switch (v->type) {
    case TYPE_BOOL: value.u.b = v->u.b[row] != 0; break;
    case TYPE_INT: value.u.i = v->u.i[row]; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: value.u.l = v->u.l[row]; break;
    case TYPE_REAL: value.u.r = v->u.r[row]; break;
    case TYPE_DECIMAL: value.u.d = v->u.d[row]; break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: value.u.s = v->u.s[row]; break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return value;
}

static Value value_copy(Arena *arena, Value v) {
    if (!v.is_null && (TYPE_BIT(v.type) & (TS_STRING | TS_GUID | TS_DYNAMIC)))
        v.u.s = arena_str(arena, v.u.s);
    return v;
}

static Status gather(Run *run, Diags *diags, Arena *arena, size_t max_rows, Rows *rows) {
    size_t width = rows->schema.n, cap = 0;
    for (;;) {
        ColumnBatch *batch;
        TRY(run_next(run, diags, &batch));
        if (batch->n_rows == 0) return OK;
        if (max_rows && rows->n_rows + batch->n_rows > max_rows) {
            diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY310",
                     "the result has more than %zu rows", max_rows)
                ->hint = STR("raise --max-rows, or narrow the query");
            return LIMIT;
        }
        size_t used = rows->n_rows * width, need = used + (size_t)batch->n_rows * width;
        if (need > cap || !rows->cells)
            rows->cells = arena_grow(arena, rows->cells, used, &cap, need, sizeof *rows->cells);
        for (uint32_t r = 0; r < batch->n_rows; r++)
            for (uint32_t c = 0; c < width; c++)
                rows->cells[used++] = value_copy(arena, batch_value(batch, c, r));
        rows->n_rows += batch->n_rows;
    }
}

/* --------------------------------------------------------------------- queries */

/* What binding needs while it runs a plan. */
typedef struct EarlyRun {
    Session *session;
    const RewriteOptions *rewrite;
} EarlyRun;

/* Runs a part of a query before the whole is bound: see BindOptions.rows. */
static Status run_early(void *self, Plan *plan, Arena *arena, size_t max_rows, Diags *diags,
                        Value **ret_cells, size_t *ret_n_rows) {
    EarlyRun *e = self;
    Engine *engine;
    Run *run;
    TRY(plan_optimise(arena, plan, e->rewrite, diags, &plan));
    TRY(session_engine(e->session, diags, &engine));
    RunOptions options = session_run_options(e->session);
    options.max_rows = 0;
    TRY(engine_run(engine, plan, &options, diags, &run));
    Rows rows = {.schema = plan->schema};
    Status status = gather(run, diags, arena, max_rows, &rows);
    run_free(run);
    *ret_cells = rows.cells;
    *ret_n_rows = rows.n_rows;
    return status;
}

static Status refuse_several(Query *q) {
    diag_add(&q->diags, SEVERITY_ERROR, PHASE_SEMANTICS, q->bound.results[1].span, "QY225",
             "A rule has one result; this query has %u.", q->bound.n_results)
        ->hint = STR("quarry query shows several results; of a rule keep one, or unite them");
    return INVALID;
}

/* The results with their parts of the optimised plan. */
static void list_results(Query *q) {
    uint32_t n = q->bound.n_results;
    q->results = ARENA_ARRAY(q->arena, QueryResult, n);
    q->n_results = n;
    for (uint32_t i = 0; i < n; i++) {
        q->results[i] = q->bound.results[i];
        q->results[i].plan = n == 1 ? q->plan : q->plan->inputs[i];
    }
}

static Status prepare(Session *s, Query *q, const QueryOptions *options) {
    Arena *arena = q->arena;
    Span whole = {0, (uint32_t)(q->text.len < UINT32_MAX ? q->text.len : UINT32_MAX)};
    Span part = options && options->part.len ? options->part : whole;
    Status parsed = syntax_parse_part(arena, q->text, part, &q->diags, &q->syntax);
    bool binds_only = options && options->binds_only;
    RewriteOptions rewrite = {.query = &s->context,
                              .disabled = s->options.disabled_rewrites,
                              .unwraps_urls = options && options->unwraps_urls};
    EarlyRun early = {.session = s, .rewrite = &rewrite};
    SchemaProvider provider = s->provider;
    if (!binds_only && !s->data) provider.match = NULL; /* no tables are at hand for `union *` */
    BindOptions bind = {.schemas = &provider,
                        .query = &s->context,
                        .rows = binds_only ? NULL : run_early,
                        .rows_self = &early,
                        .binds_only = binds_only,
                        .advice = binds_only ? &q->diags : &q->advice};
    if (parsed == INVALID) bind_before_fault(arena, q->text, part, &bind, &q->diags);
    TRY(parsed);
    TRY(bind_query(arena, &q->syntax, &bind, &q->diags, &q->bound));
    if (options && options->has_one_result && q->bound.n_results > 1) return refuse_several(q);
    if (binds_only) return OK;
    q->context = s->context;
    if (!q->bound.now.is_null) q->context.now_ticks = q->bound.now.u.l;
    rewrite.query = &q->context;
    TRY(plan_optimise(arena, q->bound.plan, &rewrite, &q->diags, &q->plan));
    list_results(q);
    return OK;
}

Query *session_prepare(Session *s, Str text, const QueryOptions *options) {
    Arena *arena = arena_new();
    Query *q = ARENA_NEW(arena, Query);
    q->arena = arena;
    q->text = options && options->part.len ? text : arena_str(arena, text);
    diags_init(&q->diags, arena);
    diags_init(&q->advice, arena);
    if (s->options.timeout_ms > 0) q->diags.deadline_ms = clock_ms() + s->options.timeout_ms;
    q->status = prepare(s, q, options);
    q->diags.deadline_ms = 0; /* its run has a time of its own */
    return q;
}

void query_free(Query *q) {
    if (!q) return;
    kept_free(q->kept);
    arena_free(q->arena);
}

RunOptions session_run_options(Session *s) {
    return (RunOptions){.query = &s->context,
                        .timeout_ms = s->options.timeout_ms,
                        .max_rows = s->options.max_rows,
                        .cancel = s->options.cancel,
                        .progress = s->options.progress ? report_progress : NULL,
                        .progress_ctx = s};
}

/* Plans that more than one result reads are run before the first result. */
static Status keep_shared(Session *s, Query *q, Engine *engine) {
    if (q->kept || q->n_results < 2) return OK;
    RunOptions options = session_run_options(s);
    options.max_rows = 0;
    options.query = &q->context;
    return engine_keep(engine, q->plan, &options, &q->diags, &q->kept);
}

/* What it takes to run a result: the engine and the options. */
static Status make_ready(Session *s, Query *q, Engine **ret_engine, RunOptions *ret_options) {
    if (q->status != OK) return q->status;
    TRY(session_engine(s, &q->diags, ret_engine));
    TRY(keep_shared(s, q, *ret_engine));
    *ret_options = session_run_options(s);
    ret_options->query = &q->context;
    ret_options->kept = q->kept;
    return OK;
}

Status session_run(Session *s, Query *q, uint32_t result, Run **ret_run) {
    Engine *engine;
    RunOptions options;
    TRY(make_ready(s, q, &engine, &options));
    return engine_run(engine, q->results[result].plan, &options, &q->diags, ret_run);
}

Status session_parquet(Session *s, Query *q, uint32_t result, const char *path) {
    Engine *engine;
    RunOptions options;
    TRY(make_ready(s, q, &engine, &options));
    return engine_write_parquet(engine, q->results[result].plan, &options, path, &q->diags);
}

Status session_result_rows(Session *s, Query *q, uint32_t result, Arena *arena, size_t max_rows,
                           Rows *ret_rows) {
    Run *run;
    TRY(session_run(s, q, result, &run));
    Rows rows = {.schema = q->results[result].plan->schema};
    const Column *columns = rows.schema.items;
    rows.schema.items = ARENA_ARRAY(arena, Column, rows.schema.n);
    for (uint32_t i = 0; i < rows.schema.n; i++) {
        rows.schema.items[i] = columns[i];
        rows.schema.items[i].name = arena_str(arena, rows.schema.items[i].name);
    }
    Status status = gather(run, &q->diags, arena, max_rows, &rows);
    run_free(run);
    if (status == OK) *ret_rows = rows;
    return status;
}

Status session_rows(Session *s, Query *q, Arena *arena, size_t max_rows, Rows *ret_rows) {
    return session_result_rows(s, q, 0, arena, max_rows, ret_rows);
}
