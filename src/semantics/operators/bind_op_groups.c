/*
 * bind_op_groups.c: mv-apply and partition: a pipe for each group of rows.
 *
 * Source: "mv-apply operator", "partition operator". A group of mv-apply is what one input row expands
 * to: a row without elements has none, so the pipe does not run for it. Result: the input's columns that
 * are not expanded in place, then those of the pipe; a column of the pipe takes the place of an input
 * column of its name.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_group.h"
#include "semantics/operators/bind_ops.h"

/* Each level carries the columns of all levels above. */
#define MAX_GROUP_DEPTH 12u

static bool check_depth(Binder *b, const Node *op) {
    if (b->group_depth < MAX_GROUP_DEPTH) return true;
    bind_error(b, op, "QY902", "mv-apply and partition are nested more than %u deep.",
               MAX_GROUP_DEPTH);
    return false;
}

/* --------------------------------------------------------------- mv-apply */

/* A column of the input that is expanded under its own name is not among the input's any more. */
static bool is_applied(const Node *op, Str name) {
    const Node *list = op->kids[0];
    for (uint32_t i = 0; i < list->n; i++) {
        const Node *item = list->kids[i];
        if (item->kind == NODE_TO_TYPE) item = item->kids[0];
        item = node_bare(item);
        if (item->kind == NODE_NAME && str_eq(item->text, name)) return true;
    }
    return false;
}

/* The input with a number for each row and a second copy of each column, to carry along. */
static Plan *number_rows(Binder *b, const Node *op, Plan *input, bool has_key, Grouped *ret) {
    Plan *ordered = has_key ? plan_node(b, PLAN_SERIALIZE, op->span, input, NULL) : input;
    Projection p = projection_of(b, input);
    *ret = (Grouped){.carried = ARENA_ARRAY(b->arena, Column, input->schema.n + 1)};
    for (uint32_t i = 0; i < input->schema.n; i++) {
        if (is_applied(op, input->schema.items[i].name)) continue;
        Str name = arena_printf(b->arena, "$%.*s", STR_ARG(input->schema.items[i].name));
        uint32_t at = projection_add(&p, name, expr_column(b, &input->schema.items[i], op->span));
        ret->carried[ret->n_carried] = p.columns[at];
        ret->carried[ret->n_carried++].name = input->schema.items[i].name;
    }
    Expr *number = has_key ? expr_function(b, "row_number", NULL, 0, op->span)
                           : expr_of_value(b, value_long(0), op->span);
    uint32_t at = projection_add(&p, STR("$row"), number);
    ret->key = p.columns[at];
    return projection_finish(&p, ordered, true, op->span);
}

static bool is_extra(const Grouped *g, ColumnId id) {
    if (g->key.id == id) return true;
    for (uint32_t i = 0; i < g->n_carried; i++)
        if (g->carried[i].id == id) return true;
    return false;
}

static Schema visible_columns(Binder *b, const Plan *expanded, const Grouped *g) {
    Schema s = {.items = ARENA_ARRAY(b->arena, Column, expanded->schema.n + 1)};
    for (uint32_t i = 0; i < expanded->schema.n; i++)
        if (!is_extra(g, expanded->schema.items[i].id)) s.items[s.n++] = expanded->schema.items[i];
    return s;
}

/* The result's columns: see the top. `own` are those of the pipe. */
static Plan *lay_out(Binder *b, const Node *op, const Grouped *g, const Schema *own) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < g->n_carried; i++) {
        const Column *c = bind_column_in(own, g->carried[i].name);
        projection_add(&p, g->carried[i].name, expr_column(b, c ? c : &g->carried[i], op->span));
    }
    for (uint32_t i = 0; i < own->n; i++)
        if (!projection_has(&p, own->items[i].name))
            projection_add(&p, own->items[i].name, expr_column(b, &own->items[i], op->span));
    return projection_finish(&p, g->plan, true, op->span);
}

/* Operators that work row by row never need to know where a group ends. */
static bool is_row_wise(const Node *subpipe) {
    static const NodeKind kinds[] = {
        NODE_OP_FILTER,          NODE_OP_EXTEND,       NODE_OP_PROJECT,
        NODE_OP_PROJECT_AWAY,    NODE_OP_PROJECT_KEEP, NODE_OP_PROJECT_RENAME,
        NODE_OP_PROJECT_REORDER, NODE_OP_PARSE,        NODE_OP_MV_EXPAND};
    for (uint32_t i = 0; i < subpipe->n; i++) {
        bool is_known = false;
        for (size_t k = 0; k < COUNT_OF(kinds) && !is_known; k++)
            is_known = subpipe->kids[i]->kind == kinds[k];
        if (!is_known) return false;
    }
    return true;
}

/* Rows that a grouping made, some expression behind it or none. */
static bool is_grouping(const Plan *p) {
    while (p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT) p = p->inputs[0];
    return p->kind == PLAN_AGGREGATE;
}

/* A grouping leaves its rows in no order: the records come in that of the input. */
static void order_by_record(Binder *b, const Plan *input, Grouped *g, Span span) {
    Plan *sort = plan_node(b, PLAN_SORT, span, g->plan, NULL);
    sort->u.sort.keys = ARENA_NEW(b->arena, SortKey);
    sort->u.sort.keys[0] = (SortKey){.expr = expr_column(b, &g->key, span)};
    sort->u.sort.n = 1;
    sort->is_serialized = input->is_serialized;
    g->plan = sort;
}

