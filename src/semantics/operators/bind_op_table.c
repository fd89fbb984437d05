/*
 * bind_op_table.c: which function binds which operator.
 *
 * An operator without a function is told by name as not yet supported.
 */
#include "semantics/operators/bind_graph.h"
#include "semantics/operators/bind_ops.h"

typedef Plan *(*BindOperatorFn)(Binder *b, const Node *op, Plan *input);

static const BindOperatorFn operators[NODE_KIND_COUNT] = {
    [NODE_OP_EXTEND] = bind_op_extend,
    [NODE_OP_FILTER] = bind_op_filter,
    [NODE_OP_PRINT] = bind_op_print,
    [NODE_OP_PROJECT] = bind_op_project,
    [NODE_OP_SORT] = bind_op_sort,
    [NODE_OP_DISTINCT] = bind_op_distinct,
    [NODE_OP_JOIN] = bind_op_join,
    [NODE_OP_SUMMARIZE] = bind_op_summarize,
    [NODE_OP_COUNT] = bind_op_count,
    [NODE_OP_PROJECT_AWAY] = bind_op_project_away,
    [NODE_OP_PROJECT_KEEP] = bind_op_project_keep,
    [NODE_OP_PROJECT_BY_NAMES] = bind_op_project_by_names,
    [NODE_OP_PROJECT_RENAME] = bind_op_project_rename,
    [NODE_OP_PROJECT_REORDER] = bind_op_project_reorder,
    [NODE_OP_MV_EXPAND] = bind_op_mv_expand,
    [NODE_OP_RENDER] = bind_op_render,
    [NODE_OP_UNION] = bind_op_union,
    [NODE_OP_TOP] = bind_op_top,
    [NODE_OP_AS] = bind_op_as,
    [NODE_OP_LOOKUP] = bind_op_lookup,
    [NODE_OP_SAMPLE] = bind_op_sample,
    [NODE_OP_CONSUME] = bind_op_consume,
    [NODE_OP_INVOKE] = bind_op_invoke,
    [NODE_OP_RANGE] = bind_op_range,
    [NODE_OP_GETSCHEMA] = bind_op_getschema,
    [NODE_OP_PARSE] = bind_op_parse,
    [NODE_OP_PARSE_KV] = bind_op_parse_kv,
    [NODE_OP_EVALUATE] = bind_op_evaluate,
    [NODE_OP_TOP_NESTED] = bind_op_top_nested,
    [NODE_OP_SCAN] = bind_op_scan,
    [NODE_OP_MAKE_SERIES] = bind_op_make_series,
    [NODE_OP_SEARCH] = bind_op_search,
    [NODE_OP_MACRO_EXPAND] = bind_op_macro_expand,
    [NODE_OP_REDUCE] = bind_op_reduce,
    [NODE_OP_FIND] = bind_op_find,
    [NODE_OP_MV_APPLY] = bind_op_mv_apply,
    [NODE_OP_PARTITION] = bind_op_partition,
    [NODE_OP_SAMPLE_DISTINCT] = bind_op_sample_distinct,
    [NODE_OP_TOP_HITTERS] = bind_op_top_hitters,
    [NODE_OP_SERIALIZE] = bind_op_serialize,
    [NODE_OP_TAKE] = bind_op_take,
    [NODE_OP_MAKE_GRAPH] = bind_op_make_graph,
    [NODE_OP_GRAPH_MATCH] = bind_op_graph_match,
    [NODE_OP_GRAPH_MARK_COMPONENTS] = bind_op_graph_mark_components,
    [NODE_OP_GRAPH_SHORTEST_PATHS] = bind_op_graph_shortest_paths,
    [NODE_OP_GRAPH_TO_TABLE] = bind_op_graph_to_table,
};

bool bind_operator_is_source(NodeKind kind) {
    return kind == NODE_OP_PRINT || kind == NODE_OP_RANGE || kind == NODE_OP_UNION ||
           kind == NODE_OP_SEARCH || kind == NODE_OP_FIND || kind == NODE_OP_EVALUATE ||
           kind == NODE_OP_MACRO_EXPAND;
}

Str bind_operator_name(Binder *b, NodeKind kind) {
    char *name = arena_cstr(b->arena, str_of(node_kind_name(kind)));
    for (char *c = name; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
        if (*c == '_') *c = '-';
    }
    return str_starts_with(str_of(name), STR("op-")) ? str_of(name + 3) : str_of(name);
}

static bool takes_graph(NodeKind kind) {
    return kind >= NODE_OP_GRAPH_MARK_COMPONENTS && kind <= NODE_OP_GRAPH_OTHER;
}

/* Where several results are wanted they are bound in bind_results.c. */
static Plan *bind_op_results(Binder *b, const Node *op) {
    bind_error(b, op, "QY224",
               "%s gives several results: it can only end a statement of the query.",
               op->kind == NODE_OP_FORK ? "fork" : "facet")
        ->hint = STR("no operator may follow it, and it may not stand in let, union, join or "
                     "another operator");
    return NULL;
}

Plan *bind_operator(Binder *b, const Node *op, Plan *input) {
    bool stands_first_only = op->kind == NODE_OP_PRINT || op->kind == NODE_OP_RANGE;
    if (input && stands_first_only) {
        bind_error(b, op, "KS175", "The operator must be the first operator in the query.");
        return NULL;
    }
    if (op->kind == NODE_ERROR) return NULL;
    if (input && takes_graph(op->kind) != (graph_of(b, input) != NULL)) {
        if (takes_graph(op->kind)) graph_is_expected(b, op);
        else graph_is_no_table(b, op);
        return NULL;
    }
    if (op->kind == NODE_OP_FORK || op->kind == NODE_OP_FACET) return bind_op_results(b, op);
    BindOperatorFn fn = operators[op->kind];
    if (fn) return fn(b, op, input);
    return bind_unsupported(b, op, "The operator %.*s", STR_ARG(bind_operator_name(b, op->kind)));
}
