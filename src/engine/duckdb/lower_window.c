/*
 * lower_window.c: window functions over ordered rows.
 *
 * SQL's window functions do not nest, Kusto's do: row_cumsum(x, prev(y) != y). So the calls are
 * lifted out of the expressions level by level: a call whose arguments hold no other call is a
 * column of the first CTE, one that needs those is a column of the next, and so on. A restart
 * argument becomes a running count of restarts, to partition by.
 *
 * row_window_session takes more than a window: lower_session.c.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"

/* A lifted column: a window call, or a helper that one needs. */
typedef enum LiftKind {
    LIFT_CALL,
    LIFT_GROUP, /* running number of restarts; args[0] is the predicate */
    LIFT_CHANGE /* row number where args[0] differs from the row before, else null */
} LiftKind;

typedef struct Lift {
    LiftKind kind;
    const Expr *call; /* with lifted arguments */
    Expr *group;      /* column to partition by, or NULL */
    Expr *change;     /* column of the LIFT_CHANGE that a rank reads, or NULL */
    unsigned level;
    ColumnId id;
    ColumnId partition; /* of the node: each of its values starts anew; or 0 */
} Lift;

typedef struct Lifter {
    Lowering *l;
    Lift *items;
    size_t n, cap;
    unsigned max_level;
    ColumnId partition;
    Status status;
} Lifter;

static bool is_lifted(const Lifter *w, const Expr *e, unsigned *ret_level) {
    if (e->kind != EXPR_COLUMN || e->u.column < LOWER_FIRST_HIDDEN) return false;
    for (size_t i = 0; i < w->n; i++) {
        if (w->items[i].id != e->u.column) continue;
        *ret_level = w->items[i].level;
        return true;
    }
    return false;
}

static unsigned level_of(const Lifter *w, const Expr *e) {
    unsigned level = 0;
    if (is_lifted(w, e, &level)) return level;
    for (uint32_t i = 0; i < e->n_args; i++) {
        unsigned of_arg = level_of(w, e->args[i]);
        if (of_arg > level) level = of_arg;
    }
    return level;
}

static Expr *lift(Lifter *w, Lift item, Type type, Span span) {
    item.id = lower_hidden_column(w->l);
    item.partition = w->partition;
    if (item.level > w->max_level) w->max_level = item.level;
    ARENA_PUSH(w->l->arena, w->items, w->n, w->cap, item);
    Expr *column = ARENA_NEW(w->l->arena, Expr);
    *column = (Expr){.kind = EXPR_COLUMN, .type = type, .span = span};
    column->u.column = item.id;
    return column;
}

static bool is_named(const Expr *e, const char *name) { return strcmp(e->u.fn->name, name) == 0; }

static bool is_session(const Expr *e) { return is_named(e, "row_window_session"); }

static bool is_rank(const Expr *e) {
    return is_named(e, "row_rank_dense") || is_named(e, "row_rank_min");
}

/* Position of the restart argument, or UINT32_MAX when the function has none. */
static uint32_t restart_at(const Expr *e) {
    bool has = is_named(e, "row_number") || is_named(e, "row_cumsum") || is_rank(e);
    return has ? 1 : UINT32_MAX;
}

static bool is_false(const Expr *e) {
    return e->kind == EXPR_LITERAL && e->type == TYPE_BOOL &&
           (e->u.literal.is_null || !e->u.literal.u.b);
}

static Expr *lift_call(Lifter *w, Expr *e) {
    Lift item = {.kind = LIFT_CALL, .call = e, .level = level_of(w, e) + 1};
    uint32_t at = restart_at(e);
    if (at < e->n_args && !is_false(e->args[at])) {
        Lift group = {
            .kind = LIFT_GROUP, .call = e->args[at], .level = level_of(w, e->args[at]) + 1};
        item.group = lift(w, group, TYPE_LONG, e->span);
        if (item.level <= group.level) item.level = group.level + 1;
    }
    if (is_rank(e)) {
        Lift change = {
            .kind = LIFT_CHANGE, .call = e->args[0], .group = item.group, .level = item.level};
        item.change = lift(w, change, TYPE_LONG, e->span);
        item.level++;
    }
    return lift(w, item, e->type, e->span);
}

