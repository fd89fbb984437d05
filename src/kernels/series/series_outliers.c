/*
 * series_outliers.c: Tukey's fences.
 *
 * Source: the series_outliers page. A value above the upper percentile scores by how many times the
 * range between the percentiles it lies beyond, one below the lower percentile the same, negative.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

static double beyond(double distance, double range) {
    return range > 0 ? distance / range : distance > 0 ? INFINITY : -INFINITY;
}

void tukey_scores(Arena *arena, const double *y, const bool *is_known, size_t n, size_t n_learn,
                  double low, double high, double *ret_scores) {
    double *sorted = ARENA_ARRAY(arena, double, n_learn + 1);
    size_t n_sorted = 0;
    for (size_t i = 0; i < n_learn; i++)
        if (is_known[i]) sorted[n_sorted++] = y[i];
    sort_reals(sorted, n_sorted);
    double below = percentile_of_sorted(sorted, n_sorted, low);
    double above = percentile_of_sorted(sorted, n_sorted, high);
    for (size_t i = 0; i < n; i++) {
        ret_scores[i] = 0;
        if (!is_known[i] || !n_sorted) continue;
        if (y[i] > above) ret_scores[i] = beyond(y[i] - above, above - below);
        else if (y[i] < below) ret_scores[i] = beyond(y[i] - below, above - below);
    }
}

static bool percentile_at(const Value *args, uint32_t n_args, uint32_t at, double *ret) {
    if (at < n_args && !args[at].is_null) *ret = arg_real(&args[at]);
    return *ret >= 2 && *ret <= 98;
}

static void outliers(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    double low = 10, high = 90;
    if (!series_of(call, &args[0], &s)) return;
    Str kind = n_args > 1 && args[1].u.s.len ? args[1].u.s : STR("ctukey");
    if (str_eq(kind, STR("tukey"))) {
        low = 25;
        high = 75;
    } else if (!str_eq(kind, STR("ctukey"))) {
        kernel_fail(call, "the kind is tukey or ctukey");
        return;
    } else if (!percentile_at(args, n_args, 3, &low) || !percentile_at(args, n_args, 4, &high) ||
               low >= high) {
        kernel_fail(call, "percentiles go from 2 to 98, the lower one comes first");
        return;
    }
    bool ignores = n_args > 2 && !args[2].is_null;
    for (size_t i = 0; i < s.n; i++)
        s.is_number[i] =
            s.is_number[i] && isfinite(s.at[i]) && !(ignores && s.at[i] == arg_real(&args[2]));
    size_t test =
        n_args > 5 && !args[5].is_null && arg_long(&args[5]) > 0 ? (size_t)arg_long(&args[5]) : 0;
    double *scores = ARENA_ARRAY(call->scratch, double, s.n + 1);
    tukey_scores(call->scratch, s.at, s.is_number, s.n, test < s.n ? s.n - test : 0, low, high,
                 scores);
    ret_series(call, scores, NULL, s.n, ret);
}

const Kernel kernel_series_outliers = {.fn = outliers};
