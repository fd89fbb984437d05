/*
 * bind_build.c: making expressions and plan nodes.
 */
#include "base/json.h"
#include "semantics/bind_scope.h"

ColumnId bind_fresh_column(Binder *b) { return b->next_column++; }

/* ------------------------------------------------------------ expressions */

static Expr *expr_new(Binder *b, ExprKind kind, Type type, Span span) {
    Expr *e = ARENA_NEW(b->arena, Expr);
    e->kind = kind;
    e->type = type;
    e->span = span;
    return e;
}

Expr *expr_error(Binder *b, Span span) { return expr_new(b, EXPR_ERROR, TYPE_ERROR, span); }

Expr *expr_of_value(Binder *b, Value v, Span span) {
    Expr *e = expr_new(b, EXPR_LITERAL, v.type, span);
    e->u.literal = v;
    return e;
}

Expr *expr_column(Binder *b, const Column *c, Span span) {
    if (c->type == TYPE_ERROR) return expr_error(b, span);
    if (c->id == 0)
        return expr_of_value(b, value_null(c->type), span); /* absent from an open table */
    Expr *e = expr_new(b, EXPR_COLUMN, c->type, span);
    e->u.column = c->id;
    return e;
}

Expr *expr_fit_untyped(Binder *b, Expr *e, TypeSet types) {
    if (!expr_is_absent(e) || (types & TS_DYNAMIC)) return e;
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++)
        if (types & TYPE_BIT(t)) return expr_of_value(b, value_null((Type)t), e->span);
    return e;
}

/* A constant that is wrong for good, such as a regular expression that does not compile: told here,
 * so that a check without data tells it too. */
static void check_constants(Binder *b, const Expr *e) {
    const Kernel *kernel = e->u.fn->kernel;
    if (!kernel || !kernel->prepare || e->n_args == 0) return;
    Value *values = ARENA_ARRAY(b->arena, Value, e->n_args);
    bool *is_constant = ARENA_ARRAY(b->arena, bool, e->n_args);
    for (uint32_t i = 0; i < e->n_args; i++) {
        is_constant[i] = e->args[i]->kind == EXPR_LITERAL;
        values[i] = is_constant[i] ? e->args[i]->u.literal : value_null(e->args[i]->type);
    }
    Str error = STR_EMPTY;
    void *state = kernel->prepare(b->arena, values, is_constant, e->n_args, &error);
    if (state && kernel->release) kernel->release(state);
    Str name = str_of(e->u.fn->name);
    if (str_starts_with(name, STR("__"))) name = str_sub(name, 2, name.len); /* of an operator */
    if (error.len) bind_error_at(b, e->span, "QY521", "%.*s: %.*s", STR_ARG(name), STR_ARG(error));
}

bool expr_is_list(const Expr *e) {
    if (e->kind != EXPR_LITERAL || e->type != TYPE_DYNAMIC || e->u.literal.is_null) return false;
    JsonKind kind = json_kind(e->u.literal.u.s);
    return kind == JSON_ARRAY || kind == JSON_OBJECT;
}

Expr *expr_call_typed(Binder *b, const FnDef *fn, Expr **args, uint32_t n, Type type, Span span) {
    Expr *e = expr_new(b, EXPR_CALL, type, span);
    e->u.fn = fn;
    e->n_args = n;
    e->args = ARENA_ARRAY(b->arena, Expr *, n);
    if (n) memcpy(e->args, args, n * sizeof(Expr *));
    check_constants(b, e);
    return e;
}

Expr *expr_and(Binder *b, Expr *left, Expr *right) {
    if (!left) return right;
    if (!right) return left;
    Span span = left->span;
    if (right->span.start >= span.start)
        span.len = right->span.start + right->span.len - span.start;
    return expr_operator(b, "and", left, right, span);
}

