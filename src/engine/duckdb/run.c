/*
 * run.c: one query over the engine: prepared, started, streamed, stopped.
 *
 * Each run has its own connection, so that many run at once and one can be interrupted. Chunks of
 * the engine become batches without copies where the representation is the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/duckdb/engine_internal.h"
#include "engine/duckdb/sql_writer.h"

static void tell_progress(Run *r) {
    if (!r->options.progress) return;
    duckdb_query_progress_type progress = duckdb_query_progress(r->connection);
    double share = progress.percentage;
    r->options.progress(r->options.progress_ctx, share < 0 ? -1 : share > 100 ? 1 : share / 100);
}

/* ----------------------------------------------------------------- starting */

static bool is_type(duckdb_type engine_type, Type t) {
    switch (t) {
    case TYPE_BOOL: return engine_type == DUCKDB_TYPE_BOOLEAN;
    case TYPE_INT: return engine_type == DUCKDB_TYPE_INTEGER;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return engine_type == DUCKDB_TYPE_BIGINT;
    case TYPE_REAL: return engine_type == DUCKDB_TYPE_DOUBLE;
    case TYPE_DECIMAL: return engine_type == DUCKDB_TYPE_HUGEINT;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: return engine_type == DUCKDB_TYPE_VARCHAR;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

/* A lowering that gives another type than the plan says would be read wrongly: refuse it. */
static Status check_columns(Run *r, Diags *diags) {
    const Schema *schema = &r->lowered.plan->schema;
    for (uint32_t i = 0; i < schema->n; i++) {
        duckdb_type got = duckdb_column_type(&r->result, i);
        if (is_type(got, schema->items[i].type)) continue;
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, r->lowered.plan->span, "QY990",
                 "internal error: column %.*s should be %s, the engine makes another type (%d)",
                 STR_ARG(schema->items[i].name), type_name(schema->items[i].type), (int)got);
        return INTERNAL;
    }
    return OK;
}

/*
 * A statement that reads Parquet is bound again when it is executed, since files change: every file
 * would be opened twice to learn its columns, and the plan be made twice. A parameter without a value
 * ends the first time at the first such scan.
 */
static void bind_late(Run *r) {
    if (duckdb_nparams(r->statement)) (void)duckdb_bind_boolean(r->statement, 1, false);
}

static Status prepare(Run *r, Diags *diags) {
    duckdb_client_context context = NULL;
    if (duckdb_connect(r->engine->database, &r->connection) != DuckDBSuccess)
        return error_to_diag(r, "no connection", DUCKDB_ERROR_CONNECTION, diags);
    duckdb_connection_get_client_context(r->connection, &context);
    r->connection_id = duckdb_client_context_get_connection_id(context);
    duckdb_destroy_client_context(&context);
    run_keys_make(r);
    engine_add_run(r->engine, r);
    run_is_planning = true;
    duckdb_state state = duckdb_prepare(r->connection, r->lowered.sql.ptr, &r->statement);
    run_is_planning = false;
    if (state != DuckDBSuccess)
        return error_to_diag(r, duckdb_prepare_error(r->statement), DUCKDB_ERROR_BINDER, diags);
    bind_late(r);
    return OK;
}

static Status fail_pending(Run *r, Diags *diags) {
    /* The pending result tells its message only, and only until the result is fetched, which tells the
     * type. */
    duckdb_error_type type = DUCKDB_ERROR_INVALID;
    duckdb_result result;
    memset(&result, 0, sizeof result);
    const char *message = arena_cstr(r->arena, str_of(duckdb_pending_error(r->pending)));
    if (duckdb_execute_pending(r->pending, &result) != DuckDBSuccess)
        type = duckdb_result_error_type(&result);
    Status status = error_to_diag(r, message, type, diags);
    duckdb_destroy_result(&result);
    return status;
}

/* Works on the query's tasks until its first rows can be fetched. */
/* Other threads do the work: looking for some too often would take theirs. */
enum { SHORTEST_PAUSE_US = 100, LONGEST_PAUSE_US = 1600 };

static Status start(Run *r, bool is_streaming, Diags *diags) {
    run_is_planning = true;
    duckdb_state state = is_streaming ? duckdb_pending_prepared_streaming(r->statement, &r->pending)
                                      : duckdb_pending_prepared(r->statement, &r->pending);
    run_is_planning = false;
    if (state != DuckDBSuccess) return fail_pending(r, diags);
    int64_t told_ms = clock_ms();
    unsigned pause_us = SHORTEST_PAUSE_US;
    while (true) {
        duckdb_pending_state step = duckdb_pending_execute_task(r->pending);
        if (step == DUCKDB_PENDING_ERROR) return fail_pending(r, diags);
        if (duckdb_pending_execution_is_finished(step)) break;
        bool is_idle = step == DUCKDB_PENDING_NO_TASKS_AVAILABLE;
        if (is_idle) usleep(pause_us);
        if (!is_idle) pause_us = SHORTEST_PAUSE_US;
        else if (pause_us < LONGEST_PAUSE_US) pause_us *= 2;
        if (clock_ms() - told_ms < 100) continue;
        told_ms = clock_ms();
        tell_progress(r);
    }
    if (duckdb_execute_pending(r->pending, &r->result) != DuckDBSuccess)
        return error_to_diag(r, duckdb_result_error(&r->result),
                             duckdb_result_error_type(&r->result), diags);
    r->has_result = true;
    return OK;
}

static Run *run_new(Engine *e, const Lowered *lowered, Arena *arena, const RunOptions *options) {
    Run *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->engine = e;
    r->arena = arena;
    r->lowered = *lowered;
    r->options = *options;
    if (options->query) r->query = *options->query;
    r->query.stop = &r->stop;
    if (options->timeout_ms > 0) r->deadline_ms = clock_ms() + options->timeout_ms;
    return r;
}

Status run_start(Engine *e, const Lowered *lowered, Arena *arena, const RunOptions *options,
                 Diags *diags, Run **ret) {
    Run *r = run_new(e, lowered, arena, options);
    Status status = prepare(r, diags);
    if (status == OK) status = start(r, true, diags);
    if (status == OK) status = check_columns(r, diags);
    if (status != OK) {
        run_free(r);
        return status;
    }
    *ret = r;
    return OK;
}

Status engine_run(Engine *e, const Plan *plan, const RunOptions *options, Diags *diags, Run **ret) {
    Arena *arena = arena_new();
    Lowered lowered;
    LowerOptions how = {.kept = options->kept, .binds_late = true};
    int64_t former = diags->deadline_ms;
    if (options->timeout_ms > 0) diags->deadline_ms = clock_ms() + options->timeout_ms;
    Status status = lower_plan(e, plan, &how, arena, diags, &lowered);
    diags->deadline_ms = former;
    if (status != OK) {
        arena_free(arena);
        return status;
    }
    return run_start(e, &lowered, arena, options, diags, ret);
}

Status run_whole(Engine *e, const Lowered *lowered, Arena *arena, const RunOptions *options,
                 Diags *diags) {
    Run *r = run_new(e, lowered, arena, options);
    Status status = prepare(r, diags);
    if (status == OK) status = start(r, false, diags);
    r->is_done = true;
    run_free(r);
    return status;
}

void run_free(Run *r) {
    if (!r) return;
    if (r->chunk) duckdb_destroy_data_chunk(&r->chunk);
    if (r->connection && !r->is_done) duckdb_interrupt(r->connection);
    if (r->has_result) duckdb_destroy_result(&r->result);
    if (r->pending) duckdb_destroy_pending(&r->pending);
    if (r->statement) duckdb_destroy_prepare(&r->statement);
    engine_remove_run(r->engine, r);
    if (r->connection) duckdb_disconnect(&r->connection);
    run_keys_free(r);
    lost_values_free(atomic_load(&r->lost));
    free(atomic_load(&r->first_error));
    arena_free(r->arena);
    free(r);
}

/* ---------------------------------------------------------------- fetching */

static void batch_make(Run *r) {
    const Schema *schema = &r->lowered.plan->schema;
    idx_t room = duckdb_vector_size();
    r->batch.n_columns = schema->n;
    r->batch.columns = ARENA_ARRAY(r->arena, ColumnVector, schema->n + 1);
    for (uint32_t i = 0; i < schema->n; i++) {
        ColumnVector *v = &r->batch.columns[i];
        v->type = schema->items[i].type;
        v->valid = ARENA_ARRAY(r->arena, uint8_t, room);
        bool is_text = v->type == TYPE_STRING || v->type == TYPE_GUID || v->type == TYPE_DYNAMIC;
        if (is_text) v->u.s = ARENA_ARRAY(r->arena, Str, room);
    }
}

static void fill_texts(ColumnVector *v, const VectorReader *reader, idx_t n) {
    for (idx_t row = 0; row < n; row++) {
        v->u.s[row] = STR_EMPTY;
        if (!v->valid[row]) continue;
        duckdb_string_t *s = (duckdb_string_t *)reader->data + row;
        v->u.s[row] = (Str){duckdb_string_t_data(s), duckdb_string_t_length(*s)};
    }
}

static void fill_column(ColumnVector *v, duckdb_vector vector, idx_t n) {
    VectorReader reader = vector_reader(vector, v->type);
    if (!reader.mask) memset(v->valid, 1, n);
    else
        for (idx_t row = 0; row < n; row++) v->valid[row] = vector_is_valid(&reader, row);
    switch (v->type) {
    case TYPE_BOOL: v->u.b = reader.data; break;
    case TYPE_INT: v->u.i = reader.data; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: v->u.l = reader.data; break;
    case TYPE_REAL: v->u.r = reader.data; break;
    case TYPE_DECIMAL: v->u.d = reader.data; break;
    case TYPE_STRING:
        fill_texts(v, &reader, n);
        memset(v->valid, 1, n);
        break;
    case TYPE_GUID:
    case TYPE_DYNAMIC: fill_texts(v, &reader, n); break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
}

static Status check_rows(Run *r, idx_t n, Diags *diags) {
    r->n_rows += (int64_t)n;
    if (!r->options.max_rows || r->n_rows <= r->options.max_rows) return OK;
    Diag *d = diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY536",
                       "the result has more than %lld rows", (long long)r->options.max_rows);
    d->hint = STR("raise --max-rows, or end the query with take, top or summarize");
    return LIMIT;
}

Status run_next(Run *r, Diags *diags, ColumnBatch **ret_batch) {
    if (!r->batch.columns) batch_make(r);
    if (r->chunk) duckdb_destroy_data_chunk(&r->chunk);
    r->batch.n_rows = 0;
    *ret_batch = &r->batch;
    if (r->is_done) return OK;
    tell_progress(r);
    r->chunk = duckdb_fetch_chunk(r->result);
    const char *error = duckdb_result_error(&r->result);
    if (error && *error)
        return error_to_diag(r, error, duckdb_result_error_type(&r->result), diags);
    if (!r->chunk && r->stop != STOP_NONE)
        return error_to_diag(r, "", DUCKDB_ERROR_INTERRUPT, diags);
    if (!r->chunk) {
        const char *note = atomic_load(&r->note);
        if (note) diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0}, "QY539", "%s", note);
        r->is_done = true;
        return OK;
    }
    idx_t n = duckdb_data_chunk_get_size(r->chunk);
    if (!n) return run_next(r, diags, ret_batch);
    TRY(check_rows(r, n, diags));
    for (uint32_t i = 0; i < r->batch.n_columns; i++)
        fill_column(&r->batch.columns[i], duckdb_data_chunk_get_vector(r->chunk, i), n);
    r->batch.n_rows = (uint32_t)n;
    return OK;
}

