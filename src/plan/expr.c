/*
 * expr.c: making and taking apart expressions.
 */
#include "plan/plan_internal.h"

Expr *expr_literal(Arena *arena, Value value, Span span) {
    Expr *e = ARENA_NEW(arena, Expr);
    e->kind = EXPR_LITERAL;
    e->type = value.type;
    e->span = span;
    e->u.literal = value;
    return e;
}

Expr *expr_of_column(Arena *arena, const Column *column, Span span) {
    Expr *e = ARENA_NEW(arena, Expr);
    e->kind = EXPR_COLUMN;
    e->type = column->type;
    e->span = span;
    e->u.column = column->id;
    return e;
}

Expr *expr_call(Arena *arena, const FnDef *fn, Type type, Expr *const *args, uint32_t n_args,
                Span span) {
    Expr *e = ARENA_NEW(arena, Expr);
    e->kind = EXPR_CALL;
    e->type = type;
    e->span = span;
    e->n_args = n_args;
    e->args = ARENA_ARRAY(arena, Expr *, n_args);
    for (uint32_t i = 0; i < n_args; i++) e->args[i] = args[i];
    e->u.fn = fn;
    return e;
}

bool expr_is_call(const Expr *e, const char *name) {
    return e->kind == EXPR_CALL && strcmp(e->u.fn->name, name) == 0;
}

bool expr_is_true(const Expr *e) {
    return e->kind == EXPR_LITERAL && e->type == TYPE_BOOL && !e->u.literal.is_null &&
           e->u.literal.u.b;
}

bool expr_is_false(const Expr *e) {
    return e->kind == EXPR_LITERAL && e->type == TYPE_BOOL &&
           (e->u.literal.is_null || !e->u.literal.u.b);
}

bool expr_is_pure(const Expr *e) {
    if (e->plan || e->kind == EXPR_ERROR) return false;
    if (e->kind == EXPR_CALL && (e->u.fn->is_volatile || e->u.fn->kind == FN_WINDOW)) return false;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!expr_is_pure(e->args[i])) return false;
    return true;
}

bool expr_has_window(const Expr *e) {
    if (e->kind == EXPR_CALL && e->u.fn->kind == FN_WINDOW) return true;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (expr_has_window(e->args[i])) return true;
    return false;
}

bool expr_reads_only(const Expr *e, const Schema *schema) {
    if (e->kind == EXPR_COLUMN && !schema_find(schema, e->u.column)) return false;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!expr_reads_only(e->args[i], schema)) return false;
    return true;
}

void expr_split_and(Arena *arena, Expr *predicate, ExprList *out) {
    bool splits = expr_is_call(predicate, "and");
    for (uint32_t i = 0; splits && i < predicate->n_args; i++)
        splits = predicate->args[i]->type == TYPE_BOOL; /* alone, a side must be a predicate too */
    if (!splits) {
        ARENA_PUSH(arena, out->items, out->n, out->cap, predicate);
        return;
    }
    for (uint32_t i = 0; i < predicate->n_args; i++) expr_split_and(arena, predicate->args[i], out);
}

Expr *expr_join_and(Arena *arena, const ExprList *list) {
    const FnDef *and_fn = catalog_operator(STR("and"));
    Expr *joined = NULL;
    for (size_t i = 0; i < list->n; i++) {
        Expr *pair[2] = {joined, list->items[i]};
        joined = i ? expr_call(arena, and_fn, TYPE_BOOL, pair, 2, list->items[i]->span) : pair[1];
    }
    return joined;
}

typedef struct SubstituteContext {
    const Substitution *s;
} SubstituteContext;

static Expr *substitute_column(Expr *e, void *ctx) {
    const Substitution *s = ((SubstituteContext *)ctx)->s;
    if (e->kind != EXPR_COLUMN) return e;
    for (size_t i = 0; i < s->n; i++)
        if (s->ids[i] == e->u.column) return s->exprs[i];
    return e;
}

Expr *expr_substitute(Arena *arena, Expr *e, const Substitution *s) {
    SubstituteContext ctx = {s};
    return expr_rewrite(arena, e, substitute_column, &ctx);
}

Plan *plan_filter(Arena *arena, Plan *input, Expr *predicate, Span span) {
    Plan *p = ARENA_NEW(arena, Plan);
    p->kind = PLAN_FILTER;
    p->span = span;
    p->schema = input->schema;
    p->inputs = ARENA_NEW(arena, Plan *);
    p->inputs[0] = input;
    p->n_inputs = 1;
    p->is_serialized = input->is_serialized;
    p->u.filter.predicate = predicate;
    return p;
}
