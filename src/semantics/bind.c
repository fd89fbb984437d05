/*
 * bind.c: a whole query: its statements, its result, what it reads.
 */
#include "semantics/bind_graph.h"
#include "semantics/bind_scope.h"

/* print's single row, for a query whose result is a scalar. */
static Plan *plan_of_scalar(Binder *b, Expr *e, Span span) {
    if (expr_is_error(e)) return NULL;
    Plan *row = plan_node(b, PLAN_VALUES, span, NULL, NULL);
    row->u.values.n_rows = 1;
    Projection p = projection_new(b);
    projection_add(&p, STR("print_0"), e);
    return projection_finish(&p, row, false, span);
}

static bool has_error_columns(const Plan *p) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].type == TYPE_ERROR) return true;
    return false;
}

Status bind_query(Arena *arena, const Syntax *syntax, const BindOptions *options, Diags *diags,
                  BoundQuery *ret_query) {
    Binder b = {.arena = arena,
                .diags = diags,
                .options = options,
                .text = syntax->text,
                .next_column = 1,
                .next_share = 1,
                .render = STR_EMPTY};
    size_t errors_before = diags->n_errors;
    Plan *plan = NULL;
    Expr *scalar = NULL;
    *ret_query = (BoundQuery){.render = STR_EMPTY};
    if (bind_body(&b, syntax->root, &plan, &scalar) && scalar)
        plan = plan_of_scalar(&b, scalar, syntax->root->span);
    if (graph_of(&b, plan)) graph_is_no_table(&b, syntax->root);
    size_t n_errors = diags->n_errors - errors_before;
    if (b.failed != OK) return b.failed;
    if (b.has_unsupported) return n_errors > 1 ? INVALID : UNSUPPORTED;
    if (n_errors || (!plan && !options->binds_only)) return INVALID;
    if (plan && has_error_columns(plan)) {
        bind_error_at(&b, syntax->root->span, "QY999", "A column of the result has no type.");
        return INTERNAL;
    }
    ret_query->plan = plan ? plan_unshare_single(&b, plan) : NULL;
    ret_query->render = b.render;
    ret_query->table_names = b.table_names;
    ret_query->n_tables = (uint32_t)b.n_tables;
    return OK;
}
