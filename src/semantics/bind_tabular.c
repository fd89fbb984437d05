/*
 * bind_tabular.c: tabular expressions: tables, pipes, let tables, datatable, shared plans.
 */
#include "base/nearest.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_graph.h"
#include "semantics/twins.h"

/* ------------------------------------------------------------------ scans */

static void note_table(Binder *b, Str name) {
    for (size_t i = 0; i < b->n_tables; i++)
        if (str_eq(b->table_names[i], name)) return;
    ARENA_PUSH(b->arena, b->table_names, b->n_tables, b->cap_tables, name);
}

void bind_note_use(Binder *b, const Column *c, Span span) {
    if (b->mute) return; /* a trial: nobody was told */
    for (size_t i = 0; i < b->n_twins;) {
        if (b->twins[i].id != c->id) {
            i++;
            continue;
        }
        Twin twin = b->twins[i];
        bind_warning(b, span, "QY210",
                     "%.*s has no column %.*s in the data; %.*s is read in its place.",
                     STR_ARG(twin.table), STR_ARG(twin.name), STR_ARG(twin.source_name));
        /* told once, however often the table is read and the column named */
        size_t kept = 0;
        for (size_t j = 0; j < b->n_twins; j++)
            if (!str_eq(b->twins[j].table, twin.table) || !str_eq(b->twins[j].name, twin.name))
                b->twins[kept++] = b->twins[j];
        b->n_twins = kept;
        i = 0; /* a column of a union is that of several tables */
    }
}

void bind_note_alias(Binder *b, const Column *c, ColumnId made) {
    if (bind_is_bag_or_text(b, c->id)) bind_note_bag_or_text(b, made);
    for (size_t i = 0, n = b->n_twins; i < n; i++) {
        if (b->twins[i].id != c->id) continue;
        Twin twin = b->twins[i];
        twin.id = made;
        ARENA_PUSH(b->arena, b->twins, b->n_twins, b->cap_twins, twin);
    }
}

Plan *bind_scan(Binder *b, const TableRef *table, Span span) {
    Plan *p = plan_node(b, PLAN_SCAN, span, NULL, NULL);
    p->schema.items = ARENA_ARRAY(b->arena, Column, table->n_columns);
    p->schema.n = table->n_columns;
    p->u.scan.table = table;
    p->u.scan.table_name = table->name;
    p->u.scan.source_names = ARENA_ARRAY(b->arena, Str, table->n_columns);
    p->is_open = table->is_open;
    if (table->is_open && !table->n_columns) bind_open(b, p);
    for (uint32_t i = 0; i < table->n_columns; i++) {
        const TableColumn *c = &table->columns[i];
        p->schema.items[i] = (Column){.id = bind_fresh_column(b), .type = c->type, .name = c->name};
        p->u.scan.source_names[i] = c->source_name;
        if (c->type == TYPE_DYNAMIC && is_bag_or_text(table->name, c->name))
            bind_note_bag_or_text(b, p->schema.items[i].id);
        bool is_twin = c->source_name.len && !str_eq(c->source_name, c->name);
        if (!is_twin) continue;
        Twin twin = {p->schema.items[i].id, table->name, c->name, c->source_name};
        ARENA_PUSH(b->arena, b->twins, b->n_twins, b->cap_twins, twin);
    }
    if (!table->is_aside) note_table(b, table->name);
    return table->is_aside ? p : settings_scan(b, p);
}

/* Tables of the query go before those of the data that are as near. */
static Str nearest_table(const Binder *b, Str name) {
    const SchemaProvider *s = b->options->schemas;
    Nearest near = nearest_to(name);
    for (const Local *l = b->locals; l; l = l->outer)
        if (l->kind == LOCAL_TABLE) nearest_try(&near, l->name);
    Str own = near.best;
    if (s->nearest) nearest_try(&near, s->nearest(s->self, name));
    return own.len && str_distance(own, name, 1) <= 1 ? own : near.best;
}

