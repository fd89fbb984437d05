/*
 * series_periods.c: periods of a series and how significant they are.
 *
 * Source: the series_periods_detect and series_periods_validate pages, which say what a period is (4
 * points to half of the series) and that a score goes from 0 to 1, but not how it comes about. Here:
 *
 * 1. The linear trend is taken off, and what is left is correlated with itself at every lag.
 * 2. From short lags to long ones, a peak of that correlation is a period when it stands out of the lags
 *    around it and when points that are whole periods apart go together more than chance does once in
 *    twenty series. The bound on chance (Bennett's inequality, and the distribution of a folded series)
 *    holds for few sharp events as for smooth waves, so neither the shape of a period nor the strength
 *    of its harmonics matters.
 * 3. The mean of each of its phases is then taken off: a longer period must show in what is left, so the
 *    multiples of a period are none.
 * 4. The score is a correlation of the series as it is: of all pairs of points that are whole periods
 *    apart, or of those one period apart, weighed by how much of the series they cover. The higher one
 *    counts: a trend lowers the first, an odd first or last season the second.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

#define MIN_PERIOD 4
#define CHANCE 0.05
#define MAX_PERIODS 1024 /* that a call may ask for */
#define MAX_FOUND 24
#define LEAST_REST 1e-3 /* of the variance: what is left below it holds no further period */
#define BLOCK 512u

typedef struct Found {
    size_t period[MAX_FOUND];
    double score[MAX_FOUND];
    size_t n;
} Found;

/* Sums of products of deviations that are k apart, k < n. */
typedef struct Lagged {
    size_t n;
    double *at, *imaginary; /* room for the transform of twice as many */
} Lagged;

typedef struct Search {
    Lagged whole, rest;  /* as it is; without trend and the periods found */
    double *y;           /* the rest itself */
    double *block_least; /* of the rest's correlation, per BLOCK lags */
    double largest;      /* product of two of the rest's deviations */
    double n_lags;
    size_t taken[MAX_FOUND]; /* periods that are taken off */
    double uneven
        [MAX_FOUND]; /* by how much what is left varies more in some of their phases: from 1 */
    size_t n_taken;
} Search;

/* The smallest power of two with room for lags of both signs. */
static size_t room_for(size_t n) {
    size_t m = 1;
    while (m < 2 * n) m <<= 1;
    return m;
}

static void find_lagged(Arena *arena, const double *deviations, Lagged *l) {
    size_t m = room_for(l->n);
    double *re = l->at, *im = l->imaginary;
    memset(re, 0, m * sizeof *re);
    memset(im, 0, m * sizeof *im);
    memcpy(re, deviations, l->n * sizeof *re);
    fourier(arena, re, im, m, false);
    for (size_t k = 0; k < m; k++) {
        re[k] = re[k] * re[k] + im[k] * im[k];
        im[k] = 0;
    }
    fourier(arena, re, im, m, true);
}

/* Mean product of deviations that are k apart, against the variance. */
static double correlation(const Lagged *l, size_t k) {
    return l->at[k] / l->at[0] * (double)l->n / (double)(l->n - k);
}

/* Pairs of points whole periods apart: how many there are, and the sum of their products. */
static double folded_products(const Lagged *l, size_t period, double *ret_pairs) {
    double products = 0, pairs = 0;
    for (size_t k = period; k < l->n; k += period) {
        products += l->at[k];
        pairs += (double)(l->n - k);
    }
    *ret_pairs = pairs;
    return products;
}

static double score_of(const Lagged *l, size_t period) {
    double pairs, n = (double)l->n;
    double all = folded_products(l, period, &pairs) / l->at[0] * n / pairs;
    double next = l->at[period] / l->at[0] * sqrt(n / (n - (double)period));
    double score = all > next ? all : next;
    return score < 0 ? 0 : score > 1 ? 1 : score;
}

static void refresh(Arena *arena, Search *s) {
    size_t n = s->whole.n;
    double first = 0, second = 0;
    find_lagged(arena, s->y, &s->rest);
    for (size_t i = 0; i < n; i++) {
        double size = fabs(s->y[i]);
        if (size > first) second = first, first = size;
        else if (size > second) second = size;
    }
    s->largest = first * second;
    for (size_t k = 0; k < n; k++) {
        double c = correlation(&s->rest, k), *least = &s->block_least[k / BLOCK];
        if (k % BLOCK == 0 || c < *least) *least = c;
    }
}

