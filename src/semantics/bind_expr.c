/*
 * bind_expr.c: scalar expressions other than calls.
 *
 * One function a kind of node, in a table by kind. Types follow the catalog: an operand is converted
 * where the language converts it, and the conversion stands in the plan.
 */
#include "base/json.h"
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_search.h"

typedef Expr *(*BindExprFn)(Binder *b, const Node *n);

/* ------------------------------------------------------------------ names */

static bool is_join_side(const Node *n) {
    return n->kind == NODE_NAME && (str_is(n->text, "$left") || str_is(n->text, "$right"));
}

static Expr *named_column(Binder *b, const Column *c, Span span) {
    bind_note_use(b, c, span);
    return expr_column(b, c, span);
}

static Expr *bind_join_column(Binder *b, const Node *n) {
    const Column *left = bind_column_in(b->row.left, n->text);
    const Column *right = bind_column_in(b->row.right, n->text);
    const Column *c = left ? left : right;
    if (c) return named_column(b, c, n->span);
    return NULL;
}

static Expr *bind_local_name(Binder *b, const Node *n, Local *local) {
    local->is_used = true;
    if (local->kind == LOCAL_SCALAR) {
        if (!local->size) local->size = bind_expr_size(local->expr);
        if (!bind_spend(b, local->size, n)) return expr_error(b, n->span);
        Expr *copy = ARENA_NEW(b->arena, Expr);
        *copy = *local->expr;
        copy->span = n->span;
        return copy;
    }
    if (local->kind == LOCAL_ERROR) return expr_error(b, n->span);
    if (local->kind == LOCAL_FUNCTION) {
        const Node *call = function_call_by_name(b, local, n);
        if (call) return bind_call(b, call);
        bind_error(b, n, "KS117", "The function '%.*s' requires an argument list.",
                   STR_ARG(n->text));
    } else {
        bind_error(b, n, "KS108", "Scalar value expected; '%.*s' is a table.", STR_ARG(n->text));
    }
    return expr_error(b, n->span);
}

/* Of a column that data not at hand may have. */
static Expr *absent_value(Binder *b, Str name, Span span) {
    advise_absent_column(b, name, span);
    return expr_of_value(b, value_null(bind_absent_type(name)), span);
}

/* A summary has columns of its groups alone; which are keys only `summarize` knows. */
/* A name in a function's body is no column that its table parameter does not declare. */
static bool is_undeclared(const Binder *b, ColumnId id) {
    for (size_t i = b->first_undeclared; i < b->n_undeclared; i++)
        if (b->undeclared[i] == id) return true;
    return false;
}

static Expr *bind_name(Binder *b, const Node *n) {
    const Column *c = bind_column_in(b->row.schema, n->text);
    Local *meant = c && is_undeclared(b, c->id) ? local_find(b, n->text) : NULL;
    if (meant && meant->kind == LOCAL_SCALAR) return bind_local_name(b, n, meant);
    if (c) return named_column(b, c, n->span);
    if (b->row.left) {
        Expr *e = bind_join_column(b, n);
        if (e) return e;
    }
    Local *local = local_find(b, n->text);
    if (local) return bind_local_name(b, n, local);
    if (b->row.is_open && bind_may_be_column(b, n->text)) return absent_value(b, n->text, n->span);
    if (b->options->schemas->find(b->options->schemas->self, n->text) && !b->row.schema) {
        bind_error(b, n, "KS108", "Scalar value expected; '%.*s' is a table.", STR_ARG(n->text));
        return expr_error(b, n->span);
    }
    bind_unknown_name(b, n, n->text);
    return expr_error(b, n->span);
}

/* ----------------------------------------------------------- parts of bags */