Plan *bind_table_named(Binder *b, const Node *n, Str name) {
    const TableRef *t = find_table(b, name);
    if (t) return bind_scan(b, t, n->span);
    Diag *d = bind_error(
        b, n, "KS204",
        "The name '%.*s' does not refer to any known table, tabular variable or function.",
        STR_ARG(name));
    d->hint = bind_hint_of_other_query(b, name);
    if (!d->hint.len && is_restricted(b))
        d->hint = STR("restrict access to (...) hides what it does not name");
    if (d->hint.len) return NULL;
    Str near = nearest_table(b, name);
    if (near.len) d->hint = arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near));
    return NULL;
}

typedef struct TableMatch {
    Binder *b;
    PlanList *list;
    Span span;
    bool skips_missing; /* views were found: tables without data would add columns only */
} TableMatch;

static void add_named(Binder *b, PlanList *list, Plan *p, Str name) {
    size_t n = list->n;
    ARENA_PUSH(b->arena, list->items, list->n, list->cap, p);
    ARENA_PUSH(b->arena, list->names, n, list->cap_names, name);
}

static void add_match(void *ctx, const TableRef *table) {
    TableMatch *m = ctx;
    if (!is_table_visible(m->b, table->name)) return;
    if (m->skips_missing && table->presence == TABLE_MISSING) return;
    add_named(m->b, m->list, bind_scan(m->b, table, m->span), table->name);
}

static Plan *bind_tabular_call(Binder *b, const Node *n);

/* A let function by its name alone. */
static Plan *bind_function_name(Binder *b, Local *l, const Node *name) {
    const Node *call = function_call_by_name(b, l, name);
    if (call) return bind_tabular_call(b, call);
    bind_error(b, name, "KS117", "The function '%.*s' requires an argument list.",
               STR_ARG(l->name));
    return NULL;
}

/* Functions declared with `view` take part in wildcards, in the order of their declaration; those with
 * parameters do not (Source: "let statement"). */
static bool add_views(Binder *b, const Node *name, Local *l, PlanList *list) {
    Local *views[BIND_MAX_VIEWS];
    size_t n = 0;
    for (; l; l = l->outer) {
        bool is_view = l->kind == LOCAL_FUNCTION && (l->node->flags & NODE_FLAG_VIEW) &&
                       (!l->node->kids[0] || l->node->kids[0]->n == 0);
        if (!is_view || !str_matches(l->name, name->text)) continue;
        if (local_find(b, l->name) != l) continue; /* hidden */
        if (n == BIND_MAX_VIEWS) {
            bind_error(b, name, "QY901", "More than %d views.", BIND_MAX_VIEWS);
            return false;
        }
        views[n++] = l;
    }
    while (n--) {
        Plan *p = bind_function_name(b, views[n], name);
        if (!p) return false;
        add_named(b, list, p, views[n]->name);
    }
    return true;
}

bool bind_tables(Binder *b, const Node *name, bool is_fuzzy, PlanList *list) {
    const SchemaProvider *s = b->options->schemas;
    TableMatch m = {.b = b, .list = list, .span = name->span};
    if (name->flags & NODE_FLAG_WILDCARD) {
        size_t n_before = list->n;
        if (!add_views(b, name, b->locals, list)) return false;
        m.skips_missing = list->n > n_before && !b->options->binds_only;
        if (s->match) s->match(s->self, name->text, add_match, &m);
        return true;
    }
    bool is_known = local_find(b, name->text) || find_table(b, name->text);
    if (!is_known && is_fuzzy) return true;
    Plan *p = bind_tabular(b, name);
    if (!p) return false;
    add_named(b, list, p, name->text);
    return true;
}

/* ----------------------------------------------------------------- shares */

Plan *plan_share(Binder *b, Plan *p, uint32_t *share_id, Span span) {
    if (!p) return NULL;
    bool is_first = *share_id == 0;
    if (is_first) *share_id = b->next_share++;
    Plan *shared = plan_node(b, PLAN_SHARED, span, p, NULL);
    uint32_t n = p->schema.n;
    shared->schema.items = ARENA_ARRAY(b->arena, Column, n);
    shared->schema.n = n;
    shared->u.shared.share_id = *share_id;
    shared->u.shared.map = ARENA_ARRAY(b->arena, ColumnId, n);
    for (uint32_t i = 0; i < n; i++) {
        shared->schema.items[i] = p->schema.items[i];
        shared->u.shared.map[i] = p->schema.items[i].id;
        shared->schema.items[i].id = bind_fresh_column(b);
        bind_note_alias(b, &p->schema.items[i], shared->schema.items[i].id);
    }
    return shared;
}

