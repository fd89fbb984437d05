/*
 * series_decompose.c: a series as seasonal part, trend and rest; forecasts and anomalies by it.
 *
 * Source: the series_seasonal, series_decompose, series_decompose_forecast and
 * series_decompose_anomalies pages. The last test points take no part in what is learned. Elements that
 * are no finite numbers are passed over: they have a baseline, and no residual.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

typedef enum Trend { TREND_AVERAGE, TREND_LINE, TREND_NONE } Trend;

typedef struct Options {
    int64_t period; /* -1: detected; 0: none */
    double threshold;
    Trend trend;
    size_t test_points;
} Options;

typedef struct Parts {
    Series series;
    size_t n_learn;
    double *seasonal, *trend, *baseline, *residual;
} Parts;

/* ----------------------------------------------------------- the seasonal */

/* The detection needs a number everywhere: a gap takes the value before it. */
static size_t detect(KernelCall *call, const Series *s, size_t n, double threshold) {
    double *filled = ARENA_ARRAY(call->scratch, double, n + 1), last = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->is_number[i]) last = s->at[i];
        filled[i] = last;
    }
    return series_best_period(call, filled, n, threshold);
}

/* The median of the points in the same phase. */
static void put_seasonal(Arena *arena, const Series *s, size_t n_learn, size_t period,
                         double *out) {
    double *phase = ARENA_ARRAY(arena, double, n_learn / period + 2);
    for (size_t first = 0; first < period && first < s->n; first++) {
        size_t n = 0;
        for (size_t i = first; i < n_learn; i += period)
            if (s->is_number[i]) phase[n++] = s->at[i];
        sort_reals(phase, n);
        double median = n ? percentile_of_sorted(phase, n, 50) : 0;
        for (size_t i = first; i < s->n; i += period) out[i] = median;
    }
}

static bool read_series(KernelCall *call, const Value *v, size_t test_points, Parts *p) {
    if (!series_of(call, v, &p->series)) return false;
    for (size_t i = 0; i < p->series.n; i++)
        p->series.is_number[i] = p->series.is_number[i] && isfinite(p->series.at[i]);
    p->n_learn = test_points < p->series.n ? p->series.n - test_points : 0;
    p->seasonal = ARENA_ARRAY(call->scratch, double, p->series.n + 1);
    return true;
}

static void find_seasonal(KernelCall *call, const Options *o, Parts *p) {
    size_t period = o->period > 0 ? (size_t)o->period : 0;
    if (o->period < 0) period = detect(call, &p->series, p->n_learn, o->threshold);
    if (period && period <= p->n_learn)
        put_seasonal(call->scratch, &p->series, p->n_learn, period, p->seasonal);
}

/* -------------------------------------------------------------- the parts */

/* Least squares over the places that have a number; a line needs two of them. */
static void put_trend(const Parts *p, Trend kind, double *out) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int pass = 0; pass < 2 && kind != TREND_NONE; pass++) {
        double mean_x = n > 0 ? x / n : 0, mean_y = n > 0 ? y / n : 0;
        for (size_t i = 0; i < p->n_learn; i++) {
            if (!p->series.is_number[i]) continue;
            double value = p->series.at[i] - p->seasonal[i], place = (double)i;
            if (pass == 0) n++, x += place, y += value;
            else
                xx += (place - mean_x) * (place - mean_x),
                    xy += (place - mean_x) * (value - mean_y);
        }
    }
    if (n < 1) return;
    double slope = kind == TREND_LINE && xx > 0 ? xy / xx : 0;
    for (size_t i = 0; i < p->series.n; i++) out[i] = y / n + slope * ((double)i - x / n);
}

static bool decompose(KernelCall *call, const Value *v, const Options *o, Parts *p) {
    if (!read_series(call, v, o->test_points, p)) return false;
    size_t n = p->series.n;
    p->trend = ARENA_ARRAY(call->scratch, double, n + 1);
    p->baseline = ARENA_ARRAY(call->scratch, double, n + 1);
    p->residual = ARENA_ARRAY(call->scratch, double, n + 1);
    find_seasonal(call, o, p);
    put_trend(p, o->trend, p->trend);
    for (size_t i = 0; i < n; i++) {
        p->baseline[i] = p->seasonal[i] + p->trend[i];
        p->residual[i] = p->series.at[i] - p->baseline[i];
    }
    return true;
}

/* -------------------------------------------------------------- arguments */

