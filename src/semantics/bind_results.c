/*
 * bind_results.c: statements that give rows, and the operators that give several results.
 *
 * Source: "batches" (each tabular expression statement has a result, in order of the text), "as operator"
 * (names it), "fork operator", "facet operator", "preview plugin", "funnel_sequence plugin". What fork,
 * facet and preview give can be the result of a statement and nothing else, so they are bound here and
 * nowhere within a pipe.
 */
#include "semantics/bind_results.h"

#include "semantics/bind_template.h"
#include "semantics/operators/bind_graph.h"
#include "semantics/plugins/bind_plugins.h"

static bool add_result(Binder *b, Results *results, Plan *plan, Str name, const Node *at) {
    if (results->n >= BIND_MAX_RESULTS) {
        bind_error(b, at, "QY902", "The query has more than %d results.", BIND_MAX_RESULTS);
        return false;
    }
    if (graph_of(b, plan)) {
        graph_is_no_table(b, at);
        return true;
    }
    plan = settings_result(b, plan, at);
    if (!plan) return true;
    QueryResult one = {.plan = plan, .name = name, .render = b->render, .span = at->span};
    ARENA_PUSH(b->arena, results->items, results->n, results->cap, one);
    return true;
}

/* The name that `as` gives what a pipe ends with; `render` may follow it. */
static Str name_of(const Node *pipe) {
    if (pipe->kind != NODE_PIPE && pipe->kind != NODE_SUBPIPE) return STR_EMPTY;
    for (uint32_t i = pipe->n; i-- > 0;) {
        if (pipe->kids[i]->kind == NODE_OP_AS) return pipe->kids[i]->text;
        if (pipe->kids[i]->kind != NODE_OP_RENDER) break;
    }
    return STR_EMPTY;
}

/* ------------------------------------------------------------- fork and facet */

/* "fork operator", supported query operators, and those that the reference service takes beside them. */
static bool may_stand_in_branch(NodeKind kind) {
    static const NodeKind kinds[] = {NODE_OP_AS,
                                     NODE_OP_COUNT,
                                     NODE_OP_EXTEND,
                                     NODE_OP_PARSE,
                                     NODE_OP_PARSE_KV,
                                     NODE_OP_FILTER,
                                     NODE_OP_TAKE,
                                     NODE_OP_PROJECT,
                                     NODE_OP_PROJECT_AWAY,
                                     NODE_OP_PROJECT_KEEP,
                                     NODE_OP_PROJECT_RENAME,
                                     NODE_OP_PROJECT_REORDER,
                                     NODE_OP_PROJECT_BY_NAMES,
                                     NODE_OP_SUMMARIZE,
                                     NODE_OP_TOP,
                                     NODE_OP_TOP_NESTED,
                                     NODE_OP_SORT,
                                     NODE_OP_MV_EXPAND,
                                     NODE_OP_REDUCE,
                                     NODE_OP_DISTINCT,
                                     NODE_OP_TOP_HITTERS,
                                     NODE_OP_SAMPLE,
                                     NODE_OP_SAMPLE_DISTINCT,
                                     NODE_OP_INVOKE,
                                     NODE_ERROR};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i] == kind) return true;
    return false;
}

static bool check_branch(Binder *b, const Node *pipe) {
    for (uint32_t i = 0; i < pipe->n; i++) {
        const Node *op = pipe->kids[i];
        if (may_stand_in_branch(op->kind)) continue;
        Str name = bind_operator_name(b, op->kind);
        bind_error(b, op, "KS177",
                   "The query operator '%.*s' is not allowed in the current context.",
                   STR_ARG(name))
            ->hint = STR("a branch takes operators of one table; a statement of its own over "
                         "materialize(...) takes all");
        return false;
    }
    return true;
}

static bool fork_results(Binder *b, const Node *fork, Plan *input, Results *results) {
    uint32_t share = 0;
    for (uint32_t i = 0; i < fork->n; i++) {
        const Node *branch = fork->kids[i], *pipe = branch->n ? branch->kids[0] : NULL;
        if (!pipe || !check_branch(b, pipe)) continue;
        Plan *p = bind_subpipe(b, pipe, plan_share(b, input, &share, fork->span));
        Str name = branch->text.len ? branch->text : name_of(pipe);
        if (!add_result(b, results, p, name, branch)) return false;
    }
    return true;
}

