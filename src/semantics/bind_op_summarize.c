/*
 * bind_op_summarize.c: summarize and count.
 *
 * Source: "summarize operator", "count operator". The columns of `by` come first, then the aggregates
 * in the order written. An item that is more than one call (sum(x) / count()) is a projection over the
 * aggregates that it holds.
 */
#include "semantics/bind_ops.h"

typedef struct Item {
    const Node *node; /* the expression, its name taken off */
    Str name;         /* given, else empty */
    Expr *expr;
    bool is_call; /* one aggregate call and nothing else: all its columns are shown */
    size_t aggregate;
} Item;

static bool add_key(Binder *b, Plan *p, const Node *node) {
    bool is_named = node->kind == NODE_NAMED;
    Expr *e = bind_expr(b, is_named ? node->kids[1] : node);
    if (expr_is_error(e)) return false;
    if (e->type == TYPE_DYNAMIC) {
        bind_error(b, node, "KS166",
                   "A dynamic value cannot be a group key: it must be cast to a scalar type.")
            ->hint = STR("tostring(...) makes text of it");
        return false;
    }
    uint32_t at = p->u.aggregate.n_keys++;
    bool is_plain = e->kind == EXPR_COLUMN;
    for (uint32_t i = 0; i < at; i++)
        if (is_plain && p->schema.items[i].id == e->u.column) is_plain = false;
    p->u.aggregate.keys[at] = e;
    p->schema.items[at] = (Column){.id = is_plain ? e->u.column : bind_fresh_column(b),
                                   .type = e->type,
                                   .name = is_named ? node->kids[0]->text : bind_name_of(b, node)};
    return true;
}

static bool bind_keys(Binder *b, Plan *p, const Node *by) {
    uint32_t n = by ? by->n : 0;
    p->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, n + 1);
    p->schema = (Schema){.items = ARENA_ARRAY(b->arena, Column, n + 1)};
    bool ok = true;
    for (uint32_t i = 0; i < n; i++) ok = add_key(b, p, by->kids[i]) && ok;
    p->schema.n = p->u.aggregate.n_keys;
    return ok;
}

static bool bind_item(Binder *b, const Node *node, AggregateList *list, Item *ret) {
    Item item = {.node = node};
    if (node->kind == NODE_NAMED_LIST) {
        bind_unsupported_expr(b, node, "A list of names for one aggregate");
        return false;
    }
    if (node->kind == NODE_NAMED) {
        item.name = node->kids[0]->text;
        item.node = node->kids[1];
    }
    item.is_call = bind_is_aggregate_call(b, item.node);
    item.expr = bind_aggregate_expr(b, item.node, list);
    if (expr_is_error(item.expr)) return false;
    if (item.is_call) item.aggregate = list->n - 1;
    *ret = item;
    return true;
}

typedef struct Outside {
    const Schema *schema;
    const Expr *found;
} Outside;

static void find_outside(Expr *e, void *ctx) {
    Outside *o = ctx;
    if (e->kind == EXPR_COLUMN && !o->found && !schema_find(o->schema, e->u.column)) o->found = e;
}

static bool stands_over_groups(Binder *b, const Plan *p, Item *item) {
    Outside o = {.schema = &p->schema};
    expr_visit(item->expr, find_outside, &o);
    if (!o.found) return true;
    bind_error_at(b, o.found->span, "KS158",
                  "A column must stand inside an aggregate here, or be a column of 'by'.")
        ->hint = STR("take_any(x) takes the value of some row");
    return false;
}

static void finish_schema(Binder *b, Plan *p, const AggregateList *list) {
    uint32_t n = p->schema.n;
    for (size_t i = 0; i < list->n; i++) n += list->items[i].n_columns;
    Column *columns = ARENA_ARRAY(b->arena, Column, n + 1);
    uint32_t at = 0;
    for (; at < p->schema.n; at++) columns[at] = p->schema.items[at];
    for (size_t i = 0; i < list->n; i++)
        for (uint32_t c = 0; c < list->items[i].n_columns; c++)
            columns[at++] = list->items[i].columns[c];
    p->schema = (Schema){.items = columns, .n = at};
    p->u.aggregate.aggs = list->items;
    p->u.aggregate.n_aggs = (uint32_t)list->n;
    p->is_open = false;
}

static void show_item(Binder *b, Projection *out, const AggregateList *list, const Item *item) {
    if (!item->is_call) {
        projection_add(out, item->name.len ? item->name : bind_name_of(b, item->node), item->expr);
        return;
    }
    const Aggregate *a = &list->items[item->aggregate];
    for (uint32_t c = 0; c < a->n_columns; c++) {
        bool is_named = c == 0 && item->name.len;
        projection_add(out, is_named ? item->name : a->columns[c].name,
                       expr_column(b, &a->columns[c], item->node->span));
    }
}

Plan *bind_op_summarize(Binder *b, const Node *op, Plan *input) {
    if (op->n_params && node_param(op, "bin"))
        return bind_unsupported(b, op, "The old clause bin= of summarize");
    Plan *p = plan_node(b, PLAN_AGGREGATE, op->span, input, NULL);
    const Node *list_node = op->kids[0];
    bool ok = bind_keys(b, p, op->n > 1 ? op->kids[1] : NULL);
    ColumnId *skips = ARENA_ARRAY(b->arena, ColumnId, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++) skips[i] = p->schema.items[i].id;
    b->star_skips = skips;
    b->n_star_skips = p->schema.n;
    AggregateList list = {0};
    uint32_t n = list_node ? list_node->n : 0;
    Item *items = ARENA_ARRAY(b->arena, Item, n + 1);
    for (uint32_t i = 0; i < n; i++) ok = bind_item(b, list_node->kids[i], &list, &items[i]) && ok;
    b->star_skips = NULL;
    b->n_star_skips = 0;
    if (!ok) return NULL;
    uint32_t n_keys = p->schema.n;
    finish_schema(b, p, &list);
    Projection out = projection_new(b);
    for (uint32_t i = 0; i < n_keys; i++)
        projection_add(&out, p->schema.items[i].name,
                       expr_column(b, &p->schema.items[i], op->span));
    for (uint32_t i = 0; i < n; i++) {
        if (!stands_over_groups(b, p, &items[i])) return NULL;
        show_item(b, &out, &list, &items[i]);
    }
    return projection_finish(&out, p, false, op->span);
}

/* One row, one column "Count", or the name given by `as`. */
Plan *bind_op_count(Binder *b, const Node *op, Plan *input) {
    Plan *p = plan_node(b, PLAN_AGGREGATE, op->span, input, NULL);
    Aggregate *a = ARENA_NEW(b->arena, Aggregate);
    Column *column = ARENA_NEW(b->arena, Column);
    *column = (Column){.id = bind_fresh_column(b),
                       .type = TYPE_LONG,
                       .name = op->n && op->kids[0] ? op->kids[0]->text : STR("Count")};
    *a = (Aggregate){
        .fn = catalog_aggregate(STR("count")), .columns = column, .n_columns = 1, .span = op->span};
    p->schema = (Schema){.items = column, .n = 1};
    p->u.aggregate.aggs = a;
    p->u.aggregate.n_aggs = 1;
    p->is_open = false;
    return p;
}
