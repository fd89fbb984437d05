/*
 * scan_function.c: the sources' scan as a table function of the embedded engine.
 *
 * quarry_scan(table, slot) looks the slot up in the run behind its connection, opens one scan with
 * the projected columns and hands each engine thread a worker of it. The first argument only makes
 * the SQL readable.
 */
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"

typedef struct ScanBind {
    const ScanSlot *slot;
    Engine *engine;
    Run *run; /* its `stop` too: a scan that finds nothing must end as well */
} ScanBind;

static void scan_bind(duckdb_bind_info info) {
    Engine *e = duckdb_bind_get_extra_info(info);
    duckdb_client_context context = NULL;
    duckdb_table_function_get_client_context(info, &context);
    Run *run = engine_find_run(e, context);
    duckdb_destroy_client_context(&context);
    duckdb_value index = duckdb_bind_get_parameter(info, 1);
    int64_t at = duckdb_get_int64(index);
    duckdb_destroy_value(&index);
    if (!run || at < 0 || (uint64_t)at >= run->lowered.n_slots) {
        duckdb_bind_set_error(info, "a scan outside a run");
        return;
    }
    const ScanSlot *slot = &run->lowered.slots[at];
    for (uint32_t i = 0; i < slot->n_columns; i++) {
        duckdb_logical_type type = type_to_duckdb(slot->table->columns[slot->columns[i]].type);
        duckdb_bind_add_result_column(info, slot->names[i].ptr, type);
        duckdb_destroy_logical_type(&type);
    }
    if (!slot->n_columns) {
        duckdb_logical_type type = type_to_duckdb(TYPE_BOOL);
        duckdb_bind_add_result_column(info, "o0", type);
        duckdb_destroy_logical_type(&type);
    }
    if (slot->place.len) {
        duckdb_logical_type type = type_to_duckdb(TYPE_LONG);
        duckdb_bind_add_result_column(info, slot->place.ptr, type);
        duckdb_destroy_logical_type(&type);
    }
    ScanBind *bind = calloc(1, sizeof *bind);
    if (!bind) {
        duckdb_bind_set_error(info, "out of memory");
        return;
    }
    *bind = (ScanBind){.slot = slot, .engine = e, .run = run};
    duckdb_bind_set_bind_data(info, bind, free);
}

/* One opened scan, shared by the threads. */
typedef struct ScanShared {
    Scan *scan;
    Arena *arena;
    const ScanBind *bind;
    pthread_mutex_t lock;
    idx_t place; /* which of the projected columns tells a row's place; more than there are: none */
    bool has_begun; /* a worker was opened */
} ScanShared;

