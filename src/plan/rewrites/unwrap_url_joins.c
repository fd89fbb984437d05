/*
 * unwrap_url_joins.c: a link meets its wrapped form in a join.
 *
 * Mail gateways wrap links: the message table holds the wrapped link, the click on the device the
 * link behind it, or the other way round. A rule that joins both on the link finds nothing, though
 * its author meant the same link ("get the unwrapped url and clicks").
 *
 * Law: where a join of any kind compares two text columns that hold links, it compares the innermost
 * links, __url_unwrap(left) == __url_unwrap(right). Equal texts have equal innermost links, so all
 * former matches stay and only matches are added: an outer join or a lookup fills a row that had
 * none, an anti join drops it. What leftsemi gives and what leftanti gives are still all of the left
 * side, each row once. Columns keep their texts. A column holds links when it, or one that it is a
 * mere renaming of, is named so: RemoteUrl, Url, RequestURI, url_s, UrlClicked...
 *
 * A wrapper whose target is unclear (token only, named twice, a look-alike host) stays as it stands,
 * so no anti join drops a row for a link that its maker put beside another.
 *
 * innerunique keeps one left row a key, and the key is the text as it stands: two messages with
 * differently wrapped links to one page are two keys. So its left side becomes one row of each
 * former key, and the join an inner one: comparing innermost links loses no row that had matched.
 *
 * Not: unless the options ask for it; keys of which one side holds no links; keys that are computed
 * (a query that cuts or lowers a link says what it compares).
 */
#include "plan/plan_internal.h"

typedef struct Unwrap {
    Arena *arena;
    ColumnId last_id;
} Unwrap;

/* -------------------------------------------------------- columns of links */

static bool ends_with_nocase(Str s, Str end) {
    return s.len >= end.len && str_eq_nocase(str_sub(s, s.len - end.len, end.len), end);
}

/* Shared plans in unions of each other have more ways down than can be walked. */
enum { MAX_STEPS = 10000 };

/* Custom tables mark the type behind the name: url_s. */
static bool is_named_url(Str name) {
    if (str_ends_with(name, STR("_s"))) name.len -= 2;
    return ends_with_nocase(name, STR("url")) || ends_with_nocase(name, STR("uri")) ||
           str_eq_nocase(str_sub(name, 0, 8), STR("UrlClick"));
}

static bool holds_urls(const Plan *p, ColumnId id, unsigned *steps);

static bool expr_holds_urls(const Plan *input, const Expr *e, unsigned *steps) {
    return e->kind == EXPR_COLUMN && holds_urls(input, e->u.column, steps);
}

static bool projected(const Plan *p, Expr *const *exprs, ColumnId id, unsigned *steps) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].id == id) return expr_holds_urls(p->inputs[0], exprs[i], steps);
    return false;
}

/* Aggregates that pick a row give its columns unchanged. */
static bool picked(const Plan *p, const Aggregate *a, ColumnId id, unsigned *steps) {
    bool is_pick =
        a->fn->shape == AGG_ARG_MAX || a->fn->shape == AGG_ARG_MIN || a->fn->shape == AGG_TAKE_ANY;
    if (!is_pick) return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < a->n_args; i++) {
        bool is_set = a->args[i]->kind == EXPR_COLUMN_SET;
        Expr *const *values = is_set ? a->args[i]->args : &a->args[i];
        uint32_t n = is_set ? a->args[i]->n_args : 1;
        for (uint32_t j = 0; j < n && at < a->n_columns; j++, at++)
            if (a->columns[at].id == id) return expr_holds_urls(p->inputs[0], values[j], steps);
    }
    return false;
}

static bool grouped(const Plan *p, ColumnId id, unsigned *steps) {
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++)
        if (p->schema.items[i].id == id)
            return expr_holds_urls(p->inputs[0], p->u.aggregate.keys[i], steps);
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++)
        if (picked(p, &p->u.aggregate.aggs[i], id, steps)) return true;
    return false;
}

static bool united(const Plan *p, ColumnId id, unsigned *steps) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        for (uint32_t k = 0; p->schema.items[i].id == id && k < p->n_inputs; k++) {
            ColumnId from = p->u.union_.map[(size_t)k * p->schema.n + i];
            if (from && holds_urls(p->inputs[k], from, steps)) return true;
        }
    return false;
}

static bool shared(const Plan *p, ColumnId id, unsigned *steps) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].id == id) return holds_urls(p->inputs[0], p->u.shared.map[i], steps);
    return false;
}