static Expr *lift_visit(Expr *e, void *ctx) {
    Lifter *w = ctx;
    if (e->kind != EXPR_CALL || e->u.fn->kind != FN_WINDOW) return e;
    bool known = is_named(e, "row_number") || is_named(e, "prev") || is_named(e, "next") ||
                 is_named(e, "row_cumsum") || is_rank(e) || is_session(e);
    if (!known) {
        if (w->status == OK) w->status = lower_unsupported(w->l, e->span, e->u.fn->name);
        return e;
    }
    return lift_call(w, e);
}

/* -------------------------------------------------------------------- SQL */

static void put_over(const Lift *item, const Rel *rel, bool is_running, Buf *out) {
    buf_puts(out, " OVER (");
    if (item->partition || item->group) buf_puts(out, "PARTITION BY ");
    if (item->partition) sql_column(out, item->partition);
    if (item->partition && item->group) buf_puts(out, ", ");
    if (item->group) sql_column(out, item->group->u.column);
    lower_order_by(out, rel);
    buf_puts(out, is_running ? " ROWS UNBOUNDED PRECEDING)" : ")");
}

/* What stands in for a missing row, in the type of the column. */
static void put_default(Lowering *l, const Expr *e, const Expr *otherwise, Buf *out) {
    Value v = value_convert(l->arena, &otherwise->u.literal, e->type);
    sql_literal(out, &v);
}

/* prev and next: a string has no null, so an absent one is "". */
static Status put_neighbour(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    const Expr *e = item->call;
    bool is_text = e->type == TYPE_STRING;
    if (is_text) buf_puts(out, "COALESCE(");
    buf_puts(out, is_named(e, "prev") ? "lag(" : "lead(");
    TRY(lower_expr(l, e->args[0], out));
    if (e->n_args > 1) {
        buf_puts(out, ", ");
        TRY(lower_expr(l, e->args[1], out));
    }
    if (e->n_args > 2) {
        buf_puts(out, ", ");
        put_default(l, e, e->args[2], out);
    }
    buf_putc(out, ')');
    put_over(item, rel, false, out);
    if (is_text) buf_puts(out, ", '')");
    return OK;
}

static Status put_row_number(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    buf_puts(out, "(row_number()");
    put_over(item, rel, false, out);
    if (item->call->n_args) {
        buf_puts(out, " - 1 + ");
        TRY(lower_expr(l, item->call->args[0], out));
    }
    buf_puts(out, ")::BIGINT");
    return OK;
}

