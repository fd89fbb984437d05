/*
 * bind_call.c: calls of scalar functions, by their catalog rows.
 *
 * Arguments are matched to parameters, converted where the language converts by itself, and the
 * result type follows the row's rule.
 */
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
    uint32_t most = !s.group ? s.before : fn->most ? fn->most : CALL_MAX_ARGUMENTS;
    bool fits = n >= s.least && n <= most;
    if (fits && s.group > 1 && n >= s.before + s.after)
        fits = (n - s.before - s.after) % s.group == 0;
    if (fits) return true;
    Span span = call->name_span.len ? call->name_span : call->span;
    Diag *d;
    if (s.group && !fn->most && n <= most)
        d = bind_error_at(b, span, "KS119", "The function '%.*s' cannot take %u arguments.",
                          STR_ARG(call->text), n);
    else if (s.least == most)
        d = bind_error_at(b, span, "KS119", "The function '%.*s' expects %u argument%s.",
                          STR_ARG(call->text), s.least, s.least == 1 ? "" : "s");
    else
        d = bind_error_at(b, span, "KS120",
                          "The function '%.*s' expects between %u and %u arguments.",
                          STR_ARG(call->text), s.least, most);
    d->hint = catalog_signature(b->arena, fn);
    return false;
}

static Expr *to_type_in(Binder *b, Expr *e, TypeSet types) {
    e = expr_fit_untyped(b, e, types);
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

static Str hint_of_argument(Binder *b, const FnDef *fn, const Param *p, Type given) {
    if (p->types == TYPE_BIT(TYPE_TIMESPAN) && given == TYPE_STRING)
        return STR("a timespan is written without quotation marks: 1d, 12h, 30m");
    if (p->flags & PARAM_PREDICATE && given == TYPE_DYNAMIC)
        return STR("tobool(...) makes a condition of a dynamic value");
    return catalog_signature(b->arena, fn);
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
    else fitted = expr_is_list(e) && !(p->types & TS_DYNAMIC) ? NULL : to_type_in(b, e, p->types);
    if (!fitted) {
        bind_error_at(b, e->span, "KS107", "The argument '%s' of %s cannot be of type %s.", p->name,
                      fn->name, type_name(e->type))
            ->hint = hint_of_argument(b, fn, p, e->type);
        return NULL;
    }
    return p->flags & PARAM_CONSTANT ? fit_constant(b, fitted) : fitted;
}

/* Of coalesce, max_of and min_of, a dynamic value goes with dynamic values alone. */
static bool mixes_dynamic(Binder *b, const FnDef *fn, Expr *const *args, uint32_t n) {
    const Expr *odd = NULL;
    bool has_dynamic = false;
    for (uint32_t i = 0; i < n; i++) {
        if (bind_param_of(fn, i, n)->flags & PARAM_KEEP) return false;
        bool is_open = args[i]->kind == EXPR_LITERAL && args[i]->u.literal.is_null;
        if (args[i]->type == TYPE_DYNAMIC) has_dynamic |= !is_open;
        else if (!odd && !is_open) odd = args[i];
    }
    if (!odd || !has_dynamic) return false;
    bind_error_at(b, odd->span, "KS141",
                  "The arguments of %s are of one type: here some are dynamic and this is %s.",
                  fn->name, type_name(odd->type))
        ->hint = STR("tostring(...), tolong(...) and so on make a value of a dynamic one");
    return true;
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
    if (!is_fine || fn->result != RESULT_WIDEST) return is_fine;
    return !mixes_dynamic(b, fn, args, n) && widen(b, fn, args, n);
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
    case RESULT_BIN: {
        Type type = n > 0 ? args[0] : TYPE_ERROR;
        for (uint32_t i = 1; i < n; i++)
            if ((TYPE_BIT(type) & TS_NUMBER) && (TYPE_BIT(args[i]) & TS_NUMBER))
                type = catalog_arith_type(STR("+"), type, args[i]);
        return type;
    }
    case RESULT_CUSTOM: return fn->result_fn(fn, args, n);
    }
    return TYPE_ERROR;
}

static bool is_null(const Expr *e) { return e->kind == EXPR_LITERAL && e->u.literal.is_null; }

/* "bin()", parameters: a number is rounded by a number, a time and a timespan by a timespan. */
static bool bins_alike(const Expr *value, const Expr *size) {
    if (is_null(value) || is_null(size) || value->type == size->type) return true;
    bool are_numbers = (TYPE_BIT(value->type) & TS_NUMBER) && (TYPE_BIT(size->type) & TS_NUMBER);
    return are_numbers || (value->type == TYPE_DATETIME && size->type == TYPE_TIMESPAN);
}

/* "bin_at()", parameters: the fixed point is of the value's type. */
static bool is_point_of(const Expr *value, const Expr *point) {
    if (is_null(value) || is_null(point) || value->type == point->type) return true;
    return (TYPE_BIT(value->type) & TS_NUMBER) && (TYPE_BIT(point->type) & TS_NUMBER);
}

