/*
 * prune_columns.c: columns that nobody reads are not made.
 *
 * Law: a node keeps the columns that the node above reads, in their order; what is left out is not
 * computed, and not read from the data. Works from the root down, first noting what is read of each
 * shared plan (by all that refer to it), then rebuilding.
 *
 * Not: columns of the result; grouping keys and join keys, which decide about rows; the last column
 * of a node, so that there are rows to count; the last aggregate of a grouping without keys, which
 * gives its one row; cells of literal rows, which cost nothing.
 */
#include "plan/plan_internal.h"

/* ------------------------------------------------------------ sets of ids */

typedef struct IdSet {
    uint64_t *words;
    size_t n_words;
} IdSet;

typedef struct SharedNeed {
    const Plan *plan;
    IdSet need;
    Plan *after; /* its pruned form, once made */
} SharedNeed;

typedef struct Prune {
    Arena *arena;
    size_t n_words;
    SharedNeed *shared;
    size_t n, cap;
} Prune;

static IdSet set_new(const Prune *w) {
    return (IdSet){ARENA_ARRAY(w->arena, uint64_t, w->n_words), w->n_words};
}

static bool has(const IdSet *set, ColumnId id) {
    size_t word = id / 64;
    return word < set->n_words && (set->words[word] >> (id % 64) & 1);
}

/* True when it was not there. */
static bool add(IdSet *set, ColumnId id) {
    size_t word = id / 64;
    if (word >= set->n_words || has(set, id)) return false;
    set->words[word] |= UINT64_C(1) << (id % 64);
    return true;
}

static void add_read(Expr *e, void *ctx) {
    if (e->kind == EXPR_COLUMN) add(ctx, e->u.column);
}

static void add_expr(IdSet *set, Expr *e) {
    if (e) expr_visit(e, add_read, set);
}

static void add_columns(IdSet *set, const Schema *schema) {
    for (uint32_t i = 0; i < schema->n; i++) add(set, schema->items[i].id);
}

static bool reads_nothing_of(const IdSet *need, const Schema *schema) {
    for (uint32_t i = 0; i < schema->n; i++)
        if (has(need, schema->items[i].id)) return false;
    return true;
}

/* Nodes that hand on their input's columns, and a scan that reads some for its condition, have
 * columns without being asked. */
static bool has_columns_anyway(const Prune *w, Plan *p) {
    switch (p->kind) {
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_SERIALIZE: return true;
    case PLAN_SCAN: {
        IdSet reads = set_new(w);
        add_expr(&reads, p->u.scan.early);
        return !reads_nothing_of(&reads, &p->schema);
    }
    case PLAN_PROJECT:
    case PLAN_WINDOW:
    case PLAN_AGGREGATE:
    case PLAN_JOIN:
    case PLAN_UNION:
    case PLAN_MV_EXPAND:
    case PLAN_PROCESS:
    case PLAN_SHARED:
    case PLAN_RESULTS:
    case PLAN_VALUES:
    case PLAN_RANGE: break;
    }
    return false;
}

/* What is kept of a node's columns: those that are needed, or the first. */
static IdSet kept_of(const Prune *w, Plan *p, const IdSet *need) {
    const Schema *schema = &p->schema;
    IdSet kept = set_new(w);
    for (uint32_t i = 0; i < schema->n; i++)
        if (has(need, schema->items[i].id)) add(&kept, schema->items[i].id);
    if (schema->n && reads_nothing_of(&kept, schema) && !has_columns_anyway(w, p))
        add(&kept, schema->items[0].id);
    return kept;
}

/* ------------------------------------------------------------- aggregates */

static bool is_row_pick(const Aggregate *a) {
    return a->fn->shape == AGG_ARG_MAX || a->fn->shape == AGG_ARG_MIN ||
           (a->fn->shape == AGG_TAKE_ANY && !a->fn->filter_arg);
}

static bool keeps_key(const Aggregate *a) { return a->fn->shape != AGG_TAKE_ANY; }

static bool is_wanted(const Aggregate *a, const IdSet *need) {
    for (uint32_t i = 0; i < a->n_columns; i++)
        if (has(need, a->columns[i].id)) return true;
    return false;
}

