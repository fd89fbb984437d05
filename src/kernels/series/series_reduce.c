/*
 * series_reduce.c: series as single numbers: sums, products, similarity, statistics.
 *
 * Source: the functions' pages. Sums and products leave out what is no number; where two series are
 * taken together, the longer one is cut. The variance is that of a sample.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

static void sum(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    (void)n_args;
    if (!series_of(call, &args[0], &s)) return;
    double total = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.is_number[i]) total += s.at[i];
    ret_real(ret, total);
}

static void product(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    (void)n_args;
    if (!series_of(call, &args[0], &s)) return;
    double total = 1;
    for (size_t i = 0; i < s.n; i++)
        if (s.is_number[i]) total *= s.at[i];
    ret_real(ret, total);
}

static double dot(const Series *x, const Series *y) {
    double total = 0;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->is_number[i] && y->is_number[i]) total += x->at[i] * y->at[i];
    return total;
}

static void magnitude(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    (void)n_args;
    if (series_of(call, &args[0], &s)) ret_real(ret, sqrt(dot(&s, &s)));
}

/* An array, or a number in each of `n` places. */
static bool series_or_number(KernelCall *call, const Value *v, size_t n, Series *ret) {
    if (is_array(v)) return series_of(call, v, ret);
    Value number = value_convert(call->scratch, v, TYPE_REAL);
    if (number.is_null) return false;
    *ret = series_zeros(call->scratch, n);
    for (size_t i = 0; i < n; i++) ret->at[i] = number.u.r;
    return true;
}

static void dot_product(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series x, y;
    if (n_args != 2) return;
    const Value *array = is_array(&args[0]) ? &args[0] : &args[1];
    Elements e;
    if (!elements_of(call->scratch, array, &e)) return;
    if (!series_or_number(call, &args[0], e.n, &x) || !series_or_number(call, &args[1], e.n, &y))
        return;
    if (x.n && y.n) ret_real(ret, dot(&x, &y));
}

static void cosine_similarity(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series x, y;
    if (n_args < 2 || !series_of(call, &args[0], &x) || !series_of(call, &args[1], &y)) return;
    if (!x.n || !y.n) return;
    if (x.n > y.n) x.n = y.n;
    if (y.n > x.n) y.n = x.n;
    bool has_first = n_args > 2 && !args[2].is_null, has_second = n_args > 3 && !args[3].is_null;
    double first = has_first ? arg_real(&args[2]) : sqrt(dot(&x, &x));
    double second = has_second ? arg_real(&args[3]) : sqrt(dot(&y, &y));
    ret_real(ret, dot(&x, &y) / (first * second));
}

static void pearson_correlation(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series x, y;
    if (n_args != 2 || !series_of(call, &args[0], &x) || !series_of(call, &args[1], &y)) return;
    if (x.n != y.n || !x.n) return;
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < x.n; i++) {
        if (!x.is_number[i] || !y.is_number[i]) return;
        mean_x += x.at[i] / (double)x.n;
        mean_y += y.at[i] / (double)y.n;
    }
    for (size_t i = 0; i < x.n; i++) {
        double dx = x.at[i] - mean_x, dy = y.at[i] - mean_y;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    ret_real(ret, xy / sqrt(xx * yy));
}

/* ------------------------------------------------------------- statistics */

typedef struct Stats {
    double min, max, sum, avg, variance;
    size_t min_at, max_at, n;
} Stats;

/* False when a value is not finite and may not be left out, or when no value is left. */
static bool stats_of(const Series *s, bool ignores, Stats *ret) {
    Stats t = {0};
    double mean = 0, squares = 0;
    for (size_t i = 0; i < s->n; i++) {
        double value = s->at[i];
        if (!s->is_number[i] || !isfinite(value)) {
            if (!ignores) return false;
            continue;
        }
        if (!t.n || value < t.min) t.min = value, t.min_at = i;
        if (!t.n || value > t.max) t.max = value, t.max_at = i;
        t.n++;
        t.sum += value;
        double off = value - mean;
        mean += off / (double)t.n;
        squares += off * (value - mean);
    }
    if (!t.n) return false;
    t.avg = t.sum / (double)t.n;
    t.variance = t.n > 1 ? squares / (double)(t.n - 1) : 0;
    *ret = t;
    return true;
}

static void put_stats(KernelCall *call, const Value *args, uint32_t n_args, bool is_bag,
                      Value *ret) {
    Series s;
    Stats t;
    bool ignores = n_args > 1 && !args[1].is_null && args[1].u.b;
    if (!series_of(call, &args[0], &s) || !stats_of(&s, ignores, &t)) return;
    MemberOut m = members_open(call->scratch, is_bag);
    members_real(&m, "min", t.min);
    members_long(&m, "min_idx", (int64_t)t.min_at);
    members_real(&m, "max", t.max);
    members_long(&m, "max_idx", (int64_t)t.max_at);
    members_real(&m, "avg", t.avg);
    members_real(&m, "stdev", sqrt(t.variance));
    members_real(&m, "variance", t.variance);
    if (is_bag) {
        members_real(&m, "sum", t.sum);
        members_long(&m, "len", (int64_t)s.n);
    }
    ret_text(ret, members_close(&m));
}

static void stats(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    put_stats(call, args, n_args, false, ret);
}

static void stats_dynamic(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    put_stats(call, args, n_args, true, ret);
}

const Kernel kernel_series_sum = {.fn = sum};
const Kernel kernel_series_product = {.fn = product};
const Kernel kernel_series_magnitude = {.fn = magnitude};
const Kernel kernel_series_dot_product = {.fn = dot_product};
const Kernel kernel_series_cosine_similarity = {.fn = cosine_similarity};
const Kernel kernel_series_pearson_correlation = {.fn = pearson_correlation};
const Kernel kernel_series_stats = {.fn = stats};
const Kernel kernel_series_stats_dynamic = {.fn = stats_dynamic};
