/*
 * part_hints.c: what a condition says of the terms that a part of a lake must hold.
 *
 * Law: when the condition is true of a row, some text of the row holds one of the texts as whole
 * terms. So only operators that compare whole terms or whole texts tell something, over a column as
 * it stands, a member of it, or its text in another case.
 */
#include "base/json.h"
#include "engine/duckdb/scan_hints.h"

enum { MAX_TEXTS = 256, MAX_NEEDS = 64, MAX_DEPTH = 32 };

typedef struct Texts {
    Str *items;
    size_t n, cap;
    Str *columns;
    size_t n_columns, cap_columns;
    bool is_nested, folds, are_all;
} Texts;

static bool is_one_of(const Expr *e, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (is_named(e, names[i])) return true;
    return false;
}

/* The column, and its name in the data, that an expression is; made columns are none. */
static const Column *column_of(const Plan *scan, const Expr *e, Str *ret_source) {
    for (uint32_t i = 0; e->kind == EXPR_COLUMN && i < scan->schema.n; i++) {
        const Column *c = &scan->schema.items[i];
        if (c->id != e->u.column) continue;
        *ret_source = scan->u.scan.source_names[i];
        return str_is(c->name, "Type") || str_is(c->name, "TableName") ? NULL : c;
    }
    return NULL;
}

/* Whether the whole terms of `e` are whole terms of one column's text. */
static bool find_source(Arena *arena, const Plan *scan, const Expr *e, Texts *ret) {
    static const char *const readers[] = {".", "[]", "parse_json"};
    static const char *const folders[] = {"tolower", "toupper"};
    for (unsigned step = 0; step < MAX_DEPTH && e->kind == EXPR_CALL; step++) {
        bool reads = is_one_of(e, readers, COUNT_OF(readers));
        bool folds = is_one_of(e, folders, COUNT_OF(folders));
        if (!e->n_args || !(reads || folds || is_named(e, "tostring"))) return false;
        ret->is_nested |= reads;
        ret->folds |= folds;
        e = e->args[0];
    }
    Str source;
    const Column *c = column_of(scan, e, &source);
    if (!c || !(TYPE_BIT(c->type) & TS_TEXTUAL)) return false;
    ret->is_nested |= c->type == TYPE_DYNAMIC;
    ARENA_PUSH(arena, ret->columns, ret->n_columns, ret->cap_columns, source);
    return true;
}

static bool add_text(Arena *arena, Texts *t, Str text) {
    if (!text.len || t->n >= MAX_TEXTS) return false;
    ARENA_PUSH(arena, t->items, t->n, t->cap, text);
    return true;
}

static bool add_literal(Arena *arena, Texts *t, const Expr *e) {
    JsonCursor c;
    Str key, element;
    if (e->kind != EXPR_LITERAL) return false;
    const Value *v = &e->u.literal;
    if (v->type == TYPE_STRING) return add_text(arena, t, v->u.s);
    if (v->type != TYPE_DYNAMIC || v->is_null || !json_enter(v->u.s, &c) || c.is_object)
        return false;
    while (json_next(&c, &key, &element))
        if (json_kind(element) != JSON_STRING || !add_text(arena, t, json_string(arena, element)))
            return false;
    return true;
}

static bool operator_texts(Arena *arena, const Plan *scan, const Expr *e, Texts *ret) {
    static const char *const operators[] = {"has", "has_cs", "==",      "=~",
                                            "in",  "in~",    "has_any", "has_all"};
    bool is_known = false;
    if (e->u.fn->kind != FN_OPERATOR || e->n_args < 2) return false;
    for (size_t i = 0; i < COUNT_OF(operators); i++) is_known |= is_named(e, operators[i]);
    *ret = (Texts){.are_all = is_named(e, "has_all")};
    if (!is_known || !find_source(arena, scan, e->args[0], ret)) return false;
    for (uint32_t i = 1; i < e->n_args; i++)
        if (!add_literal(arena, ret, e->args[i])) return false;
    return ret->n > 0;
}

static bool find_texts(Arena *arena, const Plan *scan, const Expr *e, unsigned depth, Texts *ret);

/* One side of `and` is enough; each side of `or` has to tell something. */
static bool any_of_each(Arena *arena, const Plan *scan, const Expr *e, unsigned depth, Texts *ret) {
    *ret = (Texts){0};
    for (uint32_t i = 0; i < e->n_args; i++) {
        Texts one;
        if (!find_texts(arena, scan, e->args[i], depth - 1, &one)) return false;
        size_t n = one.are_all ? 1 : one.n;
        for (size_t k = 0; k < n; k++)
            if (!add_text(arena, ret, one.items[k])) return false;
        for (size_t k = 0; k < one.n_columns; k++)
            ARENA_PUSH(arena, ret->columns, ret->n_columns, ret->cap_columns, one.columns[k]);
        ret->is_nested |= one.is_nested;
        ret->folds |= one.folds;
    }
    return ret->n > 0;
}

static bool find_texts(Arena *arena, const Plan *scan, const Expr *e, unsigned depth, Texts *ret) {
    if (e->kind != EXPR_CALL || !depth) return false;
    if (is_named(e, "or")) return any_of_each(arena, scan, e, depth, ret);
    if (!is_named(e, "and")) return operator_texts(arena, scan, e, ret);
    for (uint32_t i = 0; i < e->n_args; i++)
        if (find_texts(arena, scan, e->args[i], depth - 1, ret)) return true;
    return false;
}

typedef struct Needs {
    PartTerms *items;
    size_t n, cap;
} Needs;

static void push_need(Arena *arena, Needs *needs, const Texts *t, size_t from, size_t n) {
    PartTerms need = {.any_of = t->items + from,
                      .n = (uint32_t)n,
                      .is_nested = t->is_nested,
                      .folds = t->folds,
                      .columns = t->columns,
                      .n_columns = (uint32_t)t->n_columns};
    ARENA_PUSH(arena, needs->items, needs->n, needs->cap, need);
}

static void visit(Arena *arena, const Plan *scan, const Expr *e, Needs *needs) {
    Texts texts;
    if (needs->n >= MAX_NEEDS) return;
    if (is_named(e, "and")) {
        for (uint32_t i = 0; i < e->n_args; i++) visit(arena, scan, e->args[i], needs);
        return;
    }
    if (!find_texts(arena, scan, e, MAX_DEPTH, &texts)) return;
    if (!texts.are_all) push_need(arena, needs, &texts, 0, texts.n);
    for (size_t i = 0; texts.are_all && i < texts.n; i++) push_need(arena, needs, &texts, i, 1);
}

void part_hints_find(Arena *arena, const Plan *scan, PartFilter *ret) {
    ScanSlot slot = {0};
    Needs needs = {0};
    scan_hints_find(arena, scan, &slot);
    if (scan->u.scan.early) visit(arena, scan, scan->u.scan.early, &needs);
    *ret = (PartFilter){.from_ticks = slot.from_ticks,
                        .to_ticks = slot.to_ticks,
                        .terms = needs.items,
                        .n_terms = (uint32_t)needs.n};
}
