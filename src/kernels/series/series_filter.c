/*
 * series_filter.c: filters of finite and of infinite impulse response.
 *
 * Source: the series_fir and series_iir pages. Before its first and behind its last element a series
 * is taken as zero.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

/* What a product of lengths may come to. */
#define MAX_STEPS (1u << 28)

static bool is_too_much(KernelCall *call, size_t a, size_t b) {
    if (b == 0 || a <= MAX_STEPS / b) return false;
    kernel_fail(call, "a filter of %zu elements over a series of %zu", b, a);
    return true;
}

static void normalize(Series *filter) {
    double total = 0;
    for (size_t i = 0; i < filter->n; i++) total += filter->at[i];
    for (size_t i = 0; i < filter->n; i++) filter->at[i] /= total;
}

static bool has_negative(const Series *s) {
    for (size_t i = 0; i < s->n; i++)
        if (s->at[i] < 0) return true;
    return false;
}

static void fir(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s, filter;
    if (n_args < 2 || !series_of(call, &args[0], &s) || !series_of(call, &args[1], &filter)) return;
    if (!series_is_finite(&s) || !series_is_finite(&filter) || !filter.n) return;
    bool is_negative = has_negative(&filter);
    bool normalizes = n_args > 2 && !args[2].is_null ? args[2].u.b : !is_negative;
    bool centers = n_args > 3 && !args[3].is_null && args[3].u.b;
    if ((normalizes && is_negative) || is_too_much(call, s.n, filter.n)) return;
    if (normalizes) normalize(&filter);
    size_t ahead = centers ? (filter.n - 1) / 2 : 0;
    double *out = ARENA_ARRAY(call->scratch, double, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < filter.n && k <= i + ahead; k++)
            if (i + ahead - k < s.n) out[i] += filter.at[k] * s.at[i + ahead - k];
    ret_series(call, out, NULL, s.n, ret);
}

static void iir(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series x, b, a;
    if (n_args != 3 || !series_of(call, &args[0], &x) || !series_of(call, &args[1], &b) ||
        !series_of(call, &args[2], &a))
        return;
    if (!series_is_finite(&x) || !series_is_finite(&b) || !series_is_finite(&a)) return;
    if (!a.n || a.at[0] == 0 || is_too_much(call, x.n, a.n + b.n)) return;
    double *y = ARENA_ARRAY(call->scratch, double, x.n + 1);
    for (size_t i = 0; i < x.n; i++) {
        for (size_t k = 0; k < b.n && k <= i; k++) y[i] += b.at[k] * x.at[i - k];
        for (size_t k = 1; k < a.n && k <= i; k++) y[i] -= a.at[k] * y[i - k];
        y[i] /= a.at[0];
    }
    ret_series(call, y, NULL, x.n, ret);
}

const Kernel kernel_series_fir = {.fn = fir};
const Kernel kernel_series_iir = {.fn = iir};
