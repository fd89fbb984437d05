/*
 * process_function.c: processes as functions of the embedded engine, from a list of rows to a list.
 *
 * process(slot, [{f0, f1, ...}]) gives [{i, a0, a1, ...}]: i is the position of the row that an output row
 * stands for, f the columns that the process reads and the lowering wants to have back, a what it adds.
 * One overload is registered for each combination of types. The slot leads, through the run, to the plan
 * node with its program.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"
#include "plan/process.h"

struct ProcessSignature {
    Engine *engine;
    Str name; /* ends in NUL */
    Type *reads, *adds;
    uint32_t n_reads, n_adds;
    ProcessSignature *next;
};

/* What a call is bound to. */
typedef struct Site {
    const Plan *plan;
    QueryContext query;
    Run *run; /* outlives the site */
} Site;

/* ------------------------------------------------------------------- output */

typedef struct Emitter {
    const ProcessSignature *signature;
    duckdb_vector list, row;
    VectorWriter index, *adds;
    idx_t size, cap;
    uint32_t n_rows; /* of the group, for a check */
    Arena *scratch;
    bool is_full;
} Emitter;

#define PROCESS_MAX_ROWS ((idx_t)1 << 31)

static void emitter_grow(Emitter *e) {
    e->cap = e->cap ? e->cap * 2 : 2048;
    duckdb_list_vector_reserve(e->list, e->cap);
    duckdb_list_vector_set_size(e->list, e->cap);
    e->row = duckdb_list_vector_get_child(e->list);
    e->index = vector_writer(duckdb_struct_vector_get_child(e->row, 0), TYPE_LONG);
    for (uint32_t i = 0; i < e->signature->n_adds; i++)
        e->adds[i] =
            vector_writer(duckdb_struct_vector_get_child(e->row, i + 1), e->signature->adds[i]);
}

static void emit(void *ctx, size_t row, const Value *added) {
    Emitter *e = ctx;
    if (e->size >= PROCESS_MAX_ROWS) e->is_full = true;
    if (e->is_full) return;
    if (e->size == e->cap) emitter_grow(e);
    Value index = value_long((int64_t)row);
    vector_put(&e->index, e->size, &index, e->scratch);
    for (uint32_t i = 0; i < e->signature->n_adds; i++)
        vector_put(&e->adds[i], e->size, &added[i], e->scratch);
    e->size++;
}

/* --------------------------------------------------------------------- rows */

static Value *load_group(const ProcessSignature *s, const Plan *plan, const VectorReader *readers,
                         duckdb_list_entry entry, Arena *arena) {
    uint32_t n_reads = plan->u.process.n_reads;
    Value *cells = ARENA_ARRAY(arena, Value, (size_t)entry.length * n_reads + 1);
    (void)s;
    for (uint64_t r = 0; r < entry.length; r++)
        for (uint32_t i = 0; i < n_reads; i++)
            vector_read(&readers[i], entry.offset + r, &cells[r * n_reads + i]);
    return cells;
}

static bool run_group(const Site *site, const Value *cells, size_t n_rows, Emitter *out,
                      Arena *arena, Str *ret_error) {
    const Process *process = site->plan->u.process.process;
    ProcessRun run = {.cells = cells,
                      .n_rows = n_rows,
                      .n_reads = site->plan->u.process.n_reads,
                      .arena = arena,
                      .query = &site->query,
                      .emit = emit,
                      .ctx = out,
                      .error = STR_EMPTY};
    process->run(process, &run);
    if (out->is_full && !run.error.len) run.error = STR("more rows than a list can hold");
    *ret_error = run.error;
    if (run.note.len) atomic_store(&site->run->note, run.note.ptr);
    return !run.error.len;
}

/* Before any of it is loaded. */
static bool is_too_large(const Site *site, uint64_t n_rows, Str *ret_error) {
    size_t most = site->plan->u.process.process->max_cells;
    if (!most || n_rows <= most / (site->plan->u.process.n_reads + 1)) return false;
    *ret_error = STR("too many different rows: leave out columns, or take a sample first");
    return true;
}

