/*
 * push_filters.c: conditions move towards the tables, and into the scans.
 *
 * Law, conjunct by conjunct:
 *   - filter over filter: both in one list, the lower one's conjuncts first;
 *   - project: the condition over what the columns are computed from;
 *   - sort, serialize: they do not look at which rows there are;
 *   - aggregate: a condition over grouping keys keeps or drops whole groups;
 *   - mv-expand: a condition over columns that are not expanded;
 *   - join: a condition over one side's columns goes to a side whose rows the join never invents:
 *     both of an inner join, the kept one of an outer, the one shown of semi and anti;
 *   - union: into each input, a column that it lacks being null (text: "");
 *   - scan: becomes part of `early`.
 *
 * Not: through take and sample (which rows they take depends on what comes), window (neighbours
 * count), a shared plan (others read it); the left side of innerunique, unless the condition is
 * over join keys alone (which row of a key stays would change); a condition that is not the same
 * each time it is asked; one that holds a plan into several inputs or a scan; an expression that
 * would grow past a bound by substitution.
 */
#include "plan/plan_internal.h"

enum { PUSH_MAX_SIZE = 200 }; /* nodes of a conjunct after substitution */

typedef struct Push {
    Arena *arena;
    const QueryContext *query;
} Push;

static Plan *sink(Push *w, Plan *p, ExprList *conjuncts);

static void add(Push *w, ExprList *list, Expr *e) {
    ARENA_PUSH(w->arena, list->items, list->n, list->cap, e);
}

static Plan *wrap(Push *w, Plan *p, const ExprList *stay) {
    return stay->n ? plan_filter(w->arena, p, expr_join_and(w->arena, stay), stay->items[0]->span)
                   : p;
}

static Plan *with_input(Push *w, Plan *p, uint32_t i, Plan *input) {
    if (p->inputs[i] == input) return p;
    p = plan_copy(w->arena, p);
    p->inputs[i] = input;
    return p;
}

/* May be asked at another place, where it sees the same values. */
static bool is_movable(const Expr *e) {
    if (e->kind == EXPR_ERROR) return false;
    if (e->kind == EXPR_CALL && (e->u.fn->is_volatile || e->u.fn->kind == FN_WINDOW)) return false;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!is_movable(e->args[i])) return false;
    return true;
}

static size_t expr_size(const Expr *e) {
    size_t n = 1;
    for (uint32_t i = 0; i < e->n_args && n <= PUSH_MAX_SIZE; i++) n += expr_size(e->args[i]);
    return n;
}

static bool reads_any(const Expr *e, const ColumnId *ids, size_t n) {
    for (size_t i = 0; e->kind == EXPR_COLUMN && i < n; i++)
        if (e->u.column == ids[i]) return true;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (reads_any(e->args[i], ids, n)) return true;
    return false;
}

/* ------------------------------------------------------------ substitution */

/* The condition over a node's input, when columns `items[0..n)` are computed by `exprs`; NULL when
 * it has to stay. */
static Expr *over_input(Push *w, Expr *e, const Column *items, Expr *const *exprs, uint32_t n) {
    ColumnId *ids = ARENA_ARRAY(w->arena, ColumnId, n + 1);
    size_t n_used = 0;
    Expr **used = ARENA_ARRAY(w->arena, Expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (!reads_any(e, &items[i].id, 1)) continue;
        bool is_plain = exprs[i]->kind == EXPR_COLUMN || exprs[i]->kind == EXPR_LITERAL;
        if (!is_plain && !expr_is_pure(exprs[i])) return NULL;
        ids[n_used] = items[i].id;
        used[n_used++] = exprs[i];
    }
    Substitution s = {ids, used, n_used};
    Expr *moved = expr_substitute(w->arena, e, &s);
    return expr_size(moved) <= PUSH_MAX_SIZE ? moved : NULL;
}

static Plan *through_project(Push *w, Plan *p, const ExprList *list) {
    ExprList below = {0}, stay = {0};
    for (size_t i = 0; i < list->n; i++) {
        Expr *e = list->items[i];
        Expr *moved = is_movable(e)
                          ? over_input(w, e, p->schema.items, p->u.project.exprs, p->schema.n)
                          : NULL;
        add(w, moved ? &below : &stay, moved ? moved : e);
    }
    return wrap(w, with_input(w, p, 0, sink(w, p->inputs[0], &below)), &stay);
}

