/*
 * agg_spread.c: variance, standard deviation, covariance.
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
