/*
 * lower_plan.c: the plain nodes, order, and the statement as a whole.
 *
 * Order: see lower.h. A sort only notes its keys; filters and projections carry the columns that
 * the order needs; aggregates, joins and unions forget it; take, windows and the end use it.
 */
#include <inttypes.h>

#include "engine/duckdb/kept.h"

/* ------------------------------------------------------------------ tools */

Rel lower_cte(Lowering *l, const char *kind, Buf *body, bool is_materialized) {
    Buf name = {0};
    buf_puts(&name, kind);
    buf_printf(&name, "_%" PRIu32, ++l->n_ctes);
    Rel rel = {.name = arena_str(l->arena, buf_str(&name))};
    buf_free(&name);
    if (l->ctes.len) buf_puts(&l->ctes, ",\n");
    buf_put(&l->ctes, rel.name);
    buf_puts(&l->ctes, is_materialized ? " AS MATERIALIZED (\n  " : " AS NOT MATERIALIZED (\n  ");
    buf_put(&l->ctes, buf_str(body));
    buf_puts(&l->ctes, "\n)");
    buf_clear(body);
    return rel;
}

Str lower_hidden(Lowering *l) { return arena_printf(l->arena, "o%" PRIu32, ++l->n_hidden); }

ColumnId lower_hidden_column(Lowering *l) { return LOWER_FIRST_HIDDEN + ++l->n_hidden; }

void lower_order_by(Buf *out, const Rel *rel) {
    for (uint32_t i = 0; i < rel->n_order; i++) {
        const OrderKey *key = &rel->order[i];
        const char *nulls = key->nulls_first ? " NULLS FIRST" : " NULLS LAST";
        buf_puts(out, i ? ", " : " ORDER BY ");
        if (key->moves_nan) {
            buf_puts(out, "isnan(");
            buf_put(out, key->column);
            buf_printf(out, ") %s%s, ", key->nulls_first ? "DESC" : "ASC", nulls);
        }
        buf_put(out, key->column);
        buf_puts(out, key->is_descending ? " DESC" : " ASC");
        buf_puts(out, nulls);
    }
}

static bool schema_has(const Schema *schema, Str column) {
    if (!column.len || column.ptr[0] != 'c') return false;
    for (uint32_t i = 0; i < schema->n; i++) {
        char text[16];
        int len = snprintf(text, sizeof text, "c%" PRIu32, schema->items[i].id);
        if (len > 0 && str_eq(column, (Str){text, (size_t)len})) return true;
    }
    return false;
}

/* True when an earlier key already carries the column. */
static bool is_repeated(const Rel *rel, uint32_t at) {
    for (uint32_t i = 0; i < at; i++)
        if (str_eq(rel->order[i].column, rel->order[at].column)) return true;
    return false;
}

void lower_carry_order(Buf *out, const Rel *rel, const Schema *schema) {
    for (uint32_t i = 0; i < rel->n_order; i++) {
        if (schema_has(schema, rel->order[i].column) || is_repeated(rel, i)) continue;
        buf_puts(out, ", ");
        buf_put(out, rel->order[i].column);
    }
}

void lower_keep_order(Rel *to, const Rel *from) {
    to->order = from->order;
    to->n_order = from->n_order;
    to->is_total = from->is_total;
}

static void set_ordinal(Lowering *l, Rel *rel, Str column) {
    rel->order = ARENA_NEW(l->arena, OrderKey);
    rel->order[0] = (OrderKey){.column = column};
    rel->n_order = 1;
    rel->is_total = true;
}

Status lower_number_rows(Lowering *l, const Schema *schema, Rel *rel) {
    if (rel->is_total) return OK;
    Str ordinal = lower_hidden(l);
    Buf body = {0};
    buf_puts(&body, "SELECT ");
    for (uint32_t i = 0; i < schema->n; i++) {
        sql_column(&body, schema->items[i].id);
        buf_puts(&body, ", ");
    }
    buf_puts(&body, "row_number() OVER (");
    lower_order_by(&body, rel);
    buf_puts(&body, ") AS ");
    buf_put(&body, ordinal);
    buf_puts(&body, " FROM ");
    buf_put(&body, rel->name);
    *rel = lower_cte(l, "numbered", &body, false);
    set_ordinal(l, rel, ordinal);
    buf_free(&body);
    return OK;
}

