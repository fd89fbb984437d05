/*
 * array_make.c: arrays from values: pack_array, repeat, range.
 *
 * Source: the page of each. range() ends at 1,048,576 elements as documented; repeat() fails there, and
 * so does __range(), by which an operator expands all rows of a range.
 */
#include "kernels/dynamic/arrays.h"

#include "kernels/decimal_math.h"
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"

static void pack_array(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Buf out = {0};
    buf_putc(&out, '[');
    for (uint32_t i = 0; i < n_args; i++) {
        if (i) buf_putc(&out, ',');
        value_put_json(&out, &args[i]);
    }
    buf_putc(&out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static void repeat(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2 || args[1].is_null) return;
    int64_t count = arg_long(&args[1]);
    if (count < 0) return;
    Str element = json_of_value(call->scratch, &args[0]);
    if (count > ARRAY_MAX_MADE) {
        kernel_fail(call, "repeat makes arrays of at most %d elements", ARRAY_MAX_MADE);
        return;
    }
    Out out = out_open(call->scratch);
    for (int64_t i = 0; i < count; i++) {
        out_element(&out, element);
        if (!out_fits(call, &out)) return;
    }
    ret_text(ret, out_close(&out));
}

/* ----------------------------------------------------------------- range */

/* start, start + step, ... while not past stop, as values of `type`. */
static void range_of_longs(Type type, Int128 start, Int128 stop, Int128 step, Buf *out) {
    Value v = value_null(type);
    v.is_null = false;
    for (int64_t i = 0; i < ARRAY_MAX_MADE; i++) {
        Int128 at = start + step * i;
        if (step > 0 ? at > stop : at < stop) return;
        if (i) buf_putc(out, ',');
        v.u.l = (int64_t)at;
        value_put_json(out, &v);
    }
}

static void range_of_reals(double start, double stop, double step, Buf *out) {
    for (int64_t i = 0; i < ARRAY_MAX_MADE; i++) {
        Value v = value_real(start + step * (double)i);
        if (step > 0 ? !(v.u.r <= stop) : !(v.u.r >= stop)) return;
        if (i) buf_putc(out, ',');
        value_put_json(out, &v);
    }
}

static void range(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args < 2) return;
    bool is_time = args[0].type == TYPE_DATETIME || args[0].type == TYPE_TIMESPAN;
    bool is_real = false;
    for (uint32_t i = 0; i < n_args && !is_time; i++)
        is_real |= args[i].type == TYPE_REAL || args[i].type == TYPE_DECIMAL;
    Buf out = {0};
    buf_putc(&out, '[');
    if (is_real) {
        double step = n_args > 2 ? arg_real(&args[2]) : 1;
        if (step != 0) range_of_reals(arg_real(&args[0]), arg_real(&args[1]), step, &out);
    } else {
        int64_t step = n_args > 2 ? arg_long(&args[2]) : is_time ? TICKS_PER_HOUR : 1;
        Type type = is_time ? args[0].type : TYPE_LONG;
        if (step) range_of_longs(type, arg_long(&args[0]), arg_long(&args[1]), step, &out);
    }
    buf_putc(&out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static bool is_zero(const Value *v) {
    return !v->is_null &&
           (v->type == TYPE_REAL ? v->u.r == 0 : arg_long(v) == 0 && arg_real(v) == 0);
}

static void *check_range(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                         Str *ret_error) {
    (void)arena;
    if (n_args > 2 && constant[2] && is_zero(&args[2]))
        *ret_error = STR("the step of a range is not zero");
    return NULL;
}

static void range_of_decimals(Decimal start, Decimal stop, Decimal step, Buf *out) {
    Value v = value_decimal(start);
    Decimal offset;
    for (int64_t i = 0; i < ARRAY_MAX_MADE && step.bits; i++) {
        if (!decimal_multiply(decimal_from_long(i), step, &offset) ||
            !decimal_add(start, offset, &v.u.d))
            return;
        int order = decimal_compare(v.u.d, stop);
        if (decimal_sign(step) > 0 ? order > 0 : order < 0) return;
        if (i) buf_putc(out, ',');
        value_put_json(out, &v);
    }
}

static double rows_of_range(const Value *args) {
    bool is_real = args[0].type == TYPE_REAL || args[0].type == TYPE_DECIMAL;
    double start = is_real ? arg_real(&args[0]) : (double)arg_long(&args[0]);
    double stop = is_real ? arg_real(&args[1]) : (double)arg_long(&args[1]);
    return (stop - start) / (is_real ? arg_real(&args[2]) : (double)arg_long(&args[2]));
}

/* A bound that is null gives no rows, as in range. */
static void whole_range(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (args[0].is_null || args[1].is_null || args[2].is_null) {
        ret_text(ret, STR("[]"));
    } else if (rows_of_range(args) >= ARRAY_MAX_MADE) {
        kernel_fail(call, "a range in a group has at most %d rows", ARRAY_MAX_MADE);
    } else if (args[0].type != TYPE_DECIMAL) {
        range(call, args, n_args, ret);
    } else {
        Buf out = {0};
        buf_putc(&out, '[');
        range_of_decimals(args[0].u.d, args[1].u.d, args[2].u.d, &out);
        buf_putc(&out, ']');
        ret_text(ret, buf_to_arena(call->scratch, &out));
    }
}

const Kernel kernel_whole_range = {.fn = whole_range};
const Kernel kernel_pack_array = {.fn = pack_array};
const Kernel kernel_repeat = {.fn = repeat};
const Kernel kernel_range = {.fn = range, .prepare = check_range};
