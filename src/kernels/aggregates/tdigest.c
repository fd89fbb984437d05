#include "kernels/aggregates/tdigest.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "kernels/aggregates/agg_numbers.h"

enum {
    MAX_EXACT = 1024, /* so many different values are kept as they are */
    BUFFER = 4096,    /* values that gather before they are joined */
    FINENESS = 1000   /* about so many centroids at most */
};
static const double PI = 3.14159265358979323846;

void tdigest_free(TDigest *t) {
    free(t->items);
    *t = (TDigest){0};
}

static bool is_real(const TDigest *t) { return t->type == TYPE_REAL; }

/* ---------------------------------------------------------------- tidying */

static int by_long(const void *a, const void *b) {
    int64_t x = ((const Centroid *)a)->value.l, y = ((const Centroid *)b)->value.l;
    return (x > y) - (x < y);
}

/* NaN stands below all numbers. */
static int by_real(const void *a, const void *b) {
    double x = ((const Centroid *)a)->value.r, y = ((const Centroid *)b)->value.r;
    if (isnan(x) || isnan(y)) return isnan(y) - isnan(x);
    return (x > y) - (x < y);
}

static int64_t sum_of(int64_t a, int64_t b) {
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static void join_equal(TDigest *t) {
    int (*order)(const void *, const void *) = is_real(t) ? by_real : by_long;
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (n && order(&t->items[n - 1], &t->items[i]) == 0)
            t->items[n - 1].weight = sum_of(t->items[n - 1].weight, t->items[i].weight);
        else t->items[n++] = t->items[i];
    }
    t->n = n;
}

double tdigest_total(const TDigest *t) {
    double total = 0;
    for (size_t i = 0; i < t->n; i++) total += (double)t->items[i].weight;
    return total;
}

/* The scale on which a centroid may be one unit wide, at a share q of the weight. */
static double scale(double q) {
    double x = 2 * q - 1;
    return FINENESS / (2 * PI) * asin(x < -1 ? -1 : x > 1 ? 1 : x);
}

static Centroid joined(const TDigest *t, Centroid a, Centroid b) {
    int64_t weight = sum_of(a.weight, b.weight);
    long double share = (long double)b.weight / (long double)weight;
    if (is_real(t)) {
        a.value.r += (double)((long double)(b.value.r - a.value.r) * share);
    } else {
        Int128 apart = (Int128)b.value.l - a.value.l;
        a.value.l += (int64_t)roundl((long double)apart * share);
    }
    a.weight = weight;
    return a;
}

/* The first and the last one stay as they are: they are the minimum and the maximum. */
static void join_neighbours(TDigest *t) {
    double total = tdigest_total(t), before = (double)t->items[0].weight; /* left of the open one */
    size_t n = 2, last = t->n - 1;
    double seen = before + (double)t->items[1].weight;
    for (size_t i = 2; i < last; i++) {
        double with = seen + (double)t->items[i].weight;
        if (scale(with / total) - scale(before / total) <= 1) {
            t->items[n - 1] = joined(t, t->items[n - 1], t->items[i]);
        } else {
            before = seen;
            t->items[n++] = t->items[i];
        }
        seen = with;
    }
    t->items[n++] = t->items[last];
    t->n = n;
}

void tdigest_tidy(TDigest *t) {
    if (t->n_tidy == t->n) return;
    qsort(t->items, t->n, sizeof *t->items, is_real(t) ? by_real : by_long);
    join_equal(t);
    if (t->n > MAX_EXACT) join_neighbours(t);
    t->n_tidy = t->n;
}

/* ----------------------------------------------------------------- filling */

static void push(TDigest *t, Centroid item) {
    if (t->n == t->cap && t->cap == BUFFER) tdigest_tidy(t);
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 8;
        t->items = realloc(t->items, t->cap * sizeof *t->items);
        if (!t->items) abort();
    }
    t->items[t->n++] = item;
}

static void turn_to_reals(TDigest *t) {
    for (size_t i = 0; i < t->n; i++) t->items[i].value.r = (double)t->items[i].value.l;
    t->type = TYPE_REAL;
}

void tdigest_add(TDigest *t, const Value *v, int64_t weight) {
    Centroid item = {.weight = weight};
    if (v->is_null || weight < 1) return;
    Type type = v->type == TYPE_INT ? TYPE_LONG : v->type == TYPE_DECIMAL ? TYPE_REAL : v->type;
    if (t->type == TYPE_ERROR) t->type = type;
    if (is_real(t)) {
        if (!value_as_real(v, &item.value.r)) return;
    } else {
        item.value.l = v->type == TYPE_INT ? v->u.i : v->u.l;
    }
    push(t, item);
}

static bool is_number(Type t) { return t == TYPE_LONG || t == TYPE_REAL; }

