/* Each rewrite: the plan of a query compared with that of the form it should become. */
#include "build_plan.h"
#include "test.h"

static QueryContext query;
static const RewriteOptions options = {.query = &query};

typedef Plan *RewriteFn(Arena *arena, Plan *p, const RewriteOptions *options);

static void check_plan(Arena *a, const char *file, int line, RewriteFn *fn, Plan *before,
                       const char *expected) {
    test_check_str(file, line, plan_verify(a, before), STR_EMPTY);
    Plan *after = fn(a, before, &options);
    test_check_str(file, line, plan_verify(a, after), STR_EMPTY);
    test_check_str(file, line, plan_print(a, after), str_of(expected));
    CHECK(schema_same(&before->schema, &after->schema));
    CHECK(fn(a, after, &options) == after ||
          str_eq(plan_print(a, fn(a, after, &options)), plan_print(a, after)));
}
#define CHECK_PLAN(fn, plan, expected) check_plan(a, __FILE__, __LINE__, fn, plan, expected)

static Expr *and2(Arena *a, Expr *l, Expr *r) { return make_binary(a, "and", TYPE_BOOL, l, r); }
static Expr *col(Arena *a, const Plan *p, ColumnId id) { return make_column(a, p, id); }
static Expr *is(Arena *a, const Plan *p, ColumnId id, const char *text) {
    return make_equal(a, col(a, p, id), make_string(a, text));
}

/* ------------------------------------------------------------------- fold */

static void test_fold(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 2, 1);
    Expr *three = make_binary(a, "+", TYPE_LONG, make_long(a, 1), make_long(a, 2));
    CHECK_PLAN(plan_fold_constants, make_filter(a, scan, make_equal(a, col(a, scan, 2), three)),
               "filter (b#2 == 3)\n"
               "  scan T [a#1:string, b#2:long]\n");
    Expr *always = make_equal(a, make_long(a, 1), make_long(a, 1));
    CHECK_PLAN(plan_fold_constants, make_filter(a, scan, and2(a, is(a, scan, 1, "x"), always)),
               "filter (a#1 == \"x\")\n"
               "  scan T [a#1:string, b#2:long]\n");
    CHECK_PLAN(plan_fold_constants, make_filter(a, scan, always),
               "scan T [a#1:string, b#2:long]\n");
    Expr *never = make_equal(a, make_long(a, 1), make_long(a, 2));
    CHECK_PLAN(plan_fold_constants, make_filter(a, scan, and2(a, is(a, scan, 1, "x"), never)),
               "filter false\n"
               "  scan T [a#1:string, b#2:long]\n");
    /* outside a filter `x and true` is no x: null and true is false */
    Expr *exprs[1] = {and2(a, is(a, scan, 1, "x"), always)};
    CHECK_PLAN(plan_fold_constants, make_project(a, scan, exprs, 1, 5),
               "project x5#5 = ((a#1 == \"x\") and true)\n"
               "  scan T [a#1:string, b#2:long]\n");
    Plan *same = make_filter(a, scan, is(a, scan, 1, "x"));
    CHECK(plan_fold_constants(a, same, &options) == same);
}

/* ---------------------------------------------------------------- filters */

static void test_push_simple(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 2, 1);
    Expr *exprs[2] = {col(a, scan, 1),
                      make_binary(a, "+", TYPE_LONG, col(a, scan, 2), make_long(a, 1))};
    Plan *project = make_project(a, scan, exprs, 2, 5);
    Plan *p = make_filter(a, make_sort(a, project, 6), is(a, project, 1, "x"));
    p = make_filter(a, p, make_equal(a, col(a, project, 6), make_long(a, 3)));
    CHECK_PLAN(plan_push_filters, p,
               "sort by x6#6 desc nulls last\n"
               "  project a#1, x6#6 = (b#2 + 1)\n"
               "    scan T [a#1:string, b#2:long] early ((a#1 == \"x\") and ((b#2 + 1) == 3))\n");
    CHECK_PLAN(plan_push_filters, make_filter(a, make_take(a, scan, 5), is(a, scan, 1, "x")),
               "filter (a#1 == \"x\")\n"
               "  take 5\n"
               "    scan T [a#1:string, b#2:long]\n");
}

static void test_push_groups(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 2, 1);
    ColumnId key = 1;
    Plan *group = make_distinct(a, scan, &key, 1);
    CHECK_PLAN(plan_push_filters, make_filter(a, group, is(a, group, 1, "x")),
               "distinct by a#1 = a#1\n"
               "  scan T [a#1:string, b#2:long] early (a#1 == \"x\")\n");
}