static void process_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const ProcessSignature *s = duckdb_scalar_function_get_extra_info(info);
    const Site *site = duckdb_scalar_function_get_bind_data(info);
    if (!site) return;
    Arena *scratch = arena_new();
    duckdb_vector lists = duckdb_data_chunk_get_vector(input, 1);
    VectorReader whole = {.mask = duckdb_vector_get_validity(lists)};
    duckdb_list_entry *groups = duckdb_vector_get_data(lists),
                      *entries = duckdb_vector_get_data(output);
    duckdb_vector rows = duckdb_list_vector_get_child(lists);
    VectorReader *readers = ARENA_ARRAY(scratch, VectorReader, s->n_reads + 1);
    for (uint32_t i = 0; i < s->n_reads; i++)
        readers[i] = vector_reader(duckdb_struct_vector_get_child(rows, i), s->reads[i]);
    Emitter out = {.signature = s, .list = output, .scratch = scratch};
    out.adds = ARENA_ARRAY(scratch, VectorWriter, s->n_adds + 1);
    idx_t n = duckdb_data_chunk_get_size(input);
    Str error = STR_EMPTY;
    for (idx_t g = 0; g < n && !error.len; g++) {
        idx_t start = out.size;
        if (vector_is_valid(&whole, g) && !is_too_large(site, groups[g].length, &error)) {
            Arena *arena = arena_new();
            Value *cells = load_group(s, site->plan, readers, groups[g], arena);
            (void)run_group(site, cells, groups[g].length, &out, arena, &error);
            if (error.len) error = arena_str(scratch, error);
            arena_free(arena);
        }
        entries[g] = (duckdb_list_entry){.offset = start, .length = out.size - start};
    }
    duckdb_list_vector_set_size(output, out.size);
    if (error.len) {
        Buf text = {0};
        error_mark(&text, site->plan->u.process.process->name, error);
        run_note_error(site->run, text.ptr);
        duckdb_scalar_function_set_error(info, text.ptr);
        buf_free(&text);
    }
    arena_free(scratch);
}

/* --------------------------------------------------------------------- bind */

static void *site_copy(void *data) {
    Site *copy = malloc(sizeof *copy);
    if (copy) *copy = *(const Site *)data;
    return copy;
}

static const Plan *plan_of_slot(duckdb_bind_info info, duckdb_client_context context,
                                const Run *run) {
    duckdb_expression expression = duckdb_scalar_function_bind_get_argument(info, 0);
    duckdb_value value = NULL;
    const Plan *plan = NULL;
    if (expression && run && duckdb_expression_is_foldable(expression)) {
        duckdb_error_data error = duckdb_expression_fold(context, expression, &value);
        int64_t slot = !duckdb_error_data_has_error(error) && value ? duckdb_get_int64(value) : -1;
        if (slot >= 0 && slot < (int64_t)run->lowered.n_processes)
            plan = run->lowered.processes[slot];
        duckdb_destroy_error_data(&error);
    }
    if (value) duckdb_destroy_value(&value);
    if (expression) duckdb_destroy_expression(&expression);
    return plan;
}

static void process_bind(duckdb_bind_info info) {
    const ProcessSignature *s = duckdb_scalar_function_bind_get_extra_info(info);
    duckdb_client_context context = NULL;
    duckdb_scalar_function_get_client_context(info, &context);
    Run *run = engine_find_run(s->engine, context);
    const Plan *plan = plan_of_slot(info, context, run);
    duckdb_destroy_client_context(&context);
    Site *site = plan ? malloc(sizeof *site) : NULL;
    if (!site) {
        duckdb_scalar_function_bind_set_error(info, "a process without a run");
        return;
    }
    *site = (Site){.plan = plan, .query = run->query, .run = run};
    duckdb_scalar_function_set_bind_data(info, site, free);
    duckdb_scalar_function_set_bind_data_copy(info, site_copy);
}

