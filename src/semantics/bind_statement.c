/*
 * bind_statement.c: statements, let names, and the calls of let functions, which are put in place.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"

Local *local_find(const Binder *b, Str name) {
    const Node *restriction = NULL; /* the last that stands between */
    for (Local *l = b->locals; l; l = l->outer) {
        if (l->kind == LOCAL_RESTRICT) {
            if (restriction && !restrict_allows_local(restriction, name)) return NULL;
            restriction = l->node;
        } else if (str_eq(l->name, name)) {
            bool is_hidden = restriction && l->kind != LOCAL_SCALAR && l->kind != LOCAL_ERROR &&
                             !restrict_allows_local(restriction, name);
            return is_hidden ? NULL : l;
        }
    }
    return NULL;
}

Local *local_add(Binder *b, LocalKind kind, Str name) {
    Local *l = ARENA_NEW(b->arena, Local);
    *l = (Local){.outer = b->locals,
                 .n = b->locals ? b->locals->n + 1 : 1,
                 .kind = kind,
                 .name = name,
                 .env = b->locals};
    b->locals = l;
    return l;
}

/* A name is declared once in a block; in a block within it may be declared anew. */
static bool is_declared(const Binder *b, Str name) {
    for (const Local *l = b->locals; l && l != b->scope; l = l->outer)
        if (l->kind != LOCAL_RESTRICT && str_eq(l->name, name)) return true;
    return false;
}

static bool is_table_param(const Node *param) {
    return param->n && param->kids[0] && param->kids[0]->kind == NODE_TABLE_TYPE;
}

/* "user-defined functions", default values: a literal of the parameter's type; numbers stand for each
 * other. Tables come before scalars. */
static void check_default(Binder *b, const Node *param) {
    const Node *value = param->n > 1 ? param->kids[1] : NULL;
    if (!value || !param->kids[0]) return;
    bool is_signed = value->kind == NODE_UNARY && value->n && value->kids[0]->kind == NODE_LITERAL;
    if (value->kind == NODE_ERROR) return;
    if (value->kind != NODE_LITERAL && value->kind != NODE_DYNAMIC && !is_signed) {
        bind_error(b, value, "KS132", "The default of a parameter must be a literal.");
        return;
    }
    Type type = type_from_name(param->kids[0]->text), given = bind_expr(b, value)->type;
    bool are_numbers = (TYPE_BIT(type) & TS_NUMBER) && (TYPE_BIT(given) & TS_NUMBER);
    if (type == TYPE_ERROR || given == TYPE_ERROR || type == given || are_numbers) return;
    bind_error(b, value, "KS141", "The default of '%.*s' must have the type %s, not %s.",
               STR_ARG(param->text), type_name(type), type_name(given));
}

static void check_params(Binder *b, const Node *params) {
    bool has_scalar = false;
    for (uint32_t i = 0; params && i < params->n; i++) {
        const Node *param = params->kids[i];
        if (!is_table_param(param)) {
            has_scalar = true;
            check_default(b, param);
        } else if (has_scalar) {
            bind_error(b, param, "KS226", "Table parameters stand before scalar ones.");
        }
    }
}

void bind_let(Binder *b, const Node *let) {
    const Node *value = let->n ? let->kids[0] : NULL;
    if (!value || b->is_over_limit) return;
    if (b->locals && b->locals->n >= BIND_MAX_LETS) {
        bind_error(b, let, "QY902", "The query is too large: it declares more than %u names.",
                   BIND_MAX_LETS);
        b->is_over_limit = true;
        return;
    }
    if (is_declared(b, let->text))
        bind_error_at(b, let->name_span, "KS201",
                      "A variable with the name '%.*s' has already been declared.",
                      STR_ARG(let->text));
    if (value->kind == NODE_FUNCTION) {
        check_params(b, value->kids[0]);
        Local *l = local_add(b, LOCAL_FUNCTION, let->text);
        l->node = value;
        return;
    }
    if (value->kind == NODE_LIST) {
        local_add(b, LOCAL_ENTITIES, let->text)->node = value;
        return;
    }
    Row former = b->row;
    b->row = (Row){0};
    if (bind_is_tabular(b, value)) {
        Plan *plan = bind_tabular_or_graph(b, value);
        Local *l = local_add(b, plan ? LOCAL_TABLE : LOCAL_ERROR, let->text);
        l->plan = plan;
        l->node = value;
    } else {
        Expr *e = bind_expr(b, value);
        Local *l = local_add(b, expr_is_error(e) ? LOCAL_ERROR : LOCAL_SCALAR, let->text);
        l->expr = e;
    }
    b->row = former;
}

