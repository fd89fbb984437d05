/*
 * eval.c: the value of an expression for one row, by the kernels.
 *
 * For processes, whose expressions read what came before and so cannot be columns of the engine.
 */
#include "plan/plan_internal.h"
#include "plan/process.h"

typedef struct Eval {
    Arena *arena;
    const QueryContext *query;
    const Value *slots;
    bool is_known;
} Eval;

bool expr_is_evaluable(const Expr *e) {
    if (e->kind == EXPR_LITERAL || e->kind == EXPR_COLUMN) return true;
    if (e->kind != EXPR_CALL || e->u.fn->kind == FN_WINDOW) return false;
    bool is_choice = expr_is_call(e, "iff") || expr_is_call(e, "case");
    if (!e->u.fn->kernel && !is_choice) return false;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!expr_is_evaluable(e->args[i])) return false;
    return true;
}

static Expr *slot_to_literal(Expr *e, void *ctx) {
    Eval *v = ctx;
    if (e->kind != EXPR_COLUMN) return e;
    Expr *literal = ARENA_NEW(v->arena, Expr);
    *literal = (Expr){.kind = EXPR_LITERAL, .type = e->type, .span = e->span};
    literal->u.literal = v->slots[e->u.column];
    return literal;
}

Value expr_eval(Arena *arena, const Expr *e, const QueryContext *query, const Value *slots,
                bool *ret_is_known) {
    Eval v = {arena, query, slots, true};
    Value ret = value_null(e->type);
    const Expr *constant = expr_rewrite(arena, (Expr *)(uintptr_t)e, slot_to_literal, &v);
    if (!expr_fold(arena, constant, query, &ret)) {
        *ret_is_known = false;
        return value_null(e->type);
    }
    return ret;
}
