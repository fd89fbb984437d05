/*
 * verify.c: checks a plan's promises, after binding and after each rewrite.
 *
 * Ids resolve in the inputs, types agree, schemas line up with what the node computes, nothing
 * holds an EXPR_ERROR. The first fault is told in a sentence; what follows is not looked at.
 */
#include "plan/plan_internal.h"

typedef struct Verifier {
    Arena *arena;
    Str fault;
    const Plan **seen; /* inputs of PLAN_SHARED that were checked */
    size_t n_seen, cap_seen;
} Verifier;

static const char *const kind_names[] = {
    [PLAN_SCAN] = "scan",     [PLAN_VALUES] = "values",       [PLAN_RANGE] = "range",
    [PLAN_FILTER] = "filter", [PLAN_PROJECT] = "project",     [PLAN_AGGREGATE] = "aggregate",
    [PLAN_SORT] = "sort",     [PLAN_TAKE] = "take",           [PLAN_JOIN] = "join",
    [PLAN_UNION] = "union",   [PLAN_MV_EXPAND] = "mv-expand", [PLAN_SERIALIZE] = "serialize",
    [PLAN_WINDOW] = "window", [PLAN_SAMPLE] = "sample",       [PLAN_PROCESS] = "process",
    [PLAN_SHARED] = "shared", [PLAN_RESULTS] = "results"};

/* Tells a fault (the first wins) and returns false. */
static bool fault(Verifier *v, const Plan *p, const char *fmt, ...) PRINTF_LIKE(3, 4);
static bool fault(Verifier *v, const Plan *p, const char *fmt, ...) {
    if (v->fault.len) return false;
    va_list ap;
    va_start(ap, fmt);
    Str what = arena_vprintf(v->arena, fmt, ap);
    va_end(ap);
    v->fault = arena_printf(v->arena, "%s: %.*s", kind_names[p->kind], STR_ARG(what));
    return false;
}

static bool check_plan(Verifier *v, const Plan *p, unsigned depth);

/* ------------------------------------------------------------ expressions */

typedef struct Scope {
    const Schema *schemas[2];
    bool allows_window, allows_set;
} Scope;

static const Column *scope_find(const Scope *scope, ColumnId id) {
    for (int i = 0; i < 2; i++) {
        const Column *c = scope->schemas[i] ? schema_find(scope->schemas[i], id) : NULL;
        if (c) return c;
    }
    return NULL;
}

static bool check_call(Verifier *v, const Plan *p, const Expr *e, const Scope *scope) {
    if (!e->u.fn) return fault(v, p, "a call has no function");
    FnKind kind = e->u.fn->kind;
    if (kind == FN_WINDOW && !scope->allows_window)
        return fault(v, p, "%s() stands outside a window node", e->u.fn->name);
    if (kind != FN_OPERATOR && kind != FN_SCALAR && kind != FN_WINDOW)
        return fault(v, p, "%s() is called as a scalar", e->u.fn->name);
    return true;
}

static bool check_expr(Verifier *v, const Plan *p, const Expr *e, const Scope *scope,
                       unsigned depth) {
    if (!e) return fault(v, p, "an expression is missing");
    if (depth > PLAN_MAX_DEPTH) return fault(v, p, "an expression is " PLAN_TOO_DEEP);
    if (e->type == TYPE_ERROR || e->type >= TYPE_COUNT)
        return fault(v, p, "an expression has no type");
    if ((e->kind == EXPR_SUBQUERY || e->kind == EXPR_IN_PLAN) != (e->plan != NULL))
        return fault(v, p, "a plan in an expression is missing or out of place");
    const Column *column;
    switch (e->kind) {
    case EXPR_ERROR: return fault(v, p, "an expression in error");
    case EXPR_LITERAL:
        if (e->u.literal.type != e->type) return fault(v, p, "a literal of another type");
        break;
    case EXPR_COLUMN:
        column = scope_find(scope, e->u.column);
        if (!column) return fault(v, p, "column #%u is not in the input", e->u.column);
        if (column->type != e->type)
            return fault(v, p, "column #%u is %s and read as %s", e->u.column,
                         type_name(column->type), type_name(e->type));
        break;
    case EXPR_CALL:
        if (!check_call(v, p, e, scope)) return false;
        break;
    case EXPR_COLUMN_SET:
    case EXPR_SUBQUERY: break;
    case EXPR_IN_PLAN:
        if (e->n_args != 1) return fault(v, p, "`in` without a value");
        break;
    }
    if (e->plan && (!check_plan(v, e->plan, depth + 1) || e->plan->schema.n < 1))
        return fault(v, p, "a plan in an expression has no column");
    for (uint32_t i = 0; i < e->n_args; i++)
        if (!check_expr(v, p, e->args[i], scope, depth + 1)) return false;
    return true;
}

