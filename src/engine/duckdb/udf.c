/*
 * udf.c: kernels as scalar functions of the embedded engine.
 *
 * A catalog function is registered once an engine for each signature (argument types and result
 * type) that a plan uses; the name is made from both. Constant arguments are folded when the call
 * is bound and given to Kernel.prepare, so that needles, regexes and CIDR lists are compiled once.
 * The rows then need no lock and no heap: text results live in this thread's scratch arena until
 * they are copied into the result vector. Nulls are handled here for NULLS_PROPAGATE.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "engine/duckdb/engine_internal.h"

/* -------------------------------------------------------------- scratch */

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void scratch_free(void *arena) { arena_free(arena); }
static void scratch_make_key(void) { (void)pthread_key_create(&scratch_key, scratch_free); }

Arena *thread_scratch(void) {
    pthread_once(&scratch_once, scratch_make_key);
    Arena *arena = pthread_getspecific(scratch_key);
    if (!arena) {
        arena = arena_new();
        (void)pthread_setspecific(scratch_key, arena);
    }
    arena_reset(arena);
    return arena;
}

/* ---------------------------------------------------------------- a site */

/* One call site of a kernel, shared by the copies that the engine makes of its expression. */
typedef struct Site {
    atomic_int refs;
    const FnSignature *signature;
    Arena *arena;
    void *state; /* of Kernel.prepare */
    Value *args; /* constants filled in */
    bool *is_constant;
    QueryContext query;
    Run *run; /* outlives the site; NULL for none */
} Site;

static void *site_copy(void *data) {
    Site *site = data;
    atomic_fetch_add(&site->refs, 1);
    return site;
}

static void site_free(void *data) {
    Site *site = data;
    if (!site || atomic_fetch_sub(&site->refs, 1) != 1) return;
    const FnDef *fn = site->signature->fn;
    if (fn && fn->kernel && fn->kernel->release && site->state) fn->kernel->release(site->state);
    arena_free(site->arena);
    free(site);
}

void error_mark(Buf *out, const char *function, Str message) {
    buf_putc(out, '\x1f');
    buf_puts(out, function);
    buf_putc(out, '\x1f');
    buf_put(out, message);
    buf_putc(out, '\x1f');
    buf_putc(out, 0);
}

static bool fold_argument(duckdb_bind_info info, duckdb_client_context context, idx_t i,
                          Site *site) {
    duckdb_expression expression = duckdb_scalar_function_bind_get_argument(info, i);
    bool folded = false;
    if (expression && duckdb_expression_is_foldable(expression)) {
        duckdb_value value = NULL;
        duckdb_error_data error = duckdb_expression_fold(context, expression, &value);
        if (!duckdb_error_data_has_error(error) && value)
            folded =
                value_from_duckdb(site->arena, value, site->signature->args[i], &site->args[i]);
        duckdb_destroy_error_data(&error);
        if (value) duckdb_destroy_value(&value);
    }
    if (expression) duckdb_destroy_expression(&expression);
    return folded;
}

static Site *site_new(const FnSignature *signature) {
    Site *site = calloc(1, sizeof *site);
    if (!site) return NULL;
    site->refs = 1;
    site->signature = signature;
    site->arena = arena_new();
    site->args = ARENA_ARRAY(site->arena, Value, signature->n_args + 1);
    site->is_constant = ARENA_ARRAY(site->arena, bool, signature->n_args + 1);
    for (uint32_t i = 0; i < signature->n_args; i++) site->args[i] = value_null(signature->args[i]);
    return site;
}

