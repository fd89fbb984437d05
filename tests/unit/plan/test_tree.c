/* Plan tools: verifier, printer, visitor, rewriter, folding. */
#include "build_plan.h"
#include "test.h"

static void count_columns(Expr *e, void *ctx) {
    if (e->kind == EXPR_COLUMN) ++*(int *)ctx;
}

static void test_verify(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 3, 1);
    Plan *filter =
        make_filter(a, scan, make_equal(a, make_column(a, scan, 1), make_string(a, "x")));
    CHECK_STR(plan_verify(a, filter), "");
    Plan *bad = make_filter(a, scan, make_string(a, "x"));
    CHECK_STR(plan_verify(a, bad), "filter: a predicate is string");
    Plan *other = make_scan(a, "U", 10, 1, 0);
    bad = make_filter(a, scan, make_equal(a, make_column(a, other, 10), make_string(a, "x")));
    CHECK_STR(plan_verify(a, bad), "filter: column #10 is not in the input");
    bad = make_join(a, JOIN_LEFT_SEMI, scan, make_scan(a, "T", 3, 2, 0), 1, 4);
    CHECK_STR(plan_verify(a, bad), "join: column #3 is on both sides");
    bad = make_join(a, JOIN_INNER, scan, make_scan(a, "T", 5, 2, 0), 3, 5);
    CHECK_STR(plan_verify(a, bad), "join: key 0 is long on the left, string on the right");
    Expr *exprs[1] = {make_long(a, 1)};
    bad = make_project(a, scan, exprs, 1, 2);
    CHECK_STR(plan_verify(a, bad),
              "project: column #2 is made anew under the id of an input column");
}

static void test_deep(Arena *a) {
    Expr *e = make_long(a, 1);
    for (int i = 0; i < PLAN_MAX_DEPTH + 10; i++)
        e = make_binary(a, "+", TYPE_LONG, e, make_long(a, 1));
    Expr *exprs[1] = {e};
    Plan *p = make_project(a, make_scan(a, "T", 1, 1, 0), exprs, 1, 5);
    CHECK_STR(plan_verify(a, p), "project: an expression is nested too deeply");
}

static void test_print(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 2, 1);
    scan->u.scan.source_names[0] = STR("twin");
    Plan *filter =
        make_filter(a, scan, make_equal(a, make_column(a, scan, 1), make_string(a, "x")));
    Expr *exprs[2] = {make_column(a, filter, 2),
                      make_binary(a, "+", TYPE_LONG, make_column(a, filter, 2), make_long(a, 1))};
    Plan *project = make_project(a, filter, exprs, 2, 7);
    CHECK_STR(plan_verify(a, project), "");
    CHECK_STR(plan_print(a, make_take(a, project, 5)),
              "take 5\n"
              "  project b#2, x8#8 = (b#2 + 1)\n"
              "    filter (a#1 == \"x\")\n"
              "      scan T [a#1:string, b#2:long] a<-twin\n");
    int n = 0;
    plan_visit_exprs(project, count_columns, &n);
    CHECK_LONG(n, 2);
}

static Expr *double_longs(Expr *e, void *ctx) {
    Arena *a = ctx;
    if (e->kind != EXPR_LITERAL || e->type != TYPE_LONG) return e;
    return make_long(a, e->u.literal.u.l * 2);
}

static Plan *keep(Plan *p, void *ctx) {
    ++*(int *)ctx;
    return p;
}

static void test_rewrite(Arena *a) {
    Expr *left = make_string(a, "x");
    Expr *sum = make_binary(a, "+", TYPE_LONG, make_long(a, 1), make_long(a, 2));
    Expr *pair = make_binary(a, "==", TYPE_BOOL, left, sum);
    Expr *changed = expr_rewrite(a, pair, double_longs, a);
    CHECK(changed != pair && changed->args[0] == left);
    CHECK_LONG(changed->args[1]->args[1]->u.literal.u.l, 4);
    CHECK_LONG(sum->args[1]->u.literal.u.l, 2);
    CHECK(expr_rewrite(a, left, double_longs, a) == left);
    Plan *scan = make_scan(a, "T", 1, 1, 0);
    Plan *take = make_take(a, scan, 1);
    int n = 0;
    CHECK(plan_rewrite(a, take, keep, &n) == take);
    CHECK_LONG(n, 2);
}

static Value folded(Arena *a, Expr *e, bool *ret_ok) {
    QueryContext query = {0};
    Value v = value_null(TYPE_BOOL);
    *ret_ok = expr_fold(a, e, &query, &v);
    return v;
}

static void test_fold(Arena *a) {
    bool ok;
    Value v = folded(a, make_binary(a, "+", TYPE_LONG, make_long(a, 2), make_long(a, 3)), &ok);
    CHECK(ok && v.type == TYPE_LONG && v.u.l == 5);
    v = folded(a, make_binary(a, "/", TYPE_LONG, make_long(a, 2), make_long(a, 0)), &ok);
    CHECK(ok && v.is_null && v.type == TYPE_LONG);
    Expr *null = expr_literal(a, value_null(TYPE_LONG), (Span){0, 0});
    v = folded(a, make_binary(a, "*", TYPE_LONG, make_long(a, 2), null), &ok);
    CHECK(ok && v.is_null);
    v = folded(a, make_equal(a, null, make_long(a, 1)), &ok);
    CHECK(ok && !v.is_null && !v.u.b);
    v = folded(a, make_equal(a, null, null), &ok);
    CHECK(ok && v.is_null);
    Plan *scan = make_scan(a, "T", 1, 1, 0);
    folded(a, make_equal(a, make_column(a, scan, 1), make_string(a, "x")), &ok);
    CHECK(!ok);
}

int main(void) {
    Arena *a = arena_new();
    test_verify(a);
    test_deep(a);
    test_print(a);
    test_rewrite(a);
    test_fold(a);
    arena_free(a);
    return test_finish();
}