/* ------------------------------------------------------------------ nodes */

/* More cells than this do not become SQL. */
enum { SQL_MAX_CELLS = 2000 };

static void put_value_rows(Lowering *l, const Plan *p, Str ordinal, Buf *body) {
    const Schema *schema = &p->schema;
    ValuesSlot slot = {.plan = p, .ordinal = ordinal};
    slot.names = ARENA_ARRAY(l->arena, Str, schema->n + 1);
    for (uint32_t i = 0; i < schema->n; i++) {
        Buf name = {0};
        sql_column(&name, schema->items[i].id);
        slot.names[i] = arena_str(l->arena, buf_str(&name));
        buf_free(&name);
    }
    buf_printf(body, "SELECT * FROM quarry_values(%zu)", l->n_values);
    ARENA_PUSH(l->arena, l->values, l->n_values, l->cap_values, slot);
}

/* SELECT columns by name; a VALUES list has positional names, set by the alias list. */
static Status lower_values(Lowering *l, const Plan *p, Rel *ret) {
    Buf body = {0};
    uint32_t n = p->schema.n, n_rows = p->u.values.n_rows;
    bool is_ordered = n_rows > 1;
    Str ordinal = is_ordered ? lower_hidden(l) : STR_EMPTY;
    if (n_rows <= 1) {
        buf_puts(&body, "SELECT ");
        for (uint32_t i = 0; i < n; i++) {
            if (i) buf_puts(&body, ", ");
            if (n_rows) sql_literal(&body, &p->u.values.cells[i]);
            else sql_missing(&body, p->schema.items[i].type);
            buf_puts(&body, " AS ");
            sql_column(&body, p->schema.items[i].id);
        }
        if (!n) buf_puts(&body, "1 AS o0");
        if (!n_rows) buf_puts(&body, " WHERE false");
    } else if ((uint64_t)n * n_rows > SQL_MAX_CELLS) {
        put_value_rows(l, p, ordinal, &body);
    } else {
        buf_puts(&body, "SELECT * FROM (VALUES");
        for (uint32_t r = 0; r < n_rows; r++) {
            buf_puts(&body, r ? ",\n    (" : "\n    (");
            sql_long(&body, r);
            for (uint32_t i = 0; i < n; i++) {
                buf_puts(&body, ", ");
                sql_literal(&body, &p->u.values.cells[(size_t)r * n + i]);
            }
            buf_putc(&body, ')');
        }
        buf_puts(&body, ") AS t(");
        buf_put(&body, ordinal);
        for (uint32_t i = 0; i < n; i++) {
            buf_puts(&body, ", ");
            sql_column(&body, p->schema.items[i].id);
        }
        buf_putc(&body, ')');
    }
    *ret = lower_cte(l, "values", &body, false);
    if (is_ordered) set_ordinal(l, ret, ordinal);
    buf_free(&body);
    return OK;
}

static Status lower_filter(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    KeyFeed *before = l->feeds;
    TRY(lower_feed_filter(l, p->inputs[0], p->u.filter.predicate));
    TRY(lower_node(l, p->inputs[0], &in));
    l->feeds = before;
    Buf body = {0};
    buf_puts(&body, "SELECT * FROM ");
    buf_put(&body, in.name);
    buf_puts(&body, "\n  WHERE ");
    Status status = lower_predicate(l, p->u.filter.predicate, &body);
    if (status == OK) {
        *ret = lower_cte(l, "filter", &body, false);
        lower_keep_order(ret, &in);
        ret->is_natural = in.is_natural;
    }
    buf_free(&body);
    return status;
}

