/*
 * bind.c: a whole query: its statements, its result, what it reads.
 */
#include "semantics/bind_results.h"

static bool has_error_columns(const Plan *p) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].type == TYPE_ERROR) return true;
    return false;
}

/* NULL when there is none. What is shared between results is one plan only where both see it. */
static Plan *plan_of_results(Binder *b, Results *results, Span span) {
    if (!results->n) return NULL;
    if (results->n == 1) return plan_unshare_single(b, results->items[0].plan);
    Plan *p = plan_node(b, PLAN_RESULTS, span, NULL, NULL);
    p->n_inputs = (uint32_t)results->n;
    p->inputs = ARENA_ARRAY(b->arena, Plan *, results->n);
    for (size_t i = 0; i < results->n; i++) p->inputs[i] = results->items[i].plan;
    return plan_unshare_single(b, p);
}

Status bind_query(Arena *arena, const Syntax *syntax, const BindOptions *options, Diags *diags,
                  BoundQuery *ret_query) {
    Binder b = {.arena = arena,
                .diags = diags,
                .options = options,
                .text = syntax->text,
                .start = syntax->start,
                .next_column = 1,
                .next_share = 1,
                .settings = settings_default(),
                .render = STR_EMPTY};
    size_t errors_before = diags->n_errors;
    Results results = {0};
    *ret_query = (BoundQuery){0};
    bind_results(&b, syntax->root, &results);
    size_t n_errors = diags->n_errors - errors_before;
    if (b.failed != OK) return b.failed;
    if (b.has_unsupported) return n_errors > 1 ? INVALID : UNSUPPORTED;
    if (n_errors || (!results.n && !options->binds_only)) return INVALID;
    for (size_t i = 0; i < results.n; i++) {
        if (!has_error_columns(results.items[i].plan)) continue;
        bind_error_at(&b, results.items[i].span, "QY999", "A column of the result has no type.");
        return INTERNAL;
    }
    ret_query->plan = plan_of_results(&b, &results, syntax->root->span);
    ret_query->results = results.items;
    ret_query->now = b.settings.now;
    ret_query->n_results = (uint32_t)results.n;
    ret_query->table_names = b.table_names;
    ret_query->n_tables = (uint32_t)b.n_tables;
    return OK;
}
