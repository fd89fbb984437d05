/*
 * bind_op_make_series.c: make-series.
 *
 * Source: "make-series operator". Each row gets the position of its bin on the axis, start + position *
 * step; a summary by `by` columns and position is one value a bin; a second one by the `by` columns
 * makes the arrays, a default standing where a bin has no row. Without a start, positions count from
 * zero and a series begins with its first bin; without an end it ends with its last.
 */
#include "semantics/operators/bind_ops.h"

typedef struct Axis {
    const Node *node;
    Str name;
    Expr *value, *from, *to,
        *step; /* of one type; step a timespan for times; from, to may be NULL */
    Type type;
    bool is_time,
        is_inclusive; /* `in range(...)`: the end is part, bins start at multiples of step */
} Axis;

/* --------------------------------------------------------------------- axis */

static Expr *bind_bound(Binder *b, const Node *n, Type type) {
    if (!n) return NULL;
    Row former = b->row;
    b->row = (Row){0};
    Expr *e = bind_expr(b, n);
    b->row = former;
    if (expr_is_error(e) || e->type == type) return e;
    bool is_number = (TYPE_BIT(type) & TS_NUMBER) && (TYPE_BIT(e->type) & TS_NUMBER);
    if (is_number || catalog_converts_implicitly(e->type, type)) return expr_convert(b, e, type);
    bind_error(b, n, "KS107", "A value of type %s expected, not %s.", type_name(type),
               type_name(e->type));
    return expr_error(b, n->span);
}

static bool check_step(Binder *b, const Node *n, const Expr *step) {
    Value v;
    if (!expr_fold(b->arena, step, b->options->query, &v)) return true;
    bool is_positive = !v.is_null && (v.type == TYPE_REAL ? v.u.r > 0 : v.u.l > 0);
    if (!is_positive) bind_error(b, n, "KS129", "The step of a series must be more than zero.");
    return is_positive;
}

static bool read_axis(Binder *b, const Node *op, Axis *ret) {
    const Node *n = op->kids[1];
    bool is_named = n->kind == NODE_NAMED;
    Axis a = {.node = n, .is_inclusive = (op->flags & NODE_FLAG_IN_RANGE) != 0};
    a.name = is_named ? n->kids[0]->text : bind_name_of(b, n);
    a.value = bind_expr(b, is_named ? n->kids[1] : n);
    if (expr_is_error(a.value)) return false;
    a.type = a.value->type == TYPE_INT       ? TYPE_LONG
             : a.value->type == TYPE_DECIMAL ? TYPE_REAL
                                             : a.value->type;
    if (!(TYPE_BIT(a.type) & (TS_NUMBER | TS_TEMPORAL))) {
        bind_error(b, n, "KS107", "The axis of a series is a number or a time, not %s.",
                   type_name(a.type));
        return false;
    }
    a.is_time = a.type == TYPE_DATETIME || a.type == TYPE_TIMESPAN;
    a.value = expr_convert(b, a.value, a.type);
    a.from = bind_bound(b, op->kids[2], a.type);
    a.to = bind_bound(b, op->kids[3], a.type);
    a.step = bind_bound(b, op->kids[4], a.is_time ? TYPE_TIMESPAN : a.type);
    bool is_wrong = !a.step || expr_is_error(a.step) || (a.from && expr_is_error(a.from)) ||
                    (a.to && expr_is_error(a.to));
    *ret = a;
    return !is_wrong && check_step(b, op->kids[4], a.step);
}

static Expr *binary(Binder *b, const char *op, Expr *left, Expr *right) {
    return expr_operator(b, op, left, right, right->span);
}

static Expr *number(Binder *b, int64_t n, Span span) {
    return expr_of_value(b, value_long(n), span);
}

/* Where positions count from: the start, or zero. */
static Expr *origin(Binder *b, const Axis *a) {
    if (a->from && !a->is_inclusive) return a->from;
    Value zero = {.type = a->type};
    return expr_of_value(b, zero, a->node->span);
}

/* floor((value - origin) / step), as a long. */
static Expr *position_of(Binder *b, const Axis *a, Expr *value) {
    Expr *distance = binary(b, "-", value, origin(b, a));
    if (a->type == TYPE_REAL) {
        Expr *args[2] = {binary(b, "/", distance, a->step),
                         expr_of_value(b, (Value){.type = TYPE_REAL, .u.r = 1}, a->node->span)};
        return expr_convert(b, expr_function(b, "bin", args, 2, a->node->span), TYPE_LONG);
    }
    Expr *step = expr_convert(b, a->step, TYPE_LONG);
    Expr *args[2] = {expr_convert(b, distance, TYPE_LONG), step};
    return binary(b, "/", expr_function(b, "bin", args, 2, a->node->span), step);
}

