/*
 * lower_aggregate.c: summarize, distinct and count.
 *
 * Most aggregates are a catalog template or an aggregate kernel. Three kinds need more: those that
 * take several columns from one row (arg_max, arg_min, take_any with many) work on a struct;
 * percentiles becomes one percentile a column; lists over ordered rows sort inside the engine's own
 * list(), which kernels cannot do.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"

static bool is_fn(const FnDef *fn, const char *name) { return strcmp(fn->name, name) == 0; }

/* The values of an aggregate that fills several columns; `*` is spread. */
static Expr **spread_args(Lowering *l, const Aggregate *a, uint32_t *ret_n) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_args; i++)
        n += a->args[i]->kind == EXPR_COLUMN_SET ? a->args[i]->n_args : 1;
    Expr **values = ARENA_ARRAY(l->arena, Expr *, n + 1);
    n = 0;
    for (uint32_t i = 0; i < a->n_args; i++) {
        const Expr *e = a->args[i];
        if (e->kind != EXPR_COLUMN_SET) {
            values[n++] = a->args[i];
            continue;
        }
        for (uint32_t j = 0; j < e->n_args; j++) values[n++] = e->args[j];
    }
    *ret_n = n;
    return values;
}

/* --------------------------------------------------------- whole-row picks */

/* {c5: expr, ...} for the aggregate's columns. */
static Status put_struct(Lowering *l, const Aggregate *a, Buf *out) {
    uint32_t n;
    Expr **values = spread_args(l, a, &n);
    if (n != a->n_columns) return lower_broken(l, a->span, "an aggregate's arguments and columns differ in number");
    buf_putc(out, '{');
    for (uint32_t i = 0; i < n; i++) {
        if (values[i]->type != a->columns[i].type)
            return lower_broken(l, a->span, "an aggregate's argument and column differ in type");
        if (i) buf_puts(out, ", ");
        sql_column(out, a->columns[i].id);
        buf_puts(out, ": ");
        TRY(lower_expr(l, values[i], out));
    }
    buf_putc(out, '}');
    return OK;
}

/* The value that loses against all others, so that null keys are picked only when all are null. */
static const char *losing_value(Type t, bool is_max) {
    switch (t) {
    case TYPE_BOOL: return is_max ? "false" : "true";
    case TYPE_INT: return is_max ? "(-2147483648)::INTEGER" : "2147483647";
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return is_max ? "'-9223372036854775808'::BIGINT" : "9223372036854775807";
    case TYPE_REAL: return is_max ? "'-Infinity'::DOUBLE" : "'Infinity'::DOUBLE";
    case TYPE_DECIMAL: return is_max ? "'-99999999999999999999'::DECIMAL(34,14)" : "'99999999999999999999'::DECIMAL(34,14)";
    case TYPE_GUID:
    case TYPE_DYNAMIC: return is_max ? "''" : "'~'";
    case TYPE_STRING:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return "''";
}

static Status put_arg_pick(Lowering *l, const Aggregate *a, bool is_max, Buf *out) {
    buf_puts(out, is_max ? "arg_max(" : "arg_min(");
    TRY(put_struct(l, a, out));
    buf_puts(out, ", COALESCE(");
    TRY(lower_expr(l, a->args[0], out));
    buf_puts(out, ", ");
    buf_puts(out, losing_value(a->args[0]->type, is_max));
    buf_puts(out, "))");
    return OK;
}

/* ------------------------------------------------------------ ordered lists */

static bool is_ordered_list(const Aggregate *a, const Rel *in) {
    return in->n_order && a->n_columns == 1 &&
           (is_fn(a->fn, "make_list") || is_fn(a->fn, "make_list_if") || is_fn(a->fn, "make_list_with_nulls"));
}

enum { LIST_MAX_ITEMS = 1048576 };

static Status put_ordered_list(Lowering *l, const Aggregate *a, const Rel *in, Buf *out) {
    bool is_if = is_fn(a->fn, "make_list_if"), has_nulls = is_fn(a->fn, "make_list_with_nulls");
    const Expr *x = a->args[0];
    uint32_t limit_at = is_if ? 2 : 1;
    Str name;
    if (udf_helper_name(l->engine, HELPER_JSON, x->type, TYPE_STRING, &name) != OK)
        return lower_broken(l, a->span, "a function could not be registered");
    buf_puts(out, "('[' || COALESCE(array_to_string(list_slice(list(");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(lower_expr(l, x, out));
    buf_putc(out, ')');
    lower_order_by(out, in);
    buf_puts(out, ") FILTER (WHERE ");
    if (has_nulls) {
        buf_puts(out, "true");
    } else {
        TRY(lower_expr(l, x, out));
        buf_puts(out, " IS NOT NULL");
    }
    if (is_if) {
        buf_puts(out, " AND ");
        TRY(lower_expr(l, a->args[1], out));
    }
    buf_puts(out, "), 1, ");
    if (a->n_args > limit_at) {
        buf_puts(out, "any_value(");
        TRY(lower_expr(l, a->args[limit_at], out));
        buf_putc(out, ')');
    } else {
        buf_printf(out, "%d", LIST_MAX_ITEMS);
    }
    buf_puts(out, "), ','), '') || ']')");
    return OK;
}

/* --------------------------------------------------------------- plain ones */

static bool template_fits(const FnDef *fn, Expr *const *args, uint32_t n) {
    if (!fn->sql) return false;
    if (!fn->sql_types) return true;
    for (uint32_t i = 0; i < n; i++)
        if (!(fn->sql_types & TYPE_BIT(args[i]->type))) return false;
    return true;
}

static Status put_args(Lowering *l, Expr *const *args, uint32_t n, Buf *out) {
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_puts(out, ", ");
        TRY(lower_expr(l, args[i], out));
    }
    return OK;
}

