/*
 * bind_search.c: terms in any column.
 *
 * Source: "search operator" (predicate syntax), "find operator", "where operator". A term's stars say how
 * it is looked for: "x" has, "*x" hassuffix, "x*" hasprefix, "*x*" contains, "x*y" a regular expression
 * between word boundaries. Looked at is what can hold text: strings, dynamic values, GUIDs and numbers,
 * the latter only for a term that a number can hold.
 */
#include "semantics/operators/bind_search.h"
#include "semantics/bind_scope.h"

/* ------------------------------------------------------------------- terms */

typedef struct Term {
    const char *op; /* NULL: anything matches */
    Str value;
} Term;

static void put_escaped(Buf *out, char c) {
    bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   c == '_' || (unsigned char)c >= 0x80;
    if (!is_word) buf_putc(out, '\\');
    buf_putc(out, c);
}

/* Lab*PC -> \bLab.*PC\b; no boundary at an end where the star stands. */
static Str regex_of(Binder *b, Str text, bool is_case_sensitive) {
    Buf out = {0};
    if (!is_case_sensitive) buf_puts(&out, "(?i)");
    if (text.ptr[0] != '*') buf_puts(&out, "\\b");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '*') put_escaped(&out, text.ptr[i]);
        else if (i && i + 1 < text.len) buf_puts(&out, ".*");
    }
    if (text.ptr[text.len - 1] != '*') buf_puts(&out, "\\b");
    Str regex = arena_str(b->arena, buf_str(&out));
    buf_free(&out);
    return regex;
}

static Term term_of(Binder *b, Str text, bool cs) {
    size_t from = 0, to = text.len;
    while (from < to && text.ptr[from] == '*') from++;
    while (to > from && text.ptr[to - 1] == '*') to--;
    Str inner = str_sub(text, from, to - from);
    bool starts = from > 0, ends = to < text.len;
    if (inner.len == 0) return (Term){text.len ? NULL : "has", inner};
    if (memchr(inner.ptr, '*', inner.len)) return (Term){"matches regex", regex_of(b, text, cs)};
    if (starts && ends) return (Term){cs ? "contains_cs" : "contains", inner};
    if (starts) return (Term){cs ? "hassuffix_cs" : "hassuffix", inner};
    if (ends) return (Term){cs ? "hasprefix_cs" : "hasprefix", inner};
    return (Term){cs ? "has_cs" : "has", inner};
}

static Expr *true_expr(Binder *b, Span span) { return expr_of_value(b, value_bool(true), span); }

static Expr *term_in(Binder *b, const Term *term, Expr *where, Span span) {
    if (!term->op) return true_expr(b, span);
    return expr_operator(b, term->op, expr_convert(b, where, TYPE_STRING),
                         expr_of_value(b, value_str(term->value), span), span);
}

/* -------------------------------------------------------------- all columns */

/* Nested in halves, so that many columns do not make a deep tree. */
static Expr *combine(Binder *b, const char *op, Expr **items, uint32_t n, Span span) {
    if (n == 1) return items[0];
    uint32_t half = n / 2;
    Expr *left = combine(b, op, items, half, span);
    return expr_operator(b, op, left, combine(b, op, items + half, n - half, span), span);
}

static bool can_be_in_number(Str text) {
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789+-.eE*", text.ptr[i], 16)) return false;
    return true;
}

static bool holds_text(Type t, Str term) {
    if (TYPE_BIT(t) & (TS_STRING | TS_DYNAMIC | TS_GUID)) return true;
    return (TYPE_BIT(t) & TS_NUMBER) && can_be_in_number(term);
}

/* Each column is looked through for a term of its own: a long one costs in all of them. */
static void spend_term(Binder *b, Str text, uint32_t n_columns, Span span) {
    enum { BYTES_A_STEP = 64 };
    uint64_t steps = (uint64_t)(text.len / BYTES_A_STEP) * n_columns;
    bind_spend_columns(b, steps < BIND_MAX_WORK ? (uint32_t)steps : BIND_MAX_WORK, span);
}

static Expr *term_anywhere(Binder *b, Str text, bool is_case_sensitive, Span span) {
    Term term = term_of(b, text, is_case_sensitive);
    const Schema none = {0}, *s = b->row.schema ? b->row.schema : &none;
    if (!term.op) return true_expr(b, span);
    Expr **items = ARENA_ARRAY(b->arena, Expr *, s->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (holds_text(s->items[i].type, text))
            items[n++] = term_in(b, &term, expr_column(b, &s->items[i], span), span);
    spend_term(b, text, n, span);
    return n ? combine(b, "or", items, n, span) : expr_of_value(b, value_bool(false), span);
}

Expr *bind_any_column(Binder *b, const Node *n) {
    const Schema none = {0}, *s = b->row.schema ? b->row.schema : &none;
    char *op = arena_cstr(b->arena, n->text);
    Expr *value = bind_expr(b, n->kids[1]);
    if (expr_is_error(value)) return value;
    bool is_of_text = !str_is(n->text, "==");
    if (is_of_text && !(TYPE_BIT(value->type) & TS_TEXTUAL)) {
        bind_error(b, n->kids[1], "KS107", "A value of type string expected, not %s.",
                   type_name(value->type));
        return expr_error(b, n->span);
    }
    bool is_text = value->kind == EXPR_LITERAL && value->type == TYPE_STRING;
    Expr **items = ARENA_ARRAY(b->arena, Expr *, s->n + 1);
    uint32_t n_items = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (is_text && !holds_text(s->items[i].type, value->u.literal.u.s)) continue;
        Expr *column = expr_column(b, &s->items[i], n->span);
        b->mute++;
        Expr *e = expr_operator(b, op, is_text ? expr_convert(b, column, TYPE_STRING) : column,
                                value, n->span);
        b->mute--;
        if (!expr_is_error(e)) items[n_items++] = e;
    }
    if (is_text) spend_term(b, value->u.literal.u.s, n_items, n->span);
    bool is_negated = op[0] == '!';
    if (!n_items) return expr_of_value(b, value_bool(is_negated), n->span);
    return combine(b, is_negated ? "and" : "or", items, n_items, n->span);
}