/* A string that is looked into is read as JSON: exports and the portals' tables hold bags as text. */
static Expr *as_dynamic_object(Binder *b, const Node *n, Expr *object) {
    if (expr_is_error(object) || object->type == TYPE_DYNAMIC) return object;
    if (object->type == TYPE_STRING) {
        const FnDef *parse = catalog_scalar(STR("parse_json"));
        advise_member_of_text(b, object->span);
        if (parse) return expr_call_typed(b, parse, &object, 1, TYPE_DYNAMIC, object->span);
    }
    Diag *d = bind_error(b, n, "KS107", "A value of type dynamic expected, not %s.",
                         type_name(object->type));
    d->hint = STR("only dynamic values have members");
    return expr_error(b, n->span);
}

static Expr *member_of(Binder *b, const Node *n, Expr *object, Str name) {
    object = as_dynamic_object(b, n, object);
    if (expr_is_error(object)) return object;
    const FnDef *fn = catalog_operator(STR("."));
    if (!fn) return bind_unsupported_expr(b, n, "access to members");
    Expr *args[2] = {object, expr_of_value(b, value_str(name), n->span)};
    return expr_call_typed(b, fn, args, 2, TYPE_DYNAMIC, n->span);
}

static Expr *bind_side_member(Binder *b, const Node *n, const Node *side, Str name) {
    bool is_left = str_is(side->text, "$left");
    const Schema *s = is_left ? b->row.left : b->row.right;
    if (!s) {
        bind_unknown_name(b, side, side->text);
        return expr_error(b, n->span);
    }
    const Column *c = bind_column_in(s, name);
    if (c) return named_column(b, c, n->span);
    if (b->row.is_open && bind_may_be_column(b, name)) return absent_value(b, name, n->span);
    Row former = b->row;
    b->row = (Row){.schema = s};
    bind_unknown_name(b, n, name);
    b->row = former;
    return expr_error(b, n->span);
}

static Expr *bind_path(Binder *b, const Node *n) {
    if (is_join_side(n->kids[0])) return bind_side_member(b, n, n->kids[0], n->text);
    return member_of(b, n, bind_expr(b, n->kids[0]), n->text);
}

static bool is_position(const Node *index) {
    return index->kind == NODE_LITERAL && index->value.type == TYPE_LONG && !index->value.is_null &&
           index->value.u.l >= 0 && index->value.u.l <= UINT32_MAX;
}

static Expr *bind_index(Binder *b, const Node *n) {
    const Node *index = node_bare(n->kids[1]);
    bool is_name = index->kind == NODE_LITERAL && index->value.type == TYPE_STRING;
    if (is_join_side(n->kids[0]) && is_name)
        return bind_side_member(b, n, n->kids[0], index->value.u.s);
    if (is_position(index)) {
        Expr *member = bind_member_at(b, n->kids[0], (uint32_t)index->value.u.l);
        if (member) return member;
    }
    Expr *object = bind_expr(b, n->kids[0]);
    if (is_name) return member_of(b, n, object, index->value.u.s);
    object = as_dynamic_object(b, n, object);
    Expr *at = bind_expr(b, n->kids[1]);
    if (expr_is_error(object) || expr_is_error(at)) return expr_error(b, n->span);
    const FnDef *fn = catalog_operator(STR("[]"));
    if (!fn) return bind_unsupported_expr(b, n, "access to elements");
    if (!(TYPE_BIT(at->type) & fn->params[1].types)) {
        bind_error(b, n->kids[1], "KS107", "A position or a name expected, not %s.",
                   type_name(at->type));
        return expr_error(b, n->span);
    }
    Expr *args[2] = {object, at};
    return expr_call_typed(b, fn, args, 2, TYPE_DYNAMIC, n->span);
}

/* -------------------------------------------------------------- operators */

