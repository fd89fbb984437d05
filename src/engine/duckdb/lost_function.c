/*
 * lost_function.c: the function that a conversion of a Parquet column calls for a value that it cannot
 * convert: it notes the value and gives null.
 */
#include <stdatomic.h>

#include "engine/duckdb/engine_internal.h"

enum { ARG_PATH, ARG_ROW, ARG_COLUMN, ARG_TYPE, ARG_TEXT, ARG_COUNT };

static void *same_run(void *run) { return run; }

static void lost_bind(duckdb_bind_info info) {
    Engine *e = duckdb_scalar_function_bind_get_extra_info(info);
    duckdb_client_context context = NULL;
    duckdb_scalar_function_get_client_context(info, &context);
    Run *run = engine_find_run(e, context);
    duckdb_destroy_client_context(&context);
    duckdb_scalar_function_set_bind_data(info, run, NULL);
    duckdb_scalar_function_set_bind_data_copy(info, same_run);
}

static LostValues *lost_of(Run *run) {
    LostValues *none = NULL, *made = atomic_load(&run->lost);
    if (made) return made;
    made = lost_values_new(run->engine->data);
    if (atomic_compare_exchange_strong(&run->lost, &none, made)) return made;
    lost_values_free(made);
    return none;
}

static void fail(duckdb_function_info info, Run *run, const Buf *why) {
    Buf text = {0};
    error_mark(&text, "scan", buf_str(why));
    run_note_error(run, text.ptr);
    duckdb_scalar_function_set_error(info, text.ptr);
    buf_free(&text);
}

static void lost_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    Run *run = duckdb_scalar_function_get_bind_data(info);
    VectorReader args[ARG_COUNT];
    for (idx_t i = 0; i < ARG_COUNT; i++)
        args[i] = vector_reader(duckdb_data_chunk_get_vector(input, i),
                                i == ARG_ROW ? TYPE_LONG : TYPE_STRING);
    duckdb_vector_ensure_validity_writable(output);
    uint64_t *valid = duckdb_vector_get_validity(output);
    idx_t n = duckdb_data_chunk_get_size(input);
    Buf why = {0};
    for (idx_t row = 0; row < n; row++) {
        duckdb_validity_set_row_invalid(valid, row);
        if (!run || why.len || !vector_is_valid(&args[ARG_TEXT], row)) continue;
        LostValue v = {.path = vector_get(&args[ARG_PATH], row).u.s,
                       .row = vector_get(&args[ARG_ROW], row).u.l,
                       .column = vector_get(&args[ARG_COLUMN], row).u.s,
                       .type = type_from_name(vector_get(&args[ARG_TYPE], row).u.s),
                       .text = vector_get(&args[ARG_TEXT], row).u.s};
        if (lost_values_add(lost_of(run), &v, &why) != OK) fail(info, run, &why);
    }
    buf_free(&why);
}

static bool add(Engine *e, const char *name, Type result) {
    static const Type types[ARG_COUNT] = {TYPE_STRING, TYPE_LONG, TYPE_STRING, TYPE_STRING,
                                          TYPE_STRING};
    duckdb_scalar_function f = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(f, name);
    for (size_t i = 0; i < ARG_COUNT; i++) {
        duckdb_logical_type type = type_to_duckdb(types[i]);
        duckdb_scalar_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type type = type_to_duckdb(result);
    duckdb_scalar_function_set_return_type(f, type);
    duckdb_destroy_logical_type(&type);
    duckdb_scalar_function_set_volatile(f);
    duckdb_scalar_function_set_extra_info(f, e, NULL);
    duckdb_scalar_function_set_bind(f, lost_bind);
    duckdb_scalar_function_set_function(f, lost_rows);
    bool ok = duckdb_register_scalar_function(e->registrar, f) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&f);
    return ok;
}

Status lost_function_name(Engine *e, Type result, Arena *arena, Str *ret_name) {
    *ret_name = arena_printf(arena, "q.lost:%s", type_name(result));
    pthread_mutex_lock(&e->lock);
    bool ok = e->has_lost[result] || add(e, ret_name->ptr, result);
    e->has_lost[result] = ok;
    pthread_mutex_unlock(&e->lock);
    return ok ? OK : ENGINE;
}
