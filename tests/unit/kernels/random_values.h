/*
 * random_values.h: arguments for catalog functions by chance: values at the ends of their ranges,
 * text and JSON of bad intent. The same ones in every run.
 */
#ifndef QUARRY_TEST_RANDOM_VALUES_H
#define QUARRY_TEST_RANDOM_VALUES_H

#include <math.h>

#include "base/ticks.h"
#include "catalog/catalog.h"

enum { MAX_ARGS = 24 };

static Arena *arena;
static bool only_clean_text; /* valid UTF-8 without NUL */

/* ---------------------------------------------------------------- chance */

static uint64_t random_state = UINT64_C(88172645463325252);

/* From 0 to n - 1; the same row of numbers in every run. */
static inline size_t chance(size_t n) {
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

static inline Value random_text(void) {
    static const char MARKS[] = "abc$.[]{}\"'\\%:/?#@0123456789 ,;|";
    char bytes[40];
    size_t n = chance(sizeof bytes);
    if (chance(4)) {
        Str text = str_of(TEXTS[chance(COUNT_OF(TEXTS))]);
        bool is_foul = text.len && text.ptr[0] == '\xFF';
        return value_str(only_clean_text && is_foul ? STR_EMPTY : text);
    }
    for (size_t i = 0; i < n; i++)
        bytes[i] =
            only_clean_text || chance(4) ? MARKS[chance(sizeof MARKS - 1)] : (char)chance(256);
    return value_str(arena_str(arena, (Str){bytes, n}));
}

/* With a fraction now and then, and from all of the range. */
static inline Value random_decimal(int64_t digits) {
    static const int PLACES[] = {0, 0, -1, -6, 4, -33, 30, -6150, 6100};
    bool is_negative = digits < 0;
    DecimalWide wide = {.low = is_negative ? -(Uint128)digits : (Uint128)digits};
    Decimal d = DECIMAL_ZERO;
    bool fits = decimal_round_wide(is_negative, wide, PLACES[chance(COUNT_OF(PLACES))], &d);
    return fits ? value_decimal(d) : value_null(TYPE_DECIMAL);
}

static inline Value random_value(TypeSet types) {
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
    case TYPE_DECIMAL: return random_decimal(number);
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

static inline TypeSet types_of(const Param *p) {
    return p->flags & PARAM_AS_STRING ? (TypeSet)TS_STRING : p->types;
}

/* Arguments for all parameters, optional ones now and then, repeated ones up to four times. */
static inline uint32_t random_args(const FnDef *fn, Value *args) {
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
static inline Type bind_call(const FnDef *fn, Value *args, uint32_t n) {
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

#endif
