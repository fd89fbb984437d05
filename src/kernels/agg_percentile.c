/*
 * agg_percentile.c: percentiles by nearest rank, exactly.
 *
 * "The P-th percentile of a list of ordered values is the smallest value in the list such that P
 * percent of the data is less or equal to it"; the 0-th is the smallest. A weight counts a value so
 * many times. The service estimates with a digest; here all values of a group are kept and sorted,
 * 8 bytes each (16 with weights).
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "kernels/agg_numbers.h"
#include "kernels/aggregates.h"
#include "kernels/out.h"

enum { MAX_PERCENTS = 1024 };

typedef struct Weighed {
    union {
        int64_t l;
        double r;
    } value;
    int64_t weight;
} Weighed;

typedef struct PercentileState {
    Weighed *items;
    size_t n, cap;
    double *percents;
    uint32_t n_percents;
    Type type; /* of the result: LONG, REAL, DATETIME or TIMESPAN */
} PercentileState;

static bool is_real(Type t) { return t == TYPE_REAL; }

static void push(PercentileState *s, Weighed item) {
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 8;
        s->items = realloc(s->items, s->cap * sizeof *s->items);
        if (!s->items) abort();
    }
    s->items[s->n++] = item;
}

static void add_percent(PercentileState *s, double p) {
    if (s->n_percents < MAX_PERCENTS) s->percents[s->n_percents++] = p;
}

/* The percentiles are the same in each row: they are read from the first one. */
static void read_percents(PercentileState *s, const Value *args, uint32_t n) {
    s->percents = malloc(MAX_PERCENTS * sizeof *s->percents);
    if (!s->percents) abort();
    for (uint32_t i = 0; i < n; i++) {
        JsonCursor c;
        Str key, element;
        double p;
        if (args[i].type != TYPE_DYNAMIC) {
            if (value_as_real(&args[i], &p)) add_percent(s, p);
        } else if (!args[i].is_null && json_enter(args[i].u.s, &c)) {
            while (json_next(&c, &key, &element))
                if (json_real(str_trim(element), &p)) add_percent(s, p);
        }
    }
}

static void add_value(PercentileState *s, const Value *v, int64_t weight) {
    Weighed item = {.weight = weight};
    s->type = v->type == TYPE_INT ? TYPE_LONG : v->type == TYPE_DECIMAL ? TYPE_REAL : v->type;
    if (v->is_null || weight <= 0) return;
    if (is_real(s->type)) {
        if (!value_as_real(v, &item.value.r)) return;
    } else {
        item.value.l = v->type == TYPE_INT ? v->u.i : v->u.l;
    }
    push(s, item);
}

static void update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    PercentileState *s = state;
    if (!s->percents) read_percents(s, args + 1, n_args - 1);
    add_value(s, &args[0], 1);
}

static void update_weighted(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    PercentileState *s = state;
    if (!s->percents) read_percents(s, args + 2, n_args - 2);
    int64_t weight = args[1].is_null ? 0 : args[1].type == TYPE_INT ? args[1].u.i : args[1].u.l;
    add_value(s, &args[0], weight);
}

static void combine(KernelCall *call, void *into, const void *from) {
    (void)call;
    PercentileState *a = into;
    const PercentileState *b = from;
    if (!b->percents) return;
    if (!a->percents) {
        a->type = b->type;
        a->percents = malloc(MAX_PERCENTS * sizeof *a->percents);
        if (!a->percents) abort();
        a->n_percents = b->n_percents;
        memcpy(a->percents, b->percents, b->n_percents * sizeof *b->percents);
    }
    for (size_t i = 0; i < b->n; i++) push(a, b->items[i]);
}

static int by_long(const void *a, const void *b) {
    int64_t x = ((const Weighed *)a)->value.l, y = ((const Weighed *)b)->value.l;
    return (x > y) - (x < y);
}

/* NaN stands below all numbers. */
static int by_real(const void *a, const void *b) {
    double x = ((const Weighed *)a)->value.r, y = ((const Weighed *)b)->value.r;
    if (isnan(x) || isnan(y)) return isnan(y) - isnan(x);
    return (x > y) - (x < y);
}

static double total_weight(const PercentileState *s) {
    double total = 0;
    for (size_t i = 0; i < s->n; i++) total += (double)s->items[i].weight;
    return total;
}

/* Of sorted values. Rounding in p * total must not reach past a whole rank. */
static Value value_at(const PercentileState *s, double total, double p) {
    double x = p * total / 100, rank = ceil(x - fabs(x) * 1e-13), seen = 0;
    size_t i = 0;
    while (i + 1 < s->n && (seen += (double)s->items[i].weight) < rank) i++;
    return is_real(s->type) ? value_real(s->items[i].value.r)
                            : value_ticks(s->type, s->items[i].value.l);
}

static void sort_items(PercentileState *s) {
    qsort(s->items, s->n, sizeof *s->items, is_real(s->type) ? by_real : by_long);
}

static void finish(KernelCall *call, void *state, Value *ret) {
    (void)call;
    PercentileState *s = state;
    if (!s->n || !s->n_percents) return;
    sort_items(s);
    *ret = value_at(s, total_weight(s), s->percents[0]);
}

static void finish_array(KernelCall *call, void *state, Value *ret) {
    PercentileState *s = state;
    if (!s->n) return;
    sort_items(s);
    double total = total_weight(s);
    Buf out = {0};
    buf_putc(&out, '[');
    for (uint32_t i = 0; i < s->n_percents; i++) {
        Value v = value_at(s, total, s->percents[i]);
        if (i) buf_putc(&out, ',');
        value_put_json(&out, &v);
    }
    buf_putc(&out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static void destroy(void *state) {
    PercentileState *s = state;
    free(s->items);
    free(s->percents);
}

#define PERCENTILE(row, end)                                                                       \
    { sizeof(PercentileState), row, combine, end, destroy }
const AggKernel agg_percentile = PERCENTILE(update, finish);
const AggKernel agg_percentilew = PERCENTILE(update_weighted, finish);
const AggKernel agg_percentiles_array = PERCENTILE(update, finish_array);
const AggKernel agg_percentilesw_array = PERCENTILE(update_weighted, finish_array);
