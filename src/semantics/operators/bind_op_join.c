/*
 * bind_op_join.c: join and lookup.
 *
 * Source: "join operator", "lookup operator". A lookup is a join that shows its keys once, from the
 * left side; it is outer unless it says inner.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

static bool join_kind(Binder *b, const Node *op, JoinKind *ret) {
    static const struct {
        const char *name;
        JoinKind kind;
    } kinds[] = {{"innerunique", JOIN_INNER_UNIQUE}, {"inner", JOIN_INNER},
                 {"leftouter", JOIN_LEFT_OUTER},     {"rightouter", JOIN_RIGHT_OUTER},
                 {"fullouter", JOIN_FULL_OUTER},     {"leftsemi", JOIN_LEFT_SEMI},
                 {"leftanti", JOIN_LEFT_ANTI},       {"anti", JOIN_LEFT_ANTI},
                 {"leftantisemi", JOIN_LEFT_ANTI},   {"rightsemi", JOIN_RIGHT_SEMI},
                 {"rightanti", JOIN_RIGHT_ANTI},     {"rightantisemi", JOIN_RIGHT_ANTI}};
    Str word = STR("innerunique");
    bind_param_word(op, "kind", &word);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!str_is(word, kinds[i].name)) continue;
        *ret = kinds[i].kind;
        return true;
    }
    bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of join.", STR_ARG(word))
        ->hint = STR(
        "the kinds are inner, innerunique, leftouter, rightouter, fullouter, leftsemi, rightsemi, leftanti and rightanti");
    return false;
}

static bool lookup_kind(Binder *b, const Node *op, JoinKind *ret) {
    Str word = STR("leftouter");
    bind_param_word(op, "kind", &word);
    *ret = str_is(word, "inner") ? JOIN_INNER : JOIN_LEFT_OUTER;
    if (str_is(word, "inner") || str_is(word, "leftouter")) return true;
    bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of lookup.", STR_ARG(word))
        ->hint = STR("the kinds are leftouter and inner");
    return false;
}

static bool has_both_sides(JoinKind kind) {
    return kind == JOIN_INNER_UNIQUE || kind == JOIN_INNER || kind == JOIN_LEFT_OUTER ||
           kind == JOIN_RIGHT_OUTER || kind == JOIN_FULL_OUTER;
}

/* $left.a or $right['a'] */
static bool is_side(const Node *n) {
    n = node_bare(n);
    if ((n->kind != NODE_PATH && n->kind != NODE_INDEX) || !n->n) return false;
    const Node *side = n->kids[0];
    return side->kind == NODE_NAME && (str_is(side->text, "$left") || str_is(side->text, "$right"));
}

/* The column of that name on one side; one that data not at hand may have is a null. */
static Expr *common_column(Binder *b, const Plan *side, const Node *on) {
    const Column *c = bind_column_in(&side->schema, on->text);
    if (c) bind_note_use(b, c, on->span);
    if (c) return expr_column(b, c, on->span);
    if (side->is_open && bind_may_be_column(b, on->text))
        return expr_of_value(b, value_null(bind_absent_type(on->text)), on->span);
    bind_error(b, on, "KS145", "The column '%.*s' must exist on both sides of the join.",
               STR_ARG(on->text));
    return NULL;
}

static bool wrong_condition(Binder *b, const Node *on) {
    Diag *d = bind_error(b, on, "KS182",
                         "The join condition must be either the name of a column common to both "
                         "tables or in the form $left.<column> == $right.<column>.");
    if (on->kind == NODE_BINARY && on->kids[0]->kind == NODE_NAME && on->kids[1]->kind == NODE_NAME)
        d->hint = arena_printf(b->arena, "write $left.%.*s == $right.%.*s",
                               STR_ARG(on->kids[0]->text), STR_ARG(on->kids[1]->text));
    return false;
}

static bool is_of(const Expr *e, const Plan *side) {
    return expr_is_absent(e) ||
           (e->kind == EXPR_COLUMN && schema_find(&side->schema, e->u.column) != NULL);
}

