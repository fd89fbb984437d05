/*
 * parse_query.c: a query as a whole, and several in one text.
 *
 * Only where a statement has ended and what follows is no `;` can another query begin: a text that parses
 * as one is never cut. After a fault that the parser could not mend the next query is looked for, so that
 * one that is wrong does not hide the others.
 */
#include "syntax/parse_internal.h"

/* ----------------------------------------------------------------- where one begins */

/* Blanks alone stand before the token on its line, and one of the lines between it and the token before is
 * blank. */
static bool is_after_blank_line(const Parser *p) {
    const Token *before = &p->tokens[p->at - 1];
    bool is_blank = false, is_first = false, has_blank_line = false;
    for (size_t i = before->start + before->len; i < peek(p)->start; i++) {
        char c = p->text.ptr[i];
        if (c == '\n') {
            if (is_first && is_blank) has_blank_line = true;
            is_first = is_blank = true;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            is_blank = false;
        }
    }
    return has_blank_line && is_blank;
}

static bool ends_source(const Parser *p, size_t n) {
    return ahead_punct(p, n, '|') || ahead_punct(p, n, ';') || peek_ahead(p, n)->kind == TOKEN_END;
}

static bool is_source_operator(NodeKind kind) {
    return kind == NODE_OP_PRINT || kind == NODE_OP_RANGE || kind == NODE_OP_UNION ||
           kind == NODE_OP_SEARCH || kind == NODE_OP_FIND || kind == NODE_OP_EVALUATE ||
           kind == NODE_OP_MACRO_EXPAND;
}

/* `where` after a blank line is an operator that lacks its pipe, not a query. */
bool at_next_query(const Parser *p) {
    if (p->at == 0 || p->brackets || !is_after_blank_line(p)) return false;
    if (at_punct(p, '(') || at_punct(p, '[')) return true;
    if (peek(p)->kind != TOKEN_NAME) return false;
    const OperatorRule *rule = operator_find(token_text(p, peek(p)));
    return !rule || is_source_operator(rule->kind) || ends_source(p, 1);
}

bool at_likely_query(const Parser *p) {
    static const char *const openers[] = {"let",  "set",   "declare", "union", "print",
                                          "find", "range", "search",  NULL};
    return at_next_query(p) && (at_any_word(p, openers) || ahead_punct(p, 1, '|'));
}

/* ----------------------------------------------------------------------- statements */

/* Skips to what may follow a statement, and ends the panic. */
static void recover(Parser *p) {
    while (peek(p)->kind != TOKEN_END && !at_punct(p, ';') && !at_likely_query(p)) advance(p);
    p->brackets = 0;
    p->panic = false;
}

/* What stands between two statements and is neither `;` nor another query is told once. */
static void close_statement(Parser *p) {
    if (!p->panic && peek(p)->kind != TOKEN_END && !at_punct(p, ';') && !at_next_query(p)) {
        Str word = token_text(p, peek(p));
        bool closing = at_punct(p, ')') || at_punct(p, ']') || at_punct(p, '}');
        Diag *d = fault(p, "KS002", "Unexpected: %.*s", STR_ARG(str_sub(word, 0, 60)));
        if (d && closing) d->hint = STR("this bracket was never opened");
        else if (d && str_is(word, ",")) d->hint = hint_for_comma(p);
        else if (d) d->hint = STR("statements are separated by ;");
    }
    if (p->panic) recover(p);
}

void parse_statements(Parser *p, NodeList *list) {
    bool is_closed = true;
    while (peek(p)->kind != TOKEN_END && !p->over_limit) {
        if (accept_punct(p, ';')) {
            is_closed = true;
            continue;
        }
        if (!is_closed) return;
        size_t from = p->at;
        list_add(p, list, parse_statement(p));
        if (p->at == from) advance(p); /* whatever it was, it was told */
        close_statement(p);
        is_closed = false;
    }
}

/* ---------------------------------------------------------------------------- query */

