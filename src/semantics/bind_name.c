/*
 * bind_name.c: the names that unnamed expressions get as columns.
 *
 * A column keeps its name; a path into a dynamic value is its parts joined by `_`; a call goes by
 * the naming rule of its catalog row.
 */
#include "semantics/bind_scope.h"

#define NAME_MAX_DEPTH 200

static Str name_of(Binder *b, const Node *n, unsigned depth);

const Node *node_bare(const Node *n) {
    while (n && n->kind == NODE_PAREN && n->n == 1) n = n->kids[0];
    return n;
}

static Str joined(Binder *b, Str left, Str right) {
    if (left.len == 0) return right;
    return arena_printf(b->arena, "%.*s_%.*s", STR_ARG(left), STR_ARG(right));
}

static bool is_join_side(const Node *n) {
    return n->kind == NODE_NAME && (str_is(n->text, "$left") || str_is(n->text, "$right"));
}

/* In brackets: a name or a position counts; anything else leaves the `_` alone: y[-1] is y_. */
static Str name_of_index(Binder *b, const Node *index) {
    index = node_bare(index);
    if (index->kind != NODE_LITERAL || index->value.is_null) return STR_EMPTY;
    if (index->value.type == TYPE_STRING) return index->value.u.s;
    if (index->value.type != TYPE_LONG && index->value.type != TYPE_INT) return STR_EMPTY;
    return value_to_text(b->arena, &index->value);
}

static Str name_of_argument(Binder *b, const Node *call, uint32_t at, unsigned depth) {
    if (call->n <= at) return STR_EMPTY;
    return name_of(b, call->kids[at], depth + 1);
}

static Str name_by_rule(Binder *b, const FnDef *fn, const Node *call, unsigned depth) {
    Str prefix = str_of(fn->prefix ? fn->prefix : fn->name);
    switch (fn->naming) {
    case NAME_NONE: return STR_EMPTY;
    case NAME_PREFIX: return arena_printf(b->arena, "%.*s_", STR_ARG(prefix));
    case NAME_PREFIX_PAIR:
        return arena_printf(b->arena, "%.*s_%.*s_%.*s", STR_ARG(prefix),
                            STR_ARG(name_of_argument(b, call, 0, depth)),
                            STR_ARG(name_of_argument(b, call, 1, depth)));
    case NAME_WHOLE: return prefix;
    case NAME_ONLY_ARG: return call->n == 1 ? name_of_argument(b, call, 0, depth) : STR_EMPTY;
    case NAME_ARG0: {
        Str name = name_of_argument(b, call, 0, depth);
        bool picks = fn->kind == FN_AGGREGATE && fn->prefix && name.len == 0;
        return picks ? arena_printf(b->arena, "%.*s_", STR_ARG(prefix)) : name;
    }
    case NAME_PREFIX_ARG: {
        Str name = name_of_argument(b, call, 0, depth);
        return arena_printf(b->arena, "%.*s_%.*s", STR_ARG(prefix), STR_ARG(name));
    }
    }
    return STR_EMPTY;
}

Str bind_name_of_call(Binder *b, const FnDef *fn, const Node *call) {
    return name_by_rule(b, fn, call, 0);
}

/* column_ifexists('x', d) is x when there is such a column. */
static Str name_of_column_if_exists(Binder *b, const Node *call) {
    const Node *name = call->n ? node_bare(call->kids[0]) : NULL;
    if (!name || name->kind != NODE_LITERAL || name->value.type != TYPE_STRING) return STR_EMPTY;
    return bind_column_in(b->row.schema, name->value.u.s) ? name->value.u.s : STR_EMPTY;
}

static Str name_of_call(Binder *b, const Node *call, unsigned depth) {
    if (local_find(b, call->text)) return STR_EMPTY;
    if (str_is(call->text, "column_ifexists") || str_is(call->text, "columnifexists"))
        return name_of_column_if_exists(b, call);
    const FnDef *fn = catalog_aggregate(call->text);
    if (!fn || (!b->aggregates && catalog_scalar(call->text))) fn = catalog_scalar(call->text);
    return fn ? name_by_rule(b, fn, call, depth) : STR_EMPTY;
}

static Str name_of(Binder *b, const Node *n, unsigned depth) {
    n = node_bare(n);
    if (!n || depth > NAME_MAX_DEPTH) return STR_EMPTY;
    if (n->kind == NODE_NAME) return n->text;
    if (n->kind == NODE_NAMED && n->n && n->kids[0]) return n->kids[0]->text;
    if (n->kind == NODE_NAMED_ARG) return n->text;
    if (n->kind == NODE_ORDERED && n->n) return name_of(b, n->kids[0], depth + 1);
    if (n->kind == NODE_TO_TYPE && n->n) return name_of(b, n->kids[0], depth + 1);
    if (n->kind == NODE_CALL) return name_of_call(b, n, depth);
    if (n->kind == NODE_PATH && n->n) {
        if (is_join_side(n->kids[0])) return n->text;
        return joined(b, name_of(b, n->kids[0], depth + 1), n->text);
    }
    if (n->kind == NODE_INDEX && n->n > 1) {
        Str index = name_of_index(b, n->kids[1]);
        if (is_join_side(n->kids[0])) return index;
        return joined(b, name_of(b, n->kids[0], depth + 1), index);
    }
    return STR_EMPTY;
}

Str bind_name_of(Binder *b, const Node *n) { return name_of(b, n, 0); }
