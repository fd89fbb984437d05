/*
 * bind_aggregate.c: calls of aggregates inside the expressions of summarize and its kin.
 *
 * Each call goes to the list of aggregates with columns of its own, and a reference to the first of
 * them stands in its place: `sum(x) / count()` is a projection over two aggregates.
 */
#include "semantics/bind_scope.h"

bool bind_is_aggregate_call(Binder *b, const Node *n) {
    n = node_bare(n);
    return n->kind == NODE_CALL && !local_find(b, n->text) && catalog_aggregate(n->text);
}

Expr *bind_aggregate_expr(Binder *b, const Node *n, AggregateList *list) {
    AggregateList *former = b->aggregates;
    b->aggregates = list;
    Expr *e = bind_expr(b, n);
    b->aggregates = former;
    return e;
}

/* How an argument names the column that is made of it. */
typedef struct ArgName {
    Str name;    /* given (arg_max(x, y = z)), or the expression's own; empty: it has none */
    uint32_t at; /* its place in the call */
} ArgName;

typedef struct Arguments {
    Expr **items;
    ArgName *names;
    size_t n, cap, n_names, cap_names;
} Arguments;

static void put(Binder *b, Arguments *args, Expr *e, Str name, uint32_t at) {
    ArgName of = {name, at};
    ARENA_PUSH(b->arena, args->items, args->n, args->cap, e);
    ARENA_PUSH(b->arena, args->names, args->n_names, args->cap_names, of);
}

static bool is_skipped(const Binder *b, const Arguments *args, ColumnId id) {
    for (uint32_t i = 0; i < b->n_star_skips; i++)
        if (b->star_skips[i] == id) return true;
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i]->kind == EXPR_COLUMN && args->items[i]->u.column == id) return true;
    return false;
}

/* `*`: every column that is neither a key of the grouping nor an argument already. */
static void put_star(Binder *b, Arguments *args, const Node *star, uint32_t at) {
    const Schema *s = b->row.schema;
    for (uint32_t i = 0; s && i < s->n; i++)
        if (!is_skipped(b, args, s->items[i].id))
            put(b, args, expr_column(b, &s->items[i], star->span), s->items[i].name, at);
}

static bool takes_star(const FnDef *fn, uint32_t at, uint32_t n) {
    const Param *p = bind_param_of(fn, at, n);
    return p && (p->flags & PARAM_STAR);
}

static void bind_arguments(Binder *b, const FnDef *fn, const Node *call, Arguments *args) {
    AggregateList *former = b->aggregates;
    b->aggregates = NULL;
    for (uint32_t i = 0; i < call->n; i++) {
        const Node *arg = call->kids[i];
        Str given = STR_EMPTY;
        if (arg->kind == NODE_NAMED_ARG && arg->n) {
            given = arg->text;
            arg = arg->kids[0];
        }
        if (arg->kind == NODE_STAR && takes_star(fn, i, call->n)) put_star(b, args, arg, i);
        else put(b, args, bind_expr(b, arg), given.len ? given : bind_name_of(b, arg), i);
    }
    b->aggregates = former;
}

/* ---------------------------------------------------------------- columns */

static void add_column(Binder *b, Aggregate *a, Str name, Type type) {
    a->columns[a->n_columns++] = (Column){.id = bind_fresh_column(b), .type = type, .name = name};
}

/* A column of arg_max: its own name; without one max_x_arg2. argmax named them max_x, max_x_y. */
static Str picked_name(Binder *b, const FnDef *fn, const Arguments *args, size_t i, Str first) {
    const ArgName *own = &args->names[i];
    bool is_old = fn->naming == NAME_PREFIX_ARG;
    if (i == 0) return !is_old && own->name.len ? own->name : first;
    if (is_old && own->name.len)
        return arena_printf(b->arena, "%.*s_%.*s", STR_ARG(first), STR_ARG(own->name));
    if (is_old) return arena_printf(b->arena, "%.*s_arg%u", STR_ARG(first), own->at);
    if (own->name.len) return own->name;
    return arena_printf(b->arena, "%s_%.*s_arg%u", fn->prefix, STR_ARG(args->names[0].name),
                        own->at);
}

/* A column of take_any: its own name; without one any_arg0. any() put its prefix before all. */
static Str taken_name(Binder *b, const FnDef *fn, const Arguments *args, size_t i) {
    const ArgName *own = &args->names[i];
    bool is_old = fn->naming == NAME_PREFIX_ARG;
    if (own->name.len == 0 && !fn->filter_arg && (!is_old || args->n > 1))
        return arena_printf(b->arena, "any_arg%u", own->at);
    if (!is_old) return own->name;
    return arena_printf(b->arena, "%s_%.*s", fn->name, STR_ARG(own->name));
}

static void name_percentiles(Binder *b, Aggregate *a, const Arguments *args, Str stem, Type type) {
    for (size_t i = 0; i < args->n; i++) {
        const Param *p = bind_param_of(a->fn, (uint32_t)i, (uint32_t)args->n);
        if (!p || !(p->flags & PARAM_CONSTANT)) continue;
        Str percent = value_to_text(b->arena, &a->args[i]->u.literal);
        char *name = arena_cstr(b->arena, percent);
        for (char *c = name; *c; c++)
            if (*c == '.') *c = '_';
        add_column(b, a, arena_printf(b->arena, "%.*s_%s", STR_ARG(stem), name), type);
    }
}

