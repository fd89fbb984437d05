/*
 * lower_feed.c: which scans are told the keys of a join's other side.
 *
 * Law: a row whose key the other side does not have is dropped early only where the join would show
 * nothing of it: from either side of inner and semi joins, from the side that an outer join does not
 * keep, from the side that an anti join only asks. On the way from the join down to the scan the key
 * stays one plain text column of it, and each node gives the same rows for the rows that are left:
 * filters, projections, orders, and groupings by that key.
 *
 * A long list of literals, `where Key in ("a", "b", ...)`, is a set of keys too.
 * `where Key in (plan)` is fed as a semi join is: the plan's first column are the keys.
 *
 * Not: a side that would not read much more than the other, as the other has to be kept meanwhile.
 */
#include <inttypes.h>

#include "base/json.h"
#include "engine/duckdb/lower.h"

/* Shorter lists of literals are looked for as texts are. */
enum { FEED_MIN_BYTES = 1 << 20, FEED_MAX_DEPTH = 200, LIST_MIN = 9 };

int64_t lower_key_set(Lowering *l, const Str *texts, size_t n) {
    Engine *e = l->engine;
    pthread_mutex_lock(&e->lock);
    int64_t id = ++e->last_key_set;
    pthread_mutex_unlock(&e->lock);
    KeySetSpec spec = {id, texts, n};
    ARENA_PUSH(l->arena, l->key_sets, l->n_key_sets, l->cap_key_sets, spec);
    return id;
}

/* ------------------------------------------------------------------ what is read */

static bool has_own_scan(const Plan *p) {
    const TableRef *t = p->u.scan.table;
    return t && t->source && t->presence != TABLE_MISSING && table_has_scan(t);
}

/* How much a plan reads and hands on, in bytes of files; conditions are taken to keep a tenth. */
static double weight(const Plan *p, unsigned depth) {
    double sum = 0, least = -1;
    if (p->kind == PLAN_SCAN) {
        if (!has_own_scan(p)) return 0;
        return (double)table_scan_bytes(p->u.scan.table) * (p->u.scan.early ? 0.1 : 1);
    }
    if (!depth) return 1e300;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        double one = weight(p->inputs[i], depth - 1);
        sum += one;
        if (least < 0 || one < least) least = one;
    }
    bool is_narrow = p->kind == PLAN_JOIN &&
                     (p->u.join.kind == JOIN_INNER || p->u.join.kind == JOIN_INNER_UNIQUE ||
                      p->u.join.kind == JOIN_LEFT_SEMI || p->u.join.kind == JOIN_RIGHT_SEMI);
    if (is_narrow) return least;
    return p->kind == PLAN_FILTER ? sum * 0.1 : sum;
}

/* --------------------------------------------------------------- from key to scan */

static const Expr *computed(const Schema *schema, Expr *const *exprs, uint32_t n, ColumnId id) {
    for (uint32_t i = 0; i < n; i++)
        if (schema->items[i].id == id) return exprs[i];
    return NULL;
}

/* The scan below a side that the key is a text column of; NULL when it cannot be told. */
static const Plan *find_scan(const Plan *p, const Expr *key, uint32_t *ret_column) {
    for (unsigned step = 0; step < FEED_MAX_DEPTH; step++) {
        if (!key || key->kind != EXPR_COLUMN || key->type != TYPE_STRING) return NULL;
        ColumnId id = key->u.column;
        switch (p->kind) {
        case PLAN_SCAN:
            for (uint32_t i = 0; i < p->schema.n; i++) {
                if (p->schema.items[i].id != id) continue;
                *ret_column = i;
                bool is_read = has_own_scan(p) && p->u.scan.source_names[i].len &&
                               !scan_makes_column(p->schema.items[i].name);
                return is_read ? p : NULL;
            }
            return NULL;
        case PLAN_FILTER:
        case PLAN_SORT: break;
        case PLAN_PROJECT: key = computed(&p->schema, p->u.project.exprs, p->schema.n, id); break;
        case PLAN_AGGREGATE:
            key = computed(&p->schema, p->u.aggregate.keys, p->u.aggregate.n_keys, id);
            break;
        case PLAN_VALUES:
        case PLAN_RANGE:
        case PLAN_TAKE:
        case PLAN_JOIN:
        case PLAN_UNION:
        case PLAN_MV_EXPAND:
        case PLAN_SERIALIZE:
        case PLAN_WINDOW:
        case PLAN_SAMPLE:
        case PLAN_PROCESS:
        case PLAN_SHARED:
        case PLAN_RESULTS: return NULL;
        default: return NULL;
        }
        p = p->inputs[0];
    }
    return NULL;
}