/* The values of a column and how many rows have each. */
static Plan *facet_of(Binder *b, Str name, Plan *input, Span span) {
    const Column *key = bind_column_in(&input->schema, name);
    Str count = arena_printf(b->arena, "count_%.*s", STR_ARG(name));
    Plan *p = plan_aggregate_all(b, input, "count", NULL, TYPE_LONG, count, span);
    Column *columns = ARENA_ARRAY(b->arena, Column, 2);
    columns[0] = *key;
    columns[1] = p->schema.items[0];
    p->schema = (Schema){.items = columns, .n = 2};
    p->u.aggregate.keys = ARENA_NEW(b->arena, Expr *);
    p->u.aggregate.keys[0] = expr_column(b, key, span);
    p->u.aggregate.n_keys = 1;
    return p;
}

static bool facet_results(Binder *b, const Node *facet, Plan *input, Results *results) {
    uint32_t share = 0;
    const Node *columns = facet->kids[0], *with = facet->n > 1 ? facet->kids[1] : NULL;
    if (with) {
        Plan *p = bind_subpipe(b, with, plan_share(b, input, &share, facet->span));
        if (!add_result(b, results, p, name_of(with), with)) return false;
    }
    for (uint32_t i = 0; i < columns->n; i++) {
        const Node *name = columns->kids[i];
        if (name->kind != NODE_NAME) {
            if (name->kind != NODE_ERROR) bind_error(b, name, "KS109", "Column name expected.");
            continue;
        }
        Row former = bind_set_row(b, input);
        const Column *column = bind_column_name(b, name);
        bind_restore_row(b, former);
        if (!column) continue;
        if (column->type == TYPE_DYNAMIC && !bind_is_bag_or_text(b, column->id)) {
            bind_error(b, name, "KS166", "A dynamic value cannot be a facet.")->hint =
                STR("extend a column with tostring(...) before");
            continue;
        }
        Plan *rows = plan_share(b, input, &share, facet->span);
        Plan *p = facet_of(b, column->name, rows, name->span);
        if (!add_result(b, results, p, column->name, name)) return false;
    }
    return true;
}

/* "preview plugin": up to as many rows as it says, and how many there are. */
static bool preview_results(Binder *b, const Node *op, Plan *input, Results *results) {
    const Node *call = op->kids[0], *n_rows = call->n == 1 ? call->kids[0] : NULL;
    int64_t n = 0;
    uint32_t share = 0;
    if (!n_rows) {
        bind_error(b, call, "KS119", "The plugin preview needs 1 argument.");
        return true;
    }
    if (!bind_constant_long(b, n_rows, &n)) return true;
    TemplateArg args[] = {{"__rows", n_rows}};
    Plan *rows = plan_share(b, input, &share, op->span);
    Plan *some = bind_template(b, call, STR("__T | take __rows"), rows, args, 1);
    if (!add_result(b, results, some, STR_EMPTY, call)) return false;
    rows = plan_share(b, input, &share, op->span);
    return add_result(b, results, bind_template(b, call, STR("__T | count"), rows, NULL, 0),
                      STR_EMPTY, call);
}

static bool funnel_results(Binder *b, const Node *op, Plan *input, Results *results) {
    static const char *const names[] = {"prev, sequence, next", "prev, sequence", "sequence, next"};
    uint32_t share = 0;
    for (int table = FUNNEL_BOTH; table <= FUNNEL_AFTER; table++) {
        Plugin p = {.op = op, .call = op->kids[0]};
        p.input = plan_share(b, input, &share, op->span);
        Row former = bind_set_row(b, p.input);
        Plan *plan = plugin_funnel_table(b, &p, (FunnelTable)table);
        bind_restore_row(b, former);
        if (!plan) return true;
        if (!add_result(b, results, plan, str_of(names[table]), op)) return false;
    }
    return true;
}

static bool is_plugin(const Node *op, const char *name) {
    return op->kind == NODE_OP_EVALUATE && op->n && op->kids[0]->kind == NODE_CALL &&
           str_is(op->kids[0]->text, name);
}

static bool gives_several(const Node *op) {
    return op->kind == NODE_OP_FORK || op->kind == NODE_OP_FACET || is_plugin(op, "preview") ||
           is_plugin(op, "funnel_sequence");
}