static bool check_bins(Binder *b, const FnDef *fn, Expr *const *args, uint32_t n, Span span) {
    if (fn->result != RESULT_BIN || n < 2) return true;
    if (!bins_alike(args[0], args[1])) {
        bind_error_at(b, span, "KS127",
                      "The function '%s' is not compatible with arguments (%s, %s).", fn->name,
                      type_name(args[0]->type), type_name(args[1]->type))
            ->hint =
            STR("times are rounded by a timespan, numbers by a number: bin(TimeGenerated, 1h)");
        return false;
    }
    if (n < 3 || is_point_of(args[0], args[2])) return true;
    bind_error_at(b, args[2]->span, "KS127", "The fixed point of %s must be of type %s, not %s.",
                  fn->name, type_name(args[0]->type), type_name(args[2]->type));
    return false;
}

static Expr *call_row(Binder *b, const FnDef *fn, Expr **args, uint32_t n, Span span) {
    if (!check_bins(b, fn, args, n, span)) return expr_error(b, span);
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

/* ------------------------------------------------------------------ calls */

/* percentiles_array_tdigest(t, p, typeof(T)) is percentile_tdigest, see row_of_percentiles. */
static bool takes_type(const FnDef *fn, uint32_t at, uint32_t n) {
    const Param *p = bind_param_of(fn, at, n);
    return (p && p->flags & PARAM_TYPE) || strcmp(fn->name, "percentiles_array_tdigest") == 0;
}

/* typeof(T) as an argument is the null of that type. */
static Expr *bind_argument(Binder *b, const FnDef *fn, const Node *call, uint32_t at) {
    const Node *arg = call->kids[at];
    bool is_type = arg->kind == NODE_TYPEOF && arg->n == 1 && arg->kids[0]->kind == NODE_TYPE;
    const Param *p = bind_param_of(fn, at, call->n);
    if (p && p->flags & PARAM_TYPE && !is_type) {
        bind_error(b, arg, "KS107", "A type expected, such as typeof(long).");
        return expr_error(b, arg->span);
    }
    if (is_type && takes_type(fn, at, call->n)) {
        Type type = bind_type(b, arg->kids[0]);
        if (type == TYPE_ERROR) return expr_error(b, arg->span);
        return expr_of_value(b, value_null(type), arg->span);
    }
    if (arg->kind == NODE_NAMED_ARG && arg->n) arg = arg->kids[0];
    return bind_expr(b, arg);
}

static Expr *unknown_function(Binder *b, const Node *call) {
    Span span = call->name_span.len ? call->name_span : call->span;
    if (bind_is_recursion(b, call)) return expr_error(b, call->span);
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
    Str near = bind_nearest_function(b, call->text);
    d->hint = bind_hint_of_foreign(call->text);
    if (near.len && !d->hint.len)
        d->hint = arena_printf(b->arena, "did you mean '%.*s'?", STR_ARG(near));
    return expr_error(b, call->span);
}

/* `*` as an argument: all columns, one after the other. */
static bool is_star(const FnDef *fn, const Node *call, uint32_t at) {
    const Param *p = bind_param_of(fn, at, call->n);
    return call->kids[at]->kind == NODE_STAR && p && (p->flags & PARAM_STAR);
}

static uint32_t bind_call_arguments(Binder *b, const FnDef *fn, const Node *call, Expr ***ret) {
    const Schema none = {0}, *s = b->row.schema ? b->row.schema : &none;
    size_t most = 0;
    for (uint32_t i = 0; i < call->n; i++) most += is_star(fn, call, i) ? s->n : 1;
    Expr **args = ARENA_ARRAY(b->arena, Expr *, most);
    uint32_t n = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        const Node *arg = call->kids[i];
        if (!is_star(fn, call, i)) args[n++] = bind_argument(b, fn, call, i);
        else
            for (uint32_t k = 0; k < s->n; k++) args[n++] = expr_column(b, &s->items[k], arg->span);
    }
    *ret = args;
    return n;
}

/* One percentile with a type is a column of that type, not an array. */
static const FnDef *row_of_percentiles(const FnDef *fn, const Node *call, Expr *const *args) {
    bool is_one = strcmp(fn->name, "percentiles_array_tdigest") == 0 && call->n == 3 &&
                  call->kids[2]->kind == NODE_TYPEOF && args[1]->type != TYPE_DYNAMIC;
    return is_one ? catalog_scalar(STR("percentile_tdigest")) : fn;
}

Expr *bind_call_of_row(Binder *b, const FnDef *fn, const Node *call) {
    Expr **args;
    if (!bind_check_arity(b, fn, call, call->n)) return expr_error(b, call->span);
    uint32_t n = bind_call_arguments(b, fn, call, &args);
    fn = row_of_percentiles(fn, call, args);
    if (!bind_fit_arguments(b, fn, call, args, n, NULL)) return expr_error(b, call->span);
    if (fn->support == NEEDS_SERVICE)
        return bind_unsupported_expr(b, call, "%s(), which needs the cloud service,", fn->name);
    if (fn->support == NOT_YET)
        return bind_unsupported_expr(b, call, "The function %s()", fn->name);
    return call_row(b, fn, args, n, call->span);
}

Expr *bind_call(Binder *b, const Node *call) {
    Local *local = local_find(b, call->text);
    if (local && local->kind == LOCAL_PATTERN &&
        !pattern_find_rule(b, local, call, true, &local, &call))
        return expr_error(b, call->span);
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
    Expr *special = bind_special_call(b, call);
    if (special) return special;
    fn = catalog_scalar(call->text);
    if (!fn) return unknown_function(b, call);
    return fn->members ? bind_member_at(b, call, 0) : bind_call_of_row(b, fn, call);
}
