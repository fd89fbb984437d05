/*
 * bind_op_evaluate.c: evaluate, and what its plugins share.
 *
 * Source: "evaluate plugin operator". The catalog says which plugins there are; one that needs a service
 * says so by name.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"
#include "semantics/plugins/bind_plugins.h"

/* At the end of a statement it is bound in bind_results.c. */
static Plan *plugin_preview(Binder *b, const Plugin *p) {
    bind_error(b, p->call, "QY224",
               "preview gives several results: it can only end a statement of the query.")
        ->hint = STR("no operator may follow it, and it may not stand in let, union, join or "
                     "another operator");
    return NULL;
}

static const struct {
    const char *name;
    PluginFn fn;
} plugins[] = {
    {"bag_unpack", plugin_bag_unpack},
    {"geo_line_lookup", plugin_geo_line_lookup},
    {"geo_polygon_lookup", plugin_geo_polygon_lookup},
    {"ipv4_lookup", plugin_ipv4_lookup},
    {"ipv6_lookup", plugin_ipv6_lookup},
    {"activity_counts_metrics", plugin_activity_counts_metrics},
    {"activity_metrics", plugin_activity_metrics},
    {"activity_engagement", plugin_activity_engagement},
    {"active_users_count", plugin_active_users_count},
    {"session_count", plugin_session_count},
    {"sliding_window_counts", plugin_sliding_window_counts},
    {"rolling_percentile", plugin_rolling_percentile},
    {"new_activity_metrics", plugin_new_activity_metrics},
    {"funnel_sequence", plugin_funnel_sequence},
    {"funnel_sequence_completion", plugin_funnel_sequence_completion},
    {"schema_merge", plugin_schema_merge},
    {"infer_storage_schema", plugin_infer_storage_schema},
    {"infer_storage_schema_with_suggestions", plugin_infer_storage_schema_with_suggestions},
    {"basket", plugin_basket},
    {"autocluster", plugin_autocluster},
    {"diffpatterns", plugin_diffpatterns},
    {"diffpatterns_text", plugin_diffpatterns_text},
    {"rows_near", plugin_rows_near},
    {"sequence_detect", plugin_sequence_detect},
    {"dcount_intersect", plugin_dcount_intersect},
    {"narrow", plugin_narrow},
    {"pivot", plugin_pivot},
    {"preview", plugin_preview},
};

/* The columns that a plugin is said to give: after a colon, or by typeof(...) as its first argument. */
static const Node *said_columns(const Plugin *p) {
    if (p->schema) return p->schema;
    const Node *first = p->call->n ? p->call->kids[0] : NULL;
    return first && first->kind == NODE_TYPEOF ? first : NULL;
}

static void add_said(Binder *b, const Plugin *p, const Node *said, Projection *columns) {
    bool has_star = (said->flags & NODE_FLAG_STAR) != 0;
    for (uint32_t i = 0; i < said->n; i++) has_star |= said->kids[i]->kind == NODE_STAR;
    for (uint32_t i = 0; has_star && p->input && i < p->input->schema.n; i++) {
        const Column *c = &p->input->schema.items[i];
        projection_add(columns, c->name, expr_of_value(b, value_null(c->type), said->span));
    }
    for (uint32_t i = 0; i < said->n; i++) {
        const Node *c = said->kids[i];
        if (c->kind != NODE_COLUMN_DECL || !c->n) continue;
        Value none = value_null(bind_type(b, c->kids[0]));
        projection_add(columns, c->text, expr_of_value(b, none, c->span));
    }
}

/* It cannot run here. A check takes the query as it is: what the plugin gives is said, or anything. */
static Plan *bind_service_plugin(Binder *b, const Plugin *p, const FnDef *fn) {
    if (!b->options->binds_only)
        return bind_unsupported(
            b, p->call,
            "The plugin %s, which needs a service,\nits result may be exported and read as a table with --data",
            fn->name);
    bool is_fine = true;
    for (uint32_t i = 0; i < p->call->n; i++) {
        const Node *arg = p->call->kids[i];
        if (arg->kind == NODE_NAMED_ARG && arg->n) arg = arg->kids[0];
        if (arg->kind == NODE_TYPEOF || arg->kind == NODE_STAR || bind_is_tabular(b, arg)) continue;
        is_fine = !expr_is_error(bind_expr(b, arg)) && is_fine;
    }
    if (!is_fine) return NULL;
    bind_warning(b, p->call->span, "QY227",
                 "The plugin %s needs a service: the query cannot run here.", fn->name);
    const Node *said = said_columns(p);
    Projection columns = projection_new(b);
    if (said) add_said(b, p, said, &columns);
    Schema schema = {columns.columns, (uint32_t)columns.n};
    Plan *plan = plan_empty(b, schema, p->op->span);
    plan->is_open = p->input && p->input->is_open;
    if (!said) bind_open(b, plan);
    return plan;
}

