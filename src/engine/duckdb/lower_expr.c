/*
 * lower_expr.c: expressions to SQL.
 *
 * A call becomes its catalog template when the argument types allow it, else the kernel's function.
 * Everything written is an atom or in parentheses, so that templates can put it anywhere.
 */
#include "engine/duckdb/fuse.h"
#include "engine/duckdb/lower.h"

Status lower_unsupported(Lowering *l, Span span, const char *what) {
    diag_add(l->diags, SEVERITY_ERROR, PHASE_SEMANTICS, span, "QY900", "%s is not yet supported",
             what);
    return UNSUPPORTED;
}

Status lower_broken(Lowering *l, Span span, const char *what) {
    diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, span, "QY990", "internal error: %s", what);
    return INTERNAL;
}

static Status check_size(Lowering *l, const Buf *out, Span span) {
    if (out->len <= LOWER_MAX_SQL) return OK;
    diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, span, "QY510",
             "the query is too large once its parts are put together");
    return LIMIT;
}

/* ----------------------------------------------------------------- calls */

/* True when a template names an argument more than once: nested, the text would grow without bound.
 */
static bool template_repeats(const char *sql) {
    unsigned seen[10] = {0};
    for (const char *p = sql; *p; p++)
        if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}' && ++seen[p[1] - '0'] > 1)
            return true;
    return false;
}

static Status lower_args(Lowering *l, const Expr *e, Str *texts, size_t *ret_total) {
    Buf text = {0};
    Status status = OK;
    *ret_total = 0;
    for (uint32_t i = 0; i < e->n_args && status == OK; i++) {
        buf_clear(&text);
        status = lower_expr(l, e->args[i], &text);
        texts[i] = arena_str(l->arena, buf_str(&text));
        *ret_total += text.len;
    }
    buf_free(&text);
    return status;
}

static void put_all(Buf *out, const Str *texts, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_puts(out, ", ");
        buf_put(out, texts[i]);
    }
}

/* Pairs of a condition and its value, then the value of the rest. */
static void put_case(Buf *out, const Str *texts, uint32_t n) {
    buf_puts(out, "CASE");
    for (uint32_t i = 0; i + 1 < n; i += 2) {
        buf_puts(out, " WHEN ");
        buf_put(out, texts[i]);
        buf_puts(out, " THEN ");
        buf_put(out, texts[i + 1]);
    }
    buf_puts(out, " ELSE ");
    buf_put(out, n % 2 ? texts[n - 1] : STR("NULL"));
    buf_puts(out, " END");
}

static void put_template(Buf *out, const char *sql, const Str *texts, uint32_t n) {
    buf_putc(out, '(');
    for (const char *p = sql; *p;) {
        if (p[0] == '{' && p[1] == '*' && p[2] == '}') {
            put_all(out, texts, n);
            p += 3;
        } else if (strncmp(p, "{case}", 6) == 0) {
            put_case(out, texts, n);
            p += 6;
        } else if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}') {
            uint32_t i = (uint32_t)(p[1] - '0');
            buf_put(out, i < n ? texts[i] : STR("NULL"));
            p += 3;
        } else {
            buf_putc(out, *p++);
        }
    }
    buf_putc(out, ')');
}

/* Whether the SQL of `e` has a scalar subquery: as toscalar() and sql_text() write it. */
static bool has_subquery(const Expr *e) {
    if (e->plan) return true;
    if (e->kind == EXPR_LITERAL && e->type == TYPE_STRING && !e->u.literal.is_null) {
        Str text = e->u.literal.u.s;
        return text.len && memchr(text.ptr, 0, text.len);
    }
    for (uint32_t i = 0; i < e->n_args; i++)
        if (has_subquery(e->args[i])) return true;
    return false;
}