/* Keys are of one type; int and long go together where both sides are written out. */
static bool check_key_types(Binder *b, const Node *on, const Expr *l, const Expr *r) {
    if (l->type == r->type && l->type != TYPE_DYNAMIC) return true;
    if (expr_is_absent(l) || expr_is_absent(r)) return true;
    bool is_guess = l->type == TYPE_DYNAMIC || r->type == TYPE_DYNAMIC;
    if (is_guess && b->has_elsewhere) return true;
    bool is_dynamic = l->type == TYPE_DYNAMIC && r->type == TYPE_DYNAMIC;
    if (on->kind == NODE_NAME && !is_dynamic)
        bind_error(b, on, "KS227",
                   "The common column '%.*s' must have the same type on both sides of the join, "
                   "not %s and %s.",
                   STR_ARG(on->text), type_name(l->type), type_name(r->type));
    else if (l->type == TYPE_DYNAMIC || r->type == TYPE_DYNAMIC)
        bind_error(b, on, "KS241", "Join keys cannot be dynamic.")->hint =
            STR("extend a column with tostring(...) before the join");
    else if ((TYPE_BIT(l->type) & TS_INTEGER) && (TYPE_BIT(r->type) & TS_INTEGER)) return true;
    else
        bind_error(b, on, "KS242", "Inconsistent data types for join keys: (%s, %s).",
                   type_name(l->type), type_name(r->type));
    return false;
}

/* A column that one product has as text is compared as text. */
static Expr *text_of(Binder *b, Expr *e) {
    bool is_text = e->kind == EXPR_COLUMN && bind_is_bag_or_text(b, e->u.column);
    return is_text ? expr_convert(b, e, TYPE_STRING) : e;
}

/* One condition as a pair of columns: a name on both sides, or $left.a == $right.b either way round. */
static bool join_keys(Binder *b, const Node *on, const Plan *left, const Plan *right,
                      Expr **ret_left, Expr **ret_right, ColumnId *ret_right_column) {
    Expr *l, *r;
    if (on->kind == NODE_NAME) {
        l = common_column(b, left, on);
        r = l ? common_column(b, right, on) : NULL;
    } else if (on->kind == NODE_BINARY && str_is(on->text, "==")) {
        if (!is_side(on->kids[0]) || !is_side(on->kids[1])) return wrong_condition(b, on);
        l = bind_expr(b, on->kids[0]);
        r = bind_expr(b, on->kids[1]);
        if (l->kind == EXPR_COLUMN && !schema_find(&left->schema, l->u.column)) {
            Expr *swap = l;
            l = r;
            r = swap;
        }
    } else {
        return wrong_condition(b, on);
    }
    if (expr_is_error(l) || expr_is_error(r)) return false;
    if (!is_of(l, left) || !is_of(r, right)) return wrong_condition(b, on);
    *ret_right_column = r->kind == EXPR_COLUMN ? r->u.column : 0;
    l = text_of(b, l);
    r = text_of(b, r);
    if (!check_key_types(b, on, l, r)) return false;
    l = expr_fit_untyped(b, l, TYPE_BIT(r->type));
    r = expr_fit_untyped(b, r, TYPE_BIT(l->type));
    Type common = catalog_compare_type(STR("=="), l->type, r->type);
    *ret_left = expr_convert(b, l, common);
    *ret_right = expr_convert(b, r, common);
    return true;
}

typedef struct Conditions {
    const Node **items;
    size_t n, cap;
} Conditions;

/* Conditions that `and` joins are conditions of their own. */
static void put_conditions(Binder *b, const Node *on, Conditions *out) {
    while (on->kind == NODE_PAREN && on->n == 1) on = on->kids[0];
    if (on->kind == NODE_BINARY && str_is(on->text, "and")) {
        put_conditions(b, on->kids[0], out);
        put_conditions(b, on->kids[1], out);
        return;
    }
    ARENA_PUSH(b->arena, out->items, out->n, out->cap, on);
}