/* A declared query parameter has its default as its value. */
static void bind_declared(Binder *b, const Node *declare) {
    for (uint32_t i = 0; i < declare->n; i++) {
        const Node *p = declare->kids[i];
        Type type = p->n ? bind_type(b, p->kids[0]) : TYPE_ERROR;
        if (p->n < 2 || !p->kids[1]) {
            bind_error(b, p, "KS189", "Default value expected.");
            local_add(b, LOCAL_ERROR, p->text);
            continue;
        }
        check_default(b, p);
        Expr *e = expr_convert(b, bind_expr(b, p->kids[1]), type);
        Local *l = local_add(b, expr_is_error(e) ? LOCAL_ERROR : LOCAL_SCALAR, p->text);
        l->expr = e;
    }
}

bool bind_declaration(Binder *b, const Node *s) {
    if (s->kind == NODE_LET) bind_let(b, s);
    else if (s->kind == NODE_DECLARE_PARAMS) bind_declared(b, s);
    else if (s->kind == NODE_DECLARE_PATTERN) local_add(b, LOCAL_PATTERN, s->text)->node = s;
    else if (s->kind == NODE_RESTRICT) bind_restrict(b, s);
    else if (s->kind == NODE_SET) bind_set(b, s);
    else if (s->kind == NODE_ALIAS)
        ARENA_PUSH(b->arena, b->aliases, b->n_aliases, b->cap_aliases, s);
    else return s->kind == NODE_ERROR;
    return true;
}

void bind_value(Binder *b, const Node *e, Plan **ret_plan, Expr **ret_expr) {
    *ret_plan = NULL;
    *ret_expr = NULL;
    Local *l = e->kind == NODE_NAME ? local_find(b, e->text) : NULL;
    bool is_scalar = l ? l->kind == LOCAL_SCALAR : e->kind != NODE_NAME;
    if (!is_scalar || bind_is_tabular(b, e)) *ret_plan = bind_tabular_or_graph(b, e);
    else *ret_expr = bind_expr(b, e);
}

void bind_no_result(Binder *b, const Node *block) {
    bind_error(b, block, "KS111", "The query has no result: an expression is missing at its end.");
}

/* The last expression is the result; those before it are checked all the same. */
bool bind_body(Binder *b, const Node *block, Plan **ret_plan, Expr **ret_expr) {
    *ret_plan = NULL;
    *ret_expr = NULL;
    bool has_result = false;
    for (uint32_t i = 0; i < block->n; i++) {
        const Node *s = block->kids[i];
        if (!s || bind_declaration(b, s)) continue;
        has_result = true;
        bind_value(b, s->kind == NODE_EXPR_STATEMENT && s->n ? s->kids[0] : s, ret_plan, ret_expr);
    }
    if (!has_result) bind_no_result(b, block);
    return *ret_plan || !expr_is_error(*ret_expr);
}

/* -------------------------------------------------------------- functions */

static const Node *argument_for(const Node *call, const Node *param, uint32_t at, bool has_input) {
    for (uint32_t i = 0; i < call->n; i++)
        if (call->kids[i]->kind == NODE_NAMED_ARG && str_eq(call->kids[i]->text, param->text))
            return call->kids[i]->kids[0];
    uint32_t position = at - (has_input ? 1 : 0);
    if (position >= call->n || call->kids[position]->kind == NODE_NAMED_ARG) return NULL;
    return call->kids[position];
}

/* An argument given by a name that no parameter has must not be passed over. */
static bool names_are_known(Binder *b, const Local *function, const Node *call) {
    const Node *params = function->node->kids[0];
    for (uint32_t i = 0; i < call->n; i++) {
        const Node *arg = call->kids[i];
        bool is_known = arg->kind != NODE_NAMED_ARG;
        for (uint32_t p = 0; params && p < params->n && !is_known; p++)
            is_known = str_eq(params->kids[p]->text, arg->text);
        if (is_known) continue;
        bind_error(b, arg, "KS196", "The function '%.*s' has no parameter named '%.*s'.",
                   STR_ARG(function->name), STR_ARG(arg->text));
        return false;
    }
    return true;
}

