/*
 * time_bounds.c: what a condition says of a time column.
 *
 * Law: when the condition is true of a row, the column's value lies between the bounds, which are
 * inclusive. A side of a comparison may be the column with a constant added, or rounded down: its
 * bounds are moved to the column. What cannot be said gives no bounds.
 */
#include "base/ticks.h"
#include "engine/duckdb/scan_hints.h"

enum { MAX_DEPTH = 64, MAX_STEPS = 16 };

typedef struct Span64 {
    int64_t from, to; /* INT64_MIN, INT64_MAX: none */
} Span64;

typedef struct Search {
    const Plan *scan;
    ColumnId column; /* 0: the first time column that is met, and no other after it */
} Search;

static const Span64 everything = {INT64_MIN, INT64_MAX};

/* An end that is none stays none; one that leaves the range becomes none. */
static int64_t moved(int64_t end, Int128 by) {
    Int128 sum = (Int128)end + by;
    if (end == INT64_MIN || sum <= INT64_MIN) return INT64_MIN;
    return end == INT64_MAX || sum >= INT64_MAX ? INT64_MAX : (int64_t)sum;
}

static Span64 shifted(Span64 s, Int128 by) { return (Span64){moved(s.from, by), moved(s.to, by)}; }

/* The bounds of x, for those of at - x. */
static Span64 mirrored(Span64 s, int64_t at) {
    Span64 ret = everything;
    if (s.to != INT64_MAX) ret.from = moved(at, -(Int128)s.to);
    if (s.from != INT64_MIN) ret.to = moved(at, -(Int128)s.from);
    return ret;
}

static bool literal_of(const Expr *e, Type type, int64_t *ret) {
    if (e->kind != EXPR_LITERAL || e->type != type || e->u.literal.is_null) return false;
    *ret = e->u.literal.u.l;
    return true;
}

static bool ticks_of(const Expr *e, int64_t *ret) {
    return literal_of(e, TYPE_DATETIME, ret) || literal_of(e, TYPE_TIMESPAN, ret);
}

/* How far below its argument the result of a function that rounds down may lie; 0: it is none. */
static int64_t rounds_by(const Expr *e) {
    static const struct {
        const char *name;
        int64_t days;
    } starts[] = {
        {"startofday", 1}, {"startofweek", 7}, {"startofmonth", 31}, {"startofyear", 366}};
    int64_t size;
    if (is_named(e, "bin") && e->n_args == 2)
        return literal_of(e->args[1], TYPE_TIMESPAN, &size) && size > 0 ? size : 0;
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (e->n_args == 1 && is_named(e, starts[i].name)) return starts[i].days * TICKS_PER_DAY;
    return 0;
}

/* One step from an expression towards the column in it; NULL when there is none. */
static const Expr *step_inside(const Expr *e, Span64 *s) {
    int64_t ticks, rounding = rounds_by(e);
    if (rounding) {
        s->to = moved(s->to, rounding - 1);
        return e->args[0];
    }
    bool is_sum = is_named(e, "+"), is_difference = is_named(e, "-");
    if (!(is_sum || is_difference) || e->n_args != 2) return NULL;
    if (ticks_of(e->args[1], &ticks)) {
        *s = shifted(*s, is_sum ? -(Int128)ticks : (Int128)ticks);
        return e->args[0];
    }
    if (!ticks_of(e->args[0], &ticks)) return NULL;
    *s = is_sum ? shifted(*s, -(Int128)ticks) : mirrored(*s, ticks);
    return e->args[1];
}

static bool is_wanted(Search *h, const Expr *e) {
    const Column *c = e->kind == EXPR_COLUMN ? schema_find(&h->scan->schema, e->u.column) : NULL;
    if (!c || c->type != TYPE_DATETIME || e->type != TYPE_DATETIME) return false;
    if (h->column) return c->id == h->column;
    if (!str_is(c->name, "TimeGenerated") && !str_is(c->name, "Timestamp")) return false;
    h->column = c->id;
    return true;
}

