/* parse_operators.c: which operators there are, and the simple ones. */
#include "base/nearest.h"
#include "syntax/parse_internal.h"

static Node *one(Parser *p, Node *op, Node *kid) {
    NodeList list = {0};
    list_add(p, &list, kid);
    node_kids(p, op, &list);
    return op;
}

static Node *many(Parser *p, Node *op, Node *(*item)(Parser *p)) {
    NodeList list = {0};
    parse_list_of(p, &list, item);
    node_kids(p, op, &list);
    return op;
}

static bool at_end_of_operator(const Parser *p) {
    return peek(p)->kind == TOKEN_END || at_punct(p, '|') || at_punct(p, ';') || at_punct(p, ')') ||
           at_punct(p, '}');
}

static Node *op_bare(Parser *p, Node *op) {
    parse_params(p, op, true);
    return op;
}

static Node *op_as(Parser *p, Node *op) {
    parse_params(p, op, true);
    Node *name = parse_name(p);
    op->text = name->text;
    op->name_span = name->name_span;
    return op;
}

static Node *op_assert_schema(Parser *p, Node *op) { return one(p, op, parse_table_type(p)); }

static Node *op_count(Parser *p, Node *op) {
    parse_params(p, op, true);
    return accept_word(p, "as") ? one(p, op, parse_name(p)) : op;
}

static Node *op_evaluate(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, true);
    list_add(p, &list, parse_call(p));
    if (!p->panic && accept_punct(p, ':')) list_add(p, &list, parse_table_type(p));
    node_kids(p, op, &list);
    return op;
}

static Node *op_columns(Parser *p, Node *op) {
    parse_params(p, op, false);
    if (op->kind == NODE_OP_SERIALIZE && at_end_of_operator(p)) return op;
    return many(p, op, parse_named);
}

/* project, extend: no parameters, so that any name may be assigned. */
static Node *op_assignments(Parser *p, Node *op) {
    if (op->kind != NODE_OP_EXTEND && op->kind != NODE_OP_PRINT && at_end_of_operator(p)) return op;
    return many(p, op, parse_named);
}

/* `where x = y` names its condition y: legal, and mostly a comparison gone wrong. */
static Node *op_filter(Parser *p, Node *op) {
    parse_params(p, op, false);
    return one(p, op, parse_named(p));
}

static Node *op_take(Parser *p, Node *op) {
    parse_params(p, op, false);
    return one(p, op, parse_named(p));
}

static Node *op_wildcards(Parser *p, Node *op) {
    if (op->kind == NODE_OP_PROJECT_AWAY && at_end_of_operator(p)) return op;
    return many(p, op, parse_wildcard_name);
}

static Node *reorder_item(Parser *p) {
    static const char *const orders[] = {"asc", "desc", "granny-asc", "granny-desc", NULL};
    Node *name = parse_wildcard_name(p);
    if (!at_any_word(p, orders)) return name;
    Node *n = node_from(p, NODE_ORDERED, name);
    node_set_name(p, n, peek(p));
    n->flags |= str_ends_with(n->text, STR("desc")) ? NODE_FLAG_DESC : NODE_FLAG_ASC;
    advance(p);
    one(p, n, name);
    return node_done(p, n);
}

static Node *op_reorder(Parser *p, Node *op) {
    return at_end_of_operator(p) ? op : many(p, op, reorder_item);
}

static Node *op_range(Parser *p, Node *op) {
    Node *name = parse_name(p);
    op->text = name->text;
    op->name_span = name->name_span;
    NodeList list = {0};
    static const char *const words[] = {"from", "to", "step"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        expect_word(p, words[i]);
        list_add(p, &list, p->panic ? node_error(p) : parse_expression(p));
    }
    node_kids(p, op, &list);
    return op;
}

