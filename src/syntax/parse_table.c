/* parse_table.c: tabular expressions: pipes, datatable, schemas. */
#include "syntax/parse_internal.h"

static bool ends_operator(const Parser *p) {
    return peek(p)->kind == TOKEN_END || at_punct(p, '|') || at_punct(p, ';') || at_punct(p, ')') ||
           at_punct(p, '}') || at_punct(p, ']') || at_punct(p, ',') || at_next_query(p);
}

/* After an operator, or after the source when `op` is NULL: what cannot belong to it is told, then
 * skipped. */
static void close_operator(Parser *p, const Node *op, uint32_t outer) {
    if (!p->panic && !ends_operator(p)) {
        Str word = token_text(p, peek(p)), hint = hint_for_unexpected(p, op);
        Diag *d = fault(p, "KS002", "Unexpected: %.*s", STR_ARG(str_sub(word, 0, 60)));
        if (d) d->hint = hint;
    }
    if (p->panic) resync(p, outer);
}

/* An operator that may begin a pipe, not a column of that name. */
static bool at_source_operator(const Parser *p) {
    static const char *const first[] = {"find", "search", "union", "print", "macro-expand", NULL};
    if (peek(p)->kind != TOKEN_NAME || ahead_punct(p, 1, '=')) return false;
    if (at_any_word(p, first)) return true;
    const Token *next = peek_ahead(p, 1);
    if (at_word(p, "range")) return next->kind == TOKEN_NAME && ahead_word(p, 2, "from");
    if (at_word(p, "evaluate")) return next->kind == TOKEN_NAME;
    return false;
}

/* `where x > 1` with nothing before it, which is no column called where. */
static bool at_misplaced_operator(const Parser *p) {
    if (peek(p)->kind != TOKEN_NAME || !operator_find(token_text(p, peek(p)))) return false;
    TokenKind next = (TokenKind)peek_ahead(p, 1)->kind;
    return next == TOKEN_LONG || next == TOKEN_STRING ||
           (next == TOKEN_NAME &&
            (ahead_punct(p, 2, '=') || ahead_punct(p, 2, '(') || ahead_punct(p, 2, PUNCT_EQ) ||
             ahead_punct(p, 2, '>') || ahead_punct(p, 2, '<') || ahead_punct(p, 2, '|') ||
             ahead_punct(p, 2, ',')));
}

static Node *misplaced_operator(Parser *p) {
    Diag *d = fault(p, "KS174", "The operator cannot be the first operator in a query.");
    if (d) {
        d->phase = PHASE_SEMANTICS; /* what follows may be an operator, in its wrong place */
        d->hint = STR("a query begins with a table: Table | where ...");
    }
    return node_error(p);
}

static Node *parse_source(Parser *p) {
    if (!at_source_operator(p) && at_misplaced_operator(p)) return misplaced_operator(p);
    if (at_source_operator(p)) {
        Node *op = parse_operator(p);
        NodeList list = {0};
        Node *pipe = node_from(p, NODE_PIPE, op);
        list_add(p, &list, op);
        node_kids(p, pipe, &list);
        return node_done(p, pipe);
    }
    return parse_expression(p);
}

static void parse_piped(Parser *p, NodeList *list, uint32_t outer) {
    while (at_punct(p, '|')) {
        advance(p);
        Node *op = parse_operator(p);
        list_add(p, list, op);
        close_operator(p, op, outer);
    }
}

Node *parse_pipe(Parser *p) {
    if (!enter(p)) return node_error(p);
    uint32_t outer = p->brackets;
    Node *source = parse_source(p);
    if (p->panic || (p->depth == 1 && !at_punct(p, '|'))) close_operator(p, NULL, outer);
    if (at_punct(p, '|')) {
        NodeList list = {0};
        Node *pipe = node_from(p, NODE_PIPE, source);
        list_add(p, &list, source->kind == NODE_PIPE ? source->kids[0] : source);
        parse_piped(p, &list, outer);
        node_kids(p, pipe, &list);
        source = node_done(p, pipe);
    }
    leave(p);
    return source;
}

/* op | op, without a source. */
Node *parse_subpipe_body(Parser *p) {
    Node *n = node_new(p, NODE_SUBPIPE);
    if (!enter(p)) return node_error(p);
    NodeList list = {0};
    uint32_t outer = p->brackets;
    Node *op = parse_operator(p);
    list_add(p, &list, op);
    close_operator(p, op, outer);
    parse_piped(p, &list, outer);
    node_kids(p, n, &list);
    leave(p);
    return node_done(p, n);
}

Node *parse_subpipe(Parser *p) {
    expect_punct(p, '(');
    Node *n = parse_subpipe_body(p);
    expect_punct(p, ')');
    return n;
}

