/*
 * agg_numbers.h: numbers as the statistical aggregates see them.
 */
#ifndef QUARRY_KERNELS_AGG_NUMBERS_H
#define QUARRY_KERNELS_AGG_NUMBERS_H

#include "kernels/kernel.h"

/* A number, or ticks, as a real; false for a null and for other types. */
static inline bool value_as_real(const Value *v, double *ret) {
    if (v->is_null) return false;
    switch (v->type) {
    case TYPE_INT: *ret = v->u.i; return true;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: *ret = (double)v->u.l; return true;
    case TYPE_REAL: *ret = v->u.r; return true;
    case TYPE_DECIMAL: *ret = decimal_to_double(v->u.d); return true;
    case TYPE_BOOL:
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

#endif
