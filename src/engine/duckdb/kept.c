/*
 * kept.c: shared plans whose rows several results read: each becomes a table of the engine.
 *
 * Shares that stand inside others come first. Hidden columns that carry an order go along, so that a
 * reference has the order that the plan gives. Tables of the engine spill to its folder as sorts do.
 */
#include <stdlib.h>

#include "engine/duckdb/kept.h"

/* A share and the first result that reads it. */
typedef struct Seen {
    uint32_t share_id;
    uint32_t result;
    bool is_wanted; /* by another result, too */
    const Plan *plan;
} Seen;

typedef struct Keeping {
    Arena *arena;
    Seen *seen; /* inner shares before those that hold them */
    size_t n, cap;
    uint32_t result;
} Keeping;

static void look(Keeping *w, const Plan *p);

static void look_nested(Expr *e, void *ctx) {
    if (e->plan) look(ctx, e->plan);
}

static void look_below(Keeping *w, const Plan *p) {
    plan_visit_exprs((Plan *)(uintptr_t)p, look_nested, w);
    for (uint32_t i = 0; i < p->n_inputs; i++) look(w, p->inputs[i]);
}

static void look(Keeping *w, const Plan *p) {
    if (p->kind != PLAN_SHARED) {
        look_below(w, p);
        return;
    }
    for (size_t i = 0; i < w->n; i++) {
        Seen *s = &w->seen[i];
        if (s->share_id != p->u.shared.share_id) continue;
        if (s->result != w->result) s->is_wanted = true;
        return; /* what is in it is read through it */
    }
    look_below(w, p);
    Seen one = {p->u.shared.share_id, w->result, false, p->inputs[0]};
    ARENA_PUSH(w->arena, w->seen, w->n, w->cap, one);
}

const Rel *kept_find(const Kept *k, uint32_t share_id) {
    for (size_t i = 0; k && i < k->n; i++)
        if (k->tables[i].share_id == share_id) return &k->tables[i].rel;
    return NULL;
}

/* The relation under the name of its table, in the arena of what is kept. */
static void add_table(Kept *k, uint32_t share_id, Str name, const Rel *rel) {
    Rel table = {.name = name, .n_order = rel->n_order, .is_total = rel->is_total};
    table.order = ARENA_ARRAY(k->arena, OrderKey, rel->n_order + 1);
    for (uint32_t i = 0; i < rel->n_order; i++) {
        table.order[i] = rel->order[i];
        table.order[i].column = arena_str(k->arena, rel->order[i].column);
    }
    SharedRel entry = {share_id, table};
    ARENA_PUSH(k->arena, k->tables, k->n, k->cap, entry);
}

static Status keep_one(Kept *k, const Seen *seen, const RunOptions *options, Diags *diags) {
    static unsigned serial;
    unsigned number = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
    Str name = arena_printf(k->arena, "kept_table_%u", number);
    Lowered lowered;
    Rel rel;
    Arena *arena = arena_new();
    Status status = lower_table(k->engine, seen->plan, k, name, arena, diags, &lowered, &rel);
    if (status != OK) {
        arena_free(arena);
        return status;
    }
    add_table(k, seen->share_id, name, &rel);
    return run_whole(k->engine, &lowered, arena, options, diags);
}

Status engine_keep(Engine *e, const Plan *results, const RunOptions *options, Diags *diags,
                   Kept **ret) {
    Kept *k = calloc(1, sizeof *k);
    if (!k) abort();
    k->engine = e;
    k->arena = arena_new();
    Keeping w = {.arena = k->arena};
    for (w.result = 0; w.result < results->n_inputs; w.result++)
        look(&w, results->inputs[w.result]);
    for (size_t i = 0; i < w.n; i++) {
        Status status = w.seen[i].is_wanted ? keep_one(k, &w.seen[i], options, diags) : OK;
        if (status == OK) continue;
        kept_free(k);
        return status;
    }
    *ret = k;
    return OK;
}

void kept_free(Kept *k) {
    if (!k) return;
    pthread_mutex_lock(&k->engine->lock);
    for (size_t i = k->n; i-- > 0;) {
        Str sql =
            arena_printf(k->arena, "DROP TABLE IF EXISTS %.*s", STR_ARG(k->tables[i].rel.name));
        duckdb_query(k->engine->registrar, sql.ptr, NULL);
    }
    pthread_mutex_unlock(&k->engine->lock);
    arena_free(k->arena);
    free(k);
}