static Status lower_project(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    Buf body = {0};
    Status status = OK;
    buf_puts(&body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n && status == OK; i++) {
        if (i) buf_puts(&body, ", ");
        status = lower_output(l, p->u.project.exprs[i], &p->schema.items[i], &body);
    }
    if (!p->schema.n) buf_puts(&body, "1 AS o0");
    lower_carry_order(&body, &in, &p->schema);
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, in.name);
    if (status == OK) {
        *ret = lower_cte(l, "project", &body, false);
        lower_keep_order(ret, &in);
        ret->is_natural = in.is_natural;
    }
    buf_free(&body);
    return status;
}

/* Keys that are no columns become hidden ones. NaN stands beside the nulls ("sort operator", the table
 * of special values); to the engine it is the greatest number. */
static Status put_sort_key(Lowering *l, const SortKey *key, OrderKey *ret, Buf *body) {
    *ret = (OrderKey){.is_descending = key->is_descending, .nulls_first = key->nulls_first};
    ret->moves_nan = key->expr->type == TYPE_REAL && key->is_descending != key->nulls_first;
    Buf column = {0};
    if (key->expr->kind == EXPR_COLUMN) {
        sql_column(&column, key->expr->u.column);
        ret->column = arena_str(l->arena, buf_str(&column));
        buf_free(&column);
        return OK;
    }
    ret->column = lower_hidden(l);
    buf_puts(body, ", ");
    TRY(lower_expr(l, key->expr, body));
    buf_puts(body, " AS ");
    buf_put(body, ret->column);
    return OK;
}

static Status lower_sort(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    OrderKey *order = ARENA_ARRAY(l->arena, OrderKey, p->u.sort.n + 1);
    Buf body = {0};
    buf_puts(&body, "SELECT *");
    size_t plain = body.len;
    Status status = OK;
    for (uint32_t i = 0; i < p->u.sort.n && status == OK; i++)
        status = put_sort_key(l, &p->u.sort.keys[i], &order[i], &body);
    if (status == OK) {
        *ret = in;
        if (body.len > plain) {
            buf_puts(&body, "\n  FROM ");
            buf_put(&body, in.name);
            *ret = lower_cte(l, "sort", &body, false);
        }
        ret->order = order;
        ret->n_order = p->u.sort.n;
        ret->is_total = ret->is_natural = false;
    }
    buf_free(&body);
    return status;
}

/* Which rows come first: all of them, or of each value of the partition column by themselves. */
static void put_take_order(const Plan *p, const Rel *in, Buf *body) {
    if (p->partition) {
        buf_puts(body, "\n  QUALIFY row_number() OVER (PARTITION BY ");
        sql_column(body, p->partition);
    }
    if (p->kind == PLAN_SAMPLE) buf_puts(body, " ORDER BY random()");
    else if (p->partition || !in->is_natural) lower_order_by(body, in);
    buf_puts(body, p->partition ? ") <= " : "\n  LIMIT ");
}

static Status lower_take(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    Buf body = {0};
    buf_puts(&body, "SELECT * FROM ");
    buf_put(&body, in.name);
    put_take_order(p, &in, &body);
    Status status = OK;
    const Expr *count = p->u.take.count;
    if (count->kind == EXPR_LITERAL) {
        int64_t n = count->type == TYPE_INT ? count->u.literal.u.i : count->u.literal.u.l;
        buf_printf(&body, "%" PRId64, count->u.literal.is_null || n < 0 ? 0 : n);
    } else {
        buf_puts(&body, "(greatest(0, COALESCE(");
        status = lower_expr(l, count, &body);
        buf_puts(&body, ", 0)))");
    }
    if (status == OK) {
        *ret = lower_cte(l, p->kind == PLAN_SAMPLE ? "sample" : "take", &body, false);
        if (p->kind == PLAN_TAKE) lower_keep_order(ret, &in);
        ret->is_natural = p->kind == PLAN_TAKE && !p->partition && in.is_natural;
    }
    buf_free(&body);
    return status;
}

static Status lower_serialize(Lowering *l, const Plan *p, Rel *ret) {
    TRY(lower_node(l, p->inputs[0], ret));
    return ret->n_order ? OK : lower_number_rows(l, &p->inputs[0]->schema, ret);
}

