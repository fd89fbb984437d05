/*
 * bind_op_set.c: operators that look at many rows: sort and distinct.
 *
 * Source: "sort" and "distinct" operators. Descending is the default; nulls come first when
 * ascending, last when descending.
 */
#include "semantics/operators/bind_ops.h"

Plan *bind_op_sort(Binder *b, const Node *op, Plan *input) {
    Plan *p = plan_node(b, PLAN_SORT, op->span, input, NULL);
    p->u.sort.keys = ARENA_ARRAY(b->arena, SortKey, op->n);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *key = op->kids[i];
        bool is_ordered = key->kind == NODE_ORDERED;
        if (is_ordered) key = key->kids[0];
        Expr *e = bind_key(b, key, bind_expr(b, key), "a sort key");
        if (expr_is_error(e)) continue;
        key = op->kids[i];
        bool is_descending = !(is_ordered && (key->flags & NODE_FLAG_ASC));
        bool nulls_first = is_ordered && (key->flags & NODE_FLAG_NULLS_FIRST)
                               ? true
                               : !is_descending && !(key->flags & NODE_FLAG_NULLS_LAST);
        p->u.sort.keys[p->u.sort.n++] =
            (SortKey){.expr = e, .is_descending = is_descending, .nulls_first = nulls_first};
    }
    return p->u.sort.n ? p : input;
}

/* A column that stands before `*` is not taken a second time. */
static bool is_listed(const Projection *p, const Column *c) {
    int at = projection_find(p, c->name);
    return at >= 0 && p->exprs[at]->kind == EXPR_COLUMN && p->exprs[at]->u.column == c->id;
}

Plan *bind_op_distinct(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        bool is_several = item->kind == NODE_STAR ||
                          (item->kind == NODE_NAME && (item->flags & NODE_FLAG_WILDCARD));
        if (!is_several) {
            bool is_named = item->kind == NODE_NAMED;
            Expr *e = bind_expr(b, is_named ? item->kids[1] : item);
            e = bind_key(b, item, e, "a key of distinct");
            projection_add_item(&p, item, is_named ? item->kids[0]->text : bind_name_of(b, item), e,
                                false);
            continue;
        }
        Column *columns;
        uint32_t n;
        if (!bind_columns(b, item, &columns, &n)) continue;
        for (uint32_t c = 0; c < n; c++)
            if (!is_listed(&p, &columns[c]))
                projection_add(&p, columns[c].name, expr_column(b, &columns[c], item->span));
    }
    Plan *keys = projection_finish(&p, input, false, op->span);
    if (!keys) return NULL;
    Plan *distinct = plan_node(b, PLAN_AGGREGATE, op->span, keys, NULL);
    distinct->u.aggregate.n_keys = keys->schema.n;
    distinct->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, keys->schema.n);
    for (uint32_t i = 0; i < keys->schema.n; i++) {
        if (keys->schema.items[i].type == TYPE_ERROR) return NULL;
        distinct->u.aggregate.keys[i] = expr_column(b, &keys->schema.items[i], op->span);
    }
    return distinct;
}