/* ------------------------------------------------------------ other outputs */

Status engine_sql(Engine *e, const Plan *plan, Diags *diags, Arena *arena, Str *ret_sql) {
    Lowered lowered;
    LowerOptions how = {0};
    TRY(lower_plan(e, plan, &how, arena, diags, &lowered));
    *ret_sql = lowered.sql;
    return OK;
}

/* What is no regular file is written into, never replaced: a device, a pipe. */
static Status move_file(const char *from, const char *to, Diags *diags) {
    struct stat st;
    bool is_special = stat(to, &st) == 0 && !S_ISREG(st.st_mode);
    if (!is_special && rename(from, to) == 0) return OK;
    int in = open(from, O_RDONLY | O_CLOEXEC),
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = in >= 0 && out >= 0;
    char block[1 << 16];
    for (ssize_t n = 1; ok && n > 0;) {
        n = read(in, block, sizeof block);
        if (n < 0) ok = errno == EINTR ? (n = 1, true) : false;
        for (ssize_t at = 0; ok && at < n && n <= (ssize_t)sizeof block;) {
            ssize_t put = write(out, block + at, (size_t)(n - at));
            if (put < 0 && errno != EINTR) ok = false;
            if (put > 0) at += put;
        }
    }
    int why = errno;
    if (in >= 0) close(in);
    if (out >= 0 && close(out) != 0) ok = false;
    (void)unlink(from);
    if (ok) return OK;
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY534", "%s could not be written: %s",
             to, strerror(why));
    return ENGINE;
}