static bool holds_urls(const Plan *p, ColumnId id, unsigned *steps) {
    const Column *c = schema_find(&p->schema, id);
    if (!c || c->type != TYPE_STRING || !*steps) return false;
    --*steps;
    if (is_named_url(c->name)) return true;
    switch (p->kind) {
    case PLAN_PROJECT: return projected(p, p->u.project.exprs, id, steps);
    case PLAN_WINDOW: return projected(p, p->u.window.exprs, id, steps);
    case PLAN_AGGREGATE: return grouped(p, id, steps);
    case PLAN_UNION: return united(p, id, steps);
    case PLAN_SHARED: return shared(p, id, steps);
    case PLAN_JOIN:
        return holds_urls(p->inputs[0], id, steps) || holds_urls(p->inputs[1], id, steps);
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_SERIALIZE:
    case PLAN_PROCESS:
    case PLAN_MV_EXPAND: return holds_urls(p->inputs[0], id, steps);
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_RANGE:
    case PLAN_RESULTS: break;
    }
    return false;
}

/* ------------------------------------------------------------------ rewrite */

static bool is_url_pair(const Plan *p, uint32_t i) {
    unsigned left_steps = MAX_STEPS, right_steps = MAX_STEPS;
    return expr_holds_urls(p->inputs[0], p->u.join.left_keys[i], &left_steps) &&
           expr_holds_urls(p->inputs[1], p->u.join.right_keys[i], &right_steps);
}

static Expr *unwrapped(Arena *arena, Expr *e) {
    return expr_call(arena, catalog_scalar(STR("__url_unwrap")), TYPE_STRING, &e, 1, e->span);
}

/* The grouping by the left keys; a key that is no column becomes one, and join key i reads it. */
static void group_by_keys(Unwrap *w, Plan *join, Plan *group) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < join->u.join.n_keys; i++) {
        Expr *key = join->u.join.left_keys[i];
        Column column = {0, key->type, STR("key")};
        if (key->kind == EXPR_COLUMN)
            column = *schema_find(&join->inputs[0]->schema, key->u.column);
        else column.id = ++w->last_id;
        join->u.join.left_keys[i] = expr_of_column(w->arena, &column, key->span);
        Schema so_far = {group->schema.items, n};
        if (schema_find(&so_far, column.id)) continue;
        group->u.aggregate.keys[n] = key;
        group->schema.items[n++] = column;
    }
    group->u.aggregate.n_keys = n;
    group->schema.n = n;
}

/* One row of each former key, whichever. */
static Plan *one_row_a_key(Unwrap *w, Plan *join) {
    Plan *left = join->inputs[0], *group = ARENA_NEW(w->arena, Plan);
    uint32_t n_max = left->schema.n + join->u.join.n_keys;
    group->kind = PLAN_AGGREGATE;
    group->span = join->span;
    group->n_inputs = 1;
    group->inputs = ARENA_NEW(w->arena, Plan *);
    group->inputs[0] = left;
    group->schema.items = ARENA_ARRAY(w->arena, Column, n_max + 1);
    group->u.aggregate.keys = ARENA_ARRAY(w->arena, Expr *, join->u.join.n_keys + 1);
    group_by_keys(w, join, group);
    Schema keys = group->schema;
    Aggregate rest = {.fn = catalog_aggregate(STR("take_any")), .span = join->span};
    rest.args = ARENA_ARRAY(w->arena, Expr *, left->schema.n + 1);
    rest.columns = group->schema.items + keys.n;
    for (uint32_t i = 0; i < left->schema.n; i++) {
        const Column *c = &left->schema.items[i];
        if (schema_find(&keys, c->id)) continue;
        rest.args[rest.n_args++] = expr_of_column(w->arena, c, join->span);
        rest.columns[rest.n_columns++] = *c;
    }
    group->schema.n += rest.n_columns;
    if (rest.n_columns) {
        group->u.aggregate.aggs = ARENA_NEW(w->arena, Aggregate);
        group->u.aggregate.aggs[0] = rest;
        group->u.aggregate.n_aggs = 1;
    }
    return group;
}

static Plan *unwrap_node(Plan *p, void *ctx) {
    Unwrap *w = ctx;
    if (p->kind != PLAN_JOIN) return p;
    bool any = false;
    for (uint32_t i = 0; i < p->u.join.n_keys; i++) any |= is_url_pair(p, i);
    if (!any) return p;
    Plan *join = plan_copy(w->arena, p);
    if (join->u.join.kind == JOIN_INNER_UNIQUE) {
        join->inputs[0] = one_row_a_key(w, join);
        join->u.join.kind = JOIN_INNER;
    }
    for (uint32_t i = 0; i < p->u.join.n_keys; i++) {
        if (!is_url_pair(p, i)) continue;
        join->u.join.left_keys[i] = unwrapped(w->arena, join->u.join.left_keys[i]);
        join->u.join.right_keys[i] = unwrapped(w->arena, join->u.join.right_keys[i]);
    }
    return join;
}

Plan *plan_unwrap_url_joins(Arena *arena, Plan *p, const RewriteOptions *options) {
    if (!options->unwraps_urls || !catalog_scalar(STR("__url_unwrap"))) return p;
    Unwrap w = {arena, plan_max_id(arena, p)};
    return plan_rewrite(arena, p, unwrap_node, &w);
}
