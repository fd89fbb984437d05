/*
 * compare.c: equality, order and logic of values.
 *
 * The binder brings both sides to one type, except a dynamic side against a number or bool: here
 * the kind of JSON value decides, so that the text "5" is not the number 5.
 */
#include "kernels/compare.h"

#include <math.h>

#include "base/json.h"

static Order order_of(int c) { return c < 0 ? ORDER_LESS : c > 0 ? ORDER_GREATER : ORDER_EQUAL; }

static Order order_longs(int64_t a, int64_t b) { return order_of((a > b) - (a < b)); }

static Order order_reals(double a, double b) {
    if (isnan(a) || isnan(b)) return ORDER_NONE;
    return order_of((a > b) - (a < b));
}

static bool is_real(Type t) { return t == TYPE_REAL; }
static bool is_whole(Type t) { return t == TYPE_INT || t == TYPE_LONG || t == TYPE_BOOL; }

static int64_t whole(const Value *v) {
    return v->type == TYPE_INT ? v->u.i : v->type == TYPE_BOOL ? v->u.b : v->u.l;
}

/* A dynamic value that holds a number or bool becomes one; false for all else. */
static bool unwrap_number(const Value *v, Value *ret) {
    *ret = value_long(0);
    switch (json_kind(v->u.s)) {
    case JSON_LONG: return json_long(v->u.s, &ret->u.l);
    case JSON_REAL: ret->type = TYPE_REAL; return json_real(v->u.s, &ret->u.r);
    case JSON_TRUE:
    case JSON_FALSE: *ret = value_bool(json_kind(v->u.s) == JSON_TRUE); return true;
    case JSON_INVALID:
    case JSON_NULL:
    case JSON_STRING:
    case JSON_ARRAY:
    case JSON_OBJECT: return false;
    }
    return false;
}

static Order order_mixed(Arena *scratch, const Value *a, const Value *b) {
    Value unwrapped, converted;
    if (a->type == TYPE_DYNAMIC || b->type == TYPE_DYNAMIC) {
        const Value *dynamic = a->type == TYPE_DYNAMIC ? a : b, *other = dynamic == a ? b : a;
        bool is_scalar =
            is_whole(other->type) || is_real(other->type) || other->type == TYPE_DECIMAL;
        if (is_scalar) {
            if (!unwrap_number(dynamic, &unwrapped)) return ORDER_NONE;
            /* true is not 1 inside a dynamic value */
            if ((unwrapped.type == TYPE_BOOL) != (other->type == TYPE_BOOL)) return ORDER_NONE;
        } else {
            unwrapped = value_convert(scratch, dynamic, other->type);
            if (unwrapped.is_null) return ORDER_NONE;
        }
        return dynamic == a ? value_order(scratch, &unwrapped, b)
                            : value_order(scratch, a, &unwrapped);
    }
    if (is_whole(a->type) && is_whole(b->type)) return order_longs(whole(a), whole(b));
    if (is_whole(a->type) && is_real(b->type)) return order_reals((double)whole(a), b->u.r);
    if (is_real(a->type) && is_whole(b->type)) return order_reals(a->u.r, (double)whole(b));
    Type type = a->type == TYPE_STRING ? b->type : b->type == TYPE_STRING ? a->type : TYPE_DECIMAL;
    const Value *odd = a->type == type ? b : a;
    converted = value_convert(scratch, odd, type);
    if (converted.is_null || (odd == a ? b : a)->type != type) return ORDER_NONE;
    return odd == b ? value_order(scratch, a, &converted) : value_order(scratch, &converted, b);
}

Order value_order(Arena *scratch, const Value *a, const Value *b) {
    if (a->type != b->type) return order_mixed(scratch, a, b);
    switch (a->type) {
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_LONG: return order_longs(whole(a), whole(b));
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return order_longs(a->u.l, b->u.l);
    case TYPE_REAL: return order_reals(a->u.r, b->u.r);
    case TYPE_DECIMAL: return order_of(decimal_compare(a->u.d, b->u.d));
    case TYPE_STRING:
    case TYPE_GUID: return order_of(str_compare(a->u.s, b->u.s));
    case TYPE_DYNAMIC: return order_of(value_compare(a, b));
    case TYPE_ERROR:
    case TYPE_COUNT: return ORDER_NONE;
    }
    return ORDER_NONE;
}