/* Whether rows of a side without a partner leave no trace in the result. */
static bool may_drop(JoinKind kind, int side) {
    switch (kind) {
    case JOIN_INNER_UNIQUE:
    case JOIN_INNER:
    case JOIN_LEFT_SEMI:
    case JOIN_RIGHT_SEMI: return true;
    case JOIN_LEFT_OUTER:
    case JOIN_LEFT_ANTI: return side == 1;
    case JOIN_RIGHT_OUTER:
    case JOIN_RIGHT_ANTI: return side == 0;
    case JOIN_FULL_OUTER: break;
    }
    return false;
}

static Expr *const *keys_of(const Plan *join, int side) {
    return side == 0 ? join->u.join.left_keys : join->u.join.right_keys;
}

static bool can_feed(const Plan *join, int side) {
    uint32_t column;
    if (!may_drop(join->u.join.kind, side)) return false;
    for (uint32_t i = 0; i < join->u.join.n_keys; i++) {
        const Plan *scan = find_scan(join->inputs[side], keys_of(join, side)[i], &column);
        if (!scan || keys_of(join, 1 - side)[i]->type != TYPE_STRING) continue;
        double bytes = (double)table_scan_bytes(scan->u.scan.table);
        return bytes >= FEED_MIN_BYTES &&
               weight(join->inputs[1 - side], FEED_MAX_DEPTH) * 2 < bytes;
    }
    return false;
}

int lower_fed_side(const Plan *join) {
    bool left = can_feed(join, 0), right = can_feed(join, 1);
    if (left && right)
        return weight(join->inputs[0], FEED_MAX_DEPTH) > weight(join->inputs[1], FEED_MAX_DEPTH)
                   ? 0
                   : 1;
    return left ? 0 : right ? 1 : -1;
}

/* -------------------------------------------------------------------- collecting */

/* Materialises a relation, as it is asked twice. */
static void keep(Lowering *l, Rel *rel) {
    Rel from = *rel;
    Buf body = {0};
    buf_puts(&body, "SELECT * FROM ");
    buf_put(&body, rel->name);
    *rel = lower_cte(l, "kept", &body, true);
    lower_keep_order(rel, &from);
    buf_free(&body);
}

static Status put_keys(Lowering *l, const Plan *join, int fed, KeyFeed *feeds, Buf *body) {
    uint32_t n = 0, column;
    for (uint32_t i = 0; i < join->u.join.n_keys; i++) {
        const Expr *other = keys_of(join, 1 - fed)[i];
        const Plan *scan = find_scan(join->inputs[fed], keys_of(join, fed)[i], &column);
        if (!scan || other->type != TYPE_STRING) continue;
        int64_t set = lower_key_set(l, NULL, 0);
        buf_printf(body, "%squarry_keys(%" PRId64 ", ", n ? ", " : "", set);
        TRY(lower_expr(l, other, body));
        Str name = lower_hidden(l);
        buf_puts(body, ") AS ");
        buf_put(body, name);
        feeds[i] = (KeyFeed){.scan = scan, .column = column, .set = set, .column_name = name};
        n++;
    }
    return OK;
}

Status lower_feed(Lowering *l, const Plan *join, int fed, Rel *rel) {
    keep(l, rel);
    Buf body = {0};
    KeyFeed *feeds = ARENA_ARRAY(l->arena, KeyFeed, join->u.join.n_keys + 1);
    buf_puts(&body, "SELECT ");
    Status status = put_keys(l, join, fed, feeds, &body);
    buf_puts(&body, "\n  FROM ");
    buf_put(&body, rel->name);
    Rel keys = {0};
    if (status == OK) keys = lower_cte(l, "keys", &body, false);
    for (uint32_t i = 0; status == OK && i < join->u.join.n_keys; i++) {
        if (!feeds[i].scan) continue;
        feeds[i].rel = keys.name;
        feeds[i].next = l->feeds;
        l->feeds = &feeds[i];
    }
    buf_free(&body);
    return status;
}

/* ------------------------------------------------------------------------ in (plan) */

