/*
 * bind_op_set.c: operators that look at many rows: sort, distinct, join on columns.
 *
 * Source: "sort", "distinct" and "join" operators. Descending is the default; nulls come first when
 * ascending, last when descending.
 */
#include "semantics/bind_ops.h"

Plan *bind_op_sort(Binder *b, const Node *op, Plan *input) {
    Plan *p = plan_node(b, PLAN_SORT, op->span, input, NULL);
    p->u.sort.keys = ARENA_ARRAY(b->arena, SortKey, op->n);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *key = op->kids[i];
        bool is_ordered = key->kind == NODE_ORDERED;
        Expr *e = bind_expr(b, is_ordered ? key->kids[0] : key);
        if (expr_is_error(e)) continue;
        bool is_descending = !(is_ordered && (key->flags & NODE_FLAG_ASC));
        bool nulls_first = is_ordered && (key->flags & NODE_FLAG_NULLS_FIRST)
                               ? true
                               : !is_descending && !(key->flags & NODE_FLAG_NULLS_LAST);
        p->u.sort.keys[p->u.sort.n++] =
            (SortKey){.expr = e, .is_descending = is_descending, .nulls_first = nulls_first};
    }
    return p->u.sort.n ? p : input;
}

Plan *bind_op_distinct(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        bool is_several =
            item->kind == NODE_STAR || (item->kind == NODE_NAME && (item->flags & NODE_FLAG_WILDCARD));
        if (!is_several) {
            projection_add(&p, bind_name_of(b, item), bind_expr(b, item));
            continue;
        }
        Column *columns;
        uint32_t n;
        if (!bind_columns(b, item, &columns, &n)) continue;
        for (uint32_t c = 0; c < n; c++)
            projection_add(&p, columns[c].name, expr_column(b, &columns[c], item->span));
    }
    Plan *keys = projection_finish(&p, input, false, op->span);
    if (!keys) return NULL;
    Plan *distinct = plan_node(b, PLAN_AGGREGATE, op->span, keys, NULL);
    distinct->u.aggregate.n_keys = keys->schema.n;
    distinct->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, keys->schema.n);
    for (uint32_t i = 0; i < keys->schema.n; i++) {
        if (keys->schema.items[i].type == TYPE_ERROR) return NULL;
        distinct->u.aggregate.keys[i] = expr_column(b, &keys->schema.items[i], op->span);
    }
    return distinct;
}

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
    bind_error(b, op, "KS140", "'%.*s' is not a kind of join.", STR_ARG(word));
    return false;
}

static bool has_both_sides(JoinKind kind) {
    return kind == JOIN_INNER_UNIQUE || kind == JOIN_INNER || kind == JOIN_LEFT_OUTER ||
           kind == JOIN_RIGHT_OUTER || kind == JOIN_FULL_OUTER;
}

/* One condition as a pair of columns: a name on both sides, or $left.a == $right.b either way round. */
static bool join_keys(Binder *b, const Node *on, const Plan *left, const Plan *right, Expr **ret_left,
                      Expr **ret_right) {
    Expr *l, *r;
    if (on->kind == NODE_NAME) {
        const Column *lc = bind_column_in(&left->schema, on->text);
        const Column *rc = bind_column_in(&right->schema, on->text);
        if (!lc || !rc) {
            bind_error(b, on, "KS145", "The column '%.*s' must exist on both sides of the join.",
                       STR_ARG(on->text));
            return false;
        }
        l = expr_column(b, lc, on->span);
        r = expr_column(b, rc, on->span);
    } else if (on->kind == NODE_BINARY && str_is(on->text, "==")) {
        l = bind_expr(b, on->kids[0]);
        r = bind_expr(b, on->kids[1]);
        if (l->kind == EXPR_COLUMN && !schema_find(&left->schema, l->u.column)) {
            Expr *swap = l;
            l = r;
            r = swap;
        }
    } else {
        bind_unsupported(b, on, "This join condition");
        return false;
    }
    if (expr_is_error(l) || expr_is_error(r)) return false;
    bool is_pair = l->kind == EXPR_COLUMN && r->kind == EXPR_COLUMN &&
                   schema_find(&left->schema, l->u.column) && schema_find(&right->schema, r->u.column);
    if (!is_pair) {
        bind_error(b, on, "KS182",
                   "The join condition must be either the name of a column common to both tables or "
                   "in the form $left.<column> == $right.<column>.");
        return false;
    }
    Type common = catalog_compare_type(STR("=="), l->type, r->type);
    if (l->type != r->type && (common == TYPE_ERROR || common == TYPE_DYNAMIC)) {
        bind_error(b, on, "KS242", "Inconsistent data types for join keys: (%s, %s).",
                   type_name(l->type), type_name(r->type));
        return false;
    }
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
    while (on->kind == NODE_PAREN && on->n == 1)
        on = on->kids[0];
    if (on->kind == NODE_BINARY && str_is(on->text, "and")) {
        put_conditions(b, on->kids[0], out);
        put_conditions(b, on->kids[1], out);
        return;
    }
    ARENA_PUSH(b->arena, out->items, out->n, out->cap, on);
}

static void join_schema(Binder *b, Plan *join, const Plan *left, const Plan *right) {
    bool is_right_only = join->u.join.kind == JOIN_RIGHT_SEMI || join->u.join.kind == JOIN_RIGHT_ANTI;
    Projection names = projection_of(b, is_right_only ? right : left);
    if (has_both_sides(join->u.join.kind))
        for (uint32_t i = 0; i < right->schema.n; i++)
            projection_add(&names, right->schema.items[i].name,
                           expr_column(b, &right->schema.items[i], join->span));
    join->schema = (Schema){.items = names.columns, .n = (uint32_t)names.n};
}

Plan *bind_op_join(Binder *b, const Node *op, Plan *input) {
    JoinKind kind;
    Plan *right = bind_tabular(b, op->kids[0]);
    if (!join_kind(b, op, &kind) || !right) return NULL;
    if (op->n > 2 && op->kids[2]) return bind_unsupported(b, op, "join with where");
    const Node *on = op->n > 1 ? op->kids[1] : NULL;
    Conditions conditions = {0};
    for (uint32_t i = 0; on && i < on->n; i++)
        put_conditions(b, on->kids[i], &conditions);
    uint32_t n = (uint32_t)conditions.n;
    if (n == 0) return bind_unsupported(b, op, "A join without conditions");
    Plan *join = plan_node(b, PLAN_JOIN, op->span, input, right);
    join->u.join.kind = kind;
    join->u.join.n_keys = n;
    join->u.join.left_keys = ARENA_ARRAY(b->arena, Expr *, n);
    join->u.join.right_keys = ARENA_ARRAY(b->arena, Expr *, n);
    Row former = bind_set_join_rows(b, input, right);
    bool is_fine = true;
    for (uint32_t i = 0; i < n; i++)
        is_fine = join_keys(b, conditions.items[i], input, right, &join->u.join.left_keys[i],
                            &join->u.join.right_keys[i]) &&
                  is_fine;
    bind_restore_row(b, former);
    if (!is_fine) return NULL;
    join_schema(b, join, input, right);
    return join;
}