static Expr *value_at(Binder *b, const Axis *a, Expr *position) {
    if (a->type == TYPE_REAL)
        return binary(b, "+", origin(b, a),
                      binary(b, "*", expr_convert(b, position, TYPE_REAL), a->step));
    Expr *offset = binary(b, "*", position, expr_convert(b, a->step, TYPE_LONG));
    if (a->is_time) offset = expr_convert(b, offset, TYPE_TIMESPAN);
    return binary(b, "+", origin(b, a), offset);
}

/* The first position, and the one behind the last; null where the data decide. */
static Expr *first_position(Binder *b, const Axis *a) {
    if (a->from && a->is_inclusive) return position_of(b, a, a->from);
    return a->from ? number(b, 0, a->node->span)
                   : expr_of_value(b, value_null(TYPE_LONG), a->node->span);
}

static Expr *end_position(Binder *b, const Axis *a) {
    if (!a->to) return expr_of_value(b, value_null(TYPE_LONG), a->node->span);
    if (a->is_inclusive)
        return binary(b, "+", position_of(b, a, a->to), number(b, 1, a->node->span));
    /* ceil(x) is -floor(-x): the end itself belongs to no bin */
    Axis back = *a;
    Expr *start = origin(b, a);
    back.from = a->to;
    return binary(b, "-", number(b, 0, a->node->span), position_of(b, &back, start));
}

/* ------------------------------------------------------------------ the bins */

/* The rows on the axis with their position. */
static Plan *with_positions(Binder *b, const Node *op, Plan *input, const Axis *a) {
    Expr *on_axis = NULL;
    if (a->from) on_axis = binary(b, ">=", a->value, a->from);
    if (a->to)
        on_axis = expr_and(b, on_axis, binary(b, a->is_inclusive ? "<=" : "<", a->value, a->to));
    Expr *is_there = expr_function(b, "isnotnull", (Expr *[]){a->value}, 1, op->span);
    Plan *rows = plan_where(b, input, expr_and(b, is_there, on_axis), op->span);
    Projection p = projection_of(b, rows);
    projection_add(&p, STR("$position"), position_of(b, a, a->value));
    return projection_finish(&p, rows, true, op->span);
}

static const Node *aggregate_of(const Node *item) {
    return item->kind == NODE_DEFAULT ? item->kids[0] : item;
}

static Node *list_of(Binder *b, Span span, uint32_t n) {
    Node *list = ARENA_NEW(b->arena, Node);
    *list = (Node){.kind = NODE_LIST, .span = span, .n = n};
    list->kids = ARENA_ARRAY(b->arena, Node *, n + 1);
    return list;
}

/* summarize <some items> by <by columns>, $position */
static Plan *summarize_bins(Binder *b, const Node *op, Plan *rows, uint32_t first, uint32_t n) {
    const Node *items = op->kids[0], *by = op->kids[5];
    Node *list = list_of(b, op->span, n), *keys = list_of(b, op->span, by ? by->n + 1 : 1);
    for (uint32_t i = 0; i < n; i++)
        list->kids[i] = (Node *)(uintptr_t)aggregate_of(items->kids[first + i]);
    for (uint32_t i = 0; by && i < by->n; i++) keys->kids[i] = by->kids[i];
    Node *position = ARENA_NEW(b->arena, Node);
    *position = (Node){.kind = NODE_NAME, .span = op->span, .text = STR("$position")};
    keys->kids[keys->n - 1] = position;
    Node *summarize = ARENA_NEW(b->arena, Node);
    *summarize = (Node){.kind = NODE_OP_SUMMARIZE, .span = op->span, .n = 2};
    summarize->kids = ARENA_ARRAY(b->arena, Node *, 2);
    summarize->kids[0] = list;
    summarize->kids[1] = keys;
    Row former = bind_set_row(b, rows);
    Plan *p = bind_op_summarize(b, summarize, rows);
    bind_restore_row(b, former);
    return p;
}

/* ---------------------------------------------------------------- defaults */