static Status copy_once(Engine *e, const Plan *plan, bool keeps_ticks, const RunOptions *options,
                        const char *path, Diags *diags) {
    Arena *arena = arena_new();
    Lowered lowered;
    LowerOptions how = {.for_parquet = true, .keeps_ticks = keeps_ticks, .kept = options->kept};
    Status status = lower_plan(e, plan, &how, arena, diags, &lowered);
    if (status != OK) {
        arena_free(arena);
        return status;
    }
    Buf sql = {0};
    buf_puts(&sql, "COPY (\n");
    buf_put(&sql, lowered.sql);
    buf_puts(&sql, "\n) TO ");
    sql_text(&sql, str_of(path));
    buf_puts(&sql, " (FORMAT parquet, COMPRESSION zstd)");
    lowered.sql = arena_str(arena, buf_str(&sql));
    buf_free(&sql);
    return run_whole(e, &lowered, arena, options, diags);
}

/* To the engine, names that differ only in case are one: it gives the later another. */
static void warn_case_twins(const Plan *plan, Diags *diags) {
    const Schema *s = &plan->schema;
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (str_eq_nocase(s->items[i].name, s->items[j].name))
                diag_add(
                    diags, SEVERITY_WARNING, PHASE_RUN, (Span){0}, "QY538",
                    "in a Parquet file the column %.*s gets another name: it differs from %.*s "
                    "only in case",
                    STR_ARG(s->items[i].name), STR_ARG(s->items[j].name));
}

/* Datetimes are written as TIMESTAMP_NS; when one lies outside its range (1677 to 2262), all are
 * written as BIGINT ticks instead, so that none is lost or changed. */
Status engine_write_parquet(Engine *e, const Plan *plan, const RunOptions *options,
                            const char *path, Diags *diags) {
    static volatile unsigned serial;
    Arena *arena = arena_new();
    unsigned number = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
    Str file = arena_printf(arena, "%s/%u.parquet", e->out_dir, number);
    Diags first;
    diags_init(&first, arena);
    Status status = copy_once(e, plan, false, options, file.ptr, &first);
    bool is_range = status == ENGINE && first.n && str_is(first.items[0].code, "QY533");
    if (is_range) status = copy_once(e, plan, true, options, file.ptr, diags);
    for (size_t i = 0; !is_range && i < first.n; i++) {
        const Diag *d = &first.items[i];
        diag_add(diags, d->severity, d->phase, d->span, arena_cstr(arena, d->code), "%.*s",
                 STR_ARG(d->message));
    }
    if (status == OK) warn_case_twins(plan, diags);
    if (status == OK) status = move_file(file.ptr, path, diags);
    else (void)unlink(file.ptr);
    arena_free(arena);
    return status;
}
