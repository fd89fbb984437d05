/*
 * bind_unused.c: let functions by themselves: those that nobody calls, and those that take tables.
 *
 * A call puts a function in place and checks it there. What no call reaches is checked here, and what a
 * call checks too kindly: in the body of a function, a table parameter has the columns that it declares
 * and no others ("user-defined functions", tabular function with arguments). Nothing is known of the
 * values of parameters, so that faults that depend on them are not told.
 */
#include "semantics/bind_scope.h"

/* Names, numbers of arguments and types are wrong whatever the values are. */
static bool is_sure(const Diag *d) {
    static const char *const doubtful[] = {"KS004", "KS129", "KS131", "KS173",
                                           "KS188", "KS234", "KS260"};
    if (d->severity != SEVERITY_ERROR || !str_starts_with(d->code, STR("KS"))) return false;
    for (size_t i = 0; i < COUNT_OF(doubtful); i++)
        if (str_is(d->code, doubtful[i])) return false;
    return true;
}

static bool is_table_param(const Node *param) {
    return param->n && param->kids[0] && param->kids[0]->kind == NODE_TABLE_TYPE;
}

static bool takes_tables(const Local *function) {
    const Node *params = function->node->kids[0];
    for (uint32_t i = 0; params && i < params->n; i++)
        if (is_table_param(params->kids[i])) return true;
    return false;
}

/* A parameter without a value: a table without rows, or a null. */
static Local *stand_in(Binder *b, const Node *param) {
    Local *l = ARENA_NEW(b->arena, Local);
    *l = (Local){.kind = LOCAL_ERROR, .name = param->text, .env = b->locals};
    if (is_table_param(param)) {
        Schema schema;
        if (!bind_schema(b, param->kids[0], &schema)) return l;
        l->kind = LOCAL_TABLE;
        l->plan = plan_empty(b, schema, param->span);
        return l;
    }
    Type type = param->n && param->kids[0] ? bind_type(b, param->kids[0]) : TYPE_ERROR;
    if (type == TYPE_ERROR) return l;
    l->kind = LOCAL_SCALAR;
    l->expr = expr_of_value(b, value_null(type), param->span);
    return l;
}

static void tell(Binder *b, const Local *function, const Diags *found) {
    for (size_t i = 0; i < found->n; i++) {
        const Diag *d = &found->items[i];
        if (!is_sure(d)) continue;
        Diag *told = bind_error_at(b, d->span, d->code.ptr, "%.*s", STR_ARG(d->message));
        told->hint = d->hint;
        if (!d->hint.len && str_is(d->code, "KS142") && takes_tables(function))
            told->hint = STR("the body of a function sees the columns that its table parameter "
                             "declares, of (*) none");
    }
}

/* False when it is too much work, which is no fault of the query: it may never be called. */
static bool check_function(Binder *b, Local *function) {
    const Node *params = function->node->kids[0];
    uint32_t n = params ? params->n : 0;
    Diags found;
    diags_init(&found, b->arena);
    BindOptions options = *b->options;
    options.advice = NULL;
    options.rows = NULL;
    options.binds_only = true;
    Binder alone = *b; /* what is counted and noted on the way counts for nothing */
    alone.diags = &found;
    alone.options = &options;
    alone.knows_no_values = true;
    Local **given = ARENA_ARRAY(b->arena, Local *, n + 1);
    for (uint32_t i = 0; i < n; i++) given[i] = stand_in(&alone, params->kids[i]);
    Plan *plan;
    Expr *e;
    (void)bind_in_place(&alone, function, given, n, &plan, &e);
    b->next_column = alone.next_column;
    b->next_share = alone.next_share;
    if (alone.is_over_limit) return false;
    b->work = alone.work;
    tell(b, function, &found);
    return true;
}

void bind_check_functions(Binder *b, const Local *until) {
    if (b->mute || b->knows_no_values || b->is_over_limit) return;
    for (Local *l = b->locals; l && l != until; l = l->outer) {
        bool is_checked = l->kind != LOCAL_FUNCTION || (l->is_used && !takes_tables(l));
        if (!is_checked && !check_function(b, l)) return;
    }
}