/* What stands where a bin has no row: 0 for numbers if nothing is said, null for the rest. */
static bool default_of(Binder *b, const Node *item, Type type, Expr **ret) {
    Value v = value_null(type);
    bool is_number = TYPE_BIT(type) & TS_NUMBER;
    if (item->kind == NODE_DEFAULT) {
        if (!bind_constant(b, item->kids[1], &v)) return false;
        bool is_both = is_number && (TYPE_BIT(v.type) & TS_NUMBER);
        if (v.is_null || (is_both && catalog_common_type(v.type, type) == type))
            v = value_convert(b->arena, &v, type);
    } else if (is_number) {
        Value zero = value_long(0);
        v = value_convert(b->arena, &zero, type);
    }
    *ret = expr_of_value(b, v, item->span);
    return true;
}

/* The default of each column of the summary behind the keys: an item may have several columns. */
static bool gather_defaults(Binder *b, const Node *op, Plan *rows, const Plan *bins,
                            uint32_t n_keys, Expr **ret) {
    const Node *items = op->kids[0];
    uint32_t at = n_keys, n = bins->schema.n;
    for (uint32_t i = 0; i < items->n; i++) {
        uint32_t n_columns = 1;
        if (n - n_keys != items->n) {
            b->mute++;
            Plan *alone = summarize_bins(b, op, rows, i, 1);
            b->mute--;
            if (alone) n_columns = alone->schema.n - n_keys;
        }
        for (uint32_t c = 0; c < n_columns && at < n; c++, at++)
            if (!default_of(b, items->kids[i], bins->schema.items[at].type, &ret[at])) return false;
    }
    return true;
}

/* ------------------------------------------------------------------ series */

/* A row without a position: the series of nothing is made of defaults. */
static Plan *with_empty_row(Binder *b, const Node *op, Plan *bins, const Axis *a) {
    Plan *row = plan_node(b, PLAN_VALUES, op->span, NULL, NULL);
    row->u.values.n_rows = 1;
    Projection p = projection_new(b);
    for (uint32_t i = 0; i + 2 < bins->schema.n; i++)
        projection_add(&p, bins->schema.items[i].name,
                       expr_of_value(b, value_null(bins->schema.items[i].type), op->span));
    projection_add(&p, STR("$first"), first_position(b, a));
    projection_add(&p, STR("$end"), end_position(b, a));
    PlanList list = {0};
    size_t n = 0;
    Plan *empty = projection_finish(&p, row, false, op->span);
    ARENA_PUSH(b->arena, list.items, list.n, list.cap, bins);
    ARENA_PUSH(b->arena, list.items, list.n, list.cap, empty);
    ARENA_PUSH(b->arena, list.names, n, list.cap_names, STR_EMPTY);
    ARENA_PUSH(b->arena, list.names, n, list.cap_names, STR_EMPTY);
    return bind_union_of(b, op, &list, STR_EMPTY, false);
}

static void add_aggregate(Binder *b, Plan *p, const char *name, Expr **args, uint32_t n,
                          Column column) {
    Aggregate *a = &p->u.aggregate.aggs[p->u.aggregate.n_aggs++];
    column.id = bind_fresh_column(b);
    *a = (Aggregate){
        .fn = catalog_aggregate(str_of(name)), .n_args = n, .n_columns = 1, .span = p->span};
    a->args = ARENA_ARRAY(b->arena, Expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) a->args[i] = args[i];
    a->columns = ARENA_NEW(b->arena, Column);
    a->columns[0] = column;
    p->schema.items[p->schema.n++] = column;
}

