/*
 * lower_aggregate.c: summarize, distinct and count.
 *
 * Most aggregates are a catalog template or an aggregate kernel. Three kinds need more: those that
 * take several columns from one row (arg_max and arg_min work on a struct, take_any is below);
 * percentiles rank the rows first (lower_percentile.c); lists over ordered rows sort inside the engine's own
 * list(), which kernels cannot do.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"
#include "kernels/aggregates/aggregates.h"

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

/* The values that fill the aggregate's columns. */
static Status picked_values(Lowering *l, const Aggregate *a, Expr ***ret) {
    uint32_t n;
    *ret = spread_args(l, a, &n);
    if (n != a->n_columns)
        return lower_broken(l, a->span, "an aggregate's arguments and columns differ in number");
    for (uint32_t i = 0; i < n; i++)
        if ((*ret)[i]->type != a->columns[i].type)
            return lower_broken(l, a->span, "an aggregate's argument and column differ in type");
    return OK;
}

/* {c5: expr, ...} for the aggregate's columns. */
static Status put_struct(Lowering *l, const Aggregate *a, Buf *out) {
    Expr **values;
    TRY(picked_values(l, a, &values));
    buf_putc(out, '{');
    for (uint32_t i = 0; i < a->n_columns; i++) {
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
    case TYPE_DECIMAL:
        return is_max ? "'-170141183460469231731687303715884105727'::HUGEINT"
                      : "'170141183460469231731687303715884105727'::HUGEINT";
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

/* first() keeps the first row that its group sees, null or not, and all first() of a grouping see the
 * same rows in the same order: so the columns are of one row, and a wide row needs no struct. */
static Status put_take_row(Lowering *l, const Aggregate *a, Buf *out) {
    Expr **values;
    TRY(picked_values(l, a, &values));
    for (uint32_t i = 0; i < a->n_columns; i++) {
        bool is_text = values[i]->type == TYPE_STRING;
        if (i) buf_puts(out, ",\n    ");
        buf_puts(out, is_text ? "COALESCE(first(" : "first(");
        TRY(lower_expr(l, values[i], out));
        buf_puts(out, is_text ? "), '') AS " : ") AS ");
        sql_column(out, a->columns[i].id);
    }
    return OK;
}

/* ------------------------------------------------------------- one column */

/* A call of an aggregate that gives one column, its predicate argument set apart. */
typedef struct AggCall {
    const FnDef *fn;
    Expr **args;
    uint32_t n_args;
    Expr *predicate; /* or NULL */
    Type result;
    Span span;
} AggCall;

static AggCall split_call(Lowering *l, const Aggregate *a) {
    AggCall call = {.fn = a->fn, .result = a->columns[0].type, .span = a->span};
    call.args = ARENA_ARRAY(l->arena, Expr *, a->n_args + 1);
    for (uint32_t i = 0; i < a->n_args; i++) {
        if (i + 1 == a->fn->filter_arg) call.predicate = a->args[i];
        else call.args[call.n_args++] = a->args[i];
    }
    return call;
}

static Status put_args(Lowering *l, Expr *const *args, uint32_t n, Buf *out) {
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_puts(out, ", ");
        TRY(lower_expr(l, args[i], out));
    }
    return OK;
}

static Status put_filter(Lowering *l, const AggCall *call, Buf *out) {
    if (!call->predicate) return OK;
    buf_puts(out, " FILTER (WHERE ");
    TRY(lower_predicate(l, call->predicate, out));
    buf_putc(out, ')');
    return OK;
}

/* A template may wrap its aggregate call: {filter} says where the FILTER clause goes, else at the
 * end. */
static Status put_template(Lowering *l, const AggCall *call, const char *sql, Buf *out) {
    bool is_placed = strstr(sql, "{filter}") != NULL;
    for (const char *p = sql; *p;) {
        if (p[0] == '{' && p[1] == '*' && p[2] == '}') {
            TRY(put_args(l, call->args, call->n_args, out));
            p += 3;
        } else if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}') {
            uint32_t i = (uint32_t)(p[1] - '0');
            if (i < call->n_args) TRY(lower_expr(l, call->args[i], out));
            else buf_puts(out, "NULL");
            p += 3;
        } else if (strncmp(p, "{filter}", 8) == 0) {
            TRY(put_filter(l, call, out));
            p += 8;
        } else {
            buf_putc(out, *p++);
        }
    }
    return is_placed ? OK : put_filter(l, call, out);
}

