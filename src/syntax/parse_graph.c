/* parse_graph.c: make-graph, graph-to-table, graph-mark-components, and patterns of paths. */
#include "syntax/parse_internal.h"

static void name_from(Node *n, const Node *name) {
    n->text = name->text;
    n->name_span = name->name_span.len ? name->name_span : name->span;
}

/* (n) or () */
static Node *graph_node(Parser *p) {
    Node *n = node_new(p, NODE_GRAPH_NODE);
    expect_punct(p, '(');
    if (!p->panic && at_name(p)) name_from(n, parse_name(p));
    expect_punct(p, ')');
    return node_done(p, n);
}

/* What stands in the brackets of an edge: e, e*1..3, *1..3 */
static void graph_edge_inside(Parser *p, Node *edge) {
    NodeList range = {0};
    if (at_name(p)) name_from(edge, parse_name(p));
    if (!accept_punct(p, '*')) return;
    list_add(p, &range, parse_invocation(p));
    expect_punct(p, PUNCT_DOTS);
    list_add(p, &range, p->panic ? node_error(p) : parse_invocation(p));
    node_kids(p, edge, &range);
}

/* -->, <--, --, and the same with brackets between the dashes */
static Node *graph_edge(Parser *p) {
    Node *n = node_new(p, NODE_GRAPH_EDGE);
    if (accept_punct(p, '<')) n->flags |= NODE_FLAG_TO_LEFT;
    expect_punct(p, '-');
    if (!p->panic && accept_punct(p, '[')) {
        graph_edge_inside(p, n);
        expect_punct(p, ']');
    }
    expect_punct(p, '-');
    if (!p->panic && !(n->flags & NODE_FLAG_TO_LEFT) && accept_punct(p, '>'))
        n->flags |= NODE_FLAG_TO_RIGHT;
    return node_done(p, n);
}

static Node *graph_pattern(Parser *p) {
    Node *n = node_new(p, NODE_GRAPH_PATTERN);
    NodeList list = {0};
    list_add(p, &list, graph_node(p));
    while (!p->panic && (at_punct(p, '-') || at_punct(p, '<'))) {
        list_add(p, &list, graph_edge(p));
        list_add(p, &list, p->panic ? node_error(p) : graph_node(p));
    }
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_graph_pattern(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_list_node(p, graph_pattern));
    list_add(p, &list, !p->panic && accept_word(p, "where") ? parse_expression(p) : NULL);
    list_add(p, &list,
             !p->panic && accept_word(p, "project") ? parse_list_node(p, parse_named) : NULL);
    node_kids(p, op, &list);
    return op;
}

Node *op_graph_mark_components(Parser *p, Node *op) {
    parse_params(p, op, true);
    return op;
}

static Node *graph_output(Parser *p) {
    Node *n = node_new(p, NODE_GRAPH_OUTPUT);
    NodeList list = {0};
    if (!at_word(p, "nodes") && !at_word(p, "edges")) fault_missing(p, "nodes or edges");
    else name_from(n, parse_name(p));
    if (!p->panic) parse_params(p, n, true);
    list_add(p, &list, !p->panic && accept_word(p, "as") ? parse_name(p) : NULL);
    if (!p->panic) parse_params(p, n, true);
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_graph_to_table(Parser *p, Node *op) {
    NodeList list = {0};
    parse_list_of(p, &list, graph_output);
    node_kids(p, op, &list);
    return op;
}

static Node *graph_table(Parser *p) {
    Node *n = node_new(p, NODE_GRAPH_TABLE);
    NodeList list = {0};
    list_add(p, &list, at_punct(p, '(') ? parse_invocation(p) : parse_path(p));
    expect_word(p, "on");
    list_add(p, &list, p->panic ? node_error(p) : parse_name(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_make_graph(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_name(p));
    expect_punct(p, '-');
    expect_punct(p, '-');
    op->text = !p->panic && accept_punct(p, '>') ? STR("-->") : STR("--");
    list_add(p, &list, p->panic ? node_error(p) : parse_name(p));
    if (!p->panic) parse_params(p, op, true);
    Node *tables = node_new(p, NODE_LIST);
    if (!p->panic && accept_word(p, "with")) tables = parse_list_node(p, graph_table);
    list_add(p, &list, tables);
    if (!p->panic && accept_word(p, "partitioned-by")) {
        list_add(p, &list, parse_name(p));
        list_add(p, &list, p->panic ? NULL : parse_subpipe(p));
    }
    node_kids(p, op, &list);
    return op;
}
