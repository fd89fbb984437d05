/*
 * logic.c: isnull and its kin, not, iff, case, coalesce, max_of, min_of.
 *
 * Source: the documentation page of each function, and "Null values".
 */
#include "kernels/logic.h"

#include <math.h>

#include "kernels/out.h"

static bool is_null(const Value *v) {
    return v->is_null || (v->type == TYPE_DYNAMIC && str_is(v->u.s, "null"));
}

/* Null, or text of no length: a string inside a dynamic value counts as one outside. */
static bool is_empty(const Value *v) {
    if (is_null(v)) return true;
    if (v->type == TYPE_STRING) return v->u.s.len == 0;
    return v->type == TYPE_DYNAMIC && str_is(v->u.s, "\"\"");
}

static void isnull(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, is_null(&args[0]));
}

static void isnotnull(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, !is_null(&args[0]));
}

static void isempty(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, is_empty(&args[0]));
}

static void isnotempty(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, !is_empty(&args[0]));
}

static void real_isnan(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, !args[0].is_null && isnan(args[0].u.r));
}

static void real_isinf(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, !args[0].is_null && isinf(args[0].u.r));
}

static void real_isfinite(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_bool(ret, !args[0].is_null && isfinite(args[0].u.r));
}

static void logical_not(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    if (!args[0].is_null) ret_bool(ret, !args[0].u.b);
}

/* A branch that was not converted to the common type (there was none) is converted here. */
static void choose(KernelCall *call, const Value *v, Value *ret) {
    if (v->type == ret->type) *ret = *v;
    else *ret = value_convert(call->scratch, v, ret->type);
}

static bool holds(const Value *v) { return v->type == TYPE_BOOL && !v->is_null && v->u.b; }

static void iff(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 3) choose(call, &args[holds(&args[0]) ? 1 : 2], ret);
}

static void first_case(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args % 2 == 0) return;
    uint32_t i = 0;
    while (i + 1 < n_args && !holds(&args[i])) i += 2;
    choose(call, &args[i + 1 < n_args ? i + 1 : n_args - 1], ret);
}

static void coalesce(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    for (uint32_t i = 0; i < n_args; i++) {
        bool is_missing = args[i].type == TYPE_STRING ? args[i].u.s.len == 0 : is_null(&args[i]);
        if (is_missing) continue;
        choose(call, &args[i], ret);
        return;
    }
}

/* The largest (sign 1) or smallest (sign -1) of the values that are not null. */
static void extreme(const Value *args, uint32_t n_args, int sign, Value *ret) {
    const Value *best = NULL;
    for (uint32_t i = 0; i < n_args; i++) {
        if (is_null(&args[i])) continue;
        if (!best || value_compare(&args[i], best) * sign > 0) best = &args[i];
    }
    if (best) *ret = *best;
}

static void max_of(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    extreme(args, n_args, 1, ret);
}

static void min_of(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    extreme(args, n_args, -1, ret);
}

const Kernel kernel_isnull = {.fn = isnull};
const Kernel kernel_isnotnull = {.fn = isnotnull};
const Kernel kernel_isempty = {.fn = isempty};
const Kernel kernel_isnotempty = {.fn = isnotempty};
const Kernel kernel_isnan = {.fn = real_isnan};
const Kernel kernel_isinf = {.fn = real_isinf};
const Kernel kernel_isfinite = {.fn = real_isfinite};
const Kernel kernel_not = {.fn = logical_not};
const Kernel kernel_iff = {.fn = iff};
const Kernel kernel_case = {.fn = first_case};
const Kernel kernel_coalesce = {.fn = coalesce};
const Kernel kernel_max_of = {.fn = max_of};
const Kernel kernel_min_of = {.fn = min_of};
