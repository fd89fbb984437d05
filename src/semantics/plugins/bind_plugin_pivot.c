/*
 * bind_plugin_pivot.c: pivot and narrow.
 *
 * Source: "pivot plugin", "narrow plugin". Each value of the pivot column becomes a column: without an
 * output schema the input is run once to find the values, which are sorted. The table is summarised by the
 * remaining columns and the pivot; then each value's cell is picked. Where there is none, the cell is the
 * aggregate of no rows.
 */
#include <stdlib.h>

#include "semantics/bind_scope.h"
#include "semantics/plugins/bind_plugins.h"

#define PIVOT_MAX_COLUMNS 5000u

typedef struct Pivot {
    const Plugin *plugin;
    Span span;
    Column pivot;
    AggregateList aggregate; /* one */
    Column *keys;
    uint32_t n_keys;
    Str *values; /* names of the new columns */
    uint32_t n_values;
} Pivot;

/* ----------------------------------------------------------------- arguments */

static bool read_aggregate(Binder *b, const Node *call, Pivot *ret) {
    Node count = {.kind = NODE_CALL, .span = ret->span, .text = STR("count")};
    Node *node = ARENA_NEW(b->arena, Node);
    *node = call ? *call : count;
    if (!bind_is_aggregate_call(b, node)) {
        bind_error(b, node, "KS110", "An aggregate expected.");
        return false;
    }
    Expr *e = bind_aggregate_expr(b, node, &ret->aggregate);
    if (expr_is_error(e)) return false;
    if (ret->aggregate.n == 1 && ret->aggregate.items[0].n_columns == 1) return true;
    bind_error(b, node, "KS110", "An aggregate with one column expected.");
    return false;
}

typedef struct Used {
    const Column *column;
    bool found;
} Used;

static void find_use(Expr *e, void *ctx) {
    Used *u = ctx;
    if (e->kind == EXPR_COLUMN && e->u.column == u->column->id) u->found = true;
}

static bool is_aggregated(const Pivot *v, const Column *c) {
    Used u = {.column = c};
    const Aggregate *a = &v->aggregate.items[0];
    for (uint32_t i = 0; i < a->n_args; i++) expr_visit(a->args[i], find_use, &u);
    return u.found;
}

/* The columns that are named, or all but the pivot and what is aggregated. */
static bool read_keys(Binder *b, const Plugin *p, uint32_t from, Pivot *ret) {
    const Schema *s = &p->input->schema;
    ret->keys = ARENA_ARRAY(b->arena, Column, s->n + p->call->n + 1);
    for (uint32_t i = from; i < p->call->n; i++) {
        const Column *c = plugin_column(b, p, i);
        if (!c) return false;
        ret->keys[ret->n_keys++] = *c;
    }
    for (uint32_t i = 0; from >= p->call->n && i < s->n; i++)
        if (s->items[i].id != ret->pivot.id && !is_aggregated(ret, &s->items[i]))
            ret->keys[ret->n_keys++] = s->items[i];
    for (uint32_t i = 0; i < ret->n_keys; i++) {
        if (ret->keys[i].type != TYPE_DYNAMIC) continue;
        bind_error(b, p->call, "KS166", "The dynamic column '%.*s' cannot be a group key.",
                   STR_ARG(ret->keys[i].name))
            ->hint = STR("project it away, or make text of it with tostring(...)");
        return false;
    }
    return true;
}

static bool read_pivot(Binder *b, const Plugin *p, Pivot *ret) {
    *ret = (Pivot){.plugin = p, .span = p->op->span};
    const Column *pivot = plugin_column(b, p, 0);
    if (!pivot) return false;
    ret->pivot = *pivot;
    const Node *second = plugin_argument(p, 1, NULL);
    bool has_call = second && node_bare(second)->kind == NODE_CALL;
    return read_aggregate(b, has_call ? node_bare(second) : NULL, ret) &&
           read_keys(b, p, has_call ? 2 : 1, ret);
}

/* -------------------------------------------------------------------- values */

static Expr *pivot_text(Binder *b, const Pivot *v) {
    return expr_convert(b, expr_column(b, &v->pivot, v->span), TYPE_STRING);
}