static void kernel_bind(duckdb_bind_info info) {
    const FnSignature *signature = duckdb_scalar_function_bind_get_extra_info(info);
    Site *site = site_new(signature);
    if (!site) {
        duckdb_scalar_function_bind_set_error(info, "out of memory");
        return;
    }
    duckdb_client_context context = NULL;
    duckdb_scalar_function_get_client_context(info, &context);
    site->run = engine_find_run(signature->engine, context);
    if (site->run) site->query = site->run->query;
    idx_t n = duckdb_scalar_function_bind_get_argument_count(info);
    for (idx_t i = 0; signature->fn && i < n && i < signature->n_args; i++) {
        bool has_subquery = i < 64 ? signature->subqueries >> i & 1 : signature->subqueries != 0;
        site->is_constant[i] = !has_subquery && fold_argument(info, context, i, site);
    }
    duckdb_destroy_client_context(&context);
    Str error = STR_EMPTY;
    if (signature->fn && signature->fn->kernel->prepare)
        site->state = signature->fn->kernel->prepare(site->arena, site->args, site->is_constant,
                                                     signature->n_args, &error);
    if (error.len) {
        Buf text = {0};
        error_mark(&text, signature->fn->name, error);
        duckdb_scalar_function_bind_set_error(info, text.ptr);
        buf_free(&text);
    }
    duckdb_scalar_function_set_bind_data(info, site, site_free);
    duckdb_scalar_function_set_bind_data_copy(info, site_copy);
}

/* ---------------------------------------------------------------- rows */

static void report_error(duckdb_function_info info, const Site *site, Str message) {
    Buf text = {0};
    error_mark(&text, site->signature->fn ? site->signature->fn->name : "", message);
    run_note_error(site->run, text.ptr);
    duckdb_scalar_function_set_error(info, text.ptr);
    buf_free(&text);
}

/* The row's arguments; true when one of them is null. */
static bool load_row(const VectorReader *readers, const Site *site, Value *args, idx_t row) {
    bool any_null = false;
    for (uint32_t i = 0; i < site->signature->n_args; i++) {
        if (!site->is_constant[i]) vector_read(&readers[i], row, &args[i]);
        any_null |= args[i].is_null;
    }
    return any_null;
}

/* What one call over a chunk holds in scratch. */
typedef struct Frame {
    const Site *site;
    duckdb_data_chunk input;
    VectorReader *readers;
    Value *args;
    KernelCall call;
} Frame;

static void frame_make(Frame *f, Arena *scratch) {
    const FnSignature *signature = f->site->signature;
    f->readers = ARENA_ARRAY(scratch, VectorReader, signature->n_args + 1);
    f->args = ARENA_ARRAY(scratch, Value, signature->n_args + 1);
    for (uint32_t i = 0; i < signature->n_args; i++) {
        f->readers[i] =
            vector_reader(duckdb_data_chunk_get_vector(f->input, i), signature->args[i]);
        f->args[i] = f->site->args[i];
    }
    f->call = (KernelCall){
        .scratch = scratch, .state = f->site->state, .query = &f->site->query, .error = STR_EMPTY};
}

/* Scratch past this is emptied between two rows: results are in the vector by then. */
#define SCRATCH_MAX ((size_t)32 << 20)

/* The bytes of a result beside its place in the vector; a text that is too long is refused. */
static size_t result_bytes(KernelCall *call, const Value *result) {
    bool is_text =
        result->type == TYPE_STRING || result->type == TYPE_DYNAMIC || result->type == TYPE_GUID;
    if (!is_text || result->is_null) return 0;
    if (result->u.s.len > KERNEL_MAX_TEXT && !call->error.len)
        kernel_fail(call, "the result would be longer than 64 MB");
    return result->u.s.len;
}

/* Tells the run how much memory the vector and the scratch take. */
static void frame_tell(const Frame *f, size_t bytes) {
    Run *run = f->site->run;
    if (!run) return;
    int64_t held = (int64_t)(bytes + arena_used(f->call.scratch));
    if (held > run->largest_batch) run->largest_batch = held;
}