static const char *converter(Type to) {
    static const char *const names[TYPE_COUNT] = {
        [TYPE_BOOL] = "tobool",         [TYPE_INT] = "toint",           [TYPE_LONG] = "tolong",
        [TYPE_REAL] = "toreal",         [TYPE_DECIMAL] = "todecimal",   [TYPE_STRING] = "tostring",
        [TYPE_DATETIME] = "todatetime", [TYPE_TIMESPAN] = "totimespan", [TYPE_GUID] = "toguid",
        [TYPE_DYNAMIC] = "parse_json"};
    return names[to];
}

/* Text as a dynamic string: parse_json would read "1" as a number. */
static Expr *text_as_dynamic(Binder *b, Expr *e) {
    if (e->kind == EXPR_LITERAL) {
        Buf json = {0};
        json_put_string(&json, e->u.literal.u.s);
        Value v = value_text(TYPE_DYNAMIC, arena_str(b->arena, buf_str(&json)));
        buf_free(&json);
        return expr_of_value(b, v, e->span);
    }
    const FnDef *pack = catalog_scalar(STR("pack_array")), *element = catalog_operator(STR("[]"));
    if (!pack || !element) return expr_error(b, e->span);
    Expr *args[2] = {expr_call_typed(b, pack, &e, 1, TYPE_DYNAMIC, e->span),
                     expr_of_value(b, value_long(0), e->span)};
    return expr_call_typed(b, element, args, 2, TYPE_DYNAMIC, e->span);
}

/* A literal that is converted stays a literal. */
Expr *expr_convert(Binder *b, Expr *e, Type to) {
    if (expr_is_error(e) || e->type == to || to == TYPE_ERROR) return e;
    if (e->type == TYPE_STRING && to == TYPE_DYNAMIC) return text_as_dynamic(b, e);
    if (e->kind == EXPR_LITERAL)
        return expr_of_value(b, value_convert(b->arena, &e->u.literal, to), e->span);
    const FnDef *fn = catalog_scalar(str_of(converter(to)));
    return fn ? expr_call_typed(b, fn, &e, 1, to, e->span) : expr_error(b, e->span);
}

bool expr_holds_window(const Expr *e) {
    if (e->kind == EXPR_CALL && e->u.fn->kind == FN_WINDOW) return true;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (expr_holds_window(e->args[i])) return true;
    return false;
}

/* ------------------------------------------------------------------ nodes */

static bool keeps_order(PlanKind kind) {
    return kind == PLAN_FILTER || kind == PLAN_PROJECT || kind == PLAN_WINDOW ||
           kind == PLAN_TAKE || kind == PLAN_MV_EXPAND || kind == PLAN_SHARED;
}

Plan *plan_node(Binder *b, PlanKind kind, Span span, Plan *input, Plan *second) {
    Plan *p = ARENA_NEW(b->arena, Plan);
    p->kind = kind;
    p->span = span;
    p->n_inputs = second ? 2 : input ? 1 : 0;
    p->inputs = ARENA_ARRAY(b->arena, Plan *, 2);
    p->inputs[0] = input;
    p->inputs[1] = second;
    if (input) {
        bind_spend_columns(b, input->schema.n, span);
        p->schema = input->schema;
        p->is_open = input->is_open || (second && second->is_open);
        p->is_serialized = keeps_order(kind) && input->is_serialized;
    }
    if (kind == PLAN_SORT || kind == PLAN_SERIALIZE || kind == PLAN_RANGE) p->is_serialized = true;
    return p;
}

/* Window functions stand in WINDOW nodes alone: the condition becomes a column for a moment. */
static Plan *filter_on_window(Binder *b, Plan *input, Expr *predicate, Span span) {
    Projection all = projection_of(b, input);
    uint32_t at = projection_add(&all, STR("$condition"), predicate);
    Plan *windowed = projection_finish(&all, input, true, span);
    if (!windowed) return NULL;
    Plan *filter = plan_node(b, PLAN_FILTER, span, windowed, NULL);
    filter->u.filter.predicate = expr_column(b, &windowed->schema.items[at], span);
    Projection back = projection_of(b, filter);
    projection_remove(&back, at);
    return projection_finish(&back, filter, true, span);
}

