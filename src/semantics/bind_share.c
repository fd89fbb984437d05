/*
 * bind_share.c: shares with one reference.
 *
 * A let table and materialize() are bound as shares before it is known how often they are read. What is
 * read once is no share: filters and column lists then reach what is below it.
 */
#include "semantics/bind_scope.h"

typedef struct Shares {
    Binder *b;
    uint32_t *n_references; /* by share id */
    bool *is_done;          /* by share id: what is shared was looked through */
    bool counts; /* first pass: count; second: put projections in the place of single ones */
} Shares;

static void visit(Shares *s, Plan *p);

static void visit_expr(Expr *e, void *ctx) {
    if (e->plan) visit(ctx, e->plan);
}

/* The same columns under the ids of the reference. */
static void read_through(Binder *b, Plan *p) {
    const ColumnId *map = p->u.shared.map;
    Expr **exprs = ARENA_ARRAY(b->arena, Expr *, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        Column c = p->schema.items[i];
        c.id = map[i];
        exprs[i] = expr_column(b, &c, p->span);
    }
    p->kind = PLAN_PROJECT;
    p->u.project.exprs = exprs;
}

static void visit(Shares *s, Plan *p) {
    if (p->kind == PLAN_SHARED) {
        uint32_t id = p->u.shared.share_id;
        if (s->counts) s->n_references[id]++;
        bool is_seen = s->is_done[id];
        s->is_done[id] = true;
        if (is_seen) return;
        if (!s->counts && s->n_references[id] == 1) read_through(s->b, p);
    }
    plan_visit_exprs(p, visit_expr, s);
    for (uint32_t i = 0; i < p->n_inputs; i++) visit(s, p->inputs[i]);
}

Plan *plan_unshare_single(Binder *b, Plan *p) {
    Shares s = {.b = b, .counts = true};
    s.n_references = ARENA_ARRAY(b->arena, uint32_t, b->next_share);
    s.is_done = ARENA_ARRAY(b->arena, bool, b->next_share);
    visit(&s, p);
    s.counts = false;
    memset(s.is_done, 0, b->next_share * sizeof *s.is_done);
    visit(&s, p);
    return p;
}
