/*
 * series_periods.c: periods of a series and how significant they are.
 *
 * Source: the series_periods_detect and series_periods_validate pages, which say what a period is (4
 * points to half of the series) and that a score goes from 0 to 1, but not how it comes about. Here:
 *
 * 1. A period must show as a peak of the spectrum, taken without the linear trend, that chance reaches
 *    in one series of twenty only.
 * 2. Among the lags which that frequency stands for, the one counts where the autocorrelation has its
 *    highest peak.
 * 3. Its score is the correlation of all pairs of points that are whole periods apart.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

#define MIN_PERIOD 4
#define CHANCE 0.05
#define MAX_PERIODS 1024

typedef struct Spectrum {
    size_t n;
    double *power;  /* of the frequencies 0..n/2, in periods over the series */
    double *lagged; /* sums of products of deviations that are k apart, k < n */
    double level;   /* what a significant power exceeds */
} Spectrum;

static double *deviations(Arena *arena, const double *y, size_t n) {
    double mean = 0, *d = ARENA_ARRAY(arena, double, n + 1);
    for (size_t i = 0; i < n; i++) mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) d[i] = y[i] - mean;
    return d;
}

static void find_power(Arena *arena, const double *y, Spectrum *s) {
    size_t n = s->n, n_power = n / 2;
    LineFit trend = line_fit(y, n, 0);
    double *re = ARENA_ARRAY(arena, double, n + 1), *im = ARENA_ARRAY(arena, double, n + 1);
    double total = 0;
    for (size_t i = 0; i < n; i++) re[i] = y[i] - trend.interception - trend.slope * (double)i;
    fourier(arena, re, im, n, false);
    s->power = ARENA_ARRAY(arena, double, n_power + 1);
    for (size_t k = 1; k <= n_power; k++) {
        s->power[k] = re[k] * re[k] + im[k] * im[k];
        total += s->power[k];
    }
    s->level = total / (double)n_power * log((double)n_power / CHANCE);
    if (total <= 1e-18 * (double)n) s->level = INFINITY;
}

static void find_lagged(Arena *arena, const double *y, Spectrum *s) {
    size_t m = 1;
    while (m < 2 * s->n) m <<= 1;
    double *d = deviations(arena, y, s->n);
    double *re = ARENA_ARRAY(arena, double, m), *im = ARENA_ARRAY(arena, double, m);
    memcpy(re, d, s->n * sizeof *re);
    fourier(arena, re, im, m, false);
    for (size_t k = 0; k < m; k++) {
        re[k] = re[k] * re[k] + im[k] * im[k];
        im[k] = 0;
    }
    fourier(arena, re, im, m, true);
    s->lagged = re;
}

static Spectrum spectrum_of(Arena *arena, const double *y, size_t n) {
    Spectrum s = {.n = n};
    find_power(arena, y, &s);
    find_lagged(arena, y, &s);
    return s;
}

/* Mean product of deviations that are k apart, against the variance. */
static double correlation(const Spectrum *s, size_t k) {
    return s->lagged[k] / s->lagged[0] * (double)s->n / (double)(s->n - k);
}

static bool is_peak(const Spectrum *s, size_t k) {
    return k >= MIN_PERIOD && k <= s->n / 2 && correlation(s, k) >= correlation(s, k - 1) &&
           correlation(s, k) >= correlation(s, k + 1);
}

static double score_of(const Spectrum *s, size_t period) {
    double products = 0, pairs = 0;
    for (size_t k = period; k < s->n; k += period) {
        products += s->lagged[k];
        pairs += (double)(s->n - k);
    }
    double score = products / s->lagged[0] * (double)s->n / pairs;
    return score < 0 ? 0 : score > 1 ? 1 : score;
}

/* The lag that a frequency stands for, 0 when there is none. */
static size_t lag_of(const Spectrum *s, size_t frequency) {
    double n = (double)s->n, f = (double)frequency;
    size_t from = (size_t)ceil(n / (f + 0.5)), to = (size_t)floor(n / (f - 0.5)), best = 0;
    for (size_t k = from; k <= to && k <= s->n / 2; k++)
        if (is_peak(s, k) && (!best || correlation(s, k) > correlation(s, best))) best = k;
    return best;
}