static void shared_free(void *data) {
    ScanShared *s = data;
    if (!s) return;
    scan_free(s->scan);
    arena_free(s->arena);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void scan_init(duckdb_init_info info) {
    const ScanBind *bind = duckdb_init_get_bind_data(info);
    const ScanSlot *slot = bind->slot;
    ScanShared *shared = calloc(1, sizeof *shared);
    if (!shared) {
        duckdb_init_set_error(info, "out of memory");
        return;
    }
    shared->arena = arena_new();
    shared->bind = bind;
    pthread_mutex_init(&shared->lock, NULL);
    idx_t n = duckdb_init_get_column_count(info);
    uint32_t *columns = ARENA_ARRAY(shared->arena, uint32_t, n + 1);
    uint32_t n_columns = 0;
    shared->place = n;
    for (idx_t i = 0; i < n; i++) {
        idx_t at = duckdb_init_get_column_index(info, i);
        if (at < slot->n_columns) columns[n_columns++] = slot->columns[at];
        else if (slot->place.len && at > 0) shared->place = i; /* o0 stands alone in front of it */
    }
    ScanSpec spec = {.table = slot->table,
                     .columns = columns,
                     .n_columns = n_columns,
                     .needles = slot->needles,
                     .n_needles = slot->n_needles,
                     .from_ticks = slot->from_ticks,
                     .to_ticks = slot->to_ticks,
                     .wants_places = shared->place < n,
                     .cancel = &bind->run->stop};
    if (scan_open(bind->engine->data, &spec, &shared->scan) != OK)
        duckdb_init_set_error(info, "a table of the data could not be opened");
    else duckdb_init_set_max_threads(info, scan_max_workers(shared->scan));
    duckdb_init_set_init_data(info, shared, shared_free);
}

/* One thread's worker. */
typedef struct ScanLocal {
    ScanWorker *worker;
    bool is_done;
} ScanLocal;

static void local_free(void *data) {
    ScanLocal *local = data;
    if (!local) return;
    scan_worker_free(local->worker);
    free(local);
}

/* The shared state is not reachable here in the C API: the worker is opened at the first call. */
static void scan_local_init(duckdb_init_info info) {
    duckdb_init_set_init_data(info, calloc(1, sizeof(ScanLocal)), local_free);
}

static void copy_fixed(const ColumnVector *from, duckdb_vector to, size_t width, const void *data,
                       uint32_t n) {
    memcpy(duckdb_vector_get_data(to), data, width * n);
    uint64_t *mask = NULL;
    for (uint32_t row = 0; row < n; row++) {
        if (from->valid[row]) continue;
        if (!mask) {
            duckdb_vector_ensure_validity_writable(to);
            mask = duckdb_vector_get_validity(to);
        }
        mask[row / 64] &= ~(UINT64_C(1) << (row % 64));
    }
}

/*
 * Columns of telemetry say the same again and again: a text that stands in the vector already, outside of
 * its entry, is pointed to once more. A column of which few texts were found is no more looked at.
 */
enum { KNOWN_TEXTS = 256, TEXTS_TRIED = 256 };

typedef struct KnownTexts {
    uint16_t rows[KNOWN_TEXTS]; /* 1 more than the row that holds a text of that hash; 0: none */
    uint32_t n_tried, n_found;
} KnownTexts;

/* Two of its words tell most texts apart that are longer than an entry. */
static uint32_t place_of(Str s) {
    uint64_t first, last;
    memcpy(&first, s.ptr, 8);
    memcpy(&last, s.ptr + s.len - 8, 8);
    return (uint32_t)(((first ^ (last << 1) ^ s.len) * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
}

/* Whether the row has been given a text that stands in the vector already. */
static bool is_known_text(KnownTexts *k, const ColumnVector *from, VectorWriter *w, uint32_t row) {
    Str s = from->u.s[row];
    if (s.len <= SHORT_TEXT_MAX) return false;
    if (k->n_tried >= TEXTS_TRIED && k->n_found < k->n_tried / 4) return false;
    uint16_t *known = &k->rows[place_of(s)];
    k->n_tried++;
    if (*known && str_eq(from->u.s[*known - 1], s)) {
        duckdb_string_t *entries = w->data;
        entries[row] = entries[*known - 1];
        k->n_found++;
        return true;
    }
    *known = (uint16_t)(row + 1);
    return false;
}

static void copy_texts(const ColumnVector *from, duckdb_vector to, uint32_t n, Arena *scratch) {
    VectorWriter writer = vector_writer(to, from->type);
    KnownTexts known = {{0}, 0, 0};
    bool is_string = from->type == TYPE_STRING;
    for (uint32_t row = 0; row < n; row++) {
        if (!is_string && !from->valid[row]) vector_put_null(&writer, row);
        else if (!is_known_text(&known, from, &writer, row))
            vector_put_text(&writer, row, from->u.s[row], scratch);
    }
}

static void copy_column(const ColumnVector *from, duckdb_vector to, uint32_t n, Arena *scratch) {
    switch (from->type) {
    case TYPE_BOOL: copy_fixed(from, to, sizeof(uint8_t), from->u.b, n); break;
    case TYPE_INT: copy_fixed(from, to, sizeof(int32_t), from->u.i, n); break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: copy_fixed(from, to, sizeof(int64_t), from->u.l, n); break;
    case TYPE_REAL: copy_fixed(from, to, sizeof(double), from->u.r, n); break;
    case TYPE_DECIMAL: copy_fixed(from, to, sizeof(Decimal), from->u.d, n); break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: copy_texts(from, to, n, scratch); break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
}

static void fail(duckdb_function_info info, const ScanShared *shared, Str message) {
    Buf text = {0};
    error_mark(&text, "scan", message);
    run_note_error(shared->bind->run, text.ptr);
    duckdb_function_set_error(info, text.ptr);
    buf_free(&text);
}

/* The keys that are known by now: a scan is set up long before the joins above it are. */
static void take_keys(ScanShared *shared) {
    const ScanSlot *slot = shared->bind->slot;
    ScanKeyColumn *keys = ARENA_ARRAY(shared->arena, ScanKeyColumn, slot->n_keys + 1);
    uint32_t n_keys = 0;
    for (size_t i = 0; i < slot->n_keys; i++) {
        const ScanKeys *set = engine_find_keys(shared->bind->engine, slot->keys[i].set);
        if (set && scan_keys_are_useful(set))
            keys[n_keys++] = (ScanKeyColumn){slot->keys[i].column, set};
    }
    scan_set_keys(shared->scan, keys, n_keys);
}

static Status open_worker(ScanShared *shared, ScanLocal *local) {
    pthread_mutex_lock(&shared->lock);
    if (!shared->has_begun) take_keys(shared);
    shared->has_begun = true;
    pthread_mutex_unlock(&shared->lock);
    return scan_worker_open(shared->scan, &local->worker);
}

static void scan_rows(duckdb_function_info info, duckdb_data_chunk output) {
    ScanShared *shared = duckdb_function_get_init_data(info);
    ScanLocal *local = duckdb_function_get_local_init_data(info);
    duckdb_data_chunk_set_size(output, 0);
    if (!local || local->is_done) return;
    if (!local->worker && open_worker(shared, local) != OK) {
        local->is_done = true;
        fail(info, shared, STR("a table of the data could not be read"));
        return;
    }
    ColumnBatch *batch = NULL;
    if (scan_next(local->worker, &batch) != OK) {
        local->is_done = true;
        fail(info, shared, scan_error(local->worker));
        return;
    }
    if (!batch || !batch->n_rows) {
        local->is_done = true;
        return;
    }
    Arena *scratch = thread_scratch();
    idx_t n = duckdb_data_chunk_get_column_count(output);
    uint32_t from = 0;
    for (idx_t i = 0; i < n; i++) {
        duckdb_vector to = duckdb_data_chunk_get_vector(output, i);
        if (i == shared->place)
            memcpy(duckdb_vector_get_data(to), batch->places, batch->n_rows * sizeof(int64_t));
        else if (from < batch->n_columns)
            copy_column(&batch->columns[from++], to, batch->n_rows, scratch);
    }
    duckdb_data_chunk_set_size(output, batch->n_rows);
}

bool scan_function_register(duckdb_connection connection, Engine *e) {
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_table_function_set_name(f, "quarry_scan");
    duckdb_logical_type name = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type slot = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_table_function_add_parameter(f, name);
    duckdb_table_function_add_parameter(f, slot);
    duckdb_destroy_logical_type(&name);
    duckdb_destroy_logical_type(&slot);
    duckdb_table_function_set_extra_info(f, e, NULL);
    duckdb_table_function_set_bind(f, scan_bind);
    duckdb_table_function_set_init(f, scan_init);
    duckdb_table_function_set_local_init(f, scan_local_init);
    duckdb_table_function_set_function(f, scan_rows);
    duckdb_table_function_supports_projection_pushdown(f, true);
    bool ok = duckdb_register_table_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_table_function(&f);
    return ok;
}