static Plan *through_aggregate(Push *w, Plan *p, const ExprList *list) {
    ExprList below = {0}, stay = {0};
    Schema keys = {p->schema.items, p->u.aggregate.n_keys};
    for (size_t i = 0; i < list->n; i++) {
        Expr *e = list->items[i], *moved = NULL;
        if (keys.n && is_movable(e) && expr_reads_only(e, &keys))
            moved = over_input(w, e, keys.items, p->u.aggregate.keys, keys.n);
        add(w, moved ? &below : &stay, moved ? moved : e);
    }
    return wrap(w, with_input(w, p, 0, sink(w, p->inputs[0], &below)), &stay);
}

/* ------------------------------------------------------------ one input */

static Plan *through_same_rows(Push *w, Plan *p, const ExprList *list) {
    ExprList below = {0}, stay = {0};
    for (size_t i = 0; i < list->n; i++)
        add(w, is_movable(list->items[i]) ? &below : &stay, list->items[i]);
    return wrap(w, with_input(w, p, 0, sink(w, p->inputs[0], &below)), &stay);
}

static Plan *through_expand(Push *w, Plan *p, const ExprList *list) {
    ExprList below = {0}, stay = {0};
    for (size_t i = 0; i < list->n; i++) {
        Expr *e = list->items[i];
        bool moves = is_movable(e) && expr_reads_only(e, &p->inputs[0]->schema);
        add(w, moves ? &below : &stay, e);
    }
    return wrap(w, with_input(w, p, 0, sink(w, p->inputs[0], &below)), &stay);
}

static Plan *through_filter(Push *w, Plan *p, const ExprList *list) {
    ExprList all = {0};
    expr_split_and(w->arena, p->u.filter.predicate, &all);
    for (size_t i = 0; i < list->n; i++) add(w, &all, list->items[i]);
    return sink(w, p->inputs[0], &all);
}

static Plan *into_scan(Push *w, Plan *p, const ExprList *list) {
    ExprList early = {0}, stay = {0};
    if (p->u.scan.early) expr_split_and(w->arena, p->u.scan.early, &early);
    size_t n_before = early.n;
    for (size_t i = 0; i < list->n; i++)
        add(w, expr_is_pure(list->items[i]) ? &early : &stay, list->items[i]);
    if (early.n > n_before) {
        p = plan_copy(w->arena, p);
        p->u.scan.early = expr_join_and(w->arena, &early);
    }
    return wrap(w, p, &stay);
}

/* ------------------------------------------------------------------ joins */

static bool left_takes(JoinKind kind) {
    switch (kind) {
    case JOIN_INNER_UNIQUE:
    case JOIN_INNER:
    case JOIN_LEFT_OUTER:
    case JOIN_LEFT_SEMI:
    case JOIN_LEFT_ANTI: return true;
    case JOIN_RIGHT_OUTER:
    case JOIN_FULL_OUTER:
    case JOIN_RIGHT_SEMI:
    case JOIN_RIGHT_ANTI: break;
    }
    return false;
}

static bool right_takes(JoinKind kind) {
    switch (kind) {
    case JOIN_INNER_UNIQUE:
    case JOIN_INNER:
    case JOIN_RIGHT_OUTER:
    case JOIN_RIGHT_SEMI:
    case JOIN_RIGHT_ANTI: return true;
    case JOIN_LEFT_OUTER:
    case JOIN_FULL_OUTER:
    case JOIN_LEFT_SEMI:
    case JOIN_LEFT_ANTI: break;
    }
    return false;
}

/* True when `e` reads nothing but left keys that are plain columns. */
static bool reads_only_keys(const Expr *e, const Plan *join) {
    if (e->kind == EXPR_COLUMN) {
        for (uint32_t i = 0; i < join->u.join.n_keys; i++) {
            const Expr *key = join->u.join.left_keys[i];
            if (key->kind == EXPR_COLUMN && key->u.column == e->u.column) return true;
        }
        return false;
    }
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!reads_only_keys(e->args[i], join)) return false;
    return true;
}

