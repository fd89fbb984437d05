/* parse_core.c: the parser's tools: tokens, faults and recovery, nodes. */
#include "syntax/parse_internal.h"

const Token *peek(const Parser *p) { return &p->tokens[p->at]; }

const Token *peek_ahead(const Parser *p, size_t n) {
    return &p->tokens[n < p->n_tokens - p->at ? p->at + n : p->n_tokens - 1];
}

void advance(Parser *p) {
    if (peek(p)->kind == TOKEN_PUNCT) {
        uint16_t c = peek(p)->punct;
        if (c == '(' || c == '[' || c == '{') p->brackets++;
        if ((c == ')' || c == ']' || c == '}') && p->brackets) p->brackets--;
    }
    if (p->at + 1 < p->n_tokens) p->at++;
}

Str token_text(const Parser *p, const Token *t) { return str_sub(p->text, t->start, t->len); }
Span token_span(const Token *t) { return (Span){t->start, t->len}; }

bool ahead_punct(const Parser *p, size_t n, unsigned punct) {
    const Token *t = peek_ahead(p, n);
    return t->kind == TOKEN_PUNCT && t->punct == punct;
}
bool at_punct(const Parser *p, unsigned punct) { return ahead_punct(p, 0, punct); }

bool ahead_word(const Parser *p, size_t n, const char *word) {
    const Token *t = peek_ahead(p, n);
    return t->kind == TOKEN_NAME && str_is(token_text(p, t), word);
}
bool at_word(const Parser *p, const char *word) { return ahead_word(p, 0, word); }

bool word_in(Str word, const char *const *words) {
    for (; *words; words++)
        if (str_is(word, *words)) return true;
    return false;
}
bool at_any_word(const Parser *p, const char *const *words) {
    return peek(p)->kind == TOKEN_NAME && word_in(token_text(p, peek(p)), words);
}

bool accept_punct(Parser *p, unsigned punct) {
    if (!at_punct(p, punct)) return false;
    advance(p);
    return true;
}
bool accept_word(Parser *p, const char *word) {
    if (!at_word(p, word)) return false;
    advance(p);
    return true;
}

Diag *fault(Parser *p, const char *code, const char *fmt, ...) {
    if (p->panic || p->over_limit) return NULL;
    p->panic = true;
    const Token *t = peek(p);
    if (t->kind == TOKEN_BAD) return NULL; /* the lexer told it */
    va_list ap;
    va_start(ap, fmt);
    Str message = arena_vprintf(p->diags->arena, fmt, ap);
    va_end(ap);
    return diag_add(p->diags, SEVERITY_ERROR, PHASE_SYNTAX, token_span(t), code, "%.*s",
                    STR_ARG(message));
}

static Str found_text(Parser *p) {
    const Token *t = peek(p);
    if (t->kind == TOKEN_END) return STR("the end of the query");
    return arena_printf(p->diags->arena, "`%.*s`", STR_ARG(str_sub(token_text(p, t), 0, 40)));
}

/* What is missing at the end of a line is missing there, not where the next line begins. */
static void place_at_line_end(const Parser *p, Diag *d) {
    if (p->at == 0) return;
    const Token *before = &p->tokens[p->at - 1];
    size_t end = before->start + before->len, next = peek(p)->start;
    bool is_later = end < next && memchr(p->text.ptr + end, '\n', next - end);
    if (is_later) d->span = (Span){(uint32_t)end, 0};
}

Diag *fault_missing(Parser *p, const char *what) {
    Diag *d = fault(p, "KS006", "Missing %s", what);
    if (d) {
        Str found = found_text(p);
        d->hint = arena_printf(p->diags->arena, "found %.*s", STR_ARG(found));
        if (peek(p)->kind == TOKEN_TYPED)
            d->hint = arena_printf(p->diags->arena,
                                   "found the literal %.*s; as a name it is written ['...']",
                                   STR_ARG(found));
        Str meant = hint_for_missing_value(p);
        if (meant.len) d->hint = meant;
        place_at_line_end(p, d);
    }
    return d;
}