static Status put_kernel(Lowering *l, const Expr *e, const Type *types, const Str *texts,
                         Buf *out) {
    Str name;
    uint64_t subqueries = 0;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (has_subquery(e->args[i])) subqueries |= UINT64_C(1) << (i < 63 ? i : 63);
    if (udf_name(l->engine, e->u.fn, types, e->n_args, e->type, subqueries, &name) != OK)
        return lower_broken(l, e->span, "a function could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    put_all(out, texts, e->n_args);
    buf_putc(out, ')');
    return OK;
}

enum { REPEAT_MAX = 4096 };

static Status lower_plain_call(Lowering *l, const Expr *e, bool only_truth, Buf *out) {
    const FnDef *fn = e->u.fn;
    Str *texts = ARENA_ARRAY(l->arena, Str, e->n_args + 1);
    Type *types = ARENA_ARRAY(l->arena, Type, e->n_args + 1);
    for (uint32_t i = 0; i < e->n_args; i++) types[i] = e->args[i]->type;
    size_t total;
    TRY(lower_args(l, e, texts, &total));
    bool has_kernel = fn->kernel && fn->kernel->fn;
    const char *sql = catalog_sql(fn, types, e->n_args, only_truth);
    if (sql && has_kernel && total > REPEAT_MAX && template_repeats(sql)) sql = NULL;
    if (sql) {
        put_template(out, sql, texts, e->n_args);
        return check_size(l, out, e->span);
    }
    if (!has_kernel) return lower_unsupported(l, e->span, fn->name);
    TRY(put_kernel(l, e, types, texts, out));
    return check_size(l, out, e->span);
}

static bool is_operator(const Expr *e, const char *name) {
    return e->kind == EXPR_CALL && e->u.fn->kind == FN_OPERATOR && strcmp(e->u.fn->name, name) == 0;
}

static bool is_chain(const Expr *e) {
    return (is_operator(e, "and") || is_operator(e, "or")) && e->type == TYPE_BOOL &&
           e->n_args == 2 && e->args[0]->type == TYPE_BOOL && e->args[1]->type == TYPE_BOOL;
}

/* The engine's time for a chain grows with the square of its length, and cannot be cut short. */
enum { MAX_CHAIN = 10000 };

/* Chains of `and` or `or` become one flat list: the engine's parser limits nesting. */
static Status put_chain(Lowering *l, const Expr *e, const FnDef *fn, uint32_t *n, Buf *out) {
    if (is_chain(e) && e->u.fn == fn) {
        for (uint32_t i = 0; i < e->n_args; i++) TRY(put_chain(l, e->args[i], fn, n, out));
        return OK;
    }
    if (*n == MAX_CHAIN) {
        diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, e->span, "QY902",
                 "The query is too large: more than %d conditions joined by `%s`.", MAX_CHAIN,
                 fn->name)
            ->hint = STR("for many values of a column write: column in (...)");
        return LIMIT;
    }
    if (*n) {
        buf_puts(out, "\n    ");
        buf_puts(out, fn->name);
        buf_putc(out, ' ');
    }
    ++*n;
    return lower_predicate(l, e, out);
}

/* A null side counts as false, so the parts only need their truth. */
static Status lower_call(Lowering *l, const Expr *e, bool only_truth, Buf *out) {
    if (!is_chain(e)) return lower_plain_call(l, fuse_calls(l->arena, e), only_truth, out);
    uint32_t n = 0;
    buf_puts(out, only_truth ? "(" : "coalesce((");
    TRY(put_chain(l, e, e->u.fn, &n, out));
    buf_puts(out, only_truth ? ")" : "), false)");
    return check_size(l, out, e->span);
}

/* ------------------------------------------------------------ subqueries */

static Status lower_subquery(Lowering *l, const Expr *e, Buf *out) {
    Rel rel;
    TRY(lower_node(l, e->plan, &rel));
    bool is_text = e->type == TYPE_STRING;
    buf_puts(out, is_text ? "COALESCE((SELECT " : "(SELECT ");
    sql_column(out, e->plan->schema.items[0].id);
    buf_puts(out, " FROM ");
    buf_put(out, rel.name);
    lower_order_by(out, &rel);
    buf_puts(out, is_text ? " LIMIT 1), '')" : " LIMIT 1)");
    return OK;
}