/* An aggregate that picks a row, without the columns that nobody reads; `*` is spread. Column i is
 * the i-th value, and the first one of arg_max and arg_min decides. */
static void narrow_pick(const Prune *w, Aggregate *a, const IdSet *need) {
    Expr **values = ARENA_ARRAY(w->arena, Expr *, a->n_columns + 1);
    Column *columns = ARENA_ARRAY(w->arena, Column, a->n_columns + 1);
    uint32_t at = 0, n = 0;
    for (uint32_t i = 0; i < a->n_args; i++) {
        Expr *const *from = a->args[i]->kind == EXPR_COLUMN_SET ? a->args[i]->args : &a->args[i];
        uint32_t n_from = a->args[i]->kind == EXPR_COLUMN_SET ? a->args[i]->n_args : 1;
        for (uint32_t j = 0; j < n_from; j++, at++) {
            if (at >= a->n_columns) return;
            if (!has(need, a->columns[at].id) && !(at == 0 && keeps_key(a))) continue;
            columns[n] = a->columns[at];
            values[n++] = from[j];
        }
    }
    if (at != a->n_columns || n == at || !n) return;
    a->args = values;
    a->n_args = n;
    a->columns = columns;
    a->n_columns = n;
}

/* The grouping with fewer aggregates. */
static Plan *narrow_aggregates(const Prune *w, const Plan *p, const IdSet *need) {
    Plan *copy = plan_copy(w->arena, p);
    uint32_t n_keys = p->u.aggregate.n_keys, n = 0, n_columns = n_keys;
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        Aggregate a = p->u.aggregate.aggs[i];
        bool is_last_hope = !n_keys && !n && i + 1 == p->u.aggregate.n_aggs;
        if (!is_wanted(&a, need) && !is_last_hope) continue;
        if (is_wanted(&a, need) && is_row_pick(&a)) narrow_pick(w, &a, need);
        for (uint32_t j = 0; j < a.n_columns; j++) copy->schema.items[n_columns++] = a.columns[j];
        copy->u.aggregate.aggs[n++] = a;
    }
    copy->u.aggregate.n_aggs = n;
    copy->schema.n = n_columns;
    return copy;
}

/* --------------------------------------------------- what inputs must give */

static void add_exprs(const Plan *p, Expr *const *exprs, const IdSet *kept, IdSet *reads) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (has(kept, p->schema.items[i].id)) add_expr(reads, exprs[i]);
}

static void add_slot(Expr **slot, void *ctx) { add_expr(ctx, *slot); }

static void add_union_reads(const Plan *p, const IdSet *kept, uint32_t input, IdSet *reads) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (has(kept, p->schema.items[i].id))
            add(reads, p->u.union_.map[(size_t)input * p->schema.n + i]);
}

/* The columns of input `k` that `p` reads when its own `kept` columns are wanted. */
static IdSet reads_of(const Prune *w, Plan *p, const IdSet *kept, uint32_t k) {
    IdSet reads = set_new(w);
    switch (p->kind) {
    case PLAN_PROJECT: add_exprs(p, p->u.project.exprs, kept, &reads); break;
    case PLAN_WINDOW: add_exprs(p, p->u.window.exprs, kept, &reads); break;
    case PLAN_AGGREGATE: plan_visit_slots(narrow_aggregates(w, p, kept), add_slot, &reads); break;
    case PLAN_UNION: add_union_reads(p, kept, k, &reads); break;
    case PLAN_RESULTS: add_columns(&reads, &p->inputs[k]->schema); break;
    case PLAN_SHARED:
        for (uint32_t i = 0; i < p->schema.n; i++)
            if (has(kept, p->schema.items[i].id)) add(&reads, p->u.shared.map[i]);
        break;
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_SERIALIZE:
    case PLAN_JOIN:
    case PLAN_MV_EXPAND:
    case PLAN_PROCESS:
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_RANGE:
        for (size_t i = 0; i < kept->n_words; i++) reads.words[i] = kept->words[i];
        plan_visit_slots(p, add_slot, &reads);
        for (uint32_t i = 0; p->kind == PLAN_MV_EXPAND && i < p->u.mv_expand.n; i++)
            add(&reads, p->u.mv_expand.columns[i]);
        break;
    }
    for (uint32_t i = 0; p->kind == PLAN_PROCESS && i < p->u.process.n_reads; i++)
        add(&reads, p->u.process.reads[i]);
    if (p->partition) add(&reads, p->partition);
    return reads;
}

