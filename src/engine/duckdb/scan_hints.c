#include "engine/duckdb/scan_hints.h"

typedef struct Hints {
    Arena *arena;
    const Plan *scan;
    ScanNeedle *needles;
    size_t n, cap;
    int64_t from, to;
    ColumnId only; /* whose bounds are wanted; 0: of either time column */
} Hints;

/* The schema column that an expression is, or NULL. */
static const Column *scan_column(const Hints *h, const Expr *e, Type type) {
    if (e->kind != EXPR_COLUMN || e->type != type) return NULL;
    const Column *c = schema_find(&h->scan->schema, e->u.column);
    return c && c->type == type ? c : NULL;
}

static void push_needle(Hints *h, const ScanTexts *texts, Str *any_of, size_t n) {
    ScanNeedle needle = {any_of, (uint32_t)n, texts->ignores_case, texts->is_nested};
    ARENA_PUSH(h->arena, h->needles, h->n, h->cap, needle);
}

static void add_needles(Hints *h, const Expr *e) {
    ScanTexts texts;
    if (!scan_texts_find(h->arena, h->scan, e, SCAN_TEXTS_DEPTH, &texts)) return;
    if (!texts.are_all) push_needle(h, &texts, texts.items, texts.n);
    for (size_t i = 0; texts.are_all && i < texts.n; i++)
        push_needle(h, &texts, &texts.items[i], 1);
}

/* -------------------------------------------------------------- time bounds */

static bool is_time_column(const Hints *h, const Expr *e) {
    const Column *c = scan_column(h, e, TYPE_DATETIME);
    if (c && h->only) return c->id == h->only;
    return c && (str_is(c->name, "TimeGenerated") || str_is(c->name, "Timestamp"));
}

static bool time_literal(const Expr *e, int64_t *ret) {
    if (e->kind != EXPR_LITERAL || e->type != TYPE_DATETIME || e->u.literal.is_null) return false;
    *ret = e->u.literal.u.l;
    return true;
}

static void add_lower_bound(Hints *h, int64_t ticks) {
    if (ticks > h->from) h->from = ticks;
}
static void add_upper_bound(Hints *h, int64_t ticks) {
    if (ticks < h->to) h->to = ticks;
}

/* Bounds are inclusive, so `<` keeps a tick too many: harmless. */
static void add_comparison(Hints *h, const Expr *e) {
    const char *op = e->u.fn->name;
    int64_t ticks;
    bool is_left = is_time_column(h, e->args[0]) && time_literal(e->args[1], &ticks);
    bool is_right = !is_left && is_time_column(h, e->args[1]) && time_literal(e->args[0], &ticks);
    if (!is_left && !is_right) return;
    bool is_greater = op[0] == '>', is_less = op[0] == '<';
    bool is_equal = strcmp(op, "==") == 0;
    if (is_equal || (is_left ? is_greater : is_less)) add_lower_bound(h, ticks);
    if (is_equal || (is_left ? is_less : is_greater)) add_upper_bound(h, ticks);
}

static void add_bounds(Hints *h, const Expr *e) {
    if (e->kind != EXPR_CALL || e->u.fn->kind != FN_OPERATOR) return;
    static const char *const comparisons[] = {"<", "<=", ">", ">=", "=="};
    for (size_t i = 0; i < COUNT_OF(comparisons) && e->n_args == 2; i++)
        if (strcmp(e->u.fn->name, comparisons[i]) == 0) add_comparison(h, e);
    int64_t low, high;
    if (strcmp(e->u.fn->name, "between") == 0 && e->n_args == 3 && is_time_column(h, e->args[0]) &&
        time_literal(e->args[1], &low) && time_literal(e->args[2], &high)) {
        add_lower_bound(h, low);
        add_upper_bound(h, high);
    }
}

/* ------------------------------------------------------------------- entry */

enum { HINTS_MAX = 256 };

static void visit_bounds(Hints *h, const Expr *e) {
    if (e->kind == EXPR_CALL && e->u.fn->kind == FN_OPERATOR && strcmp(e->u.fn->name, "and") == 0)
        for (uint32_t i = 0; i < e->n_args; i++) visit_bounds(h, e->args[i]);
    else add_bounds(h, e);
}

static void visit_conjunct(Hints *h, const Expr *e) {
    if (h->n >= HINTS_MAX) return;
    if (e->kind == EXPR_CALL && e->u.fn->kind == FN_OPERATOR && strcmp(e->u.fn->name, "and") == 0) {
        for (uint32_t i = 0; i < e->n_args; i++) visit_conjunct(h, e->args[i]);
        return;
    }
    add_needles(h, e);
    add_bounds(h, e);
}

void scan_hints_find(Arena *arena, const Plan *scan, ScanSlot *slot) {
    Hints h = {.arena = arena, .scan = scan, .from = INT64_MIN, .to = INT64_MAX};
    if (scan->u.scan.early) visit_conjunct(&h, scan->u.scan.early);
    slot->needles = h.needles;
    slot->n_needles = (uint32_t)h.n;
    slot->from_ticks = h.from;
    slot->to_ticks = h.to;
}

void scan_time_bounds(const Plan *scan, const Column *column, int64_t *ret_from, int64_t *ret_to) {
    Hints h = {.scan = scan, .from = INT64_MIN, .to = INT64_MAX, .only = column->id};
    if (scan->u.scan.early) visit_bounds(&h, scan->u.scan.early);
    *ret_from = h.from;
    *ret_to = h.to;
}