static Plan *apply(Binder *b, const Node *op, Plan *input, bool has_key, bool *ret_needs_key) {
    Grouped source, result;
    Plan *numbered = number_rows(b, op, input, has_key, &source);
    if (!numbered) return NULL;
    source.plan = bind_expansion(b, op, numbered);
    if (!source.plan) return NULL;
    Schema visible = visible_columns(b, source.plan, &source);
    Plan *leaf = bind_group_leaf(b, visible, true, source.plan->is_open, op->span);
    Local *locals = b->locals;
    b->group_depth++;
    Plan *pipe = bind_subpipe(b, op->kids[3], leaf);
    b->group_depth--;
    b->locals = locals;
    if (!pipe) return NULL;
    *ret_needs_key = !bind_ignores_groups(pipe, leaf);
    if (*ret_needs_key && !has_key) return NULL;
    if (!bind_per_group(b, pipe, leaf, &source, NULL, &result)) return NULL;
    if (has_key && is_grouping(pipe)) order_by_record(b, input, &result, op->span);
    return lay_out(b, op, &result, &pipe->schema);
}

Plan *bind_op_mv_apply(Binder *b, const Node *op, Plan *input) {
    if (op->kids[2])
        return bind_unsupported(b, op->kids[2],
                                "The clause id of mv-apply\nwrite mv-apply without it");
    if (!check_depth(b, op)) return NULL;
    bool needs_key = false;
    Plan *p = apply(b, op, input, !is_row_wise(op->kids[3]), &needs_key);
    if (p || !needs_key || !is_row_wise(op->kids[3])) return p;
    /* a window function needs the groups after all */
    b->mute++;
    p = apply(b, op, input, true, &needs_key);
    b->mute--;
    return p;
}

/* -------------------------------------------------------------- partition */

/* Text is its own key; of another type the text, so that null is a key too. */
static Expr *key_of(Binder *b, const Column *c, Span span) {
    Expr *value = expr_column(b, c, span);
    return c->type == TYPE_STRING ? value : expr_convert(b, value, TYPE_STRING);
}

/* A strategy is about speed in a cluster alone: here all work alike. */
static bool check_strategy(Binder *b, const Node *op) {
    static const char *const strategies[] = {"legacy", "native", "shuffle", NULL};
    return bind_check_strategy(b, op, strategies);
}

/* The pipe, and the plan by which it reads the key column. */
static Plan *bind_partition_pipe(Binder *b, const Node *op, const Column *key, Plan *leaf,
                                 const Plan **ret_outer) {
    const Node *body = op->kids[1];
    Local *locals = b->locals;
    Plan *pipe = NULL;
    b->group_depth++;
    Schema one = {.items = (Column *)(uintptr_t)key, .n = 1};
    Plan *outer = bind_group_leaf(b, one, false, false, op->span);
    *ret_outer = outer;
    Local *l = local_add(b, LOCAL_SCALAR, key->name);
    l->expr = ARENA_NEW(b->arena, Expr);
    *l->expr = (Expr){.kind = EXPR_SUBQUERY, .type = key->type, .span = op->span, .plan = outer};
    Expr *scalar = NULL;
    if (body->kind == NODE_SUBPIPE) pipe = bind_subpipe(b, body, leaf);
    else if (body->kind != NODE_BLOCK) pipe = bind_tabular(b, body);
    else if (bind_body(b, body, &pipe, &scalar) && !pipe)
        bind_error(b, body, "KS111", "Tabular value expected.");
    b->group_depth--;
    b->locals = locals;
    return pipe;
}

Plan *bind_op_partition(Binder *b, const Node *op, Plan *input) {
    if (node_param(op, "in") || node_param(op, "id"))
        return bind_unsupported(b, op, "The scope of partition\nwrite partition by Column (...)");
    if (!check_strategy(b, op) || !check_depth(b, op)) return NULL;
    const Column *key = bind_column_name(b, op->kids[0]);
    if (!key || key->type == TYPE_ERROR || key->id == 0) return NULL;
    if (key->type == TYPE_DYNAMIC) {
        bind_error(b, op->kids[0], "KS166", "A dynamic value cannot be a key of partition.")->hint =
            STR("extend a column with tostring(...) before");
        return NULL;
    }
    Projection p = projection_of(b, input);
    Grouped source = {.carried = ARENA_NEW(b->arena, Column), .n_carried = 1}, result;
    uint32_t at = projection_add(&p, STR("$value"), expr_column(b, key, op->span));
    source.carried[0] = p.columns[at];
    at = projection_add(&p, STR("$key"), key_of(b, key, op->span));
    source.key = p.columns[at];
    source.plan = projection_finish(&p, input, true, op->span);
    if (!source.plan) return NULL;
    Plan *leaf = bind_group_leaf(b, input->schema, input->is_serialized, input->is_open, op->span);
    const Plan *outer = NULL;
    Plan *pipe = bind_partition_pipe(b, op, key, leaf, &outer);
    if (!pipe || !bind_per_group(b, pipe, leaf, &source, outer, &result)) return NULL;
    Projection out = projection_new(b);
    for (uint32_t i = 0; i < pipe->schema.n; i++)
        projection_add(&out, pipe->schema.items[i].name,
                       expr_column(b, &pipe->schema.items[i], op->span));
    return projection_finish(&out, result.plan, true, op->span);
}