static void kernel_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const FnSignature *signature = duckdb_scalar_function_get_extra_info(info);
    Frame f = {.site = duckdb_scalar_function_get_bind_data(info), .input = input};
    frame_make(&f, thread_scratch());
    VectorWriter writer = vector_writer(output, signature->result);
    KernelFn fn = signature->fn->kernel->fn;
    bool propagates = signature->fn->nulls == NULLS_PROPAGATE;
    size_t bytes = 0;
    idx_t n = duckdb_data_chunk_get_size(input);
    Value result = value_null(signature->result);
    for (idx_t row = 0; row < n; row++) {
        value_clear(&result, signature->result);
        bool any_null = load_row(f.readers, f.site, f.args, row);
        if (!(any_null && propagates)) fn(&f.call, f.args, signature->n_args, &result);
        bytes += result_bytes(&f.call, &result);
        if (!f.call.error.len && kernel_stopped(&f.call)) f.call.error = STR("stopped");
        if (f.call.error.len) {
            report_error(info, f.site, f.call.error);
            return;
        }
        vector_put(&writer, row, &result, f.call.scratch);
        if (arena_used(f.call.scratch) > SCRATCH_MAX) {
            frame_tell(&f, bytes);
            frame_make(&f, thread_scratch());
        }
    }
    frame_tell(&f, bytes);
}

/* -------------------------------------------------------------- helpers */

/* Canonical JSON of a text, or a JSON string of it when it is no JSON; null stays null. */
static Value canonical_json(Arena *scratch, const Value *v, Buf *work) {
    if (v->is_null) return value_null(TYPE_DYNAMIC);
    buf_clear(work);
    if (!json_canonical(v->u.s, work)) {
        buf_clear(work);
        json_put_string(work, v->u.s);
    }
    return value_text(TYPE_DYNAMIC, arena_str(scratch, buf_str(work)));
}

/* Text that is kept as canonical JSON: what reads it must be safe from whoever wrote the file. */
static Value sound_json(Arena *scratch, const Value *v, Buf *work) {
    bool is_sound = !v->is_null && json_is_valid(v->u.s);
    return is_sound ? value_text(TYPE_DYNAMIC, v->u.s) : canonical_json(scratch, v, work);
}

static Value helper_value(const FnSignature *s, Arena *scratch, const Value *v, Buf *work) {
    switch (s->helper) {
    case HELPER_JSON:
        buf_clear(work);
        value_put_json(work, v);
        return value_text(s->result, arena_str(scratch, buf_str(work)));
    case HELPER_CONVERT: return value_convert(scratch, v, s->result);
    case HELPER_FOLD_CASE: return value_str(utf8_to_upper(scratch, v->u.s));
    case HELPER_CANONICAL: return canonical_json(scratch, v, work);
    case HELPER_SOUND: return sound_json(scratch, v, work);
    case HELPER_EXPAND:
    case HELPER_EXPAND_PAIR:
    case HELPER_NONE: break;
    }
    return value_null(s->result);
}

static bool site_stopped(const Site *site) { return site->query.stop && *site->query.stop; }

static void helper_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const FnSignature *signature = duckdb_scalar_function_get_extra_info(info);
    const Site *site = duckdb_scalar_function_get_bind_data(info);
    Arena *scratch = thread_scratch();
    VectorReader reader = vector_reader(duckdb_data_chunk_get_vector(input, 0), signature->args[0]);
    VectorWriter writer = vector_writer(output, signature->result);
    Buf work = {0};
    idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < n; row++) {
        Value v = vector_get(&reader, row);
        Value result = helper_value(signature, scratch, &v, &work);
        vector_put(&writer, row, &result, scratch);
        if (site_stopped(site)) {
            duckdb_scalar_function_set_error(info, "stopped");
            break;
        }
        if (arena_used(scratch) > SCRATCH_MAX) scratch = thread_scratch();
    }
    buf_free(&work);
}

/* ------------------------------------------------------- mv-expand lists */

/* A growing list child: elements of all rows one after the other. */
typedef struct ListOut {
    duckdb_vector list, child;
    VectorWriter writer;
    idx_t size, cap;
    const Site *site;
    bool is_stopped;
} ListOut;

