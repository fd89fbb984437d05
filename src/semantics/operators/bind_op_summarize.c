/*
 * bind_op_summarize.c: summarize and count.
 *
 * Source: "summarize operator", "count operator". The columns of `by` come first, then the aggregates
 * in the order written. An item that is more than one call (sum(x) / count()) is a projection over the
 * aggregates that it holds.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

typedef struct Item {
    const Node *node;  /* the expression, its name taken off */
    const Node *given; /* NAMED or NAMED_LIST that holds the names, or NULL */
    Str name;          /* that of the expression itself */
    Expr *expr;
    bool is_call; /* one aggregate call and nothing else: all its columns are shown */
    size_t aggregate;
    Members members; /* of a call that gives several columns: series_stats(make_list(x)) */
} Item;

static bool add_key(Binder *b, Plan *p, const Node *node) {
    bool is_named = node->kind == NODE_NAMED;
    Expr *e = bind_expr(b, is_named ? node->kids[1] : node);
    e = bind_key(b, node, e, "a group key");
    if (expr_is_error(e)) return false;
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
    if (node->kind == NODE_NAMED || node->kind == NODE_NAMED_LIST) {
        item.given = node;
        item.node = node->kids[node->kind == NODE_NAMED ? 1 : 0];
    }
    item.is_call = bind_is_aggregate_call(b, item.node);
    b->aggregates = list; /* in names, too, hll_merge(x) means the aggregate */
    bool has_members = bind_members(b, item.node, &item.members);
    item.name = bind_name_of(b, item.node);
    b->aggregates = NULL;
    if (has_members && !item.members.n) return false;
    item.expr = has_members ? item.members.exprs[0] : bind_aggregate_expr(b, item.node, list);
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

static bool stands_over_groups(Binder *b, const Plan *p, uint32_t n_keys, Item *item) {
    Schema aggregates = {.items = p->schema.items + n_keys, .n = p->schema.n - n_keys};
    Schema keys = {.items = p->schema.items, .n = n_keys};
    Outside o = {.schema = &aggregates};
    expr_visit(item->expr, find_outside, &o);
    if (!o.found) return true;
    bool is_key = schema_find(&keys, o.found->u.column) != NULL;
    bind_error_at(b, o.found->span, "KS236", "A column must stand inside an aggregate here.")
        ->hint = is_key ? STR("what comes of a column of 'by' is an extend behind summarize")
                        : STR("take_any(x) takes the value of some row");
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

/* The name given to column `c` of an item, or an empty Str: x = ..., (x, y) = ... */
static Str given_name(const Item *item, uint32_t c) {
    const Node *given = item->given;
    if (!given) return STR_EMPTY;
    if (given->kind == NODE_NAMED) return c == 0 ? given->kids[0]->text : STR_EMPTY;
    return c + 1 < given->n ? given->kids[c + 1]->text : STR_EMPTY;
}

static bool check_names(Binder *b, const Item *item, uint32_t n_columns) {
    if (!item->given || item->given->kind != NODE_NAMED_LIST || item->given->n - 1 <= n_columns)
        return true;
    if (n_columns == 1)
        bind_error(b, item->given, "KS149", "The expression does not have multiple named values.");
    else
        bind_error(b, item->given, "KS149", "The expression has %u values, not %u.", n_columns,
                   item->given->n - 1);
    return false;
}

static bool show_members(Binder *b, Projection *out, const Item *item) {
    if (!check_names(b, item, item->members.n)) return false;
    for (uint32_t c = 0; c < item->members.n; c++) {
        Str given = given_name(item, c);
        if (given.len) projection_add_item(out, item->given, given, item->members.exprs[c], false);
        else projection_add(out, item->members.names[c], item->members.exprs[c]);
    }
    return true;
}

static bool show_item(Binder *b, Projection *out, const AggregateList *list, const Item *item) {
    if (item->members.n) return show_members(b, out, item);
    const Aggregate *a = item->is_call ? &list->items[item->aggregate] : NULL;
    if (!check_names(b, item, a ? a->n_columns : 1)) return false;
    if (!a) {
        Str given = given_name(item, 0);
        if (given.len) projection_add_item(out, item->given, given, item->expr, false);
        else projection_add(out, item->name, item->expr);
        return true;
    }
    for (uint32_t c = 0; c < a->n_columns; c++) {
        Str given = given_name(item, c);
        Expr *e = expr_column(b, &a->columns[c], item->node->span);
        if (given.len) projection_add_item(out, item->given, given, e, false);
        else projection_add(out, a->columns[c].name, e);
    }
    return true;
}

/* ---------------------------------------------------------------- windows */

/* Window functions stand in WINDOW nodes alone: an expression that holds one becomes a column of
 * the input. */
static void lift_window(Binder *b, Projection *all, Expr **slot) {
    if (!expr_holds_window(*slot)) return;
    uint32_t at = projection_add(all, STR("$window"), *slot);
    *slot = expr_column(b, &all->columns[at], (*slot)->span);
}

static bool lift_windows(Binder *b, Plan *p, const AggregateList *list) {
    Projection all = projection_of(b, p->inputs[0]);
    size_t n_before = all.n;
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++)
        lift_window(b, &all, &p->u.aggregate.keys[i]);
    for (size_t i = 0; i < list->n; i++)
        for (uint32_t k = 0; k < list->items[i].n_args; k++)
            lift_window(b, &all, &list->items[i].args[k]);
    if (all.n == n_before) return true;
    Plan *windowed = projection_finish(&all, p->inputs[0], true, p->span);
    if (windowed) p->inputs[0] = windowed;
    return windowed != NULL;
}

Plan *bind_op_summarize(Binder *b, const Node *op, Plan *input) {
    static const char *const strategies[] = {"shuffle", NULL};
    if (!bind_check_strategy(b, op, strategies)) return NULL;
    if (op->n_params && node_param(op, "bin"))
        return bind_unsupported(b, op,
                                "The old clause bin= of summarize\nwrite by bin(column, size)");
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
    if (!ok || !lift_windows(b, p, &list)) return NULL;
    uint32_t n_keys = p->schema.n;
    finish_schema(b, p, &list);
    Projection out = projection_new(b);
    for (uint32_t i = 0; i < n_keys; i++)
        projection_add_item(&out, op->kids[1]->kids[i], p->schema.items[i].name,
                            expr_column(b, &p->schema.items[i], op->span), false);
    for (uint32_t i = 0; i < n; i++) {
        if (!stands_over_groups(b, p, n_keys, &items[i])) return NULL;
        if (!show_item(b, &out, &list, &items[i])) return NULL;
    }
    return projection_finish(&out, p, false, op->span);
}

/* One row, one column "Count", or the name given by `as`. */
Plan *bind_op_count(Binder *b, const Node *op, Plan *input) {
    Str name = op->n && op->kids[0] ? op->kids[0]->text : STR("Count");
    return plan_aggregate_all(b, input, "count", NULL, TYPE_LONG, name, op->span);
}
