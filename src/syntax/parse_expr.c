/*
 * parse_expr.c: scalar expressions.
 *
 * Loosest first, as the grammar has it: or; and; == != in between has_any (once); < > <= >= (once);
 * + -; * / %; the string operators (once); sign; members and indexes.
 */
#include "syntax/parse_internal.h"

/* Words that are no name in an expression unless a parenthesis follows them. */
/* clang-format off */
static const char *const reserved[] = {
    "and", "or", "by", "in", "in~", "between", "has", "has_cs", "has_any", "has_all",
    "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
    "notcontains", "startswith", "startswith_cs", "endswith", "endswith_cs", "like", "notlike",
    "as", "asc", "desc", "of", "to", "where", "project", "project-away", "project-keep",
    "project-rename", "project-reorder", "project-smart", "project-by-names", "union",
    "mv-expand", "mv-apply", "make-series", "make-graph", "parse-where", "parse-kv", "print",
    "search", "find", "invoke", "sample", "sample-distinct", "assert-schema", "top-hitters",
    "top-nested", "datatable", "externaldata", "external_data", "set", "first", "last",
    "materialize", "toscalar", NULL};
/* clang-format on */

typedef struct Spelling {
    const char *written, *canonical;
} Spelling;

static const Spelling string_operators[] = {{"has", "has"},
                                            {"has_cs", "has_cs"},
                                            {"hasprefix", "hasprefix"},
                                            {"hasprefix_cs", "hasprefix_cs"},
                                            {"hassuffix", "hassuffix"},
                                            {"hassuffix_cs", "hassuffix_cs"},
                                            {"contains", "contains"},
                                            {"contains_cs", "contains_cs"},
                                            {"containscs", "contains_cs"},
                                            {"startswith", "startswith"},
                                            {"startswith_cs", "startswith_cs"},
                                            {"endswith", "endswith"},
                                            {"endswith_cs", "endswith_cs"},
                                            {"!has", "!has"},
                                            {"!has_cs", "!has_cs"},
                                            {"!hasprefix", "!hasprefix"},
                                            {"!hasprefix_cs", "!hasprefix_cs"},
                                            {"!hassuffix", "!hassuffix"},
                                            {"!hassuffix_cs", "!hassuffix_cs"},
                                            {"!contains", "!contains"},
                                            {"!contains_cs", "!contains_cs"},
                                            {"notcontains", "!contains"},
                                            {"notcontainscs", "!contains_cs"},
                                            {"!startswith", "!startswith"},
                                            {"!startswith_cs", "!startswith_cs"},
                                            {"!endswith", "!endswith"},
                                            {"!endswith_cs", "!endswith_cs"},
                                            {"like", "like"},
                                            {"likecs", "likecs"},
                                            {"notlike", "notlike"},
                                            {"notlikecs", "notlikecs"}};

static const char *const list_operators[] = {"in",      "in~",     "!in", "!in~",
                                             "has_any", "has_all", NULL};

static bool is_worded(const Token *t) { return t->kind == TOKEN_NAME || t->kind == TOKEN_NOT_WORD; }

/* The string operator at `t`, or NULL. *ret_tokens: how many tokens it takes. */
static const char *string_operator(const Parser *p, size_t *ret_tokens) {
    const Token *t = peek(p);
    *ret_tokens = 1;
    if (at_punct(p, PUNCT_EQ_TILDE)) return "=~";
    if (at_punct(p, PUNCT_NOT_TILDE)) return "!~";
    if (at_punct(p, ':')) return ":";
    if (!is_worded(t)) return NULL;
    Str word = token_text(p, t);
    if (str_is(word, "matches") && ahead_word(p, 1, "regex")) {
        *ret_tokens = 2;
        return "matches regex";
    }
    for (size_t i = 0; i < COUNT_OF(string_operators); i++)
        if (str_is(word, string_operators[i].written)) return string_operators[i].canonical;
    return NULL;
}

static Node *binary(Parser *p, const char *op, Node *left, size_t tokens,
                    Node *(*right)(Parser *p)) {
    Node *n = node_from(p, NODE_BINARY, left);
    n->name_span = token_span(peek(p));
    while (tokens--) advance(p);
    n->text = str_of(op);
    n->n = 2;
    n->kids = ARENA_ARRAY(p->arena, Node *, 2);
    n->kids[0] = left;
    n->kids[1] = right(p);
    return node_done(p, n);
}