static void list_push(ListOut *out, const Value *v, Arena *scratch) {
    if (out->size % 4096 == 0) out->is_stopped = site_stopped(out->site);
    if (out->size == out->cap) {
        out->cap = out->cap ? out->cap * 2 : 4096;
        duckdb_list_vector_reserve(out->list, out->cap);
        duckdb_list_vector_set_size(out->list, out->cap);
        out->child = duckdb_list_vector_get_child(out->list);
        out->writer = vector_writer(out->child, TYPE_DYNAMIC);
    }
    vector_put(&out->writer, out->size++, v, scratch);
}

static Value element_value(Str text) {
    return json_kind(text) == JSON_NULL ? value_null(TYPE_DYNAMIC) : value_text(TYPE_DYNAMIC, text);
}

static Value member_value(Arena *scratch, Str key, Str value, bool as_pair) {
    size_t len = key.len + value.len + 6;
    char *text = arena_alloc_raw(scratch, len);
    size_t at = 0;
    text[at++] = as_pair ? '[' : '{';
    text[at++] = '"';
    memcpy(text + at, key.ptr, key.len);
    at += key.len;
    text[at++] = '"';
    text[at++] = as_pair ? ',' : ':';
    memcpy(text + at, value.ptr, value.len);
    at += value.len;
    text[at++] = as_pair ? ']' : '}';
    return value_text(TYPE_DYNAMIC, (Str){text, at});
}

static void expand_value(ListOut *out, const Value *v, bool as_pair, Arena *scratch) {
    JsonCursor cursor;
    if (v->is_null || !json_enter(v->u.s, &cursor)) {
        Value whole = v->is_null ? value_null(TYPE_DYNAMIC) : element_value(v->u.s);
        list_push(out, &whole, scratch);
        return;
    }
    Str key, element;
    while (!out->is_stopped && json_next(&cursor, &key, &element)) {
        Value item = cursor.is_object ? member_value(scratch, key, element, as_pair)
                                      : element_value(element);
        list_push(out, &item, scratch);
    }
}

static void expand_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    const FnSignature *signature = duckdb_scalar_function_get_extra_info(info);
    Arena *scratch = thread_scratch();
    VectorReader reader = vector_reader(duckdb_data_chunk_get_vector(input, 0), TYPE_DYNAMIC);
    duckdb_list_entry *entries = duckdb_vector_get_data(output);
    ListOut out = {.list = output, .site = duckdb_scalar_function_get_bind_data(info)};
    idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < n && !out.is_stopped; row++) {
        Value v = vector_get(&reader, row);
        idx_t start = out.size;
        expand_value(&out, &v, signature->helper == HELPER_EXPAND_PAIR, scratch);
        entries[row] = (duckdb_list_entry){.offset = start, .length = out.size - start};
        if (arena_used(scratch) > SCRATCH_MAX) scratch = thread_scratch();
    }
    duckdb_list_vector_set_size(output, out.size);
    if (out.is_stopped) duckdb_scalar_function_set_error(info, "stopped");
}

/* -------------------------------------------------------------- registry */

/* One letter a type; the engine's names ignore case, so all are lower. */
static char type_letter(Type t) {
    static const char letters[TYPE_COUNT] = {'x', 'b', 'i', 'l', 'r', 'm', 's', 't', 'p', 'g', 'd'};
    return letters[t];
}

static const char *helper_word(HelperKind helper) {
    switch (helper) {
    case HELPER_JSON: return "to_json_text";
    case HELPER_CONVERT: return "convert";
    case HELPER_FOLD_CASE: return "fold_case";
    case HELPER_CANONICAL: return "canonical_json";
    case HELPER_SOUND: return "sound_json";
    case HELPER_EXPAND: return "expand";
    case HELPER_EXPAND_PAIR: return "expand_pairs";
    case HELPER_NONE: break;
    }
    return "";
}

