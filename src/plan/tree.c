/*
 * tree.c: walking, copying and rebuilding expressions and plans.
 *
 * Children are uniform, so that one walker serves all kinds. plan_rewrite keeps sharing: a plan
 * that two PLAN_SHARED nodes refer to is rewritten once, and both get the same result.
 */
#include "plan/plan_internal.h"

/* ------------------------------------------------------------------ slots */

static void visit_array(Expr **exprs, uint32_t n, SlotVisit fn, void *ctx) {
    for (uint32_t i = 0; i < n; i++)
        if (exprs[i]) fn(&exprs[i], ctx);
}

static void visit_slot(Expr **slot, SlotVisit fn, void *ctx) {
    if (*slot) fn(slot, ctx);
}

void plan_visit_slots(Plan *p, SlotVisit fn, void *ctx) {
    switch (p->kind) {
    case PLAN_SCAN: visit_slot(&p->u.scan.early, fn, ctx); return;
    case PLAN_RANGE:
        visit_slot(&p->u.range.from, fn, ctx);
        visit_slot(&p->u.range.to, fn, ctx);
        visit_slot(&p->u.range.step, fn, ctx);
        return;
    case PLAN_FILTER: visit_slot(&p->u.filter.predicate, fn, ctx); return;
    case PLAN_PROJECT: visit_array(p->u.project.exprs, p->schema.n, fn, ctx); return;
    case PLAN_WINDOW: visit_array(p->u.window.exprs, p->schema.n, fn, ctx); return;
    case PLAN_AGGREGATE:
        visit_array(p->u.aggregate.keys, p->u.aggregate.n_keys, fn, ctx);
        for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++)
            visit_array(p->u.aggregate.aggs[i].args, p->u.aggregate.aggs[i].n_args, fn, ctx);
        return;
    case PLAN_SORT:
        for (uint32_t i = 0; i < p->u.sort.n; i++) visit_slot(&p->u.sort.keys[i].expr, fn, ctx);
        return;
    case PLAN_TAKE:
    case PLAN_SAMPLE: visit_slot(&p->u.take.count, fn, ctx); return;
    case PLAN_JOIN:
        visit_array(p->u.join.left_keys, p->u.join.n_keys, fn, ctx);
        visit_array(p->u.join.right_keys, p->u.join.n_keys, fn, ctx);
        return;
    case PLAN_VALUES:
    case PLAN_UNION:
    case PLAN_MV_EXPAND:
    case PLAN_SERIALIZE:
    case PLAN_PROCESS:
    case PLAN_SHARED:
    case PLAN_RESULTS: return;
    }
}

/* --------------------------------------------------------------- visiting */

void expr_visit(Expr *e, ExprVisit fn, void *ctx) {
    fn(e, ctx);
    for (uint32_t i = 0; i < e->n_args; i++)
        if (e->args[i]) expr_visit(e->args[i], fn, ctx);
}

typedef struct VisitContext {
    ExprVisit fn;
    void *ctx;
} VisitContext;

static void visit_root(Expr **slot, void *ctx) {
    VisitContext *v = ctx;
    expr_visit(*slot, v->fn, v->ctx);
}

void plan_visit_exprs(Plan *p, ExprVisit fn, void *ctx) {
    VisitContext v = {fn, ctx};
    plan_visit_slots(p, visit_root, &v);
}

/* -------------------------------------------------------------- rewriting */

Expr *expr_rewrite(Arena *arena, Expr *e, ExprRewrite fn, void *ctx) {
    Expr **args = NULL;
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (!e->args[i]) continue;
        Expr *arg = expr_rewrite(arena, e->args[i], fn, ctx);
        if (arg == e->args[i]) continue;
        if (!args) {
            args = ARENA_ARRAY(arena, Expr *, e->n_args);
            memcpy(args, e->args, sizeof *args * e->n_args);
        }
        args[i] = arg;
    }
    if (args) {
        Expr *copy = ARENA_NEW(arena, Expr);
        *copy = *e;
        copy->args = args;
        e = copy;
    }
    return fn(e, ctx);
}

static Expr **copy_exprs(Arena *arena, Expr *const *exprs, uint32_t n) {
    if (!n) return NULL;
    Expr **copy = ARENA_ARRAY(arena, Expr *, n);
    memcpy(copy, exprs, sizeof *copy * n);
    return copy;
}

static void *copy_items(Arena *arena, const void *items, size_t size) {
    if (!size) return NULL;
    void *copy = arena_alloc_raw(arena, size);
    memcpy(copy, items, size);
    return copy;
}

static void copy_aggregates(Arena *arena, Plan *p) {
    uint32_t n = p->u.aggregate.n_aggs;
    p->u.aggregate.keys = copy_exprs(arena, p->u.aggregate.keys, p->u.aggregate.n_keys);
    p->u.aggregate.aggs = copy_items(arena, p->u.aggregate.aggs, sizeof(Aggregate) * n);
    for (uint32_t i = 0; i < n; i++) {
        Aggregate *a = &p->u.aggregate.aggs[i];
        a->args = copy_exprs(arena, a->args, a->n_args);
    }
}

