/*
 * run.h: calls a catalog function as the engine would: arguments widened by its result rule, nulls
 * answered by its null rule, then its kernel. NULL_TEXT stands for a null result.
 */
#ifndef QUARRY_TEST_RUN_H
#define QUARRY_TEST_RUN_H

#include "base/json.h"
#include "base/ticks.h"
#include "catalog/catalog.h"
#include "test.h"

#define NULL_TEXT "(null)"
typedef struct Args {
    const Value *values;
    size_t n;
} Args;
#define ARGS(...)                                                                                  \
    ((Args){(const Value[]){__VA_ARGS__}, sizeof((const Value[]){__VA_ARGS__}) / sizeof(Value)})
#define NO_ARGS ((Args){NULL, 0})
#define S(text) value_str(STR(text))
#define L(number) value_long(number)
#define I(number) value_int(number)
#define R(number) value_real(number)
#define B(flag) value_bool(flag)
#define D(json) value_text(TYPE_DYNAMIC, STR(json))
#define NUL(type) value_null(type)
#define DT(text) run_datetime(text)
#define TS(text) run_timespan(text)

static Arena *run_arena;
static QueryContext run_query = {.now_ticks = INT64_C(638000000000000000)};

static inline Value run_datetime(const char *text) {
    int64_t ticks = 0;
    CHECK(ticks_parse_datetime(str_of(text), &ticks));
    return value_ticks(TYPE_DATETIME, ticks);
}

static inline Value run_timespan(const char *text) {
    int64_t ticks = 0;
    CHECK(ticks_parse_timespan(str_of(text), &ticks));
    return value_ticks(TYPE_TIMESPAN, ticks);
}

static inline Type run_result_type(const FnDef *fn, Value *args, uint32_t n) {
    Type types[64] = {TYPE_ERROR}, common = TYPE_ERROR;
    for (uint32_t i = 0; i < n; i++) types[i] = args[i].type;
    switch (fn->result) {
    case RESULT_FIXED: return fn->type;
    case RESULT_ARG0: return types[0];
    case RESULT_ARG1: return types[1];
    case RESULT_CUSTOM: return fn->result_fn(fn, types, n);
    case RESULT_ARITH: return catalog_arith_type(str_of(fn->name), types[0], types[1]);
    case RESULT_BIN:
        if (!(TYPE_BIT(types[0]) & TS_NUMBER)) return types[0];
        break;
    case RESULT_WIDEST: break;
    }
    bool picks = str_is(str_of(fn->name), "iff") || str_is(str_of(fn->name), "case");
    for (uint32_t i = 0; i < n; i++) {
        if (picks && i % 2 == 0 && i + 1 < n) continue;
        common = common == TYPE_ERROR ? types[i] : catalog_common_type(common, types[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (picks && i % 2 == 0 && i + 1 < n) continue;
        args[i] = value_convert(run_arena, &args[i], common);
    }
    return common;
}

static inline Value run_call(const FnDef *fn, const Value *given, size_t n) {
    Value args[64];
    for (size_t i = 0; i < n; i++) args[i] = given[i];
    Value ret = value_null(run_result_type(fn, args, (uint32_t)n));
    for (size_t i = 0; i < n && fn->nulls == NULLS_PROPAGATE; i++)
        if (args[i].is_null) return ret;
    Str error = STR_EMPTY;
    bool constant[64];
    for (size_t i = 0; i < n; i++) constant[i] = true;
    void *state = NULL;
    if (fn->kernel->prepare)
        state = fn->kernel->prepare(run_arena, args, constant, (uint32_t)n, &error);
    KernelCall call = {.scratch = run_arena, .state = state, .query = &run_query, .error = error};
    if (!error.len) fn->kernel->fn(&call, args, (uint32_t)n, &ret);
    if (state && fn->kernel->release) fn->kernel->release(state);
    if (call.error.len)
        return value_str(arena_printf(run_arena, "error: %.*s", STR_ARG(call.error)));
    if (!ret.is_null && ret.type == TYPE_DYNAMIC) {
        Buf canonical = {0}; /* what a kernel makes must be canonical */
        CHECK(json_canonical(ret.u.s, &canonical));
        CHECK_STR(buf_str(&canonical), arena_cstr(run_arena, ret.u.s));
        buf_free(&canonical);
    }
    return ret;
}

static inline void run_check(const char *file, int line, const FnDef *fn, const char *name,
                             Args args, const char *expected) {
    if (!fn || !fn->kernel) {
        fprintf(stderr, "%s:%d: no function %s\n", file, line, name);
        test_failed++;
        return;
    }
    Value ret = run_call(fn, args.values, args.n);
    Str text = ret.is_null                ? STR(NULL_TEXT)
               : ret.type == TYPE_DYNAMIC ? ret.u.s
                                          : value_to_text(run_arena, &ret);
    if (!str_is(text, expected)) fprintf(stderr, "%s:%d: %s\n", file, line, name);
    test_check_str(file, line, text, str_of(expected));
}

/* FN("strlen", ARGS(S("abc")), "3") */
#define FN(name, args, expected)                                                                   \
    run_check(__FILE__, __LINE__, catalog_scalar(STR(name)), name, args, expected)
#define OP(name, args, expected)                                                                   \
    run_check(__FILE__, __LINE__, catalog_operator(STR(name)), name, args, expected)

#endif
