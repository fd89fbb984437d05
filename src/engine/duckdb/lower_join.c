/*
 * lower_join.c: joins, lookups and unions.
 *
 * Null keys never match: SQL's `=` does that. Columns carry the ids of their side; string columns
 * of a side without a match are "", since a string is never null.
 */
#include "engine/duckdb/lower.h"

static bool keeps_left(JoinKind k) { return k == JOIN_LEFT_OUTER || k == JOIN_FULL_OUTER; }
static bool keeps_right(JoinKind k) { return k == JOIN_RIGHT_OUTER || k == JOIN_FULL_OUTER; }

static const char *join_word(JoinKind k) {
    switch (k) {
    case JOIN_INNER_UNIQUE:
    case JOIN_INNER: return " INNER JOIN ";
    case JOIN_LEFT_OUTER: return " LEFT JOIN ";
    case JOIN_RIGHT_OUTER: return " RIGHT JOIN ";
    case JOIN_FULL_OUTER: return " FULL JOIN ";
    case JOIN_LEFT_SEMI:
    case JOIN_RIGHT_SEMI: return " SEMI JOIN ";
    case JOIN_LEFT_ANTI:
    case JOIN_RIGHT_ANTI: return " ANTI JOIN ";
    }
    return " JOIN ";
}

/* Keeps one row a key: any, as the documentation says. */
static Status dedupe(Lowering *l, Expr **keys, uint32_t n, Rel *rel) {
    if (!n) return OK;
    Buf body = {0};
    Status status = OK;
    buf_puts(&body, "SELECT DISTINCT ON (");
    for (uint32_t i = 0; i < n && status == OK; i++) {
        if (i) buf_puts(&body, ", ");
        status = lower_expr(l, keys[i], &body);
    }
    buf_puts(&body, ") * FROM ");
    buf_put(&body, rel->name);
    if (status == OK) *rel = lower_cte(l, "unique", &body, false);
    buf_free(&body);
    return status;
}

static Status put_condition(Lowering *l, const Plan *p, Buf *body) {
    if (!p->u.join.n_keys) {
        buf_puts(body, "true");
        return OK;
    }
    for (uint32_t i = 0; i < p->u.join.n_keys; i++) {
        if (i) buf_puts(body, " AND ");
        TRY(lower_expr(l, p->u.join.left_keys[i], body));
        buf_puts(body, " = ");
        TRY(lower_expr(l, p->u.join.right_keys[i], body));
    }
    return OK;
}

static void put_join_columns(const Plan *p, Buf *body) {
    const Schema *left = &p->inputs[0]->schema;
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        bool is_left = schema_find(left, c->id) != NULL;
        bool can_miss = is_left ? keeps_right(p->u.join.kind) : keeps_left(p->u.join.kind);
        if (i) buf_puts(body, ", ");
        if (can_miss && c->type == TYPE_STRING) {
            buf_puts(body, "COALESCE(");
            sql_column(body, c->id);
            buf_puts(body, ", '') AS ");
        }
        sql_column(body, c->id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
}

/* A side that reads much comes last, so that it can be told which keys matter. */
static Status lower_sides(Lowering *l, const Plan *p, Rel *left, Rel *right) {
    int fed = lower_fed_side(p);
    if (fed < 0) {
        TRY(lower_node(l, p->inputs[0], left));
        return lower_node(l, p->inputs[1], right);
    }
    KeyFeed *before = l->feeds;
    Rel *other = fed == 0 ? right : left;
    TRY(lower_node(l, p->inputs[1 - fed], other));
    TRY(lower_feed(l, p, fed, other));
    Status status = lower_node(l, p->inputs[fed], fed == 0 ? left : right);
    l->feeds = before;
    return status;
}

Status lower_join(Lowering *l, const Plan *p, Rel *ret) {
    JoinKind kind = p->u.join.kind;
    Rel left, right;
    TRY(lower_sides(l, p, &left, &right));
    if (kind == JOIN_INNER_UNIQUE) TRY(dedupe(l, p->u.join.left_keys, p->u.join.n_keys, &left));
    bool is_right_kind = kind == JOIN_RIGHT_SEMI || kind == JOIN_RIGHT_ANTI;
    Buf body = {0};
    buf_puts(&body, "SELECT ");
    put_join_columns(p, &body);
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, is_right_kind ? right.name : left.name);
    buf_puts(&body, join_word(kind));
    buf_put(&body, is_right_kind ? left.name : right.name);
    buf_puts(&body, " ON ");
    Status status = put_condition(l, p, &body);
    if (status == OK) *ret = lower_cte(l, p->u.join.is_lookup ? "lookup" : "join", &body, false);
    buf_free(&body);
    return status;
}

static void put_branch(const Plan *p, uint32_t input, Str name, Buf *body) {
    uint32_t n = p->schema.n;
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < n; i++) {
        const Column *c = &p->schema.items[i];
        ColumnId from = p->u.union_.map[(size_t)input * n + i];
        if (i) buf_puts(body, ", ");
        if (c->id == p->u.union_.source_column && c->id)
            sql_text(body, p->u.union_.source_names[input]);
        else if (from) sql_column(body, from);
        else sql_missing(body, c->type);
        buf_puts(body, " AS ");
        sql_column(body, c->id);
    }
    if (!n) buf_puts(body, "1 AS o0");
    buf_puts(body, " FROM ");
    buf_put(body, name);
}

Status lower_union(Lowering *l, const Plan *p, Rel *ret) {
    Rel *inputs = ARENA_ARRAY(l->arena, Rel, p->n_inputs + 1);
    for (uint32_t i = 0; i < p->n_inputs; i++) TRY(lower_node(l, p->inputs[i], &inputs[i]));
    Buf body = {0};
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        if (i) buf_puts(&body, "\n  UNION ALL\n  ");
        put_branch(p, i, inputs[i].name, &body);
    }
    if (!p->n_inputs) {
        buf_puts(&body, "SELECT ");
        for (uint32_t i = 0; i < p->schema.n; i++) {
            if (i) buf_puts(&body, ", ");
            sql_missing(&body, p->schema.items[i].type);
            buf_puts(&body, " AS ");
            sql_column(&body, p->schema.items[i].id);
        }
        if (!p->schema.n) buf_puts(&body, "1 AS o0");
        buf_puts(&body, " WHERE false");
    }
    *ret = lower_cte(l, "union", &body, false);
    buf_free(&body);
    return OK;
}
