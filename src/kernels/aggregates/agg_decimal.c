/*
 * agg_decimal.c: sum and mean of decimals.
 *
 * A sum of decimals is rounded at each step, and the steps come in the order that threads happen
 * to have. So what each step rounds away is summed beside (Knuth's two-sum, which is exact in any
 * base), and comes back at the end: the result is that of a sum with about twice the digits.
 */
#include "kernels/aggregates/aggregates.h"
#include "kernels/decimal_math.h"

typedef struct DecimalSum {
    Decimal sum, lost; /* lost: what is missing in sum */
    int64_t n;
    bool is_over; /* the sum left the range */
} DecimalSum;

static Decimal plus(DecimalSum *s, Decimal a, Decimal b) {
    Decimal sum = DECIMAL_ZERO;
    s->is_over |= !decimal_add(a, b, &sum);
    return sum;
}
static Decimal minus(DecimalSum *s, Decimal a, Decimal b) { return plus(s, a, decimal_negate(b)); }

static void sum_add(DecimalSum *s, Decimal x) {
    Decimal sum = plus(s, s->sum, x), x_part = minus(s, sum, s->sum);
    Decimal lost_of_sum = minus(s, s->sum, minus(s, sum, x_part)), lost_of_x = minus(s, x, x_part);
    s->lost = plus(s, s->lost, plus(s, lost_of_sum, lost_of_x));
    s->sum = sum;
}

static void update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    (void)n_args;
    DecimalSum *s = state;
    if (args[0].is_null || args[0].type != TYPE_DECIMAL) return;
    s->n++;
    sum_add(s, args[0].u.d);
}

static void combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    DecimalSum *a = into;
    const DecimalSum *b = from;
    a->n += b->n;
    a->is_over |= b->is_over;
    sum_add(a, b->sum);
    a->lost = plus(a, a->lost, b->lost);
}

static void finish_sum(KernelCall *call, void *state, Value *ret) {
    (void)call;
    DecimalSum *s = state;
    Decimal total = plus(s, s->sum, s->lost);
    if (!s->is_over) *ret = value_decimal(total);
}

static void finish_mean(KernelCall *call, void *state, Value *ret) {
    (void)call;
    DecimalSum *s = state;
    Decimal total = plus(s, s->sum, s->lost);
    if (s->n && !s->is_over)
        ret->is_null = !decimal_divide(total, decimal_from_long(s->n), &ret->u.d);
}

const AggKernel agg_sum_decimal = {sizeof(DecimalSum), update, combine, finish_sum, NULL};
const AggKernel agg_avg_decimal = {sizeof(DecimalSum), update, combine, finish_mean, NULL};
