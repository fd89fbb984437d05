/*
 * lower_percentile.c: percentiles by nearest rank, exactly, in memory that the engine can spill.
 *
 * "The P-th percentile is the smallest value such that P percent of the data is less or equal":
 * before the grouping the rows of each group are sorted by the value and given a rank, and the
 * percentile is the smallest value whose rank reaches P percent of the last one.
 *
 * 1. "valued": the keys that are expressions, the values and their weights, as columns.
 * 2. "ranked": windows over (keys, value): the rank of the row, or the weights up to it, and the
 *    sum of the group.
 *
 * Source: "Nearest-rank percentile" on the page of percentiles(); the page of percentilesw().
 */
#include <math.h>

#include "base/json.h"
#include "engine/duckdb/lower.h"

enum { MAX_PERCENTS = 1000 }; /* of one array: each is an expression to the engine */

static bool has_ranks(const Aggregate *a) {
    return a->fn->shape == AGG_PERCENTILES || a->fn->shape == AGG_PERCENTILE_ARRAY;
}

/* How many arguments stand before the percentiles: the value, and a weight. */
static uint32_t n_before(const Aggregate *a) {
    uint32_t n = 0;
    while (n < a->n_args && !(a->fn->params[n].flags & PARAM_CONSTANT)) n++;
    return n;
}

static const Expr *weight_of(const Aggregate *a) { return n_before(a) > 1 ? a->args[1] : NULL; }

static Expr *column_expr(Lowering *l, const Expr *like, ColumnId id) {
    Expr *e = ARENA_NEW(l->arena, Expr);
    *e = (Expr){.kind = EXPR_COLUMN, .type = like->type, .span = like->span};
    e->u.column = id;
    return e;
}

/* ------------------------------------------------------------- the columns */

/* An int is ranked as a long, a decimal as a real. */
static Type rank_type(Type t) {
    return t == TYPE_INT ? TYPE_LONG : t == TYPE_DECIMAL ? TYPE_REAL : t;
}

/* ", CASE WHEN x IS NOT NULL AND w > 0 THEN <what> ELSE <otherwise> END AS c": rows without a value
 * or a weight do not count. */
static Status put_weighed(Lowering *l, const Aggregate *a, const Expr *what, const char *otherwise,
                          Buf *out) {
    buf_puts(out, "CASE WHEN ");
    TRY(lower_expr(l, a->args[0], out));
    buf_puts(out, " IS NOT NULL AND ");
    TRY(lower_expr(l, weight_of(a), out));
    buf_puts(out, " > 0 THEN ");
    TRY(lower_expr(l, what, out));
    buf_printf(out, " ELSE %s END", otherwise);
    return OK;
}

static Status put_value(Lowering *l, const Aggregate *a, ColumnId id, Buf *out) {
    Type type = a->args[0]->type;
    Buf value = {0};
    Status status = weight_of(a) ? put_weighed(l, a, a->args[0], "NULL", &value)
                                 : lower_expr(l, a->args[0], &value);
    buf_puts(out, ", (");
    if (status == OK && type == TYPE_DECIMAL)
        status = lower_helper(l, HELPER_CONVERT, type, TYPE_REAL, buf_str(&value), out);
    else buf_put(out, buf_str(&value));
    buf_free(&value);
    buf_printf(out, ")::%s AS ", type_sql(rank_type(type)));
    sql_column(out, id);
    return status;
}

static Status put_weight(Lowering *l, const Aggregate *a, ColumnId id, Buf *out) {
    buf_puts(out, ", ");
    TRY(put_weighed(l, a, weight_of(a), "0", out));
    buf_puts(out, " AS ");
    sql_column(out, id);
    return OK;
}

/* " OVER (PARTITION BY keys ORDER BY value <frame>)" */
static void put_over(const Plan *p, ColumnId value, const char *frame, Buf *out) {
    buf_puts(out, " OVER (");
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++) {
        buf_puts(out, i ? ", " : "PARTITION BY ");
        sql_column(out, p->u.aggregate.keys[i]->u.column);
    }
    buf_puts(out, " ORDER BY ");
    sql_column(out, value);
    buf_printf(out, " ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND %s) AS ", frame);
}

