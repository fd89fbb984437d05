/* parse_operators_join.c: operators over several tables or pipes, and aggregation. */
#include "syntax/parse_internal.h"

static Node *empty_list(Parser *p) {
    Node *n = node_new(p, NODE_LIST);
    n->span.len = 0;
    return n;
}

/* An entity: a name, wildcarded or dotted, or something in parentheses. */
static Node *parse_entity(Parser *p) {
    bool wild = at_punct(p, '*') || (peek(p)->kind == TOKEN_NAME && ahead_punct(p, 1, '*') &&
                                     !peek_ahead(p, 1)->space_before);
    return wild ? parse_wildcard_name(p) : parse_entity_path(p);
}

static Node *parse_entity_pipe(Parser *p) {
    Node *entity = parse_entity(p);
    if (!at_punct(p, '|')) return entity;
    Node *n = node_from(p, NODE_PIPE, entity);
    NodeList list = {0};
    list_add(p, &list, entity);
    while (!p->panic && accept_punct(p, '|')) list_add(p, &list, parse_operator(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_join(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_path(p));
    if (!p->panic) parse_params(p, op, true);
    Node *where = NULL;
    if (!p->panic && accept_word(p, "on")) {
        bool none = peek(p)->kind == TOKEN_END || at_punct(p, '|') || at_punct(p, ')');
        list_add(p, &list, none ? empty_list(p) : parse_list_node(p, parse_expression));
    } else {
        list_add(p, &list, empty_list(p));
        if (!p->panic && accept_word(p, "where")) where = parse_expression(p);
    }
    list_add(p, &list, where);
    node_kids(p, op, &list);
    return op;
}

Node *op_union(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    parse_list_of(p, &list, parse_entity);
    node_kids(p, op, &list);
    return op;
}

static Node *parse_in_tables(Parser *p) {
    if (!at_word(p, "in") || !ahead_punct(p, 1, '(')) return NULL;
    advance(p);
    advance(p);
    Node *tables = parse_list_node(p, parse_entity_pipe);
    expect_punct(p, ')');
    return tables;
}

static Node *find_column(Parser *p) {
    if (at_punct(p, '*')) return parse_wildcard_name(p);
    if (ahead_punct(p, 1, '(')) return parse_call(p);
    Node *name = parse_name(p);
    if (p->panic || !accept_punct(p, ':')) return name;
    Node *n = node_from(p, NODE_COLUMN_DECL, name);
    n->text = name->text;
    n->name_span = name->name_span;
    NodeList list = {0};
    list_add(p, &list, parse_type(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_find(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_in_tables(p));
    accept_word(p, "where");
    list_add(p, &list, parse_expression(p));
    Node *project = NULL, *away = NULL;
    op->text = STR_EMPTY;
    if (!p->panic && at_word(p, "project-smart")) {
        op->text = token_text(p, peek(p));
        advance(p);
    } else if (!p->panic && accept_word(p, "project")) {
        project = parse_list_node(p, find_column);
    }
    if (!p->panic && (accept_word(p, "__projectAway") || accept_word(p, "project-away")))
        away = parse_list_node(p, find_column);
    list_add(p, &list, project);
    list_add(p, &list, away);
    node_kids(p, op, &list);
    return op;
}

Node *op_search(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_in_tables(p));
    list_add(p, &list, parse_expression(p));
    node_kids(p, op, &list);
    return op;
}

Node *op_facet(Parser *p, Node *op) {
    NodeList list = {0};
    expect_word(p, "by");
    list_add(p, &list, p->panic ? empty_list(p) : parse_list_node(p, parse_path));
    Node *with = NULL;
    if (!p->panic && accept_word(p, "with")) {
        if (at_punct(p, '(')) {
            with = parse_subpipe(p);
        } else {
            with = node_new(p, NODE_SUBPIPE);
            NodeList ops = {0};
            list_add(p, &ops, parse_operator(p));
            node_kids(p, with, &ops);
            node_done(p, with);
        }
    }
    list_add(p, &list, with);
    node_kids(p, op, &list);
    return op;
}

static Node *parse_branch(Parser *p) {
    Node *n = node_new(p, NODE_FORK_BRANCH);
    if (at_name(p)) {
        Node *name = parse_name(p);
        n->text = name->text;
        n->name_span = name->name_span;
        expect_punct(p, '=');
    }
    NodeList list = {0};
    list_add(p, &list, parse_subpipe(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_fork(Parser *p, Node *op) {
    NodeList list = {0};
    do {
        list_add(p, &list, parse_branch(p));
    } while (!p->panic && (at_punct(p, '(') || at_name(p)));
    node_kids(p, op, &list);
    return op;
}

/* Not a table or a function that has the name of an operator. */
static bool at_operator(const Parser *p) {
    static const char *const before_bracket[] = {"join",   "lookup",    "union",    "where",
                                                 "extend", "project",   "distinct", "sort",
                                                 "order",  "summarize", NULL};
    static const char *const alone[] = {"count", "serialize", "getschema", "consume", NULL};
    if (peek(p)->kind != TOKEN_NAME || !operator_find(token_text(p, peek(p)))) return false;
    if (ahead_punct(p, 1, '(')) return at_any_word(p, before_bracket);
    return !ahead_punct(p, 1, '|') || at_any_word(p, alone);
}

static Node *partition_body(Parser *p) {
    if (at_punct(p, '{')) return parse_block(p);
    expect_punct(p, '(');
    Node *body = at_operator(p) ? parse_subpipe_body(p) : parse_pipe(p);
    expect_punct(p, ')');
    return body;
}

Node *op_partition(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    if (op->kind == NODE_OP_PARTITION) expect_word(p, "by");
    list_add(p, &list, p->panic ? node_error(p) : parse_wildcard_name(p));
    static const char *const scopes[] = {"in", "id", NULL};
    if (!p->panic && at_any_word(p, scopes)) {
        Node *scope = node_new(p, NODE_NAMED_PARAM);
        node_set_name(p, scope, peek(p));
        advance(p);
        NodeList value = {0}, params = {op->params, op->n_params, op->n_params};
        list_add(p, &value, parse_path(p));
        node_kids(p, scope, &value);
        list_add(p, &params, node_done(p, scope));
        op->params = params.items;
        op->n_params = (uint32_t)params.n;
    }
    list_add(p, &list, p->panic ? node_error(p) : partition_body(p));
    node_kids(p, op, &list);
    return op;
}

/* ------------------------------------------------------------------ aggregation */

static bool at_list_end(const Parser *p) {
    return peek(p)->kind == TOKEN_END || at_punct(p, '|') || at_punct(p, ';') || at_punct(p, ')') ||
           at_punct(p, '}');
}

/* summarize's old `by x bin = 1d`. */
static void parse_legacy_bin(Parser *p, Node *op) {
    if (at_word(p, "bin") && ahead_punct(p, 1, '=')) parse_params(p, op, true);
}

Node *op_aggregate_summarize(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    bool by_first = at_word(p, "by") && !ahead_punct(p, 1, '=');
    list_add(p, &list,
             by_first || at_list_end(p) ? empty_list(p) : parse_list_node(p, parse_named));
    Node *by = NULL;
    if (!p->panic && accept_word(p, "by")) {
        by = parse_list_node(p, parse_named);
        parse_legacy_bin(p, op);
    }
    list_add(p, &list, by);
    node_kids(p, op, &list);
    return op;
}

static Node *series_aggregate(Parser *p) {
    Node *aggregate = parse_named(p);
    if (p->panic || !accept_word(p, "default")) return aggregate;
    Node *n = node_from(p, NODE_DEFAULT, aggregate);
    NodeList list = {0};
    expect_punct(p, '=');
    list_add(p, &list, aggregate);
    list_add(p, &list, p->panic ? node_error(p) : parse_expression(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

static void series_in_range(Parser *p, NodeList *list) {
    expect_punct(p, '(');
    for (int i = 0; i < 3; i++) {
        if (i) expect_punct(p, ',');
        list_add(p, list, p->panic ? node_error(p) : parse_expression(p));
    }
    expect_punct(p, ')');
}

Node *op_make_series(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_list_node(p, series_aggregate));
    expect_word(p, "on");
    list_add(p, &list, p->panic ? node_error(p) : parse_named(p));
    if (!p->panic && at_word(p, "in") && ahead_word(p, 1, "range")) {
        op->flags |= NODE_FLAG_IN_RANGE;
        advance(p);
        advance(p);
        series_in_range(p, &list);
    } else {
        list_add(p, &list, !p->panic && accept_word(p, "from") ? parse_expression(p) : NULL);
        list_add(p, &list, !p->panic && accept_word(p, "to") ? parse_expression(p) : NULL);
        list_add(p, &list, expect_word(p, "step") ? parse_expression(p) : NULL);
    }
    list_add(p, &list, !p->panic && accept_word(p, "by") ? parse_list_node(p, parse_named) : NULL);
    node_kids(p, op, &list);
    return op;
}

Node *op_top(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_named(p));
    expect_word(p, "by");
    list_add(p, &list, p->panic ? node_error(p) : parse_ordered(p));
    node_kids(p, op, &list);
    return op;
}

Node *op_top_hitters(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_named(p));
    expect_word(p, "of");
    list_add(p, &list, p->panic ? node_error(p) : parse_named(p));
    list_add(p, &list, !p->panic && accept_word(p, "by") ? parse_ordered(p) : NULL);
    node_kids(p, op, &list);
    return op;
}

static Node *nested_level(Parser *p) {
    Node *n = node_new(p, NODE_TOP_NESTED_LEVEL);
    NodeList list = {0};
    accept_word(p, "top-nested");
    list_add(p, &list, at_word(p, "of") ? NULL : parse_named(p));
    expect_word(p, "of");
    list_add(p, &list, p->panic ? node_error(p) : parse_named(p));
    Node *others = NULL;
    if (!p->panic && accept_word(p, "with")) {
        expect_word(p, "others");
        expect_punct(p, '=');
        others = p->panic ? node_error(p) : parse_literal(p);
    }
    list_add(p, &list, others);
    expect_word(p, "by");
    list_add(p, &list, p->panic ? node_error(p) : parse_ordered(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_top_nested(Parser *p, Node *op) {
    NodeList list = {0};
    parse_list_of(p, &list, nested_level);
    node_kids(p, op, &list);
    return op;
}