static Plan *joined(Arena *a, JoinKind kind, ColumnId tested) {
    Plan *join = make_join(a, kind, make_scan(a, "L", 1, 2, 0), make_scan(a, "R", 5, 2, 0), 1, 5);
    return make_filter(a, join, is(a, join, tested, "x"));
}

static void test_push_joins(Arena *a) {
    CHECK_PLAN(plan_push_filters, joined(a, JOIN_INNER, 6),
               "join inner on a#1 == a#5 [a#1:string, b#2:string, a#5:string, b#6:string]\n"
               "  scan L [a#1:string, b#2:string]\n"
               "  scan R [a#5:string, b#6:string] early (b#6 == \"x\")\n");
    CHECK_PLAN(plan_push_filters, joined(a, JOIN_INNER_UNIQUE, 1),
               "join innerunique on a#1 == a#5 [a#1:string, b#2:string, a#5:string, b#6:string]\n"
               "  scan L [a#1:string, b#2:string] early (a#1 == \"x\")\n"
               "  scan R [a#5:string, b#6:string]\n");
    /* which row of a key stays would change */
    CHECK_PLAN(plan_push_filters, joined(a, JOIN_INNER_UNIQUE, 2),
               "filter (b#2 == \"x\")\n"
               "  join innerunique on a#1 == a#5 [a#1:string, b#2:string, a#5:string, b#6:string]\n"
               "    scan L [a#1:string, b#2:string]\n"
               "    scan R [a#5:string, b#6:string]\n");
    /* a right column of a left outer join may be made up */
    CHECK_PLAN(plan_push_filters, joined(a, JOIN_LEFT_OUTER, 6),
               "filter (b#6 == \"x\")\n"
               "  join leftouter on a#1 == a#5 [a#1:string, b#2:string, a#5:string, b#6:string]\n"
               "    scan L [a#1:string, b#2:string]\n"
               "    scan R [a#5:string, b#6:string]\n");
    CHECK_PLAN(plan_push_filters, joined(a, JOIN_LEFT_ANTI, 2),
               "join leftanti on a#1 == a#5 [a#1:string, b#2:string]\n"
               "  scan L [a#1:string, b#2:string] early (b#2 == \"x\")\n"
               "  scan R [a#5:string, b#6:string]\n");
}

static Plan *make_union(Arena *a) {
    Plan *u = make_node(a, PLAN_UNION, 2, make_scan(a, "A", 1, 2, 0), make_scan(a, "B", 5, 1, 0));
    u->schema.items[0] = (Column){11, TYPE_STRING, STR("a")};
    u->schema.items[1] = (Column){12, TYPE_STRING, STR("b")};
    static ColumnId map[4] = {1, 2, 5, 0};
    u->u.union_.map = map;
    u->u.union_.source_names = ARENA_ARRAY(a, Str, 2);
    return u;
}

static void test_push_union(Arena *a) {
    Plan *u = make_union(a);
    CHECK_PLAN(plan_push_filters, make_filter(a, u, is(a, u, 11, "x")),
               "union [a#11:string, b#12:string] from #1 #2,#5 #0\n"
               "  scan A [a#1:string, b#2:string] early (a#1 == \"x\")\n"
               "  scan B [a#5:string] early (a#5 == \"x\")\n");
    /* B has no b: its text is empty */
    CHECK_PLAN(plan_push_filters, make_filter(a, u, is(a, u, 12, "x")),
               "union [a#11:string, b#12:string] from #1 #2,#5 #0\n"
               "  scan A [a#1:string, b#2:string] early (b#2 == \"x\")\n"
               "  scan B [a#5:string] early false\n");
}

/* ---------------------------------------------------------------- columns */

static Plan *count_all(Arena *a, Plan *input) {
    Plan *p = make_node(a, PLAN_AGGREGATE, 1, input, NULL);
    p->schema.items[0] = (Column){90, TYPE_LONG, STR("count_")};
    p->u.aggregate.n_aggs = 1;
    p->u.aggregate.aggs = ARENA_NEW(a, Aggregate);
    p->u.aggregate.aggs[0] = (Aggregate){
        .fn = catalog_aggregate(STR("count")), .columns = p->schema.items, .n_columns = 1};
    return p;
}

