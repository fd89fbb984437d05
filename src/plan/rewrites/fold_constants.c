/*
 * fold_constants.c: what is the same for all rows is computed once.
 *
 * Law: a call whose arguments are constants becomes its value; iff() and case() with constant tests
 * become the branch that they take; in a filter, `and` and `or` lose sides that decide nothing, and
 * a filter that is always true goes.
 *
 * Not: a call that may differ from row to row (rand), that is not to be folded, or that ends the
 * query with an error (it does so when it runs, and only if it runs); a value so long that the
 * statement would grow by it. `x and true` outside a filter stays: it is not x where x is null.
 */
#include "plan/plan_internal.h"

enum { FOLD_MAX_TEXT = 16384 };

typedef struct Fold {
    Arena *arena;
    const QueryContext *query;
} Fold;

static bool is_text(Type t) { return (TYPE_BIT(t) & (TS_STRING | TS_GUID | TS_DYNAMIC)) != 0; }

/* The branch that a choice takes when the tests before it are constant: it may read columns. */
static Expr *taken_branch(Expr *e) {
    if (!(expr_is_call(e, "iff") || expr_is_call(e, "case"))) return e;
    if (e->n_args < 3 || e->n_args % 2 == 0) return e;
    Expr *branch = e->args[e->n_args - 1];
    for (uint32_t i = 0; i + 1 < e->n_args; i += 2) {
        if (expr_is_false(e->args[i])) continue;
        if (!expr_is_true(e->args[i])) return e;
        branch = e->args[i + 1];
        break;
    }
    return branch->type == e->type ? branch : e;
}

static Expr *fold_call(Expr *e, void *ctx) {
    const Fold *f = ctx;
    if (e->kind != EXPR_CALL) return e;
    Expr *taken = taken_branch(e);
    if (taken != e) return taken;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (e->args[i]->kind != EXPR_LITERAL) return e;
    Value v;
    if (!expr_fold(f->arena, e, f->query, &v) || v.type != e->type) return e;
    if (!v.is_null && is_text(v.type) && v.u.s.len > FOLD_MAX_TEXT) return e;
    return expr_literal(f->arena, v, e->span);
}

/* A predicate is only asked whether it is true. */
static Expr *simplify(Fold *f, Expr *e) {
    bool is_and = expr_is_call(e, "and");
    if ((!is_and && !expr_is_call(e, "or")) || e->n_args != 2) return e;
    Expr *left = simplify(f, e->args[0]), *right = simplify(f, e->args[1]);
    if (left->type == TYPE_BOOL && right->type == TYPE_BOOL) {
        if (is_and ? expr_is_true(left) : expr_is_false(left)) return right;
        if (is_and ? expr_is_true(right) : expr_is_false(right)) return left;
        if (is_and ? expr_is_false(left) : expr_is_true(left)) return left;
        if (is_and ? expr_is_false(right) : expr_is_true(right)) return right;
    }
    if (left == e->args[0] && right == e->args[1]) return e;
    Expr *pair[2] = {left, right};
    return expr_call(f->arena, e->u.fn, e->type, pair, 2, e->span);
}

static Plan *fold_node(Plan *p, void *ctx) {
    Fold *f = ctx;
    p = plan_map_exprs(f->arena, p, fold_call, f);
    if (p->kind != PLAN_FILTER) return p;
    Expr *predicate = simplify(f, p->u.filter.predicate);
    if (expr_is_true(predicate)) return p->inputs[0];
    if (predicate == p->u.filter.predicate) return p;
    p = plan_copy(f->arena, p);
    p->u.filter.predicate = predicate;
    return p;
}

Plan *plan_fold_constants(Arena *arena, Plan *p, const RewriteOptions *options) {
    Fold f = {arena, options->query};
    return plan_rewrite(arena, p, fold_node, &f);
}