/* How the two can be brought together. */
static Str hint_for_types(Str symbol, Type a, Type b) {
    TypeSet both = TYPE_BIT(a) | TYPE_BIT(b);
    bool is_text = both & TS_STRING, is_number = both & TS_NUMBER;
    if (a == TYPE_STRING && b == TYPE_STRING)
        return str_is(symbol, "+") ? STR("texts are joined by strcat(a, b)")
                                   : STR("the order of two texts is told by strcmp(a, b)");
    if (both == (TYPE_BIT(TYPE_BOOL) | TS_STRING) &&
        (str_is(symbol, "or") || str_is(symbol, "and")))
        return STR(
            "each side of it is a condition: x has \"a\" or x has \"b\"; for several values, "
            "x has_any (\"a\", \"b\")");
    bool compares = !memchr("+-*/%", symbol.ptr[0], 5);
    if (both & TYPE_BIT(TYPE_DATETIME) && (is_text || (is_number && compares)))
        return STR("a time is written datetime(2026-01-31); text becomes one by todatetime(...)");
    if (both & TYPE_BIT(TYPE_TIMESPAN) && is_text)
        return STR("a timespan is written 1d or 12h; text becomes one by totimespan(...)");
    if (both & TS_TEMPORAL && is_number) return STR("a timespan is written 1d, 12h or 30m");
    if (is_text && is_number) return STR("text becomes a number by tolong(...) or toreal(...)");
    return STR_EMPTY;
}

static Expr *not_defined(Binder *b, Str symbol, const Expr *left, const Expr *right, Span span) {
    if (right)
        bind_error_at(b, span, "KS106",
                      "The operator '%.*s' is not defined for the operand types %s and %s.",
                      STR_ARG(symbol), type_name(left->type), type_name(right->type))
            ->hint = hint_for_types(symbol, left->type, right->type);
    else
        bind_error_at(b, span, "KS106",
                      "The operator '%.*s' is not defined for the operand type %s.",
                      STR_ARG(symbol), type_name(left->type));
    return expr_error(b, span);
}

/* x has dynamic(["a", "b"]) */
static Expr *not_text(Binder *b, Str symbol, const Expr *left, const Expr *right, Span span) {
    Expr *e = not_defined(b, symbol, left, right, span);
    if (b->diags->n && str_is(symbol, "has"))
        b->diags->items[b->diags->n - 1].hint =
            STR("several values are looked for by has_any (...) or has_all (...)");
    return e;
}

static bool is_comparison(Str op) {
    return str_is(op, "==") || str_is(op, "!=") || str_is(op, "<") || str_is(op, "<=") ||
           str_is(op, ">") || str_is(op, ">=");
}

static Expr *compare(Binder *b, const FnDef *fn, Expr *left, Expr *right, Span span) {
    Str op = str_of(fn->name);
    Type common = catalog_compare_type(op, left->type, right->type);
    if (common == TYPE_ERROR) {
        Expr *e = not_defined(b, op, left, right, span);
        return e;
    }
    advise_compare(b, left->type, right->type, common, span);
    if (common != TYPE_DYNAMIC) {
        left = expr_convert(b, left, common);
        right = expr_convert(b, right, common);
    }
    Expr *args[2] = {left, right};
    return expr_call_typed(b, fn, args, 2, TYPE_BOOL, span);
}

/* An operand in the types that a parameter takes: as it is, or converted. NULL when neither. */
static Expr *fit_operand(Binder *b, const Param *p, Expr *e) {
    e = expr_fit_untyped(b, e, p->types);
    if (TYPE_BIT(e->type) & p->types) return e;
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++)
        if ((p->types & TYPE_BIT(t)) && catalog_converts_implicitly(e->type, (Type)t))
            return expr_convert(b, e, (Type)t);
    return NULL;
}

