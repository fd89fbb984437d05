/*
 * series_fit.c: lines through a series, one or two.
 *
 * Source: the series_fit_line and series_fit_2lines pages. The places are counted from 1, as the line
 * printed on the page shows; both lines of a split are over the places of the whole series. A series
 * with something that is no finite number, or too short for a line, gives nulls.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

static double r_square(double variance, double rvariance) {
    if (variance == 0) return 1; /* a constant series is met exactly */
    double r = 1 - rvariance / variance;
    return r < 0 ? 0 : r;
}

LineFit line_fit(const double *y, size_t n, double first) {
    LineFit fit = {0};
    double mean_y = 0, mean_x = first + (double)(n - 1) / 2, xx = 0, xy = 0, yy = 0;
    if (!n) return fit;
    for (size_t i = 0; i < n; i++) mean_y += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double dx = first + (double)i - mean_x, dy = y[i] - mean_y;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    fit.slope = n > 1 ? xy / xx : 0;
    fit.interception = mean_y - fit.slope * mean_x;
    double rest = yy - fit.slope * xy;
    if (n > 1) {
        fit.variance = yy / (double)(n - 1);
        fit.rvariance = rest > 0 ? rest / (double)(n - 1) : 0;
    }
    fit.rsquare = r_square(fit.variance, fit.rvariance);
    return fit;
}

static void put_line(const LineFit *fit, double first, double *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = fit->interception + fit->slope * (first + (double)i);
}

static void put_fit(KernelCall *call, const Value *args, bool is_bag, Value *ret) {
    Series s;
    if (!series_of(call, &args[0], &s) || s.n < 2 || !series_is_finite(&s)) return;
    LineFit fit = line_fit(s.at, s.n, 1);
    put_line(&fit, 1, s.at, s.n);
    MemberOut m = members_open(call->scratch, is_bag);
    members_real(&m, "rsquare", fit.rsquare);
    members_real(&m, "slope", fit.slope);
    members_real(&m, "variance", fit.variance);
    members_real(&m, "rvariance", fit.rvariance);
    members_real(&m, "interception", fit.interception);
    members_series(&m, "line_fit", s.at, s.n);
    ret_text(ret, members_close(&m));
}

static void fit_line(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    put_fit(call, args, false, ret);
}

static void fit_line_dynamic(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    put_fit(call, args, true, ret);
}

/* -------------------------------------------------------------- two lines */

/* Sums over y[0..i) that give the rest of a line through any part in constant time. */
typedef struct Sums {
    double *y, *xy, *yy;
} Sums;

static Sums sums_of(Arena *arena, const Series *s) {
    Sums sums = {ARENA_ARRAY(arena, double, s->n + 1), ARENA_ARRAY(arena, double, s->n + 1),
                 ARENA_ARRAY(arena, double, s->n + 1)};
    double mean = 0;
    for (size_t i = 0; i < s->n; i++) mean += s->at[i] / (double)s->n;
    for (size_t i = 0; i < s->n; i++) {
        double y = s->at[i] - mean; /* near zero, where the sums lose least */
        sums.y[i + 1] = sums.y[i] + y;
        sums.xy[i + 1] = sums.xy[i] + y * (double)i;
        sums.yy[i + 1] = sums.yy[i] + y * y;
    }
    return sums;
}

/* Squares that are left between y[from..to) and its line. */
static double rest_of(const Sums *s, size_t from, size_t to) {
    double n = (double)(to - from), mean_x = (double)from + (n - 1) / 2;
    double y = s->y[to] - s->y[from];
    double xx = n * (n * n - 1) / 12;
    double xy = s->xy[to] - s->xy[from] - mean_x * y;
    double yy = s->yy[to] - s->yy[from] - y * y / n;
    return yy - (xx > 0 ? xy * xy / xx : 0);
}

/* Each side has two points at least. */
static size_t best_split(Arena *arena, const Series *s) {
    Sums sums = sums_of(arena, s);
    size_t best = 2;
    double least = INFINITY;
    for (size_t split = 2; split + 2 <= s->n; split++) {
        double rest = rest_of(&sums, 0, split) + rest_of(&sums, split, s->n);
        if (rest < least) least = rest, best = split;
    }
    return best;
}

static void put_side(MemberOut *m, const LineFit *fit, const char *const names[5]) {
    members_real(m, names[0], fit->rsquare);
    members_real(m, names[1], fit->slope);
    members_real(m, names[2], fit->interception);
    members_real(m, names[3], fit->variance);
    members_real(m, names[4], fit->rvariance);
}

static void put_2fits(KernelCall *call, const Value *args, bool is_bag, Value *ret) {
    Series s;
    if (!series_of(call, &args[0], &s) || s.n < 4 || !series_is_finite(&s)) return;
    size_t split = best_split(call->scratch, &s);
    LineFit all = line_fit(s.at, s.n, 1), left = line_fit(s.at, split, 1),
            right = line_fit(s.at + split, s.n - split, (double)split + 1);
    double rest =
        left.rvariance * (double)(split - 1) + right.rvariance * (double)(s.n - split - 1);
    double rvariance = rest / (double)(s.n - 1);
    put_line(&left, 1, s.at, split);
    put_line(&right, (double)split + 1, s.at + split, s.n - split);
    MemberOut m = members_open(call->scratch, is_bag);
    members_real(&m, "rsquare", r_square(all.variance, rvariance));
    members_long(&m, "split_idx", (int64_t)split);
    members_real(&m, "variance", all.variance);
    members_real(&m, "rvariance", rvariance);
    members_series(&m, "line_fit", s.at, s.n);
    static const char *const right_names[] = {"right_rsquare", "right_slope", "right_interception",
                                              "right_variance", "right_rvariance"};
    static const char *const left_names[] = {"left_rsquare", "left_slope", "left_interception",
                                             "left_variance", "left_rvariance"};
    put_side(&m, &right, right_names);
    put_side(&m, &left, left_names);
    ret_text(ret, members_close(&m));
}

static void fit_2lines(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    put_2fits(call, args, false, ret);
}

static void fit_2lines_dynamic(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    put_2fits(call, args, true, ret);
}

const Kernel kernel_series_fit_line = {.fn = fit_line};
const Kernel kernel_series_fit_line_dynamic = {.fn = fit_line_dynamic};
const Kernel kernel_series_fit_2lines = {.fn = fit_2lines};
const Kernel kernel_series_fit_2lines_dynamic = {.fn = fit_2lines_dynamic};
