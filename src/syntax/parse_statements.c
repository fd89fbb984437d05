/* parse_statements.c: let, set, declare, ... */
#include "syntax/parse_internal.h"

static void name_into(Parser *p, Node *n) {
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    n->flags |= name->flags;
}

static Node *one_kid(Parser *p, Node *n, Node *kid) {
    NodeList list = {0};
    list_add(p, &list, kid);
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_entity_group(Parser *p) {
    Node *n = node_new(p, NODE_LIST);
    node_set_name(p, n, peek(p));
    advance(p);
    NodeList list = {0};
    expect_punct(p, '[');
    if (!p->panic) parse_list_of(p, &list, parse_expression);
    expect_punct(p, ']');
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* (a:long, ...) { or () {: a function, not a parenthesis. */
static bool at_function(const Parser *p) {
    size_t i = at_word(p, "view") ? 1 : 0;
    if (!ahead_punct(p, i, '(')) return false;
    if (ahead_punct(p, i + 1, ')')) return ahead_punct(p, i + 2, '{');
    bool bracketed = ahead_punct(p, i + 1, '[');
    return ahead_punct(p, bracketed ? i + 4 : i + 2, ':') &&
           peek_ahead(p, i + 1)->kind != TOKEN_STRING;
}

Node *parse_block(Parser *p) {
    Node *n = node_new(p, NODE_BLOCK);
    NodeList list = {0};
    if (!enter(p)) return n;
    expect_punct(p, '{');
    uint32_t outer = p->brackets;
    while (!p->panic && !at_punct(p, '}') && peek(p)->kind != TOKEN_END) {
        if (accept_punct(p, ';')) continue;
        list_add(p, &list, parse_statement(p));
        if (p->panic) resync(p, outer);
        if (!at_punct(p, ';') && !at_punct(p, '}')) break;
    }
    expect_punct(p, '}');
    leave(p);
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_function(Parser *p) {
    Node *n = node_new(p, NODE_FUNCTION);
    if (accept_word(p, "view")) n->flags |= NODE_FLAG_VIEW;
    NodeList list = {0}, params = {0};
    Node *param_list = node_new(p, NODE_PARAM_LIST);
    expect_punct(p, '(');
    if (!at_punct(p, ')')) parse_list_of(p, &params, parse_param);
    expect_punct(p, ')');
    node_kids(p, param_list, &params);
    list_add(p, &list, node_done(p, param_list));
    list_add(p, &list, p->panic ? node_error(p) : parse_block(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_let(Parser *p) {
    Node *n = node_new(p, NODE_LET);
    advance(p);
    name_into(p, n);
    expect_punct(p, '=');
    if (p->panic) return one_kid(p, n, node_error(p));
    return one_kid(p, n, at_function(p) ? parse_function(p) : parse_pipe(p));
}

static Node *parse_set(Parser *p) {
    Node *n = node_new(p, NODE_SET);
    advance(p);
    name_into(p, n);
    while (!p->panic && accept_punct(p, '.')) {
        n->text.len = peek(p)->start + peek(p)->len - n->name_span.start;
        n->name_span.len = (uint32_t)n->text.len;
        advance(p);
    }
    if (p->panic || !accept_punct(p, '=')) return node_done(p, n);
    return one_kid(p, n,
                   peek(p)->kind == TOKEN_NAME && !at_word(p, "true") && !at_word(p, "false")
                       ? parse_name(p)
                       : parse_literal(p));
}

static Node *parse_query_parameters(Parser *p, Node *n) {
    n->kind = NODE_DECLARE_PARAMS;
    NodeList list = {0};
    expect_punct(p, '(');
    if (!p->panic && !at_punct(p, ')')) parse_list_of(p, &list, parse_param);
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* ("value", ...).["path"] = { ... } */
static Node *parse_pattern_rule(Parser *p) {
    Node *n = node_new(p, NODE_PATTERN_RULE);
    NodeList list = {0};
    expect_punct(p, '(');
    if (p->panic) return node_done(p, n);
    list_add(p, &list, parse_list_node(p, parse_literal));
    expect_punct(p, ')');
    Node *path = NULL;
    if (!p->panic && accept_punct(p, '.')) {
        expect_punct(p, '[');
        if (!p->panic) path = parse_literal(p);
        expect_punct(p, ']');
    }
    list_add(p, &list, path);
    expect_punct(p, '=');
    list_add(p, &list, p->panic ? node_error(p) : parse_block(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* name [= (argument:string, ...) [[path:string]] { rule; ... }] */
static Node *parse_pattern(Parser *p, Node *n) {
    n->kind = NODE_DECLARE_PATTERN;
    name_into(p, n);
    if (p->panic || !accept_punct(p, '=')) return node_done(p, n);
    NodeList list = {0}, params = {0};
    Node *param_list = node_new(p, NODE_PARAM_LIST);
    expect_punct(p, '(');
    if (!p->panic) parse_list_of(p, &params, parse_param);
    expect_punct(p, ')');
    node_kids(p, param_list, &params);
    list_add(p, &list, node_done(p, param_list));
    Node *path = NULL;
    if (!p->panic && accept_punct(p, '[')) {
        path = parse_param(p);
        expect_punct(p, ']');
    }
    list_add(p, &list, path);
    expect_punct(p, '{');
    while (!p->panic && !at_punct(p, '}') && peek(p)->kind != TOKEN_END) {
        list_add(p, &list, parse_pattern_rule(p));
        accept_punct(p, ';');
    }
    expect_punct(p, '}');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_declare(Parser *p) {
    Node *n = node_new(p, NODE_DECLARE_PARAMS);
    advance(p);
    if (accept_word(p, "pattern")) return parse_pattern(p, n);
    if (expect_word(p, "query_parameters")) return parse_query_parameters(p, n);
    return node_done(p, n);
}

static Node *parse_alias(Parser *p) {
    Node *n = node_new(p, NODE_ALIAS);
    advance(p);
    expect_word(p, "database");
    name_into(p, n);
    expect_punct(p, '=');
    return one_kid(p, n, parse_expression(p));
}

static Node *parse_restrict_item(Parser *p) {
    return at_punct(p, '*') || ahead_punct(p, 1, '*') ? parse_wildcard_name(p)
                                                      : parse_entity_path(p);
}

static Node *parse_restrict(Parser *p) {
    Node *n = node_new(p, NODE_RESTRICT);
    advance(p);
    expect_word(p, "access");
    expect_word(p, "to");
    NodeList list = {0};
    expect_punct(p, '(');
    if (!p->panic) parse_list_of(p, &list, parse_restrict_item);
    expect_punct(p, ')');
    if (!p->panic && accept_word(p, "with")) parse_with_properties(p, n);
    node_kids(p, n, &list);
    return node_done(p, n);
}

static bool ahead_is_name(const Parser *p) {
    return peek_ahead(p, 1)->kind == TOKEN_NAME || ahead_punct(p, 1, '[');
}

Node *parse_statement(Parser *p) {
    if (at_word(p, "let") && ahead_is_name(p)) return parse_let(p);
    if (at_word(p, "set") && ahead_is_name(p)) return parse_set(p);
    if (at_word(p, "declare") && ahead_is_name(p)) return parse_declare(p);
    if (at_word(p, "alias") && ahead_word(p, 1, "database")) return parse_alias(p);
    if (at_word(p, "restrict") && ahead_word(p, 1, "access")) return parse_restrict(p);
    Node *n = node_new(p, NODE_EXPR_STATEMENT);
    return one_kid(p, n, parse_pipe(p));
}