Status lower_helper(Lowering *l, HelperKind helper, Type from, Type to, Str text, Buf *out) {
    Str name;
    if (udf_helper_name(l->engine, helper, from, to, &name) != OK)
        return lower_broken(l, (Span){0}, "a function could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    buf_put(out, text);
    buf_putc(out, ')');
    return OK;
}

static Status put_folded(Lowering *l, bool folds, Str text, Buf *out) {
    if (!folds) {
        buf_put(out, text);
        return OK;
    }
    return lower_helper(l, HELPER_FOLD_CASE, TYPE_STRING, TYPE_STRING, text, out);
}

/* Like an `or` of equalities: null against a value is false, null against a null is null. */
static Status in_rel(Lowering *l, const Expr *e, Rel *ret) {
    for (size_t i = 0; i < l->n_in_rels; i++) {
        if (l->in_rels[i].e != e) continue;
        *ret = l->in_rels[i].rel;
        return OK;
    }
    return lower_node(l, e->plan, ret);
}

static Status lower_in_plan(Lowering *l, const Expr *e, bool only_truth, Buf *out) {
    const Expr *left = e->args[0];
    const Column *column = &e->plan->schema.items[0];
    if (left->type != column->type) return lower_broken(l, e->span, "`in` compares two types");
    Buf text = {0};
    Status status = lower_expr(l, left, &text);
    Str x = arena_str(l->arena, buf_str(&text));
    buf_free(&text);
    TRY(status);
    Rel rel;
    TRY(in_rel(l, e, &rel));
    bool folds = e->u.in.ignores_case && left->type == TYPE_STRING;
    bool has_nulls = left->type != TYPE_STRING;
    Buf c = {0};
    sql_column(&c, column->id);
    Str id = arena_str(l->arena, buf_str(&c));
    buf_free(&c);
    bool sees_nulls = has_nulls && !(only_truth && !e->u.in.is_negated);
    buf_puts(out, e->u.in.is_negated ? "(NOT (" : "((");
    if (sees_nulls) {
        buf_puts(out, "CASE WHEN ");
        buf_put(out, x);
        buf_puts(out,
                 " IS NULL THEN (SELECT CASE WHEN count(*) > 0 THEN NULL ELSE false END FROM ");
        buf_put(out, rel.name);
        buf_puts(out, " WHERE ");
        buf_put(out, id);
        buf_puts(out, " IS NULL) ELSE ");
    }
    TRY(put_folded(l, folds, x, out));
    buf_puts(out, " IN (SELECT ");
    TRY(put_folded(l, folds, id, out));
    buf_puts(out, " FROM ");
    buf_put(out, rel.name);
    if (has_nulls) {
        buf_puts(out, " WHERE ");
        buf_put(out, id);
        buf_puts(out, " IS NOT NULL");
    }
    buf_puts(out, sees_nulls ? ") END))" : ")))");
    return OK;
}

/* ------------------------------------------------------------------ entry */

static Status lower_kind(Lowering *l, const Expr *e, bool only_truth, Buf *out) {
    switch (e->kind) {
    case EXPR_LITERAL: sql_literal(out, &e->u.literal); return OK;
    case EXPR_COLUMN: sql_column(out, e->u.column); return OK;
    case EXPR_CALL:
        if (e->u.fn->kind == FN_WINDOW)
            return lower_broken(l, e->span, "a window function out of its place");
        return lower_call(l, e, only_truth, out);
    case EXPR_SUBQUERY: return lower_subquery(l, e, out);
    case EXPR_IN_PLAN: return lower_in_plan(l, e, only_truth, out);
    case EXPR_COLUMN_SET: return lower_broken(l, e->span, "`*` out of its place");
    case EXPR_ERROR: break;
    }
    return lower_broken(l, e->span, "a faulty expression reached the engine");
}

static Status lower_capped(Lowering *l, const Expr *e, bool only_truth, Buf *out) {
    if (++l->depth > LOWER_MAX_DEPTH) {
        diag_add(l->diags, SEVERITY_ERROR, PHASE_RUN, e->span, "QY511",
                 "the query is nested too deeply");
        return LIMIT;
    }
    Status status = lower_kind(l, e, only_truth, out);
    l->depth--;
    return status;
}

Status lower_expr(Lowering *l, const Expr *e, Buf *out) { return lower_capped(l, e, false, out); }

Status lower_output(Lowering *l, const Expr *e, const Column *column, Buf *out) {
    if (e->type != column->type)
        return lower_broken(l, e->span, "an expression and its column differ in type");
    TRY(lower_expr(l, e, out));
    if (e->kind == EXPR_COLUMN && e->u.column == column->id) return OK;
    buf_puts(out, " AS ");
    sql_column(out, column->id);
    return OK;
}

/* ------------------------------------------------------------- predicates */

/* Types whose equality in SQL is Kusto's, nulls apart: dynamic compares by value, NaN not at all.
 */
static bool compares_plainly(Type t) {
    return t != TYPE_DYNAMIC && t != TYPE_REAL && t != TYPE_ERROR;
}

/* Longer lists the engine takes very long to plan. */
enum { MAX_IN = 20000 };

/* x in (literal, ...), all of one type. */
static bool is_plain_in(const Expr *e) {
    if (!is_operator(e, "in") || e->n_args < 2 || e->n_args > MAX_IN ||
        !compares_plainly(e->args[0]->type))
        return false;
    for (uint32_t i = 1; i < e->n_args; i++) {
        const Expr *v = e->args[i];
        if (v->kind != EXPR_LITERAL || v->type != e->args[0]->type) return false;
    }
    return true;
}

static Status put_in(Lowering *l, const Expr *e, Buf *out) {
    buf_putc(out, '(');
    TRY(lower_expr(l, e->args[0], out));
    buf_puts(out, " IN (");
    for (uint32_t i = 1; i < e->n_args; i++) {
        if (i > 1) buf_puts(out, ", ");
        TRY(lower_expr(l, e->args[i], out));
    }
    buf_puts(out, "))");
    return OK;
}

Status lower_predicate(Lowering *l, const Expr *e, Buf *out) {
    if (is_plain_in(e)) return put_in(l, e, out);
    return lower_capped(l, e, true, out);
}
