/*
 * bind_call.c: calls of scalar functions, by their catalog rows.
 *
 * Arguments are matched to parameters, converted where the language converts by itself, and the
 * result type follows the row's rule. Functions that look at columns are replaced here by what they
 * find.
 */
#include "base/json.h"
#include "semantics/bind_scope.h"

/* ------------------------------------------------------------- parameters */

typedef struct Shape {
    uint32_t before, group, after; /* parameters before, in and behind the repeated group */
    uint32_t least;                /* arguments needed */
} Shape;

static Shape shape_of(const FnDef *fn) {
    Shape s = {0};
    for (uint32_t i = 0; i < FN_MAX_PARAMS && fn->params[i].name; i++) {
        uint32_t flags = fn->params[i].flags;
        if (!(flags & PARAM_OPTIONAL)) s.least++;
        if (flags & PARAM_REPEAT) s.group++;
        else if (s.group) s.after++;
        else s.before++;
    }
    return s;
}

const Param *bind_param_of(const FnDef *fn, uint32_t at, uint32_t n) {
    Shape s = shape_of(fn);
    if (at < s.before) return &fn->params[at];
    if (s.group == 0) return NULL;
    if (s.after && at + s.after >= n) return &fn->params[s.before + s.group + (at + s.after - n)];
    return &fn->params[s.before + (at - s.before) % s.group];
}

bool bind_check_arity(Binder *b, const FnDef *fn, const Node *call, uint32_t n) {
    Shape s = shape_of(fn);
    bool fits = n >= s.least && (s.group || n <= s.before);
    if (fits && s.group > 1 && n >= s.before + s.after)
        fits = (n - s.before - s.after) % s.group == 0;
    if (fits) return true;
    Span span = call->name_span.len ? call->name_span : call->span;
    Diag *d;
    if (s.group)
        d = bind_error_at(b, span, "KS119", "The function '%.*s' cannot take %u arguments.",
                          STR_ARG(call->text), n);
    else if (s.least == s.before)
        d = bind_error_at(b, span, "KS119", "The function '%.*s' expects %u argument%s.",
                          STR_ARG(call->text), s.least, s.least == 1 ? "" : "s");
    else
        d = bind_error_at(b, span, "KS120",
                          "The function '%.*s' expects between %u and %u arguments.",
                          STR_ARG(call->text), s.least, s.before);
    d->hint = catalog_signature(b->arena, fn);
    return false;
}

static Expr *to_type_in(Binder *b, Expr *e, TypeSet types) {
    if (TYPE_BIT(e->type) & types) return e;
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++)
        if ((types & TYPE_BIT(t)) && catalog_converts_implicitly(e->type, (Type)t))
            return expr_convert(b, e, (Type)t);
    return NULL;
}

static Expr *fit_constant(Binder *b, Expr *e) {
    Value v;
    if (e->kind == EXPR_LITERAL) return e;
    if (expr_fold(b->arena, e, b->options->query, &v) && v.type == e->type)
        return expr_of_value(b, v, e->span);
    bind_error_at(b, e->span, "KS129", "The expression must be a constant.");
    return NULL;
}

/* One argument as its parameter wants it; NULL when reported. */
static Expr *fit_argument(Binder *b, const FnDef *fn, const Param *p, Expr *e) {
    Expr *fitted;
    if (p->flags & PARAM_COLUMN && e->kind != EXPR_COLUMN) {
        bind_error_at(b, e->span, "KS109", "Column name expected.");
        return NULL;
    }
    if (p->flags & PARAM_AS_STRING) fitted = expr_convert(b, e, TYPE_STRING);
    else if (p->flags & PARAM_AS_DYNAMIC) fitted = expr_convert(b, e, TYPE_DYNAMIC);
    else if (p->flags & PARAM_PREDICATE && e->type == TYPE_DYNAMIC)
        fitted = expr_convert(b, e, TYPE_BOOL);
    else fitted = to_type_in(b, e, p->types);
    if (!fitted) {
        Diag *d =
            bind_error_at(b, e->span, "KS107", "The argument '%s' of %s cannot be of type %s.",
                          p->name, fn->name, type_name(e->type));
        d->hint = catalog_signature(b->arena, fn);
        return NULL;
    }
    return p->flags & PARAM_CONSTANT ? fit_constant(b, fitted) : fitted;
}

