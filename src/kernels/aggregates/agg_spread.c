/*
 * agg_spread.c: variance, standard deviation, covariance; the mean of decimals.
 *
 * Running mean and sum of products of differences (Welford), two runs joined by Chan's formula: no
 * cancellation, whatever the size of the values. Too few values give 0, as the documentation's
 * table of defaults says.
 */
#include <math.h>

#include "kernels/aggregates/agg_numbers.h"
#include "kernels/aggregates/aggregates.h"

typedef struct Spread {
    double n, mean_x, mean_y, products; /* products: sum of (x - mean_x)(y - mean_y) */
} Spread;

static void spread_add(Spread *s, double x, double y) {
    s->n += 1;
    double dx = x - s->mean_x;
    s->mean_x += dx / s->n;
    s->mean_y += (y - s->mean_y) / s->n;
    s->products += dx * (y - s->mean_y);
}

static void update_one(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    (void)n_args;
    double x;
    if (value_as_real(&args[0], &x)) spread_add(state, x, x);
}

static void update_pair(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    double x, y;
    if (n_args > 1 && value_as_real(&args[0], &x) && value_as_real(&args[1], &y))
        spread_add(state, x, y);
}

static void spread_combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    Spread *a = into;
    const Spread *b = from;
    if (b->n == 0) return;
    double n = a->n + b->n, dx = b->mean_x - a->mean_x, dy = b->mean_y - a->mean_y;
    a->products += b->products + dx * dy * a->n * b->n / n;
    a->mean_x += dx * b->n / n;
    a->mean_y += dy * b->n / n;
    a->n = n;
}

static void put_real(Value *ret, double r) {
    ret->is_null = false;
    ret->u.r = r;
}

static double of_sample(const Spread *s) { return s->n > 1 ? s->products / (s->n - 1) : 0; }
static double of_population(const Spread *s) { return s->n > 0 ? s->products / s->n : 0; }

static void finish_sample(KernelCall *call, void *state, Value *ret) {
    (void)call;
    put_real(ret, of_sample(state));
}
static void finish_population(KernelCall *call, void *state, Value *ret) {
    (void)call;
    put_real(ret, of_population(state));
}
static void finish_sample_root(KernelCall *call, void *state, Value *ret) {
    (void)call;
    put_real(ret, sqrt(of_sample(state)));
}
static void finish_population_root(KernelCall *call, void *state, Value *ret) {
    (void)call;
    put_real(ret, sqrt(of_population(state)));
}

#define SPREAD(update, finish)                                                                     \
    { sizeof(Spread), update, spread_combine, finish, NULL }
const AggKernel agg_variance = SPREAD(update_one, finish_sample);
const AggKernel agg_variancep = SPREAD(update_one, finish_population);
const AggKernel agg_stdev = SPREAD(update_one, finish_sample_root);
const AggKernel agg_stdevp = SPREAD(update_one, finish_population_root);
const AggKernel agg_covariance = SPREAD(update_pair, finish_sample);
const AggKernel agg_covariancep = SPREAD(update_pair, finish_population);

/* ------------------------------------------------------- mean of decimals */

typedef struct DecimalMean {
    Int128 sum;
    int64_t n;
    bool is_over; /* the sum left 128 bits */
} DecimalMean;

static void mean_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    (void)n_args;
    DecimalMean *m = state;
    if (args[0].is_null || args[0].type != TYPE_DECIMAL) return;
    m->n++;
    m->is_over |= __builtin_add_overflow(m->sum, args[0].u.d, &m->sum);
}

static void mean_combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    DecimalMean *a = into;
    const DecimalMean *b = from;
    a->n += b->n;
    a->is_over |= b->is_over;
    a->is_over |= __builtin_add_overflow(a->sum, b->sum, &a->sum);
}

/* Rounded half away from zero, as decimal division is. */
static void mean_finish(KernelCall *call, void *state, Value *ret) {
    (void)call;
    const DecimalMean *m = state;
    if (!m->n || m->is_over) return;
    Int128 mean = m->sum / m->n, rest = m->sum % m->n;
    if (rest < 0) rest = -rest;
    if (rest * 2 >= m->n) mean += m->sum < 0 ? -1 : 1;
    ret->is_null = false;
    ret->u.d = mean;
}

const AggKernel agg_avg_decimal = {sizeof(DecimalMean), mean_update, mean_combine, mean_finish,
                                   NULL};