/* True when the correlation is as low as `bound` at one of the lags from..to. */
static bool goes_below(const Search *s, size_t from, size_t to, double bound) {
    for (size_t k = from; k <= to;) {
        if (k % BLOCK == 0 && k + BLOCK <= to && s->block_least[k / BLOCK] > bound) {
            k += BLOCK;
            continue;
        }
        if (correlation(&s->rest, k) <= bound) return true;
        k++;
    }
    return false;
}

/* Where what is left stands in few phases of a period, lags of whole periods meet it more often. */
static double unevenness(const Search *s, size_t lag) {
    double most = 1;
    for (size_t i = 0; i < s->n_taken; i++) {
        size_t over = lag % s->taken[i];
        bool is_multiple = over <= 1 || over + 1 == s->taken[i];
        if (is_multiple && s->uneven[i] > most) most = s->uneven[i];
    }
    return most;
}

/* The chance that n_lags sums like this one hold one that is as large, if the points were unrelated.
 * Sharp events: Bennett's inequality over the products. Phases: their means have the chi-squared
 * distribution, which Wilson and Hilferty's cube root makes normal. */
static bool is_chance(const Search *s, size_t period) {
    double n = (double)s->rest.n, variance = s->rest.at[0] / n, pairs, b = s->largest;
    double products = folded_products(&s->rest, period, &pairs);
    if (products <= 0 || b <= 0) return true;
    double uneven = unevenness(s, period), v = pairs * variance * variance * uneven,
           u = b * products / v;
    double exponent = -v / (b * b) * ((1 + u) * log1p(u) - u);
    if (exponent + log(s->n_lags) > log(CHANCE)) return true;
    double p = (double)period, freedom = fmax((p - 1) / uneven, 1), spread = 2 / (9 * freedom);
    double squares = freedom * p / (p - 1) * (1 + (n / p - 1) * products / variance / pairs);
    double z = (cbrt(squares / freedom) - (1 - spread)) / sqrt(spread);
    return 0.5 * erfc(z / sqrt(2)) * s->n_lags > CHANCE;
}

static bool is_period(const Search *s, size_t k) {
    double c = correlation(&s->rest, k);
    size_t last = k + k / 2 < s->rest.n ? k + k / 2 : s->rest.n - 1;
    return c >= correlation(&s->rest, k - 1) && c >= correlation(&s->rest, k + 1) &&
           c * sqrt((double)(s->rest.n - k)) >= 2.5 && !is_chance(s, k) &&
           goes_below(s, k / 2, k - 1, c / 2) && goes_below(s, k + 1, last, c / 2);
}

static void take_off(Search *s, size_t period) {
    double second = 0, fourth = 0;
    for (size_t first = 0; first < period; first++) {
        double sum = 0, count = 0, squares = 0;
        for (size_t i = first; i < s->whole.n; i += period) sum += s->y[i], count++;
        for (size_t i = first; i < s->whole.n; i += period) {
            s->y[i] -= sum / count;
            squares += s->y[i] * s->y[i];
        }
        second += squares / count;
        fourth += squares / count * (squares / count);
    }
    s->taken[s->n_taken] = period;
    s->uneven[s->n_taken++] = second > 0 ? (double)period * fourth / (second * second) : 1;
}

/* Both the whole and the rest; false when the series is constant or a line. */
static bool search_begin(Arena *arena, const double *y, size_t n, Search *s) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++) mean += y[i] / (double)n, squares += y[i] * y[i];
    LineFit trend = line_fit(y, n, 0);
    double *d = ARENA_ARRAY(arena, double, n + 1);
    double *imaginary = ARENA_ARRAY(arena, double, room_for(n));
    *s = (Search){.whole = {n, ARENA_ARRAY(arena, double, room_for(n)), imaginary},
                  .rest = {n, ARENA_ARRAY(arena, double, room_for(n)), imaginary},
                  .y = ARENA_ARRAY(arena, double, n + 1),
                  .block_least = ARENA_ARRAY(arena, double, n / BLOCK + 2),
                  .n_lags = (double)(n / 2 - MIN_PERIOD + 1)};
    for (size_t i = 0; i < n; i++) {
        d[i] = y[i] - mean;
        s->y[i] = y[i] - trend.interception - trend.slope * (double)i;
    }
    find_lagged(arena, d, &s->whole);
    refresh(arena, s);
    return s->rest.at[0] > 1e-15 * squares && isfinite(s->rest.at[0]);
}