/* ----------------------------------------------------------------- registry */

static duckdb_logical_type list_of_structs(const Type *types, uint32_t n, char letter,
                                           bool has_index) {
    Arena *arena = arena_new();
    uint32_t first = has_index ? 1 : 0, width = n + first;
    duckdb_logical_type *members = ARENA_ARRAY(arena, duckdb_logical_type, width + 1);
    const char **names = ARENA_ARRAY(arena, const char *, width + 1);
    if (has_index) {
        members[0] = type_to_duckdb(TYPE_LONG);
        names[0] = "i";
    }
    for (uint32_t i = 0; i < n; i++) {
        members[first + i] = type_to_duckdb(types[i]);
        names[first + i] = arena_printf(arena, "%c%u", letter, i).ptr;
    }
    duckdb_logical_type row = duckdb_create_struct_type(members, names, width);
    duckdb_logical_type list = duckdb_create_list_type(row);
    duckdb_destroy_logical_type(&row);
    for (uint32_t i = 0; i < width; i++) duckdb_destroy_logical_type(&members[i]);
    arena_free(arena);
    return list;
}

static bool process_register(duckdb_connection connection, ProcessSignature *s) {
    duckdb_scalar_function f = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(f, s->name.ptr);
    duckdb_logical_type slot = type_to_duckdb(TYPE_LONG);
    duckdb_logical_type rows = list_of_structs(s->reads, s->n_reads, 'f', false);
    duckdb_logical_type result = list_of_structs(s->adds, s->n_adds, 'a', true);
    duckdb_scalar_function_add_parameter(f, slot);
    duckdb_scalar_function_add_parameter(f, rows);
    duckdb_scalar_function_set_return_type(f, result);
    duckdb_destroy_logical_type(&slot);
    duckdb_destroy_logical_type(&rows);
    duckdb_destroy_logical_type(&result);
    duckdb_scalar_function_set_special_handling(f);
    duckdb_scalar_function_set_extra_info(f, s, NULL);
    duckdb_scalar_function_set_bind(f, process_bind);
    duckdb_scalar_function_set_function(f, process_rows);
    bool ok = duckdb_register_scalar_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&f);
    return ok;
}

static void put_types(Buf *out, const Type *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) buf_printf(out, "%c", 'a' + (int)types[i]);
}

static Type *keep_types(Engine *e, const Type *types, uint32_t n) {
    Type *copy = ARENA_ARRAY(e->arena, Type, n + 1);
    for (uint32_t i = 0; i < n; i++) copy[i] = types[i];
    return copy;
}

Status process_function_name(Engine *e, const Type *reads, uint32_t n_reads, const Type *adds,
                             uint32_t n_adds, Str *ret_name) {
    Buf name = {0};
    buf_puts(&name, "process:");
    put_types(&name, reads, n_reads);
    buf_putc(&name, '>');
    put_types(&name, adds, n_adds);
    Status status = OK;
    pthread_mutex_lock(&e->lock);
    ProcessSignature *s = e->processes;
    while (s && !str_eq(s->name, buf_str(&name))) s = s->next;
    if (!s) {
        s = ARENA_NEW(e->arena, ProcessSignature);
        *s = (ProcessSignature){.engine = e,
                                .name = arena_str(e->arena, buf_str(&name)),
                                .reads = keep_types(e, reads, n_reads),
                                .adds = keep_types(e, adds, n_adds),
                                .n_reads = n_reads,
                                .n_adds = n_adds,
                                .next = e->processes};
        if (process_register(e->registrar, s)) e->processes = s;
        else status = ENGINE;
    }
    pthread_mutex_unlock(&e->lock);
    if (status == OK) *ret_name = s->name;
    buf_free(&name);
    return status;
}