Expr *expr_operator(Binder *b, const char *symbol, Expr *left, Expr *right, Span span) {
    if (expr_is_error(left) || (right && expr_is_error(right))) return expr_error(b, span);
    if (right) left = expr_fit_untyped(b, left, TYPE_BIT(right->type));
    if (right) right = expr_fit_untyped(b, right, TYPE_BIT(left->type));
    Str name = str_of(symbol);
    const FnDef *fn = catalog_operator(name);
    if (!fn) {
        b->has_unsupported = true;
        Diag *d = bind_error_at(b, span, "QY900", "The operator %s is not yet supported.", symbol);
        if (str_ends_with(name, STR("like"))) d->hint = bind_hint_of_foreign(STR("like"));
        return expr_error(b, span);
    }
    if (is_comparison(name) && right) return compare(b, fn, left, right, span);
    Expr *args[2] = {left, right};
    uint32_t n = right ? 2 : 1;
    if (fn->result == RESULT_ARITH) {
        Type type = right ? catalog_arith_type(name, left->type, right->type)
                          : catalog_arith_type(STR("-"), left->type, left->type);
        if (!right && left->type == TYPE_DATETIME) type = TYPE_ERROR;
        if (type == TYPE_ERROR) return not_defined(b, name, left, right, span);
        Expr *e = expr_call_typed(b, fn, args, n, type, span);
        /* int op int is long, a sign too, but the sign of a literal leaves it an int */
        bool is_signed_int = !right && left->type == TYPE_INT && left->kind == EXPR_LITERAL;
        return is_signed_int ? expr_convert(b, e, TYPE_INT) : e;
    }
    bool is_text_operator = n == 2 && (fn->params[0].types & TS_STRING);
    for (uint32_t i = 0; i < n; i++) {
        if (i == 1 && is_text_operator && expr_is_list(right))
            return not_text(b, name, left, right, span);
        args[i] = fit_operand(b, &fn->params[i], args[i]);
        if (!args[i]) return not_defined(b, name, left, right, span);
    }
    return expr_call_typed(b, fn, args, n, TYPE_BOOL, span);
}

/* Whether * may stand on its left side: before == and the operators of text, as in the grammar. */
static bool takes_any_column(Str op) {
    bool is_order = op.ptr[0] == '<' || op.ptr[0] == '>';
    bool is_arithmetic = memchr("+-*/%", op.ptr[0], 5) != NULL;
    return !is_order && !is_arithmetic && !str_is(op, "!=") && !str_is(op, "and") &&
           !str_is(op, "or");
}

static Expr *bind_binary(Binder *b, const Node *n) {
    advise_contains(b, n);
    advise_case(b, n);
    if (str_is(n->text, ":")) return bind_column_term(b, n, false);
    if (n->kids[0]->kind == NODE_STAR && takes_any_column(n->text) && b->row.schema)
        return bind_any_column(b, n);
    Expr *left = bind_expr(b, n->kids[0]), *right = bind_expr(b, n->kids[1]);
    return expr_operator(b, arena_cstr(b->arena, n->text), left, right, n->span);
}

/* The sign of a literal belongs to it. */
static Expr *bind_unary(Binder *b, const Node *n) {
    Expr *operand = bind_expr(b, n->kids[0]);
    Expr *e = expr_operator(b, arena_cstr(b->arena, n->text), operand, NULL, n->span);
    Value v;
    if (operand->kind == EXPR_LITERAL && e->kind == EXPR_CALL &&
        expr_fold(b->arena, e, b->options->query, &v) && v.type == e->type)
        return expr_of_value(b, v, n->span);
    return e;
}

