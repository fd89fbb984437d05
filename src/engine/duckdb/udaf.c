/*
 * udaf.c: aggregate kernels as aggregate functions of the embedded engine.
 *
 * The engine moves the bytes of a state while it groups and spills, and aligns them to 8; a
 * kernel's state must stay put and may hold 16-byte numbers. So the engine's state is one pointer
 * to a block of ours, made when the first row of its group comes.
 */
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"

typedef struct AggState {
    void *block; /* AggKernel.state_size bytes; NULL before the first row */
    const AggKernel *kernel;
} AggState;

static const QueryContext no_context;

static const FnSignature *signature_of(duckdb_function_info info) {
    return duckdb_aggregate_function_get_extra_info(info);
}

static idx_t agg_size(duckdb_function_info info) {
    (void)info;
    return sizeof(AggState);
}

static void agg_init(duckdb_function_info info, duckdb_aggregate_state state) {
    *(AggState *)(void *)state = (AggState){.kernel = signature_of(info)->fn->agg};
}

static bool state_ready(AggState *state) {
    if (!state->block)
        state->block = calloc(1, state->kernel->state_size ? state->kernel->state_size : 1);
    return state->block != NULL;
}

static void state_drop(AggState *state) {
    if (!state->block) return;
    if (state->kernel->destroy) state->kernel->destroy(state->block);
    free(state->block);
    state->block = NULL;
}

static void report_error(duckdb_function_info info, Str message) {
    Buf text = {0};
    error_mark(&text, signature_of(info)->fn->name, message);
    duckdb_aggregate_function_set_error(info, text.ptr);
    buf_free(&text);
}

static KernelCall call_new(Arena *scratch) {
    return (KernelCall){.scratch = scratch, .query = &no_context, .error = STR_EMPTY};
}

static void agg_update(duckdb_function_info info, duckdb_data_chunk input,
                       duckdb_aggregate_state *states) {
    const FnSignature *signature = signature_of(info);
    const AggKernel *kernel = signature->fn->agg;
    Arena *scratch = thread_scratch();
    uint32_t n_args = signature->n_args;
    VectorReader *readers = ARENA_ARRAY(scratch, VectorReader, n_args + 1);
    Value *args = ARENA_ARRAY(scratch, Value, n_args + 1);
    for (uint32_t i = 0; i < n_args; i++)
        readers[i] = vector_reader(duckdb_data_chunk_get_vector(input, i), signature->args[i]);
    KernelCall call = call_new(scratch);
    idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < n; row++) {
        AggState *state = (AggState *)(void *)states[row];
        for (uint32_t i = 0; i < n_args; i++) vector_read(&readers[i], row, &args[i]);
        if (!state_ready(state)) call.error = STR("out of memory");
        else kernel->update(&call, state->block, args, n_args);
        if (call.error.len) {
            report_error(info, call.error);
            return;
        }
    }
}

static void agg_combine(duckdb_function_info info, duckdb_aggregate_state *source,
                        duckdb_aggregate_state *target, idx_t count) {
    KernelCall call = call_new(thread_scratch());
    for (idx_t i = 0; i < count; i++) {
        AggState *from = (AggState *)(void *)source[i], *into = (AggState *)(void *)target[i];
        if (!from->block) continue;
        if (!state_ready(into)) call.error = STR("out of memory");
        else into->kernel->combine(&call, into->block, from->block);
        if (call.error.len) {
            report_error(info, call.error);
            return;
        }
    }
}

static bool is_too_long(const Value *v) {
    bool is_text = v->type == TYPE_STRING || v->type == TYPE_DYNAMIC;
    return is_text && !v->is_null && v->u.s.len > KERNEL_MAX_TEXT;
}

static void agg_finalize(duckdb_function_info info, duckdb_aggregate_state *source,
                         duckdb_vector output, idx_t count, idx_t offset) {
    const FnSignature *signature = signature_of(info);
    Arena *scratch = thread_scratch();
    VectorWriter writer = vector_writer(output, signature->result);
    KernelCall call = call_new(scratch);
    for (idx_t i = 0; i < count; i++) {
        AggState *state = (AggState *)(void *)source[i];
        Value result = value_null(signature->result);
        if (!state_ready(state)) call.error = STR("out of memory");
        else state->kernel->finish(&call, state->block, &result);
        if (call.error.len) {
            report_error(info, call.error);
            state_drop(state); /* the engine does not destroy the state of a failed grouping */
            return;
        }
        if (is_too_long(&result)) {
            report_error(info, STR("the result would be longer than 64 MB"));
            state_drop(state);
            return;
        }
        vector_put(&writer, offset + i, &result, scratch);
    }
}

static void agg_destroy(duckdb_aggregate_state *states, idx_t count) {
    for (idx_t i = 0; i < count; i++) state_drop((AggState *)(void *)states[i]);
}

bool udaf_register(duckdb_connection connection, FnSignature *s) {
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, s->name.ptr);
    for (uint32_t i = 0; i < s->n_args; i++) {
        duckdb_logical_type type = type_to_duckdb(s->args[i]);
        duckdb_aggregate_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type type = type_to_duckdb(s->result);
    duckdb_aggregate_function_set_return_type(f, type);
    duckdb_destroy_logical_type(&type);
    duckdb_aggregate_function_set_special_handling(f);
    duckdb_aggregate_function_set_extra_info(f, s, NULL);
    duckdb_aggregate_function_set_functions(f, agg_size, agg_init, agg_update, agg_combine,
                                            agg_finalize);
    duckdb_aggregate_function_set_destructor(f, agg_destroy);
    bool ok = duckdb_register_aggregate_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_aggregate_function(&f);
    return ok;
}