/* A pipe that ends in what gives several results, `render` aside; *ret_at is where that stands. */
static bool find_fork(const Node *n, uint32_t *ret_at) {
    if (n->kind != NODE_PIPE) return false;
    uint32_t at = n->n;
    while (at > 1 && n->kids[at - 1]->kind == NODE_OP_RENDER) at--;
    *ret_at = at - 1;
    return at > 1 && gives_several(n->kids[at - 1]);
}

static bool forked_results(Binder *b, const Node *pipe, uint32_t at, Results *results) {
    Node before = *pipe;
    before.n = at;
    before.span.len =
        pipe->kids[at - 1]->span.start + pipe->kids[at - 1]->span.len - pipe->span.start;
    Plan *input = bind_tabular(b, &before);
    for (uint32_t i = at + 1; input && i < pipe->n; i++)
        bind_operator(b, pipe->kids[i], input); /* render, of each of the results */
    if (!input) return true;
    const Node *op = pipe->kids[at];
    if (is_plugin(op, "preview")) return preview_results(b, op, input, results);
    if (is_plugin(op, "funnel_sequence")) return funnel_results(b, op, input, results);
    return op->kind == NODE_OP_FORK ? fork_results(b, op, input, results)
                                    : facet_results(b, op, input, results);
}

/* ---------------------------------------------------------- nodes and edges at once */

/* "graph-to-table operator", nodes and edges: the statement names two tables, which later statements give
 * as results. NULL when the pipe does not end so. */
static const Node *find_outputs(const Node *n) {
    const Node *last = n->kind == NODE_PIPE && n->n > 1 ? n->kids[n->n - 1] : NULL;
    return last && last->kind == NODE_OP_GRAPH_TO_TABLE && last->n > 1 ? last : NULL;
}

/* No later statement does: then both are. */
static bool output_results(Binder *b, const Node *op, Results *results) {
    for (uint32_t i = 0; i < op->n; i++) {
        Local *l = op->kids[i]->n ? local_find(b, op->kids[i]->kids[0]->text) : NULL;
        Plan *p = l && l->kind == LOCAL_TABLE ? bind_local_table(b, l, op->kids[i]->span) : NULL;
        if (!add_result(b, results, p, l ? l->name : STR_EMPTY, op->kids[i])) return false;
    }
    return true;
}

/* -------------------------------------------------------------------- statements */

/* print's single row, for a statement whose result is a scalar. */
static Plan *plan_of_scalar(Binder *b, Expr *e, Span span) {
    if (expr_is_error(e)) return NULL;
    Plan *row = plan_node(b, PLAN_VALUES, span, NULL, NULL);
    row->u.values.n_rows = 1;
    Projection p = projection_new(b);
    projection_add(&p, STR("print_0"), e);
    return projection_finish(&p, row, false, span);
}

/* What one statement gives. */
static bool statement_results(Binder *b, const Node *e, Results *results) {
    uint32_t at;
    b->render = STR_EMPTY;
    b->last_operator = e->kind == NODE_PIPE && e->n > 1 ? e->kids[e->n - 1] : NULL;
    if (find_fork(e, &at)) return forked_results(b, e, at, results);
    Plan *plan;
    Expr *scalar;
    bind_value(b, e, &plan, &scalar);
    if (scalar) plan = plan_of_scalar(b, scalar, e->span);
    return find_outputs(e) || add_result(b, results, plan, name_of(e), e);
}

static bool bind_statements(Binder *b, const Node *query, Results *results) {
    bool has_result = false;
    const Node *outputs = NULL;
    for (uint32_t i = 0; i < query->n; i++) {
        const Node *s = query->kids[i];
        if (!s || bind_declaration(b, s)) continue;
        const Node *e = s->kind == NODE_EXPR_STATEMENT && s->n ? s->kids[0] : s;
        if (find_outputs(e)) outputs = find_outputs(e);
        else has_result = true;
        if (!statement_results(b, e, results)) return false;
    }
    if (has_result) return true;
    if (outputs) return output_results(b, outputs, results);
    if (b->options->binds_only) {
        bind_warning(b, query->span, "QY221", "The query only declares: it has no result.");
        return true;
    }
    bind_no_result(b, query);
    return false;
}

bool bind_results(Binder *b, const Node *query, Results *results) {
    bool is_fine = bind_statements(b, query, results);
    bind_check_functions(b, NULL);
    return is_fine;
}