/* Both ends take the type of the value; a timespan after a datetime counts from the lower end. */
static Expr *bind_between(Binder *b, const Node *n) {
    const FnDef *fn = catalog_operator(n->text);
    Expr *args[3];
    bool is_error = false;
    for (uint32_t i = 0; i < 3; i++) {
        args[i] = bind_expr(b, n->kids[i]);
        is_error = is_error || expr_is_error(args[i]);
    }
    if (is_error) return expr_error(b, n->span);
    if (!fn) return bind_unsupported_expr(b, n, "The operator %.*s", STR_ARG(n->text));
    args[0] = expr_fit_untyped(b, args[0], TYPE_BIT(args[1]->type));
    Type common = args[0]->type;
    for (uint32_t i = 1; i < 3; i++) {
        if (i == 2 && common == TYPE_DATETIME && args[2]->type == TYPE_TIMESPAN) continue;
        Type t = catalog_common_type(common, args[i]->type);
        if (t == TYPE_ERROR || !(TYPE_BIT(t) & (TS_NUMBER | TS_TEMPORAL | TS_DYNAMIC)))
            return not_defined(b, n->text, args[0], args[i],
                               t == TYPE_ERROR ? args[i]->span : n->span);
        common = t;
    }
    for (uint32_t i = 0; i < 3; i++) {
        bool counts_from_low = i == 2 && common == TYPE_DATETIME && args[2]->type == TYPE_TIMESPAN;
        if (!counts_from_low) args[i] = expr_convert(b, args[i], common);
    }
    return expr_call_typed(b, fn, args, 3, TYPE_BOOL, n->span);
}

/* --------------------------------------------------------------------- in */

static bool starts_with_bang(Str s) { return s.len && s.ptr[0] == '!'; }

static bool is_in_operator(Str op) {
    return str_is(op, "in") || str_is(op, "!in") || str_is(op, "in~") || str_is(op, "!in~");
}

/* The first column of a table as one array. */
static Expr *first_column_as_array(Binder *b, const Node *n, Plan *table) {
    Expr *first = expr_column(b, &table->schema.items[0], n->span);
    Plan *p = plan_aggregate_all(b, table, "make_set", first, TYPE_DYNAMIC, STR("list"), n->span);
    Expr *e = ARENA_NEW(b->arena, Expr);
    *e = (Expr){.kind = EXPR_SUBQUERY, .type = TYPE_DYNAMIC, .span = n->span, .plan = p};
    return e;
}

/* has_any and has_all over a table: over the values of its first column. */
static Expr *bind_has_over_table(Binder *b, const Node *n, Expr *left, Plan *table) {
    const FnDef *fn = catalog_operator(n->text);
    Expr *fitted = fn ? fit_operand(b, &fn->params[0], left) : NULL;
    if (!fitted) {
        bind_error(b, n->kids[0], "KS107", "A value of type string expected, not %s.",
                   type_name(left->type));
        return expr_error(b, n->span);
    }
    Expr *args[2] = {fitted, first_column_as_array(b, n, table)};
    return expr_call_typed(b, fn, args, 2, TYPE_BOOL, n->span);
}

/* in~ and !in~ compare texts alone. */
static bool fits_in_operator(Binder *b, const Node *n, const Expr *left) {
    if (!str_ends_with(n->text, STR("~")) || TYPE_BIT(left->type) & TS_TEXTUAL) return true;
    bind_error(b, n->kids[0], "KS107", "A value of type string or dynamic expected, not %s.",
               type_name(left->type))
        ->hint = STR("in compares values that are no text");
    return false;
}

