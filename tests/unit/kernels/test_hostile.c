/*
 * Every kernel over values at the ends of their ranges and over text and JSON of bad intent, with
 * arguments constant and not. Nothing may crash (run it under the sanitizers), and whatever comes
 * out is what the contract says: of the result's type and in its range, JSON canonical, a string
 * never null.
 */
#include <math.h>

#include "base/json.h"
#include "base/ticks.h"
#include "catalog/catalog.h"
#include "test.h"

enum { ROUNDS = 40, MAX_ARGS = 24 };

static Arena *arena;
static const QueryContext context = {
    .now_ticks = INT64_C(638000000000000000), .cluster = "local", .database = "quarry"};

/* ---------------------------------------------------------------- chance */

static uint64_t random_state = UINT64_C(88172645463325252);

/* From 0 to n - 1; the same row of numbers in every run. */
static size_t chance(size_t n) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state >> 11) % n;
}

static const char *const TEXTS[] = {"",
                                    "a",
                                    "$.a",
                                    "$.a.b[0]",
                                    "$['x']",
                                    "$",
                                    "[1,2",
                                    "{\"a\":1}",
                                    "http://u:p@h.example:80/p?q=1#f",
                                    "1.2.3.4",
                                    "1.2.3.4/24",
                                    "::1",
                                    "fe80::1/64",
                                    "day",
                                    "month",
                                    "week_of_year",
                                    "nanosecond",
                                    "yyyy-MM-dd",
                                    "dd.hh",
                                    "UTC",
                                    "Europe/Paris",
                                    "0x1F",
                                    "1e400",
                                    "-1",
                                    "true",
                                    "2020-01-01",
                                    "1.00:00:00",
                                    "(a)(b",
                                    "(\\d+)",
                                    "[a-z]*",
                                    "\\1",
                                    "\xC3\xA9\xF0\x9F\x98\x80",
                                    "\xFF\xFE",
                                    "\"",
                                    "\\\\",
                                    "74be27de-1e4e-49d9-b579-fe0b331d3642",
                                    "a,b;c|d",
                                    "<a><b>1</b></a>",
                                    "SGVsbG8=",
                                    "key=val",
                                    "regex",
                                    "%41%zz",
                                    "xn--mnchen-3ya",
                                    "\"a b\" -c 'd",
                                    "C:\\x\\y.exe"};
static const char *const JSONS[] = {"[]",
                                    "{}",
                                    "null",
                                    "1",
                                    "-0.0",
                                    "1e308",
                                    "\"\"",
                                    "\"a\"",
                                    "[1,2,3]",
                                    "true",
                                    "NaN",
                                    "[1,\"a\",null,true,[2],{\"k\":1}]",
                                    "{\"a\":1,\"b\":{\"c\":[1,2]}}",
                                    "[[[[[]]]]]",
                                    "[null]",
                                    "\"{\\\"a\\\":1}\"",
                                    "\"[1,2]\"",
                                    "[\"a\",\"b\"]",
                                    "[0,-1,9223372036854775807]",
                                    "{\"\":null}",
                                    "[\"2019-07-15T00:00:00.0000000Z\",\"01:00:00\"]",
                                    "[NaN,Infinity]",
                                    "\"\\u0000\"",
                                    "{\"a\\\"b\":1}",
                                    "[\"1.2.3.4/8\",\"x\"]"};
static const int64_t LONGS[] = {
    0, 1, -1, 2, 3, 7, 64, 100, -100, INT64_MAX, INT64_MIN, INT32_MAX, INT32_MIN, TICKS_PER_DAY};
static const double REALS[] = {0,       -0.0, 1,        -1,        0.5,  1e300,
                               -1e-300, NAN,  INFINITY, -INFINITY, 1e18, 9.3e18};

static Value random_text(void) {
    static const char MARKS[] = "abc$.[]{}\"'\\%:/?#@0123456789 ,;|";
    char bytes[40];
    size_t n = chance(sizeof bytes);
    if (chance(4)) return value_str(str_of(TEXTS[chance(COUNT_OF(TEXTS))]));
    for (size_t i = 0; i < n; i++)
        bytes[i] = chance(4) ? MARKS[chance(sizeof MARKS - 1)] : (char)chance(256);
    return value_str(arena_str(arena, (Str){bytes, n}));
}