/* Rows made one by one from one scan: cheaper to make again, with filters of its own, than to keep. */
static bool is_plain_chain(const Plan *p) {
    while (p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT) p = p->inputs[0];
    return p->kind == PLAN_SCAN || p->kind == PLAN_VALUES;
}

Plan *bind_local_table(Binder *b, Local *local, Span span) {
    bool is_first = !local->is_used;
    local->is_used = true;
    if (graph_of(b, local->plan)) return local->plan;
    if (is_first && local->share_id == 0 && is_plain_chain(local->plan)) return local->plan;
    if (local->node && is_plain_chain(local->plan)) {
        Local *locals = b->locals;
        Row row = b->row;
        b->locals = local->env;
        b->row = (Row){0};
        b->mute++;
        Plan *again = bind_tabular(b, local->node);
        b->mute--;
        b->locals = locals;
        b->row = row;
        return again;
    }
    return plan_share(b, local->plan, &local->share_id, span);
}

Plan *bind_as(Binder *b, Str name, Plan *p, const Node *n) {
    (void)n;
    Local *l = local_add(b, LOCAL_TABLE, name);
    l->plan = p;
    l->is_used = true;
    return plan_share(b, p, &l->share_id, p->span);
}

/* ------------------------------------------------------- kinds of sources */

static bool is_portal_name(Binder *b, const Node *n) {
    return !find_table(b, n->text) && is_table_visible(b, n->text) && portal_function(b, n->text);
}

static bool declares(const Node *table_type, Str name) {
    for (uint32_t i = 0; i < table_type->n; i++)
        if (str_eq(table_type->kids[i]->text, name)) return true;
    return false;
}

/* A table parameter: in the body its columns go by name when it declares them ("let statement"). */
static Plan *bind_table_param(Binder *b, Local *l, Span span) {
    Plan *p = bind_local_table(b, l, span);
    for (uint32_t i = 0; p && i < p->schema.n; i++)
        if (!declares(l->declared, p->schema.items[i].name))
            ARENA_PUSH(b->arena, b->undeclared, b->n_undeclared, b->cap_undeclared,
                       p->schema.items[i].id);
    return p;
}

static Plan *bind_table_name(Binder *b, const Node *n) {
    Local *l = local_find(b, n->text);
    if (!l && is_portal_name(b, n)) {
        Node call = *n; /* without arguments the parentheses may be left out */
        call.kind = NODE_CALL;
        call.n = 0;
        return bind_portal_call(b, &call, NULL);
    }
    if (!l) return bind_table_named(b, n, n->text);
    if (l->kind == LOCAL_TABLE && l->plan)
        return l->declared ? bind_table_param(b, l, n->span) : bind_local_table(b, l, n->span);
    if (l->kind == LOCAL_SCALAR)
        bind_error(b, n, "KS111", "Tabular value expected; '%.*s' is a scalar.", STR_ARG(n->text));
    return l->kind == LOCAL_FUNCTION ? bind_function_name(b, l, n) : NULL;
}

/* Any table: its name is not known yet. */
static Plan *open_table(Binder *b, const Node *n) {
    Plan *p = plan_empty(b, (Schema){0}, n->span);
    bind_open(b, p);
    return p;
}

/* What the service keeps beside its tables has its rows here as a table of its name, if at all. */
static bool names_a_table(Str function) {
    return str_is(function, "table") || str_is(function, "external_table") ||
           str_is(function, "materialized_view");
}