/* Keeps the list in the order of the scores. */
static void found_add(Found *f, size_t period, double score) {
    size_t at = f->n++;
    for (; at && f->score[at - 1] < score; at--) {
        f->period[at] = f->period[at - 1];
        f->score[at] = f->score[at - 1];
    }
    f->period[at] = period;
    f->score[at] = score;
}

static void find_periods(KernelCall *call, const double *y, size_t n, Found *f) {
    Search s;
    f->n = 0;
    if (n < 2 * MIN_PERIOD || !search_begin(call->scratch, y, n, &s)) return;
    double all = s.rest.at[0];
    for (size_t k = MIN_PERIOD; k <= n / 2 && s.n_taken < MAX_FOUND; k++) {
        if (kernel_stopped(call)) return;
        if (!is_period(&s, k)) continue;
        double score = score_of(&s.whole, k);
        if (score > 0) found_add(f, k, score);
        take_off(&s, k);
        refresh(call->scratch, &s);
        if (!(s.rest.at[0] > LEAST_REST * all)) return;
    }
}

size_t series_best_period(KernelCall *call, const double *y, size_t n, double threshold) {
    Found *f = ARENA_NEW(call->scratch, Found);
    find_periods(call, y, n, f);
    return f->n && f->score[0] > threshold ? f->period[0] : 0;
}

static void periods_detect(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    if (n_args != 4 || args[1].is_null || args[2].is_null || args[3].is_null) return;
    if (!series_of(call, &args[0], &s) || !series_is_finite(&s)) return;
    int64_t wanted = arg_long(&args[3]);
    if (wanted < 1) return;
    if (wanted > MAX_PERIODS) wanted = MAX_PERIODS;
    double least = arg_real(&args[1]), most = arg_real(&args[2]);
    Found *f = ARENA_NEW(call->scratch, Found);
    find_periods(call, s.at, s.n, f);
    double periods[MAX_PERIODS] = {0}, scores[MAX_PERIODS] = {0};
    size_t n = 0;
    for (size_t i = 0; i < f->n && n < (size_t)wanted; i++) {
        if ((double)f->period[i] < least || (double)f->period[i] > most) continue;
        periods[n] = (double)f->period[i];
        scores[n++] = f->score[i];
    }
    MemberOut m = members_open(call->scratch, false);
    members_series(&m, "periods", periods, (size_t)wanted);
    members_series(&m, "scores", scores, (size_t)wanted);
    ret_text(ret, members_close(&m));
}

/* The score of the period that is found there, less than a point away; outside of the bounds 0. */
static double validate(const Found *f, size_t n, double period) {
    double score = 0;
    if (!(period >= MIN_PERIOD && period <= (double)n / 2)) return 0;
    for (size_t i = 0; i < f->n; i++)
        if (fabs((double)f->period[i] - period) < 1 && f->score[i] > score) score = f->score[i];
    return score;
}

static void periods_validate(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series s;
    if (n_args < 2 || !series_of(call, &args[0], &s) || !series_is_finite(&s)) return;
    double *periods = ARENA_ARRAY(call->scratch, double, n_args);
    double *scores = ARENA_ARRAY(call->scratch, double, n_args);
    Found *f = ARENA_NEW(call->scratch, Found);
    find_periods(call, s.at, s.n, f);
    for (uint32_t i = 1; i < n_args; i++) {
        periods[i - 1] = args[i].is_null ? 0 : arg_real(&args[i]);
        scores[i - 1] = validate(f, s.n, periods[i - 1]);
    }
    MemberOut m = members_open(call->scratch, false);
    members_series(&m, "periods", periods, n_args - 1);
    members_series(&m, "scores", scores, n_args - 1);
    ret_text(ret, members_close(&m));
}

const Kernel kernel_series_periods_detect = {.fn = periods_detect};
const Kernel kernel_series_periods_validate = {.fn = periods_validate};
