/*
 * lower_expand.c: mv-expand.
 *
 * A helper function makes the list of a dynamic value's elements (null and non-collections give one
 * element, an empty collection none), and UNNEST zips the lists of several columns to the longest.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"

static Type column_type(const Plan *p, ColumnId id) {
    const Column *c = schema_find(&p->inputs[0]->schema, id);
    return c ? c->type : TYPE_ERROR;
}

/* The list of column `at`, cut to the row limit. */
static Status put_list(Lowering *l, const Plan *p, uint32_t at, Buf *out) {
    ColumnId id = p->u.mv_expand.columns[at];
    if (column_type(p, id) != TYPE_DYNAMIC)
        return lower_broken(l, p->span, "mv-expand of a scalar column");
    Str name;
    HelperKind kind = p->u.mv_expand.is_bag_array ? HELPER_EXPAND_PAIR : HELPER_EXPAND;
    if (udf_helper_name(l->engine, kind, TYPE_DYNAMIC, TYPE_DYNAMIC, &name) != OK)
        return lower_broken(l, p->span, "a function could not be registered");
    bool is_cut = p->u.mv_expand.limit < INT32_MAX;
    if (is_cut) buf_puts(out, "list_slice(");
    sql_ident(out, name);
    buf_putc(out, '(');
    sql_column(out, id);
    buf_putc(out, ')');
    if (is_cut) {
        int64_t limit = p->u.mv_expand.limit < 0 ? 0 : p->u.mv_expand.limit;
        buf_printf(out, ", 1, %" PRId64 ")", limit);
    }
    return OK;
}

/* `to typeof(T)` casts and parses nothing: a text is no number ("mv-expand operator", Parameters).
 * Inside a dynamic value these types are texts. */
enum {
    READ_FROM_TEXT = TYPE_BIT(TYPE_STRING) | TYPE_BIT(TYPE_DATETIME) | TYPE_BIT(TYPE_TIMESPAN) |
                     TYPE_BIT(TYPE_GUID) | TYPE_BIT(TYPE_DECIMAL)
};

static Status put_converted(Lowering *l, const Column *output, uint32_t at, Buf *out) {
    if (output->type == TYPE_DYNAMIC) {
        buf_printf(out, "e%" PRIu32, at);
    } else {
        Str name;
        if (udf_helper_name(l->engine, HELPER_CONVERT, TYPE_DYNAMIC, output->type, &name) != OK)
            return lower_broken(l, (Span){0}, "a function could not be registered");
        bool is_parsed = TYPE_BIT(output->type) & READ_FROM_TEXT;
        if (!is_parsed) buf_printf(out, "CASE WHEN NOT starts_with(e%" PRIu32 ", '\"') THEN ", at);
        sql_ident(out, name);
        buf_printf(out, "(e%" PRIu32 ")", at);
        if (!is_parsed) buf_puts(out, " END");
    }
    buf_puts(out, " AS ");
    sql_column(out, output->id);
    return OK;
}

static const Column *expanded_output(const Plan *p, ColumnId id, uint32_t *ret_at) {
    for (uint32_t i = 0; i < p->u.mv_expand.n; i++) {
        if (p->u.mv_expand.outputs[i].id != id) continue;
        *ret_at = i;
        return &p->u.mv_expand.outputs[i];
    }
    return NULL;
}

static Status put_columns(Lowering *l, const Plan *p, Buf *body) {
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        uint32_t at = 0;
        const Column *output = expanded_output(p, c->id, &at);
        if (i) buf_puts(body, ", ");
        if (output) {
            TRY(put_converted(l, output, at, body));
        } else if (c->id == p->u.mv_expand.index_column) {
            buf_puts(body, "(ei)::");
            buf_puts(body, type_sql(c->type));
            buf_puts(body, " AS ");
            sql_column(body, c->id);
        } else {
            sql_column(body, c->id);
        }
    }
    return OK;
}

/* The lists as columns l0, l1, ..., then unnested side by side with an index. */
static Status put_source(Lowering *l, const Plan *p, const Rel *in, Buf *body) {
    uint32_t n = p->u.mv_expand.n;
    buf_puts(body, "\n  FROM (SELECT *");
    for (uint32_t i = 0; i < n; i++) buf_printf(body, ", UNNEST(l%" PRIu32 ") AS e%" PRIu32, i, i);
    buf_puts(body, ", UNNEST(range(greatest(");
    for (uint32_t i = 0; i < n; i++) buf_printf(body, "%slen(l%" PRIu32 ")", i ? ", " : "", i);
    buf_puts(body, "))) AS ei\n    FROM (SELECT *");
    for (uint32_t i = 0; i < n; i++) {
        buf_puts(body, ", ");
        TRY(put_list(l, p, i, body));
        buf_printf(body, " AS l%" PRIu32, i);
    }
    buf_puts(body, " FROM ");
    buf_put(body, in->name);
    buf_puts(body, "))");
    return OK;
}

Status lower_mv_expand(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    Buf body = {0};
    buf_puts(&body, "SELECT ");
    Status status = put_columns(l, p, &body);
    lower_carry_order(&body, &in, &p->schema);
    Str ordinal = lower_hidden(l);
    if (in.n_order) {
        buf_puts(&body, ", ei AS ");
        buf_put(&body, ordinal);
    }
    if (status == OK) status = put_source(l, p, &in, &body);
    if (status == OK) {
        *ret = lower_cte(l, "mv_expand", &body, false);
        if (in.n_order) {
            OrderKey *order = ARENA_ARRAY(l->arena, OrderKey, in.n_order + 1);
            memcpy(order, in.order, in.n_order * sizeof *order);
            order[in.n_order] = (OrderKey){.column = ordinal};
            ret->order = order;
            ret->n_order = in.n_order + 1;
        }
    }
    buf_free(&body);
    return status;
}
