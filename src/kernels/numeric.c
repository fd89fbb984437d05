/*
 * numeric.c: rounding, powers, logarithms, angles, chance.
 *
 * Source: the page of each function. Where a function has no answer the pages of sqrt, the
 * logarithms, acos and asin say null.
 */
#include "kernels/numeric.h"

#include "kernels/decimal_math.h"
#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/random.h"

/* -------------------------------------------------------------- rounding */

/* A whole number in the result's type, int or long; null when it does not fit. */
static void ret_whole(Value *ret, Int128 whole) {
    if (ret->type == TYPE_INT) {
        if (whole >= INT32_MIN && whole <= INT32_MAX) ret_int(ret, (int64_t)whole);
    } else {
        ret_ticks(ret, whole);
    }
}

static void absolute(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    Int128 whole = arg_long(&args[0]);
    if (ret->type == TYPE_REAL) ret_real(ret, fabs(args[0].u.r));
    else if (ret->type == TYPE_DECIMAL) *ret = value_decimal(decimal_abs(args[0].u.d));
    else ret_whole(ret, whole < 0 ? -whole : whole);
}

static void ceiling(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    if (args[0].type == TYPE_REAL) {
        ret_real(ret, ceil(args[0].u.r));
    } else if (args[0].type == TYPE_DECIMAL) {
        ret->is_null = !decimal_ceiling(args[0].u.d, &ret->u.d);
    } else {
        ret_whole(ret, arg_long(&args[0]));
    }
}

/* The multiple of `unit` nearest to `value`, the one further from zero when two are as near. */
static Int128 round_to(Int128 value, Int128 unit) {
    Int128 rest = value % unit, magnitude = rest < 0 ? -rest : rest;
    value -= rest;
    if (magnitude * 2 < unit) return value;
    return rest < 0 ? value - unit : value + unit;
}

static Int128 power_of_ten(int64_t exponent) {
    Int128 power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

/* Halves go away from zero. Past the digits that a double has nothing changes. */
static double round_real(double value, int64_t digits) {
    if (digits == 0) return round(value);
    if (digits > 308) return value;
    if (digits < -308) return copysign(0, value);
    double scale = pow(10, (double)(digits < 0 ? -digits : digits));
    if (digits < 0) return round(value / scale) * scale;
    double scaled = value * scale;
    return fabs(scaled) < 0x1p52 ? round(scaled) / scale : value;
}

static void round_number(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    enum { FAR = 10000 }; /* beyond the digits of any number */
    int64_t digits = n_args > 1 ? arg_long(&args[1]) : 0;
    digits = digits > FAR ? FAR : digits < -FAR ? -FAR : digits;
    if (args[0].type == TYPE_REAL) {
        ret_real(ret, round_real(args[0].u.r, digits));
    } else if (args[0].type == TYPE_DECIMAL) {
        ret->is_null = !decimal_round(args[0].u.d, digits, &ret->u.d);
    } else if (digits >= 0) {
        ret_whole(ret, arg_long(&args[0]));
    } else {
        ret_whole(ret, digits < -19 ? 0 : round_to(arg_long(&args[0]), power_of_ten(-digits)));
    }
}

static void sign(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    double x = arg_real(&args[0]);
    ret_real(ret, isnan(x) ? x : (double)((x > 0) - (x < 0)));
}

/* -------------------------------------------------------- real functions */

/* `expression` over x is the result where `has_answer` holds, null elsewhere. */
#define REAL_FUNCTION(name, has_answer, expression)                                                \
    static void fn_##name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {      \
        (void)call;                                                                                \
        (void)n_args;                                                                              \
        double x = arg_real(&args[0]);                                                             \
        if (has_answer) ret_real(ret, expression);                                                 \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = fn_##name};

static const double PI = 3.14159265358979323846;

REAL_FUNCTION(sqrt, !(x < 0), sqrt(x))
REAL_FUNCTION(exp, true, exp(x))
REAL_FUNCTION(exp2, true, exp2(x))
REAL_FUNCTION(exp10, true, pow(10, x))
REAL_FUNCTION(log, !(x < 0), log(x))
REAL_FUNCTION(log2, !(x < 0), log2(x))
REAL_FUNCTION(log10, !(x < 0), log10(x))
REAL_FUNCTION(sin, true, sin(x))
REAL_FUNCTION(cos, true, cos(x))
REAL_FUNCTION(tan, true, tan(x))
REAL_FUNCTION(cot, true, 1 / tan(x))
REAL_FUNCTION(asin, !(x < -1 || x > 1), asin(x))
REAL_FUNCTION(acos, !(x < -1 || x > 1), acos(x))
REAL_FUNCTION(atan, true, atan(x))
REAL_FUNCTION(degrees, true, 180 / PI * x)
REAL_FUNCTION(radians, true, PI / 180 * x)

static void power(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args == 2) ret_real(ret, pow(arg_real(&args[0]), arg_real(&args[1])));
}

static void arc_tangent(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args == 2) ret_real(ret, atan2(arg_real(&args[0]), arg_real(&args[1])));
}

static void pi(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)args;
    (void)n_args;
    ret_real(ret, PI);
}

/* ----------------------------------------------------- around and chance */

/* Within center - delta .. center + delta, both ends included. */
static void around(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 3) return;
    bool is_real = false;
    for (uint32_t i = 0; i < n_args; i++)
        is_real |= args[i].type == TYPE_REAL || args[i].type == TYPE_DECIMAL;
    if (is_real) {
        double away = fabs(arg_real(&args[0]) - arg_real(&args[1]));
        ret_bool(ret, away <= arg_real(&args[2]));
    } else {
        Int128 away = (Int128)arg_long(&args[0]) - arg_long(&args[1]), delta = arg_long(&args[2]);
        ret_bool(ret, away <= delta && -away <= delta);
    }
}

/* From [0, 1), or one of 0, 1, ..., N - 1. */
static void rand_real(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    int64_t n = n_args ? arg_long(&args[0]) : 1;
    if (n_args && args[0].is_null) return;
    double unit = (double)(random_bits() >> 11) * 0x1p-53;
    if (!n_args) ret_real(ret, unit);
    else if (n > 0) ret_real(ret, floor(unit * (double)n));
}

const Kernel kernel_abs = {.fn = absolute};
const Kernel kernel_ceiling = {.fn = ceiling};
const Kernel kernel_round = {.fn = round_number};
const Kernel kernel_sign = {.fn = sign};
const Kernel kernel_pow = {.fn = power};
const Kernel kernel_atan2 = {.fn = arc_tangent};
const Kernel kernel_pi = {.fn = pi};
const Kernel kernel_around = {.fn = around};
const Kernel kernel_rand = {.fn = rand_real};