static int by_text(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* True when the values are known; *ret_has_data false when nothing can be looked at. */
static bool find_values(Binder *b, Pivot *v, bool *ret_has_data) {
    Projection only = projection_new(b);
    projection_add(&only, STR("value"), pivot_text(b, v));
    Plan *texts = projection_finish(&only, v->plugin->input, false, v->span);
    Plan *plan = plugin_group(b, texts, texts->schema.items, 1, 0, v->span);
    Value *cells;
    size_t n_rows;
    if (!plugin_rows(b, v->plugin, plan, PIVOT_MAX_COLUMNS, &cells, &n_rows, ret_has_data))
        return false;
    v->values = ARENA_ARRAY(b->arena, Str, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) v->values[i] = cells[i].u.s;
    v->n_values = (uint32_t)n_rows;
    if (n_rows) qsort(v->values, n_rows, sizeof *v->values, by_text);
    return true;
}

static void declared_values(Binder *b, const Schema *declared, Pivot *v) {
    v->values = ARENA_ARRAY(b->arena, Str, declared->n + 1);
    for (uint32_t i = 0; i < declared->n; i++) {
        bool is_key = false;
        for (uint32_t k = 0; k < v->n_keys; k++)
            is_key = is_key || str_eq(v->keys[k].name, declared->items[i].name);
        if (!is_key) v->values[v->n_values++] = declared->items[i].name;
    }
}

/* --------------------------------------------------------------------- cells */

/* summarize <aggregate> by <keys>, $pivot */
static Plan *summarize_cells(Binder *b, Pivot *v) {
    Projection p = projection_of(b, v->plugin->input);
    uint32_t at = projection_add(&p, STR("$pivot"), pivot_text(b, v));
    Column *keys = ARENA_ARRAY(b->arena, Column, v->n_keys + 1);
    memcpy(keys, v->keys, v->n_keys * sizeof *keys);
    keys[v->n_keys] = p.columns[at];
    Plan *rows = projection_finish(&p, v->plugin->input, false, v->span);
    Plan *group = plugin_group(b, rows, keys, v->n_keys + 1, 1, v->span);
    group->u.aggregate.aggs[0] = v->aggregate.items[0];
    group->u.aggregate.n_aggs = 1;
    group->schema.items[group->schema.n++] = v->aggregate.items[0].columns[0];
    return group;
}

/* The aggregate of no rows: one row, one column. */
static Plan *summarize_nothing(Binder *b, const Pivot *v) {
    const Aggregate *from = &v->aggregate.items[0];
    Plan *group =
        plugin_group(b, plan_empty(b, v->plugin->input->schema, v->span), NULL, 0, 1, v->span);
    plugin_aggregate(b, group, from->fn->name, from->args, from->n_args, from->columns[0].type,
                     STR("$nothing"));
    uint32_t share = 0;
    return plan_share(b, group, &share, v->span);
}

/* By the keys: each value's cell and whether it is there, two columns a value. */
static Plan *spread_cells(Binder *b, const Pivot *v, Plan *cells) {
    const Column *pivot = &cells->schema.items[v->n_keys],
                 *cell = &cells->schema.items[v->n_keys + 1];
    Plan *p = plugin_group(b, cells, v->keys, v->n_keys, 2 * v->n_values, v->span);
    for (uint32_t i = 0; i < v->n_values; i++) {
        Expr *is_value = expr_operator(b, "==", expr_column(b, pivot, v->span),
                                       expr_of_value(b, value_str(v->values[i]), v->span), v->span);
        Expr *args[2] = {expr_column(b, cell, v->span), is_value};
        plugin_aggregate(b, p, "take_anyif", args, 2, cell->type, v->values[i]);
        plugin_aggregate(b, p, "countif", &is_value, 1, TYPE_LONG, STR("$there"));
    }
    return p;
}

static Plan *build(Binder *b, Pivot *v) {
    Plan *spread = spread_cells(b, v, summarize_cells(b, v)), *nothing = summarize_nothing(b, v);
    Plan *cross = plan_node(b, PLAN_JOIN, v->span, spread, nothing);
    cross->u.join.kind = JOIN_INNER;
    cross->schema.items = ARENA_ARRAY(b->arena, Column, spread->schema.n + 1);
    memcpy(cross->schema.items, spread->schema.items,
           spread->schema.n * sizeof *cross->schema.items);
    cross->schema.items[spread->schema.n] = nothing->schema.items[0];
    cross->schema.n = spread->schema.n + 1;
    Projection out = projection_new(b);
    for (uint32_t i = 0; i < v->n_keys; i++)
        projection_add(&out, v->keys[i].name, expr_column(b, &v->keys[i], v->span));
    for (uint32_t i = 0; i < v->n_values; i++) {
        const Column *cell = &spread->schema.items[v->n_keys + 2 * i];
        Expr *zero = expr_of_value(b, value_long(0), v->span);
        Expr *args[3] = {expr_operator(b, "==", expr_column(b, cell + 1, v->span), zero, v->span),
                         expr_column(b, &nothing->schema.items[0], v->span),
                         expr_column(b, cell, v->span)};
        Expr *value = expr_call_typed(b, catalog_scalar(STR("iff")), args, 3, cell->type, v->span);
        projection_add(&out, v->values[i], value);
    }
    return projection_finish(&out, cross, false, v->span);
}

/* The columns in the order and of the types that are declared. */
static Plan *as_declared(Binder *b, const Pivot *v, Plan *table, const Schema *declared) {
    Projection out = projection_new(b);
    for (uint32_t i = 0; i < declared->n; i++) {
        const Column *c = bind_column_in(&table->schema, declared->items[i].name);
        Expr *e = c ? expr_column(b, c, v->span) : expr_error(b, v->span);
        projection_add(&out, declared->items[i].name, expr_convert(b, e, declared->items[i].type));
    }
    return projection_finish(&out, table, false, v->span);
}

Plan *plugin_pivot(Binder *b, const Plugin *p) {
    Pivot v;
    if (!read_pivot(b, p, &v)) return NULL;
    if (p->schema) {
        Schema declared;
        if (!bind_schema(b, p->schema, &declared)) return NULL;
        declared_values(b, &declared, &v);
        Plan *table = build(b, &v);
        return table ? as_declared(b, &v, table, &declared) : NULL;
    }
    bool has_data;
    if (find_values(b, &v, &has_data)) return build(b, &v);
    if (has_data) return NULL;
    Plan *group = plugin_group(b, p->input, v.keys, v.n_keys, 0, v.span);
    bind_open(b, group);
    return group;
}

/* --------------------------------------------------------------------- narrow */

/* A row for each cell: the row's number from 0, the column's name, the value as text. */
Plan *plugin_narrow(Binder *b, const Plugin *p) {
    Span span = p->op->span;
    const Schema *s = &p->input->schema;
    Expr **pairs = ARENA_ARRAY(b->arena, Expr *, s->n + 1);
    for (uint32_t i = 0; i < s->n; i++) {
        Expr *pair[2] = {expr_of_value(b, value_str(s->items[i].name), span),
                         expr_convert(b, expr_column(b, &s->items[i], span), TYPE_STRING)};
        pairs[i] = expr_function(b, "pack_array", pair, 2, span);
    }
    Plan *ordered = plan_node(b, PLAN_SERIALIZE, span, p->input, NULL);
    Projection rows = projection_new(b);
    Expr *zero = expr_of_value(b, value_long(0), span);
    projection_add(&rows, STR("Row"), expr_function(b, "row_number", &zero, 1, span));
    projection_add(&rows, STR("$pair"), expr_function(b, "pack_array", pairs, s->n, span));
    Plan *numbered = projection_finish(&rows, ordered, false, span);
    if (!numbered) return NULL;
    Plan *cells = plan_node(b, PLAN_MV_EXPAND, span, numbered, NULL);
    cells->u.mv_expand.n = 1;
    cells->u.mv_expand.columns = ARENA_NEW(b->arena, ColumnId);
    cells->u.mv_expand.columns[0] = numbered->schema.items[1].id;
    cells->u.mv_expand.outputs = ARENA_NEW(b->arena, Column);
    cells->u.mv_expand.outputs[0] =
        (Column){.id = bind_fresh_column(b), .type = TYPE_DYNAMIC, .name = STR("$pair")};
    cells->u.mv_expand.limit = INT64_MAX;
    cells->schema.items = ARENA_ARRAY(b->arena, Column, 2);
    cells->schema.items[0] = numbered->schema.items[0];
    cells->schema.items[1] = cells->u.mv_expand.outputs[0];
    Projection out = projection_new(b);
    projection_add(&out, STR("Row"), expr_column(b, &cells->schema.items[0], span));
    for (int64_t i = 0; i < 2; i++) {
        Expr *args[2] = {expr_column(b, &cells->schema.items[1], span),
                         expr_of_value(b, value_long(i), span)};
        Expr *part = expr_call_typed(b, catalog_operator(STR("[]")), args, 2, TYPE_DYNAMIC, span);
        projection_add(&out, i ? STR("Value") : STR("Column"), expr_convert(b, part, TYPE_STRING));
    }
    return projection_finish(&out, cells, false, span);
}