static void set_bool(Value *ret, bool b) {
    ret->is_null = false;
    ret->u.b = b;
}

/* --------------------------------------------------------------- equality */

static void equal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    if (args[0].is_null && args[1].is_null) return;
    if (args[0].is_null || args[1].is_null) set_bool(ret, false);
    else set_bool(ret, value_order(call->scratch, &args[0], &args[1]) == ORDER_EQUAL);
}

static void not_equal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    equal(call, args, n_args, ret);
    if (!ret->is_null) ret->u.b = !ret->u.b;
}

/* ------------------------------------------------------------------ order */

static bool both_known(KernelCall *call, const Value *a, const Value *b, Order *ret) {
    if (a->is_null || b->is_null) return false;
    *ret = value_order(call->scratch, a, b);
    return true;
}

static void less(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Order order;
    (void)n_args;
    if (both_known(call, &args[0], &args[1], &order)) set_bool(ret, order == ORDER_LESS);
}

static void less_or_equal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Order order;
    (void)n_args;
    if (both_known(call, &args[0], &args[1], &order))
        set_bool(ret, order == ORDER_LESS || order == ORDER_EQUAL);
}

static void greater(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Order order;
    (void)n_args;
    if (both_known(call, &args[0], &args[1], &order)) set_bool(ret, order == ORDER_GREATER);
}

static void greater_or_equal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Order order;
    (void)n_args;
    if (both_known(call, &args[0], &args[1], &order))
        set_bool(ret, order == ORDER_GREATER || order == ORDER_EQUAL);
}

/* ---------------------------------------------------------------- between */

/* `t between (start .. 1d)` ends at start + 1d. */
static Value upper_bound(const Value *args) {
    Value high = args[2];
    bool is_span = args[0].type == TYPE_DATETIME && high.type == TYPE_TIMESPAN;
    if (!is_span) return high;
    high.type = TYPE_DATETIME;
    high.is_null = high.is_null || args[1].is_null;
    if (__builtin_add_overflow(args[1].u.l, high.u.l, &high.u.l))
        high.u.l = args[2].u.l < 0 ? INT64_MIN : INT64_MAX;
    return high;
}

/* `value >= low and value <= high`: an end that is null leaves open what the other end does not settle
 * ("Returns" of the pages of between and !between). */
static void between(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 3 || args[0].is_null) return;
    bool is_open = args[1].is_null || args[2].is_null;
    bool is_inside = true;
    if (!args[1].is_null) {
        Order low = value_order(call->scratch, &args[0], &args[1]);
        is_inside = low == ORDER_GREATER || low == ORDER_EQUAL;
    }
    Value high = upper_bound(args);
    if (!high.is_null) {
        Order order = value_order(call->scratch, &args[0], &high);
        is_inside = is_inside && (order == ORDER_LESS || order == ORDER_EQUAL);
    }
    if (!is_inside || !is_open) set_bool(ret, is_inside);
}

static void not_between(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    between(call, args, n_args, ret);
    if (!ret->is_null) ret->u.b = !ret->u.b;
}

/* ------------------------------------------------------------------ logic */

static bool is_true(const Value *v) {
    if (v->is_null) return false;
    return v->type == TYPE_DYNAMIC ? json_kind(v->u.s) == JSON_TRUE : v->u.b;
}

static void logical_and(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    bool all = true;
    for (uint32_t i = 0; i < n_args; i++) all = all && is_true(&args[i]);
    set_bool(ret, all);
}

static void logical_or(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    bool any = false;
    for (uint32_t i = 0; i < n_args; i++) any = any || is_true(&args[i]);
    set_bool(ret, any);
}

const Kernel kernel_equal = {.fn = equal};
const Kernel kernel_not_equal = {.fn = not_equal};
const Kernel kernel_less = {.fn = less};
const Kernel kernel_less_or_equal = {.fn = less_or_equal};
const Kernel kernel_greater = {.fn = greater};
const Kernel kernel_greater_or_equal = {.fn = greater_or_equal};
const Kernel kernel_between = {.fn = between};
const Kernel kernel_not_between = {.fn = not_between};
const Kernel kernel_and = {.fn = logical_and};
const Kernel kernel_or = {.fn = logical_or};