/* Without weights rows are counted, else summed. */
static void put_ranks(const Plan *p, const RankedValue *v, ColumnId weight, Buf *out) {
    static const char *const frames[] = {"CURRENT ROW", "UNBOUNDED FOLLOWING"};
    const ColumnId ids[] = {v->rank, v->total};
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        buf_puts(out, weight ? ", sum(" : ", count(");
        sql_column(out, weight ? weight : v->value);
        buf_putc(out, ')');
        put_over(p, v->value, frames[i], out);
        sql_column(out, ids[i]);
    }
}

/* ------------------------------------------------------------------ the CTEs */

typedef struct Ranking {
    Lowering *l;
    Plan *plan; /* with columns for keys */
    RankedValue *values;
    ColumnId *weights; /* beside the values; 0: none */
    Buf valued, ranked;
} Ranking;

static void add_key(Ranking *r, uint32_t i, Status *status) {
    Expr **key = &r->plan->u.aggregate.keys[i];
    if ((*key)->kind == EXPR_COLUMN || *status != OK) return;
    ColumnId id = lower_hidden_column(r->l);
    buf_puts(&r->valued, ", ");
    *status = lower_expr(r->l, *key, &r->valued);
    buf_puts(&r->valued, " AS ");
    sql_column(&r->valued, id);
    *key = column_expr(r->l, *key, id);
}

static bool is_same_column(const Expr *a, const Expr *b) {
    if (!a || !b) return a == b;
    return a->kind == EXPR_COLUMN && b->kind == EXPR_COLUMN && a->u.column == b->u.column;
}

/* An aggregate before this one over the same columns: both read one ranking. */
static const RankedValue *find_same(const Ranking *r, uint32_t at) {
    const Aggregate *aggs = r->plan->u.aggregate.aggs;
    for (uint32_t i = 0; i < at; i++) {
        if (!has_ranks(&aggs[i]) || !is_same_column(aggs[i].args[0], aggs[at].args[0])) continue;
        if (is_same_column(weight_of(&aggs[i]), weight_of(&aggs[at]))) return &r->values[i];
    }
    return NULL;
}

static void add_value(Ranking *r, uint32_t at, Status *status) {
    const Aggregate *a = &r->plan->u.aggregate.aggs[at];
    if (!has_ranks(a) || *status != OK) return;
    const RankedValue *same = find_same(r, at);
    if (same) {
        r->values[at] = *same;
        return;
    }
    RankedValue v = {lower_hidden_column(r->l), lower_hidden_column(r->l),
                     lower_hidden_column(r->l)};
    ColumnId weight = weight_of(a) ? lower_hidden_column(r->l) : 0;
    *status = put_value(r->l, a, v.value, &r->valued);
    if (*status == OK && weight) *status = put_weight(r->l, a, weight, &r->valued);
    put_ranks(r->plan, &v, weight, &r->ranked);
    r->values[at] = v;
}

static void add_cte(Lowering *l, const char *kind, Buf *columns, Rel *rel) {
    Buf body = {0};
    buf_puts(&body, "SELECT *");
    buf_put(&body, buf_str(columns));
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, rel->name);
    Rel next = lower_cte(l, kind, &body, false);
    lower_keep_order(&next, rel);
    *rel = next;
    buf_free(&body);
}

Status lower_ranks(Lowering *l, const Plan *p, Rel *in, const Plan **ret_plan,
                   RankedValue **ret_ranks) {
    uint32_t n_keys = p->u.aggregate.n_keys, n_aggs = p->u.aggregate.n_aggs;
    *ret_plan = p;
    *ret_ranks = ARENA_ARRAY(l->arena, RankedValue, n_aggs + 1);
    bool has_any = false;
    for (uint32_t i = 0; i < n_aggs; i++) has_any |= has_ranks(&p->u.aggregate.aggs[i]);
    if (!has_any) return OK;
    Ranking r = {.l = l, .plan = ARENA_NEW(l->arena, Plan), .values = *ret_ranks};
    *r.plan = *p;
    r.plan->u.aggregate.keys = ARENA_ARRAY(l->arena, Expr *, n_keys + 1);
    Status status = OK;
    for (uint32_t i = 0; i < n_keys; i++) {
        r.plan->u.aggregate.keys[i] = p->u.aggregate.keys[i];
        add_key(&r, i, &status);
    }
    for (uint32_t i = 0; i < n_aggs; i++) add_value(&r, i, &status);
    if (status == OK) {
        add_cte(l, "valued", &r.valued, in);
        add_cte(l, "ranked", &r.ranked, in);
        *ret_plan = r.plan;
    }
    buf_free(&r.valued);
    buf_free(&r.ranked);
    return status;
}