Node *parse_wrapped_pipe(Parser *p, NodeKind kind) {
    Node *n = node_new(p, kind);
    node_set_name(p, n, peek(p));
    advance(p);
    parse_params(p, n, true);
    expect_punct(p, '(');
    NodeList list = {0};
    list_add(p, &list, parse_pipe(p));
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* ------------------------------------------------------------------- types */

Node *parse_type(Parser *p) {
    Node *n = node_new(p, NODE_TYPE);
    if (peek(p)->kind != TOKEN_NAME) {
        fault_missing(p, "type");
        return n;
    }
    node_set_name(p, n, peek(p));
    if (type_from_name(n->text) == TYPE_ERROR) {
        static const char *const others[] = {"float",  "int8",   "int16", "uint8", "uint16", "uint",
                                             "uint32", "uint64", "ulong", "uuid",  NULL};
        if (!word_in(n->text, others)) {
            Diag *d = fault(p, "KS006", "Missing type");
            if (d)
                d->hint = STR("the types are bool, int, long, real, decimal, string, datetime, "
                              "timespan, dynamic and guid");
            return n;
        }
    }
    advance(p);
    return node_done(p, n);
}

static Node *parse_column_decl(Parser *p) {
    if (at_punct(p, '*')) {
        Node *star = node_new(p, NODE_STAR);
        advance(p);
        return node_done(p, star);
    }
    Node *n = node_new(p, NODE_COLUMN_DECL);
    NodeList list = {0};
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    n->flags = name->flags;
    expect_punct(p, ':');
    if (!p->panic) list_add(p, &list, parse_type(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_table_type(Parser *p) {
    Node *n = node_new(p, NODE_TABLE_TYPE);
    NodeList list = {0};
    expect_punct(p, '(');
    while (!p->panic && !at_punct(p, ')')) {
        if (accept_punct(p, ',')) continue;
        Node *c = parse_column_decl(p);
        if (c->kind == NODE_STAR) n->flags |= NODE_FLAG_STAR;
        else list_add(p, &list, c);
        if (!at_punct(p, ',') && !at_punct(p, ')')) break;
    }
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_typeof_item(Parser *p) {
    return at_punct(p, '*') || ahead_punct(p, 1, ':') ? parse_column_decl(p) : parse_type(p);
}

Node *parse_typeof(Parser *p) {
    Node *n = node_new(p, NODE_TYPEOF);
    advance(p);
    expect_punct(p, '(');
    NodeList list = {0};
    if (!p->panic) parse_list_of(p, &list, parse_typeof_item);
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_param(Parser *p) {
    Node *n = node_new(p, NODE_PARAM);
    NodeList list = {0};
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    expect_punct(p, ':');
    if (!p->panic) list_add(p, &list, at_punct(p, '(') ? parse_table_type(p) : parse_type(p));
    if (!p->panic && accept_punct(p, '=')) list_add(p, &list, parse_literal(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* -------------------------------------------------------------- inline tables */

static void parse_bracketed_values(Parser *p, NodeList *list) {
    expect_punct(p, '[');
    while (!p->panic && !at_punct(p, ']')) {
        if (accept_punct(p, ',')) continue;
        list_add(p, list, parse_literal(p));
        if (!at_punct(p, ',') && !at_punct(p, ']')) break;
    }
    expect_punct(p, ']');
}

Node *parse_datatable(Parser *p) {
    Node *n = node_new(p, NODE_DATATABLE);
    NodeList list = {0};
    advance(p);
    parse_params(p, n, true);
    list_add(p, &list, parse_table_type(p));
    parse_bracketed_values(p, &list);
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* pathformat = (...) says where in a storage the parts lie: files are named here. */
static void skip_parentheses(Parser *p) {
    uint32_t outer = p->brackets;
    expect_punct(p, '(');
    while (!p->panic && p->brackets > outer && peek(p)->kind != TOKEN_END) advance(p);
}

/* (name:type [= expression], ...) */
static Node *parse_partitions(Parser *p) {
    Node *n = node_new(p, NODE_LIST);
    NodeList list = {0};
    expect_punct(p, '(');
    while (!p->panic && !at_punct(p, ')')) {
        Node *c = parse_column_decl(p);
        if (!p->panic && c->n && accept_punct(p, '=')) {
            NodeList kids = {0};
            list_add(p, &kids, c->kids[0]);
            list_add(p, &kids, parse_expression(p));
            node_kids(p, c, &kids);
        }
        list_add(p, &list, c);
        if (!accept_punct(p, ',')) break;
    }
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* inline_external_table [(schema)] kind=... [partition by (...) [pathformat = (...)]]
 * [dataformat=...] (connection strings) [with (...)] */
Node *parse_inline_external_table(Parser *p) {
    Node *n = node_new(p, NODE_INLINE_EXTERNAL), *partitions = NULL;
    node_set_name(p, n, peek(p));
    advance(p);
    NodeList list = {0}, uris = {0};
    list_add(p, &list, at_punct(p, '(') ? parse_table_type(p) : NULL);
    parse_params(p, n, true);
    if (accept_word(p, "partition")) {
        if (expect_word(p, "by")) partitions = parse_partitions(p);
        if (!p->panic && accept_word(p, "pathformat")) {
            expect_punct(p, '=');
            if (!p->panic) skip_parentheses(p);
        }
    }
    parse_params(p, n, true);
    Node *uri_list = node_new(p, NODE_LIST);
    if (expect_punct(p, '(')) {
        parse_list_of(p, &uris, parse_expression);
        expect_punct(p, ')');
    }
    node_kids(p, uri_list, &uris);
    list_add(p, &list, node_done(p, uri_list));
    list_add(p, &list, partitions);
    if (!p->panic && accept_word(p, "with")) parse_with_properties(p, n);
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_externaldata(Parser *p) {
    Node *n = node_new(p, NODE_EXTERNALDATA);
    NodeList list = {0}, uris = {0};
    advance(p);
    parse_params(p, n, true);
    list_add(p, &list, parse_table_type(p));
    Node *uri_list = node_new(p, NODE_LIST);
    parse_bracketed_values(p, &uris);
    node_kids(p, uri_list, &uris);
    list_add(p, &list, node_done(p, uri_list));
    if (accept_word(p, "with")) parse_with_properties(p, n);
    node_kids(p, n, &list);
    return node_done(p, n);
}