/* summarize arg_max(c, *) by a */
static Plan *latest(Arena *a, Plan *scan) {
    Plan *p = make_node(a, PLAN_AGGREGATE, 4, scan, NULL);
    Aggregate *agg = ARENA_NEW(a, Aggregate);
    Expr *set = ARENA_NEW(a, Expr);
    *set = (Expr){.kind = EXPR_COLUMN_SET, .type = TYPE_DYNAMIC, .n_args = 2};
    set->args = ARENA_ARRAY(a, Expr *, 2);
    set->args[0] = col(a, scan, 2);
    set->args[1] = col(a, scan, 4);
    p->schema.items[0] = scan->schema.items[0];
    p->schema.items[1] = (Column){23, TYPE_STRING, STR("c")};
    p->schema.items[2] = (Column){22, TYPE_STRING, STR("b")};
    p->schema.items[3] = (Column){24, TYPE_STRING, STR("d")};
    *agg = (Aggregate){.fn = catalog_aggregate(STR("arg_max")), .n_args = 2, .n_columns = 3};
    agg->args = ARENA_ARRAY(a, Expr *, 2);
    agg->args[0] = col(a, scan, 3);
    agg->args[1] = set;
    agg->columns = p->schema.items + 1;
    p->u.aggregate.n_keys = 1;
    p->u.aggregate.keys = ARENA_NEW(a, Expr *);
    p->u.aggregate.keys[0] = col(a, scan, 1);
    p->u.aggregate.n_aggs = 1;
    p->u.aggregate.aggs = agg;
    return p;
}

static void test_prune(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 4, 0);
    Plan *filter = make_filter(a, scan, is(a, scan, 3, "x"));
    Expr *exprs[1] = {col(a, scan, 2)};
    CHECK_PLAN(plan_prune_columns, make_project(a, filter, exprs, 1, 9),
               "project b#2\n"
               "  filter (c#3 == \"x\")\n"
               "    scan T [b#2:string, c#3:string]\n");
    CHECK_PLAN(plan_prune_columns, count_all(a, filter),
               "aggregate count_#90 = count()\n"
               "  filter (c#3 == \"x\")\n"
               "    scan T [c#3:string]\n");
    CHECK_PLAN(plan_prune_columns, count_all(a, scan),
               "aggregate count_#90 = count()\n"
               "  scan T [a#1:string]\n");
    CHECK(plan_prune_columns(a, filter, &options) == filter);
    Plan *group = latest(a, scan);
    Expr *d[1] = {col(a, group, 24)};
    CHECK_PLAN(plan_prune_columns, make_project(a, group, d, 1, 30),
               "project d#24\n"
               "  aggregate c#23+d#24 = arg_max(c#3, d#4) by a#1 = a#1\n"
               "    scan T [a#1:string, c#3:string, d#4:string]\n");
    Expr *key[1] = {col(a, group, 1)};
    CHECK_PLAN(plan_prune_columns, make_project(a, group, key, 1, 30),
               "project a#1\n"
               "  distinct by a#1 = a#1\n"
               "    scan T [a#1:string]\n");
}

static void test_prune_joins(Arena *a) {
    Plan *join =
        make_join(a, JOIN_INNER, make_scan(a, "L", 1, 3, 0), make_scan(a, "R", 5, 3, 0), 1, 5);
    Expr *exprs[1] = {col(a, join, 6)};
    CHECK_PLAN(plan_prune_columns, make_project(a, join, exprs, 1, 9),
               "project b#6\n"
               "  join inner on a#1 == a#5 [b#6:string]\n"
               "    scan L [a#1:string]\n"
               "    scan R [a#5:string, b#6:string]\n");
    Plan *u = make_union(a);
    Expr *b[1] = {col(a, u, 12)};
    CHECK_PLAN(plan_prune_columns, make_project(a, u, b, 1, 20),
               "project b#12\n"
               "  union [b#12:string] from #2,#0\n"
               "    scan A [b#2:string]\n"
               "    scan B [a#5:string]\n");
}

static Plan *shared(Arena *a, Plan *input, ColumnId first_id) {
    Plan *p = make_node(a, PLAN_SHARED, input->schema.n, input, NULL);
    p->u.shared.share_id = 1;
    p->u.shared.map = ARENA_ARRAY(a, ColumnId, input->schema.n);
    for (uint32_t i = 0; i < input->schema.n; i++) {
        p->schema.items[i] = input->schema.items[i];
        p->schema.items[i].id = first_id + i;
        p->u.shared.map[i] = input->schema.items[i].id;
    }
    return p;
}

/* A shared plan keeps what any of its readers needs. */
static void test_prune_shared(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 4, 0);
    Plan *join = make_join(a, JOIN_INNER, shared(a, scan, 11), shared(a, scan, 21), 11, 21);
    Expr *exprs[2] = {col(a, join, 12), col(a, join, 23)};
    CHECK_PLAN(plan_prune_columns, make_project(a, join, exprs, 2, 50),
               "project b#12, c#23\n"
               "  join inner on a#11 == a#21 [b#12:string, c#23:string]\n"
               "    shared 1 [a#11:string, b#12:string]\n"
               "      scan T [a#1:string, b#2:string, c#3:string]\n"
               "    shared 1 [a#21:string, c#23:string]\n"
               "      scan T [a#1:string, b#2:string, c#3:string]\n");
}

