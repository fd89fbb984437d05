/*
 * key_function.c: sets of keys, and the aggregate that fills them while a query runs.
 *
 *     SELECT quarry_keys(7, c12) FROM small
 *
 * adds each text to set 7 of a run and seals the set when all rows were seen. The scan that wants
 * the set looks when it begins: a set that is not sealed by then is not used. So what the engine
 * does first decides about the speed, never about the result.
 */
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"

/* ------------------------------------------------------------------ sets of a run */

void run_keys_make(Run *run) {
    const Lowered *lowered = &run->lowered;
    if (!lowered->n_key_sets) return;
    run->keys = ARENA_ARRAY(run->arena, ScanKeys *, lowered->n_key_sets);
    for (uint32_t i = 0; i < lowered->n_key_sets; i++) {
        const KeySetSpec *spec = &lowered->key_sets[i];
        run->keys[i] = scan_keys_new();
        if (!spec->texts) continue;
        scan_keys_add(run->keys[i], spec->texts, spec->n_texts);
        scan_keys_seal(run->keys[i]);
    }
}

void run_keys_free(Run *run) {
    for (uint32_t i = 0; run->keys && i < run->lowered.n_key_sets; i++)
        scan_keys_free(run->keys[i]);
    run->keys = NULL;
}

ScanKeys *engine_find_keys(Engine *e, int64_t id) {
    ScanKeys *found = NULL;
    pthread_mutex_lock(&e->lock);
    for (const Run *run = e->runs; run && !found; run = run->next)
        for (uint32_t i = 0; run->keys && i < run->lowered.n_key_sets; i++)
            if (run->lowered.key_sets[i].id == id) found = run->keys[i];
    pthread_mutex_unlock(&e->lock);
    return found;
}

/* ----------------------------------------------------------------- the aggregate */

typedef struct KeyState {
    int64_t set; /* 0 until the first row */
} KeyState;

static idx_t keys_size(duckdb_function_info info) {
    (void)info;
    return sizeof(KeyState);
}

static void keys_init(duckdb_function_info info, duckdb_aggregate_state state) {
    (void)info;
    *(KeyState *)(void *)state = (KeyState){0};
}

static void keys_update(duckdb_function_info info, duckdb_data_chunk input,
                        duckdb_aggregate_state *states) {
    Engine *e = duckdb_aggregate_function_get_extra_info(info);
    VectorReader ids = vector_reader(duckdb_data_chunk_get_vector(input, 0), TYPE_LONG);
    VectorReader texts = vector_reader(duckdb_data_chunk_get_vector(input, 1), TYPE_STRING);
    idx_t n = duckdb_data_chunk_get_size(input);
    if (!n) return;
    int64_t id = vector_get(&ids, 0).u.l;
    Str *keys = ARENA_ARRAY(thread_scratch(), Str, n);
    for (idx_t row = 0; row < n; row++) {
        Value v = vector_get(&texts, row);
        keys[row] = v.is_null ? STR_EMPTY : v.u.s;
        ((KeyState *)(void *)states[row])->set = id;
    }
    ScanKeys *set = engine_find_keys(e, id);
    if (set) scan_keys_add(set, keys, n);
}

static void keys_combine(duckdb_function_info info, duckdb_aggregate_state *source,
                         duckdb_aggregate_state *target, idx_t count) {
    (void)info;
    for (idx_t i = 0; i < count; i++) {
        const KeyState *from = (const KeyState *)(void *)source[i];
        if (from->set) ((KeyState *)(void *)target[i])->set = from->set;
    }
}

/* Without any row the set's id is not known and it stays open: the join that it serves is empty. */
static void keys_finalize(duckdb_function_info info, duckdb_aggregate_state *source,
                          duckdb_vector output, idx_t count, idx_t offset) {
    Engine *e = duckdb_aggregate_function_get_extra_info(info);
    int64_t *ids = duckdb_vector_get_data(output);
    for (idx_t i = 0; i < count; i++) {
        int64_t id = ((const KeyState *)(void *)source[i])->set;
        ScanKeys *set = id ? engine_find_keys(e, id) : NULL;
        if (set) scan_keys_seal(set);
        ids[offset + i] = id;
    }
}

bool key_function_register(duckdb_connection connection, Engine *e) {
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, "quarry_keys");
    duckdb_logical_type id = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_aggregate_function_add_parameter(f, id);
    duckdb_aggregate_function_add_parameter(f, text);
    duckdb_aggregate_function_set_return_type(f, id);
    duckdb_destroy_logical_type(&id);
    duckdb_destroy_logical_type(&text);
    duckdb_aggregate_function_set_special_handling(f);
    duckdb_aggregate_function_set_extra_info(f, e, NULL);
    duckdb_aggregate_function_set_functions(f, keys_size, keys_init, keys_update, keys_combine,
                                            keys_finalize);
    bool ok = duckdb_register_aggregate_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_aggregate_function(&f);
    return ok;
}
