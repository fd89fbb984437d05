/*
 * plan_internal.h: what the files of src/plan share.
 */
#ifndef QUARRY_PLAN_INTERNAL_H
#define QUARRY_PLAN_INTERNAL_H

#include "plan/plan.h"

/* Deeper trees are refused by the verifier, so that the recursive walkers cannot run out of stack.
 */
#define PLAN_MAX_DEPTH 4000
/* What plan_verify says of a deeper one: the query is too large, no promise is broken. */
#define PLAN_TOO_DEEP "nested too deeply"

/* ----------------------------------------------------------------- copies */

/* A copy of the node whose expression arrays, inputs and schema may be changed by its maker. */
Plan *plan_copy(Arena *arena, const Plan *p);

/* ------------------------------------------------------------ expressions */

Expr *expr_literal(Arena *arena, Value value, Span span);
Expr *expr_of_column(Arena *arena, const Column *column, Span span);
Expr *expr_call(Arena *arena, const FnDef *fn, Type type, Expr *const *args, uint32_t n_args,
                Span span);
bool expr_is_call(const Expr *e, const char *name);
bool expr_is_true(const Expr *e);
/* Never true: literal false or null. */
bool expr_is_false(const Expr *e);
/* Same value in every row where columns are the same, without effects and without a plan inside. */
bool expr_is_pure(const Expr *e);
bool expr_has_window(const Expr *e);
/* True when every column that `e` reads is in `schema`. */
bool expr_reads_only(const Expr *e, const Schema *schema);

/* Conjuncts of a predicate, in order. */
typedef struct ExprList {
    Expr **items;
    size_t n, cap;
} ExprList;
void expr_split_and(Arena *arena, Expr *predicate, ExprList *out);
/* The list joined by `and`; NULL when it is empty. */
Expr *expr_join_and(Arena *arena, const ExprList *list);

/* A substitution of columns by expressions; ids not listed stay. */
typedef struct Substitution {
    const ColumnId *ids;
    Expr *const *exprs;
    size_t n;
} Substitution;
Expr *expr_substitute(Arena *arena, Expr *e, const Substitution *s);

/* ------------------------------------------------------------------ nodes */

Plan *plan_filter(Arena *arena, Plan *input, Expr *predicate, Span span);
/* The largest column id of the plan, nested plans included. */
ColumnId plan_max_id(Arena *arena, Plan *p);
bool schema_same(const Schema *a, const Schema *b);

/* ---------------------------------------------------------- the rewrites */

Plan *plan_fold_constants(Arena *arena, Plan *p, const RewriteOptions *options);
Plan *plan_push_filters(Arena *arena, Plan *p, const RewriteOptions *options);
Plan *plan_prune_columns(Arena *arena, Plan *p, const RewriteOptions *options);
Plan *plan_share_parses(Arena *arena, Plan *p, const RewriteOptions *options);
Plan *plan_unwrap_url_joins(Arena *arena, Plan *p, const RewriteOptions *options);

#endif
