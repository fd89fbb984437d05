/*
 * bind_op_rows.c: operators that work row by row: where, project, extend, print, serialize, take, sample,
 * consume, and invoke.
 *
 * Source: the operators' pages.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

/* `where x = y` is the condition y under a name. */
static Plan *filter_on_named(Binder *b, const Node *op, Plan *input) {
    const Node *named = op->kids[0], *value = named->kids[1];
    b->mute++;
    Expr *e = bind_expr(b, value);
    b->mute--;
    Str name = named->kids[0]->text;
    if (e->type != TYPE_BOOL) {
        bind_error(b, named, "KS141", "The expression must have the type bool.")->hint =
            STR("to compare, write == (or =~ to ignore case)");
        return NULL;
    }
    bind_warning(b, named->span, "QY220", "'%.*s =' names the condition and compares nothing.",
                 STR_ARG(name))
        ->hint = STR("to compare, write ==");
    return plan_where(b, input, bind_predicate(b, value), op->span);
}

Plan *bind_op_filter(Binder *b, const Node *op, Plan *input) {
    if (op->kids[0]->kind == NODE_NAMED) return filter_on_named(b, op, input);
    return plan_where(b, input, bind_predicate(b, op->kids[0]), op->span);
}

static Plan *some_rows(Binder *b, const Node *op, Plan *input, PlanKind kind) {
    Expr *count = bind_count(b, op->kids[0]);
    if (expr_is_error(count)) return input;
    Plan *p = plan_node(b, kind, op->span, input, NULL);
    p->u.take.count = count;
    return p;
}

Plan *bind_op_take(Binder *b, const Node *op, Plan *input) {
    advise_take(b, op, input);
    return some_rows(b, op, input, PLAN_TAKE);
}

Plan *bind_op_sample(Binder *b, const Node *op, Plan *input) {
    return some_rows(b, op, input, PLAN_SAMPLE);
}

/* All rows are made and counted; none is shown, and no column. */
Plan *bind_op_consume(Binder *b, const Node *op, Plan *input) {
    Plan *counted = bind_op_count(b, op, input);
    Expr *n = expr_column(b, &counted->schema.items[0], op->span);
    Expr *below = expr_operator(b, "<", n, expr_of_value(b, value_long(0), op->span), op->span);
    Projection none = projection_new(b);
    return projection_finish(&none, plan_where(b, counted, below, op->span), false, op->span);
}

Plan *bind_op_invoke(Binder *b, const Node *op, Plan *input) {
    return bind_invoke(b, op->kids[0], input);
}

/* `extend x == 1`: the name that the comparison was to give; NULL when there is none. */
static const Node *name_that_is_compared(Binder *b, const Node *item) {
    if (item->kind != NODE_BINARY || !str_is(item->text, "==")) return NULL;
    const Node *left = item->kids[0];
    bool is_known = left->kind != NODE_NAME || bind_column_in(b->row.schema, left->text) ||
                    local_find(b, left->text) || b->row.is_open;
    return is_known ? NULL : left;
}

/* One column; NAMED gives its name. */
static Expr *bind_item(Binder *b, const Node *item, Str *ret_name) {
    const Node *compared = name_that_is_compared(b, item);
    if (compared) {
        bind_unknown_name(b, compared, compared->text);
        Diag *d = b->mute || !b->diags->n ? NULL : &b->diags->items[b->diags->n - 1];
        if (d && !d->hint.len) d->hint = STR("a column gets its value by a single =: x = ...");
        *ret_name = STR_EMPTY;
        return expr_error(b, item->span);
    }
    if (item->kind == NODE_NAMED_LIST) {
        *ret_name = item->n > 1 ? item->kids[1]->text : STR_EMPTY;
        if (item->n == 2) return bind_expr(b, item->kids[0]);
        bind_error(b, item, "KS149", "The expression does not have multiple named values.");
        return expr_error(b, item->span);
    }
    if (item->kind == NODE_NAMED) {
        *ret_name = item->kids[0]->text;
        return bind_expr(b, item->kids[1]);
    }
    *ret_name = bind_name_of(b, item);
    return bind_expr(b, item);
}

static bool is_named(const Node *item) {
    return item->kind == NODE_NAMED || item->kind == NODE_NAMED_LIST;
}

static bool is_several(const Node *item) {
    return item->kind == NODE_STAR ||
           (item->kind == NODE_NAME && (item->flags & NODE_FLAG_WILDCARD));
}

static void project_several(Binder *b, Projection *p, const Node *item) {
    Column *columns;
    uint32_t n;
    if (!bind_columns(b, item, &columns, &n)) return;
    for (uint32_t i = 0; i < n; i++)
        if (!projection_has(p, columns[i].name))
            projection_add(p, columns[i].name, expr_column(b, &columns[i], item->span));
}

Plan *bind_op_project(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        if (is_several(item)) {
            project_several(b, &p, item);
            continue;
        }
        if (bind_add_members(b, &p, item, MEMBERS_PROJECT)) continue;
        Str name = STR_EMPTY;
        Expr *e = bind_item(b, item, &name);
        projection_add_item(&p, item, name, e, false);
    }
    return projection_finish(&p, input, false, op->span);
}

/* All expressions see the input's columns, not each other. */
static Plan *extend(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_of(b, input);
    for (uint32_t i = 0; i < op->n; i++) {
        if (bind_add_members(b, &p, op->kids[i], MEMBERS_EXTEND)) continue;
        Str name = STR_EMPTY;
        Expr *e = bind_item(b, op->kids[i], &name);
        projection_add_item(&p, op->kids[i], name, e, true);
    }
    return projection_finish(&p, input, true, op->span);
}

Plan *bind_op_extend(Binder *b, const Node *op, Plan *input) { return extend(b, op, input); }

Plan *bind_op_serialize(Binder *b, const Node *op, Plan *input) {
    Plan *p = plan_node(b, PLAN_SERIALIZE, op->span, input, NULL);
    return op->n ? extend(b, op, p) : p;
}

/* Unnamed columns of print are print_0, print_1, ... by their place. */
Plan *bind_op_print(Binder *b, const Node *op, Plan *input) {
    (void)input;
    Plan *row = plan_node(b, PLAN_VALUES, op->span, NULL, NULL);
    row->u.values.n_rows = 1;
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        if (bind_add_members(b, &p, op->kids[i], MEMBERS_PRINT)) continue;
        Str name = STR_EMPTY;
        Expr *e = bind_item(b, op->kids[i], &name);
        if (is_named(op->kids[i])) projection_add_item(&p, op->kids[i], name, e, false);
        else projection_add(&p, arena_printf(b->arena, "print_%u", i), e);
    }
    return projection_finish(&p, row, false, op->span);
}