Plan *plan_copy(Arena *arena, const Plan *original) {
    Plan *p = ARENA_NEW(arena, Plan);
    *p = *original;
    p->inputs = copy_items(arena, p->inputs, sizeof(Plan *) * p->n_inputs);
    p->schema.items = copy_items(arena, p->schema.items, sizeof(Column) * p->schema.n);
    switch (p->kind) {
    case PLAN_PROJECT:
        p->u.project.exprs = copy_exprs(arena, p->u.project.exprs, p->schema.n);
        break;
    case PLAN_WINDOW: p->u.window.exprs = copy_exprs(arena, p->u.window.exprs, p->schema.n); break;
    case PLAN_AGGREGATE: copy_aggregates(arena, p); break;
    case PLAN_SORT:
        p->u.sort.keys = copy_items(arena, p->u.sort.keys, sizeof(SortKey) * p->u.sort.n);
        break;
    case PLAN_JOIN:
        p->u.join.left_keys = copy_exprs(arena, p->u.join.left_keys, p->u.join.n_keys);
        p->u.join.right_keys = copy_exprs(arena, p->u.join.right_keys, p->u.join.n_keys);
        break;
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_RANGE:
    case PLAN_FILTER:
    case PLAN_TAKE:
    case PLAN_UNION:
    case PLAN_MV_EXPAND:
    case PLAN_SERIALIZE:
    case PLAN_SAMPLE:
    case PLAN_PROCESS:
    case PLAN_SHARED:
    case PLAN_RESULTS: break;
    }
    return p;
}

typedef struct ExprMap {
    Arena *arena;
    ExprRewrite fn;
    void *ctx;
    bool has_changed;
} ExprMap;

static void map_slot(Expr **slot, void *ctx) {
    ExprMap *m = ctx;
    Expr *after = expr_rewrite(m->arena, *slot, m->fn, m->ctx);
    if (after != *slot) m->has_changed = true;
    *slot = after;
}

Plan *plan_map_exprs(Arena *arena, Plan *p, ExprRewrite fn, void *ctx) {
    ExprMap map = {arena, fn, ctx, false};
    Plan *copy = plan_copy(arena, p);
    plan_visit_slots(copy, map_slot, &map);
    return map.has_changed ? copy : p;
}

typedef struct Done {
    const Plan *before;
    Plan *after;
} Done;

typedef struct PlanWalk {
    Arena *arena;
    PlanRewrite fn;
    void *ctx;
    Done *done; /* inputs of PLAN_SHARED */
    size_t n, cap;
    bool has_nested; /* found by find_nested */
} PlanWalk;

static Plan *rewrite_plan(PlanWalk *w, Plan *p);

static Plan *rewrite_shared(PlanWalk *w, Plan *p) {
    for (size_t i = 0; i < w->n; i++)
        if (w->done[i].before == p) return w->done[i].after;
    Plan *after = rewrite_plan(w, p);
    ARENA_PUSH(w->arena, w->done, w->n, w->cap, ((Done){p, after}));
    return after;
}

static Expr *rewrite_nested_plan(Expr *e, void *ctx) {
    PlanWalk *w = ctx;
    if (!e->plan) return e;
    Plan *plan = rewrite_plan(w, e->plan);
    if (plan == e->plan) return e;
    Expr *copy = ARENA_NEW(w->arena, Expr);
    *copy = *e;
    copy->plan = plan;
    return copy;
}

static void find_nested(Expr *e, void *ctx) {
    PlanWalk *w = ctx;
    if (e->plan) w->has_nested = true;
}

static void rewrite_nested_slot(Expr **slot, void *ctx) {
    PlanWalk *w = ctx;
    *slot = expr_rewrite(w->arena, *slot, rewrite_nested_plan, w);
}

static Plan *rewrite_plan(PlanWalk *w, Plan *p) {
    Plan *copy = NULL;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        Plan *before = p->inputs[i];
        Plan *after = p->kind == PLAN_SHARED ? rewrite_shared(w, before) : rewrite_plan(w, before);
        if (after == before) continue;
        if (!copy) copy = plan_copy(w->arena, p);
        copy->inputs[i] = after;
    }
    w->has_nested = false;
    plan_visit_exprs(p, find_nested, w);
    if (w->has_nested) {
        if (!copy) copy = plan_copy(w->arena, p);
        plan_visit_slots(copy, rewrite_nested_slot, w);
    }
    return w->fn(copy ? copy : p, w->ctx);
}

Plan *plan_rewrite(Arena *arena, Plan *p, PlanRewrite fn, void *ctx) {
    PlanWalk w = {.arena = arena, .fn = fn, .ctx = ctx};
    return rewrite_plan(&w, p);
}

static Plan *find_max_id(Plan *p, void *ctx) {
    ColumnId *max = ctx;
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].id > *max) *max = p->schema.items[i].id;
    return p;
}

ColumnId plan_max_id(Arena *arena, Plan *p) {
    ColumnId max = 0;
    plan_rewrite(arena, p, find_max_id, &max);
    return max;
}

/* ----------------------------------------------------------------- schema */

const Column *schema_find(const Schema *s, ColumnId id) {
    for (uint32_t i = 0; i < s->n; i++)
        if (s->items[i].id == id) return &s->items[i];
    return NULL;
}

bool schema_same(const Schema *a, const Schema *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->items[i].id != b->items[i].id || a->items[i].type != b->items[i].type) return false;
    return true;
}