/* ------------------------------------------------------------ first: note */

static void note(Prune *w, Plan *p, const IdSet *need);

static SharedNeed *find_shared(Prune *w, const Plan *plan) {
    for (size_t i = 0; i < w->n; i++)
        if (w->shared[i].plan == plan) return &w->shared[i];
    ARENA_PUSH(w->arena, w->shared, w->n, w->cap, ((SharedNeed){.plan = plan, .need = set_new(w)}));
    return &w->shared[w->n - 1];
}

/* Goes on into a shared plan only when more of it is needed than was known. */
static void note_shared(Prune *w, Plan *plan, const IdSet *reads) {
    bool is_new = true;
    for (size_t i = 0; i < w->n && is_new; i++) is_new = w->shared[i].plan != plan;
    SharedNeed *known = find_shared(w, plan);
    IdSet need = known->need;
    bool grows = is_new;
    for (uint32_t i = 0; i < plan->schema.n; i++)
        if (has(reads, plan->schema.items[i].id)) grows |= add(&need, plan->schema.items[i].id);
    if (grows) note(w, plan, &need);
}

static IdSet first_column(const Prune *w, const Plan *p) {
    IdSet need = set_new(w);
    if (p->schema.n) add(&need, p->schema.items[0].id);
    return need;
}

static void note_nested(Expr *e, void *ctx) {
    Prune *w = ctx;
    if (!e->plan) return;
    IdSet need = first_column(w, e->plan);
    note(w, e->plan, &need);
}

static void note(Prune *w, Plan *p, const IdSet *need) {
    IdSet kept = kept_of(w, p, need);
    for (uint32_t k = 0; k < p->n_inputs; k++) {
        IdSet reads = reads_of(w, p, &kept, k);
        if (p->kind == PLAN_SHARED) note_shared(w, p->inputs[k], &reads);
        else note(w, p->inputs[k], &reads);
    }
    plan_visit_exprs(p, note_nested, w);
}

/* --------------------------------------------------------- second: rebuild */

static Plan *rebuild(Prune *w, Plan *p, const IdSet *need);

/* Keeps the items of an array that belong to kept columns; returns how many. */
static void keep_columns(Plan *p, const Schema *before, const IdSet *kept) {
    p->schema.n = 0;
    for (uint32_t i = 0; i < before->n; i++)
        if (has(kept, before->items[i].id)) p->schema.items[p->schema.n++] = before->items[i];
}

static void keep_exprs(Expr **exprs, const Schema *before, const IdSet *kept) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < before->n; i++)
        if (has(kept, before->items[i].id)) exprs[n++] = exprs[i];
}

static void keep_scan(Prune *w, Plan *p, const Schema *before, const IdSet *kept) {
    IdSet reads = reads_of(w, p, kept, 0);
    Str *names = ARENA_ARRAY(w->arena, Str, before->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < before->n; i++)
        if (has(&reads, before->items[i].id)) names[n++] = p->u.scan.source_names[i];
    p->u.scan.source_names = names;
    keep_columns(p, before, &reads);
}

static void keep_union(Prune *w, Plan *p, const Schema *before, const IdSet *kept) {
    keep_columns(p, before, kept);
    ColumnId *map = ARENA_ARRAY(w->arena, ColumnId, (size_t)p->schema.n * p->n_inputs + 1);
    size_t n = 0;
    for (uint32_t k = 0; k < p->n_inputs; k++)
        for (uint32_t i = 0; i < before->n; i++)
            if (has(kept, before->items[i].id))
                map[n++] = p->u.union_.map[(size_t)k * before->n + i];
    p->u.union_.map = map;
    if (!has(kept, p->u.union_.source_column)) p->u.union_.source_column = 0;
}

static void keep_shared(Prune *w, Plan *p, const Schema *before, const IdSet *kept) {
    keep_columns(p, before, kept);
    ColumnId *map = ARENA_ARRAY(w->arena, ColumnId, p->schema.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < before->n; i++)
        if (has(kept, before->items[i].id)) map[n++] = p->u.shared.map[i];
    p->u.shared.map = map;
}