/* Arguments of a function such as coalesce take one common type; iff and case fall back to dynamic. */
static bool widen(Binder *b, const FnDef *fn, Expr **args, uint32_t n) {
    Type common = TYPE_ERROR;
    bool clashes = false, chooses = false;
    for (uint32_t i = 0; i < n; i++) {
        const Param *p = bind_param_of(fn, i, n);
        if (p->flags & PARAM_KEEP) {
            chooses = true;
            continue;
        }
        if (clashes) continue;
        Type t = common == TYPE_ERROR ? args[i]->type : catalog_common_type(common, args[i]->type);
        clashes = t == TYPE_ERROR;
        common = t;
    }
    if (clashes && !chooses) {
        bind_error_at(b, args[0]->span, "KS232",
                      "No common type can be determined from the arguments of %s.", fn->name);
        return false;
    }
    if (clashes) common = TYPE_DYNAMIC;
    for (uint32_t i = 0; i < n; i++)
        if (!(bind_param_of(fn, i, n)->flags & PARAM_KEEP))
            args[i] = expr_convert(b, args[i], common);
    return true;
}

bool bind_fit_arguments(Binder *b, const FnDef *fn, const Node *call, Expr **args, uint32_t n,
                        const Node *const *nodes) {
    (void)call;
    (void)nodes;
    for (uint32_t i = 0; i < n; i++)
        if (expr_is_error(args[i])) return false;
    bool is_fine = true;
    for (uint32_t i = 0; i < n; i++) {
        const Param *p = bind_param_of(fn, i, n);
        Expr *fitted = p ? fit_argument(b, fn, p, args[i]) : args[i];
        if (fitted) args[i] = fitted;
        else is_fine = false;
    }
    return is_fine && (fn->result != RESULT_WIDEST || widen(b, fn, args, n));
}

Type bind_result_type(const FnDef *fn, const Type *args, uint32_t n) {
    switch (fn->result) {
    case RESULT_FIXED: return fn->type;
    case RESULT_ARG0: return n > 0 ? args[0] : TYPE_ERROR;
    case RESULT_ARG1: return n > 1 ? args[1] : TYPE_ERROR;
    case RESULT_WIDEST:
        for (uint32_t i = 0; i < n; i++)
            if (!(bind_param_of(fn, i, n)->flags & PARAM_KEEP)) return args[i];
        return TYPE_ERROR;
    case RESULT_ARITH:
        return n > 1 ? catalog_arith_type(str_of(fn->name), args[0], args[1]) : TYPE_ERROR;
    case RESULT_BIN:
        if (n > 1 && (TYPE_BIT(args[0]) & TS_NUMBER) && (TYPE_BIT(args[1]) & TS_NUMBER))
            return catalog_arith_type(STR("+"), args[0], args[1]);
        return n > 0 ? args[0] : TYPE_ERROR;
    case RESULT_CUSTOM: return fn->result_fn(fn, args, n);
    }
    return TYPE_ERROR;
}

static Expr *call_row(Binder *b, const FnDef *fn, Expr **args, uint32_t n, Span span) {
    Type *types = ARENA_ARRAY(b->arena, Type, n);
    for (uint32_t i = 0; i < n; i++) types[i] = args[i]->type;
    Type type = bind_result_type(fn, types, n);
    if (type == TYPE_ERROR) {
        Diag *d =
            bind_error_at(b, span, "KS127",
                          "The function '%s' is not compatible with these arguments.", fn->name);
        d->hint = catalog_signature(b->arena, fn);
        return expr_error(b, span);
    }
    return expr_call_typed(b, fn, args, n, type, span);
}

