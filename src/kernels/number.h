/*
 * number.h: arguments that are numbers or times, read as one C type.
 */
#ifndef QUARRY_KERNELS_NUMBER_H
#define QUARRY_KERNELS_NUMBER_H

#include <math.h>

#include "base/ticks.h"
#include "base/type.h"
#include "kernels/convert.h"

/* An integer of any type, a bool, ticks; a real or decimal is cut towards zero, and to the ends of
 * the range. */
static inline int64_t arg_long(const Value *v) {
    int64_t whole = 0;
    switch (v->type) {
    case TYPE_BOOL: return v->u.b;
    case TYPE_INT: return v->u.i;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return v->u.l;
    case TYPE_REAL:
        if (real_to_long(v->u.r, &whole)) return whole;
        return isnan(v->u.r) ? 0 : v->u.r < 0 ? INT64_MIN : INT64_MAX;
    case TYPE_DECIMAL:
        if (decimal_to_long(v->u.d, &whole)) return whole;
        return decimal_sign(v->u.d) < 0 ? INT64_MIN : INT64_MAX;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}

static inline double arg_real(const Value *v) {
    if (v->type == TYPE_REAL) return v->u.r;
    if (v->type == TYPE_DECIMAL) return decimal_to_double(v->u.d);
    return (double)arg_long(v);
}

/* False for a real that is no decimal. */
static inline bool arg_decimal(const Value *v, Decimal *ret) {
    if (v->type == TYPE_DECIMAL) {
        *ret = v->u.d;
        return true;
    }
    if (v->type == TYPE_REAL) return decimal_from_double(v->u.r, ret);
    *ret = decimal_from_long(arg_long(v));
    return true;
}

static inline void ret_int(Value *ret, int64_t i) {
    ret->is_null = false;
    ret->u.i = (int32_t)i;
}

static inline void ret_real(Value *ret, double r) {
    ret->is_null = false;
    ret->u.r = r;
}

/* Ticks of the result's type; outside its range the result stays null. */
static inline void ret_ticks(Value *ret, Int128 ticks) {
    if (ret->type == TYPE_DATETIME && (ticks < 0 || ticks > TICKS_MAX_DATETIME)) return;
    if (ticks < INT64_MIN || ticks > INT64_MAX) return;
    ret->is_null = false;
    ret->u.l = (int64_t)ticks;
}

#endif