static bool holds_id(const ColumnId *ids, uint32_t n, ColumnId id) {
    for (uint32_t i = 0; i < n; i++)
        if (ids[i] == id) return true;
    return false;
}

/* A column of the right side whose name the left side has gets the first of name1, name2, ... that no
 * column of either side has. */
static Str joined_name(Binder *b, const Projection *names, const Schema *right, Str name) {
    if (!projection_has(names, name)) return name;
    for (uint32_t i = 1;; i++) {
        Str next = arena_printf(b->arena, "%.*s%u", STR_ARG(name), i);
        if (!projection_has(names, next) && !bind_column_in(right, next)) return next;
    }
}

/* `hidden`: keys of the right side that a lookup does not repeat. */
static void join_schema(Binder *b, Plan *join, const ColumnId *hidden, uint32_t n_hidden) {
    const Plan *left = join->inputs[0], *right = join->inputs[1];
    bool is_right_only =
        join->u.join.kind == JOIN_RIGHT_SEMI || join->u.join.kind == JOIN_RIGHT_ANTI;
    Projection names = projection_of(b, is_right_only ? right : left);
    if (has_both_sides(join->u.join.kind))
        for (uint32_t i = 0; i < right->schema.n; i++) {
            const Column *c = &right->schema.items[i];
            if (holds_id(hidden, n_hidden, c->id)) continue;
            projection_add(&names, joined_name(b, &names, &right->schema, c->name),
                           expr_column(b, c, join->span));
        }
    join->schema = (Schema){.items = names.columns, .n = (uint32_t)names.n};
}

static Plan *join_tables(Binder *b, const Node *op, Plan *input, JoinKind kind, bool is_lookup) {
    Plan *right = bind_tabular(b, op->kids[0]);
    if (!right) return NULL;
    if (op->n > 2 && op->kids[2])
        return bind_unsupported(b, op,
                                "join with where\nfilter behind it: | join ... on ... | where ...");
    const Node *on = op->n > 1 ? op->kids[1] : NULL;
    Conditions conditions = {0};
    for (uint32_t i = 0; on && i < on->n; i++) put_conditions(b, on->kids[i], &conditions);
    uint32_t n = (uint32_t)conditions.n;
    if (n == 0) {
        bind_error_at(b, op->name_span, "KS006", "Missing join on condition clause")->hint =
            STR("on Column, or on $left.Column == $right.Column");
        return NULL;
    }
    Plan *join = plan_node(b, PLAN_JOIN, op->span, input, right);
    join->u.join.kind = kind;
    join->u.join.is_lookup = is_lookup;
    join->u.join.n_keys = n;
    join->u.join.left_keys = ARENA_ARRAY(b->arena, Expr *, n);
    join->u.join.right_keys = ARENA_ARRAY(b->arena, Expr *, n);
    ColumnId *right_columns = ARENA_ARRAY(b->arena, ColumnId, n);
    Row former = bind_set_join_rows(b, input, right);
    bool is_fine = true;
    for (uint32_t i = 0; i < n; i++)
        is_fine = join_keys(b, conditions.items[i], input, right, &join->u.join.left_keys[i],
                            &join->u.join.right_keys[i], &right_columns[i]) &&
                  is_fine;
    bind_restore_row(b, former);
    if (!is_fine) return NULL;
    join_schema(b, join, right_columns, is_lookup ? n : 0);
    return join;
}

Plan *bind_op_join(Binder *b, const Node *op, Plan *input) {
    JoinKind kind;
    static const char *const strategies[] = {"auto", "broadcast", "centralized", "shuffle", NULL};
    if (!join_kind(b, op, &kind) || !bind_check_strategy(b, op, strategies)) return NULL;
    Plan *join = join_tables(b, op, input, kind, false);
    advise_join_kind(b, op, join);
    return join;
}

Plan *bind_op_lookup(Binder *b, const Node *op, Plan *input) {
    JoinKind kind;
    return lookup_kind(b, op, &kind) ? join_tables(b, op, input, kind, true) : NULL;
}
