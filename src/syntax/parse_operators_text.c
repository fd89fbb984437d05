/* parse_operators_text.c: parse, parse-kv, mv-expand, mv-apply, scan and macro-expand. */
#include "syntax/parse_internal.h"

static Node *pattern_column(Parser *p) {
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

Node *op_parse(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_expression(p));
    expect_word(p, "with");
    while (!p->panic) {
        if (peek(p)->kind == TOKEN_STRING) {
            list_add(p, &list, parse_literal(p));
        } else if (at_punct(p, '*')) {
            Node *star = node_new(p, NODE_STAR);
            advance(p);
            list_add(p, &list, node_done(p, star));
        } else if (at_name(p)) {
            list_add(p, &list, pattern_column(p));
        } else {
            break;
        }
    }
    node_kids(p, op, &list);
    return op;
}

Node *op_parse_kv(Parser *p, Node *op) {
    NodeList list = {0};
    list_add(p, &list, parse_expression(p));
    expect_word(p, "as");
    list_add(p, &list, p->panic ? node_error(p) : parse_table_type(p));
    if (!p->panic && accept_word(p, "with")) parse_with_properties(p, op);
    node_kids(p, op, &list);
    return op;
}

static Node *mv_item(Parser *p) {
    Node *item = parse_named(p);
    if (p->panic || !accept_word(p, "to")) return item;
    Node *n = node_from(p, NODE_TO_TYPE, item);
    NodeList list = {0};
    list_add(p, &list, item);
    expect_word(p, "typeof");
    expect_punct(p, '(');
    if (!p->panic) list_add(p, &list, parse_type(p));
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *op_mv_expand(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_list_node(p, mv_item));
    list_add(p, &list, !p->panic && accept_word(p, "limit") ? parse_literal(p) : NULL);
    node_kids(p, op, &list);
    return op;
}

Node *op_mv_apply(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_list_node(p, mv_item));
    list_add(p, &list, !p->panic && accept_word(p, "limit") ? parse_literal(p) : NULL);
    list_add(p, &list, !p->panic && accept_word(p, "id") ? parse_literal(p) : NULL);
    expect_word(p, "on");
    list_add(p, &list, p->panic ? node_error(p) : parse_subpipe(p));
    node_kids(p, op, &list);
    return op;
}

/* ------------------------------------------------------------------------ scan */

static Node *scan_assignment(Parser *p) {
    Node *n = node_new(p, NODE_NAMED);
    NodeList list = {0};
    list_add(p, &list, parse_name(p));
    expect_punct(p, '=');
    list_add(p, &list, p->panic ? node_error(p) : parse_expression(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *word_param(Parser *p) {
    Node *n = node_new(p, NODE_NAMED_PARAM);
    node_set_name(p, n, peek(p));
    advance(p);
    return node_done(p, n);
}

static void scan_step_params(Parser *p, Node *step) {
    NodeList params = {0};
    if (at_word(p, "optional")) list_add(p, &params, word_param(p));
    step->params = params.items;
    step->n_params = (uint32_t)params.n;
    if (at_word(p, "output")) parse_params(p, step, true);
}

static Node *scan_step(Parser *p) {
    Node *n = node_new(p, NODE_SCAN_STEP);
    NodeList list = {0};
    expect_word(p, "step");
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    scan_step_params(p, n);
    expect_punct(p, ':');
    list_add(p, &list, p->panic ? node_error(p) : parse_expression(p));
    if (!p->panic && accept_punct(p, PUNCT_ARROW)) parse_list_of(p, &list, scan_assignment);
    expect_punct(p, ';');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *by_clause(Parser *p, const char *word, Node *(*item)(Parser *p)) {
    Node *empty = node_new(p, NODE_LIST);
    if (p->panic || !accept_word(p, word)) return empty;
    expect_word(p, "by");
    return p->panic ? empty : parse_list_node(p, item);
}

Node *op_scan(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, by_clause(p, "order", parse_ordered));
    list_add(p, &list, by_clause(p, "partition", parse_expression));
    Node *declared = NULL;
    if (!p->panic && accept_word(p, "declare")) {
        expect_punct(p, '(');
        declared = parse_list_node(p, parse_param);
        expect_punct(p, ')');
    }
    list_add(p, &list, declared);
    expect_word(p, "with");
    expect_punct(p, '(');
    while (!p->panic && at_word(p, "step")) list_add(p, &list, scan_step(p));
    if (!p->panic && list.n == 3) expect_word(p, "step");
    expect_punct(p, ')');
    node_kids(p, op, &list);
    return op;
}

Node *op_macro_expand(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    if (ahead_word(p, 1, "in")) { /* name in group */
        Node *name = parse_name(p);
        advance(p);
        list_add(p, &list, parse_path(p));
        list_add(p, &list, name);
    } else { /* group as name */
        list_add(p, &list, parse_path(p));
        expect_word(p, "as");
        list_add(p, &list, p->panic ? node_error(p) : parse_name(p));
    }
    expect_punct(p, '(');
    while (!p->panic && !at_punct(p, ')') && peek(p)->kind != TOKEN_END) {
        if (accept_punct(p, ';')) continue;
        list_add(p, &list, parse_statement(p));
        if (!at_punct(p, ';')) break;
    }
    expect_punct(p, ')');
    node_kids(p, op, &list);
    return op;
}