/* -------------------------------------------------------------- predicates */

/* The form of a string operator that heeds case; the operator itself when it has none. */
static Str cased_operator(Str op) {
    static const char *const forms[][2] = {{"has", "has_cs"},
                                           {"!has", "!has_cs"},
                                           {"hasprefix", "hasprefix_cs"},
                                           {"!hasprefix", "!hasprefix_cs"},
                                           {"hassuffix", "hassuffix_cs"},
                                           {"!hassuffix", "!hassuffix_cs"},
                                           {"contains", "contains_cs"},
                                           {"!contains", "!contains_cs"},
                                           {"startswith", "startswith_cs"},
                                           {"!startswith", "!startswith_cs"},
                                           {"endswith", "endswith_cs"},
                                           {"!endswith", "!endswith_cs"},
                                           {"=~", "=="},
                                           {"!~", "!="}};
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (str_is(op, forms[i][0])) return str_of(forms[i][1]);
    return op;
}

Expr *bind_column_term(Binder *b, const Node *n, bool is_case_sensitive) {
    bool is_star = n->kids[0]->kind == NODE_STAR;
    Expr *column = is_star ? NULL : bind_expr(b, n->kids[0]);
    Str text;
    if (!bind_constant_string(b, n->kids[1], &text)) return expr_error(b, n->span);
    if (is_star) return term_anywhere(b, text, is_case_sensitive, n->span);
    if (expr_is_error(column)) return column;
    Term term = term_of(b, text, is_case_sensitive);
    return term_in(b, &term, column, n->span);
}

static Expr *search_binary(Binder *b, const Node *n, bool is_case_sensitive) {
    if (str_is(n->text, "and") || str_is(n->text, "or")) {
        Expr *left = bind_search_predicate(b, n->kids[0], is_case_sensitive);
        Expr *right = bind_search_predicate(b, n->kids[1], is_case_sensitive);
        return expr_operator(b, arena_cstr(b->arena, n->text), left, right, n->span);
    }
    if (str_is(n->text, ":")) return bind_column_term(b, n, is_case_sensitive);
    if (!is_case_sensitive) return bind_predicate(b, n);
    Node *cased = ARENA_NEW(b->arena, Node);
    *cased = *n;
    cased->text = cased_operator(n->text);
    return bind_predicate(b, cased);
}

static Expr *search_predicate(Binder *b, const Node *n, bool is_case_sensitive) {
    if (n->kind == NODE_STAR) return true_expr(b, n->span);
    if (n->kind == NODE_LITERAL && n->value.type == TYPE_STRING)
        return term_anywhere(b, n->value.u.s, is_case_sensitive, n->span);
    if (n->kind == NODE_BINARY) return search_binary(b, n, is_case_sensitive);
    bool is_not = n->kind == NODE_CALL && n->n == 1 && str_is(n->text, "not");
    if (!is_not) return bind_predicate(b, n);
    Expr *e = bind_search_predicate(b, n->kids[0], is_case_sensitive);
    return expr_is_error(e) ? e : expr_function(b, "not", &e, 1, n->span);
}

Expr *bind_search_predicate(Binder *b, const Node *n, bool is_case_sensitive) {
    if (!bind_enter(b, n)) return expr_error(b, n->span);
    Expr *e = search_predicate(b, node_bare(n), is_case_sensitive);
    bind_leave(b);
    return e;
}

/* ------------------------------------------------------------------- names */

static void add_name(Binder *b, const Node *n, NameList *names) {
    if (local_find(b, n->text)) return;
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->items[i]->text, n->text)) return;
    ARENA_PUSH(b->arena, names->items, names->n, names->cap, n);
}

/* `is_condition`: a lone literal here is a term. */
static void find_names(Binder *b, const Node *n, bool is_condition, NameList *names, bool *all) {
    if (!n || !bind_enter(b, n)) return;
    bool is_junction =
        n->kind == NODE_PAREN ||
        (n->kind == NODE_BINARY && (str_is(n->text, "and") || str_is(n->text, "or"))) ||
        (n->kind == NODE_CALL && str_is(n->text, "not"));
    bool is_term = n->kind == NODE_LITERAL && n->value.type == TYPE_STRING && is_condition;
    if (n->kind == NODE_STAR || is_term) *all = true;
    if (n->kind == NODE_NAME) add_name(b, n, names);
    bool is_own_scope = n->kind == NODE_TO_SCALAR || n->kind == NODE_PIPE;
    for (uint32_t i = 0; !is_own_scope && i < n->n; i++)
        find_names(b, n->kids[i], is_condition && is_junction, names, all);
    bind_leave(b);
}

void bind_search_names(Binder *b, const Node *n, NameList *ret, bool *ret_reads_all) {
    *ret_reads_all = false;
    find_names(b, n, true, ret, ret_reads_all);
}