static Value random_value(TypeSet types) {
    Type type = TYPE_ERROR;
    while (type == TYPE_ERROR || !(types & TYPE_BIT(type)))
        type = (Type)(1 + chance(TYPE_COUNT - 1));
    if (type != TYPE_STRING && chance(12) == 0) return value_null(type);
    int64_t number = chance(2) ? LONGS[chance(COUNT_OF(LONGS))] : (int64_t)chance(20) - 5;
    switch (type) {
    case TYPE_BOOL: return value_bool(chance(2));
    case TYPE_INT: return value_int((int32_t)number);
    case TYPE_LONG: return value_long(number);
    case TYPE_REAL: return value_real(REALS[chance(COUNT_OF(REALS))]);
    case TYPE_DECIMAL: return value_decimal((Int128)number * (Int128)chance(1000000));
    case TYPE_DATETIME:
        if (chance(5) == 0) return value_ticks(type, chance(2) ? 0 : TICKS_MAX_DATETIME);
        return value_ticks(type, (int64_t)chance((size_t)TICKS_MAX_DATETIME));
    case TYPE_TIMESPAN: return value_ticks(type, number);
    case TYPE_GUID: return value_text(type, STR("74be27de-1e4e-49d9-b579-fe0b331d3642"));
    case TYPE_DYNAMIC: /* a copy, so that the sanitizers see its end */
        return value_text(type, arena_str(arena, str_of(JSONS[chance(COUNT_OF(JSONS))])));
    case TYPE_STRING:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return random_text();
}

/* ----------------------------------------------------------------- calls */

static TypeSet types_of(const Param *p) {
    return p->flags & PARAM_AS_STRING ? (TypeSet)TS_STRING : p->types;
}

/* Arguments for all parameters, optional ones now and then, repeated ones up to four times. */
static uint32_t random_args(const FnDef *fn, Value *args) {
    uint32_t n = 0, n_params = 0;
    while (n_params < FN_MAX_PARAMS && fn->params[n_params].name) n_params++;
    for (; n < n_params; n++) {
        if ((fn->params[n].flags & PARAM_OPTIONAL) && chance(2)) return n;
        args[n] = random_value(types_of(&fn->params[n]));
    }
    for (size_t times = chance(4); times > 0; times--)
        for (uint32_t p = 0; p < n_params && n < MAX_ARGS; p++)
            if (fn->params[p].flags & PARAM_REPEAT)
                args[n++] = random_value(types_of(&fn->params[p]));
    return n;
}

/* The type of the call; arguments that must have one type are converted. TYPE_ERROR: the binder
 * would not let it pass. */
static Type bind_call(const FnDef *fn, Value *args, uint32_t n) {
    Type types[MAX_ARGS] = {TYPE_ERROR}, common = TYPE_ERROR;
    for (uint32_t i = 0; i < n; i++) types[i] = args[i].type;
    switch (fn->result) {
    case RESULT_FIXED: return fn->type;
    case RESULT_ARG0: return types[0];
    case RESULT_ARG1: return types[1];
    case RESULT_CUSTOM: return fn->result_fn(fn, types, n);
    case RESULT_ARITH:
        if (n == 1) return types[0] == TYPE_INT ? TYPE_LONG : types[0];
        return catalog_arith_type(str_of(fn->name), types[0], types[1]);
    case RESULT_BIN:
        if (!(TYPE_BIT(types[0]) & TS_NUMBER)) return types[0];
        break;
    case RESULT_WIDEST: break;
    }
    uint32_t first = fn->params[0].flags & PARAM_KEEP ? 1 : 0;
    for (uint32_t i = first; i < n; i++)
        common = common == TYPE_ERROR ? types[i] : catalog_common_type(common, types[i]);
    for (uint32_t i = first; i < n && common != TYPE_ERROR; i++)
        args[i] = value_convert(arena, &args[i], common);
    return common;
}

static bool is_sound(const Value *v, Type type) {
    if (type == TYPE_STRING) return !v->is_null && v->type == type;
    if (v->is_null) return true;
    if (v->type != type) return false;
    Buf canonical = {0};
    bool ok = true;
    if (type == TYPE_DYNAMIC) {
        ok = json_canonical(v->u.s, &canonical) && str_eq(buf_str(&canonical), v->u.s);
    } else if (type == TYPE_DATETIME) {
        ok = v->u.l >= 0 && v->u.l <= TICKS_MAX_DATETIME;
    } else if (type == TYPE_DECIMAL) {
        ok = decimal_fits(v->u.d);
    } else if (type == TYPE_GUID) {
        ok = v->u.s.len == GUID_TEXT_LEN;
    }
    buf_free(&canonical);
    return ok;
}

static void call(const FnDef *fn, const Value *args, uint32_t n, const bool *constant, Type type) {
    Str error = STR_EMPTY;
    const Kernel *kernel = fn->kernel;
    void *state = kernel->prepare ? kernel->prepare(arena, args, constant, n, &error) : NULL;
    if (!error.len) {
        KernelCall run = {.scratch = arena, .state = state, .query = &context, .error = error};
        Value ret = value_null(type);
        kernel->fn(&run, args, n, &ret);
        bool ok = run.error.len || is_sound(&ret, type);
        if (!ok)
            fprintf(stderr, "%s(%.*s, ...) gave %.*s\n", fn->name,
                    STR_ARG(n ? value_to_kql(arena, &args[0]) : STR_EMPTY),
                    STR_ARG(value_to_kql(arena, &ret)));
        CHECK(ok);
    }
    if (state && kernel->release) kernel->release(state);
}

static void check_function(const FnDef *fn) {
    int rounds = fn->params[0].name ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
        Value args[MAX_ARGS];
        bool any_null = false, constant[MAX_ARGS];
        uint32_t n = random_args(fn, args);
        Type type = bind_call(fn, args, n);
        for (uint32_t i = 0; i < n; i++) any_null |= args[i].is_null;
        if (type != TYPE_ERROR && !(any_null && fn->nulls == NULLS_PROPAGATE)) {
            for (int kind = 0; kind < 3; kind++) { /* none constant, all, some */
                for (uint32_t i = 0; i < n; i++)
                    constant[i] = kind == 1 || (kind == 2 && chance(2));
                call(fn, args, n, constant, type);
            }
        }
        arena_reset(arena);
    }
}

int main(void) {
    arena = arena_new();
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        bool is_scalar = fn->kind == FN_SCALAR || fn->kind == FN_OPERATOR;
        if (is_scalar && fn->kernel && fn->kernel->fn) check_function(fn);
    }
    arena_free(arena);
    return test_finish();
}