static void parse_query(Parser *p, Node *root) {
    NodeList list = {0};
    if (at_punct(p, '.')) {
        Diag *d = fault(p, "KS002", "Unexpected: .");
        if (d) d->hint = STR("a management command, not a query");
        while (peek(p)->kind != TOKEN_END) advance(p);
        p->panic = false;
    }
    parse_statements(p, &list);
    if (peek(p)->kind != TOKEN_END && !p->over_limit) {
        Diag *d =
            fault(p, "KS002", "Unexpected: %.*s", STR_ARG(str_sub(token_text(p, peek(p)), 0, 60)));
        if (d)
            d->hint = STR("after the blank line another query begins, and one is wanted here; "
                          "statements of one query are separated by ;");
    }
    node_kids(p, root, &list);
    if (list.n == 0 && !p->over_limit && p->diags->n_errors == 0) fault_missing(p, "query");
    root->span = (Span){(uint32_t)p->start, (uint32_t)(p->text.len - p->start)};
}

static Status refuse(Diags *diags, const char *what, unsigned limit) {
    diag_add(diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 0}, "QY901",
             "The query is too large: more than %u %s", limit, what);
    return LIMIT;
}

Status syntax_parse_part(Arena *arena, Str text, Span part, Diags *diags, Syntax *ret) {
    size_t errors = diags->n_errors;
    text = str_sub(text, 0, (size_t)part.start + part.len);
    *ret = (Syntax){.text = text, .start = part.start};
    ret->root = ARENA_NEW(arena, Node);
    ret->root->kind = NODE_QUERY;
    if (text.len > SYNTAX_MAX_BYTES) return refuse(diags, "bytes", SYNTAX_MAX_BYTES);
    Parser p = {.arena = arena, .text = text, .start = part.start, .diags = diags};
    lex(&p);
    ret->comments = p.comments;
    ret->n_comments = (uint32_t)p.n_comments;
    if (p.over_limit) return refuse(diags, "tokens", SYNTAX_MAX_NODES);
    parse_query(&p, ret->root);
    if (p.over_limit) return LIMIT;
    return diags->n_errors > errors ? INVALID : OK;
}

Status syntax_parse(Arena *arena, Str text, Diags *diags, Syntax *ret) {
    size_t len = text.len < UINT32_MAX ? text.len : UINT32_MAX;
    return syntax_parse_part(arena, text, (Span){0, (uint32_t)len}, diags, ret);
}

/* -------------------------------------------------------------------------- several */

/* Where the part of the query that begins at the current token starts: the first blank line before it. */
static uint32_t part_start(const Parser *p) {
    const Token *before = &p->tokens[p->at - 1];
    size_t line = 0; /* 0: still on the line of the token before */
    bool is_blank = false;
    for (size_t i = before->start + before->len; i < peek(p)->start; i++) {
        char c = p->text.ptr[i];
        if (c == '\n') {
            if (line && is_blank) break;
            line = i + 1;
            is_blank = true;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            is_blank = false;
        }
    }
    return (uint32_t)line;
}

typedef struct SpanList {
    Span *items;
    size_t n, cap;
} SpanList;

void syntax_split(Arena *arena, Str text, Span **ret, size_t *ret_n) {
    SpanList parts = {0};
    Arena *scratch = arena_new();
    Diags faults;
    diags_init(&faults, scratch);
    Parser p = {.arena = scratch, .text = text, .diags = &faults};
    uint32_t from = 0;
    if (text.len <= SYNTAX_MAX_BYTES) lex(&p);
    while (p.n_tokens && !p.over_limit && parts.n < SYNTAX_MAX_QUERIES) {
        NodeList list = {0};
        parse_statements(&p, &list);
        if (p.over_limit || peek(&p)->kind == TOKEN_END) break;
        uint32_t start = part_start(&p);
        ARENA_PUSH(arena, parts.items, parts.n, parts.cap, ((Span){from, start - from}));
        from = start;
    }
    bool is_one = p.over_limit || parts.n >= SYNTAX_MAX_QUERIES;
    if (is_one) parts.n = from = 0;
    uint32_t end = text.len < UINT32_MAX ? (uint32_t)text.len : UINT32_MAX;
    ARENA_PUSH(arena, parts.items, parts.n, parts.cap, ((Span){from, end - from}));
    *ret = parts.items;
    *ret_n = parts.n;
    arena_free(scratch);
}
