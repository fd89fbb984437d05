/*
 * fold.c: the value of a constant expression, by the same kernels that run over rows.
 */
#include "plan/plan_internal.h"

/* iff and case look only at the branch that they take, so that the others need not be constant. */
static bool is_choice(const Expr *e) {
    return (expr_is_call(e, "iff") || expr_is_call(e, "case")) && e->n_args >= 3 &&
           e->n_args % 2 == 1;
}

/* NULL when a test that comes before the branch is not constant. */
static const Expr *chosen_branch(Arena *arena, const Expr *e, const QueryContext *query) {
    for (uint32_t i = 0; i + 1 < e->n_args; i += 2) {
        Value test;
        if (!expr_fold(arena, e->args[i], query, &test) || test.type != TYPE_BOOL) return NULL;
        if (!test.is_null && test.u.b) return e->args[i + 1];
    }
    return e->args[e->n_args - 1];
}

static bool run_kernel(Arena *arena, const Expr *e, const QueryContext *query, const Value *args,
                       Value *ret) {
    const Kernel *kernel = e->u.fn->kernel;
    Str error = STR_EMPTY;
    bool *constant = ARENA_ARRAY(arena, bool, e->n_args + 1);
    for (uint32_t i = 0; i < e->n_args; i++) constant[i] = true;
    void *state =
        kernel->prepare ? kernel->prepare(arena, args, constant, e->n_args, &error) : NULL;
    KernelCall call = {.scratch = arena, .state = state, .query = query, .error = STR_EMPTY};
    *ret = value_null(e->type);
    if (!error.len) kernel->fn(&call, args, e->n_args, ret);
    bool is_text = !ret->is_null && (TYPE_BIT(ret->type) & (TS_STRING | TS_GUID | TS_DYNAMIC));
    if (is_text && ret->u.s.len <= KERNEL_MAX_TEXT)
        ret->u.s = arena_str(arena, ret->u.s); /* may live in the state */
    if (state && kernel->release) kernel->release(state);
    bool is_too_long =
        is_text && ret->u.s.len > KERNEL_MAX_TEXT; /* the run says so, with its place */
    return !error.len && !call.error.len && !is_too_long;
}

static bool fold_call(Arena *arena, const Expr *e, const QueryContext *query, Value *ret) {
    const FnDef *fn = e->u.fn;
    if (is_choice(e)) {
        const Expr *branch = chosen_branch(arena, e, query);
        return branch && branch->type == e->type && expr_fold(arena, branch, query, ret);
    }
    if (fn->is_volatile || fn->no_fold || !fn->kernel || fn->kind == FN_WINDOW) return false;
    Value *args = ARENA_ARRAY(arena, Value, e->n_args + 1);
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (!expr_fold(arena, e->args[i], query, &args[i])) return false;
        if (args[i].is_null && fn->nulls == NULLS_PROPAGATE) {
            *ret = value_null(e->type);
            return true;
        }
    }
    return run_kernel(arena, e, query, args, ret);
}

bool expr_fold(Arena *arena, const Expr *e, const QueryContext *query, Value *ret) {
    switch (e->kind) {
    case EXPR_LITERAL: *ret = e->u.literal; return true;
    case EXPR_CALL: return fold_call(arena, e, query, ret);
    case EXPR_ERROR:
    case EXPR_COLUMN:
    case EXPR_SUBQUERY:
    case EXPR_IN_PLAN:
    case EXPR_COLUMN_SET: return false;
    }
    return false;
}
