/*
 * bind_ops.h: the operators that bind_op_table.c lists, in bind_op_*.c. `input` is NULL for one that
 * starts a pipe; NULL comes back when something was reported.
 */
#ifndef QUARRY_BIND_OPS_H
#define QUARRY_BIND_OPS_H

#include "semantics/bind_internal.h"

Plan *bind_op_extend(Binder *b, const Node *op, Plan *input);
Plan *bind_op_filter(Binder *b, const Node *op, Plan *input);
Plan *bind_op_print(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project(Binder *b, const Node *op, Plan *input);
Plan *bind_op_serialize(Binder *b, const Node *op, Plan *input);
Plan *bind_op_take(Binder *b, const Node *op, Plan *input);
Plan *bind_op_sort(Binder *b, const Node *op, Plan *input);
Plan *bind_op_distinct(Binder *b, const Node *op, Plan *input);
Plan *bind_op_join(Binder *b, const Node *op, Plan *input);
Plan *bind_op_summarize(Binder *b, const Node *op, Plan *input);
Plan *bind_op_count(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project_away(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project_by_names(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project_keep(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project_rename(Binder *b, const Node *op, Plan *input);
Plan *bind_op_project_reorder(Binder *b, const Node *op, Plan *input);
Plan *bind_op_render(Binder *b, const Node *op, Plan *input);
Plan *bind_op_union(Binder *b, const Node *op, Plan *input);
Plan *bind_op_mv_expand(Binder *b, const Node *op, Plan *input);
Plan *bind_op_top(Binder *b, const Node *op, Plan *input);
Plan *bind_op_lookup(Binder *b, const Node *op, Plan *input);
Plan *bind_op_sample(Binder *b, const Node *op, Plan *input);
Plan *bind_op_consume(Binder *b, const Node *op, Plan *input);
Plan *bind_op_invoke(Binder *b, const Node *op, Plan *input);
Plan *bind_op_range(Binder *b, const Node *op, Plan *input);
Plan *bind_op_getschema(Binder *b, const Node *op, Plan *input);
Plan *bind_op_parse(Binder *b, const Node *op, Plan *input);
Plan *bind_op_parse_kv(Binder *b, const Node *op, Plan *input);
Plan *bind_op_as(Binder *b, const Node *op, Plan *input);
Plan *bind_op_mv_apply(Binder *b, const Node *op, Plan *input);
Plan *bind_op_partition(Binder *b, const Node *op, Plan *input);
Plan *bind_op_sample_distinct(Binder *b, const Node *op, Plan *input);
Plan *bind_op_top_hitters(Binder *b, const Node *op, Plan *input);

Plan *bind_op_search(Binder *b, const Node *op, Plan *input);
Plan *bind_op_find(Binder *b, const Node *op, Plan *input);
Plan *bind_op_evaluate(Binder *b, const Node *op, Plan *input);
Plan *bind_op_top_nested(Binder *b, const Node *op, Plan *input);
Plan *bind_op_scan(Binder *b, const Node *op, Plan *input);
Plan *bind_op_make_graph(Binder *b, const Node *op, Plan *input);
Plan *bind_op_graph_match(Binder *b, const Node *op, Plan *input);
Plan *bind_op_graph_mark_components(Binder *b, const Node *op, Plan *input);
Plan *bind_op_graph_shortest_paths(Binder *b, const Node *op, Plan *input);
Plan *bind_op_graph_to_table(Binder *b, const Node *op, Plan *input);
Plan *bind_op_make_series(Binder *b, const Node *op, Plan *input);
Plan *bind_op_reduce(Binder *b, const Node *op, Plan *input);
Plan *bind_op_macro_expand(Binder *b, const Node *op, Plan *input);

/* All rows of some tables (at least one), as `union withsource=SOURCE` lines them up. */
Plan *bind_union_of(Binder *b, const Node *op, const PlanList *list, Str source, bool is_inner);

/* (T | as Name) goes by that name; empty for another operand. */
Str bind_name_of_leg(const Node *operand);
/* The expansion that mv-expand and mv-apply have in common: items, limit, index. */
Plan *bind_expansion(Binder *b, const Node *op, Plan *input);

#endif
