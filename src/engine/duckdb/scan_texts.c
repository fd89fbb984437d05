/*
 * scan_texts.c: what a condition on text says of the raw records that can meet it.
 *
 * Law: when the condition is true of a row, its record holds one of the texts, escapes considered.
 * A source is an expression whose text is a part of one column's text: the column, a member of a
 * dynamic one, a substring, the same in another case. What can not be said gives no texts.
 */
#include "base/json.h"
#include "engine/duckdb/scan_hints.h"
#include "kernels/regex/regex_literals.h"

typedef struct Source {
    bool is_nested; /* read as JSON on the way */
    bool folds;     /* its letters' case changes on the way, by Unicode's rules */
    bool is_made;   /* where a record has none, the value is the table's name */
} Source;

static const Column *column_of(const Plan *scan, const Expr *e) {
    const Column *c = e->kind == EXPR_COLUMN ? schema_find(&scan->schema, e->u.column) : NULL;
    return c && c->type == e->type ? c : NULL;
}

/* ------------------------------------------------------------------- sources */

/* Which argument a function gives a part of; -1 for other functions. */
static int passed_argument(const Expr *e, Source *s) {
    static const struct {
        const char *name;
        int argument;
        bool reads_json, folds;
    } passing[] = {
        {".", 0, true, false},          {"[]", 0, true, false},
        {"parse_json", 0, true, false}, {"tostring", 0, false, false},
        {"tolower", 0, false, true},    {"toupper", 0, false, true},
        {"substring", 0, false, false}, {"split", 0, false, false},
        {"trim", 1, false, false},      {"trim_start", 1, false, false},
        {"trim_end", 1, false, false},  {"extract", 2, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(passing); i++) {
        if (!is_named(e, passing[i].name) || (int)e->n_args <= passing[i].argument) continue;
        s->is_nested |= passing[i].reads_json;
        s->folds |= passing[i].folds;
        return passing[i].argument;
    }
    return -1;
}

static bool find_source(const Plan *scan, const Expr *e, Source *s) {
    enum { MAX_STEPS = 32 };
    for (unsigned step = 0; step < MAX_STEPS && e->kind == EXPR_CALL; step++) {
        int argument = passed_argument(e, s);
        if (argument < 0) return false;
        e = e->args[argument];
        if (e->type != TYPE_STRING && e->type != TYPE_DYNAMIC) return false;
    }
    const Column *c = column_of(scan, e);
    if (!c) return false;
    s->is_made = scan_makes_column(c->name);
    s->is_nested |= c->type == TYPE_DYNAMIC;
    return c->type == TYPE_STRING || c->type == TYPE_DYNAMIC;
}

/* ------------------------------------------------------------------ operators */

typedef enum NeedleUse { USE_ONE, USE_ANY, USE_ALL } NeedleUse;

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

static const OperatorUse *find_use(const Expr *e) {
    if (e->kind != EXPR_CALL || e->u.fn->kind != FN_OPERATOR || e->n_args < 2) return NULL;
    for (size_t i = 0; i < COUNT_OF(operator_uses); i++)
        if (is_named(e, operator_uses[i].name)) return &operator_uses[i];
    return NULL;
}

/* ------------------------------------------------------------------- literals */

enum { MAX_TEXTS = 64 };

static bool holds_text(const ScanTexts *list, Str text) {
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], text)) return true;
    return false;
}

static void push_text(Arena *arena, ScanTexts *list, Str text) {
    if (!holds_text(list, text)) ARENA_PUSH(arena, list->items, list->n, list->cap, text);
}

/* Adds the texts that a literal stands for; false when one of them could match without its text, or
 * when there are more than a scan would look for. */
static bool add_literal(Arena *arena, const Value *v, ScanTexts *list) {
    if (v->type == TYPE_STRING) {
        if (!v->u.s.len || list->n >= MAX_TEXTS) return false;
        push_text(arena, list, v->u.s);
        return true;
    }
    JsonCursor cursor;
    if (v->type != TYPE_DYNAMIC || v->is_null || !json_enter(v->u.s, &cursor) || cursor.is_object)
        return false;
    Str key, element;
    while (json_next(&cursor, &key, &element)) {
        if (json_kind(element) != JSON_STRING || list->n >= MAX_TEXTS) return false;
        Str text = json_string(arena, element);
        if (!text.len) return false;
        push_text(arena, list, text);
    }
    return true;
}

/* A text that changed its case by Unicode's rules is looked for by a piece that only ASCII makes. */
static bool loosen(ScanTexts *list) {
    list->ignores_case = true;
    for (size_t i = 0; i < list->n; i++) {
        list->items[i] = caseless_piece(list->items[i]);
        if (!list->items[i].len) return false;
    }
    return true;
}

/* Whether the table's own name could answer for a text. */
static bool is_in_name(const Plan *scan, const ScanTexts *list) {
    Str name = scan->u.scan.table->name;
    for (size_t i = 0; i < list->n; i++)
        for (size_t at = 0; at + list->items[i].len <= name.len; at++)
            if (str_eq_nocase(str_sub(name, at, list->items[i].len), list->items[i])) return true;
    return false;
}

