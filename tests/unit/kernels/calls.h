/*
 * calls.h: running catalog rows from tables of {function, arguments, expected text}.
 *
 * Arguments and results are written as the text of a value with a letter for its type:
 * S"text" makes a string, D a dynamic, L a long, N a null of a type. A case runs twice: with every
 * argument constant (prepare sees them) and with none.
 */
#ifndef QUARRY_TEST_CALLS_H
#define QUARRY_TEST_CALLS_H

#include "base/json.h"
#include "base/ticks.h"
#include "catalog/catalog.h"
#include "kernels/kernel.h"
#include "test.h"

#define CALL_MAX_ARGS 12

typedef struct Call {
    const char *name;
    const char
        *expected; /* value_to_text of the result; "null" for a null; "error: ..." when it fails */
    Value args[CALL_MAX_ARGS];
} Call;

#define S(text)                                                                                    \
    {                                                                                              \
        .type = TYPE_STRING, .u.s = {(text), sizeof(text) - 1 }                                    \
    }
#define D(json)                                                                                    \
    {                                                                                              \
        .type = TYPE_DYNAMIC, .u.s = {(json), sizeof(json) - 1 }                                   \
    }
#define G(text)                                                                                    \
    {                                                                                              \
        .type = TYPE_GUID, .u.s = {(text), sizeof(text) - 1 }                                      \
    }
#define L(number)                                                                                  \
    { .type = TYPE_LONG, .u.l = (number) }
#define I(number)                                                                                  \
    { .type = TYPE_INT, .u.i = (number) }
#define R(number)                                                                                  \
    { .type = TYPE_REAL, .u.r = (number) }
#define B(truth)                                                                                   \
    { .type = TYPE_BOOL, .u.b = (truth) }
#define T(tick)                                                                                    \
    { .type = TYPE_DATETIME, .u.l = (tick) }
#define N(t)                                                                                       \
    { .type = (t), .is_null = true }

static inline uint32_t call_count_args(const Call *c) {
    uint32_t n = 0;
    while (n < CALL_MAX_ARGS && c->args[n].type != TYPE_ERROR) n++;
    return n;
}

static inline Type call_result_type(const FnDef *fn, const Value *args, uint32_t n) {
    Type types[CALL_MAX_ARGS];
    for (uint32_t i = 0; i < n; i++) types[i] = args[i].type;
    if (fn->result == RESULT_CUSTOM) return fn->result_fn(fn, types, n);
    if (fn->result == RESULT_ARG0) return args[0].type;
    return fn->type;
}

static inline Str call_run(Arena *arena, const FnDef *fn, const Value *args, uint32_t n,
                           bool is_constant) {
    static const QueryContext query = {.now_ticks = TICKS_UNIX_EPOCH};
    KernelCall call = {.scratch = arena, .query = &query, .error = STR_EMPTY};
    bool constant[CALL_MAX_ARGS];
    void *state = NULL;
    for (uint32_t i = 0; i < n; i++) {
        bool must = i < FN_MAX_PARAMS && (fn->params[i].flags & PARAM_CONSTANT);
        constant[i] = is_constant || must;
    }
    Value ret = value_null(call_result_type(fn, args, n));
    if (fn->nulls == NULLS_PROPAGATE)
        for (uint32_t i = 0; i < n; i++)
            if (args[i].is_null) return ret.is_null ? STR("null") : STR_EMPTY;
    if (fn->kernel->prepare) {
        Str error = STR_EMPTY;
        state = fn->kernel->prepare(arena, args, constant, n, &error);
        if (error.len) return arena_printf(arena, "refused: %.*s", STR_ARG(error));
    }
    call.state = state;
    fn->kernel->fn(&call, args, n, &ret);
    Str text = call.error.len ? arena_printf(arena, "error: %.*s", STR_ARG(call.error))
               : ret.is_null  ? STR("null")
                              : value_to_text(arena, &ret);
    if (ret.type == TYPE_DYNAMIC && !ret.is_null && !call.error.len)
        text = arena_str(arena, ret.u.s);
    text = arena_str(arena, text);
    if (state && fn->kernel->release) fn->kernel->release(state);
    return text;
}

static inline void call_check(const char *file, int line, const Call *c) {
    const FnDef *fn = catalog_scalar(str_of(c->name));
    if (!fn) fn = catalog_operator(str_of(c->name));
    if (!fn || !fn->kernel) {
        fprintf(stderr, "%s:%d: no kernel named %s\n", file, line, c->name);
        test_failed++;
        return;
    }
    uint32_t n = call_count_args(c);
    for (int constant = 0; constant < 2; constant++) {
        Arena *arena = arena_new();
        Str got = call_run(arena, fn, c->args, n, constant);
        bool is_refusal = str_starts_with(str_of(c->expected), STR("refused"));
        if (is_refusal && !constant && !str_starts_with(got, STR("refused"))) {
            arena_free(arena); /* refused only where the constant is known beforehand */
            continue;
        }
        if (str_is(got, c->expected) || (is_refusal && str_starts_with(got, str_of(c->expected)))) {
            test_passed++;
        } else {
            test_failed++;
            fprintf(stderr, "%s:%d: %s%s(%.*s, ...)\n  got      \"%.*s\"\n  expected \"%s\"\n",
                    file, line, c->name, constant ? " const" : "",
                    STR_ARG(n ? value_to_text(arena, &c->args[0]) : STR_EMPTY), STR_ARG(got),
                    c->expected);
        }
        arena_free(arena);
    }
}

#define CHECK_CALL(function, expected_text, ...)                                                   \
    do {                                                                                           \
        Call call_ = {function, expected_text, {__VA_ARGS__}};                                     \
        call_check(__FILE__, __LINE__, &call_);                                                    \
    } while (0)

#endif