static Expr *bind_in_plan(Binder *b, const Node *n, Expr *left) {
    Row former = b->row;
    AggregateList *aggregates = b->aggregates;
    b->aggregates = NULL;
    Plan *plan = bind_tabular(b, n->kids[1]);
    b->row = former;
    b->aggregates = aggregates;
    if (!plan || expr_is_error(left) || !fits_in_operator(b, n, left))
        return expr_error(b, n->span);
    if (plan->schema.n == 0 && plan->is_open) /* its columns are those of data not at hand */
        return expr_of_value(b, value_null(TYPE_BOOL), n->span);
    if (plan->schema.n == 0) {
        bind_error(b, n->kids[1], "KS190", "The table has no columns.");
        return expr_error(b, n->span);
    }
    Type first = plan->schema.items[0].type;
    if (first == TYPE_ERROR) return expr_error(b, n->span);
    if (!is_in_operator(n->text)) return bind_has_over_table(b, n, left, plan);
    Type common = catalog_compare_type(STR("=="), left->type, first);
    if (common == TYPE_ERROR) {
        bind_error(b, n, "KS106",
                   "The operator '%.*s' is not defined for the operand types %s and %s.",
                   STR_ARG(n->text), type_name(left->type), type_name(first));
        return expr_error(b, n->span);
    }
    if (first == TYPE_DYNAMIC) { /* a value may be an array: its elements count, as in a list */
        Expr *args[2] = {left, first_column_as_array(b, n, plan)};
        return expr_call_typed(b, catalog_operator(n->text), args, 2, TYPE_BOOL, n->span);
    }
    if (common == TYPE_DYNAMIC && left->type != first) common = TYPE_STRING;
    if (first != common) {
        Projection one = projection_new(b);
        Expr *e = expr_convert(b, expr_column(b, &plan->schema.items[0], n->span), common);
        projection_add(&one, plan->schema.items[0].name, e);
        plan = projection_finish(&one, plan, false, n->span);
        if (!plan) return expr_error(b, n->span);
    }
    Expr *e = ARENA_NEW(b->arena, Expr);
    *e = (Expr){.kind = EXPR_IN_PLAN, .type = TYPE_BOOL, .span = n->span, .n_args = 1};
    e->args = ARENA_NEW(b->arena, Expr *);
    e->args[0] = expr_convert(b, left, common);
    e->plan = plan;
    e->u.in.is_negated = starts_with_bang(n->text);
    e->u.in.ignores_case = str_ends_with(n->text, STR("~"));
    return e;
}

/* An element of the list; its type must compare with the value's. What has_any and has_all look for
 * may be of any type: its text counts. */
static Expr *fit_item(Binder *b, const Node *n, const FnDef *fn, const Expr *left, Expr *item) {
    if (item->type == TYPE_DYNAMIC) return item;
    if (!is_in_operator(n->text)) return expr_convert(b, item, TYPE_STRING);
    Type common = catalog_compare_type(STR("=="), left->type, item->type);
    if (common != TYPE_ERROR) {
        bool converts = item->type == TYPE_STRING || common == TYPE_DECIMAL;
        if (converts && common == left->type) return expr_convert(b, item, common);
        return item;
    }
    bind_error_at(b, item->span, "KS106",
                  "The operator '%s' is not defined for the operand types %s and %s.", fn->name,
                  type_name(left->type), type_name(item->type));
    return NULL;
}

/* A text among values of one other type is read as that type, as == reads it. */
static Expr *fit_text(Binder *b, Expr *left, Expr *const *items, uint32_t n) {
    Type type = items[0]->type;
    if (left->type != TYPE_STRING || type == TYPE_STRING || type == TYPE_DYNAMIC) return left;
    for (uint32_t i = 1; i < n; i++)
        if (items[i]->type != type) return left;
    return expr_convert(b, left, type);
}

static Expr *bind_in(Binder *b, const Node *n) {
    Expr *left = bind_expr(b, n->kids[0]);
    if (n->n == 2 && bind_is_tabular(b, n->kids[1])) return bind_in_plan(b, n, left);
    const FnDef *fn = catalog_operator(n->text);
    if (!fn) return bind_unsupported_expr(b, n, "The operator %.*s", STR_ARG(n->text));
    Expr **args = ARENA_ARRAY(b->arena, Expr *, n->n);
    bool is_error = expr_is_error(left) || !fits_in_operator(b, n, left);
    if (!is_error && !is_in_operator(n->text)) {
        Expr *fitted = fit_operand(b, &fn->params[0], left);
        if (!fitted) {
            bind_error(b, n->kids[0], "KS107",
                       "A value of type string or dynamic expected, not %s.",
                       type_name(left->type));
            is_error = true;
        } else {
            left = fitted;
        }
    }
    args[0] = left;
    for (uint32_t i = 1; i < n->n; i++) {
        args[i] = bind_expr(b, n->kids[i]);
        if (!is_error && !expr_is_error(args[i])) args[i] = fit_item(b, n, fn, left, args[i]);
        is_error = is_error || !args[i] || expr_is_error(args[i]);
    }
    if (is_error) return expr_error(b, n->span);
    if (is_in_operator(n->text)) args[0] = fit_text(b, left, args + 1, n->n - 1);
    return expr_call_typed(b, fn, args, n->n, TYPE_BOOL, n->span);
}