static Node *parse_string_operation(Parser *p) {
    Node *left = parse_invocation(p);
    size_t tokens;
    const char *op = string_operator(p, &tokens);
    return op ? binary(p, op, left, tokens, parse_invocation) : left;
}

/* Left-leaning chains deepen the tree by one a step: they count as nesting. */
static Node *parse_chain(Parser *p, const char *const *ops, Node *(*part)(Parser *p)) {
    Node *left = part(p);
    uint32_t depth = p->depth;
    for (;;) {
        const char *op = NULL;
        for (size_t i = 0; ops[i] && !op; i++)
            if (at_punct(p, (unsigned char)ops[i][0])) op = ops[i];
        if (!op || !enter(p)) break;
        left = binary(p, op, left, 1, part);
    }
    p->depth = depth;
    return left;
}

static Node *parse_multiplicative(Parser *p) {
    static const char *const ops[] = {"*", "/", "%", NULL};
    return parse_chain(p, ops, parse_string_operation);
}

static Node *parse_additive(Parser *p) {
    static const char *const ops[] = {"+", "-", NULL};
    return parse_chain(p, ops, parse_multiplicative);
}

static Node *parse_relational(Parser *p) {
    Node *left = parse_additive(p);
    const char *op = at_punct(p, '<')        ? "<"
                     : at_punct(p, '>')      ? ">"
                     : at_punct(p, PUNCT_LE) ? "<="
                     : at_punct(p, PUNCT_GE) ? ">="
                                             : NULL;
    return op ? binary(p, op, left, 1, parse_additive) : left;
}

static bool at_bracketed_name(const Parser *p) {
    return at_punct(p, '[') && peek_ahead(p, 1)->kind == TOKEN_STRING && ahead_punct(p, 2, ']');
}