/* "user-defined functions", input arguments: a table has the columns that the parameter declares. Of int
 * and long one stands for the other: the documentation of functions says integer for both. */
static bool has_declared(Binder *b, const Node *param, const Plan *table, const Node *at) {
    const Node *declared = param->kids[0];
    for (uint32_t i = 0; i < declared->n && !table->is_open; i++) {
        const Node *decl = declared->kids[i];
        if (decl->kind == NODE_STAR || !decl->n || !decl->kids[0]) continue;
        const Column *c = bind_column_in(&table->schema, decl->text);
        Type type = type_from_name(decl->kids[0]->text);
        bool are_integers = c && (TYPE_BIT(c->type) & TS_INTEGER) && (TYPE_BIT(type) & TS_INTEGER);
        bool is_text = c && type == TYPE_STRING && bind_is_bag_or_text(b, c->id);
        if (are_integers && c->type != type)
            advise_integer_column(b, at->span, decl->text, type, c->type);
        if (type == TYPE_ERROR || are_integers || is_text) continue;
        if (c && (c->type == type || c->type == TYPE_ERROR)) continue;
        Diag *d = bind_error(b, at, "KS249",
                             "The table does not have the columns that the function wants.");
        d->hint = c ? arena_printf(b->arena, "'%.*s' of '%.*s' is to be %s; here it is %s",
                                   STR_ARG(decl->text), STR_ARG(param->text), type_name(type),
                                   type_name(c->type))
                    : arena_printf(b->arena, "'%.*s' wants a column '%.*s' of type %s",
                                   STR_ARG(param->text), STR_ARG(decl->text), type_name(type));
        return false;
    }
    return true;
}

/* The value of one parameter, bound where the call stands; the local is not yet in scope. */
static Local *bind_parameter(Binder *b, const Node *call, const Node *param, const Node *arg,
                             Plan *input) {
    Local *l = ARENA_NEW(b->arena, Local);
    *l = (Local){.kind = LOCAL_ERROR, .name = param->text, .node = arg, .env = b->locals};
    if (is_table_param(param)) {
        l->declared = param->kids[0];
        l->plan = input ? input : arg ? bind_tabular(b, arg) : NULL;
        if (l->plan && !has_declared(b, param, l->plan, arg ? arg : call)) l->plan = NULL;
        if (l->plan) l->kind = LOCAL_TABLE;
        if (input) l->node = NULL;
        if (!input && !arg)
            bind_error(b, call, "KS197", "The argument for parameter '%.*s' is missing.",
                       STR_ARG(param->text));
        return l;
    }
    const Node *value = arg ? arg : param->n > 1 ? param->kids[1] : NULL;
    if (!value) {
        bind_error(b, call, "KS197", "The argument for parameter '%.*s' is missing.",
                   STR_ARG(param->text));
        return l;
    }
    Expr *e = bind_expr(b, value);
    Type type = param->n && param->kids[0] ? bind_type(b, param->kids[0]) : TYPE_ERROR;
    l->expr = expr_convert(b, e, type);
    if (!expr_is_error(l->expr) && type != TYPE_ERROR) l->kind = LOCAL_SCALAR;
    return l;
}

void bind_recursion(Binder *b, const Node *call, const Local *function) {
    bind_error(b, call, "QY903", "The function '%.*s' calls itself.", STR_ARG(function->name))
        ->hint = STR("the language has no recursion");
}

bool bind_is_recursion(Binder *b, const Node *call) {
    for (const Local *f = b->open_function; f; f = f->caller) {
        if (!str_eq(f->name, call->text)) continue;
        bind_recursion(b, call, f);
        return true;
    }
    return false;
}