/* ----------------------------------------------------------------- others */

static Expr *bind_literal(Binder *b, const Node *n) { return expr_of_value(b, n->value, n->span); }

static Expr *bind_paren(Binder *b, const Node *n) { return bind_expr(b, n->kids[0]); }

static Expr *bind_parse_error(Binder *b, const Node *n) { return expr_error(b, n->span); }

static Expr *bind_star(Binder *b, const Node *n) {
    bind_error(b, n, "KS191", "The * syntax is not allowed here.")->hint = STR(
        "count() counts rows; * stands for all columns in arg_max(), arg_min(), pack_all() and the like, and "
        "for any of them before ==, has, contains and other operators of text");
    return expr_error(b, n->span);
}

/* Worked out once for the whole query: the columns of the row are not in its sight. */
static Expr *bind_to_scalar(Binder *b, const Node *n) {
    Row former = b->row;
    AggregateList *aggregates = b->aggregates;
    b->aggregates = NULL;
    b->row = (Row){0};
    Plan *plan = NULL;
    Expr *scalar = NULL;
    if (bind_is_tabular(b, n->kids[0])) plan = bind_tabular(b, n->kids[0]);
    else scalar = bind_expr(b, n->kids[0]);
    b->row = former;
    b->aggregates = aggregates;
    if (scalar) return scalar;
    if (!plan) return expr_error(b, n->span);
    if (plan->schema.n == 0) {
        bind_error(b, n, "KS190", "The table has no columns.");
        return expr_error(b, n->span);
    }
    Type type = plan->schema.items[0].type;
    if (type == TYPE_ERROR) return expr_error(b, n->span);
    Expr *e = ARENA_NEW(b->arena, Expr);
    *e = (Expr){.kind = EXPR_SUBQUERY, .type = type, .span = n->span, .plan = plan};
    return e;
}

static Expr *bind_tabular_in_scalar(Binder *b, const Node *n) {
    bind_error(b, n, "KS108", "Scalar value expected; put toscalar() around a table.");
    return expr_error(b, n->span);
}

static Expr *bind_pipe_as_scalar(Binder *b, const Node *n) {
    if (n->n == 1) return bind_expr(b, n->kids[0]);
    return bind_tabular_in_scalar(b, n);
}

static const BindExprFn binders[NODE_KIND_COUNT] = {
    [NODE_ERROR] = bind_parse_error,
    [NODE_LITERAL] = bind_literal,
    [NODE_DYNAMIC] = bind_literal,
    [NODE_NAME] = bind_name,
    [NODE_STAR] = bind_star,
    [NODE_UNARY] = bind_unary,
    [NODE_BINARY] = bind_binary,
    [NODE_IN] = bind_in,
    [NODE_BETWEEN] = bind_between,
    [NODE_CALL] = bind_call,
    [NODE_PATH] = bind_path,
    [NODE_INDEX] = bind_index,
    [NODE_PAREN] = bind_paren,
    [NODE_TO_SCALAR] = bind_to_scalar,
    [NODE_PIPE] = bind_pipe_as_scalar,
    [NODE_MATERIALIZE] = bind_tabular_in_scalar,
    [NODE_TO_TABLE] = bind_tabular_in_scalar,
    [NODE_DATATABLE] = bind_tabular_in_scalar,
    [NODE_EXTERNALDATA] = bind_tabular_in_scalar,
};