bool expect_punct(Parser *p, unsigned punct) {
    if (accept_punct(p, punct)) return true;
    char two[3] = {(char)(punct > 255 ? punct >> 8 : punct), (char)(punct > 255 ? punct & 255 : 0),
                   0};
    Diag *d = fault(p, "KS005", "Expected: %s", two);
    if (d) {
        Str found = found_text(p);
        d->hint = hint_for_missing(p, punct, found);
        if (!d->hint.len) d->hint = arena_printf(p->diags->arena, "found %.*s", STR_ARG(found));
        place_at_line_end(p, d);
    }
    return false;
}

bool expect_word(Parser *p, const char *word) {
    if (accept_word(p, word)) return true;
    Diag *d = fault(p, "KS005", "Expected: %s", word);
    if (d) {
        Str found = found_text(p);
        d->hint = hint_for_missing_word(p, word);
        if (!d->hint.len) d->hint = arena_printf(p->diags->arena, "found %.*s", STR_ARG(found));
        place_at_line_end(p, d);
    }
    return false;
}

void resync(Parser *p, uint32_t outer) {
    for (;; advance(p)) {
        const Token *t = peek(p);
        if (t->kind == TOKEN_END || at_likely_query(p)) break;
        if (t->kind != TOKEN_PUNCT) continue;
        if (t->punct == ';') break;
        bool closes = t->punct == ')' || t->punct == ']' || t->punct == '}';
        if (p->brackets <= outer && (closes || t->punct == '|')) break;
    }
    p->brackets = outer;
    p->panic = false;
}

static void pass_limit(Parser *p, const char *what, unsigned limit) {
    if (p->over_limit) return;
    diag_add(p->diags, SEVERITY_ERROR, PHASE_SYNTAX, token_span(peek(p)), "QY901",
             "The query is too large: more than %u %s", limit, what);
    p->over_limit = true;
    p->at = p->n_tokens - 1;
}

bool enter(Parser *p) {
    if (p->depth >= SYNTAX_MAX_DEPTH) {
        pass_limit(p, "levels of nesting", SYNTAX_MAX_DEPTH);
        return false;
    }
    p->depth++;
    return true;
}
void leave(Parser *p) { p->depth--; }

enum { NODES_A_LOOK = 8192 }; /* at the clock */

static void check_time(Parser *p) {
    if (p->over_limit || !diags_are_late(p->diags)) return;
    diags_add_late(p->diags);
    p->over_limit = true;
    p->at = p->n_tokens - 1;
}

Node *node_new(Parser *p, NodeKind kind) {
    if (p->n_nodes % NODES_A_LOOK == NODES_A_LOOK - 1) check_time(p);
    if (++p->n_nodes > SYNTAX_MAX_NODES) pass_limit(p, "syntax nodes", SYNTAX_MAX_NODES);
    Node *n = ARENA_NEW(p->arena, Node);
    n->kind = kind;
    n->span.start = peek(p)->start;
    n->text = STR_EMPTY;
    return n;
}

Node *node_from(Parser *p, NodeKind kind, const Node *first) {
    Node *n = node_new(p, kind);
    n->span.start = first->span.start;
    return n;
}

Node *node_done(Parser *p, Node *n) {
    if (p->at > 0) {
        const Token *last = &p->tokens[p->at - 1];
        uint32_t end = last->start + last->len;
        n->span.len = end > n->span.start ? end - n->span.start : 0;
    }
    return n;
}

void node_set_name(Parser *p, Node *n, const Token *t) {
    n->text = token_text(p, t);
    n->name_span = token_span(t);
}

void node_kids(Parser *p, Node *n, const NodeList *list) {
    (void)p;
    n->kids = list->items;
    n->n = (uint32_t)list->n;
}

void list_add(Parser *p, NodeList *list, Node *n) {
    ARENA_PUSH(p->arena, list->items, list->n, list->cap, n);
}

Node *node_error(Parser *p) {
    Node *n = node_new(p, NODE_ERROR);
    n->span.len = peek(p)->len;
    return n;
}