Expr *expr_function(Binder *b, const char *name, Expr **args, uint32_t n, Span span) {
    const FnDef *fn = catalog_scalar(str_of(name));
    if (!fn || fn->support != SUPPORTED) {
        b->has_unsupported = true;
        bind_error_at(b, span, "QY900", "The function %s is not yet supported.", name);
        return expr_error(b, span);
    }
    if (!bind_fit_arguments(b, fn, NULL, args, n, NULL)) return expr_error(b, span);
    return call_row(b, fn, args, n, span);
}

/* ------------------------------------------- functions that look at columns */

static Expr *bind_column_if_exists(Binder *b, const Node *call) {
    Str name;
    if (call->n != 2) {
        bind_error(b, call, "KS119", "The function '%.*s' expects 2 arguments.",
                   STR_ARG(call->text));
        return expr_error(b, call->span);
    }
    if (!bind_constant_string(b, call->kids[0], &name)) return expr_error(b, call->span);
    const Column *c = bind_column_in(b->row.schema, name);
    Expr *otherwise = bind_expr(b, call->kids[1]);
    return c ? expr_column(b, c, call->span) : otherwise;
}

static Expr *pack_columns(Binder *b, const char *function, const Column *columns, uint32_t n,
                          Span span) {
    Expr **args = ARENA_ARRAY(b->arena, Expr *, 2 * (size_t)n);
    uint32_t n_args = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (columns[i].type == TYPE_ERROR) continue;
        args[n_args++] = expr_of_value(b, value_str(columns[i].name), span);
        args[n_args++] = expr_column(b, &columns[i], span);
    }
    return expr_function(b, function, args, n_args, span);
}

static Expr *bind_pack_all(Binder *b, const Node *call) {
    Value skips = value_bool(false);
    if (call->n && !bind_constant(b, call->kids[0], &skips)) return expr_error(b, call->span);
    bool is_filled = skips.type == TYPE_BOOL && !skips.is_null && skips.u.b;
    const Schema none = {0}, *s = b->row.schema ? b->row.schema : &none;
    return pack_columns(b, is_filled ? "__bag_pack_filled" : "bag_pack", s->items, s->n,
                        call->span);
}

static Expr *bind_pack_columns(Binder *b, const Node *call) {
    Column *columns = ARENA_ARRAY(b->arena, Column, call->n);
    for (uint32_t i = 0; i < call->n; i++) {
        const Column *c = bind_column_name(b, call->kids[i]);
        if (!c) return expr_error(b, call->span);
        columns[i] = *c;
    }
    return pack_columns(b, "bag_pack", columns, call->n, call->span);
}

/* The table is bound for its columns alone. */
static Expr *bind_column_names(Binder *b, const Node *call) {
    if (call->n != 1) {
        bind_error(b, call, "KS119", "The function '%.*s' expects 1 argument.",
                   STR_ARG(call->text));
        return expr_error(b, call->span);
    }
    const Plan *table = bind_tabular(b, call->kids[0]);
    if (!table) return expr_error(b, call->span);
    Buf json = {0};
    buf_putc(&json, '[');
    for (uint32_t i = 0; i < table->schema.n; i++) {
        if (i) buf_putc(&json, ',');
        json_put_string(&json, table->schema.items[i].name);
    }
    buf_putc(&json, ']');
    Value v = value_text(TYPE_DYNAMIC, arena_str(b->arena, buf_str(&json)));
    buf_free(&json);
    return expr_of_value(b, v, call->span);
}

/* Exports do not say when a row came in; its own time is the nearest to it, and never earlier than
 * what a rule that looks back from now() wants to see. */
static Expr *bind_ingestion_time(Binder *b, const Node *call) {
    static const char *const times[] = {"TimeGenerated", "Timestamp"};
    const Column *c = NULL;
    if (call->n) {
        bind_error(b, call, "KS119", "The function 'ingestion_time' expects 0 arguments.");
        return expr_error(b, call->span);
    }
    for (size_t i = 0; i < COUNT_OF(times) && !c; i++)
        c = bind_column_in(b->row.schema, str_of(times[i]));
    bool is_time = c && c->type == TYPE_DATETIME;
    Str source = is_time ? c->name : STR("null");
    if (!b->options->binds_only)
        bind_warning(b, call->span, "QY331",
                     "Exports hold no ingestion time: %.*s is taken for it.", STR_ARG(source));
    return is_time ? expr_column(b, c, call->span)
                   : expr_of_value(b, value_null(TYPE_DATETIME), call->span);
}