static bool check_bool(Verifier *v, const Plan *p, const Expr *e, const Scope *scope) {
    if (!check_expr(v, p, e, scope, 0)) return false;
    return e->type == TYPE_BOOL || fault(v, p, "a predicate is %s", type_name(e->type));
}

/* ------------------------------------------------------------------ nodes */

static bool check_schema(Verifier *v, const Plan *p) {
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        if (c->id == 0) return fault(v, p, "column %.*s has no id", STR_ARG(c->name));
        if (c->type == TYPE_ERROR || c->type >= TYPE_COUNT)
            return fault(v, p, "column %.*s has no type", STR_ARG(c->name));
        for (uint32_t j = 0; j < i; j++)
            if (p->schema.items[j].id == c->id)
                return fault(v, p, "column #%u appears twice", c->id);
    }
    return true;
}

static bool check_inputs(Verifier *v, const Plan *p, uint32_t wanted) {
    if (p->n_inputs != wanted) return fault(v, p, "%u inputs", p->n_inputs);
    return true;
}

static bool check_same_schema(Verifier *v, const Plan *p) {
    return schema_same(&p->schema, &p->inputs[0]->schema) ||
           fault(v, p, "columns differ from the input's");
}

static bool check_scan(Verifier *v, const Plan *p) {
    Scope own = {.schemas = {&p->schema, NULL}};
    if (p->schema.n && !p->u.scan.source_names) return fault(v, p, "no source names");
    return !p->u.scan.early || check_bool(v, p, p->u.scan.early, &own);
}

static bool check_values(Verifier *v, const Plan *p) {
    size_t n = (size_t)p->u.values.n_rows * p->schema.n;
    for (size_t i = 0; i < n; i++)
        if (p->u.values.cells[i].type != p->schema.items[i % p->schema.n].type)
            return fault(v, p, "cell %zu has another type than its column", i);
    return true;
}

static bool check_range(Verifier *v, const Plan *p) {
    Scope none = {.schemas = {NULL, NULL}};
    if (p->schema.n != 1) return fault(v, p, "%u columns", p->schema.n);
    return check_expr(v, p, p->u.range.from, &none, 0) &&
           check_expr(v, p, p->u.range.to, &none, 0) && check_expr(v, p, p->u.range.step, &none, 0);
}

static bool check_projection(Verifier *v, const Plan *p, Expr *const *exprs, const Scope *scope) {
    const Schema *input = scope->schemas[0];
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        if (!check_expr(v, p, exprs[i], scope, 0)) return false;
        if (exprs[i]->type != c->type)
            return fault(v, p, "column %.*s is %s, its expression %s", STR_ARG(c->name),
                         type_name(c->type), type_name(exprs[i]->type));
        bool passes = exprs[i]->kind == EXPR_COLUMN && exprs[i]->u.column == c->id;
        if (!passes && schema_find(input, c->id))
            return fault(v, p, "column #%u is made anew under the id of an input column", c->id);
    }
    return true;
}

