/*
 * build_plan.h: short makers of plans for the tests of src/plan.
 */
#ifndef QUARRY_TEST_BUILD_PLAN_H
#define QUARRY_TEST_BUILD_PLAN_H

#include "plan/plan_internal.h"

static inline Plan *make_node(Arena *a, PlanKind kind, uint32_t n_columns, Plan *first,
                              Plan *second) {
    Plan *p = ARENA_NEW(a, Plan);
    p->kind = kind;
    p->schema.n = n_columns;
    p->schema.items = ARENA_ARRAY(a, Column, n_columns);
    p->n_inputs = (first ? 1u : 0u) + (second ? 1u : 0u);
    p->inputs = ARENA_ARRAY(a, Plan *, 2);
    p->inputs[0] = first;
    p->inputs[1] = second;
    return p;
}

/* A scan of string columns named a, b, c, ... with ids from `first_id`; the last `n_longs` are
 * long. */
static inline Plan *make_scan(Arena *a, const char *table, ColumnId first_id, uint32_t n,
                              uint32_t n_longs) {
    Plan *p = make_node(a, PLAN_SCAN, n, NULL, NULL);
    p->u.scan.table_name = str_of(table);
    p->u.scan.source_names = ARENA_ARRAY(a, Str, n);
    for (uint32_t i = 0; i < n; i++) {
        Str name = arena_printf(a, "%c", (int)('a' + i));
        p->schema.items[i] =
            (Column){first_id + i, i + n_longs >= n ? TYPE_LONG : TYPE_STRING, name};
        p->u.scan.source_names[i] = name;
    }
    return p;
}

static inline Expr *make_column(Arena *a, const Plan *p, ColumnId id) {
    return expr_of_column(a, schema_find(&p->schema, id), (Span){0, 0});
}

static inline Expr *make_string(Arena *a, const char *text) {
    return expr_literal(a, value_str(str_of(text)), (Span){0, 0});
}

static inline Expr *make_long(Arena *a, int64_t l) {
    return expr_literal(a, value_long(l), (Span){0, 0});
}

static inline Expr *make_binary(Arena *a, const char *op, Type type, Expr *left, Expr *right) {
    Expr *args[2] = {left, right};
    return expr_call(a, catalog_operator(str_of(op)), type, args, 2, (Span){0, 0});
}

static inline Expr *make_equal(Arena *a, Expr *left, Expr *right) {
    return make_binary(a, "==", TYPE_BOOL, left, right);
}

static inline Plan *make_filter(Arena *a, Plan *input, Expr *predicate) {
    return plan_filter(a, input, predicate, (Span){0, 0});
}

/* A projection of `n` expressions; a column of the input keeps its id, others get ids from
 * `first_id`. */
static inline Plan *make_project(Arena *a, Plan *input, Expr *const *exprs, uint32_t n,
                                 ColumnId first_id) {
    Plan *p = make_node(a, PLAN_PROJECT, n, input, NULL);
    p->u.project.exprs = ARENA_ARRAY(a, Expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        p->u.project.exprs[i] = exprs[i];
        const Column *c =
            exprs[i]->kind == EXPR_COLUMN ? schema_find(&input->schema, exprs[i]->u.column) : NULL;
        p->schema.items[i] =
            c ? *c : (Column){first_id + i, exprs[i]->type, arena_printf(a, "x%u", first_id + i)};
    }
    return p;
}

static inline Plan *make_join(Arena *a, JoinKind kind, Plan *left, Plan *right, ColumnId left_key,
                              ColumnId right_key) {
    bool has_left = kind != JOIN_RIGHT_SEMI && kind != JOIN_RIGHT_ANTI;
    bool has_right = kind != JOIN_LEFT_SEMI && kind != JOIN_LEFT_ANTI;
    uint32_t n = (has_left ? left->schema.n : 0) + (has_right ? right->schema.n : 0), at = 0;
    Plan *p = make_node(a, PLAN_JOIN, n, left, right);
    for (uint32_t i = 0; has_left && i < left->schema.n; i++)
        p->schema.items[at++] = left->schema.items[i];
    for (uint32_t i = 0; has_right && i < right->schema.n; i++)
        p->schema.items[at++] = right->schema.items[i];
    p->u.join.kind = kind;
    p->u.join.n_keys = 1;
    p->u.join.left_keys = ARENA_NEW(a, Expr *);
    p->u.join.right_keys = ARENA_NEW(a, Expr *);
    p->u.join.left_keys[0] = make_column(a, left, left_key);
    p->u.join.right_keys[0] = make_column(a, right, right_key);
    return p;
}

static inline Plan *make_distinct(Arena *a, Plan *input, const ColumnId *ids, uint32_t n) {
    Plan *p = make_node(a, PLAN_AGGREGATE, n, input, NULL);
    p->u.aggregate.n_keys = n;
    p->u.aggregate.keys = ARENA_ARRAY(a, Expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        p->schema.items[i] = *schema_find(&input->schema, ids[i]);
        p->u.aggregate.keys[i] = make_column(a, input, ids[i]);
    }
    return p;
}

static inline Plan *make_take(Arena *a, Plan *input, int64_t n) {
    Plan *p = make_node(a, PLAN_TAKE, 0, input, NULL);
    p->schema = input->schema;
    p->u.take.count = make_long(a, n);
    return p;
}

static inline Plan *make_sort(Arena *a, Plan *input, ColumnId id) {
    Plan *p = make_node(a, PLAN_SORT, 0, input, NULL);
    p->schema = input->schema;
    p->is_serialized = true;
    p->u.sort.n = 1;
    p->u.sort.keys = ARENA_NEW(a, SortKey);
    p->u.sort.keys[0] = (SortKey){make_column(a, input, id), true, false};
    return p;
}

#endif