bool bind_in_place(Binder *b, Local *function, Local **given, uint32_t n, Plan **ret_plan,
                   Expr **ret_expr) {
    bool is_first = !function->is_used;
    Local *locals = b->locals;
    Row row = b->row;
    AggregateList *aggregates = b->aggregates;
    b->aggregates = NULL;
    b->row = (Row){0};
    b->locals = function->env;
    const Local *scope = b->scope;
    b->scope = function->env;
    for (uint32_t i = 0; i < n; i++) {
        given[i]->outer = b->locals;
        b->locals = given[i];
    }
    size_t first_undeclared = b->first_undeclared;
    b->first_undeclared = b->n_undeclared;
    function->is_used = true;
    function->is_open_call = true;
    function->caller = b->open_function;
    b->open_function = function;
    bool is_fine = bind_body(b, function->node->kids[1], ret_plan, ret_expr);
    if (is_first) bind_check_functions(b, function->env);
    function->is_open_call = false;
    b->n_undeclared = b->first_undeclared;
    b->first_undeclared = first_undeclared;
    b->open_function = function->caller;
    b->locals = locals;
    b->scope = scope;
    b->row = row;
    b->aggregates = aggregates;
    return is_fine;
}

bool bind_function_call(Binder *b, Local *function, const Node *call, Plan *input, Plan **ret_plan,
                        Expr **ret_expr) {
    const Node *params = function->node->kids[0];
    if (function->is_open_call) {
        bind_recursion(b, call, function);
        return false;
    }
    uint32_t n_params = params ? params->n : 0, n_given = call->n + (input ? 1 : 0);
    if (n_given > n_params) {
        bind_error(b, call, "KS119", "The function '%.*s' expects %u argument%s.",
                   STR_ARG(function->name), n_params, n_params == 1 ? "" : "s");
        return false;
    }
    if (!names_are_known(b, function, call) || !bind_enter(b, call)) return false;
    Local **given = ARENA_ARRAY(b->arena, Local *, n_params);
    for (uint32_t i = 0; i < n_params; i++) {
        bool takes_input = input && i == 0;
        const Node *arg =
            takes_input ? NULL : argument_for(call, params->kids[i], i, input != NULL);
        given[i] = bind_parameter(b, call, params->kids[i], arg, takes_input ? input : NULL);
    }
    bool is_fine = bind_in_place(b, function, given, n_params, ret_plan, ret_expr);
    bind_leave(b);
    return is_fine;
}

const Node *function_call_by_name(Binder *b, const Local *function, const Node *name) {
    const Node *params = function->node->kids[0];
    for (uint32_t i = 0; params && i < params->n; i++)
        if (params->kids[i]->n < 2 || !params->kids[i]->kids[1]) return NULL;
    Node *call = ARENA_NEW(b->arena, Node);
    *call = *name;
    call->kind = NODE_CALL;
    call->flags = 0;
    call->text = function->name;
    call->n = 0;
    return call;
}

/* The names of the body are declared by kind alone: nothing is bound. */
bool function_is_tabular(Binder *b, const Local *function) {
    const Node *params = function->node->kids[0], *block = function->node->kids[1];
    if (!block || !block->n || b->depth + 8 > BIND_MAX_DEPTH || function->is_open_call)
        return false;
    Local *locals = b->locals;
    Row row = b->row;
    b->row = (Row){0};
    b->locals = function->env;
    b->depth += 8;
    for (uint32_t i = 0; params && i < params->n; i++)
        local_add(b, is_table_param(params->kids[i]) ? LOCAL_TABLE : LOCAL_SCALAR,
                  params->kids[i]->text);
    bool is_tabular = false;
    for (uint32_t i = 0; i < block->n; i++) {
        const Node *s = block->kids[i];
        if (!s) continue;
        if (s->kind == NODE_LET && s->n && s->kids[0]->kind == NODE_FUNCTION)
            local_add(b, LOCAL_FUNCTION, s->text)->node = s->kids[0];
        else if (s->kind == NODE_LET && s->n)
            local_add(b, bind_is_tabular(b, s->kids[0]) ? LOCAL_TABLE : LOCAL_SCALAR, s->text);
        else if (s->kind == NODE_EXPR_STATEMENT && s->n)
            is_tabular = bind_is_tabular(b, s->kids[0]);
    }
    b->depth -= 8;
    b->locals = locals;
    b->row = row;
    return is_tabular;
}