static Node *op_reduce(Parser *p, Node *op) {
    parse_params(p, op, false);
    expect_word(p, "by");
    if (p->panic) return one(p, op, node_error(p));
    one(p, op, parse_named(p));
    if (accept_word(p, "with")) {
        do parse_params(p, op, true);
        while (!p->panic && accept_punct(p, ','));
    }
    return op;
}

static Node *op_render(Parser *p, Node *op) {
    if (peek(p)->kind != TOKEN_NAME) {
        fault_missing(p, "chart kind");
        return op;
    }
    node_set_name(p, op, peek(p));
    advance(p);
    parse_render_properties(p, op);
    return op;
}

static Node *op_sample_distinct(Parser *p, Node *op) {
    NodeList list = {0};
    parse_params(p, op, false);
    list_add(p, &list, parse_named(p));
    expect_word(p, "of");
    list_add(p, &list, p->panic ? node_error(p) : parse_named(p));
    node_kids(p, op, &list);
    return op;
}

static Node *op_sort(Parser *p, Node *op) {
    parse_params(p, op, true);
    expect_word(p, "by");
    return p->panic ? op : many(p, op, parse_ordered);
}

static Node *op_invoke(Parser *p, Node *op) { return one(p, op, parse_path(p)); }

static const OperatorRule rules[] = {
    {"as", NODE_OP_AS, op_as},
    {"assert-schema", NODE_OP_ASSERT_SCHEMA, op_assert_schema},
    {"consume", NODE_OP_CONSUME, op_bare},
    {"count", NODE_OP_COUNT, op_count},
    {"distinct", NODE_OP_DISTINCT, op_columns},
    {"evaluate", NODE_OP_EVALUATE, op_evaluate},
    {"__executeAndCache", NODE_OP_EXECUTE_AND_CACHE, op_bare},
    {"extend", NODE_OP_EXTEND, op_assignments},
    {"facet", NODE_OP_FACET, op_facet},
    {"filter", NODE_OP_FILTER, op_filter},
    {"find", NODE_OP_FIND, op_find},
    {"fork", NODE_OP_FORK, op_fork},
    {"getschema", NODE_OP_GETSCHEMA, op_bare},
    {"graph-mark-components", NODE_OP_GRAPH_MARK_COMPONENTS, op_graph_mark_components},
    {"graph-match", NODE_OP_GRAPH_MATCH, op_graph_pattern},
    {"graph-shortest-paths", NODE_OP_GRAPH_SHORTEST_PATHS, op_graph_pattern},
    {"graph-to-table", NODE_OP_GRAPH_TO_TABLE, op_graph_to_table},
    {"graph-where-edges", NODE_OP_GRAPH_OTHER, op_filter},
    {"graph-where-nodes", NODE_OP_GRAPH_OTHER, op_filter},
    {"invoke", NODE_OP_INVOKE, op_invoke},
    {"join", NODE_OP_JOIN, op_join},
    {"limit", NODE_OP_TAKE, op_take},
    {"lookup", NODE_OP_LOOKUP, op_join},
    {"macro-expand", NODE_OP_MACRO_EXPAND, op_macro_expand},
    {"make-graph", NODE_OP_MAKE_GRAPH, op_make_graph},
    {"make-series", NODE_OP_MAKE_SERIES, op_make_series},
    {"mv-apply", NODE_OP_MV_APPLY, op_mv_apply},
    {"mv-expand", NODE_OP_MV_EXPAND, op_mv_expand},
    {"mvapply", NODE_OP_MV_APPLY, op_mv_apply},
    {"mvexpand", NODE_OP_MV_EXPAND, op_mv_expand},
    {"order", NODE_OP_SORT, op_sort},
    {"parse", NODE_OP_PARSE, op_parse},
    {"parse-kv", NODE_OP_PARSE_KV, op_parse_kv},
    {"parse-where", NODE_OP_PARSE, op_parse},
    {"partition", NODE_OP_PARTITION, op_partition},
    {"__partitionby", NODE_OP_PARTITION_BY, op_partition},
    {"print", NODE_OP_PRINT, op_assignments},
    {"project", NODE_OP_PROJECT, op_assignments},
    {"project-away", NODE_OP_PROJECT_AWAY, op_wildcards},
    {"project-by-names", NODE_OP_PROJECT_BY_NAMES, op_columns},
    {"project-keep", NODE_OP_PROJECT_KEEP, op_wildcards},
    {"project-rename", NODE_OP_PROJECT_RENAME, op_assignments},
    {"project-reorder", NODE_OP_PROJECT_REORDER, op_reorder},
    {"range", NODE_OP_RANGE, op_range},
    {"reduce", NODE_OP_REDUCE, op_reduce},
    {"render", NODE_OP_RENDER, op_render},
    {"sample", NODE_OP_SAMPLE, op_take},
    {"sample-distinct", NODE_OP_SAMPLE_DISTINCT, op_sample_distinct},
    {"scan", NODE_OP_SCAN, op_scan},
    {"search", NODE_OP_SEARCH, op_search},
    {"serialize", NODE_OP_SERIALIZE, op_columns},
    {"sort", NODE_OP_SORT, op_sort},
    {"summarize", NODE_OP_SUMMARIZE, op_aggregate_summarize},
    {"take", NODE_OP_TAKE, op_take},
    {"top", NODE_OP_TOP, op_top},
    {"top-hitters", NODE_OP_TOP_HITTERS, op_top_hitters},
    {"top-nested", NODE_OP_TOP_NESTED, op_top_nested},
    {"union", NODE_OP_UNION, op_union},
    {"where", NODE_OP_FILTER, op_filter},
};