static bool check_aggregate(Verifier *v, const Plan *p, const Scope *scope) {
    uint32_t at = p->u.aggregate.n_keys;
    if (at > p->schema.n) return fault(v, p, "more keys than columns");
    for (uint32_t i = 0; i < at; i++) {
        if (!check_expr(v, p, p->u.aggregate.keys[i], scope, 0)) return false;
        if (p->u.aggregate.keys[i]->type != p->schema.items[i].type)
            return fault(v, p, "key %u has another type than its column", i);
    }
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const Aggregate *a = &p->u.aggregate.aggs[i];
        if (!a->fn || a->fn->kind != FN_AGGREGATE) return fault(v, p, "aggregate %u is none", i);
        for (uint32_t j = 0; j < a->n_args; j++)
            if (!check_expr(v, p, a->args[j], scope, 0)) return false;
        for (uint32_t j = 0; j < a->n_columns; j++, at++)
            if (at >= p->schema.n || p->schema.items[at].id != a->columns[j].id ||
                p->schema.items[at].type != a->columns[j].type)
                return fault(v, p, "columns of %s() do not line up", a->fn->name);
    }
    return at == p->schema.n || fault(v, p, "a column is neither key nor aggregate");
}

static bool check_join(Verifier *v, const Plan *p) {
    const Schema *left = &p->inputs[0]->schema, *right = &p->inputs[1]->schema;
    Scope left_scope = {.schemas = {left, NULL}}, right_scope = {.schemas = {right, NULL}};
    for (uint32_t i = 0; i < left->n; i++)
        if (schema_find(right, left->items[i].id))
            return fault(v, p, "column #%u is on both sides", left->items[i].id);
    for (uint32_t i = 0; i < p->u.join.n_keys; i++) {
        const Expr *l = p->u.join.left_keys[i], *r = p->u.join.right_keys[i];
        if (!check_expr(v, p, l, &left_scope, 0) || !check_expr(v, p, r, &right_scope, 0))
            return false;
        if (l->type != r->type)
            return fault(v, p, "key %u is %s on the left, %s on the right", i, type_name(l->type),
                         type_name(r->type));
    }
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i], *from = schema_find(left, c->id);
        if (!from) from = schema_find(right, c->id);
        if (!from || from->type != c->type)
            return fault(v, p, "column #%u is on neither side", c->id);
    }
    return true;
}

static bool check_union(Verifier *v, const Plan *p) {
    for (uint32_t k = 0; k < p->n_inputs; k++) {
        for (uint32_t i = 0; i < p->schema.n; i++) {
            const Column *c = &p->schema.items[i];
            ColumnId from_id = p->u.union_.map[(size_t)k * p->schema.n + i];
            if (from_id == 0) continue;
            const Column *from = schema_find(&p->inputs[k]->schema, from_id);
            if (!from) return fault(v, p, "input %u has no column #%u", k, from_id);
            if (from->type != c->type)
                return fault(v, p, "column %.*s is %s, of input %u %s", STR_ARG(c->name),
                             type_name(c->type), k, type_name(from->type));
        }
    }
    return p->n_inputs > 0 || fault(v, p, "no inputs");
}

static bool check_mv_expand(Verifier *v, const Plan *p) {
    const Schema *input = &p->inputs[0]->schema;
    for (uint32_t i = 0; i < p->u.mv_expand.n; i++) {
        const Column *out = &p->u.mv_expand.outputs[i];
        if (!schema_find(input, p->u.mv_expand.columns[i]))
            return fault(v, p, "column #%u is not in the input", p->u.mv_expand.columns[i]);
        if (schema_find(input, out->id))
            return fault(v, p, "output #%u has an id of the input", out->id);
    }
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i], *from = schema_find(input, c->id);
        bool is_output = c->id == p->u.mv_expand.index_column;
        for (uint32_t j = 0; j < p->u.mv_expand.n && !is_output; j++)
            is_output = p->u.mv_expand.outputs[j].id == c->id;
        if (!is_output && (!from || from->type != c->type))
            return fault(v, p, "column #%u comes from nowhere", c->id);
    }
    return true;
}

static bool check_process(Verifier *v, const Plan *p) {
    const Schema *input = &p->inputs[0]->schema;
    for (uint32_t i = 0; i < p->u.process.n_reads; i++)
        if (!schema_find(input, p->u.process.reads[i]))
            return fault(v, p, "column #%u is not in the input", p->u.process.reads[i]);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i], *from = schema_find(input, c->id);
        bool is_added = false;
        for (uint32_t k = 0; k < p->u.process.n_adds && !is_added; k++)
            is_added = p->u.process.adds[k].id == c->id;
        if (is_added == (from != NULL) || (from && from->type != c->type))
            return fault(v, p, "column #%u comes from nowhere", c->id);
    }
    return true;
}

