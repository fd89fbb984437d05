/* parse_params.c: named parameters: kind=inner, hint.strategy=shuffle, with (title="x"). */
#include "syntax/parse_internal.h"

/* Parameters of operators whose expressions may themselves start with `name =`. */
/* clang-format off */
static const char *const known[] = {
    "kind", "withsource", "with_source", "isfuzzy", "bagexpansion", "with_itemindex",
    "with_match_id", "with_step_name", "decodeblocks", "expandoutput", "bin_legacy",
    "__crossCluster", "__crossDB", "__isFuzzy", "__id", "__packedColumn", "__sourceColumnIndex",
    "__noWithSource", NULL};
/* clang-format on */

/* Tokens of the parameter name at the cursor, when `=` follows it; else 0. */
static size_t param_name_tokens(const Parser *p, bool any_name) {
    if (peek(p)->kind != TOKEN_NAME) return 0;
    size_t n = 1;
    while (ahead_punct(p, n, '.') && peek_ahead(p, n + 1)->kind == TOKEN_NAME) n += 2;
    if (!ahead_punct(p, n, '=')) return 0;
    if (any_name || n > 1) return n;
    return word_in(token_text(p, peek(p)), known) ? 1 : 0;
}

static Node *param_start(Parser *p, size_t name_tokens) {
    Node *n = node_new(p, NODE_NAMED_PARAM);
    const Token *first = peek(p), *last = peek_ahead(p, name_tokens - 1);
    n->text = str_sub(p->text, first->start, last->start + last->len - first->start);
    n->name_span = (Span){first->start, (uint32_t)n->text.len};
    while (name_tokens--) advance(p);
    return n;
}

static void add_param(Parser *p, Node *op, NodeList *params, Node *param) {
    bool may_repeat = param->flags & NODE_FLAG_LEGACY || str_is(param->text, "hint.shufflekey");
    for (size_t i = 0; i < params->n && !may_repeat; i++)
        if (str_eq(params->items[i]->text, param->text))
            diag_add(p->diags, SEVERITY_ERROR, PHASE_SYNTAX, param->name_span, "KS180",
                     "The parameter '%.*s' is already specified.", STR_ARG(param->text));
    list_add(p, params, node_done(p, param));
    op->params = params->items;
    op->n_params = (uint32_t)params->n;
}

static NodeList params_of(const Node *op) {
    return (NodeList){op->params, op->n_params, op->n_params};
}

static void set_value(Parser *p, Node *param, Node *value) {
    NodeList list = {0};
    list_add(p, &list, value);
    node_kids(p, param, &list);
}

/* A single word or a literal: a name is never a call here, since a table in parentheses may follow. */
static Node *param_value(Parser *p) {
    static const char *const bools[] = {"true", "false", "True", "False", NULL};
    if (at_any_word(p, bools)) return parse_literal(p);
    if (at_name(p)) return parse_name(p);
    return parse_literal(p);
}

void parse_params(Parser *p, Node *op, bool any_name) {
    NodeList params = params_of(op);
    size_t n;
    while (!p->panic && (n = param_name_tokens(p, any_name)) > 0) {
        Node *param = param_start(p, n);
        advance(p);
        set_value(p, param, param_value(p));
        add_param(p, op, &params, param);
    }
}

/* One value, or a LIST of names up to the next `name =`. */
static Node *property_value(Parser *p) {
    Node *first = peek(p)->kind == TOKEN_NAME && !ahead_punct(p, 1, '(') &&
                          !ahead_punct(p, 1, '.') && !at_word(p, "true") && !at_word(p, "false")
                      ? parse_name(p)
                      : parse_expression(p);
    if (!at_punct(p, ',') || first->kind != NODE_NAME) return first;
    Node *list_node = NULL;
    NodeList list = {0};
    list_add(p, &list, first);
    while (at_punct(p, ',') && peek_ahead(p, 1)->kind == TOKEN_NAME && !ahead_punct(p, 2, '=')) {
        advance(p);
        list_add(p, &list, parse_name(p));
        list_node = first;
    }
    if (!list_node) return first;
    Node *n = node_from(p, NODE_LIST, first);
    node_kids(p, n, &list);
    return node_done(p, n);
}

void parse_with_properties(Parser *p, Node *op) {
    NodeList params = params_of(op);
    expect_punct(p, '(');
    while (!p->panic && !at_punct(p, ')')) {
        size_t n = param_name_tokens(p, true);
        if (!n) {
            fault_missing(p, "property: name = value");
            break;
        }
        Node *param = param_start(p, n);
        advance(p);
        set_value(p, param, property_value(p));
        add_param(p, op, &params, param);
        if (!accept_punct(p, ',') && !at_punct(p, ')')) break;
    }
    expect_punct(p, ')');
}

/* render's old form: properties without `with (...)`, among them `by a, b` and `with "kind"`. */
static void parse_render_legacy(Parser *p, Node *op) {
    NodeList params = params_of(op);
    while (!p->panic && peek(p)->kind == TOKEN_NAME) {
        size_t n = param_name_tokens(p, true);
        bool bare = at_word(p, "by") || at_word(p, "with");
        if (!n && !bare) break;
        Node *param = param_start(p, n ? n : 1);
        param->flags |= NODE_FLAG_LEGACY;
        if (n) advance(p);
        set_value(p, param, property_value(p));
        add_param(p, op, &params, param);
        accept_punct(p, ',');
    }
}

void parse_render_properties(Parser *p, Node *op) {
    if (at_word(p, "with") && ahead_punct(p, 1, '(')) {
        advance(p);
        parse_with_properties(p, op);
    } else {
        parse_render_legacy(p, op);
    }
}
