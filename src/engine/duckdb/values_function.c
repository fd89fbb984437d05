/*
 * values_function.c: a long list of literal rows as a table function of the embedded engine.
 *
 * quarry_values(slot) gives the rows of a values node of the run behind its connection: as SQL they would
 * be parsed and bound cell by cell, which takes long and cannot be interrupted.
 */
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"

static const ValuesSlot *slot_of(duckdb_bind_info info) {
    Engine *e = duckdb_bind_get_extra_info(info);
    duckdb_client_context context = NULL;
    duckdb_table_function_get_client_context(info, &context);
    const Run *run = engine_find_run(e, context);
    duckdb_destroy_client_context(&context);
    duckdb_value index = duckdb_bind_get_parameter(info, 0);
    int64_t at = duckdb_get_int64(index);
    duckdb_destroy_value(&index);
    if (!run || at < 0 || (uint64_t)at >= run->lowered.n_values) return NULL;
    return &run->lowered.values[at];
}

static void add_column(duckdb_bind_info info, Str name, Type t) {
    duckdb_logical_type type = type_to_duckdb(t);
    duckdb_bind_add_result_column(info, name.ptr, type);
    duckdb_destroy_logical_type(&type);
}

/* The row's number, then the columns of the node. */
static void values_bind(duckdb_bind_info info) {
    const ValuesSlot *slot = slot_of(info);
    if (!slot) {
        duckdb_bind_set_error(info, "literal rows outside a run");
        return;
    }
    const Schema *schema = &slot->plan->schema;
    add_column(info, slot->ordinal, TYPE_LONG);
    for (uint32_t i = 0; i < schema->n; i++)
        add_column(info, slot->names[i], schema->items[i].type);
    duckdb_bind_set_cardinality(info, slot->plan->u.values.n_rows, true);
    duckdb_bind_set_bind_data(info, (void *)(uintptr_t)slot, NULL);
}

typedef struct Cursor {
    uint32_t row;
    uint32_t *columns; /* 0: the row's number */
    idx_t n_columns;
} Cursor;

static void cursor_free(void *data) {
    Cursor *c = data;
    if (c) free(c->columns);
    free(c);
}

static void values_init(duckdb_init_info info) {
    Cursor *c = calloc(1, sizeof *c);
    idx_t n = duckdb_init_get_column_count(info);
    if (c) c->columns = calloc(n + 1, sizeof *c->columns);
    if (!c || !c->columns) {
        cursor_free(c);
        duckdb_init_set_error(info, "out of memory");
        return;
    }
    const ValuesSlot *slot = duckdb_init_get_bind_data(info);
    for (idx_t i = 0; i < n; i++) {
        idx_t at = duckdb_init_get_column_index(info, i);
        if (at <= slot->plan->schema.n) c->columns[c->n_columns++] = (uint32_t)at;
    }
    duckdb_init_set_max_threads(info, 1);
    duckdb_init_set_init_data(info, c, cursor_free);
}

static void put_column(const Plan *p, uint32_t column, uint32_t from, uint32_t n, duckdb_vector to,
                       Arena *scratch) {
    if (!column) {
        int64_t *numbers = duckdb_vector_get_data(to);
        for (uint32_t i = 0; i < n; i++) numbers[i] = (int64_t)from + i;
        return;
    }
    VectorWriter writer = vector_writer(to, p->schema.items[column - 1].type);
    const Value *cell = &p->u.values.cells[(size_t)from * p->schema.n + column - 1];
    for (uint32_t i = 0; i < n; i++, cell += p->schema.n) vector_put(&writer, i, cell, scratch);
}

static void values_rows(duckdb_function_info info, duckdb_data_chunk output) {
    const ValuesSlot *slot = duckdb_function_get_bind_data(info);
    Cursor *c = duckdb_function_get_init_data(info);
    uint32_t left = slot->plan->u.values.n_rows - c->row;
    uint32_t most = (uint32_t)duckdb_vector_size();
    uint32_t n = left < most ? left : most;
    Arena *scratch = thread_scratch();
    for (idx_t i = 0; i < c->n_columns; i++)
        put_column(slot->plan, c->columns[i], c->row, n, duckdb_data_chunk_get_vector(output, i),
                   scratch);
    c->row += n;
    duckdb_data_chunk_set_size(output, n);
}

bool values_function_register(duckdb_connection connection, Engine *e) {
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_table_function_set_name(f, "quarry_values");
    duckdb_logical_type slot = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_table_function_add_parameter(f, slot);
    duckdb_destroy_logical_type(&slot);
    duckdb_table_function_set_extra_info(f, e, NULL);
    duckdb_table_function_set_bind(f, values_bind);
    duckdb_table_function_set_init(f, values_init);
    duckdb_table_function_set_function(f, values_rows);
    duckdb_table_function_supports_projection_pushdown(f, true);
    bool ok = duckdb_register_table_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_table_function(&f);
    return ok;
}