static const Value *given(const Value *args, uint32_t n_args, uint32_t at) {
    if (at >= n_args || args[at].is_null) return NULL;
    return args[at].type == TYPE_STRING && !args[at].u.s.len ? NULL : &args[at];
}

static bool read_trend(KernelCall *call, const Value *v, Trend *ret) {
    static const char *const names[] = {"avg", "linefit", "none"};
    for (size_t i = 0; v && i < COUNT_OF(names); i++)
        if (str_eq(v->u.s, str_of(names[i]))) {
            *ret = (Trend)i;
            return true;
        }
    if (v) kernel_fail(call, "the trend of a series is avg, linefit or none");
    return !v;
}

/* Where an argument stands in the calls of the family. */
typedef struct Places {
    uint32_t period, trend, test_points, threshold;
} Places;

static bool read_options(KernelCall *call, const Value *args, uint32_t n_args, Places at,
                         Options *o) {
    *o = (Options){.period = -1, .threshold = 0.6};
    const Value *period = given(args, n_args, at.period);
    const Value *points = given(args, n_args, at.test_points);
    const Value *threshold = given(args, n_args, at.threshold);
    if (period) o->period = arg_long(period);
    if (points && arg_long(points) > 0) o->test_points = (size_t)arg_long(points);
    if (threshold) o->threshold = arg_real(threshold);
    return read_trend(call, given(args, n_args, at.trend), &o->trend);
}

/* ---------------------------------------------------------------- kernels */

static void seasonal(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Parts p = {0};
    Options o = {.period = -1, .threshold = 0.7};
    if (given(args, n_args, 1)) o.period = arg_long(&args[1]);
    if (o.period < -1) o.period = 0;
    if (given(args, n_args, 2) && arg_long(&args[2]) > 0)
        o.test_points = (size_t)arg_long(&args[2]);
    if (!read_series(call, &args[0], o.test_points, &p)) return;
    find_seasonal(call, &o, &p);
    ret_series(call, p.seasonal, NULL, p.series.n, ret);
}

static void put_parts(KernelCall *call, const Parts *p, Value *ret) {
    Out out = out_open(call->scratch);
    out_series(&out, p->baseline, NULL, p->series.n);
    out_series(&out, p->seasonal, NULL, p->series.n);
    out_series(&out, p->trend, NULL, p->series.n);
    out_series(&out, p->residual, p->series.is_number, p->series.n);
    ret_text(ret, out_close(&out));
}

static void decompose_series(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Options o;
    Parts p = {0};
    if (read_options(call, args, n_args, (Places){1, 2, 3, 4}, &o) &&
        decompose(call, &args[0], &o, &p))
        put_parts(call, &p, ret);
}

static void forecast(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Options o;
    Parts p = {0};
    if (read_options(call, args, n_args, (Places){2, 3, 1, 4}, &o) &&
        decompose(call, &args[0], &o, &p))
        put_parts(call, &p, ret);
}

static void anomalies(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Options o;
    Parts p = {0};
    double threshold = given(args, n_args, 1) ? arg_real(&args[1]) : 1.5;
    const Value *method = given(args, n_args, 5);
    bool is_tukey = method && str_eq(method->u.s, STR("tukey"));
    if (method && !is_tukey && !str_eq(method->u.s, STR("ctukey"))) {
        kernel_fail(call, "the method for anomalies is tukey or ctukey");
        return;
    }
    if (!read_options(call, args, n_args, (Places){2, 3, 4, 6}, &o) ||
        !decompose(call, &args[0], &o, &p))
        return;
    size_t n = p.series.n;
    double *scores = ARENA_ARRAY(call->scratch, double, n + 1);
    tukey_scores(call->scratch, p.residual, p.series.is_number, n, p.n_learn, is_tukey ? 25 : 10,
                 is_tukey ? 75 : 90, scores);
    Out out = out_open(call->scratch);
    out_putc(&out, '[');
    for (size_t i = 0; i < n; i++)
        out_long_element(&out, scores[i] > threshold ? 1 : scores[i] < -threshold ? -1 : 0);
    out_putc(&out, ']');
    out_series(&out, scores, NULL, n);
    out_series(&out, p.baseline, NULL, n);
    ret_text(ret, out_close(&out));
}

const Kernel kernel_series_seasonal = {.fn = seasonal};
const Kernel kernel_series_decompose = {.fn = decompose_series};
const Kernel kernel_series_decompose_forecast = {.fn = forecast};
const Kernel kernel_series_decompose_anomalies = {.fn = anomalies};