static Status shared_rel(Lowering *l, const Plan *p, Rel *ret) {
    const Rel *table = kept_find(l->kept, p->u.shared.share_id);
    if (table) {
        *ret = *table;
        return OK;
    }
    for (size_t i = 0; i < l->n_shared; i++) {
        if (l->shared[i].share_id != p->u.shared.share_id) continue;
        *ret = l->shared[i].rel;
        return OK;
    }
    Rel in;
    TRY(lower_node(l, p->inputs[0], &in));
    Buf body = {0};
    buf_puts(&body, "SELECT * FROM ");
    buf_put(&body, in.name);
    *ret = lower_cte(l, "shared", &body, true);
    lower_keep_order(ret, &in);
    buf_free(&body);
    SharedRel entry = {p->u.shared.share_id, *ret};
    ARENA_PUSH(l->arena, l->shared, l->n_shared, l->cap_shared, entry);
    return OK;
}

/* A reference: fresh ids, and the order's columns under fresh names, since two references may meet.
 */
static Status lower_shared(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    TRY(shared_rel(l, p, &in));
    Buf body = {0};
    buf_puts(&body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        if (i) buf_puts(&body, ", ");
        sql_column(&body, p->u.shared.map[i]);
        buf_puts(&body, " AS ");
        sql_column(&body, p->schema.items[i].id);
    }
    if (!p->schema.n) buf_puts(&body, "1 AS o0");
    OrderKey *order = ARENA_ARRAY(l->arena, OrderKey, in.n_order + 1);
    for (uint32_t i = 0; i < in.n_order; i++) {
        order[i] = in.order[i];
        order[i].column = lower_hidden(l);
        buf_puts(&body, ", ");
        buf_put(&body, in.order[i].column);
        buf_puts(&body, " AS ");
        buf_put(&body, order[i].column);
    }
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, in.name);
    *ret = lower_cte(l, "reference", &body, false);
    ret->order = order;
    ret->n_order = in.n_order;
    ret->is_total = in.is_total;
    buf_free(&body);
    return OK;
}

static Status lower_kind(Lowering *l, const Plan *p, Rel *ret) {
    switch (p->kind) {
    case PLAN_SCAN: return lower_scan(l, p, ret);
    case PLAN_VALUES: return lower_values(l, p, ret);
    case PLAN_RANGE: return lower_range(l, p, ret);
    case PLAN_FILTER: return lower_filter(l, p, ret);
    case PLAN_PROJECT: return lower_project(l, p, ret);
    case PLAN_AGGREGATE: return lower_aggregate(l, p, ret);
    case PLAN_SORT: return lower_sort(l, p, ret);
    case PLAN_TAKE:
    case PLAN_SAMPLE: return lower_take(l, p, ret);
    case PLAN_JOIN: return lower_join(l, p, ret);
    case PLAN_UNION: return lower_union(l, p, ret);
    case PLAN_MV_EXPAND: return lower_mv_expand(l, p, ret);
    case PLAN_SERIALIZE: return lower_serialize(l, p, ret);
    case PLAN_WINDOW: return lower_window(l, p, ret);
    case PLAN_PROCESS: return lower_process(l, p, ret);
    case PLAN_SHARED: return lower_shared(l, p, ret);
    case PLAN_RESULTS: return lower_broken(l, p->span, "several results at once");
    }
    return lower_broken(l, p->span, "an unknown plan node");
}

Status lower_node(Lowering *l, const Plan *p, Rel *ret) {
    *ret = (Rel){0};
    if (l->ctes.len > LOWER_MAX_SQL) {
        diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, p->span, "QY510",
                 "the query is too large once its parts are put together");
        return LIMIT;
    }
    if (++l->depth > LOWER_MAX_DEPTH) {
        diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, p->span, "QY511",
                 "the query is nested too deeply");
        return LIMIT;
    }
    if (diags_are_late(l->diags)) {
        diags_add_late(l->diags);
        return LIMIT;
    }
    Status status = lower_kind(l, p, ret);
    l->depth--;
    return status;
}

/* ---------------------------------------------------------- the statement */

/* A datetime as TIMESTAMP_NS; out of its range (1677 to 2262) the conversion fails, and the caller
 * writes ticks instead. */
