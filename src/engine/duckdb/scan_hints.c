#include "engine/duckdb/scan_hints.h"

#include "base/json.h"

typedef struct Hints {
    Arena *arena;
    const Plan *scan;
    ScanNeedle *needles;
    size_t n, cap;
    int64_t from, to;
} Hints;

/* Columns whose value a scan may make itself: their text need not stand in the record. */
static bool is_made_by_scan(Str name) {
    return str_is(name, "Type") || str_is(name, "TableName") || str_is(name, "SourceSystem") ||
           str_is(name, "TenantId") || str_is(name, "MG") || str_is(name, "_ResourceId");
}

/* The schema column that an expression is, or NULL. */
static const Column *scan_column(const Hints *h, const Expr *e, Type type) {
    if (e->kind != EXPR_COLUMN || e->type != type) return NULL;
    const Column *c = schema_find(&h->scan->schema, e->u.column);
    return c && c->type == type ? c : NULL;
}

static bool is_text_column(const Hints *h, const Expr *e) {
    const Column *c = scan_column(h, e, TYPE_STRING);
    return c && !is_made_by_scan(c->name);
}

/* What an operator asks of a text column. */
typedef enum NeedleUse { USE_NONE, USE_ONE, USE_ANY, USE_ALL } NeedleUse;

typedef struct OperatorUse {
    const char *name;
    NeedleUse use;
    bool ignores_case;
} OperatorUse;

static const OperatorUse operator_uses[] = {
    {"==", USE_ONE, false},        {"=~", USE_ONE, true},
    {"has", USE_ONE, true},        {"has_cs", USE_ONE, false},
    {"contains", USE_ONE, true},   {"contains_cs", USE_ONE, false},
    {"startswith", USE_ONE, true}, {"startswith_cs", USE_ONE, false},
    {"endswith", USE_ONE, true},   {"endswith_cs", USE_ONE, false},
    {"hasprefix", USE_ONE, true},  {"hasprefix_cs", USE_ONE, false},
    {"hassuffix", USE_ONE, true},  {"hassuffix_cs", USE_ONE, false},
    {"in", USE_ANY, false},        {"in~", USE_ANY, true},
    {"has_any", USE_ANY, true},    {"has_all", USE_ALL, true},
};

static const OperatorUse *find_use(const FnDef *fn) {
    if (fn->kind != FN_OPERATOR) return NULL;
    for (size_t i = 0; i < COUNT_OF(operator_uses); i++)
        if (strcmp(operator_uses[i].name, fn->name) == 0) return &operator_uses[i];
    return NULL;
}

/* ---------------------------------------------------------------- literals */

typedef struct TextList {
    Str *items;
    size_t n, cap;
} TextList;

/* Adds the texts that a literal stands for; false when one of them could match without its text. */
static bool add_texts(Hints *h, const Value *v, TextList *list) {
    if (v->type == TYPE_STRING) {
        if (!v->u.s.len) return false;
        ARENA_PUSH(h->arena, list->items, list->n, list->cap, v->u.s);
        return true;
    }
    JsonCursor cursor;
    if (v->type != TYPE_DYNAMIC || v->is_null || !json_enter(v->u.s, &cursor) || cursor.is_object)
        return false;
    Str key, element;
    while (json_next(&cursor, &key, &element)) {
        if (json_kind(element) != JSON_STRING) return false;
        Str text = json_string(h->arena, element);
        if (!text.len) return false;
        ARENA_PUSH(h->arena, list->items, list->n, list->cap, text);
    }
    return true;
}

static bool gather_texts(Hints *h, const Expr *e, TextList *list) {
    for (uint32_t i = 1; i < e->n_args; i++) {
        const Expr *v = e->args[i];
        if (v->kind != EXPR_LITERAL || !add_texts(h, &v->u.literal, list)) return false;
    }
    return list->n > 0;
}

static void push_needle(Hints *h, Str *texts, size_t n, bool ignores_case) {
    ScanNeedle needle = {.any_of = texts, .n = (uint32_t)n, .ignores_case = ignores_case};
    ARENA_PUSH(h->arena, h->needles, h->n, h->cap, needle);
}

/* One alternative set of texts for a predicate on a text column; false when it gives none. */
static bool predicate_texts(Hints *h, const Expr *e, TextList *list, bool *ignores_case) {
    if (e->kind != EXPR_CALL) return false;
    if (e->u.fn->kind == FN_OPERATOR && strcmp(e->u.fn->name, "or") == 0) {
        for (uint32_t i = 0; i < e->n_args; i++)
            if (!predicate_texts(h, e->args[i], list, ignores_case)) return false;
        return e->n_args > 0;
    }
    const OperatorUse *use = find_use(e->u.fn);
    if (!use || e->n_args < 2 || !is_text_column(h, e->args[0])) return false;
    TextList own = {0};
    if (!gather_texts(h, e, &own)) return false;
    size_t n = use->use == USE_ALL ? 1 : own.n; /* any one of them will do */
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(h->arena, list->items, list->n, list->cap, own.items[i]);
    *ignores_case |= use->ignores_case;
    return true;
}

static void add_needles(Hints *h, const Expr *e) {
    const OperatorUse *use = e->kind == EXPR_CALL ? find_use(e->u.fn) : NULL;
    TextList list = {0};
    if (use && use->use == USE_ALL && e->n_args >= 2 && is_text_column(h, e->args[0]) &&
        gather_texts(h, e, &list)) {
        for (size_t i = 0; i < list.n; i++) push_needle(h, &list.items[i], 1, true);
        return;
    }
    bool ignores_case = false;
    list = (TextList){0};
    if (predicate_texts(h, e, &list, &ignores_case))
        push_needle(h, list.items, list.n, ignores_case);
}

/* -------------------------------------------------------------- time bounds */

static bool is_time_column(const Hints *h, const Expr *e) {
    const Column *c = scan_column(h, e, TYPE_DATETIME);
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
