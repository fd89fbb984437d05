/*
 * arith.c: + - * / % on numbers, datetimes, timespans and dynamic values.
 *
 * Source: "Numerical operators" (integers divide towards zero, the remainder is never negative) and
 * "Datetime / timespan arithmetic". The result type, decided by the binder, arrives in ret->type.
 */
#include "kernels/arith.h"

#include <math.h>

#include "base/json.h"
#include "base/ticks.h"
#include "kernels/decimal_math.h"
#include "kernels/number.h"

/* ----------------------------------------------------------- plain values */

static int64_t to_long(const Value *v) {
    int64_t l;
    if (v->type == TYPE_DECIMAL) return decimal_to_long(v->u.d, &l) ? l : 0;
    if (v->type == TYPE_INT) return v->u.i;
    if (v->type == TYPE_REAL) return isnan(v->u.r) || fabs(v->u.r) >= 0x1p63 ? 0 : (int64_t)v->u.r;
    return v->u.l;
}

static double to_real(const Value *v) {
    if (v->type == TYPE_REAL) return v->u.r;
    if (v->type == TYPE_INT) return v->u.i;
    if (v->type == TYPE_DECIMAL) return decimal_to_double(v->u.d);
    return (double)v->u.l;
}

static int64_t wrap_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static int64_t wrap_subtract(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
static int64_t wrap_multiply(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }

static bool long_divide(int64_t a, int64_t b, int64_t *ret) {
    if (b == 0) return false;
    *ret = b == -1 ? wrap_subtract(0, a) : a / b;
    return true;
}

/* 0 <= result < |b|, whatever the signs. */
static bool long_modulo(int64_t a, int64_t b, int64_t *ret) {
    if (b == 0) return false;
    if (b == -1) {
        *ret = 0;
        return true;
    }
    int64_t rest = a % b;
    if (rest < 0) rest = b < 0 ? wrap_subtract(rest, b) : rest + b;
    *ret = rest;
    return true;
}

static double real_modulo(double a, double b) {
    double rest = fmod(a, b);
    return rest < 0 ? rest + fabs(b) : rest;
}

static void set_long(Value *ret, int64_t l) {
    ret->is_null = false;
    if (ret->type == TYPE_INT) ret->u.i = (int32_t)(uint32_t)(uint64_t)l;
    else ret->u.l = l;
}

static void set_real(Value *ret, double r) {
    ret->is_null = false;
    ret->u.r = r;
}

/* Ticks as datetime or timespan; a datetime outside its range stays null. */
static void set_ticks(Value *ret, Int128 ticks) {
    if (ret->type == TYPE_DATETIME && (ticks < 0 || ticks > TICKS_MAX_DATETIME)) return;
    if (ticks < INT64_MIN || ticks > INT64_MAX) return;
    ret->is_null = false;
    ret->u.l = (int64_t)ticks;
}

static void set_ticks_real(Value *ret, double ticks) {
    if (!(fabs(ticks) < 0x1p63)) return;
    set_ticks(ret, (Int128)nearbyint(ticks));
}

static bool is_temporal(const Value *v) {
    return v->type == TYPE_DATETIME || v->type == TYPE_TIMESPAN;
}
static bool is_integer(const Value *v) { return v->type == TYPE_INT || v->type == TYPE_LONG; }

/* ------------------------------------------------------------- operations */

static void integers(char op, int64_t a, int64_t b, Value *ret) {
    int64_t l = 0;
    switch (op) {
    case '+': l = wrap_add(a, b); break;
    case '-': l = wrap_subtract(a, b); break;
    case '*': l = wrap_multiply(a, b); break;
    case '/':
        if (!long_divide(a, b, &l)) return;
        break;
    case '%':
        if (!long_modulo(a, b, &l)) return;
        break;
    default: return;
    }
    set_long(ret, l);
}

static void reals(char op, double a, double b, Value *ret) {
    switch (op) {
    case '+': set_real(ret, a + b); return;
    case '-': set_real(ret, a - b); return;
    case '*': set_real(ret, a * b); return;
    case '/': set_real(ret, a / b); return;
    case '%': set_real(ret, real_modulo(a, b)); return;
    default: return;
    }
}

static void decimals(char op, Decimal a, Decimal b, Value *ret) {
    switch (op) {
    case '+': ret->is_null = !decimal_add(a, b, &ret->u.d); return;
    case '-': ret->is_null = !decimal_subtract(a, b, &ret->u.d); return;
    case '*': ret->is_null = !decimal_multiply(a, b, &ret->u.d); return;
    case '/': ret->is_null = !decimal_divide(a, b, &ret->u.d); return;
    case '%': ret->is_null = !decimal_modulo(a, b, &ret->u.d); return;
    default: return;
    }
}

/* At least one side is a datetime or timespan. */
static void temporals(char op, const Value *a, const Value *b, Value *ret) {
    int64_t rest;
    if (op == '+' || op == '-') {
        Int128 left = to_long(a), right = to_long(b);
        set_ticks(ret, op == '+' ? left + right : left - right);
    } else if (op == '*') {
        bool is_whole = (is_temporal(a) || is_integer(a)) && (is_temporal(b) || is_integer(b));
        if (is_whole) set_ticks(ret, (Int128)to_long(a) * to_long(b));
        else set_ticks_real(ret, to_real(a) * to_real(b));
    } else if (op == '/' && ret->type == TYPE_REAL) {
        set_real(ret, to_real(a) / to_real(b));
    } else if (op == '/') {
        if (is_integer(b) && long_divide(a->u.l, to_long(b), &rest)) set_ticks(ret, rest);
        else if (!is_integer(b)) set_ticks_real(ret, to_real(a) / to_real(b));
    } else if (op == '%') {
        if (!is_temporal(b) && !is_integer(b))
            set_ticks_real(ret, real_modulo(to_real(a), to_real(b)));
        else if (long_modulo(a->u.l, to_long(b), &rest)) set_ticks(ret, rest);
    }
}

static void scalars(char op, const Value *a, const Value *b, Value *ret) {
    Decimal left, right;
    if (is_temporal(a) || is_temporal(b)) {
        temporals(op, a, b, ret);
    } else if (ret->type == TYPE_DECIMAL) {
        if (arg_decimal(a, &left) && arg_decimal(b, &right)) decimals(op, left, right, ret);
    } else if (ret->type == TYPE_REAL) {
        reals(op, to_real(a), to_real(b), ret);
    } else {
        integers(op, to_long(a), to_long(b), ret);
    }
}

/* ---------------------------------------------------------------- dynamic */

/* The number that a dynamic value holds: of the wanted type, or as it is for TYPE_DYNAMIC. */
static bool undynamic(KernelCall *call, const Value *v, Type wanted, Value *ret) {
    if (v->type != TYPE_DYNAMIC) {
        *ret = *v;
        return true;
    }
    if (wanted != TYPE_DYNAMIC) {
        *ret = value_convert(call->scratch, v, wanted);
        return !ret->is_null;
    }
    *ret = value_null(TYPE_LONG);
    ret->is_null = false;
    if (json_kind(v->u.s) == JSON_LONG) return json_long(v->u.s, &ret->u.l);
    if (json_kind(v->u.s) != JSON_REAL) return false;
    ret->type = TYPE_REAL;
    return json_real(v->u.s, &ret->u.r);
}

/* What the dynamic side is read as when the other side has the type `other`. */
static Type wanted_type(const Value *other, char op, const Value *ret) {
    if (ret->type == TYPE_DYNAMIC) return TYPE_DYNAMIC;
    if (other->type == TYPE_DATETIME) return op == '+' ? TYPE_TIMESPAN : TYPE_DATETIME;
    if (other->type == TYPE_TIMESPAN) return TYPE_TIMESPAN;
    return other->type == TYPE_INT ? TYPE_LONG : other->type;
}

static void with_dynamic(KernelCall *call, char op, const Value *a, const Value *b, Value *ret) {
    Value left, right, result;
    if (!undynamic(call, a, wanted_type(b, op, ret), &left)) return;
    if (!undynamic(call, b, wanted_type(a, op, ret), &right)) return;
    if (ret->type != TYPE_DYNAMIC) {
        scalars(op, &left, &right, ret);
        return;
    }
    result = value_null(left.type == TYPE_REAL || right.type == TYPE_REAL ? TYPE_REAL : TYPE_LONG);
    scalars(op, &left, &right, &result);
    if (result.is_null) return;
    Buf text = {0};
    value_put_json(&text, &result);
    ret->is_null = false;
    ret->u.s = arena_str(call->scratch, buf_str(&text));
    buf_free(&text);
}

static void binary(KernelCall *call, char op, const Value *args, Value *ret) {
    if (args[0].is_null || args[1].is_null) return;
    if (args[0].type == TYPE_DYNAMIC || args[1].type == TYPE_DYNAMIC)
        with_dynamic(call, op, &args[0], &args[1], ret);
    else scalars(op, &args[0], &args[1], ret);
}

/* ---------------------------------------------------------------- kernels */

static void add(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) binary(call, '+', args, ret);
    else if (args[0].type == TYPE_INT && ret->type == TYPE_LONG) set_long(ret, args[0].u.i);
    else *ret = args[0];
}

static void subtract(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) {
        binary(call, '-', args, ret);
        return;
    }
    if (args[0].is_null) return;
    Value minus_one = value_long(-1);
    Value factors[2] = {args[0], minus_one};
    if (args[0].type == TYPE_REAL) set_real(ret, -args[0].u.r);
    else if (args[0].type == TYPE_TIMESPAN) set_long(ret, wrap_subtract(0, args[0].u.l));
    else if (args[0].type == TYPE_DYNAMIC) {
        factors[1] = value_text(TYPE_DYNAMIC, STR("-1"));
        binary(call, '*', factors, ret);
    } else binary(call, '*', factors, ret);
}

static void multiply(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) binary(call, '*', args, ret);
}

static void divide(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) binary(call, '/', args, ret);
}

static void modulo(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) binary(call, '%', args, ret);
}

const Kernel kernel_add = {.fn = add};
const Kernel kernel_subtract = {.fn = subtract};
const Kernel kernel_multiply = {.fn = multiply};
const Kernel kernel_divide = {.fn = divide};
const Kernel kernel_modulo = {.fn = modulo};
