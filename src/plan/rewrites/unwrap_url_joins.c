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
 * side, each row once. Columns keep their texts. Which columns hold links: see link_columns.c.
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

/* ------------------------------------------------------------------ rewrite */

static bool is_url_pair(const Plan *p, uint32_t i) {
    const Expr *left = p->u.join.left_keys[i], *right = p->u.join.right_keys[i];
    return left->kind == EXPR_COLUMN && right->kind == EXPR_COLUMN &&
           plan_column_is_link(p->inputs[0], left->u.column) &&
           plan_column_is_link(p->inputs[1], right->u.column);
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
