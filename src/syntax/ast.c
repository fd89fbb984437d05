/* ast.c: names of node kinds, dumps and look-ups. */
#include "syntax/ast.h"

static const char *const kind_names[NODE_KIND_COUNT] = {
#define N(k) [NODE_##k] = #k
    /* clang-format off */
    N(ERROR), N(QUERY), N(EXPR_STATEMENT), N(LET), N(SET), N(DECLARE_PARAMS), N(DECLARE_PATTERN),
    N(PATTERN_RULE),
    N(ALIAS), N(RESTRICT), N(FUNCTION), N(PARAM_LIST), N(PARAM), N(TABLE_TYPE), N(COLUMN_DECL),
    N(TYPE), N(BLOCK), N(LITERAL), N(DYNAMIC), N(NAME), N(STAR), N(UNARY), N(BINARY), N(IN),
    N(BETWEEN), N(CALL), N(NAMED_ARG), N(PATH), N(PATH_CALL), N(INDEX), N(PAREN), N(NAMED),
    N(NAMED_LIST), N(ORDERED), N(TO_SCALAR), N(TO_TABLE), N(MATERIALIZE), N(TO_TYPE), N(TYPEOF),
    N(PIPE), N(DATATABLE), N(EXTERNALDATA), N(INLINE_EXTERNAL), N(LIST), N(OP_AS),
    N(OP_ASSERT_SCHEMA), N(OP_CONSUME), N(OP_COUNT), N(OP_DISTINCT), N(OP_EVALUATE),
    N(OP_EXECUTE_AND_CACHE), N(OP_EXTEND), N(OP_FACET), N(OP_FILTER), N(OP_FIND), N(OP_FORK),
    N(FORK_BRANCH), N(OP_GETSCHEMA), N(OP_GRAPH_MARK_COMPONENTS),
    N(OP_GRAPH_MATCH), N(OP_GRAPH_SHORTEST_PATHS), N(OP_GRAPH_TO_TABLE), N(OP_GRAPH_OTHER),
    N(GRAPH_PATTERN), N(GRAPH_NODE), N(GRAPH_EDGE), N(GRAPH_OUTPUT), N(OP_MAKE_GRAPH), N(GRAPH_TABLE),
    N(OP_INVOKE), N(OP_JOIN), N(OP_LOOKUP), N(OP_MACRO_EXPAND), N(OP_MAKE_SERIES), N(DEFAULT),
    N(OP_MV_APPLY), N(OP_MV_EXPAND), N(OP_PARSE), N(OP_PARSE_KV), N(OP_PARTITION),
    N(OP_PARTITION_BY), N(OP_PRINT), N(OP_PROJECT), N(OP_PROJECT_AWAY), N(OP_PROJECT_BY_NAMES),
    N(OP_PROJECT_KEEP), N(OP_PROJECT_RENAME), N(OP_PROJECT_REORDER), N(OP_RANGE), N(OP_REDUCE),
    N(OP_RENDER), N(OP_SAMPLE), N(OP_SAMPLE_DISTINCT), N(OP_SCAN), N(SCAN_STEP), N(OP_SEARCH),
    N(OP_SERIALIZE), N(OP_SORT), N(OP_SUMMARIZE), N(OP_TAKE), N(OP_TOP), N(OP_TOP_HITTERS),
    N(OP_TOP_NESTED), N(TOP_NESTED_LEVEL), N(OP_UNION), N(SUBPIPE), N(NAMED_PARAM),
/* clang-format on */
#undef N
};

const char *node_kind_name(NodeKind kind) {
    return (unsigned)kind < NODE_KIND_COUNT ? kind_names[kind] : "UNKNOWN";
}

const Node *node_param(const Node *op, const char *name) {
    for (uint32_t i = 0; i < op->n_params; i++)
        if (str_is(op->params[i]->text, name))
            return op->params[i]->n ? op->params[i]->kids[0] : NULL;
    return NULL;
}

static void print_flags(Buf *out, uint32_t flags) {
    static const char *const names[] = {
        "star",       "bracketed", "wildcard", "desc",     "asc",    "nulls_first", "nulls_last",
        "obfuscated", "in_parens", "view",     "in_range", "legacy", "to_right",    "to_left"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (flags & (1u << i)) buf_printf(out, " +%s", names[i]);
}

static void print_node(Buf *out, const Node *n, unsigned depth) {
    for (unsigned i = 0; i < depth; i++) buf_puts(out, "  ");
    if (!n) {
        buf_puts(out, "-\n");
        return;
    }
    buf_puts(out, node_kind_name(n->kind));
    if (n->text.len) buf_printf(out, " %.*s", STR_ARG(n->text));
    print_flags(out, n->flags);
    buf_putc(out, '\n');
    for (uint32_t i = 0; i < n->n_params; i++) print_node(out, n->params[i], depth + 1);
    for (uint32_t i = 0; i < n->n; i++) print_node(out, n->kids[i], depth + 1);
}

Str node_print(Arena *arena, const Node *n) {
    Buf out = {0};
    print_node(&out, n, 0);
    Str s = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return s;
}