static Status put_template(Lowering *l, const FnDef *fn, Expr *const *args, uint32_t n, Buf *out) {
    for (const char *p = fn->sql; *p;) {
        if (p[0] == '{' && p[1] == '*' && p[2] == '}') {
            TRY(put_args(l, args, n, out));
            p += 3;
        } else if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}') {
            uint32_t i = (uint32_t)(p[1] - '0');
            if (i < n) TRY(lower_expr(l, args[i], out));
            else buf_puts(out, "NULL");
            p += 3;
        } else {
            buf_putc(out, *p++);
        }
    }
    return OK;
}

static Status put_kernel(Lowering *l, const FnDef *fn, Expr *const *args, uint32_t n, Type result,
                         Span span, Buf *out) {
    Type *types = ARENA_ARRAY(l->arena, Type, n + 1);
    for (uint32_t i = 0; i < n; i++) types[i] = args[i]->type;
    Str name;
    if (udf_name(l->engine, fn, types, n, result, &name) != OK)
        return lower_broken(l, span, "an aggregate could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(put_args(l, args, n, out));
    buf_putc(out, ')');
    return OK;
}

static Status put_plain(Lowering *l, const FnDef *fn, Expr *const *args, uint32_t n,
                        const Column *column, Span span, Buf *out) {
    bool is_text = column->type == TYPE_STRING;
    if (is_text) buf_puts(out, "COALESCE(");
    if (template_fits(fn, args, n)) {
        buf_putc(out, '(');
        TRY(put_template(l, fn, args, n, out));
        buf_putc(out, ')');
    } else if (fn->agg) {
        TRY(put_kernel(l, fn, args, n, column->type, span, out));
    } else {
        return lower_unsupported(l, span, fn->name);
    }
    if (is_text) buf_puts(out, ", '')");
    buf_puts(out, " AS ");
    sql_column(out, column->id);
    return OK;
}

/* percentiles(x, p...) and percentilesw(x, w, p...): each column is a percentile of its own. */
static Status put_percentiles(Lowering *l, const Aggregate *a, Buf *out) {
    bool is_weighted = is_fn(a->fn, "percentilesw");
    const FnDef *one = catalog_aggregate(is_weighted ? STR("percentilew") : STR("percentile"));
    uint32_t n_fixed = is_weighted ? 2 : 1;
    if (!one || a->n_args != a->n_columns + n_fixed) return lower_unsupported(l, a->span, a->fn->name);
    for (uint32_t i = 0; i < a->n_columns; i++) {
        Expr *args[3] = {a->args[0], a->args[1], NULL};
        args[n_fixed] = a->args[n_fixed + i];
        if (i) buf_puts(out, ", ");
        TRY(put_plain(l, one, args, n_fixed + 1, &a->columns[i], a->span, out));
    }
    return OK;
}

/* -------------------------------------------------------------------- node */

static bool picks_row(const Aggregate *a) {
    bool is_arg = is_fn(a->fn, "arg_max") || is_fn(a->fn, "arg_min");
    bool is_any = is_fn(a->fn, "take_any") && (a->n_columns > 1 || (a->n_args && a->args[0]->kind == EXPR_COLUMN_SET));
    return is_arg || is_any;
}

static Status put_aggregate(Lowering *l, const Aggregate *a, uint32_t at, const Rel *in, Buf *out) {
    if (picks_row(a)) {
        if (is_fn(a->fn, "take_any")) {
            buf_puts(out, "any_value(");
            TRY(put_struct(l, a, out));
            buf_putc(out, ')');
        } else {
            TRY(put_arg_pick(l, a, is_fn(a->fn, "arg_max"), out));
        }
        buf_printf(out, " AS s%" PRIu32, at);
        return OK;
    }
    if (is_ordered_list(a, in)) {
        TRY(put_ordered_list(l, a, in, out));
        buf_puts(out, " AS ");
        sql_column(out, a->columns[0].id);
        return OK;
    }
    if (is_fn(a->fn, "percentiles") || is_fn(a->fn, "percentilesw")) return put_percentiles(l, a, out);
    if (a->n_columns != 1) return lower_unsupported(l, a->span, a->fn->name);
    return put_plain(l, a->fn, a->args, a->n_args, &a->columns[0], a->span, out);
}

static Status put_grouping(Lowering *l, const Plan *p, const Rel *in, Buf *body) {
    uint32_t n_keys = p->u.aggregate.n_keys, n_aggs = p->u.aggregate.n_aggs;
    buf_puts(body, n_aggs ? "SELECT " : "SELECT DISTINCT ");
    for (uint32_t i = 0; i < n_keys; i++) {
        if (i) buf_puts(body, ", ");
        TRY(lower_output(l, p->u.aggregate.keys[i], &p->schema.items[i], body));
    }
    for (uint32_t i = 0; i < n_aggs; i++) {
        if (i || n_keys) buf_puts(body, ",\n    ");
        TRY(put_aggregate(l, &p->u.aggregate.aggs[i], i, in, body));
    }
    if (!n_keys && !n_aggs) buf_puts(body, "1 AS o0");
    buf_puts(body, "\n  FROM ");
    buf_put(body, in->name);
    for (uint32_t i = 0; n_aggs && i < n_keys; i++) buf_printf(body, "%s%" PRIu32, i ? ", " : " GROUP BY ", i + 1);
    return OK;
}

/* Columns of the structs, a string of an empty group being "". */
static void put_unpacked(const Plan *p, Buf *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++) {
        if (n++) buf_puts(out, ", ");
        sql_column(out, p->schema.items[i].id);
    }
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const Aggregate *a = &p->u.aggregate.aggs[i];
        for (uint32_t j = 0; j < a->n_columns; j++) {
            bool is_text = a->columns[j].type == TYPE_STRING;
            if (n++) buf_puts(out, ", ");
            if (picks_row(a)) {
                buf_printf(out, is_text ? "COALESCE(s%" PRIu32 "." : "s%" PRIu32 ".", i);
                sql_column(out, a->columns[j].id);
                buf_puts(out, is_text ? ", '') AS " : " AS ");
            }
            sql_column(out, a->columns[j].id);
        }
    }
}

Status lower_aggregate(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    Buf body = {0};
    Status status = put_grouping(l, p, &in, &body);
    bool has_picks = false;
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) has_picks |= picks_row(&p->u.aggregate.aggs[i]);
    if (status == OK) {
        *ret = lower_cte(l, p->u.aggregate.n_aggs ? "summarize" : "distinct", &body, false);
        if (has_picks) {
            buf_puts(&body, "SELECT ");
            put_unpacked(p, &body);
            buf_puts(&body, " FROM ");
            buf_put(&body, ret->name);
            *ret = lower_cte(l, "unpack", &body, false);
        }
    }
    buf_free(&body);
    return status;
}