typedef struct Special {
    const char *name;
    Expr *(*bind)(Binder *b, const Node *call);
} Special;

static const Special specials[] = {
    {"column_ifexists", bind_column_if_exists},
    {"columnifexists", bind_column_if_exists},
    {"column_names_of", bind_column_names},
    {"ingestion_time", bind_ingestion_time},
    {"pack_all", bind_pack_all},
    {"bag_pack_columns", bind_pack_columns},
};

/* ------------------------------------------------------------------ calls */

/* typeof(T) as an argument is the null of that type. */
static Expr *bind_argument(Binder *b, const Node *arg) {
    if (arg->kind == NODE_TYPEOF && arg->n == 1 && arg->kids[0]->kind == NODE_TYPE) {
        Type type = bind_type(b, arg->kids[0]);
        if (type == TYPE_ERROR) return expr_error(b, arg->span);
        return expr_of_value(b, value_null(type), arg->span);
    }
    if (arg->kind == NODE_NAMED_ARG && arg->n) arg = arg->kids[0];
    return bind_expr(b, arg);
}

static Expr *unknown_function(Binder *b, const Node *call) {
    Span span = call->name_span.len ? call->name_span : call->span;
    if (catalog_aggregate(call->text)) {
        Diag *d = bind_error_at(b, span, "KS144",
                                "The aggregate function '%.*s' is not allowed in this context.",
                                STR_ARG(call->text));
        d->hint = STR("aggregates stand in summarize");
        return expr_error(b, call->span);
    }
    Diag *d =
        bind_error_at(b, span, "KS211", "The name '%.*s' does not refer to any known function.",
                      STR_ARG(call->text));
    Str near = catalog_nearest(b->aggregates ? FN_AGGREGATE : FN_SCALAR, call->text);
    if (!near.len) near = catalog_nearest(FN_SCALAR, call->text);
    if (near.len) d->hint = arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near));
    return expr_error(b, call->span);
}

Expr *bind_call_of_row(Binder *b, const FnDef *fn, const Node *call) {
    if (!bind_check_arity(b, fn, call, call->n)) return expr_error(b, call->span);
    Expr **args = ARENA_ARRAY(b->arena, Expr *, call->n);
    for (uint32_t i = 0; i < call->n; i++) args[i] = bind_argument(b, call->kids[i]);
    if (!bind_fit_arguments(b, fn, call, args, call->n, NULL)) return expr_error(b, call->span);
    if (fn->support == NEEDS_SERVICE)
        return bind_unsupported_expr(b, call, "%s(), which needs the cloud service,", fn->name);
    if (fn->support == NOT_YET)
        return bind_unsupported_expr(b, call, "The function %s()", fn->name);
    return call_row(b, fn, args, call->n, call->span);
}

Expr *bind_call(Binder *b, const Node *call) {
    Local *local = local_find(b, call->text);
    if (local && local->kind == LOCAL_FUNCTION) {
        Plan *plan = NULL;
        Expr *e = NULL;
        if (!bind_function_call(b, local, call, NULL, &plan, &e)) return expr_error(b, call->span);
        if (e) return e;
        bind_error(b, call, "KS108", "Scalar value expected; put toscalar() around a table.");
        return expr_error(b, call->span);
    }
    if (local && local->kind == LOCAL_ERROR) return expr_error(b, call->span);
    const FnDef *fn = b->aggregates ? catalog_aggregate(call->text) : NULL;
    if (fn) return bind_aggregate_call(b, fn, call);
    for (size_t i = 0; i < COUNT_OF(specials); i++)
        if (str_is(call->text, specials[i].name)) return specials[i].bind(b, call);
    fn = catalog_scalar(call->text);
    if (!fn) return unknown_function(b, call);
    return fn->members ? bind_member_at(b, call, 0) : bind_call_of_row(b, fn, call);
}
