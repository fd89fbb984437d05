/*
 * error.c: the embedded engine's errors as diagnostics in KQL terms.
 *
 * Kernels mark their messages with the function that raised them; the plan then tells where the
 * query calls it. Everything else is sorted by the engine's error type.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"

typedef struct SpanSearch {
    Str name;
    Span span;
    bool is_found;
} SpanSearch;

static void search_expr(Expr *e, void *ctx) {
    SpanSearch *s = ctx;
    if (s->is_found || e->kind != EXPR_CALL || !str_is(s->name, e->u.fn->name)) return;
    s->span = e->span;
    s->is_found = true;
}

static void search_plan(const Plan *p, SpanSearch *s, unsigned depth) {
    if (s->is_found || depth > 1000) return;
    plan_visit_exprs((Plan *)(uintptr_t)p, search_expr, s);
    for (uint32_t i = 0; p->kind == PLAN_AGGREGATE && i < p->u.aggregate.n_aggs && !s->is_found;
         i++) {
        if (!str_is(s->name, p->u.aggregate.aggs[i].fn->name)) continue;
        s->span = p->u.aggregate.aggs[i].span;
        s->is_found = true;
    }
    for (uint32_t i = 0; i < p->n_inputs; i++) search_plan(p->inputs[i], s, depth + 1);
}

/* A message that a kernel or scan marked: its own words, with the place of the call. */
static bool report_marked(const Run *run, Str message, Diags *diags, Status *ret) {
    size_t first = str_find(message, STR("\x1f"), 0);
    size_t second = first == SIZE_MAX ? SIZE_MAX : str_find(message, STR("\x1f"), first + 1);
    size_t third = second == SIZE_MAX ? SIZE_MAX : str_find(message, STR("\x1f"), second + 1);
    if (third == SIZE_MAX) return false;
    Str name = str_sub(message, first + 1, second - first - 1);
    Str text = str_sub(message, second + 1, third - second - 1);
    if (str_is(name, "scan")) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY520", "%.*s", STR_ARG(text));
        *ret = DATA;
        return true;
    }
    SpanSearch search = {.name = name};
    if (run && run->lowered.plan) search_plan(run->lowered.plan, &search, 0);
    if (str_starts_with(name, STR("__"))) name = str_sub(name, 2, name.len); /* one of our own */
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, search.span, "QY521", "%.*s: %.*s", STR_ARG(name),
             STR_ARG(text));
    *ret = INVALID;
    return true;
}

static Status report(Diags *diags, Status status, const char *code, const char *words,
                     Str message) {
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, code, "%s%s%.*s", words,
             message.len ? ": " : "", STR_ARG(message));
    return status;
}

static Status report_memory(Diags *diags, Str message) {
    Status status =
        report(diags, LIMIT, "QY532", "the query needs more memory than it may use", message);
    if (diags->n)
        diags->items[diags->n - 1].hint = STR(
            "give it more with --memory, let fewer threads share it with --threads, project fewer columns or filter earlier");
    return status;
}

/* The spilled rows have no room: more memory would help, but that is not what is wrong. */
static Status report_spill(Diags *diags, Str message) {
    Status status = report(diags, LIMIT, "QY536",
                           "the disk for rows that do not fit into memory is full", message);
    if (diags->n)
        diags->items[diags->n - 1].hint =
            STR("let TMPDIR name a folder with more room, or give the query more with --memory");
    return status;
}

/* The engine was refused a Parquet file that is not there, and looked for a folder of its name. */
static bool report_missing(Str plain, Diags *diags, Status *ret) {
    Str head = STR("Cannot access file \""), tail = STR("/**/*.parquet\"");
    size_t end = str_find(plain, tail, 0);
    if (!str_starts_with(plain, head) || end == SIZE_MAX) return false;
    Str path = str_sub(plain, head.len, end - head.len);
    *ret = report(diags, DATA, "QY534", "a file could not be read",
                  arena_printf(diags->arena, "%.*s is missing", STR_ARG(path)));
    return true;
}