static void make_columns(Binder *b, Aggregate *a, const Arguments *args, const Node *call,
                         Type type) {
    a->columns = ARENA_ARRAY(b->arena, Column, args->n + 1);
    Str name = bind_name_of_call(b, a->fn, call);
    switch (a->fn->shape) {
    case AGG_PLAIN:
    case AGG_PERCENTILE_ARRAY: add_column(b, a, name, type); return;
    case AGG_PERCENTILES: name_percentiles(b, a, args, name, type); return;
    case AGG_ARG_MAX:
    case AGG_ARG_MIN:
        for (size_t i = 0; i < args->n; i++)
            add_column(b, a, picked_name(b, a->fn, args, i, name), a->args[i]->type);
        return;
    case AGG_TAKE_ANY:
        for (size_t i = 0; i < args->n; i++) {
            if (a->fn->filter_arg == i + 1) continue;
            add_column(b, a, taken_name(b, a->fn, args, i), a->args[i]->type);
        }
        return;
    }
}

/* ------------------------------------------------------------------ calls */

/* What scalar functions would convert by themselves: dynamic to text, a number to a wider one. */
static bool is_left_out(const Expr *e, const Param *p) {
    if (TYPE_BIT(e->type) & p->types) return false;
    if (e->type == TYPE_DYNAMIC) return (p->types & TS_STRING) != 0;
    return (TYPE_BIT(e->type) & TS_NUMBER) && (p->types & TS_NUMBER);
}

/* An accuracy is one of five classes ("Estimation accuracy" on the page of dcount). */
static bool is_accuracy(const Expr *e, const Param *p) {
    enum { MAX_ACCURACY = 4 };
    if (strcmp(p->name, "accuracy") != 0 || e->kind != EXPR_LITERAL) return true;
    if (e->u.literal.is_null || !(TYPE_BIT(e->type) & TS_INTEGER)) return true;
    int64_t class = e->type == TYPE_INT ? e->u.literal.u.i : e->u.literal.u.l;
    return class >= 0 && class <= MAX_ACCURACY;
}

/* What the signature does not say. */
static bool check_arguments(Binder *b, const FnDef *fn, const Arguments *args) {
    for (uint32_t i = 0; i < args->n; i++) {
        const Param *p = bind_param_of(fn, i, (uint32_t)args->n);
        if (!p || expr_is_error(args->items[i])) continue;
        args->items[i] = expr_fit_untyped(b, args->items[i], p->types);
        const Expr *e = args->items[i];
        if (is_left_out(e, p)) {
            bind_error_at(b, e->span, "KS116",
                          "The value of type '%s' is not allowed in this context.",
                          type_name(e->type))
                ->hint = e->type == TYPE_DYNAMIC ? STR("convert it: tolong(...), tostring(...)")
                                                 : catalog_signature(b->arena, fn);
            return false;
        }
        if (is_accuracy(e, p)) continue;
        bind_error_at(b, e->span, "QY311", "The accuracy of %s is a class from 0 to 4.", fn->name);
        return false;
    }
    return true;
}

/* count(x) of a column that is no condition counts rows as count() does ("Default values of
 * aggregations" on the page of summarize). */
static void drop_counted(const FnDef *fn, Arguments *args) {
    bool counts = strcmp(fn->name, "count") == 0 && args->n == 1;
    if (counts && !expr_is_error(args->items[0]) && args->items[0]->type != TYPE_BOOL) args->n = 0;
}

Expr *bind_aggregate_call(Binder *b, const FnDef *fn, const Node *call) {
    if (!bind_check_arity(b, fn, call, call->n)) return expr_error(b, call->span);
    Arguments args = {0};
    bind_arguments(b, fn, call, &args);
    drop_counted(fn, &args);
    uint32_t n = (uint32_t)args.n;
    if (!check_arguments(b, fn, &args)) return expr_error(b, call->span);
    if (!bind_fit_arguments(b, fn, call, args.items, n, NULL)) return expr_error(b, call->span);
    if (fn->support != SUPPORTED)
        return bind_unsupported_expr(b, call, "The aggregate %s()", fn->name);
    Type *types = ARENA_ARRAY(b->arena, Type, n + 1);
    for (uint32_t i = 0; i < n; i++) types[i] = args.items[i]->type;
    Type type = fn->shape == AGG_TAKE_ANY && n == 0 ? TYPE_ERROR : bind_result_type(fn, types, n);
    if (type == TYPE_ERROR) {
        Diag *d = bind_error(b, call, "KS127",
                             "The function '%s' is not compatible with these arguments.", fn->name);
        d->hint = catalog_signature(b->arena, fn);
        return expr_error(b, call->span);
    }
    Aggregate a = {.fn = fn, .args = args.items, .n_args = n, .span = call->span};
    make_columns(b, &a, &args, call, type);
    ARENA_PUSH(b->arena, b->aggregates->items, b->aggregates->n, b->aggregates->cap, a);
    return expr_column(b, &a.columns[0], call->span);
}
