/*
 * bind_diag.c: telling faults, with the nearest names; limits on depth and work.
 */
#include "base/nearest.h"
#include "semantics/bind_scope.h"

/* A function that is called twice has its faults once. */
static bool is_told(const Binder *b, Span span, const char *code) {
    for (size_t i = 0; i < b->diags->n; i++) {
        const Diag *d = &b->diags->items[i];
        if (d->severity == SEVERITY_ERROR && d->span.start == span.start &&
            d->span.len == span.len && str_is(d->code, code))
            return true;
    }
    return false;
}

static Diag *add(Binder *b, Severity severity, Span span, const char *code, const char *fmt,
                 va_list ap) PRINTF_LIKE(5, 0);
static Diag *add(Binder *b, Severity severity, Span span, const char *code, const char *fmt,
                 va_list ap) {
    if (b->mute || (severity == SEVERITY_ERROR && is_told(b, span, code)))
        return ARENA_NEW(b->arena, Diag);
    Str text = arena_vprintf(b->arena, fmt, ap);
    return diag_add(b->diags, severity, PHASE_SEMANTICS, span, code, "%.*s", STR_ARG(text));
}

Diag *bind_error(Binder *b, const Node *n, const char *code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Diag *d = add(b, SEVERITY_ERROR, n->span, code, fmt, ap);
    va_end(ap);
    return d;
}

Diag *bind_error_at(Binder *b, Span span, const char *code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Diag *d = add(b, SEVERITY_ERROR, span, code, fmt, ap);
    va_end(ap);
    return d;
}

Diag *bind_warning(Binder *b, Span span, const char *code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Diag *d = add(b, SEVERITY_WARNING, span, code, fmt, ap);
    va_end(ap);
    return d;
}

static void unsupported(Binder *b, const Node *n, Str said) {
    Span span = n->name_span.len ? n->name_span : n->span;
    size_t end = str_find(said, STR("\n"), 0);
    Str what = str_sub(said, 0, end);
    b->has_unsupported = true;
    Diag *d = bind_error_at(b, span, "QY900", "%.*s is not yet supported.", STR_ARG(what));
    if (end != SIZE_MAX) d->hint = str_sub(said, end + 1, said.len);
}

Plan *bind_unsupported(Binder *b, const Node *n, const char *what_fmt, ...) {
    va_list ap;
    va_start(ap, what_fmt);
    unsupported(b, n, arena_vprintf(b->arena, what_fmt, ap));
    va_end(ap);
    return NULL;
}

Expr *bind_unsupported_expr(Binder *b, const Node *n, const char *what_fmt, ...) {
    va_list ap;
    va_start(ap, what_fmt);
    unsupported(b, n, arena_vprintf(b->arena, what_fmt, ap));
    va_end(ap);
    return expr_error(b, n->span);
}

/* ---------------------------------------------------------- nearest names */

static void try_schema(Nearest *near, const Schema *s) {
    for (uint32_t i = 0; s && i < s->n; i++) nearest_try(near, s->items[i].name);
}

/* Beyond so many errors none is looked for: each look goes through all names. */
enum { MOST_HINTS = 100 };

Str bind_nearest_name(Binder *b, Str name) {
    Nearest near = nearest_to(name);
    if (b->diags->n_errors > MOST_HINTS) return STR_EMPTY;
    try_schema(&near, b->row.schema);
    try_schema(&near, b->row.left);
    try_schema(&near, b->row.right);
    for (const Local *l = b->locals; l; l = l->outer)
        if (l->kind == LOCAL_SCALAR) nearest_try(&near, l->name);
    return near.best;
}

Str bind_nearest_function(Binder *b, Str name) {
    Nearest near = nearest_to(name);
    for (const Local *l = b->locals; l; l = l->outer)
        if (l->kind == LOCAL_FUNCTION) nearest_try(&near, l->name);
    if (b->aggregates) nearest_try(&near, catalog_nearest(FN_AGGREGATE, name));
    nearest_try(&near, catalog_nearest(FN_SCALAR, name));
    return near.best;
}

/* The operator that left the column out: it reads it and does not give it. NULL when none did. */
static const Plan *find_dropper(const Plan *p, Str name) {
    enum { MOST_STEPS = 1000 };
    for (unsigned i = 0; p && p->n_inputs && i < MOST_STEPS; i++, p = p->inputs[0]) {
        if (bind_column_in(&p->schema, name)) return NULL;
        if (bind_column_in(&p->inputs[0]->schema, name)) return p;
    }
    return NULL;
}

/* "summarize" of the operator's text; empty when the span is none of the query's operators. */
static Str keyword_at(const Binder *b, Span span) {
    size_t n = 0;
    Str s = str_sub(b->text, span.start, span.len);
    while (n < s.len && ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || s.ptr[n] == '-')) n++;
    return str_sub(s, 0, n);
}

/* Where the column was lost, or the nearest name. */
static Str hint_for_name(Binder *b, Str name) {
    const Plan *dropper = find_dropper(b->row.input, name);
    Str keyword = dropper ? keyword_at(b, dropper->span) : STR_EMPTY;
    if (keyword.len)
        return arena_printf(b->arena, "%.*s on line %u drops it", STR_ARG(keyword),
                            text_line_col(b->text, dropper->span.start).line);
    if (str_eq_nocase(name, STR("null")))
        return STR("isnull(x) tells whether a value is missing; of text, isempty(x)");
    if (name.len > 1 && name.ptr[0] >= '0' && name.ptr[0] <= '9')
        return STR(
            "a timespan is written 7d, 12h, 30m, 10s or 5ms; a name does not begin with a digit");
    if (catalog_scalar(name) || catalog_aggregate(name))
        return arena_printf(b->arena, "%.*s is a function: %.*s(...)", STR_ARG(name),
                            STR_ARG(name));
    Str near = bind_nearest_name(b, name);
    return near.len ? arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near)) : STR_EMPTY;
}