static Node *parse_in(Parser *p, Node *left) {
    Node *n = node_from(p, NODE_IN, left);
    node_set_name(p, n, peek(p));
    advance(p);
    NodeList list = {0};
    list_add(p, &list, left);
    if (accept_punct(p, '(')) {
        n->flags |= NODE_FLAG_LIST_IN_PARENS;
        if (at_punct(p, ')')) {
            fault_missing(p, "expression");
            p->panic = false;
        } else {
            do {
                list_add(p, &list, parse_pipe(p));
            } while (accept_punct(p, ','));
        }
        expect_punct(p, ')');
    } else {
        Diag *d = fault(p, "KS005", "Expected: (");
        if (d) d->hint = STR("a list stands in parentheses: in (\"a\", \"b\")");
        list_add(p, &list, node_error(p));
    }
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_between(Parser *p, Node *left) {
    Node *n = node_from(p, NODE_BETWEEN, left);
    node_set_name(p, n, peek(p));
    advance(p);
    NodeList list = {0};
    list_add(p, &list, left);
    expect_punct(p, '(');
    list_add(p, &list, parse_additive(p));
    expect_punct(p, PUNCT_DOTS);
    list_add(p, &list, parse_additive(p));
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_equality(Parser *p) {
    Node *left = parse_relational(p);
    if (at_punct(p, PUNCT_EQ)) return binary(p, "==", left, 1, parse_relational);
    if (at_punct(p, PUNCT_NE) || at_punct(p, PUNCT_LTGT))
        return binary(p, "!=", left, 1, parse_relational);
    if (!is_worded(peek(p))) return left;
    Str word = token_text(p, peek(p));
    if (word_in(word, list_operators) && !(str_is(word, "in") && ahead_word(p, 1, "range")))
        return parse_in(p, left);
    if (str_is(word, "between") || str_is(word, "!between")) return parse_between(p, left);
    return left;
}

/* and/or are associative: a long chain becomes a balanced tree, so that a list of a thousand
 * indicators is no deep one. Short chains lean left, as written. */
#define LEANING_CHAIN 64

static Node *join_chain(Parser *p, const char *op, const Span *ops, Node **parts, size_t n) {
    if (n == 1 || !ops) return parts[0];
    size_t half = n <= LEANING_CHAIN ? n - 1 : n / 2;
    Node *left = join_chain(p, op, ops, parts, half);
    Node *right = join_chain(p, op, ops + half, parts + half, n - half);
    Node *b = node_from(p, NODE_BINARY, left);
    b->text = str_of(op);
    b->name_span = ops[half - 1];
    b->span.len = right->span.start + right->span.len - left->span.start;
    b->n = 2;
    b->kids = ARENA_ARRAY(p->arena, Node *, 2);
    b->kids[0] = left;
    b->kids[1] = right;
    return b;
}

static Node *parse_logical(Parser *p, const char *op, Node *(*part)(Parser *p)) {
    Node *first = part(p);
    if (!at_word(p, op)) return first;
    NodeList parts = {0};
    Span *ops = NULL;
    size_t n_ops = 0, cap = 0;
    list_add(p, &parts, first);
    while (at_word(p, op)) {
        ARENA_PUSH(p->arena, ops, n_ops, cap, token_span(peek(p)));
        advance(p);
        list_add(p, &parts, part(p));
    }
    return join_chain(p, op, ops, parts.items, parts.n);
}

static Node *parse_and(Parser *p) { return parse_logical(p, "and", parse_equality); }

/* `=` where `==` is meant: says so once and reads on as if it were right. */
static Node *repair_single_equals(Parser *p, Node *left) {
    if (p->panic) return left;
    Diag *d = fault(p, "KS002", "Unexpected: =");
    if (d) d->hint = STR("to compare, write == (or =~ to ignore case)");
    Node *n = binary(p, "==", left, 1, parse_and);
    p->panic = false;
    return n;
}

Node *parse_expression(Parser *p) {
    if (!enter(p)) return node_error(p);
    Node *n = parse_logical(p, "or", parse_and);
    leave(p);
    if (at_punct(p, '=') && n->kind != NODE_LITERAL) n = repair_single_equals(p, n);
    return n;
}

/* The one long whose digits are no long without their sign. */
static bool at_least_long(const Parser *p) {
    const Token *digits = peek_ahead(p, 1);
    return at_punct(p, '-') && digits->kind == TOKEN_LONG &&
           str_is(token_text(p, digits), "9223372036854775808");
}

static Node *parse_least_long(Parser *p) {
    Node *n = node_new(p, NODE_LITERAL);
    n->value = value_long(INT64_MIN);
    advance(p);
    advance(p);
    return node_done(p, n);
}

Node *parse_invocation(Parser *p) {
    if (!at_punct(p, '-') && !at_punct(p, '+')) return parse_path(p);
    if (at_least_long(p)) return parse_least_long(p);
    Node *n = node_new(p, NODE_UNARY);
    node_set_name(p, n, peek(p));
    advance(p);
    NodeList list = {0};
    list_add(p, &list, parse_path(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* --------------------------------------------------------------- names and literals */

bool at_name(const Parser *p) { return peek(p)->kind == TOKEN_NAME || at_bracketed_name(p); }

/* Kusto has types among its names too: a column may be called `datetime`, which the lexer leaves alone
 * unless a parenthesis follows. */
Node *parse_name(Parser *p) {
    Node *n = node_new(p, NODE_NAME);
    if (at_bracketed_name(p)) {
        advance(p);
        n->text = literal_string(p, peek(p));
        n->name_span = token_span(peek(p));
        n->flags |= NODE_FLAG_BRACKETED;
        advance(p);
        advance(p);
        return node_done(p, n);
    }
    if (peek(p)->kind != TOKEN_NAME) {
        fault_missing(p, "name");
        return node_error(p);
    }
    node_set_name(p, n, peek(p));
    advance(p);
    return node_done(p, n);
}

/* Words, numbers and stars that touch: Security*, *_CL, a*b. */
Node *parse_wildcard_name(Parser *p) {
    Node *n = node_new(p, NODE_NAME);
    if (at_bracketed_name(p)) return parse_name(p);
    if (peek(p)->kind != TOKEN_NAME && !at_punct(p, '*')) return parse_name(p);
    const Token *first = peek(p), *last = first;
    bool star = false;
    do {
        last = peek(p);
        if (at_punct(p, '*')) star = true;
        advance(p);
    } while (!peek(p)->space_before &&
             (at_punct(p, '*') ||
              ((peek(p)->kind == TOKEN_NAME || peek(p)->kind == TOKEN_LONG) && star)));
    n->text = str_sub(p->text, first->start, last->start + last->len - first->start);
    n->name_span = (Span){first->start, (uint32_t)n->text.len};
    if (star) n->flags |= NODE_FLAG_WILDCARD;
    return node_done(p, n);
}

static bool is_literal(const Token *t) { return t->kind >= TOKEN_LONG && t->kind <= TOKEN_DYNAMIC; }

static bool at_bool(const Parser *p) {
    static const char *const words[] = {"true", "false", "True", "False", "TRUE", "FALSE", NULL};
    return at_any_word(p, words);
}

/* Strings that stand side by side are one. */
static void join_strings(Parser *p, Node *n) {
    Buf all = {0};
    buf_put(&all, n->value.u.s);
    while (peek(p)->kind == TOKEN_STRING) {
        buf_put(&all, literal_string(p, peek(p)));
        if (literal_is_obfuscated(token_text(p, peek(p)))) n->flags |= NODE_FLAG_OBFUSCATED;
        advance(p);
    }
    n->value = value_str(arena_str(p->arena, buf_str(&all)));
    buf_free(&all);
}

/* datetime() "returns the current time" (page of the datetime data type), and datetime(8:00) is a time of
 * the present day (example of time_window_rolling_avg_fl): the text between the brackets of such a one. */
static bool is_of_now(Parser *p, const Token *t, Str *ret_time) {
    Str text = token_text(p, t);
    size_t open = str_find(text, STR("("), 0), colon;
    if (t->kind != TOKEN_TYPED || open == SIZE_MAX) return false;
    if (type_from_name(str_trim(str_sub(text, 0, open))) != TYPE_DATETIME) return false;
    *ret_time = str_trim(str_sub(text, open + 1, text.len - open - 2));
    if (!ret_time->len) return true;
    for (size_t i = 0; i < ret_time->len; i++)
        if (!strchr("0123456789:.", ret_time->ptr[i])) return false;
    colon = str_find(*ret_time, STR(":"), 0);
    return colon == 1 || colon == 2;
}

/* A node that the token at hand stands for. */
static Node *implied(Parser *p, NodeKind kind, const char *text, Node *first, Node *second) {
    Node *n = node_new(p, kind);
    NodeList list = {0};
    n->span = token_span(peek(p));
    n->text = str_of(text);
    if (first) list_add(p, &list, first);
    if (second) list_add(p, &list, second);
    node_kids(p, n, &list);
    return n;
}

static Node *parse_time_of_now(Parser *p, Str time) {
    Node *n = implied(p, NODE_CALL, "now", NULL, NULL);
    if (time.len) {
        Node *since = implied(p, NODE_LITERAL, "", NULL, NULL);
        since->value = literal_time_of_day(p, peek(p), time);
        n = implied(p, NODE_CALL, "startofday", n, NULL);
        n = implied(p, NODE_BINARY, "+", n, since);
    }
    advance(p);
    return n;
}

static Node *parse_plain_literal(Parser *p) {
    const Token *t = peek(p);
    Str time;
    if (is_of_now(p, t, &time)) return parse_time_of_now(p, time);
    Node *n = node_new(p, t->kind == TOKEN_DYNAMIC ? NODE_DYNAMIC : NODE_LITERAL);
    n->value = literal_value(p, t);
    if (t->kind == TOKEN_STRING && literal_is_obfuscated(token_text(p, t)))
        n->flags |= NODE_FLAG_OBFUSCATED;
    advance(p);
    if (t->kind == TOKEN_STRING && peek(p)->kind == TOKEN_STRING) join_strings(p, n);
    node_done(p, n);
    n->text = str_sub(p->text, n->span.start, n->span.len);
    return n;
}

Node *parse_literal(Parser *p) {
    if (at_punct(p, '-') || at_punct(p, '+')) return parse_invocation(p);
    if (is_literal(peek(p)) || at_bool(p)) return parse_plain_literal(p);
    if (at_word(p, "typeof")) return parse_typeof(p);
    return parse_expression(p);
}

/* ----------------------------------------------------------------- primaries */

static Node *parse_paren(Parser *p) {
    Node *n = node_new(p, NODE_PAREN);
    advance(p);
    NodeList list = {0};
    list_add(p, &list, parse_pipe(p));
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_argument(Parser *p) {
    if (at_punct(p, '*') && (ahead_punct(p, 1, ',') || ahead_punct(p, 1, ')'))) {
        Node *star = node_new(p, NODE_STAR);
        advance(p);
        return node_done(p, star);
    }
    size_t name_tokens = at_bracketed_name(p) ? 3 : 1;
    if (!at_name(p) || !ahead_punct(p, name_tokens, '=')) return parse_named(p);
    Node *n = node_new(p, NODE_NAMED_ARG);
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    advance(p);
    NodeList list = {0};
    list_add(p, &list, parse_expression(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *call_arguments(Parser *p, Node *n) {
    NodeList list = {0};
    expect_punct(p, '(');
    if (!at_punct(p, ')') && !p->panic) parse_list_of(p, &list, parse_argument);
    expect_punct(p, ')');
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_call(Parser *p) {
    Node *n = node_new(p, NODE_CALL);
    Node *name = parse_name(p);
    n->text = name->text;
    n->name_span = name->name_span;
    if (name->kind == NODE_ERROR) return n;
    return call_arguments(p, n);
}

/* Operators that a list follows: no functions, whose left side is missing. */
static const char *const of_lists[] = {"in", "in~", "has_any", "has_all", "between", NULL};

static Node *parse_name_or_call(Parser *p) {
    size_t name_tokens = at_bracketed_name(p) ? 3 : 1;
    bool is_call = ahead_punct(p, name_tokens, '(');
    if (is_call && !(name_tokens == 1 && at_any_word(p, of_lists))) return parse_call(p);
    if (name_tokens == 1 && word_in(token_text(p, peek(p)), reserved)) {
        Str word = token_text(p, peek(p));
        Diag *d = fault(p, "KS006", "Missing expression");
        if (d && is_call) d->hint = STR("what is compared stands before it: x in (...)");
        else if (d) d->hint = hint_for_missing_value(p);
        if (d && !d->hint.len)
            d->hint = arena_printf(p->diags->arena,
                                   "`%.*s` is a keyword; as a name it is written ['%.*s']",
                                   STR_ARG(word), STR_ARG(word));
        return node_error(p);
    }
    Node *n = parse_name(p);
    if (at_word(p, "datascope") && ahead_punct(p, 1, '=')) {
        parse_params(p, n, true);
        node_done(p, n);
    }
    return n;
}

static Node *parse_special(Parser *p) {
    if (at_word(p, "datatable")) return parse_datatable(p);
    if (at_word(p, "externaldata") || at_word(p, "external_data")) return parse_externaldata(p);
    if (at_word(p, "inline_external_table") && (ahead_punct(p, 1, '(') || ahead_word(p, 1, "kind")))
        return parse_inline_external_table(p);
    bool kinded = ahead_word(p, 1, "kind") && ahead_punct(p, 2, '=');
    if (ahead_punct(p, 1, '(') || kinded) {
        if (at_word(p, "toscalar")) return parse_wrapped_pipe(p, NODE_TO_SCALAR);
        if (at_word(p, "totable")) return parse_wrapped_pipe(p, NODE_TO_TABLE);
        if (at_word(p, "materialize")) return parse_wrapped_pipe(p, NODE_MATERIALIZE);
        if (at_word(p, "typeof")) return parse_typeof(p);
    }
    if (at_word(p, "entity_group") && ahead_punct(p, 1, '[')) return parse_entity_group(p);
    return NULL;
}

static Node *parse_primary(Parser *p) {
    const Token *t = peek(p);
    if (at_punct(p, '(')) return parse_paren(p);
    if (is_literal(t) || at_bool(p)) return parse_plain_literal(p);
    if (t->kind == TOKEN_NAME) {
        Node *special = parse_special(p);
        return special ? special : parse_name_or_call(p);
    }
    if (at_bracketed_name(p)) return parse_name_or_call(p);
    if (at_punct(p, '*')) {
        Node *n = node_new(p, NODE_STAR);
        advance(p);
        return node_done(p, n);
    }
    if (t->kind == TOKEN_NOT_WORD) {
        Diag *d = fault(p, "KS002", "Unexpected: %.*s", STR_ARG(token_text(p, t)));
        if (d) d->hint = STR("to negate an expression write not(...)");
    }
    fault_missing(p, "expression");
    return node_error(p);
}

/* A star behind a member's name is part of the name where entities are named, else it multiplies. */
static Node *parse_member(Parser *p, Node *object, bool is_entity) {
    NodeList list = {0};
    list_add(p, &list, object);
    size_t name_tokens = at_bracketed_name(p) ? 3 : 1;
    Node *n;
    if (at_name(p) && ahead_punct(p, name_tokens, '(')) {
        n = node_from(p, NODE_PATH_CALL, object);
        list_add(p, &list, parse_call(p));
    } else {
        n = node_from(p, NODE_PATH, object);
        Node *name = is_entity ? parse_wildcard_name(p) : parse_name(p);
        n->text = name->text;
        n->name_span = name->name_span;
        n->flags = name->flags;
    }
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_index(Parser *p, Node *object) {
    Node *n = node_from(p, NODE_INDEX, object);
    advance(p);
    NodeList list = {0};
    list_add(p, &list, object);
    list_add(p, &list, parse_expression(p));
    expect_punct(p, ']');
    node_kids(p, n, &list);
    return node_done(p, n);
}

static Node *parse_path_of(Parser *p, bool is_entity) {
    if (!enter(p)) return node_error(p);
    uint32_t depth = p->depth;
    Node *n = parse_primary(p);
    while (!p->panic && n->kind != NODE_STAR && n->kind != NODE_LITERAL) {
        bool dot = at_punct(p, '.'), index = at_punct(p, '[');
        if ((!dot && !index) || !enter(p)) break;
        if (dot) advance(p);
        /* x.['y'] and x['y'] are the same */
        n = at_punct(p, '[') ? parse_index(p, n) : parse_member(p, n, is_entity);
    }
    p->depth = depth;
    leave(p);
    return n;
}

Node *parse_path(Parser *p) { return parse_path_of(p, false); }

Node *parse_entity_path(Parser *p) { return parse_path_of(p, true); }

/* -------------------------------------------------------------- lists and names given */

void parse_list_of(Parser *p, NodeList *list, Node *(*item)(Parser *p)) {
    do {
        list_add(p, list, item(p));
    } while (!p->panic && accept_punct(p, ','));
}

Node *parse_list_node(Parser *p, Node *(*item)(Parser *p)) {
    Node *n = node_new(p, NODE_LIST);
    NodeList list = {0};
    parse_list_of(p, &list, item);
    node_kids(p, n, &list);
    return node_done(p, n);
}

/* (a, b) = ...: names in parentheses with an equals sign behind them. */
static bool at_name_list(const Parser *p) {
    if (!at_punct(p, '(')) return false;
    for (size_t i = 1;; i++) {
        bool bracketed = ahead_punct(p, i, '[') && peek_ahead(p, i + 1)->kind == TOKEN_STRING;
        if (bracketed) i += 2;
        else if (peek_ahead(p, i)->kind != TOKEN_NAME) return false;
        i++;
        if (ahead_punct(p, i, ')')) return ahead_punct(p, i + 1, '=');
        if (!ahead_punct(p, i, ',')) return false;
    }
}

static Node *parse_named_list(Parser *p) {
    Node *n = node_new(p, NODE_NAMED_LIST);
    NodeList names = {0}, list = {0};
    advance(p);
    parse_list_of(p, &names, parse_name);
    expect_punct(p, ')');
    expect_punct(p, '=');
    list_add(p, &list, parse_expression(p));
    for (size_t i = 0; i < names.n; i++) list_add(p, &list, names.items[i]);
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_named(Parser *p) {
    if (at_name_list(p)) return parse_named_list(p);
    size_t name_tokens = at_bracketed_name(p) ? 3 : 1;
    if (!at_name(p) || !ahead_punct(p, name_tokens, '=')) return parse_expression(p);
    Node *n = node_new(p, NODE_NAMED);
    NodeList list = {0};
    list_add(p, &list, parse_name(p));
    advance(p);
    list_add(p, &list, parse_expression(p));
    node_kids(p, n, &list);
    return node_done(p, n);
}

Node *parse_ordered(Parser *p) {
    Node *n = node_new(p, NODE_ORDERED);
    NodeList list = {0};
    list_add(p, &list, parse_named(p));
    if (accept_word(p, "asc")) n->flags |= NODE_FLAG_ASC;
    else if (accept_word(p, "desc")) n->flags |= NODE_FLAG_DESC;
    if (accept_word(p, "nulls")) {
        if (accept_word(p, "first")) n->flags |= NODE_FLAG_NULLS_FIRST;
        else if (expect_word(p, "last")) n->flags |= NODE_FLAG_NULLS_LAST;
    }
    node_kids(p, n, &list);
    return node_done(p, n);
}