static bool check_shared(Verifier *v, const Plan *p) {
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *from = schema_find(&p->inputs[0]->schema, p->u.shared.map[i]);
        if (!from || from->type != p->schema.items[i].type)
            return fault(v, p, "column #%u has no source", p->schema.items[i].id);
    }
    return true;
}

static bool check_partition(Verifier *v, const Plan *p) {
    if (!p->partition || schema_find(&p->inputs[0]->schema, p->partition)) return true;
    return fault(v, p, "the partition column #%u is not in the input", p->partition);
}

static bool check_node(Verifier *v, const Plan *p) {
    Scope scope = {.schemas = {p->n_inputs ? &p->inputs[0]->schema : NULL, NULL}};
    Scope none = {.schemas = {NULL, NULL}};
    switch (p->kind) {
    case PLAN_SCAN: return check_inputs(v, p, 0) && check_scan(v, p);
    case PLAN_VALUES: return check_inputs(v, p, 0) && check_values(v, p);
    case PLAN_RANGE: return check_inputs(v, p, 0) && check_range(v, p);
    case PLAN_FILTER:
        return check_inputs(v, p, 1) && check_same_schema(v, p) &&
               check_bool(v, p, p->u.filter.predicate, &scope);
    case PLAN_PROJECT:
        return check_inputs(v, p, 1) && check_projection(v, p, p->u.project.exprs, &scope);
    case PLAN_WINDOW:
        scope.allows_window = true;
        return check_inputs(v, p, 1) && check_partition(v, p) &&
               check_projection(v, p, p->u.window.exprs, &scope);
    case PLAN_AGGREGATE: return check_inputs(v, p, 1) && check_aggregate(v, p, &scope);
    case PLAN_SORT:
        if (!check_inputs(v, p, 1) || !check_same_schema(v, p)) return false;
        for (uint32_t i = 0; i < p->u.sort.n; i++)
            if (!check_expr(v, p, p->u.sort.keys[i].expr, &scope, 0)) return false;
        return true;
    case PLAN_TAKE:
    case PLAN_SAMPLE:
        return check_inputs(v, p, 1) && check_same_schema(v, p) && check_partition(v, p) &&
               check_expr(v, p, p->u.take.count, &none, 0);
    case PLAN_JOIN: return check_inputs(v, p, 2) && check_join(v, p);
    case PLAN_UNION: return check_union(v, p);
    case PLAN_MV_EXPAND: return check_inputs(v, p, 1) && check_mv_expand(v, p);
    case PLAN_SERIALIZE: return check_inputs(v, p, 1) && check_same_schema(v, p);
    case PLAN_PROCESS: return check_inputs(v, p, 1) && check_partition(v, p) && check_process(v, p);
    case PLAN_SHARED: return check_inputs(v, p, 1) && check_shared(v, p);
    case PLAN_RESULTS: return p->schema.n == 0 || fault(v, p, "has columns of its own");
    }
    return fault(v, p, "of an unknown kind");
}

static bool check_plan(Verifier *v, const Plan *p, unsigned depth) {
    if (!p) {
        v->fault = STR("a plan is missing");
        return false;
    }
    if (depth > PLAN_MAX_DEPTH) return fault(v, p, PLAN_TOO_DEEP);
    if (!check_schema(v, p)) return false;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        bool seen = false;
        for (size_t s = 0; p->kind == PLAN_SHARED && s < v->n_seen && !seen; s++)
            seen = v->seen[s] == p->inputs[i];
        if (seen) continue;
        if (!check_plan(v, p->inputs[i], depth + 1)) return false;
        if (p->kind == PLAN_SHARED)
            ARENA_PUSH(v->arena, v->seen, v->n_seen, v->cap_seen, p->inputs[i]);
    }
    return check_node(v, p);
}

Str plan_verify(Arena *arena, const Plan *p) {
    Verifier v = {.arena = arena, .fault = STR_EMPTY};
    check_plan(&v, p, 0);
    return v.fault;
}