/* A Parquet file whose bytes are damaged. */
static bool is_damage(Str plain) {
    static const char *const signs[] = {"TProtocolException", "Failed to read file", "Parquet",
                                        "parquet"};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_find(plain, str_of(signs[i]), 0) != SIZE_MAX) return true;
    return false;
}

/* The first line without the engine's own heading ("Conversion Error: "). */
static Str plain_message(Str message) {
    size_t end = str_find(message, STR("\n"), 0);
    if (end != SIZE_MAX) message = str_sub(message, 0, end);
    size_t head = str_find(message, STR(" Error: "), 0);
    return head != SIZE_MAX && head < 40 ? str_sub(message, head + 8, message.len) : message;
}

_Thread_local bool run_is_planning;

void run_note_error(Run *run, const char *marked) {
    if (!run || run_is_planning) return;
    char *none = NULL, *text = strdup(marked);
    if (text && !atomic_compare_exchange_strong(&run->first_error, &none, text)) free(text);
}

Status error_to_diag(const Run *run, const char *message, duckdb_error_type type, Diags *diags) {
    Str text = str_of(message);
    Status status;
    if (run && run->stop == STOP_CANCEL)
        return report(diags, CANCELLED, "QY530", "interrupted", STR_EMPTY);
    if (run && run->stop == STOP_TIMEOUT)
        return report(diags, LIMIT, "QY531", "the time limit was reached before the query ended",
                      STR_EMPTY);
    if (run && run->stop == STOP_MEMORY) return report_memory(diags, STR_EMPTY);
    if (report_marked(run, text, diags, &status)) return status;
    const char *first = run ? atomic_load(&run->first_error) : NULL;
    if (first && report_marked(run, str_of(first), diags, &status)) return status;
    Str plain = plain_message(text);
    if (str_find(plain, STR("Max expression depth"), 0) != SIZE_MAX)
        return report(diags, LIMIT, "QY902", "the query is nested too deeply for the engine",
                      STR_EMPTY);
    if (report_missing(plain, diags, &status)) return status;
    if (str_starts_with(plain, STR("failed to offload data block")) ||
        str_find(plain, STR("No space left on device"), 0) != SIZE_MAX)
        return report_spill(diags, plain);
    /* found while the engine plans or gives its first rows, they come without their type */
    if (str_starts_with(text, STR("Out of Memory Error")) ||
        str_starts_with(plain, STR("failed to allocate data of size")) ||
        str_starts_with(plain, STR("could not allocate block of size")))
        type = DUCKDB_ERROR_OUT_OF_MEMORY;
    if (str_starts_with(text, STR("INTERRUPT Error"))) type = DUCKDB_ERROR_INTERRUPT;
    if (str_starts_with(plain, STR("Overflow in "))) type = DUCKDB_ERROR_OUT_OF_RANGE;
    switch ((int)type) {
    case DUCKDB_ERROR_OUT_OF_MEMORY: return report_memory(diags, plain);
    case DUCKDB_ERROR_INTERRUPT: /* nobody did: another thread failed, and did not say why */
        return report(diags, ENGINE, "QY537", "a part of the query failed and ended the rest",
                      STR_EMPTY);
    case DUCKDB_ERROR_OUT_OF_RANGE:
    case DUCKDB_ERROR_CONVERSION:
    case DUCKDB_ERROR_DECIMAL:
        return report(diags, ENGINE, "QY533", "a value is out of range", plain);
    case DUCKDB_ERROR_IO:
        return report(diags, DATA, "QY534", "a file could not be read or written", plain);
    case DUCKDB_ERROR_PERMISSION: return report(diags, ENGINE, "QY535", "access refused", plain);
    default: break;
    }
    if (is_damage(plain)) return report(diags, DATA, "QY534", "a file could not be read", plain);
    return report(diags, INTERNAL, "QY990", "internal error in the query engine", plain);
}