static bool needs_rows(const FnDef *fn) {
    return fn->support == SUPPORTED && !str_starts_with(str_of(fn->name), STR("infer_storage_"));
}

Plan *bind_op_evaluate(Binder *b, const Node *op, Plan *input) {
    Plugin p = {.op = op, .call = op->kids[0], .input = input};
    if (op->n > 1) p.schema = op->kids[1];
    if (p.call->kind != NODE_CALL) {
        bind_error(b, p.call, "KS211", "The name of a plugin expected.");
        return NULL;
    }
    const FnDef *fn = catalog_plugin(p.call->text);
    if (!fn) {
        Diag *d =
            bind_error(b, p.call, "KS211", "The name '%.*s' does not refer to any known plugin.",
                       STR_ARG(p.call->text));
        Str near = catalog_nearest(FN_PLUGIN, p.call->text);
        if (near.len) d->hint = arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near));
        return NULL;
    }
    if (fn->support == NEEDS_SERVICE) return bind_service_plugin(b, &p, fn);
    if (!input && needs_rows(fn)) {
        bind_error(b, p.call, "KS111", "The plugin %s needs rows before it.", fn->name);
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(plugins); i++)
        if (strcmp(plugins[i].name, fn->name) == 0) return plugins[i].fn(b, &p);
    return bind_unsupported(b, p.call, "The plugin %s", fn->name);
}

/* --------------------------------------------------------------- arguments */

const Node *plugin_argument(const Plugin *p, uint32_t at, const char *name) {
    uint32_t place = 0;
    for (uint32_t i = 0; i < p->call->n; i++) {
        const Node *arg = p->call->kids[i];
        bool is_named = arg->kind == NODE_NAMED_ARG && arg->n;
        if (is_named && name && str_is(arg->text, name)) return arg->kids[0];
        if (is_named) continue;
        if (place++ == at) return arg;
    }
    return NULL;
}

const Column *plugin_column(Binder *b, const Plugin *p, uint32_t at) {
    const Node *arg = plugin_argument(p, at, NULL);
    if (!arg) {
        bind_error(b, p->call, "KS119", "The plugin %.*s needs %u arguments or more.",
                   STR_ARG(p->call->text), at + 1);
        return NULL;
    }
    const Column *c = bind_column_name(b, arg);
    return c && c->type != TYPE_ERROR ? c : NULL;
}

/* --------------------------------------------------------------- first pass */

bool plugin_rows(Binder *b, const Plugin *p, Plan *plan, size_t max_rows, Value **ret_cells,
                 size_t *ret_n_rows, bool *ret_has_data) {
    *ret_has_data = b->options->rows != NULL;
    if (!plan || !*ret_has_data) return false;
    if (b->group_depth) {
        (void)bind_unsupported(b, p->call,
                               "The plugin %.*s without an output schema inside a group\n"
                               "say the columns: evaluate %.*s(...) : (name:string, ...)",
                               STR_ARG(p->call->text), STR_ARG(p->call->text));
        return false;
    }
    if (b->has_unsupported || b->failed != OK || b->mute || b->diags->n_errors) return false;
    b->failed = b->options->rows(b->options->rows_self, plan, b->arena, max_rows, b->diags,
                                 ret_cells, ret_n_rows);
    return b->failed == OK;
}

/* --------------------------------------------------------------- groupings */

Plan *plugin_group(Binder *b, Plan *input, Column *keys, uint32_t n_keys, uint32_t n_aggs,
                   Span span) {
    Plan *p = plan_node(b, PLAN_AGGREGATE, span, input, NULL);
    p->is_open = false;
    p->schema = (Schema){.items = ARENA_ARRAY(b->arena, Column, n_keys + n_aggs + 1), .n = n_keys};
    p->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, n_keys + 1);
    p->u.aggregate.n_keys = n_keys;
    p->u.aggregate.aggs = ARENA_ARRAY(b->arena, Aggregate, n_aggs + 1);
    for (uint32_t i = 0; i < n_keys; i++) {
        p->schema.items[i] = keys[i];
        p->u.aggregate.keys[i] = expr_column(b, &keys[i], span);
    }
    return p;
}

Column plugin_aggregate(Binder *b, Plan *group, const char *name, Expr **args, uint32_t n,
                        Type type, Str column) {
    Aggregate *a = &group->u.aggregate.aggs[group->u.aggregate.n_aggs++];
    *a = (Aggregate){
        .fn = catalog_aggregate(str_of(name)), .n_args = n, .n_columns = 1, .span = group->span};
    a->args = ARENA_ARRAY(b->arena, Expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) a->args[i] = args[i];
    a->columns = ARENA_NEW(b->arena, Column);
    a->columns[0] = (Column){.id = bind_fresh_column(b), .type = type, .name = column};
    group->schema.items[group->schema.n++] = a->columns[0];
    return a->columns[0];
}
