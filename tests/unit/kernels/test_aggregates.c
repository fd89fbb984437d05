/* Aggregate kernels: values in, one value out; the same when the rows come in two halves. */
#include "catalog/catalog.h"
#include "decimal_of.h"
#include "kernels/aggregates/aggregates.h"
#include "test.h"

enum { MAX_ROWS = 12 };

typedef struct Case {
    const AggKernel *agg;
    Type type; /* of the result */
    const char *expected;
    uint32_t n_args, n_rows;
    Value rows[MAX_ROWS][3];
} Case;

static Value l(int64_t x) { return value_long(x); }
static Value r(double x) { return value_real(x); }
static Value s(const char *x) { return value_str(str_of(x)); }
static Value d(const char *x) { return value_text(TYPE_DYNAMIC, str_of(x)); }

static void feed(KernelCall *call, const Case *c, void *state, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) c->agg->update(call, state, c->rows[i], c->n_args);
}

static void check(const Case *c, uint32_t split) {
    static const QueryContext query;
    Arena *arena = arena_new();
    KernelCall call = {.scratch = arena, .query = &query, .error = STR_EMPTY};
    void *first = calloc(1, c->agg->state_size), *second = calloc(1, c->agg->state_size);
    feed(&call, c, first, 0, split);
    feed(&call, c, second, split, c->n_rows);
    c->agg->combine(&call, first, second);
    if (c->agg->destroy) c->agg->destroy(second);
    Value ret = value_null(c->type);
    c->agg->finish(&call, first, &ret);
    CHECK(ret.type == c->type);
    Str text = ret.is_null                ? STR("(null)")
               : ret.type == TYPE_DYNAMIC ? ret.u.s
                                          : value_to_text(arena, &ret);
    CHECK_STR(text, c->expected);
    if (c->agg->destroy) c->agg->destroy(first);
    free(first);
    free(second);
    arena_free(arena);
}

static void check_splits(const Case *c) {
    for (uint32_t split = 0; split <= c->n_rows; split++) check(c, split);
}

#define CASE(kernel, result, text, columns, n, ...)                                                \
    do {                                                                                           \
        Case case_ = {&(kernel), result, text, columns, n, {__VA_ARGS__}};                         \
        check_splits(&case_);                                                                      \
    } while (0)

static void test_sets(void) {
    CASE(agg_set, TYPE_DYNAMIC, "[]", 1, 0, {{.is_null = true}});
    CASE(agg_set, TYPE_DYNAMIC, "[1,5,7]", 1, 4, {l(1)}, {l(5)}, {l(7)}, {l(5)});
    /* the page's example: an array counts element by element */
    CASE(agg_set, TYPE_DYNAMIC, "[\"A1\",\"A2\",\"A3\",\"C1\",\"C2\"]", 1, 4,
         {d("[\"A1\",\"A2\",\"A3\"]")}, {d("[\"A2\",\"C1\"]")}, {d("[\"C2\",\"A3\"]")},
         {d("[\"C2\",\"A1\"]")});
    CASE(agg_set, TYPE_DYNAMIC, "[5.0]", 1, 2, {value_null(TYPE_REAL)}, {r(5)});
    CASE(agg_set, TYPE_DYNAMIC, "[\"\",\"a\\\"b\"]", 1, 3, {s("")}, {s("a\"b")}, {s("")});
    CASE(agg_set, TYPE_DYNAMIC, "[{\"a\":1},\"x\"]", 1, 4, {d("{\"a\":1}")}, {d("null")},
         {d("{\"a\":1}")}, {d("\"x\"")});
    CASE(agg_set, TYPE_DYNAMIC, "[\"a\",\"b\"]", 2, 4, {s("a"), l(2)}, {s("a"), l(2)},
         {s("b"), l(2)}, {s("c"), l(2)});
    CASE(agg_set, TYPE_DYNAMIC, "[]", 2, 1, {s("a"), l(-1)});
}