Expr *bind_expr(Binder *b, const Node *n) {
    if (!bind_enter(b, n)) return expr_error(b, n->span);
    BindExprFn fn = binders[n->kind];
    Expr *e;
    if (fn) {
        e = fn(b, n);
    } else {
        Diag *d = bind_error(b, n, "KS108", "Scalar value expected.");
        if (n->kind == NODE_PATH_CALL)
            d->hint = STR("a function takes its value in parentheses: strlen(x)");
        e = expr_error(b, n->span);
    }
    bind_leave(b);
    return e;
}

/* ---------------------------------------------------------- wanted types */

Expr *bind_expr_as(Binder *b, const Node *n, Type wanted) {
    Expr *e = bind_expr(b, n);
    if (expr_is_error(e)) return e;
    if (catalog_converts_implicitly(e->type, wanted)) return expr_convert(b, e, wanted);
    bind_error(b, n, "KS107", "A value of type %s expected, not %s.", type_name(wanted),
               type_name(e->type));
    return expr_error(b, n->span);
}

Expr *bind_expr_in(Binder *b, const Node *n, TypeSet wanted, const char *what) {
    Expr *e = bind_expr(b, n);
    if (expr_is_error(e) || (TYPE_BIT(e->type) & wanted)) return e;
    bind_error(b, n, "KS107", "%s expected, not %s.", what, type_name(e->type));
    return expr_error(b, n->span);
}

Expr *bind_predicate(Binder *b, const Node *n) {
    Expr *e = bind_expr(b, n);
    if (expr_is_error(e) || e->type == TYPE_BOOL) return e;
    if (e->type == TYPE_DYNAMIC) return expr_convert(b, e, TYPE_BOOL);
    bind_error(b, n, "KS107", "A value of type bool expected, not %s.", type_name(e->type));
    return expr_error(b, n->span);
}

bool bind_constant(Binder *b, const Node *n, Value *ret) {
    Expr *e = bind_expr(b, n);
    if (expr_is_error(e)) return false;
    if (e->kind == EXPR_LITERAL) {
        *ret = e->u.literal;
        return true;
    }
    if (expr_fold(b->arena, e, b->options->query, ret)) return true;
    bind_error(b, n, "KS129", "The expression must be a constant.");
    return false;
}

bool bind_constant_long(Binder *b, const Node *n, int64_t *ret) {
    Value v;
    if (!bind_constant(b, n, &v)) return false;
    if (v.type == TYPE_INT && !v.is_null) *ret = v.u.i;
    else if (v.type == TYPE_LONG && !v.is_null) *ret = v.u.l;
    else {
        bind_error(b, n, "KS134", "The expression value must be an integer.");
        return false;
    }
    return true;
}

bool bind_constant_string(Binder *b, const Node *n, Str *ret) {
    Value v;
    if (!bind_constant(b, n, &v)) return false;
    if (v.type != TYPE_STRING) {
        bind_error(b, n, "KS107", "A value of type string expected, not %s.", type_name(v.type));
        return false;
    }
    *ret = v.u.s;
    return true;
}

static bool holds_subquery(const Expr *e) {
    if (e->kind == EXPR_SUBQUERY) return true;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (holds_subquery(e->args[i])) return true;
    return false;
}

Expr *bind_count(Binder *b, const Node *n) {
    Row former = b->row;
    b->row = (Row){0};
    Expr *e = bind_expr_in(b, n, TS_INTEGER, "An integer");
    b->row = former;
    if (expr_is_error(e)) return e;
    Value v;
    if (!holds_subquery(e)) {
        if (!expr_fold(b->arena, e, b->options->query, &v)) {
            bind_error(b, n, "KS129", "The expression must be a constant.");
            return expr_error(b, n->span);
        }
        e = expr_of_value(b, v, n->span);
    }
    return expr_convert(b, e, TYPE_LONG);
}