/* ------------------------------------------------------------------ links */

/* Messages (url, id) and clicks (link, user), where link is a renamed RemoteUrl. */
static Plan *click_join(Arena *a, JoinKind kind, const char *left_name, const char *right_name) {
    Plan *left = make_scan(a, "Mail", 1, 2, 0), *clicks = make_scan(a, "Clicks", 5, 2, 0);
    left->schema.items[0].name = str_of(left_name);
    clicks->schema.items[0].name = str_of(right_name);
    Plan *right = make_node(a, PLAN_PROJECT, 2, clicks, NULL);
    right->u.project.exprs = ARENA_ARRAY(a, Expr *, 2);
    right->u.project.exprs[0] = col(a, clicks, 5);
    right->u.project.exprs[1] = col(a, clicks, 6);
    right->schema.items[0] = (Column){8, TYPE_STRING, STR("target")};
    right->schema.items[1] = clicks->schema.items[1];
    return make_join(a, kind, left, right, 1, 8);
}

static Str unwrapped(Arena *a, Plan *p) {
    static const RewriteOptions unwraps = {.query = &query, .unwraps_urls = true};
    Plan *after = plan_unwrap_url_joins(a, p, &unwraps);
    CHECK_STR(plan_verify(a, after), "");
    CHECK(schema_same(&p->schema, &after->schema));
    CHECK(plan_unwrap_url_joins(a, after, &unwraps) == after);
    CHECK(plan_unwrap_url_joins(a, p, &options) == p);
    return after == p ? STR("same") : str_sub(plan_print(a, after), 0, 400);
}

static void test_unwrap(Arena *a) {
    CHECK(str_starts_with(unwrapped(a, click_join(a, JOIN_INNER, "Url", "RemoteUrl")),
                          STR("join inner on __url_unwrap(Url#1) == __url_unwrap(target#8) ")));
    CHECK(str_starts_with(unwrapped(a, click_join(a, JOIN_LEFT_SEMI, "url_s", "RequestURI")),
                          STR("join leftsemi on __url_unwrap(url_s#1) == __url_unwrap(")));
    /* former keys keep their rows */
    Str text = unwrapped(a, click_join(a, JOIN_INNER_UNIQUE, "Url", "RemoteUrl"));
    CHECK(str_starts_with(text, STR("join inner on __url_unwrap(Url#1) == ")));
    CHECK(str_find(text, STR("\n  aggregate b#2 = take_any(b#2) by Url#1 = Url#1\n    scan Mail"),
                   0) != SIZE_MAX);
    CHECK(str_starts_with(unwrapped(a, click_join(a, JOIN_LEFT_ANTI, "Url", "RemoteUrl")),
                          STR("join leftanti on __url_unwrap(Url#1) == __url_unwrap(target#8) ")));
    CHECK(str_starts_with(unwrapped(a, click_join(a, JOIN_LEFT_OUTER, "Url", "RemoteUrl")),
                          STR("join leftouter on __url_unwrap(Url#1) == __url_unwrap(target#8) ")));
    CHECK_STR(unwrapped(a, click_join(a, JOIN_INNER, "Url", "DeviceName")), "same");
    CHECK_STR(unwrapped(a, click_join(a, JOIN_INNER, "UrlDomain", "RemoteUrl")), "same");
}

/* -------------------------------------------------------------------- all */

static void test_optimise(Arena *a) {
    Plan *scan = make_scan(a, "T", 1, 3, 0);
    Expr *exprs[1] = {col(a, scan, 2)};
    Plan *p = make_project(a, make_filter(a, scan, is(a, scan, 3, "x")), exprs, 1, 9), *after;
    Diags diags;
    diags_init(&diags, a);
    CHECK(plan_optimise(a, p, &options, &diags, &after) == OK);
    CHECK_STR(plan_print(a, after), "project b#2\n"
                                    "  scan T [b#2:string, c#3:string] early (c#3 == \"x\")\n");
    static const char *const off[] = {"push_filters", "prune_columns", NULL};
    RewriteOptions without = {.query = &query, .disabled = off};
    CHECK(plan_optimise(a, p, &without, &diags, &after) == OK && after == p);
    Plan *bad = make_filter(a, scan, make_string(a, "x"));
    CHECK(plan_optimise(a, bad, &options, &diags, &after) == INTERNAL);
    CHECK_LONG(diags.n_errors, 1);
}

int main(void) {
    Arena *a = arena_new();
    test_fold(a);
    test_push_simple(a);
    test_push_groups(a);
    test_push_joins(a);
    test_push_union(a);
    test_prune(a);
    test_prune_joins(a);
    test_prune_shared(a);
    test_unwrap(a);
    test_optimise(a);
    arena_free(a);
    return test_finish();
}
