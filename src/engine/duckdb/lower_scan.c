/*
 * lower_scan.c: a table of the data as a relation.
 *
 * Files that are not Parquet come through the table function quarry_scan(slot); Parquet files are
 * read by the engine (lower_parquet.c); a table without files is empty. What `early` says is tested
 * exactly in SQL; literals and time bounds in it also go to the scan, which may drop records that
 * cannot match before it parses them.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"
#include "engine/duckdb/scan_hints.h"
#include "sources/lake.h"

/* ---------------------------------------------------------------- columns */

/* The table's column that feeds schema column i, or UINT32_MAX. */
static uint32_t table_column(const Plan *p, uint32_t i) {
    const TableRef *t = p->u.scan.table;
    Str source = p->u.scan.source_names[i], name = p->schema.items[i].name;
    uint32_t found = UINT32_MAX;
    if (!source.len) return found;
    for (uint32_t c = 0; c < t->n_columns; c++) {
        if (str_eq(t->columns[c].name, name) && str_eq(t->columns[c].source_name, source)) return c;
        if (found == UINT32_MAX && str_eq(t->columns[c].source_name, source)) found = c;
    }
    return found;
}

/* --------------------------------------------------------------- own scan */

static ScanSlot *new_slot(Lowering *l, const Plan *p) {
    ScanSlot slot = {.table = p->u.scan.table, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
    slot.columns = ARENA_ARRAY(l->arena, uint32_t, p->schema.n + 1);
    slot.names = ARENA_ARRAY(l->arena, Str, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        uint32_t c = table_column(p, i);
        if (c == UINT32_MAX) continue;
        slot.columns[slot.n_columns] = c;
        slot.names[slot.n_columns++] = arena_printf(l->arena, "c%" PRIu32, p->schema.items[i].id);
    }
    scan_hints_find(l->arena, p, &slot);
    lower_literal_keys(l, p, p->u.scan.early, &slot);
    for (size_t i = 0; i < slot.n_keys; i++)
        slot.keys[i].column = table_column(p, slot.keys[i].column);
    ARENA_PUSH(l->arena, l->slots, l->n_slots, l->cap_slots, slot);
    return &l->slots[l->n_slots - 1];
}

/* Whether a feed before in the list has joined the collected keys already. */
static bool is_joined(const KeyFeed *first, const KeyFeed *feed) {
    for (; first != feed; first = first->next)
        if (first->scan == feed->scan && str_eq(first->rel, feed->rel)) return true;
    return false;
}

/*
 * The keys that joins above collect for this scan. A left join waits for its right side, which is
 * one row, before its left side is begun; and no join order moves across it. The condition is always
 * true: a joined row of which nothing is asked would be left out.
 */
static void take_feeds(Lowering *l, const Plan *p, ScanSlot *slot, Buf *body) {
    Buf asked = {0};
    for (KeyFeed *feed = l->feeds; feed; feed = feed->next) {
        if (feed->scan != p) continue;
        ScanKeyHint hint = {table_column(p, feed->column), feed->set};
        ARENA_PUSH(l->arena, slot->keys, slot->n_keys, slot->cap_keys, hint);
        if (!is_joined(l->feeds, feed)) {
            buf_puts(body, " LEFT JOIN ");
            buf_put(body, feed->rel);
            buf_puts(body, " ON true");
        }
        buf_printf(&asked, "%s(%.*s IS NULL OR %.*s >= 0)", asked.len ? " AND " : "\n  WHERE ",
                   STR_ARG(feed->column_name), STR_ARG(feed->column_name));
    }
    buf_put(body, buf_str(&asked));
    buf_free(&asked);
}

static Status put_own_scan(Lowering *l, const Plan *p, Buf *body) {
    ScanSlot *slot = new_slot(l, p);
    size_t index = l->n_slots - 1;
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        uint32_t at = table_column(p, i);
        Type type = at == UINT32_MAX ? TYPE_ERROR : slot->table->columns[at].type;
        Str id = arena_printf(l->arena, "c%" PRIu32, c->id);
        if (i) buf_puts(body, ", ");
        if (at == UINT32_MAX) sql_missing(body, c->type);
        else if (type == c->type) buf_put(body, id);
        else TRY(lower_helper(l, HELPER_CONVERT, type, c->type, id, body));
        buf_puts(body, " AS ");
        sql_column(body, c->id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
    if (l->placed == p) {
        slot->place = lower_hidden(l);
        buf_puts(body, ", ");
        buf_put(body, slot->place);
    }
    buf_puts(body, " FROM quarry_scan(");
    sql_text(body, slot->table->name);
    buf_printf(body, ", %zu)", index);
    take_feeds(l, p, &l->slots[index], body);
    return OK;
}

/* ------------------------------------------------------------------- node */

static void put_nothing(const Plan *p, Buf *body) {
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        if (i) buf_puts(body, ", ");
        sql_missing(body, p->schema.items[i].type);
        buf_puts(body, " AS ");
        sql_column(body, p->schema.items[i].id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
    buf_puts(body, " WHERE false");
}

/* What the conditions leave of the table's Parquet files. */
static uint32_t wanted_groups(Lowering *l, const Plan *p, ParquetGroup **ret) {
    PartFilter filter;
    uint32_t n_lost, n;
    const TableRef *table = p->u.scan.table;
    part_hints_find(l->arena, p, &filter);
    n = table_parquet_groups(l->engine->data, table, &filter, l->arena, ret, &n_lost);
    if (n_lost)
        diag_add(l->diags, SEVERITY_WARNING, PHASE_RUN, p->span, "QY235",
                 "%.*s: parts of the lake that are read though they may hold nothing, since their "
                 "filter is missing or damaged: %u",
                 STR_ARG(table->name), n_lost);
    return n;
}

static Status put_sources(Lowering *l, const Plan *p, Buf *body) {
    const TableRef *table = p->u.scan.table;
    bool is_there = table && table->source && l->engine->data && table->presence != TABLE_MISSING;
    bool has_scan = is_there && table_has_scan(table);
    ParquetGroup *groups = NULL;
    uint32_t n_groups = 0;
    if (is_there && table_parquet_files(table)) n_groups = wanted_groups(l, p, &groups);
    if (has_scan) TRY(put_own_scan(l, p, body));
    for (uint32_t i = 0; i < n_groups; i++) {
        if (has_scan || i) buf_puts(body, "\n  UNION ALL\n  ");
        TRY(lower_parquet_group(l, p, &groups[i], body));
    }
    if (!has_scan && !n_groups) put_nothing(p, body);
    return OK;
}

/* Whether the scan itself leaves most records out, as far as can be told. */
static bool has_needles(Lowering *l, const Plan *scan) {
    ScanSlot slot = {.table = scan->u.scan.table};
    scan_hints_find(l->arena, scan, &slot);
    return slot.n_needles > 0;
}

/*
 * The engine keeps the order of what a scan makes by reading it with one thread. With several, rows come
 * as they are found; their places bring them back into order. All rows are held for that, or written to
 * disk: they should be few or narrow. A take ends early and is better off with one thread.
 */
const Plan *lower_placed_scan(Lowering *l, const Plan *plan) {
    const int64_t least_bytes = 64 << 20;
    const uint32_t narrow = 8;
    const bool is_narrow = plan->schema.n <= narrow;
    bool has_filter = false;
    while (plan->kind == PLAN_FILTER || plan->kind == PLAN_PROJECT) {
        has_filter |= plan->kind == PLAN_FILTER;
        plan = plan->inputs[0];
    }
    if (plan->kind != PLAN_SCAN || l->engine->n_threads < 2 || !l->engine->data) return NULL;
    const TableRef *table = plan->u.scan.table;
    if (!(has_filter || plan->u.scan.early) || !table || !table->source) return NULL;
    bool is_own = table_has_scan(table) && !table_parquet_files(table);
    if (!is_own || table_scan_bytes(table) < least_bytes) return NULL;
    return is_narrow || has_needles(l, plan) ? plan : NULL;
}

static void set_place_order(Lowering *l, Str place, Rel *rel) {
    rel->order = ARENA_NEW(l->arena, OrderKey);
    rel->order[0] = (OrderKey){.column = place};
    rel->n_order = 1;
    rel->is_total = true;
}

Status lower_scan(Lowering *l, const Plan *p, Rel *ret) {
    Buf body = {0};
    Status status = put_sources(l, p, &body);
    Str place = l->placed == p && l->n_slots ? l->slots[l->n_slots - 1].place : STR_EMPTY;
    if (status == OK) *ret = lower_cte(l, "scan", &body, false);
    if (status == OK && p->u.scan.early) {
        buf_puts(&body, "SELECT * FROM ");
        buf_put(&body, ret->name);
        buf_puts(&body, "\n  WHERE ");
        status = lower_predicate(l, p->u.scan.early, &body);
        if (status == OK) *ret = lower_cte(l, "early", &body, false);
    }
    if (status == OK && place.len) set_place_order(l, place, ret);
    buf_free(&body);
    return status;
}