Plan *plan_where(Binder *b, Plan *input, Expr *predicate, Span span) {
    if (!input || expr_is_error(predicate)) return input;
    if (expr_holds_window(predicate)) return filter_on_window(b, input, predicate, span);
    Plan *p = plan_node(b, PLAN_FILTER, span, input, NULL);
    p->u.filter.predicate = predicate;
    return p;
}

Plan *plan_aggregate_all(Binder *b, Plan *input, const char *fn, Expr *arg, Type type, Str name,
                         Span span) {
    Plan *p = plan_node(b, PLAN_AGGREGATE, span, input, NULL);
    Aggregate *a = ARENA_NEW(b->arena, Aggregate);
    Column *column = ARENA_NEW(b->arena, Column);
    *column = (Column){.id = bind_fresh_column(b), .type = type, .name = name};
    *a = (Aggregate){.fn = catalog_aggregate(str_of(fn)),
                     .args = ARENA_ARRAY(b->arena, Expr *, 1),
                     .n_args = arg ? 1 : 0,
                     .columns = column,
                     .n_columns = 1,
                     .span = span};
    a->args[0] = arg;
    p->schema = (Schema){.items = column, .n = 1};
    p->u.aggregate.aggs = a;
    p->u.aggregate.n_aggs = 1;
    p->is_open = false;
    return p;
}

Plan *plan_empty(Binder *b, Schema schema, Span span) {
    Plan *p = plan_node(b, PLAN_VALUES, span, NULL, NULL);
    p->schema = schema;
    return p;
}

/* ------------------------------------------------------------- projection */

Projection projection_new(Binder *b) {
    Projection p = {.b = b};
    return p;
}

Projection projection_of(Binder *b, const Plan *input) {
    Projection p = projection_new(b);
    size_t n = input->schema.n;
    p.columns = ARENA_ARRAY(b->arena, Column, n + 8);
    p.exprs = ARENA_ARRAY(b->arena, Expr *, n + 8);
    p.cap = p.cap_exprs = n + 8;
    for (size_t i = 0; i < n; i++) {
        p.columns[i] = input->schema.items[i];
        p.exprs[i] = expr_column(b, &input->schema.items[i], input->span);
    }
    p.n = n;
    return p;
}

int projection_find(const Projection *p, Str name) {
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->columns[i].name, name)) return (int)i;
    return -1;
}

bool projection_has(const Projection *p, Str name) { return projection_find(p, name) >= 0; }

static Str first_free_name(const Projection *p, Str stem, uint32_t from) {
    for (uint32_t i = from;; i++) {
        Str name = arena_printf(p->b->arena, "%.*s%u", STR_ARG(stem), i);
        if (!projection_has(p, name)) return name;
    }
}

Str projection_unique_name(const Projection *p, Str name) {
    if (name.len == 0) return first_free_name(p, STR("Column"), 1);
    return projection_has(p, name) ? first_free_name(p, name, 1) : name;
}

static bool has_id(const Projection *p, ColumnId id) {
    for (size_t i = 0; i < p->n; i++)
        if (p->columns[i].id == id) return true;
    return false;
}

/* A plain column keeps its id; a second copy of it is a column of its own. */
static Column column_of(Projection *p, Str name, const Expr *e) {
    bool passes = e->kind == EXPR_COLUMN && !has_id(p, e->u.column);
    return (Column){
        .id = passes ? e->u.column : bind_fresh_column(p->b), .type = e->type, .name = name};
}

void projection_insert(Projection *p, uint32_t at, Str name, Expr *e) {
    if (p->n >= BIND_MAX_COLUMNS) {
        if (!p->b->is_over_limit)
            bind_error_at(p->b, e->span, "QY901", "More than %u columns.", BIND_MAX_COLUMNS);
        p->b->is_over_limit = true;
        return;
    }
    Column c = column_of(p, projection_unique_name(p, name), e);
    size_t n = p->n;
    ARENA_PUSH(p->b->arena, p->columns, p->n, p->cap, c);
    ARENA_PUSH(p->b->arena, p->exprs, n, p->cap_exprs, e);
    for (size_t i = p->n - 1; i > at; i--) {
        p->columns[i] = p->columns[i - 1];
        p->exprs[i] = p->exprs[i - 1];
    }
    p->columns[at] = c;
    p->exprs[at] = e;
}