static Plan *bind_tabular_call(Binder *b, const Node *n) {
    Local *l = local_find(b, n->text);
    if (l && l->kind == LOCAL_FUNCTION) {
        Plan *plan = NULL;
        Expr *e = NULL;
        if (!bind_function_call(b, l, n, NULL, &plan, &e)) return NULL;
        if (!plan) bind_error(b, n, "KS111", "Tabular value expected.");
        return plan;
    }
    if (l && l->kind == LOCAL_ERROR) return NULL;
    Str name;
    if (names_a_table(n->text)) {
        if (n->n == 0 || !bind_constant_string(b, n->kids[0], &name)) return NULL;
        return b->knows_no_values && !name.len ? open_table(b, n) : bind_table_named(b, n, name);
    }
    if (portal_function_is_known(b, n->text) && is_table_visible(b, n->text))
        return bind_portal_call(b, n, NULL);
    if (str_is(n->text, "stored_query_result"))
        return bind_unsupported(
            b, n,
            "stored_query_result(), which needs the cloud service,\nexport the result and read it with --data or externaldata");
    if (str_is(n->text, "graph")) {
        if (n->n && bind_constant_string(b, n->kids[0], &name))
            bind_error(b, n, "KS260", "The name '%.*s' does not refer to any known graph model.",
                       STR_ARG(name))
                ->hint = STR("graph models are kept by the cloud service; here make-graph makes a "
                             "graph of tables");
        return NULL;
    }
    bind_error(b, n, "KS204",
               "The name '%.*s' does not refer to any known table, tabular variable or function.",
               STR_ARG(n->text));
    return NULL;
}

static Plan *bind_datatable(Binder *b, const Node *n) {
    Schema schema;
    if (n->n == 0 || !bind_schema(b, n->kids[0], &schema)) return NULL;
    uint32_t n_cells = n->n - 1;
    if (schema.n == 0 || n_cells % schema.n) {
        bind_error(b, n, "KS173",
                   "Incorrect number of data values. The values should appear in multiples of %u.",
                   schema.n);
        return NULL;
    }
    Plan *p = plan_empty(b, schema, n->span);
    p->u.values.cells = ARENA_ARRAY(b->arena, Value, n_cells);
    p->u.values.n_rows = n_cells / schema.n;
    for (uint32_t i = 0; i < n_cells; i++) {
        Value v;
        if (!bind_constant(b, n->kids[i + 1], &v)) return NULL;
        Type wanted = schema.items[i % schema.n].type;
        if (v.type != wanted) {
            Expr *e = expr_convert(b, expr_of_value(b, v, n->kids[i + 1]->span), wanted);
            if (e->kind != EXPR_LITERAL) return NULL;
            v = e->u.literal;
        }
        p->u.values.cells[i] = v;
    }
    return p;
}

Plan *bind_subpipe(Binder *b, const Node *subpipe, Plan *input) {
    Plan *p = input;
    for (uint32_t i = 0; i < subpipe->n && p && !b->is_over_limit; i++) {
        Row former = bind_set_row(b, p);
        p = bind_operator(b, subpipe->kids[i], p);
        bind_restore_row(b, former);
    }
    return p;
}

/* Source: "as operator": its name is the one that withsource= and $table tell. */
static Str name_of_input(const Node *before) {
    before = node_bare(before);
    return before->kind == NODE_NAME || before->kind == NODE_OP_AS ? before->text : STR_EMPTY;
}

static Plan *bind_pipe(Binder *b, const Node *n) {
    Plan *p = n->n > 1 ? bind_tabular_or_graph(b, n->kids[0]) : bind_tabular(b, n->kids[0]);
    for (uint32_t i = 1; i < n->n && p && !b->is_over_limit; i++) {
        Row former = bind_set_row(b, p);
        b->input_name = name_of_input(n->kids[i - 1]);
        p = bind_operator(b, n->kids[i], p);
        bind_restore_row(b, former);
    }
    return p;
}

static Plan *bind_materialize(Binder *b, const Node *n) {
    uint32_t share = 0;
    Plan *p = bind_tabular(b, n->kids[0]);
    return plan_share(b, p, &share, n->span);
}

static bool is_operator(NodeKind kind) { return kind >= NODE_OP_AS && kind <= NODE_OP_UNION; }

static Plan *bind_pattern(Binder *b, const Local *pattern, const Node *use) {
    Local *function;
    const Node *call;
    Plan *plan = NULL;
    Expr *e = NULL;
    if (!pattern_find_rule(b, pattern, use, true, &function, &call)) return NULL;
    if (!bind_function_call(b, function, call, NULL, &plan, &e)) return NULL;
    if (!plan) bind_error(b, use, "KS111", "Tabular value expected.");
    return plan;
}