const OperatorRule *operator_find(Str word) {
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (str_is(word, rules[i].word)) return &rules[i];
    return NULL;
}

Str operator_nearest(Str word) {
    Nearest near = nearest_to(word);
    for (size_t i = 0; i < COUNT_OF(rules); i++) nearest_try(&near, str_of(rules[i].word));
    return near.best;
}

static Node *unknown_operator(Parser *p) {
    Str word = token_text(p, peek(p));
    bool is_word = peek(p)->kind == TOKEN_NAME;
    Diag *d = fault(p, is_word ? "KS005" : "KS006",
                    is_word ? "Expected a query operator" : "Missing query operator");
    Str near = is_word ? operator_nearest(word) : STR_EMPTY;
    Str known = is_word ? hint_for_operator(p, word) : STR_EMPTY;
    if (d && known.len) d->hint = known;
    else if (d && near.len)
        d->hint = arena_printf(p->diags->arena, "did you mean `%.*s`?", STR_ARG(near));
    else if (d && is_word)
        d->hint = arena_printf(p->diags->arena, "there is no operator `%.*s`", STR_ARG(word));
    else if (d)
        d->hint = STR("behind a pipe stands an operator such as where, project or summarize");
    return node_error(p);
}

/* Operators whose `text` is their keyword; the others take their text from the clause. */
static bool keeps_keyword(NodeKind kind) {
    static const NodeKind kinds[] = {NODE_OP_FILTER, NODE_OP_GRAPH_OTHER, NODE_OP_JOIN,
                                     NODE_OP_LOOKUP, NODE_OP_MV_EXPAND,   NODE_OP_PARSE,
                                     NODE_OP_SORT,   NODE_OP_TAKE};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i] == kind) return true;
    return false;
}

Node *parse_operator(Parser *p) {
    const OperatorRule *rule =
        peek(p)->kind == TOKEN_NAME ? operator_find(token_text(p, peek(p))) : NULL;
    if (!rule) return unknown_operator(p);
    Node *op = node_new(p, rule->kind);
    op->name_span = token_span(peek(p));
    if (keeps_keyword(rule->kind)) op->text = token_text(p, peek(p));
    advance(p);
    return node_done(p, rule->parse(p, op));
}
