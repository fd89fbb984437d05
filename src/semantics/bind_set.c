/*
 * bind_set.c: the set statement.
 *
 * Source: "set statement", "Request properties". Of the properties those are heeded that change what a
 * query gives; those that say how the cloud service goes about it have no meaning here. A setting holds for
 * the statements after it.
 */
#include "base/ticks.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

Settings settings_default(void) {
    return (Settings){.max_rows = -1,
                      .scope_from = value_null(TYPE_DATETIME),
                      .scope_to = value_null(TYPE_DATETIME),
                      .now = value_null(TYPE_DATETIME)};
}

/* -------------------------------------------------------------------- values */

static bool wants(Binder *b, const Node *value, const char *what) {
    bind_error(b, value, "KS141", "The option wants %s.", what);
    return false;
}

/* A flag without a value is set. */
static bool flag_of(Binder *b, const Node *value, bool *ret) {
    Value v = value_bool(true);
    if (value && value->kind == NODE_LITERAL) v = value->value;
    if (v.type != TYPE_BOOL || v.is_null) return wants(b, value, "true or false");
    *ret = v.u.b;
    return true;
}

static void read_flag(Binder *b, const Node *set, const Node *value, bool *ret) {
    (void)set;
    (void)flag_of(b, value, ret);
}

static void read_time(Binder *b, const Node *set, const Node *value, Value *ret) {
    const Node *at = value ? value : set;
    Value v = value && value->kind == NODE_LITERAL ? value->value : value_null(TYPE_ERROR);
    int64_t ticks;
    if (v.type == TYPE_STRING && ticks_parse_datetime(v.u.s, &ticks))
        v = value_ticks(TYPE_DATETIME, ticks);
    if (v.type == TYPE_DATETIME) *ret = v;
    else (void)wants(b, at, "a datetime");
}

static void read_count(Binder *b, const Node *set, const Node *value, int64_t *ret) {
    Value v = value && value->kind == NODE_LITERAL ? value->value : value_null(TYPE_ERROR);
    int64_t n = v.type == TYPE_INT ? v.u.i : v.type == TYPE_LONG ? v.u.l : -1;
    if (v.is_null || n < 0) (void)wants(b, value ? value : set, "a number of rows");
    else *ret = n;
}

static void read_word(Binder *b, const Node *set, const Node *value, Str *ret) {
    if (value && value->kind == NODE_NAME) *ret = value->text;
    else if (value && value->kind == NODE_LITERAL && value->value.type == TYPE_STRING)
        *ret = value->value.u.s;
    else (void)wants(b, value ? value : set, "a name");
}

/* now() from here on, also where it is folded while binding. */
static void read_now(Binder *b, const Node *set, const Node *value) {
    read_time(b, set, value, &b->settings.now);
    if (b->settings.now.is_null) return;
    QueryContext *query = ARENA_NEW(b->arena, QueryContext);
    BindOptions *options = ARENA_NEW(b->arena, BindOptions);
    *query = *b->options->query;
    query->now_ticks = b->settings.now.u.l;
    *options = *b->options;
    options->query = query;
    b->options = options;
}

void bind_set(Binder *b, const Node *set) {
    const Node *value = set->n ? set->kids[0] : NULL;
    Settings *s = &b->settings;
    Str name = set->text;
    if (str_is(name, "query_bin_auto_size")) s->bin_size = value;
    else if (str_is(name, "query_bin_auto_at")) s->bin_at = value;
    else if (str_is(name, "query_take_max_records")) read_count(b, set, value, &s->max_rows);
    else if (str_is(name, "query_results_apply_getschema"))
        read_flag(b, set, value, &s->gives_schemas);
    else if (str_is(name, "best_effort")) read_flag(b, set, value, &s->is_best_effort);
    else if (str_is(name, "request_external_data_disabled"))
        read_flag(b, set, value, &s->has_no_external);
    else if (str_is(name, "query_datetimescope_column")) read_word(b, set, value, &s->scope_column);
    else if (str_is(name, "query_datetimescope_from")) read_time(b, set, value, &s->scope_from);
    else if (str_is(name, "query_datetimescope_to")) read_time(b, set, value, &s->scope_to);
    else if (str_is(name, "query_now")) read_now(b, set, value);
}

/* ------------------------------------------------------------------ their use */

Plan *settings_result(Binder *b, Plan *p, const Node *at) {
    if (!p) return NULL;
    if (b->settings.gives_schemas) {
        Node op = {.kind = NODE_OP_GETSCHEMA, .span = at->span};
        return bind_op_getschema(b, &op, p);
    }
    if (b->settings.max_rows < 0) return p;
    Plan *take = plan_node(b, PLAN_TAKE, at->span, p, NULL);
    take->u.take.count = expr_of_value(b, value_long(b->settings.max_rows), at->span);
    return take;
}

static Plan *bounded(Binder *b, Plan *p, const Column *column, const char *operator, Value bound) {
    if (bound.is_null) return p;
    Expr *left = expr_column(b, column, p->span), *right = expr_of_value(b, bound, p->span);
    return plan_where(b, p, expr_operator(b, operator, left, right, p->span), p->span);
}

Plan *settings_scan(Binder *b, Plan *scan) {
    const Settings *s = &b->settings;
    if (!s->scope_column.len) return scan;
    const Column *column = bind_column_in(&scan->schema, s->scope_column);
    if (!column || column->type != TYPE_DATETIME) return scan;
    bind_note_use(b, column, scan->span);
    return bounded(b, bounded(b, scan, column, ">=", s->scope_from), column, "<=", s->scope_to);
}
