/*
 * bins.c: rounding down to a multiple of a bin size, from zero (bin) or from a fixed point
 * (bin_at).
 *
 * Source: the pages of bin and bin_at. A bin size that is zero or negative gives null. Values below
 * the fixed point are rounded down too, away from it: bin(-1, 2) is -2.
 */
#include "kernels/bins.h"

#include "kernels/decimal_math.h"
#include "kernels/number.h"
#include "kernels/out.h"

/* The multiple of `size` at or below `value`; size > 0. */
static Int128 floor_to(Int128 value, Int128 size) {
    Int128 rest = value % size;
    return value - (rest < 0 ? rest + size : rest);
}

static void bin_integer(const Value *value, const Value *size, Int128 from, Value *ret) {
    Int128 step = arg_long(size);
    if (step <= 0) return;
    Int128 floor = floor_to(arg_long(value) - from, step) + from;
    if (ret->type != TYPE_INT) {
        ret_ticks(ret, floor);
    } else if (floor >= INT32_MIN) {
        ret_int(ret, (int64_t)floor);
    }
}

static void bin_real(const Value *value, const Value *size, double from, Value *ret) {
    double step = arg_real(size);
    if (step > 0) ret_real(ret, floor((arg_real(value) - from) / step) * step + from);
}

/* From a fixed point the distance to it is binned. */
static void bin_decimal(const Value *args, uint32_t n_args, Value *ret) {
    Decimal x, step, from = DECIMAL_ZERO, distance, floor;
    if (!arg_decimal(&args[0], &x) || !arg_decimal(&args[1], &step)) return;
    if (n_args > 2 && !arg_decimal(&args[2], &from)) return;
    ret->is_null = !decimal_subtract(x, from, &distance) ||
                   !decimal_floor_to(distance, step, &floor) ||
                   !decimal_add(floor, from, &ret->u.d);
}

/* Value, bin size and, for bin_at, the fixed point. The result has the type of the value or, for
 * numbers, the widest of all. */
static void bin(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args < 2) return;
    if (ret->type == TYPE_REAL)
        bin_real(&args[0], &args[1], n_args > 2 ? arg_real(&args[2]) : 0, ret);
    else if (ret->type == TYPE_DECIMAL) bin_decimal(args, n_args, ret);
    else bin_integer(&args[0], &args[1], n_args > 2 ? arg_long(&args[2]) : 0, ret);
}

const Kernel kernel_bin = {.fn = bin};
const Kernel kernel_bin_at = {.fn = bin};