static void put_name(Buf *out, const FnSignature *s) {
    buf_puts(out, !s->fn                        ? "q."
                  : s->fn->kind == FN_OPERATOR  ? "op."
                  : s->fn->kind == FN_AGGREGATE ? "agg."
                                                : "fn.");
    buf_puts(out, s->fn ? s->fn->name : helper_word(s->helper));
    buf_putc(out, ':');
    for (uint32_t i = 0; i < s->n_args; i++) buf_putc(out, type_letter(s->args[i]));
    buf_putc(out, '>');
    buf_putc(out, type_letter(s->result));
    if (s->subqueries) buf_printf(out, "/%" PRIx64, s->subqueries);
}

static bool scalar_register(duckdb_connection connection, FnSignature *s) {
    duckdb_scalar_function f = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(f, s->name.ptr);
    for (uint32_t i = 0; i < s->n_args; i++) {
        duckdb_logical_type type = type_to_duckdb(s->args[i]);
        duckdb_scalar_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    bool is_list = s->helper == HELPER_EXPAND || s->helper == HELPER_EXPAND_PAIR;
    duckdb_logical_type type = type_to_duckdb(s->result);
    if (is_list) {
        duckdb_logical_type list = duckdb_create_list_type(type);
        duckdb_destroy_logical_type(&type);
        type = list;
    }
    duckdb_scalar_function_set_return_type(f, type);
    duckdb_destroy_logical_type(&type);
    duckdb_scalar_function_set_special_handling(f);
    if (s->fn && s->fn->is_volatile) duckdb_scalar_function_set_volatile(f);
    duckdb_scalar_function_set_extra_info(f, s, NULL);
    duckdb_scalar_function_set_bind(f, kernel_bind);
    duckdb_scalar_function_set_function(f, s->fn     ? kernel_rows
                                           : is_list ? expand_rows
                                                     : helper_rows);
    bool ok = duckdb_register_scalar_function(connection, f) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&f);
    return ok;
}

static FnSignature *signature_keep(Engine *e, const FnSignature *like, Str name) {
    FnSignature *s = ARENA_NEW(e->arena, FnSignature);
    *s = *like;
    s->engine = e;
    s->name = arena_str(e->arena, name);
    s->args = ARENA_ARRAY(e->arena, Type, like->n_args + 1);
    for (uint32_t i = 0; i < like->n_args; i++) s->args[i] = like->args[i];
    return s;
}

/* Finds or registers; the lock is held. */
static Status signature_find(Engine *e, const FnSignature *like, Str name, Str *ret_name) {
    FnSignature **bucket = &e->signatures[str_hash(name) % COUNT_OF(e->signatures)];
    for (FnSignature *s = *bucket; s; s = s->next) {
        if (str_eq(s->name, name)) {
            *ret_name = s->name;
            return OK;
        }
    }
    FnSignature *s = signature_keep(e, like, name);
    bool is_aggregate = s->fn && s->fn->kind == FN_AGGREGATE;
    bool ok = is_aggregate ? udaf_register(e->registrar, s) : scalar_register(e->registrar, s);
    if (!ok) return ENGINE;
    s->next = *bucket;
    *bucket = s;
    *ret_name = s->name;
    return OK;
}

static Status signature_name(Engine *e, const FnSignature *like, Str *ret_name) {
    Buf name = {0};
    put_name(&name, like);
    pthread_mutex_lock(&e->lock);
    Status status = signature_find(e, like, buf_str(&name), ret_name);
    pthread_mutex_unlock(&e->lock);
    buf_free(&name);
    return status;
}

Status udf_name(Engine *e, const FnDef *fn, const Type *args, uint32_t n_args, Type result,
                uint64_t subqueries, Str *ret_name) {
    FnSignature like = {.fn = fn,
                        .args = (Type *)(uintptr_t)args,
                        .n_args = n_args,
                        .result = result,
                        .subqueries = subqueries};
    return signature_name(e, &like, ret_name);
}

Status udf_helper_name(Engine *e, HelperKind helper, Type arg, Type result, Str *ret_name) {
    FnSignature like = {.helper = helper, .args = &arg, .n_args = 1, .result = result};
    return signature_name(e, &like, ret_name);
}