/* Expanded columns stay, read or not: they make the rows. */
static void keep_expand(Plan *p, const Schema *before, const IdSet *kept) {
    IdSet all = *kept;
    for (uint32_t i = 0; i < p->u.mv_expand.n; i++) add(&all, p->u.mv_expand.outputs[i].id);
    if (p->u.mv_expand.index_column) add(&all, p->u.mv_expand.index_column);
    keep_columns(p, before, &all);
}

/* What a process makes it makes in any case. */
static void keep_process(Plan *p, const Schema *before, const IdSet *kept) {
    IdSet all = *kept;
    for (uint32_t i = 0; i < p->u.process.n_adds; i++) add(&all, p->u.process.adds[i].id);
    keep_columns(p, before, &all);
}

/* Drops from the copied node `p` what is not kept; its inputs are pruned already. */
static Plan *narrow(Prune *w, Plan *p, const Schema *before, IdSet *kept) {
    switch (p->kind) {
    case PLAN_SCAN: keep_scan(w, p, before, kept); return p;
    case PLAN_PROJECT:
        keep_exprs(p->u.project.exprs, before, kept);
        keep_columns(p, before, kept);
        return p;
    case PLAN_WINDOW:
        keep_exprs(p->u.window.exprs, before, kept);
        keep_columns(p, before, kept);
        return p;
    case PLAN_AGGREGATE: return narrow_aggregates(w, p, kept);
    case PLAN_JOIN: keep_columns(p, before, kept); return p;
    case PLAN_UNION: keep_union(w, p, before, kept); return p;
    case PLAN_MV_EXPAND: keep_expand(p, before, kept); return p;
    case PLAN_PROCESS: keep_process(p, before, kept); return p;
    case PLAN_SHARED: keep_shared(w, p, before, kept); return p;
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_SERIALIZE: p->schema = p->inputs[0]->schema; return p;
    case PLAN_VALUES:
    case PLAN_RANGE:
    case PLAN_RESULTS: return p;
    }
    return p;
}

static Plan *rebuild_shared(Prune *w, Plan *plan) {
    size_t at = (size_t)(find_shared(w, plan) - w->shared);
    if (!w->shared[at].after) {
        IdSet need = w->shared[at].need;
        Plan *after = rebuild(w, plan, &need);
        w->shared[at].after = after; /* the array may have moved */
    }
    return w->shared[at].after;
}

static Expr *rebuild_nested(Expr *e, void *ctx) {
    Prune *w = ctx;
    if (!e->plan) return e;
    IdSet need = first_column(w, e->plan);
    Plan *plan = rebuild(w, e->plan, &need);
    if (plan == e->plan) return e;
    Expr *copy = ARENA_NEW(w->arena, Expr);
    *copy = *e;
    copy->plan = plan;
    return copy;
}

static Plan *rebuild(Prune *w, Plan *p, const IdSet *need) {
    IdSet kept = kept_of(w, p, need);
    Plan *copy = plan_copy(w->arena, p);
    bool has_changed = false;
    for (uint32_t k = 0; k < p->n_inputs; k++) {
        IdSet reads = reads_of(w, p, &kept, k);
        copy->inputs[k] = p->kind == PLAN_SHARED ? rebuild_shared(w, p->inputs[k])
                                                 : rebuild(w, p->inputs[k], &reads);
        has_changed |= copy->inputs[k] != p->inputs[k];
    }
    Plan *after = plan_map_exprs(w->arena, copy, rebuild_nested, w);
    has_changed |= after != copy;
    after = narrow(w, after, &p->schema, &kept);
    return has_changed || after->schema.n != p->schema.n ? after : p;
}

/* ------------------------------------------------------------------ entry */

Plan *plan_prune_columns(Arena *arena, Plan *p, const RewriteOptions *options) {
    (void)options;
    Prune w = {.arena = arena, .n_words = plan_max_id(arena, p) / 64 + 1};
    IdSet need = set_new(&w);
    add_columns(&need, &p->schema);
    note(&w, p, &need);
    return rebuild(&w, p, &need);
}
