/*
 * bind_op_top.c: top, as and render.
 *
 * Source: "top operator" (a sort, then the first rows), "as operator", "render operator".
 */
#include "base/json.h"
#include "semantics/operators/bind_ops.h"

Plan *bind_op_top(Binder *b, const Node *op, Plan *input) {
    Expr *count = bind_count(b, op->kids[0]);
    const Node *key = op->kids[1];
    bool is_ordered = key->kind == NODE_ORDERED;
    const Node *value = is_ordered ? key->kids[0] : key;
    Expr *e = bind_key(b, value, bind_expr(b, value), "a sort key");
    if (expr_is_error(count) || expr_is_error(e)) return NULL;
    bool is_descending = !(is_ordered && (key->flags & NODE_FLAG_ASC));
    bool says_first = is_ordered && (key->flags & NODE_FLAG_NULLS_FIRST);
    bool says_last = is_ordered && (key->flags & NODE_FLAG_NULLS_LAST);
    Plan *sorted = plan_node(b, PLAN_SORT, op->span, input, NULL);
    sorted->u.sort.keys = ARENA_NEW(b->arena, SortKey);
    sorted->u.sort.keys[0] = (SortKey){.expr = e,
                                       .is_descending = is_descending,
                                       .nulls_first = says_first || (!is_descending && !says_last)};
    sorted->u.sort.n = 1;
    Plan *p = plan_node(b, PLAN_TAKE, op->span, sorted, NULL);
    p->u.take.count = count;
    return p;
}

Plan *bind_op_as(Binder *b, const Node *op, Plan *input) { return bind_as(b, op->text, input, op); }

/* The rows stay as they are; the kind of chart travels with the result. */
Plan *bind_op_render(Binder *b, const Node *op, Plan *input) {
    Buf json = {0};
    buf_puts(&json, "{\"visualization\":");
    json_put_string(&json, op->text);
    buf_putc(&json, '}');
    b->render = arena_str(b->arena, buf_str(&json));
    buf_free(&json);
    return input;
}
