/*
 * bind_op_hitters.c: sample-distinct and top-hitters.
 *
 * Source: "sample-distinct operator", "top-hitters operator". Kusto approximates top-hitters; the exact
 * answer that it approximates is `summarize count() by x | top n` (or sum(y)).
 */
#include "semantics/operators/bind_ops.h"

typedef struct Item {
    Expr *expr;
    Str name;
} Item;

/* `[name =] expression`, or an ORDERED of it. */
static bool bind_item(Binder *b, const Node *n, Item *ret) {
    if (n->kind == NODE_ORDERED) n = n->kids[0];
    bool is_named = n->kind == NODE_NAMED;
    ret->expr = bind_key(b, n, bind_expr(b, is_named ? n->kids[1] : n), "a group key");
    ret->name = is_named ? n->kids[0]->text : bind_name_of(b, n);
    return !expr_is_error(ret->expr);
}

static Plan *group_by(Binder *b, const Item *item, const Aggregate *aggregate, Plan *input,
                      Span span) {
    Plan *p = plan_node(b, PLAN_AGGREGATE, span, input, NULL);
    p->u.aggregate.keys = ARENA_NEW(b->arena, Expr *);
    p->u.aggregate.keys[0] = item->expr;
    p->u.aggregate.n_keys = 1;
    bool is_plain = item->expr->kind == EXPR_COLUMN;
    Column key = {.id = is_plain ? item->expr->u.column : bind_fresh_column(b),
                  .type = item->expr->type,
                  .name = item->name.len ? item->name : STR("Column1")};
    Column *columns = ARENA_ARRAY(b->arena, Column, 2);
    columns[0] = key;
    p->schema = (Schema){.items = columns, .n = 1};
    p->is_open = false;
    if (!aggregate) return p;
    p->u.aggregate.aggs = ARENA_NEW(b->arena, Aggregate);
    p->u.aggregate.aggs[0] = *aggregate;
    p->u.aggregate.n_aggs = 1;
    columns[p->schema.n++] = aggregate->columns[0];
    return p;
}

Plan *bind_op_sample_distinct(Binder *b, const Node *op, Plan *input) {
    Expr *count = bind_count(b, op->kids[0]);
    Item item;
    if (!bind_item(b, op->kids[1], &item) || expr_is_error(count)) return NULL;
    Plan *p = plan_node(b, PLAN_TAKE, op->span, group_by(b, &item, NULL, input, op->span), NULL);
    p->u.take.count = count;
    return p;
}

/* count(), or the sum of `by`. */
static bool hits(Binder *b, const Node *by, const Item *of, Aggregate *ret) {
    Item item = {.name = of->name};
    *ret = (Aggregate){.fn = catalog_aggregate(STR("count")),
                       .columns = ARENA_NEW(b->arena, Column),
                       .n_columns = 1};
    Type type = TYPE_LONG;
    if (by) {
        if (!bind_item(b, by, &item)) return false;
        type = item.expr->type == TYPE_INT ? TYPE_LONG : item.expr->type;
        if (!(TYPE_BIT(type) & (TS_NUMBER | TS_TIMESPAN))) {
            bind_error(b, by, "KS108", "A number expected, not %s.", type_name(type));
            return false;
        }
        ret->fn = catalog_aggregate(STR("sum"));
        ret->args = ARENA_NEW(b->arena, Expr *);
        ret->args[0] = expr_convert(b, item.expr, type);
        ret->n_args = 1;
        ret->span = by->span;
    }
    Str name = arena_printf(b->arena, by ? "approximate_sum_%.*s" : "approximate_count_%.*s",
                            STR_ARG(item.name));
    ret->columns[0] = (Column){.id = bind_fresh_column(b), .type = type, .name = name};
    return true;
}

Plan *bind_op_top_hitters(Binder *b, const Node *op, Plan *input) {
    Expr *count = bind_count(b, op->kids[0]);
    Item of;
    Aggregate aggregate;
    if (!bind_item(b, op->kids[1], &of) || !hits(b, op->kids[2], &of, &aggregate)) return NULL;
    if (expr_is_error(count)) return NULL;
    Plan *sorted =
        plan_node(b, PLAN_SORT, op->span, group_by(b, &of, &aggregate, input, op->span), NULL);
    sorted->u.sort.keys = ARENA_NEW(b->arena, SortKey);
    bool is_ascending =
        op->kids[2] && op->kids[2]->kind == NODE_ORDERED && (op->kids[2]->flags & NODE_FLAG_ASC);
    sorted->u.sort.keys[0] = (SortKey){.expr = expr_column(b, &aggregate.columns[0], op->span),
                                       .is_descending = !is_ascending,
                                       .nulls_first = is_ascending};
    sorted->u.sort.n = 1;
    Plan *p = plan_node(b, PLAN_TAKE, op->span, sorted, NULL);
    p->u.take.count = count;
    return p;
}