typedef struct Found {
    size_t period[MAX_PERIODS];
    double score[MAX_PERIODS];
    size_t n;
} Found;

/* Keeps the list in the order of the scores. */
static void found_add(Found *f, size_t period, double score) {
    for (size_t i = 0; i < f->n; i++)
        if (f->period[i] == period) return;
    if (f->n == MAX_PERIODS && score <= f->score[f->n - 1]) return;
    size_t at = f->n < MAX_PERIODS ? f->n++ : f->n - 1;
    for (; at && f->score[at - 1] < score; at--) {
        f->period[at] = f->period[at - 1];
        f->score[at] = f->score[at - 1];
    }
    f->period[at] = period;
    f->score[at] = score;
}

static void find_periods(Arena *arena, const double *y, size_t n, double least, double most,
                         Found *f) {
    f->n = 0;
    if (n < 2 * MIN_PERIOD) return;
    Spectrum s = spectrum_of(arena, y, n);
    for (size_t k = 1; k <= n / MIN_PERIOD; k++) {
        if (s.power[k] <= s.level) continue;
        size_t period = lag_of(&s, k);
        if (!period || (double)period < least || (double)period > most) continue;
        double score = score_of(&s, period);
        if (score > 0) found_add(f, period, score);
    }
}

size_t series_best_period(Arena *arena, const double *y, size_t n, double threshold) {
    Found *f = ARENA_NEW(arena, Found);
    find_periods(arena, y, n, 0, INFINITY, f);
    return f->n && f->score[0] > threshold ? f->period[0] : 0;
}

static void periods_detect(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    if (n_args != 4 || !series_of(call, &args[0], &s) || !series_is_finite(&s)) return;
    int64_t wanted = arg_long(&args[3]);
    if (wanted < 1) return;
    if (wanted > MAX_PERIODS) wanted = MAX_PERIODS;
    Found *f = ARENA_NEW(call->scratch, Found);
    find_periods(call->scratch, s.at, s.n, arg_real(&args[1]), arg_real(&args[2]), f);
    double periods[MAX_PERIODS] = {0}, scores[MAX_PERIODS] = {0};
    for (size_t i = 0; i < f->n && i < (size_t)wanted; i++) {
        periods[i] = (double)f->period[i];
        scores[i] = f->score[i];
    }
    MemberOut m = members_open(call->scratch, false);
    members_series(&m, "periods", periods, (size_t)wanted);
    members_series(&m, "scores", scores, (size_t)wanted);
    ret_text(ret, members_close(&m));
}

static double validate(const Spectrum *s, double period) {
    if (!(period >= MIN_PERIOD && period <= (double)s->n / 2)) return 0;
    double frequency = (double)s->n / period;
    size_t below = (size_t)frequency, above = (size_t)ceil(frequency), lag = (size_t)round(period);
    bool shows = s->power[below] > s->level || s->power[above] > s->level;
    return shows && is_peak(s, lag) ? score_of(s, lag) : 0;
}

static void periods_validate(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    if (n_args < 2 || !series_of(call, &args[0], &s) || !series_is_finite(&s)) return;
    double *periods = ARENA_ARRAY(call->scratch, double, n_args);
    double *scores = ARENA_ARRAY(call->scratch, double, n_args);
    Spectrum spectrum = {0};
    if (s.n >= 2 * MIN_PERIOD) spectrum = spectrum_of(call->scratch, s.at, s.n);
    for (uint32_t i = 1; i < n_args; i++) {
        periods[i - 1] = args[i].is_null ? 0 : arg_real(&args[i]);
        if (spectrum.n) scores[i - 1] = validate(&spectrum, periods[i - 1]);
    }
    MemberOut m = members_open(call->scratch, false);
    members_series(&m, "periods", periods, n_args - 1);
    members_series(&m, "scores", scores, n_args - 1);
    ret_text(ret, members_close(&m));
}

const Kernel kernel_series_periods_detect = {.fn = periods_detect};
const Kernel kernel_series_periods_validate = {.fn = periods_validate};