/* ------------------------------------------------------------ the aggregate */

/* Rounding in p * total must not reach past a whole rank. */
static void put_percentile(const RankedValue *v, double p, Buf *out) {
    double share = (p < 0 ? 0 : p > 100 ? 100 : p) / 100 * (1 - 1e-13);
    buf_puts(out, "min(");
    sql_column(out, v->value);
    buf_puts(out, ") FILTER (WHERE ");
    sql_column(out, v->rank);
    buf_puts(out, "::DOUBLE >= ");
    sql_column(out, v->total);
    buf_printf(out, "::DOUBLE * %.17g::DOUBLE)", share);
}

static void put_percentile_json(const RankedValue *v, double p, Str json, Buf *out) {
    sql_ident(out, json);
    buf_putc(out, '(');
    put_percentile(v, p, out);
    buf_putc(out, ')');
}

typedef struct Percents {
    double *items;
    size_t n, cap;
} Percents;

/* The numbers of a constant argument: itself, or the elements of an array. */
static void add_percents(Lowering *l, const Expr *e, Percents *ret) {
    JsonCursor c;
    Str key, element;
    if (e->kind != EXPR_LITERAL || e->u.literal.is_null) return;
    if (e->type != TYPE_DYNAMIC) {
        double p = value_convert(l->arena, &e->u.literal, TYPE_REAL).u.r;
        if (!isnan(p)) ARENA_PUSH(l->arena, ret->items, ret->n, ret->cap, p);
        return;
    }
    if (!json_enter(e->u.literal.u.s, &c)) return;
    while (json_next(&c, &key, &element)) {
        double p;
        if (json_real(str_trim(element), &p) && !isnan(p))
            ARENA_PUSH(l->arena, ret->items, ret->n, ret->cap, p);
    }
}

static Status put_array(Lowering *l, const Aggregate *a, const RankedValue *v, Buf *out) {
    Percents percents = {0};
    for (uint32_t i = n_before(a); i < a->n_args; i++) add_percents(l, a->args[i], &percents);
    if (percents.n > MAX_PERCENTS)
        return lower_unsupported(l, a->span, "An array of more than 1000 percentiles");
    Str json;
    if (udf_helper_name(l->engine, HELPER_JSON, rank_type(a->args[0]->type), TYPE_STRING, &json) !=
        OK)
        return lower_broken(l, a->span, "a function could not be registered");
    buf_puts(out, "CASE WHEN count(");
    sql_column(out, v->value);
    buf_puts(out, ") > 0 THEN '[' || array_to_string([");
    for (size_t i = 0; i < percents.n; i++) {
        if (i) buf_puts(out, ", ");
        put_percentile_json(v, percents.items[i], json, out);
    }
    buf_puts(out, "]::VARCHAR[], ',') || ']' END AS ");
    sql_column(out, a->columns[0].id);
    return OK;
}

Status lower_percentiles(Lowering *l, const Aggregate *a, const RankedValue *v, Buf *out) {
    if (a->fn->shape == AGG_PERCENTILE_ARRAY) return put_array(l, a, v, out);
    uint32_t first = n_before(a);
    if (a->n_args != first + a->n_columns)
        return lower_broken(l, a->span, "percentiles and columns differ in number");
    for (uint32_t i = 0; i < a->n_columns; i++) {
        Percents p = {0};
        if (i) buf_puts(out, ", ");
        add_percents(l, a->args[first + i], &p);
        if (p.n) put_percentile(v, p.items[0], out);
        else sql_missing(out, a->columns[i].type);
        buf_puts(out, " AS ");
        sql_column(out, a->columns[i].id);
    }
    return OK;
}
