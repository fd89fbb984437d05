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

/* The nearest kind of chart for a name that is none. */
static Str nearest_chart(Str name) {
    static const char *const kinds[] = {
        "table",        "list",      "barchart",     "piechart",         "ladderchart",
        "timechart",    "linechart", "anomalychart", "pivotchart",       "areachart",
        "scatterchart", "timepivot", "columnchart",  "stackedareachart", "timeline",
        "3Dchart",      "card",      "treemap",      "plotly",           "graph",
        "sankey"};
    Str best = STR_EMPTY;
    unsigned least = 7;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (str_starts_with(str_of(kinds[i]), name)) return str_of(kinds[i]);
        unsigned d = str_is(name, kinds[i]) ? 0 : 1 + str_distance(name, str_of(kinds[i]), 6);
        if (d < least) best = str_of(kinds[i]);
        if (d < least) least = d;
    }
    return best;
}

/* The rows stay as they are; the kind of chart travels with the result. */
Plan *bind_op_render(Binder *b, const Node *op, Plan *input) {
    Str near = nearest_chart(op->text);
    if (!str_eq(near, op->text)) {
        Diag *d = bind_error_at(b, op->name_span, "KS005", "'%.*s' is no kind of chart.",
                                STR_ARG(op->text));
        if (near.len) d->hint = arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near));
        return NULL;
    }
    Buf json = {0};
    buf_puts(&json, "{\"visualization\":");
    json_put_string(&json, op->text);
    buf_putc(&json, '}');
    b->render = arena_str(b->arena, buf_str(&json));
    buf_free(&json);
    return input;
}