static Plan *through_join(Push *w, Plan *p, const ExprList *list) {
    ExprList left = {0}, right = {0}, stay = {0};
    JoinKind kind = p->u.join.kind;
    for (size_t i = 0; i < list->n; i++) {
        Expr *e = list->items[i];
        bool can_left = is_movable(e) && left_takes(kind) &&
                        expr_reads_only(e, &p->inputs[0]->schema) &&
                        (kind != JOIN_INNER_UNIQUE || reads_only_keys(e, p));
        bool can_right =
            is_movable(e) && right_takes(kind) && expr_reads_only(e, &p->inputs[1]->schema);
        add(w, can_left ? &left : can_right ? &right : &stay, e);
    }
    p = with_input(w, p, 0, sink(w, p->inputs[0], &left));
    p = with_input(w, p, 1, sink(w, p->inputs[1], &right));
    return wrap(w, p, &stay);
}

/* ----------------------------------------------------------------- unions */

/* What schema column i is in an input. */
static Expr *in_branch(Push *w, const Plan *p, uint32_t input, uint32_t i, Span span) {
    const Column *c = &p->schema.items[i];
    ColumnId from = p->u.union_.map[(size_t)input * p->schema.n + i];
    if (c->id == p->u.union_.source_column)
        return expr_literal(w->arena, value_str(p->u.union_.source_names[input]), span);
    const Column *column = from ? schema_find(&p->inputs[input]->schema, from) : NULL;
    return column ? expr_of_column(w->arena, column, span)
                  : expr_literal(w->arena, value_null(c->type), span);
}

static Expr *fold_if_constant(Expr *e, void *ctx) {
    Push *w = ctx;
    Value v;
    if (e->kind != EXPR_CALL || !expr_fold(w->arena, e, w->query, &v) || v.type != e->type)
        return e;
    return expr_literal(w->arena, v, e->span);
}

static Plan *into_branch(Push *w, const Plan *p, uint32_t input, const ExprList *list) {
    Expr **exprs = ARENA_ARRAY(w->arena, Expr *, p->schema.n + 1);
    ColumnId *ids = ARENA_ARRAY(w->arena, ColumnId, p->schema.n + 1);
    ExprList below = {0};
    for (uint32_t i = 0; i < p->schema.n; i++) {
        ids[i] = p->schema.items[i].id;
        exprs[i] = in_branch(w, p, input, i, p->span);
    }
    Substitution s = {ids, exprs, p->schema.n};
    for (size_t i = 0; i < list->n; i++) {
        Expr *e = expr_substitute(w->arena, list->items[i], &s);
        e = expr_rewrite(w->arena, e, fold_if_constant, w);
        if (!expr_is_true(e)) add(w, &below, e);
    }
    return sink(w, p->inputs[input], &below);
}

static Plan *through_union(Push *w, Plan *p, const ExprList *list) {
    ExprList below = {0}, stay = {0};
    for (size_t i = 0; i < list->n; i++)
        add(w, expr_is_pure(list->items[i]) ? &below : &stay, list->items[i]);
    for (uint32_t i = 0; below.n && i < p->n_inputs; i++)
        p = with_input(w, p, i, into_branch(w, p, i, &below));
    return wrap(w, p, &stay);
}

/* ------------------------------------------------------------------- walk */

static Plan *sink(Push *w, Plan *p, ExprList *list) {
    if (!list->n) return p;
    switch (p->kind) {
    case PLAN_FILTER: return through_filter(w, p, list);
    case PLAN_PROJECT: return through_project(w, p, list);
    case PLAN_AGGREGATE: return through_aggregate(w, p, list);
    case PLAN_SORT:
    case PLAN_SERIALIZE: return through_same_rows(w, p, list);
    case PLAN_MV_EXPAND: return through_expand(w, p, list);
    case PLAN_JOIN: return through_join(w, p, list);
    case PLAN_UNION: return through_union(w, p, list);
    case PLAN_SCAN: return into_scan(w, p, list);
    case PLAN_VALUES:
    case PLAN_RANGE:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_WINDOW:
    case PLAN_PROCESS:
    case PLAN_SHARED:
    case PLAN_RESULTS: break;
    }
    return wrap(w, p, list);
}

static Plan *push_node(Plan *p, void *ctx) {
    Push *w = ctx;
    if (p->kind != PLAN_FILTER) return p;
    ExprList list = {0};
    expr_split_and(w->arena, p->u.filter.predicate, &list);
    Plan *after = sink(w, p->inputs[0], &list);
    bool has_moved = after->kind != PLAN_FILTER || after->inputs[0] != p->inputs[0];
    return has_moved ? after : p;
}

Plan *plan_push_filters(Arena *arena, Plan *p, const RewriteOptions *options) {
    Push w = {arena, options->query};
    return plan_rewrite(arena, p, push_node, &w);
}