static void put_timestamp(Buf *out, ColumnId id) {
    buf_puts(out, "make_timestamp_ns((");
    sql_column(out, id);
    buf_puts(out, " - 621355968000000000) * 100)");
}

/* A decimal as its text: the format's own decimals have a fixed number of places. */
static Status put_decimal_text(Lowering *l, ColumnId id, Buf *out) {
    Buf column = {0};
    sql_column(&column, id);
    buf_puts(out, "CASE WHEN ");
    buf_put(out, buf_str(&column));
    buf_puts(out, " IS NOT NULL THEN ");
    Status status =
        lower_helper(l, HELPER_CONVERT, TYPE_DECIMAL, TYPE_STRING, buf_str(&column), out);
    buf_puts(out, " END");
    buf_free(&column);
    return status;
}

static Status put_result_columns(Lowering *l, Buf *out, const Schema *schema,
                                 const LowerOptions *options) {
    for (uint32_t i = 0; i < schema->n; i++) {
        const Column *c = &schema->items[i];
        if (i) buf_puts(out, ", ");
        if (options->for_parquet && c->type == TYPE_DATETIME && !options->keeps_ticks)
            put_timestamp(out, c->id);
        else if (options->for_parquet && c->type == TYPE_DECIMAL)
            TRY(put_decimal_text(l, c->id, out));
        else sql_column(out, c->id);
        if (options->for_parquet) {
            buf_puts(out, " AS ");
            sql_ident(out, c->name);
        }
    }
    if (!schema->n) buf_puts(out, "1");
    return OK;
}

static Lowered lowered_of(Lowering *l, const Plan *plan, Buf *sql) {
    Lowered lowered = {.sql = arena_str(l->arena, buf_str(sql)),
                       .slots = l->slots,
                       .n_slots = (uint32_t)l->n_slots,
                       .values = l->values,
                       .n_values = (uint32_t)l->n_values,
                       .key_sets = l->key_sets,
                       .n_key_sets = (uint32_t)l->n_key_sets,
                       .processes = l->processes,
                       .n_processes = (uint32_t)l->n_processes,
                       .plan = plan};
    buf_free(sql);
    return lowered;
}

/* With a relation that comes from a kept table alone there is no CTE. */
static void put_with(Buf *sql, const Lowering *l) {
    if (!l->ctes.len) return;
    buf_puts(sql, "WITH ");
    buf_put(sql, buf_str(&l->ctes));
    buf_puts(sql, "\n");
}

Status lower_plan(Engine *e, const Plan *plan, const LowerOptions *options, Arena *arena,
                  Diags *diags, Lowered *ret) {
    Lowering l = {.engine = e,
                  .arena = arena,
                  .diags = diags,
                  .kept = options->kept,
                  .binds_late = options->binds_late};
    l.placed = lower_placed_scan(&l, plan);
    Rel rel;
    Status status = lower_node(&l, plan, &rel);
    if (status == OK) {
        Buf sql = {0};
        put_with(&sql, &l);
        buf_puts(&sql, "SELECT ");
        status = put_result_columns(&l, &sql, &plan->schema, options);
        buf_puts(&sql, " FROM ");
        buf_put(&sql, rel.name);
        if (!rel.is_natural) lower_order_by(&sql, &rel);
        *ret = lowered_of(&l, plan, &sql);
    }
    buf_free(&l.ctes);
    return status;
}

Status lower_table(Engine *e, const Plan *plan, const Kept *kept, Str name, Arena *arena,
                   Diags *diags, Lowered *ret, Rel *ret_rel) {
    Lowering l = {.engine = e, .arena = arena, .diags = diags, .kept = kept};
    Status status = lower_node(&l, plan, ret_rel);
    if (status == OK) {
        Buf sql = {0};
        buf_puts(&sql, "CREATE TABLE ");
        buf_put(&sql, name);
        buf_puts(&sql, " AS ");
        put_with(&sql, &l);
        buf_puts(&sql, "SELECT * FROM ");
        buf_put(&sql, ret_rel->name);
        *ret = lowered_of(&l, plan, &sql);
    }
    buf_free(&l.ctes);
    return status;
}