static void test_lists(void) {
    CASE(agg_list, TYPE_DYNAMIC, "[]", 1, 1, {value_null(TYPE_LONG)});
    CASE(agg_list, TYPE_DYNAMIC, "[4,4,7]", 1, 4, {value_null(TYPE_LONG)}, {l(4)}, {l(4)}, {l(7)});
    CASE(agg_list_with_nulls, TYPE_DYNAMIC, "[null,4,7]", 1, 3, {value_null(TYPE_LONG)}, {l(4)},
         {l(7)});
    CASE(agg_list, TYPE_DYNAMIC, "[1,[2],3]", 1, 2, {d("[1,[2],null]")}, {d("[3]")});
    CASE(agg_list, TYPE_DYNAMIC, "[1,2,3]", 2, 3, {d("[1,2]"), l(3)}, {d("[3,4]"), l(3)},
         {d("5"), l(3)});
    CASE(agg_list, TYPE_DYNAMIC, "[\"2026-01-02T03:04:05.0000000Z\"]", 1, 1,
         {value_ticks(TYPE_DATETIME, 639029198450000000)});
}

static void test_bags(void) {
    CASE(agg_bag, TYPE_DYNAMIC, "{}", 1, 2, {d("[1]")}, {value_null(TYPE_DYNAMIC)});
    CASE(agg_bag, TYPE_DYNAMIC, "{\"prop01\":\"val_a\",\"prop02\":\"val_b\"}", 1, 3,
         {d("{\"prop01\":\"val_a\"}")}, {d("{\"prop02\":\"val_b\"}")},
         {d("{\"prop01\":\"val_c\"}")});
    CASE(agg_bag, TYPE_DYNAMIC, "{\"a\":1}", 2, 2, {d("{\"a\":1,\"b\":2}"), l(1)},
         {d("{\"c\":3}"), l(1)});
}

static void test_limits(void) {
    static const QueryContext query;
    Arena *arena = arena_new();
    KernelCall call = {.scratch = arena, .query = &query, .error = STR_EMPTY};
    void *set = calloc(1, agg_set_short.state_size), *list = calloc(1, agg_list_short.state_size);
    for (int64_t i = 0; i < 200; i++) {
        Value v = l(i);
        agg_set_short.update(&call, set, &v, 1);
        agg_list_short.update(&call, list, &v, 1);
    }
    Value a = value_null(TYPE_DYNAMIC), b = a;
    agg_set_short.finish(&call, set, &a);
    agg_list_short.finish(&call, list, &b);
    CHECK(str_ends_with(a.u.s, STR(",126,127]")));
    CHECK(str_ends_with(b.u.s, STR(",126,127]")));
    agg_set_short.destroy(set);
    agg_list_short.destroy(list);
    free(set);
    free(list);
    arena_free(arena);
}

/* variance of 1..5 is 2.5 (the page's example), of the population 2 */
static void test_spread(void) {
    CASE(agg_variance, TYPE_REAL, "2.5", 1, 6, {l(1)}, {l(2)}, {l(3)}, {value_null(TYPE_LONG)},
         {l(4)}, {l(5)});
    CASE(agg_variancep, TYPE_REAL, "2.0", 1, 5, {l(1)}, {l(2)}, {l(3)}, {l(4)}, {l(5)});
    CASE(agg_stdev, TYPE_REAL, "2.0", 1, 3, {r(1)}, {r(3)}, {r(5)});
    CASE(agg_stdevp, TYPE_REAL, "1.0", 1, 2, {r(1)}, {r(3)});
    CASE(agg_variance, TYPE_REAL, "0.0", 1, 1, {l(7)});
    CASE(agg_variancep, TYPE_REAL, "0.0", 1, 0, {{.is_null = true}});
    CASE(agg_covariance, TYPE_REAL, "5.0", 2, 4, {l(1), l(2)}, {l(2), l(4)},
         {value_null(TYPE_LONG), l(9)}, {l(6), l(6)});
    CASE(agg_covariancep, TYPE_REAL, "1.0", 2, 2, {l(1), l(1)}, {l(3), l(3)});
    CASE(agg_avg_decimal, TYPE_DECIMAL, "0.3333333333333333333333333333333333", 1, 3,
         {decimal_of("0")}, {decimal_of("0")}, {decimal_of("1")});
    CASE(agg_avg_decimal, TYPE_DECIMAL, "(null)", 1, 1, {value_null(TYPE_DECIMAL)});
}

int main(void) {
    test_sets();
    test_lists();
    test_bags();
    test_limits();
    test_spread();
    return test_finish();
}