static bool operator_texts(Arena *arena, const Plan *scan, const Expr *e, ScanTexts *ret) {
    const OperatorUse *use = find_use(e);
    Source source = {0};
    if (!use || !find_source(scan, e->args[0], &source)) return false;
    *ret = (ScanTexts){.ignores_case = use->ignores_case, .is_nested = source.is_nested};
    for (uint32_t i = 1; i < e->n_args; i++)
        if (e->args[i]->kind != EXPR_LITERAL || !add_literal(arena, &e->args[i]->u.literal, ret))
            return false;
    if (!ret->n || (source.is_made && is_in_name(scan, ret))) return false;
    if (source.folds && !loosen(ret)) return false;
    ret->are_all = use->use == USE_ALL;
    return true;
}

static bool regex_texts(Arena *arena, const Plan *scan, const Expr *e, ScanTexts *ret) {
    Source source = {0};
    RegexLiterals found;
    if (!is_named(e, "matches regex") || e->n_args != 2 || e->args[1]->kind != EXPR_LITERAL ||
        e->args[1]->type != TYPE_STRING || !find_source(scan, e->args[0], &source) ||
        source.is_made || !regex_literals(arena, e->args[1]->u.literal.u.s, &found))
        return false;
    *ret = (ScanTexts){.ignores_case = found.ignores_case, .is_nested = source.is_nested};
    for (uint32_t i = 0; i < found.n; i++) push_text(arena, ret, found.any_of[i]);
    return !source.folds || loosen(ret);
}

/* ----------------------------------------------------------------- impossible */

/* The column that an expression shows as text, when it is none of text: NULL otherwise. */
static const Column *shown_column(const Plan *scan, const Expr *e) {
    if (is_named(e, "tostring") && e->n_args == 1) e = e->args[0];
    const Column *c = column_of(scan, e);
    return c && c->type != TYPE_STRING && c->type != TYPE_DYNAMIC ? c : NULL;
}

/* Letters that the text of a value of the type may hold, lower case; all else but letters may. */
static const char *letters_of(Type t) {
    switch (t) {
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_TIMESPAN: return "";
    case TYPE_REAL:
    case TYPE_DECIMAL: return "einfatyn";
    case TYPE_DATETIME: return "tz";
    case TYPE_GUID: return "abcdef";
    case TYPE_BOOL: return "truefals";
    case TYPE_STRING:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return NULL;
}

/* True when no value of a column's type shows the literal: `search "evil"` asks numbers too. */
static bool is_impossible(const Plan *scan, const Expr *e) {
    const OperatorUse *use = find_use(e);
    const Column *c = use && use->use == USE_ONE ? shown_column(scan, e->args[0]) : NULL;
    const char *letters = c ? letters_of(c->type) : NULL;
    const Expr *v = letters ? e->args[1] : NULL;
    if (!v || v->kind != EXPR_LITERAL || v->type != TYPE_STRING) return false;
    for (size_t i = 0; i < v->u.literal.u.s.len; i++) {
        char lower = (char)(v->u.literal.u.s.ptr[i] | 0x20);
        if (lower >= 'a' && lower <= 'z' && !strchr(letters, lower)) return true;
    }
    return false;
}

/* ----------------------------------------------------------------- conditions */

static size_t shortest(const ScanTexts *list) {
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].len < least) least = list->items[i].len;
    return list->n ? least : 0;
}

/* The part of a conjunction that drops most, as far as its texts tell. */
static bool best_of_all(Arena *arena, const Plan *scan, const Expr *e, unsigned depth,
                        ScanTexts *ret) {
    *ret = (ScanTexts){0};
    for (uint32_t i = 0; i < e->n_args; i++) {
        ScanTexts one;
        if (!scan_texts_find(arena, scan, e->args[i], depth - 1, &one)) continue;
        size_t have = shortest(ret), got = shortest(&one);
        if (!ret->n || one.n * 4 < ret->n || (one.n <= ret->n && got > have)) *ret = one;
    }
    return ret->n > 0;
}

static bool any_of_each(Arena *arena, const Plan *scan, const Expr *e, unsigned depth,
                        ScanTexts *ret) {
    *ret = (ScanTexts){0};
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (is_impossible(scan, e->args[i])) continue;
        ScanTexts one;
        if (!scan_texts_find(arena, scan, e->args[i], depth - 1, &one)) return false;
        size_t n = one.are_all ? 1 : one.n;
        for (size_t k = 0; k < n; k++) push_text(arena, ret, one.items[k]);
        ret->ignores_case |= one.ignores_case;
        ret->is_nested |= one.is_nested;
    }
    return ret->n > 0;
}

bool scan_texts_find(Arena *arena, const Plan *scan, const Expr *e, unsigned depth,
                     ScanTexts *ret) {
    if (e->kind != EXPR_CALL || !depth) return false;
    bool is_operator = e->u.fn->kind == FN_OPERATOR;
    if (is_operator && is_named(e, "and")) return best_of_all(arena, scan, e, depth, ret);
    if (is_operator && is_named(e, "or")) return any_of_each(arena, scan, e, depth, ret);
    return operator_texts(arena, scan, e, ret) || regex_texts(arena, scan, e, ret);
}
