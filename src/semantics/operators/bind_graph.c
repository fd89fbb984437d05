/* bind_graph.c: graphs as the binder keeps them. */
#include "semantics/operators/bind_graph.h"

#include "semantics/bind_scope.h"

Graph *graph_of(const Binder *b, const Plan *p) {
    for (Graph *g = b->graphs; g && p; g = g->outer)
        if (g->value == p) return g;
    return NULL;
}

Plan *graph_add(Binder *b, Plan *edges, Plan *nodes, Span span) {
    Plan *value = plan_empty(b, (Schema){0}, span);
    Graph *g = ARENA_NEW(b->arena, Graph);
    *g = (Graph){.outer = b->graphs, .value = value, .edges = edges, .nodes = nodes};
    b->graphs = g;
    return value;
}

void graph_is_no_table(Binder *b, const Node *n) {
    bind_error(b, n, "KS111", "Tabular value expected, not a graph.")->hint =
        STR("graph-match and graph-to-table make a table of a graph");
}

void graph_is_expected(Binder *b, const Node *n) {
    bind_error(b, n, "KS111", "A graph expected, not a table.")->hint =
        STR("make-graph makes a graph of a table");
}

bool graph_is_hidden(Str column) {
    static const char *const hidden[] = {"__e", "__s", "__t", "__n"};
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (str_is(column, hidden[i])) return true;
    return false;
}

Plan *graph_template(Binder *b, const Node *at, Graph *g, Str text, const TemplateArg *args,
                     uint32_t n_args) {
    Local *locals = b->locals;
    Local *edges = local_add(b, LOCAL_TABLE, STR("__E"));
    edges->plan = g->edges;
    edges->share_id = g->edges_share;
    edges->is_used = true;
    Local *nodes = local_add(b, LOCAL_TABLE, STR("__N"));
    nodes->plan = g->nodes;
    nodes->share_id = g->nodes_share;
    nodes->is_used = true;
    Plan *plan = bind_template(b, at, text, NULL, args, n_args);
    g->edges_share = edges->share_id;
    g->nodes_share = nodes->share_id;
    b->locals = locals;
    return plan;
}