Str bind_hint_of_other_query(Binder *b, Str name) {
    static const Str let = {"let", 3};
    Str above = str_sub(b->text, 0, b->start);
    for (size_t at = 0; name.len && (at = str_find(above, let, at)) != SIZE_MAX; at += let.len) {
        bool opens = !at || above.ptr[at - 1] == '\n' || above.ptr[at - 1] == ';' ||
                     above.ptr[at - 1] == ' ';
        Str rest = str_trim(str_sub(above, at + let.len, name.len + 200));
        if (!opens || !str_starts_with(rest, name)) continue;
        rest = str_trim(str_sub(rest, name.len, rest.len));
        if (str_starts_with(rest, STR("=")))
            return STR("the query above declares it, and ends at the blank line; statements of one "
                       "query are separated by ;");
    }
    return STR_EMPTY;
}

/* `-- words`, a comment of SQL. */
static bool is_behind_dashes(const Binder *b, Span span) {
    size_t at = span.start < b->text.len ? span.start : b->text.len;
    enum { FURTHEST = 400 };
    for (unsigned n = 0; n < FURTHEST && at > 3 && b->text.ptr[at - 1] != '\n'; n++, at--)
        if (str_is(str_sub(b->text, at - 4, 4), " -- ")) return true;
    return false;
}

Str bind_hint_of_no_data(const Binder *b) {
    return b->options->schemas->match ? STR_EMPTY : STR("--data names the telemetry to read");
}

void bind_unknown_name(Binder *b, const Node *n, Str name) {
    Span span = n->name_span.len ? n->name_span : n->span;
    Diag *d = bind_error_at(
        b, span, "KS142",
        "The name '%.*s' does not refer to any known column, table, variable or function.",
        STR_ARG(name));
    d->hint = bind_hint_of_other_query(b, name);
    if (!d->hint.len && is_behind_dashes(b, span))
        d->hint = STR("a comment begins with // and ends with its line");
    if (!d->hint.len) d->hint = hint_for_name(b, name);
}

/* ----------------------------------------------------------------- limits */

enum { WORK_A_LOOK = 8192 }; /* at the clock */

static bool has_time(Binder *b, uint32_t work) {
    bool looks = b->work / WORK_A_LOOK != (b->work + work) / WORK_A_LOOK;
    if (!looks || !diags_are_late(b->diags)) return true;
    diags_add_late(b->diags);
    b->is_over_limit = true;
    b->failed = LIMIT;
    return false;
}

void bind_spend_columns(Binder *b, uint32_t n, Span span) {
    if (b->is_over_limit || !has_time(b, n)) return;
    b->work += n;
    if (b->work < BIND_MAX_WORK) return;
    b->is_over_limit = true;
    bind_error_at(b, span, "QY902",
                  "The query is too large: so many operators over so many columns.");
}

bool bind_spend(Binder *b, uint32_t work, const Node *n) {
    if (b->is_over_limit || !has_time(b, work)) return false;
    b->work += work;
    if (b->depth < BIND_MAX_DEPTH && b->work < BIND_MAX_WORK) return true;
    b->is_over_limit = true;
    bind_error(
        b, n, "QY902",
        b->work < BIND_MAX_WORK
            ? "The query is nested too deeply."
            : "The query grows too large when its functions and let values are put in place.");
    return false;
}

bool bind_enter(Binder *b, const Node *n) {
    if (!bind_spend(b, 1, n)) return false;
    b->depth++;
    return true;
}

typedef struct Measure {
    uint32_t n;
    unsigned depth;
    bool is_over;
} Measure;

static void measure_expr(Measure *m, const Expr *e);

static void measure_slot(Expr **slot, void *ctx) { measure_expr(ctx, *slot); }

/* What a shared plan holds is walked once, whoever refers to it. */
static void measure_plan(Measure *m, Plan *p) {
    if (m->is_over || ++m->n >= BIND_MAX_WORK || m->depth >= BIND_MAX_DEPTH) {
        m->is_over = true;
        return;
    }
    m->depth++;
    for (uint32_t i = 0; i < p->n_inputs && p->kind != PLAN_SHARED; i++)
        measure_plan(m, p->inputs[i]);
    plan_visit_slots(p, measure_slot, m);
    m->depth--;
}

static void measure_expr(Measure *m, const Expr *e) {
    if (!e) return;
    if (m->is_over || ++m->n >= BIND_MAX_WORK || m->depth >= BIND_MAX_DEPTH) {
        m->is_over = true;
        return;
    }
    m->depth++;
    for (uint32_t i = 0; i < e->n_args; i++) measure_expr(m, e->args[i]);
    if (e->plan) measure_plan(m, e->plan);
    m->depth--;
}

uint32_t bind_expr_size(const Expr *e) {
    Measure m = {0};
    measure_expr(&m, e);
    return m.is_over ? BIND_MAX_WORK : m.n;
}

void bind_leave(Binder *b) { b->depth--; }