uint32_t projection_add(Projection *p, Str name, Expr *e) {
    projection_insert(p, (uint32_t)p->n, name, e);
    return (uint32_t)p->n - 1;
}

uint32_t projection_set(Projection *p, Str name, Expr *e) {
    int at = name.len ? projection_find(p, name) : -1;
    if (at < 0) return projection_add(p, name, e);
    p->columns[at].id = 0; /* its own id is free for e = the column itself */
    p->columns[at] = column_of(p, name, e);
    p->exprs[at] = e;
    return (uint32_t)at;
}

/* A column, or a column that a conversion to its own type leaves as it is. */
static bool is_column(const Node *item, const Expr *e) {
    const Node *bare = node_bare(item);
    if (e->kind == EXPR_CALL && bare->kind == NODE_CALL && e->n_args == 1 &&
        e->u.fn->naming == NAME_ARG0 && str_starts_with(str_of(e->u.fn->name), STR("to")) &&
        e->args[0]->type == e->type)
        return e->args[0]->kind == EXPR_COLUMN;
    return bare->kind == NODE_NAME && e->kind == EXPR_COLUMN;
}

static bool declare(Projection *p, const Node *item, Str name) {
    if (p->b->is_over_limit) return false;
    for (size_t i = 0; i < p->n_declared; i++) {
        if (!str_eq(p->declared[i], name)) continue;
        bind_error(p->b, item, "KS171", "A column with the name '%.*s' is already declared.",
                   STR_ARG(name));
        return false;
    }
    ARENA_PUSH(p->b->arena, p->declared, p->n_declared, p->cap_declared, name);
    return true;
}

void projection_add_item(Projection *p, const Node *item, Str name, Expr *e, bool extends) {
    bool is_named = item->kind == NODE_NAMED || item->kind == NODE_NAMED_LIST;
    const Node *value = item->kind == NODE_NAMED        ? item->kids[1]
                        : item->kind == NODE_NAMED_LIST ? item->kids[0]
                                                        : item;
    bool is_reference = is_column(value, e);
    if ((is_named || is_reference) && !declare(p, item, name)) return;
    if (is_reference && !is_named && extends) return; /* it is there already */
    if (extends || (is_named && is_reference)) projection_set(p, name, e);
    else projection_add(p, name, e);
}

void projection_remove(Projection *p, uint32_t at) {
    for (size_t i = at; i + 1 < p->n; i++) {
        p->columns[i] = p->columns[i + 1];
        p->exprs[i] = p->exprs[i + 1];
    }
    p->n--;
}

Plan *projection_finish(Projection *p, Plan *input, bool keeps_open, Span span) {
    bool has_window = false;
    Span window = span;
    for (size_t i = 0; i < p->n && !has_window; i++) {
        if (p->columns[i].type == TYPE_ERROR || !expr_holds_window(p->exprs[i])) continue;
        has_window = true;
        window = p->exprs[i]->span;
    }
    if (has_window && input && !input->is_serialized) {
        Diag *d = bind_error_at(p->b, window, "QY310",
                                "A function over neighbouring rows needs rows in a defined order.");
        d->hint = STR("put `sort by` or `serialize` before it");
        return NULL;
    }
    Plan *plan = plan_node(p->b, has_window ? PLAN_WINDOW : PLAN_PROJECT, span, input, NULL);
    plan->schema = (Schema){.items = p->columns, .n = (uint32_t)p->n};
    plan->u.project.exprs = p->exprs;
    plan->is_open = keeps_open && plan->is_open;
    return plan;
}
