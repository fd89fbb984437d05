/*
 * bind_op_mv_expand.c: mv-expand.
 *
 * Source: "mv-expand operator". An item is a column, `name = expression`, or either with
 * `to typeof(T)`; expressions become columns of a projection first. Several items are expanded in
 * step, the shorter ones filled with nulls. mv-apply expands its rows the same way.
 */
#include "semantics/bind_advice.h"
#include "semantics/operators/bind_ops.h"

typedef struct Expanded {
    ColumnId id; /* of the projection */
    Type type;
    Str name;
} Expanded;

static bool is_taken(const Expanded *items, uint32_t n, Str name) {
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(items[i].name, name)) return true;
    return false;
}

/* The item's column in the projection: a dynamic column stays, an expression is put there. */
static bool add_item(Binder *b, Projection *p, const Node *item, Expanded *items, uint32_t n) {
    const Node *type = item->kind == NODE_TO_TYPE ? item->kids[1] : NULL;
    if (type) item = item->kids[0];
    bool is_named = item->kind == NODE_NAMED;
    const Node *value = is_named ? item->kids[1] : item;
    Expr *e = bind_expr(b, value);
    if (expr_is_error(e)) return false;
    if (e->type != TYPE_DYNAMIC) {
        bind_error(b, value, "KS107", "A value of type dynamic expected, not %s.",
                   type_name(e->type))
            ->hint = STR("todynamic(...) reads text as JSON");
        return false;
    }
    Str name = is_named ? item->kids[0]->text : bind_name_of(b, value);
    bool is_repeated = name.len && is_taken(items, n, name);
    if (is_repeated && is_named) {
        bind_error(b, item, "KS171", "A column with the name '%.*s' is already declared.",
                   STR_ARG(name));
        return false;
    }
    bool is_new = !name.len || (is_repeated && value->kind != NODE_NAME);
    uint32_t at = is_new ? projection_add(p, name, e) : projection_set(p, name, e);
    items[n] = (Expanded){.id = p->columns[at].id,
                          .type = type ? bind_type(b, type) : TYPE_DYNAMIC,
                          .name = p->columns[at].name};
    return items[n].type != TYPE_ERROR;
}

static bool read_options(Binder *b, const Node *op, Plan *p) {
    Str word = STR("bag");
    bind_param_word(op, "bagexpansion", &word);
    bind_param_word(op, "kind", &word);
    if (!str_is(word, "bag") && !str_is(word, "array")) {
        bind_error(b, op, "KS140", "'%.*s' is not a kind of bag expansion.", STR_ARG(word));
        return false;
    }
    p->u.mv_expand.is_bag_array = str_is(word, "array");
    p->u.mv_expand.limit = INT64_MAX;
    if (op->n > 1 && op->kids[1]) return bind_constant_long(b, op->kids[1], &p->u.mv_expand.limit);
    if (!str_is(op->text, "mvexpand")) return true;
    p->u.mv_expand.limit = 128; /* the older spelling */
    advise_mvexpand(b, op);
    return true;
}

/* The expanded columns take the places of their inputs; the index comes last. */
static void make_schema(Binder *b, Plan *p, const Schema *in, const Expanded *items, Str index) {
    uint32_t n = p->u.mv_expand.n;
    Column *columns = ARENA_ARRAY(b->arena, Column, in->n + 2);
    for (uint32_t k = 0; k < in->n; k++) {
        columns[k] = in->items[k];
        for (uint32_t i = 0; i < n; i++) {
            if (items[i].id != in->items[k].id) continue;
            columns[k] = (Column){
                .id = bind_fresh_column(b), .type = items[i].type, .name = in->items[k].name};
            p->u.mv_expand.columns[i] = items[i].id;
            p->u.mv_expand.outputs[i] = columns[k];
        }
    }
    uint32_t width = in->n;
    if (index.len) {
        columns[width] = (Column){.id = bind_fresh_column(b), .type = TYPE_LONG, .name = index};
        p->u.mv_expand.index_column = columns[width++].id;
    }
    p->schema = (Schema){.items = columns, .n = width};
}

Plan *bind_expansion(Binder *b, const Node *op, Plan *input) {
    const Node *list = op->kids[0];
    Projection projection = projection_of(b, input);
    Expanded *items = ARENA_ARRAY(b->arena, Expanded, list->n + 1);
    for (uint32_t i = 0; i < list->n; i++) {
        if (!add_item(b, &projection, list->kids[i], items, i)) return NULL;
        for (uint32_t k = 0; k < i; k++) {
            if (items[k].id != items[i].id) continue;
            bind_error(b, list->kids[i], "KS171", "A column is expanded twice.");
            return NULL;
        }
    }
    Str index = STR_EMPTY;
    bind_param_word(op, "with_itemindex", &index);
    if (index.len && projection_has(&projection, index)) {
        bind_error(b, op, "KS171", "A column with the name '%.*s' is already declared.",
                   STR_ARG(index));
        return NULL;
    }
    Plan *before = projection_finish(&projection, input, true, op->span);
    Plan *p = plan_node(b, PLAN_MV_EXPAND, op->span, before, NULL);
    p->u.mv_expand.n = list->n;
    p->u.mv_expand.columns = ARENA_ARRAY(b->arena, ColumnId, list->n);
    p->u.mv_expand.outputs = ARENA_ARRAY(b->arena, Column, list->n);
    if (!read_options(b, op, p)) return NULL;
    make_schema(b, p, &before->schema, items, index);
    return p;
}

Plan *bind_op_mv_expand(Binder *b, const Node *op, Plan *input) {
    return bind_expansion(b, op, input);
}
