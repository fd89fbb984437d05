/*
 * lower_range.c: `range`, counted and streamed.
 *
 * With constant bounds the number of rows is worked out here, exactly, and the engine's streaming
 * range() counts it; with bounds from subqueries the engine counts it beside the row of the bounds.
 */
#include <inttypes.h>
#include <math.h>

#include "engine/duckdb/lower.h"

#define RANGE_MAX_ROWS (INT64_C(1) << 40)

static bool is_whole(Type t) {
    return t == TYPE_INT || t == TYPE_LONG || t == TYPE_DATETIME || t == TYPE_TIMESPAN;
}

static int64_t whole(const Value *v) { return v->type == TYPE_INT ? v->u.i : v->u.l; }

static double as_real(const Value *v) { return v->type == TYPE_REAL ? v->u.r : (double)whole(v); }

/* Rows of from..to by step; 0 when there are none or a bound is null. */
static int64_t count_rows(const Value *from, const Value *to, const Value *step) {
    if (from->is_null || to->is_null || step->is_null) return 0;
    if (is_whole(from->type) && is_whole(to->type) && is_whole(step->type)) {
        Int128 width = (Int128)whole(to) - whole(from), by = whole(step);
        if (by == 0 || (width < 0) != (by < 0 && width != 0)) return by != 0 && width == 0 ? 1 : 0;
        Int128 n = width / by + 1;
        return n > RANGE_MAX_ROWS ? RANGE_MAX_ROWS : (int64_t)n;
    }
    double by = as_real(step), n = floor((as_real(to) - as_real(from)) / by + 1e-9) + 1;
    if (by == 0 || !(n >= 1)) return 0;
    return n > (double)RANGE_MAX_ROWS ? RANGE_MAX_ROWS : (int64_t)n;
}

static void put_value(Buf *body, const Column *c, Str from, Str step, Str i) {
    buf_putc(body, '(');
    buf_put(body, from);
    buf_puts(body, " + ");
    buf_put(body, i);
    buf_puts(body, " * ");
    buf_put(body, step);
    buf_puts(body, ")::");
    buf_puts(body, type_sql(c->type));
    buf_puts(body, " AS ");
    sql_column(body, c->id);
}

static Status put_bound(Lowering *l, const Expr *e, const char *name, Buf *out) {
    TRY(lower_expr(l, e, out));
    buf_puts(out, " AS ");
    buf_puts(out, name);
    return OK;
}

static Status put_dynamic_range(Lowering *l, const Plan *p, Str ordinal, Buf *body) {
    const Column *c = &p->schema.items[0];
    buf_puts(body, "SELECT ");
    put_value(body, c, STR("f"), STR("s"), STR("i"));
    buf_puts(body, ", i AS ");
    buf_put(body, ordinal);
    buf_puts(body, " FROM (SELECT ");
    TRY(put_bound(l, p->u.range.from, "f", body));
    buf_puts(body, ", ");
    TRY(put_bound(l, p->u.range.to, "t", body));
    buf_puts(body, ", ");
    TRY(put_bound(l, p->u.range.step, "s", body));
    buf_puts(body, ") AS b, range(CASE WHEN coalesce(s = 0 OR (t - f) / s < 0, TRUE) THEN 0 ELSE ");
    buf_printf(body, "least(floor((t - f) / s + 1e-9)::BIGINT + 1, %" PRId64 ") END) AS r(i)",
               RANGE_MAX_ROWS);
    return OK;
}

static void put_constant_range(const Plan *p, Str ordinal, Buf *body) {
    const Value *from = &p->u.range.from->u.literal, *step = &p->u.range.step->u.literal;
    int64_t n = count_rows(from, &p->u.range.to->u.literal, step);
    Buf f = {0}, s = {0};
    sql_literal(&f, from);
    sql_literal(&s, step);
    buf_puts(body, "SELECT ");
    put_value(body, &p->schema.items[0], buf_str(&f), buf_str(&s), STR("i"));
    buf_puts(body, ", i AS ");
    buf_put(body, ordinal);
    buf_printf(body, " FROM range(%" PRId64 ") AS t(i)", n);
    buf_free(&f);
    buf_free(&s);
}

Status lower_range(Lowering *l, const Plan *p, Rel *ret) {
    const Expr *from = p->u.range.from, *to = p->u.range.to, *step = p->u.range.step;
    if (p->schema.items[0].type == TYPE_DECIMAL)
        return lower_unsupported(l, p->span, "range over decimal");
    Buf body = {0};
    Str ordinal = lower_hidden(l);
    Status status = OK;
    bool is_constant =
        from->kind == EXPR_LITERAL && to->kind == EXPR_LITERAL && step->kind == EXPR_LITERAL;
    if (is_constant) put_constant_range(p, ordinal, &body);
    else status = put_dynamic_range(l, p, ordinal, &body);
    if (status == OK) {
        *ret = lower_cte(l, "range", &body, false);
        ret->order = ARENA_NEW(l->arena, OrderKey);
        ret->order[0] = (OrderKey){.column = ordinal};
        ret->n_order = 1;
        ret->is_total = true;
        ret->is_natural = is_constant;
    }
    buf_free(&body);
    return status;
}