static Status put_kernel(Lowering *l, const AggCall *call, const Type *types, Buf *out) {
    Str name;
    if (udf_name(l->engine, call->fn, types, call->n_args, call->result, 0, &name) != OK)
        return lower_broken(l, call->span, "an aggregate could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(put_args(l, call->args, call->n_args, out));
    buf_putc(out, ')');
    return put_filter(l, call, out);
}

static Status put_call(Lowering *l, const AggCall *call, Buf *out) {
    Type *types = ARENA_ARRAY(l->arena, Type, call->n_args + 1);
    for (uint32_t i = 0; i < call->n_args; i++) types[i] = call->args[i]->type;
    const char *sql = catalog_sql(call->fn, types, call->n_args, false);
    bool is_text = call->result == TYPE_STRING;
    if (is_text) buf_puts(out, "COALESCE(");
    buf_putc(out, '(');
    if (sql) TRY(put_template(l, call, sql, out));
    else if (call->fn->agg) TRY(put_kernel(l, call, types, out));
    else return lower_unsupported(l, call->span, call->fn->name);
    buf_putc(out, ')');
    if (is_text) buf_puts(out, ", '')");
    return OK;
}

/* A value that is there, when one is. */
static Status put_take_any(Lowering *l, const Aggregate *a, Buf *out) {
    AggCall call = split_call(l, a);
    bool is_text = call.result == TYPE_STRING;
    buf_puts(out, is_text ? "COALESCE(any_value(nullif(" : "any_value(");
    TRY(lower_expr(l, call.args[0], out));
    buf_puts(out, is_text ? ", ''))" : ")");
    TRY(put_filter(l, &call, out));
    if (is_text) buf_puts(out, ", '')");
    return OK;
}

/* ------------------------------------------------------------ ordered lists */

static bool is_ordered_list(const Aggregate *a, const Rel *in) {
    return in->n_order && a->fn->is_ordered && a->n_columns == 1;
}

/* How many values the list holds at most: its constant maxSize, or what the page says. */
static int64_t list_limit(const AggCall *call) {
    enum { MAX_ITEMS = 1048576, MAX_ITEMS_SHORT = 128 };
    const Expr *size = call->n_args > 1 ? call->args[1] : NULL;
    if (!size || size->kind != EXPR_LITERAL || size->u.literal.is_null)
        return call->fn->agg == &agg_list_short ? MAX_ITEMS_SHORT : MAX_ITEMS;
    int64_t wanted = size->type == TYPE_INT ? size->u.literal.u.i : size->u.literal.u.l;
    return wanted < 0 ? 0 : wanted < MAX_ITEMS ? wanted : MAX_ITEMS;
}

/* Which rows the list takes: those without a null, which may be JSON's, and of the predicate. */
static Status put_list_filter(Lowering *l, const AggCall *call, Buf *out) {
    const Expr *x = call->args[0];
    if (call->fn->agg == &agg_list_with_nulls) {
        buf_puts(out, "true");
    } else {
        TRY(lower_expr(l, x, out));
        buf_puts(out, x->type == TYPE_DYNAMIC ? " <> 'null'" : " IS NOT NULL");
    }
    if (!call->predicate) return OK;
    buf_puts(out, " AND ");
    return lower_predicate(l, call->predicate, out);
}

/* The values in the order of the rows, as the text of an array. */
static Status put_values_in_order(Lowering *l, const AggCall *call, const Rel *in, Buf *out) {
    Str name;
    if (udf_helper_name(l->engine, HELPER_JSON, call->args[0]->type, TYPE_STRING, &name) != OK)
        return lower_broken(l, call->span, "a function could not be registered");
    buf_puts(out, "('[' || COALESCE(array_to_string(list_slice(list(");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(lower_expr(l, call->args[0], out));
    buf_putc(out, ')');
    lower_order_by(out, in);
    buf_puts(out, ") FILTER (WHERE ");
    TRY(put_list_filter(l, call, out));
    buf_printf(out, "), 1, %" PRId64 "), ','), '') || ']')", list_limit(call));
    return OK;
}

/* Arrays among dynamic values add their elements, and the limit counts those. */
static Status put_ordered_list(Lowering *l, const Aggregate *a, const Rel *in, Buf *out) {
    AggCall call = split_call(l, a);
    if (call.args[0]->type != TYPE_DYNAMIC) return put_values_in_order(l, &call, in, out);
    static const Type types[] = {TYPE_DYNAMIC, TYPE_LONG, TYPE_BOOL};
    Str name;
    const FnDef *fn = catalog_scalar(STR("__list_elements"));
    if (udf_name(l->engine, fn, types, 3, TYPE_DYNAMIC, 0, &name) != OK)
        return lower_broken(l, a->span, "a function could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    TRY(put_values_in_order(l, &call, in, out));
    buf_printf(out, ", %" PRId64 "::BIGINT, %s)", list_limit(&call),
               call.fn->agg == &agg_list_with_nulls ? "true" : "false");
    return OK;
}

/* -------------------------------------------------------------------- node */

/* Aggregates whose columns come from one row, which a value chooses: a struct, unpacked behind the
 * grouping. */
static bool picks_row(const Aggregate *a) {
    return a->fn->shape == AGG_ARG_MAX || a->fn->shape == AGG_ARG_MIN;
}

static bool takes_row(const Aggregate *a) {
    return a->fn->shape == AGG_TAKE_ANY &&
           (a->n_columns > 1 || (a->n_args && a->args[0]->kind == EXPR_COLUMN_SET));
}

static Status put_pick(Lowering *l, const Aggregate *a, uint32_t at, Buf *out) {
    TRY(put_arg_pick(l, a, a->fn->shape == AGG_ARG_MAX, out));
    buf_printf(out, " AS s%" PRIu32, at);
    return OK;
}

static Status put_aggregate(Lowering *l, const Aggregate *a, const Rel *in, Buf *out) {
    if (a->n_columns != 1) return lower_broken(l, a->span, "an aggregate with several columns");
    if (is_ordered_list(a, in)) {
        TRY(put_ordered_list(l, a, in, out));
    } else if (a->fn->shape == AGG_TAKE_ANY) {
        TRY(put_take_any(l, a, out));
    } else {
        AggCall call = split_call(l, a);
        TRY(put_call(l, &call, out));
    }
    buf_puts(out, " AS ");
    sql_column(out, a->columns[0].id);
    return OK;
}

static Status put_grouping(Lowering *l, const Plan *p, const Rel *in, const RankedValue *ranks,
                           Buf *body) {
    uint32_t n_keys = p->u.aggregate.n_keys, n_aggs = p->u.aggregate.n_aggs;
    buf_puts(body, n_aggs ? "SELECT " : "SELECT DISTINCT ");
    for (uint32_t i = 0; i < n_keys; i++) {
        if (i) buf_puts(body, ", ");
        TRY(lower_output(l, p->u.aggregate.keys[i], &p->schema.items[i], body));
    }
    for (uint32_t i = 0; i < n_aggs; i++) {
        if (i || n_keys) buf_puts(body, ",\n    ");
        const Aggregate *a = &p->u.aggregate.aggs[i];
        if (picks_row(a)) TRY(put_pick(l, a, i, body));
        else if (takes_row(a)) TRY(put_take_row(l, a, body));
        else if (ranks[i].value) TRY(lower_percentiles(l, a, &ranks[i], body));
        else TRY(put_aggregate(l, a, in, body));
    }
    if (!n_keys && !n_aggs) buf_puts(body, "1 AS o0");
    buf_puts(body, "\n  FROM ");
    buf_put(body, in->name);
    for (uint32_t i = 0; n_aggs && i < n_keys; i++)
        buf_printf(body, "%s%" PRIu32, i ? ", " : " GROUP BY ", i + 1);
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
    RankedValue *ranks;
    TRY(lower_node(l, p->inputs[0], &in));
    TRY(lower_ranks(l, p, &in, &p, &ranks));
    Buf body = {0};
    Status status = put_grouping(l, p, &in, ranks, &body);
    bool has_picks = false;
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++)
        has_picks |= picks_row(&p->u.aggregate.aggs[i]);
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