/* By the `by` columns: an array for each value, then the bounds: $min, $max, $first, $end, $rows. */
static Plan *collect(Binder *b, const Node *op, Plan *bins, Expr *const *defaults,
                     uint32_t n_keys) {
    Plan *p = plan_node(b, PLAN_AGGREGATE, op->span, bins, NULL);
    const Column *in = bins->schema.items;
    uint32_t n = bins->schema.n, n_by = n_keys - 1;
    p->is_open = false;
    p->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, n_by + 1);
    p->u.aggregate.aggs = ARENA_ARRAY(b->arena, Aggregate, n + 4);
    p->schema = (Schema){.items = ARENA_ARRAY(b->arena, Column, n + 6)};
    for (uint32_t i = 0; i < n_by; i++) {
        p->u.aggregate.keys[p->u.aggregate.n_keys++] = expr_column(b, &in[i], op->span);
        p->schema.items[p->schema.n++] = in[i];
    }
    Expr *position = expr_column(b, &in[n_by], op->span);
    Expr *first = expr_column(b, &in[n - 2], op->span), *end = expr_column(b, &in[n - 1], op->span);
    for (uint32_t i = n_keys; i + 2 < n; i++) {
        Expr *args[5] = {position, expr_column(b, &in[i], op->span), defaults[i], first, end};
        add_aggregate(b, p, "__series", args, 5,
                      (Column){.type = TYPE_DYNAMIC, .name = in[i].name});
    }
    add_aggregate(b, p, "min", &position, 1, (Column){.type = TYPE_LONG, .name = STR("$min")});
    add_aggregate(b, p, "max", &position, 1, (Column){.type = TYPE_LONG, .name = STR("$max")});
    add_aggregate(b, p, "take_any", &first, 1, (Column){.type = TYPE_LONG, .name = STR("$first")});
    add_aggregate(b, p, "take_any", &end, 1, (Column){.type = TYPE_LONG, .name = STR("$end")});
    add_aggregate(b, p, "count", NULL, 0, (Column){.type = TYPE_LONG, .name = STR("$rows")});
    return p;
}

/* range(first value, last value, step) */
static Expr *axis_array(Binder *b, const Axis *a, const Column *bounds, Span span) {
    Expr *least[2] = {expr_column(b, &bounds[2], span), expr_column(b, &bounds[0], span)};
    Expr *behind = binary(b, "+", expr_column(b, &bounds[1], span), number(b, 1, span));
    Expr *most[2] = {expr_column(b, &bounds[3], span), behind};
    Expr *first = expr_function(b, "coalesce", least, 2, span);
    Expr *end = expr_function(b, "coalesce", most, 2, span);
    Expr *last = value_at(b, a, binary(b, "-", end, number(b, 1, span)));
    if (a->type == TYPE_REAL) {
        Expr *two = expr_of_value(b, (Value){.type = TYPE_REAL, .u.r = 2}, span);
        last = binary(b, "+", last, binary(b, "/", a->step, two));
    }
    Expr *args[3] = {value_at(b, a, first), last, a->step};
    return expr_function(b, "range", args, 3, span);
}

static Plan *lay_out(Binder *b, const Node *op, Plan *series, const Axis *a) {
    uint32_t n = series->schema.n;
    const Column *bounds = &series->schema.items[n - 5];
    Expr *rows = expr_column(b, &bounds[4], op->span);
    Plan *some = plan_where(b, series, binary(b, ">", rows, number(b, 0, op->span)), op->span);
    Projection p = projection_new(b);
    for (uint32_t i = 0; i + 5 < n; i++)
        projection_add(&p, series->schema.items[i].name,
                       expr_column(b, &series->schema.items[i], op->span));
    projection_add(&p, a->name, axis_array(b, a, bounds, op->span));
    return projection_finish(&p, some, false, op->span);
}

static bool read_kind(Binder *b, const Node *op, bool *ret_nonempty) {
    Str kind = STR_EMPTY;
    *ret_nonempty = bind_param_word(op, "kind", &kind);
    if (!*ret_nonempty || str_is(kind, "nonempty")) return true;
    bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of make-series.",
               STR_ARG(kind))
        ->hint = STR("nonempty is the one there is");
    return false;
}

Plan *bind_op_make_series(Binder *b, const Node *op, Plan *input) {
    Axis axis;
    bool is_nonempty;
    if (!read_kind(b, op, &is_nonempty) || !read_axis(b, op, &axis)) return NULL;
    Plan *rows = with_positions(b, op, input, &axis);
    Plan *bins = rows ? summarize_bins(b, op, rows, 0, op->kids[0]->n) : NULL;
    if (!bins) return NULL;
    uint32_t n_keys = (op->kids[5] ? op->kids[5]->n : 0) + 1;
    Expr **defaults = ARENA_ARRAY(b->arena, Expr *, bins->schema.n + 1);
    if (!gather_defaults(b, op, rows, bins, n_keys, defaults)) return NULL;
    Projection p = projection_of(b, bins);
    projection_add(&p, STR("$first"), first_position(b, &axis));
    projection_add(&p, STR("$end"), end_position(b, &axis));
    bins = projection_finish(&p, bins, false, op->span);
    if (bins && is_nonempty && n_keys == 1) bins = with_empty_row(b, op, bins, &axis);
    if (!bins) return NULL;
    return lay_out(b, op, collect(b, op, bins, defaults, n_keys), &axis);
}
