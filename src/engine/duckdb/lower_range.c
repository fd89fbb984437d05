/*
 * lower_range.c: `range`, counted and streamed.
 *
 * With constant bounds the number of rows is worked out here, exactly, and the engine's streaming
 * range() counts it; with bounds from subqueries the engine counts it beside the row of the bounds.
 */
#include <inttypes.h>
#include <math.h>

#include "engine/duckdb/lower.h"
#include "kernels/decimal_math.h"

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

/* a <operator> b */
static Status decimals(Lowering *l, const char *operator, Str a, Str b, Str *ret) {
    static const Type types[] = {TYPE_DECIMAL, TYPE_DECIMAL};
    const FnDef *fn = catalog_operator(str_of(operator));
    Str name;
    Buf out = {0};
    if (udf_name(l->engine, fn, types, 2, TYPE_DECIMAL, 0, &name) != OK)
        return lower_broken(l, (Span){0}, "a function could not be registered");
    sql_ident(&out, name);
    buf_putc(&out, '(');
    buf_put(&out, a);
    buf_puts(&out, ", ");
    buf_put(&out, b);
    buf_putc(&out, ')');
    *ret = arena_str(l->arena, buf_str(&out));
    buf_free(&out);
    return OK;
}

static Status converted(Lowering *l, Type from, Type to, Str text, Str *ret) {
    Buf out = {0};
    Status status = lower_helper(l, HELPER_CONVERT, from, to, text, &out);
    *ret = arena_str(l->arena, buf_str(&out));
    buf_free(&out);
    return status;
}

/* Each decimal step is done by kernels: the engine knows a decimal as the integer of its bits. */
static Status put_decimal_value(Lowering *l, const Column *c, Str from, Str step, Buf *body) {
    Str index = STR_EMPTY, offset = STR_EMPTY, value = STR_EMPTY;
    TRY(converted(l, TYPE_LONG, TYPE_DECIMAL, STR("i"), &index));
    TRY(decimals(l, "*", index, step, &offset));
    TRY(decimals(l, "+", from, offset, &value));
    buf_put(body, value);
    buf_puts(body, " AS ");
    sql_column(body, c->id);
    return OK;
}

/* More steps than a long counts are null, and as many as there may be. */
static Status put_decimal_rows(Lowering *l, const Plan *p, Buf *body) {
    Str width = STR_EMPTY, steps = STR_EMPTY, whole = STR_EMPTY;
    TRY(decimals(l, "-", STR("t"), STR("f"), &width));
    TRY(decimals(l, "/", width, STR("s"), &steps));
    TRY(converted(l, TYPE_DECIMAL, TYPE_LONG, STR("n"), &whole));
    buf_printf(body, " FROM (SELECT *, %.*s AS n FROM (SELECT ", STR_ARG(steps));
    TRY(put_bound(l, p->u.range.from, "f", body));
    buf_puts(body, ", ");
    TRY(put_bound(l, p->u.range.to, "t", body));
    buf_puts(body, ", ");
    TRY(put_bound(l, p->u.range.step, "s", body));
    buf_printf(body,
               ")) AS b, range(CASE WHEN n < 0 OR n IS NULL THEN 0"
               " ELSE least(%.*s, %" PRId64 ") + 1 END) AS r(i)",
               STR_ARG(whole), RANGE_MAX_ROWS - 1);
    return OK;
}

static int64_t count_decimals(const Value *from, const Value *to, const Value *step) {
    Decimal width = DECIMAL_ZERO, steps = DECIMAL_ZERO;
    int64_t n;
    if (from->is_null || to->is_null || step->is_null) return 0;
    if (!decimal_subtract(to->u.d, from->u.d, &width)) return 0;
    if (!decimal_divide(width, step->u.d, &steps)) return 0;
    if (decimal_sign(steps) < 0) return 0;
    return decimal_to_long(steps, &n) && n < RANGE_MAX_ROWS ? n + 1 : RANGE_MAX_ROWS;
}

static Status put_decimal_range(Lowering *l, const Plan *p, bool is_constant, Str ordinal,
                                Buf *body) {
    const Expr *from = p->u.range.from, *to = p->u.range.to, *step = p->u.range.step;
    Buf f = {0}, s = {0};
    buf_puts(body, "SELECT ");
    if (is_constant) {
        sql_literal(&f, &from->u.literal);
        sql_literal(&s, &step->u.literal);
    } else {
        buf_puts(&f, "f");
        buf_puts(&s, "s");
    }
    Status status = put_decimal_value(l, &p->schema.items[0], buf_str(&f), buf_str(&s), body);
    buf_free(&f);
    buf_free(&s);
    buf_printf(body, ", i AS %.*s", STR_ARG(ordinal));
    if (status != OK) return status;
    if (!is_constant) return put_decimal_rows(l, p, body);
    buf_printf(body, " FROM range(%" PRId64 ") AS t(i)",
               count_decimals(&from->u.literal, &to->u.literal, &step->u.literal));
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
    bool are_decimals = p->schema.items[0].type == TYPE_DECIMAL;
    Buf body = {0};
    Str ordinal = lower_hidden(l);
    Status status = OK;
    bool is_constant =
        from->kind == EXPR_LITERAL && to->kind == EXPR_LITERAL && step->kind == EXPR_LITERAL;
    if (are_decimals) status = put_decimal_range(l, p, is_constant, ordinal, &body);
    else if (is_constant) put_constant_range(p, ordinal, &body);
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
