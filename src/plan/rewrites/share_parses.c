/*
 * share_parses.c: a text that is read as JSON several times is parsed once.
 *
 * Rules take a value of a JSON text by parse_json(text).a, and the next by parse_json(text).b. An engine
 * that computes each expression by itself parses the whole text for each.
 *
 * Law: in a chain of projections with LEAST_USES calls or more of parse_json(c) of one column of text, the
 * lowest that has such a call reads from a new projection below it, which adds parse_json(c) as a
 * column; the calls become references to it, and it goes no higher than the last of them.
 *
 * Not: under LEAST_USES, where a parse and a look-up each cost less than a parse kept and look-ups in
 * it; calls that something between the projections parts (a filter stands below them by now).
 */
#include "plan/plan_internal.h"

/* As measured: two calls cost as much each way, with texts of 400 bytes. */
enum { LEAST_USES = 3, MAX_CHAIN = 512, MAX_SHARED = 8 };

typedef struct Sharing {
    Arena *arena;
    ColumnId last_id;
    Plan **from, **to; /* chains that were looked at: several nodes may refer to one */
    size_t n, cap_from, cap_to;
} Sharing;

typedef struct Use {
    ColumnId column;
    uint32_t n;
    uint32_t lowest, highest; /* in the chain, whose first is the highest */
} Use;

typedef struct Uses {
    Arena *arena;
    Use *items;
    size_t n, cap;
    uint32_t at;
} Uses;

/* The column of parse_json(column), or 0. */
static ColumnId parsed_column(const Expr *e) {
    if (e->kind != EXPR_CALL || e->u.fn->kind != FN_SCALAR || e->n_args != 1) return 0;
    const Expr *arg = e->args[0];
    if (arg->kind != EXPR_COLUMN || arg->type != TYPE_STRING || e->type != TYPE_DYNAMIC) return 0;
    return strcmp(e->u.fn->name, "parse_json") == 0 ? arg->u.column : 0;
}

static void note_use(Expr *e, void *ctx) {
    Uses *u = ctx;
    ColumnId column = parsed_column(e);
    size_t i = 0;
    if (!column) return;
    while (i < u->n && u->items[i].column != column) i++;
    if (i == u->n) {
        Use use = {.column = column, .highest = u->at};
        ARENA_PUSH(u->arena, u->items, u->n, u->cap, use);
    }
    u->items[i].n++;
    u->items[i].lowest = u->at;
}

static const Use *most_used(Arena *arena, Plan *const *chain, uint32_t n) {
    Uses u = {.arena = arena};
    for (; u.at < n; u.at++) plan_visit_exprs(chain[u.at], note_use, &u);
    const Use *most = NULL;
    for (size_t i = 0; i < u.n; i++)
        if (u.items[i].n >= LEAST_USES && (!most || u.items[i].n > most->n)) most = &u.items[i];
    return most;
}

/* ----------------------------------------------------------------- rebuilding */

typedef struct Parsed {
    Arena *arena;
    ColumnId of;
    Column column;
} Parsed;

static Expr *refer(Expr *e, void *ctx) {
    Parsed *x = ctx;
    return parsed_column(e) == x->of ? expr_of_column(x->arena, &x->column, e->span) : e;
}

static void add_column(Arena *arena, Plan *p, const Column *column, Expr *e) {
    uint32_t n = p->schema.n;
    Column *columns = ARENA_ARRAY(arena, Column, n + 1);
    Expr **exprs = ARENA_ARRAY(arena, Expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        columns[i] = p->schema.items[i];
        exprs[i] = p->u.project.exprs[i];
    }
    columns[n] = *column;
    exprs[n] = e;
    p->schema = (Schema){.items = columns, .n = n + 1};
    p->u.project.exprs = exprs;
}

/* All columns of the input, and the parsed one. */
static Plan *parse_above(Parsed *x, const Plan *user) {
    Plan *input = user->inputs[0], *p = ARENA_NEW(x->arena, Plan);
    const Column *text = schema_find(&input->schema, x->of);
    *p = (Plan){.kind = PLAN_PROJECT,
                .span = user->span,
                .schema = input->schema,
                .inputs = ARENA_NEW(x->arena, Plan *),
                .n_inputs = 1,
                .is_serialized = input->is_serialized};
    p->inputs[0] = input;
    p->u.project.exprs = ARENA_ARRAY(x->arena, Expr *, input->schema.n + 1);
    for (uint32_t i = 0; i < input->schema.n; i++)
        p->u.project.exprs[i] = expr_of_column(x->arena, &input->schema.items[i], user->span);
    Expr *arg = expr_of_column(x->arena, text, user->span);
    add_column(
        x->arena, p, &x->column,
        expr_call(x->arena, catalog_scalar(STR("parse_json")), TYPE_DYNAMIC, &arg, 1, user->span));
    return p;
}

/* Replaces the chain's nodes by copies, from the lowest user up. */
static void share(Sharing *w, Plan **chain, const Use *use) {
    Parsed x = {w->arena, use->column, {++w->last_id, TYPE_DYNAMIC, STR("parsed")}};
    Plan *input = parse_above(&x, chain[use->lowest]);
    for (uint32_t i = use->lowest + 1; i-- > 0;) {
        Plan *p = plan_copy(w->arena, plan_map_exprs(w->arena, chain[i], refer, &x));
        p->inputs[0] = input;
        if (i > use->highest)
            add_column(w->arena, p, &x.column, expr_of_column(w->arena, &x.column, p->span));
        chain[i] = input = p;
    }
}

static Plan *share_in_chain(Sharing *w, Plan *top) {
    Plan *chain[MAX_CHAIN];
    uint32_t n = 0;
    for (Plan *p = top; p->kind == PLAN_PROJECT && n < MAX_CHAIN; p = p->inputs[0]) chain[n++] = p;
    for (uint32_t i = 0; i < MAX_SHARED; i++) {
        const Use *use = most_used(w->arena, chain, n);
        if (!use || !schema_find(&chain[use->lowest]->inputs[0]->schema, use->column)) break;
        share(w, chain, use);
    }
    return chain[0];
}

/* --------------------------------------------------------------------- rewrite */

static Plan *shared_chain(Sharing *w, Plan *top) {
    for (size_t i = 0; i < w->n; i++)
        if (w->from[i] == top) return w->to[i];
    Plan *made = share_in_chain(w, top);
    size_t n = w->n;
    ARENA_PUSH(w->arena, w->from, n, w->cap_from, top);
    ARENA_PUSH(w->arena, w->to, w->n, w->cap_to, made);
    return made;
}

static Plan *share_below(Plan *p, void *ctx) {
    Sharing *w = ctx;
    Plan *copy = NULL;
    for (uint32_t i = 0; p->kind != PLAN_PROJECT && i < p->n_inputs; i++) {
        if (p->inputs[i]->kind != PLAN_PROJECT) continue;
        Plan *input = shared_chain(w, p->inputs[i]);
        if (input == p->inputs[i]) continue;
        if (!copy) copy = plan_copy(w->arena, p);
        copy->inputs[i] = input;
    }
    return copy ? copy : p;
}

Plan *plan_share_parses(Arena *arena, Plan *p, const RewriteOptions *options) {
    (void)options;
    Sharing w = {.arena = arena, .last_id = plan_max_id(arena, p)};
    p = plan_rewrite(arena, p, share_below, &w);
    return p->kind == PLAN_PROJECT ? shared_chain(&w, p) : p;
}