static bool can_feed_in(const Plan *input, const Expr *e, const Plan **ret_scan,
                        uint32_t *ret_column) {
    if (e->u.in.is_negated || e->u.in.ignores_case || e->args[0]->type != TYPE_STRING ||
        e->plan->schema.items[0].type != TYPE_STRING)
        return false;
    *ret_scan = find_scan(input, e->args[0], ret_column);
    if (!*ret_scan) return false;
    double bytes = (double)table_scan_bytes((*ret_scan)->u.scan.table);
    return bytes >= FEED_MIN_BYTES && weight(e->plan, FEED_MAX_DEPTH) * 2 < bytes;
}

static Status feed_in(Lowering *l, const Plan *input, const Expr *e) {
    const Plan *scan;
    uint32_t column;
    if (!can_feed_in(input, e, &scan, &column)) return OK;
    Rel rel;
    TRY(lower_node(l, e->plan, &rel));
    keep(l, &rel);
    InRel known = {e, rel};
    ARENA_PUSH(l->arena, l->in_rels, l->n_in_rels, l->cap_in_rels, known);
    KeyFeed *feed = ARENA_NEW(l->arena, KeyFeed);
    *feed = (KeyFeed){.scan = scan,
                      .column = column,
                      .set = lower_key_set(l, NULL, 0),
                      .column_name = lower_hidden(l),
                      .next = l->feeds};
    Buf body = {0};
    buf_printf(&body, "SELECT quarry_keys(%" PRId64 ", ", feed->set);
    sql_column(&body, e->plan->schema.items[0].id);
    buf_printf(&body, ") AS %.*s\n  FROM %.*s", STR_ARG(feed->column_name), STR_ARG(rel.name));
    feed->rel = lower_cte(l, "keys", &body, false).name;
    l->feeds = feed;
    buf_free(&body);
    return OK;
}

Status lower_feed_filter(Lowering *l, const Plan *input, const Expr *predicate) {
    if (predicate->kind == EXPR_IN_PLAN) return feed_in(l, input, predicate);
    if (predicate->kind != EXPR_CALL || strcmp(predicate->u.fn->name, "and") != 0) return OK;
    for (uint32_t i = 0; i < predicate->n_args; i++)
        TRY(lower_feed_filter(l, input, predicate->args[i]));
    return OK;
}

/* ----------------------------------------------------------------- in (literals) */

typedef struct Literals {
    Str *items;
    size_t n, cap;
} Literals;

/* False when one is no text. */
static bool add_literals(Arena *arena, const Value *v, Literals *list) {
    JsonCursor cursor;
    Str key, element;
    if (v->type == TYPE_STRING) {
        ARENA_PUSH(arena, list->items, list->n, list->cap, v->u.s);
        return true;
    }
    if (v->type != TYPE_DYNAMIC || v->is_null || !json_enter(v->u.s, &cursor) || cursor.is_object)
        return false;
    while (json_next(&cursor, &key, &element)) {
        if (json_kind(element) != JSON_STRING) return false;
        ARENA_PUSH(arena, list->items, list->n, list->cap, json_string(arena, element));
    }
    return true;
}

static void add_list(Lowering *l, const Plan *scan, const Expr *e, ScanSlot *slot) {
    uint32_t column;
    Literals list = {0};
    if (e->n_args < 2 || find_scan(scan, e->args[0], &column) != scan) return;
    for (uint32_t i = 1; i < e->n_args; i++)
        if (e->args[i]->kind != EXPR_LITERAL ||
            !add_literals(l->arena, &e->args[i]->u.literal, &list))
            return;
    if (list.n < LIST_MIN) return;
    ScanKeyHint hint = {column, lower_key_set(l, list.items, list.n)};
    ARENA_PUSH(l->arena, slot->keys, slot->n_keys, slot->cap_keys, hint);
}

void lower_literal_keys(Lowering *l, const Plan *scan, const Expr *early, ScanSlot *slot) {
    if (!early || early->kind != EXPR_CALL || early->u.fn->kind != FN_OPERATOR) return;
    if (strcmp(early->u.fn->name, "in") == 0) add_list(l, scan, early, slot);
    if (strcmp(early->u.fn->name, "and") != 0) return;
    for (uint32_t i = 0; i < early->n_args; i++) lower_literal_keys(l, scan, early->args[i], slot);
}