static Plan *bind_tabular_inner(Binder *b, const Node *n) {
    const Local *pattern = pattern_of_use(b, n);
    if (pattern) return bind_pattern(b, pattern, n);
    if (n->kind == NODE_PIPE) return bind_pipe(b, n);
    if (n->kind == NODE_NAME) return bind_table_name(b, n);
    if (n->kind == NODE_PAREN) return bind_tabular_or_graph(b, n->kids[0]);
    if (n->kind == NODE_CALL) return bind_tabular_call(b, n);
    if (n->kind == NODE_DATATABLE) return bind_datatable(b, n);
    if (n->kind == NODE_MATERIALIZE) return bind_materialize(b, n);
    if (n->kind == NODE_PATH || n->kind == NODE_PATH_CALL) return bind_database_path(b, n);
    if (n->kind == NODE_EXTERNALDATA) return bind_externaldata(b, n);
    if (n->kind == NODE_TO_TABLE) return bind_unsupported(b, n, "totable()");
    if (n->kind == NODE_INLINE_EXTERNAL) return bind_inline_external(b, n);
    if (n->kind == NODE_ERROR) return NULL;
    if (is_operator(n->kind)) {
        if (bind_operator_is_source(n->kind)) return bind_operator(b, n, NULL);
        bind_error(b, n, "KS174", "The operator cannot be the first operator in a query.");
        return NULL;
    }
    bind_error(b, n, "KS111", "Tabular value expected.");
    return NULL;
}

Plan *bind_tabular_or_graph(Binder *b, const Node *n) {
    if (!bind_enter(b, n)) return NULL;
    Row former = b->row;
    b->row = (Row){0};
    Plan *p = bind_tabular_inner(b, n);
    b->row = former;
    bind_leave(b);
    return p;
}

Plan *bind_tabular(Binder *b, const Node *n) {
    Plan *p = bind_tabular_or_graph(b, n);
    if (!graph_of(b, p)) return p;
    graph_is_no_table(b, n);
    return NULL;
}

bool bind_is_tabular(Binder *b, const Node *n) {
    n = node_bare(n);
    if (n->kind == NODE_PIPE) return n->n > 1 || (n->n == 1 && bind_is_tabular(b, n->kids[0]));
    if (n->kind == NODE_DATATABLE || n->kind == NODE_EXTERNALDATA ||
        n->kind == NODE_INLINE_EXTERNAL || n->kind == NODE_MATERIALIZE ||
        n->kind == NODE_TO_TABLE || is_operator(n->kind))
        return true;
    const Local *pattern = pattern_of_use(b, n);
    if (pattern) {
        Local *function;
        const Node *call; /* where no rule is met, the table says so */
        return !pattern_find_rule(b, pattern, n, false, &function, &call) ||
               function_is_tabular(b, function);
    }
    Local *l = n->kind == NODE_NAME || n->kind == NODE_CALL ? local_find(b, n->text) : NULL;
    if (n->kind == NODE_NAME) {
        if (bind_column_in(b->row.schema, n->text)) return false;
        if (l && l->kind == LOCAL_FUNCTION) return function_is_tabular(b, l);
        if (l) return l->kind == LOCAL_TABLE;
        return find_table(b, n->text) || is_portal_name(b, n);
    }
    if (n->kind == NODE_CALL) {
        if (l) return l->kind == LOCAL_FUNCTION && function_is_tabular(b, l);
        return names_a_table(n->text) || str_is(n->text, "stored_query_result") ||
               portal_function_is_known(b, n->text);
    }
    return bind_is_database_path(n);
}

Plan *bind_invoke(Binder *b, const Node *call, Plan *input) {
    Local *l = call->kind == NODE_CALL ? local_find(b, call->text) : NULL;
    if (l && l->kind == LOCAL_ERROR) return NULL;
    if (!l || l->kind != LOCAL_FUNCTION) {
        if (portal_function_is_known(b, call->text)) return bind_portal_call(b, call, input);
        bind_error(b, call, "KS211", "The name '%.*s' does not refer to any known function.",
                   STR_ARG(call->text));
        return NULL;
    }
    Plan *plan = NULL;
    Expr *e = NULL;
    if (!bind_function_call(b, l, call, input, &plan, &e)) return NULL;
    if (!plan) bind_error(b, call, "KS111", "Tabular value expected.");
    return plan;
}