bool tdigest_merge(TDigest *into, const TDigest *from) {
    if (from->type == TYPE_ERROR) return true;
    if (into->type == TYPE_ERROR) into->type = from->type;
    if (into->type != from->type && !(is_number(into->type) && is_number(from->type))) return false;
    if (is_real(from) && !is_real(into)) turn_to_reals(into);
    for (size_t i = 0; i < from->n; i++) {
        Centroid item = from->items[i];
        if (is_real(into) && !is_real(from)) item.value.r = (double)item.value.l;
        push(into, item);
    }
    return true;
}

/* ---------------------------------------------------------------- answers */

static Value value_of(const TDigest *t, size_t i) {
    return is_real(t) ? value_real(t->items[i].value.r) : value_ticks(t->type, t->items[i].value.l);
}

/* Rounding in p * total must not reach past a whole rank. */
Value tdigest_percentile(const TDigest *t, double p) {
    double x = p * tdigest_total(t) / 100, rank = ceil(x - fabs(x) * 1e-13), seen = 0;
    size_t i = 0;
    while (i + 1 < t->n && (seen += (double)t->items[i].weight) < rank) i++;
    return value_of(t, i);
}

static bool is_within(const TDigest *t, const Value *v, size_t i) {
    double x;
    if (t->type == TYPE_REAL) return value_as_real(v, &x) && t->items[i].value.r <= x;
    if (v->type == TYPE_INT) return t->items[i].value.l <= v->u.i;
    if (v->type == t->type) return t->items[i].value.l <= v->u.l;
    return value_as_real(v, &x) && (double)t->items[i].value.l <= x;
}

bool tdigest_rank(const TDigest *t, const Value *v, double *ret) {
    bool is_numeric = (TYPE_BIT(v->type) & TS_NUMBER) != 0;
    if (v->is_null || (is_number(t->type) ? !is_numeric : v->type != t->type)) return false;
    *ret = 0;
    for (size_t i = 0; i < t->n && is_within(t, v, i); i++) *ret += (double)t->items[i].weight;
    return true;
}

/* ------------------------------------------------------------------- text */

void tdigest_print(const TDigest *t, Buf *out) {
    buf_puts(out, "[[7],[");
    for (size_t i = 0; i < t->n; i++) {
        Value v = value_of(t, i);
        if (i) buf_putc(out, ',');
        value_put_json(out, &v);
    }
    buf_puts(out, "],[");
    for (size_t i = 0; i < t->n; i++)
        buf_printf(out, "%s%lld", i ? "," : "", (long long)t->items[i].weight);
    buf_puts(out, "]]");
}

/* Text is a time when it holds the T of a date with a time, else a timespan. */
static bool parse_value(Arena *arena, Str element, Value *ret) {
    switch (json_kind(element)) {
    case JSON_LONG: ret->type = TYPE_LONG; return json_long(element, &ret->u.l);
    case JSON_REAL: ret->type = TYPE_REAL; return json_real(element, &ret->u.r);
    case JSON_STRING: {
        Value text = value_str(json_string(arena, element));
        bool is_date = str_find(text.u.s, STR("T"), 0) != SIZE_MAX;
        *ret = value_convert(arena, &text, is_date ? TYPE_DATETIME : TYPE_TIMESPAN);
        return !ret->is_null;
    }
    case JSON_INVALID:
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return false;
}

static bool parse_centroid(Arena *arena, Str element, Str weight, TDigest *t) {
    Value v = {0};
    int64_t w;
    if (!parse_value(arena, str_trim(element), &v) || !json_long(weight, &w)) return false;
    if (t->type == TYPE_LONG && v.type == TYPE_REAL) turn_to_reals(t);
    bool fits = t->type == TYPE_ERROR || t->type == v.type || (is_real(t) && v.type == TYPE_LONG);
    if (fits) tdigest_add(t, &v, w);
    return fits;
}

static bool parse_centroids(Arena *arena, Str values, Str weights, TDigest *t) {
    JsonCursor a, b;
    Str key, element, weight;
    if (json_kind(values) != JSON_ARRAY || json_kind(weights) != JSON_ARRAY) return false;
    if (json_count(values) != json_count(weights)) return false;
    if (!json_enter(values, &a) || !json_enter(weights, &b)) return false;
    while (json_next(&a, &key, &element) && json_next(&b, &key, &weight))
        if (!parse_centroid(arena, element, weight, t)) return false;
    return t->n > 0;
}

bool tdigest_parse(Str json, TDigest *ret) {
    *ret = (TDigest){0};
    if (json_kind(json) != JSON_ARRAY || json_count(json) != 3) return false;
    if (json_kind(json_at(json, 0)) != JSON_ARRAY) return false;
    Arena *arena = arena_new();
    bool ok = parse_centroids(arena, json_at(json, 1), json_at(json, 2), ret);
    arena_free(arena);
    if (!ok) tdigest_free(ret);
    else tdigest_tidy(ret);
    return ok;
}
