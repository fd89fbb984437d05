/*
 * series_elements.c: arithmetic, comparisons and mathematics, element by element.
 *
 * Source: the functions' pages. An element that is no number, or that only one of the arrays has,
 * gives null. A number in the place of an array goes with each element. Sums, differences, products,
 * absolute values and signs of whole numbers stay whole; everything else is real.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

/* An array, or one number for each place. */
typedef struct Operand {
    Series series;
    bool is_one;
} Operand;

static bool operand_of(KernelCall *call, const Value *v, Operand *ret) {
    ret->is_one = false;
    if (v->is_null) return false;
    if (v->type == TYPE_DYNAMIC && is_array(v)) return series_of(call, v, &ret->series);
    Str json = json_of_value(call->scratch, v);
    JsonKind kind = json_kind(json);
    ret->is_one = true;
    ret->series = series_zeros(call->scratch, 1);
    ret->series.is_long[0] = kind == JSON_LONG;
    return (kind == JSON_LONG || kind == JSON_REAL) && json_real(json, ret->series.at);
}

typedef struct Pair {
    double a, b;
    bool is_known, is_long;
} Pair;

static Pair pair_at(const Operand *x, const Operand *y, size_t i) {
    size_t at_x = x->is_one ? 0 : i, at_y = y->is_one ? 0 : i;
    Pair p = {0};
    if (at_x >= x->series.n || at_y >= y->series.n) return p;
    p.a = x->series.at[at_x];
    p.b = y->series.at[at_y];
    p.is_known = x->series.is_number[at_x] && y->series.is_number[at_y];
    p.is_long = x->series.is_long[at_x] && y->series.is_long[at_y];
    return p;
}

/* False unless one at least is an array; then the length of the result. */
static bool operands_of(KernelCall *call, const Value *args, uint32_t n_args, Operand *x,
                        Operand *y, size_t *ret_n) {
    if (n_args != 2 || !operand_of(call, &args[0], x) || !operand_of(call, &args[1], y))
        return false;
    if (x->is_one && y->is_one) return false;
    size_t n_x = x->is_one ? 0 : x->series.n, n_y = y->is_one ? 0 : y->series.n;
    *ret_n = n_x > n_y ? n_x : n_y;
    return true;
}

static void put_number(Out *out, double value, bool is_known, bool is_long) {
    /* up to 2^53 a real holds a whole number exactly */
    if (is_known && is_long && fabs(value) <= 9007199254740992.0)
        out_long_element(out, (int64_t)value);
    else out_real_element(out, value, is_known);
}

static void arithmetic(KernelCall *call, const Value *args, uint32_t n_args,
                       double (*fn)(double, double), bool keeps_long, Value *ret) {
    Operand x, y;
    size_t n;
    if (!operands_of(call, args, n_args, &x, &y, &n)) return;
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < n; i++) {
        Pair p = pair_at(&x, &y, i);
        put_number(&out, fn(p.a, p.b), p.is_known, keeps_long && p.is_long);
    }
    ret_text(ret, out_close(&out));
}

static void comparison(KernelCall *call, const Value *args, uint32_t n_args,
                       bool (*fn)(double, double), Value *ret) {
    Operand x, y;
    size_t n;
    if (!operands_of(call, args, n_args, &x, &y, &n)) return;
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < n; i++) {
        Pair p = pair_at(&x, &y, i);
        out_element(&out, !p.is_known ? STR("null") : fn(p.a, p.b) ? STR("true") : STR("false"));
    }
    ret_text(ret, out_close(&out));
}

static void mathematics(KernelCall *call, const Value *args, double (*fn)(double), bool keeps_long,
                        Value *ret) {
    Series s;
    if (!series_of(call, &args[0], &s)) return;
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < s.n; i++)
        put_number(&out, fn(s.at[i]), s.is_number[i], keeps_long && s.is_long[i]);
    ret_text(ret, out_close(&out));
}

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double sign(double a) { return (a > 0) - (a < 0); }
static bool greater(double a, double b) { return a > b; }
static bool greater_equals(double a, double b) { return a >= b; }
static bool less(double a, double b) { return a < b; }
static bool less_equals(double a, double b) { return a <= b; }
static bool equals(double a, double b) { return a == b; }
static bool not_equals(double a, double b) { return a != b; }

#define ARITHMETIC(name, op, keeps_long)                                                           \
    static void series_##name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {  \
        arithmetic(call, args, n_args, op, keeps_long, ret);                                       \
    }                                                                                              \
    const Kernel kernel_series_##name = {.fn = series_##name};
#define COMPARISON(name)                                                                           \
    static void series_##name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {  \
        comparison(call, args, n_args, name, ret);                                                 \
    }                                                                                              \
    const Kernel kernel_series_##name = {.fn = series_##name};
#define MATHEMATICS(name, op, keeps_long)                                                          \
    static void series_##name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {  \
        (void)n_args;                                                                              \
        mathematics(call, args, op, keeps_long, ret);                                              \
    }                                                                                              \
    const Kernel kernel_series_##name = {.fn = series_##name};

ARITHMETIC(add, add, true)
ARITHMETIC(subtract, subtract, true)
ARITHMETIC(multiply, multiply, true)
ARITHMETIC(divide, divide, false)
ARITHMETIC(pow, pow, false)
COMPARISON(greater)
COMPARISON(greater_equals)
COMPARISON(less)
COMPARISON(less_equals)
COMPARISON(equals)
COMPARISON(not_equals)
MATHEMATICS(abs, fabs, true)
MATHEMATICS(sign, sign, true)
MATHEMATICS(exp, exp, false)
MATHEMATICS(log, log, false)
MATHEMATICS(sin, sin, false)
MATHEMATICS(cos, cos, false)
MATHEMATICS(tan, tan, false)
MATHEMATICS(asin, asin, false)
MATHEMATICS(acos, acos, false)
MATHEMATICS(atan, atan, false)
MATHEMATICS(floor, floor, false)
MATHEMATICS(ceiling, ceil, false)