/* An integer sum that leaves its type comes back at the other end, as sum() does. */
static const char *cumsum_end(Type t) {
    switch (t) {
    case TYPE_INT: return ", 0) + 2147483648) & 4294967295) - 2147483648)::INTEGER";
    case TYPE_LONG:
    case TYPE_TIMESPAN:
        return ", 0) + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT)"
               " - 9223372036854775808::HUGEINT)::BIGINT";
    case TYPE_REAL: return ", 0))))::DOUBLE";
    case TYPE_DECIMAL:
    case TYPE_BOOL:
    case TYPE_DATETIME:
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return ", 0))))::HUGEINT";
}

static Status put_cumsum_of_decimals(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    static const Type type = TYPE_DECIMAL;
    Str name;
    if (udf_name(l->engine, catalog_aggregate(STR("sum")), &type, 1, type, 0, &name) != OK)
        return lower_broken(l, item->call->span, "an aggregate could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(lower_expr(l, item->call->args[0], out));
    buf_putc(out, ')');
    put_over(item, rel, true, out);
    return OK;
}

static Status put_cumsum(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    const Expr *e = item->call;
    if (e->type == TYPE_DECIMAL) return put_cumsum_of_decimals(l, item, rel, out);
    buf_puts(out, "(((COALESCE(sum(");
    TRY(lower_expr(l, e->args[0], out));
    buf_putc(out, ')');
    put_over(item, rel, true, out);
    buf_puts(out, cumsum_end(e->type));
    return OK;
}

static Status put_change(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    buf_puts(out, "CASE WHEN row_number()");
    put_over(item, rel, false, out);
    buf_puts(out, " = 1 OR ");
    TRY(lower_expr(l, item->call, out));
    buf_puts(out, " IS DISTINCT FROM lag(");
    TRY(lower_expr(l, item->call, out));
    buf_putc(out, ')');
    put_over(item, rel, false, out);
    buf_puts(out, " THEN row_number()");
    put_over(item, rel, false, out);
    buf_puts(out, " END");
    return OK;
}

static void put_rank(const Lift *item, const Rel *rel, Buf *out) {
    buf_puts(out, is_named(item->call, "row_rank_min") ? "max(" : "count(");
    sql_column(out, item->change->u.column);
    buf_putc(out, ')');
    put_over(item, rel, true, out);
}

static Status put_lift(Lowering *l, const Lift *item, const Rel *rel, Buf *out) {
    switch (item->kind) {
    case LIFT_GROUP:
        buf_puts(out, "count(CASE WHEN ");
        TRY(lower_expr(l, item->call, out));
        buf_puts(out, " THEN 1 END)");
        put_over(item, rel, true, out);
        return OK;
    case LIFT_CHANGE: return put_change(l, item, rel, out);
    case LIFT_CALL: break;
    }
    if (is_rank(item->call)) put_rank(item, rel, out);
    else if (is_named(item->call, "row_number")) return put_row_number(l, item, rel, out);
    else if (is_named(item->call, "row_cumsum")) return put_cumsum(l, item, rel, out);
    else return put_neighbour(l, item, rel, out);
    return OK;
}

static bool is_session_lift(const Lift *item) {
    return item->kind == LIFT_CALL && is_session(item->call);
}

/* The columns of one level but for sessions. */
static Status put_columns(Lifter *w, unsigned level, const Rel *rel, Buf *body) {
    buf_puts(body, "SELECT *");
    for (size_t i = 0; i < w->n; i++) {
        if (w->items[i].level != level || is_session_lift(&w->items[i])) continue;
        buf_puts(body, ", ");
        TRY(put_lift(w->l, &w->items[i], rel, body));
        buf_puts(body, " AS ");
        sql_column(body, w->items[i].id);
    }
    buf_puts(body, "\n  FROM ");
    buf_put(body, rel->name);
    return OK;
}

static Status put_level(Lifter *w, unsigned level, Rel *rel) {
    Buf body = {0};
    Status status = put_columns(w, level, rel, &body);
    if (status == OK) {
        Rel next = lower_cte(w->l, "window", &body, false);
        lower_keep_order(&next, rel);
        *rel = next;
    }
    buf_free(&body);
    for (size_t i = 0; i < w->n && status == OK; i++)
        if (w->items[i].level == level && is_session_lift(&w->items[i]))
            status = lower_session(w->l, w->items[i].call, w->items[i].id, rel);
    return status;
}

Status lower_window(Lowering *l, const Plan *p, Rel *ret) {
    Rel rel;
    TRY(lower_node(l, p->inputs[0], &rel));
    TRY(lower_number_rows(l, &p->inputs[0]->schema, &rel));
    Lifter w = {.l = l, .partition = p->partition};
    Expr **exprs = ARENA_ARRAY(l->arena, Expr *, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++)
        exprs[i] = expr_rewrite(l->arena, p->u.window.exprs[i], lift_visit, &w);
    TRY(w.status);
    for (unsigned level = 1; level <= w.max_level; level++) TRY(put_level(&w, level, &rel));
    Buf body = {0};
    Status status = OK;
    buf_puts(&body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n && status == OK; i++) {
        if (i) buf_puts(&body, ", ");
        status = lower_output(l, exprs[i], &p->schema.items[i], &body);
    }
    lower_carry_order(&body, &rel, &p->schema);
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, rel.name);
    if (status == OK) {
        *ret = lower_cte(l, "project", &body, false);
        lower_keep_order(ret, &rel);
    }
    buf_free(&body);
    return status;
}