/* What bounds of an expression's value say of the column; nothing when it is not in it. */
static Span64 at_column(Search *h, const Expr *e, Span64 s) {
    for (unsigned step = 0; step < MAX_STEPS && e && e->kind == EXPR_CALL; step++)
        e = step_inside(e, &s);
    return e && is_wanted(h, e) ? s : everything;
}

/* ---------------------------------------------------------------- conditions */

/* Bounds are inclusive, so `<` keeps a tick too many: harmless. */
static Span64 of_comparison(Search *h, const Expr *e) {
    const char *op = e->u.fn->name;
    int64_t ticks;
    Span64 s = everything;
    bool is_right = ticks_of(e->args[1], &ticks);
    if (!is_right && !ticks_of(e->args[0], &ticks)) return everything;
    bool is_equal = op[0] == '=', is_greater = (op[0] == '>') == is_right;
    if (is_equal || is_greater) s.from = ticks;
    if (is_equal || !is_greater) s.to = ticks;
    return at_column(h, e->args[is_right ? 0 : 1], s);
}

/* The end of a range of datetimes may be said as its length. */
static Span64 of_range(Search *h, const Expr *e) {
    int64_t low, high, length;
    if (!ticks_of(e->args[1], &low) || !ticks_of(e->args[2], &high)) return everything;
    if (e->args[1]->type == TYPE_DATETIME && literal_of(e->args[2], TYPE_TIMESPAN, &length))
        high = moved(low, length);
    return at_column(h, e->args[0], (Span64){low, high});
}

static Span64 of_list(Search *h, const Expr *e) {
    Span64 s = {INT64_MAX, INT64_MIN};
    for (uint32_t i = 1; i < e->n_args; i++) {
        int64_t ticks;
        if (!ticks_of(e->args[i], &ticks)) return everything;
        if (ticks < s.from) s.from = ticks;
        if (ticks > s.to) s.to = ticks;
    }
    return at_column(h, e->args[0], s);
}

static Span64 of_condition(Search *h, const Expr *e, unsigned depth);

/* `and`: what all sides allow; `or`: what any side does. */
static Span64 of_sides(Search *h, const Expr *e, bool is_any, unsigned depth) {
    Span64 ret = everything;
    for (uint32_t i = 0; i < e->n_args; i++) {
        Span64 s = of_condition(h, e->args[i], depth - 1);
        bool is_first = is_any && i == 0;
        if (is_first || (is_any ? s.from < ret.from : s.from > ret.from)) ret.from = s.from;
        if (is_first || (is_any ? s.to > ret.to : s.to < ret.to)) ret.to = s.to;
    }
    return ret;
}

static Span64 of_condition(Search *h, const Expr *e, unsigned depth) {
    static const char *const comparisons[] = {"<", "<=", ">", ">=", "=="};
    if (!depth || e->kind != EXPR_CALL || e->u.fn->kind != FN_OPERATOR) return everything;
    if (is_named(e, "and") || is_named(e, "or")) return of_sides(h, e, is_named(e, "or"), depth);
    for (size_t i = 0; i < COUNT_OF(comparisons); i++)
        if (is_named(e, comparisons[i]) && e->n_args == 2) return of_comparison(h, e);
    if (is_named(e, "between") && e->n_args == 3) return of_range(h, e);
    return is_named(e, "in") && e->n_args > 1 ? of_list(h, e) : everything;
}

void scan_time_bounds(const Plan *scan, const Column *column, int64_t *ret_from, int64_t *ret_to) {
    Search h = {scan, column ? column->id : 0};
    const Expr *condition = scan->u.scan.early;
    Span64 s = condition ? of_condition(&h, condition, MAX_DEPTH) : everything;
    *ret_from = s.from;
    *ret_to = s.to;
}
