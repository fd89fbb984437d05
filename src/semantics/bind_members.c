/*
 * bind_members.c: calls that give several columns at once, such as series_stats().
 *
 * The call is one expression whose value is an array; each column takes one element of it. Source:
 * the functions' pages; that `extend (a, b) = f(x)` adds no more than the columns named, and
 * `project` the others too, stands in that of series_fit_2lines(). Where a single value is wanted,
 * the first column stands for all.
 */
#include "semantics/bind_scope.h"

static const FnDef *fn_of(Binder *b, const Node *n) {
    if (n->kind != NODE_CALL || local_find(b, n->text)) return NULL;
    const FnDef *fn = catalog_scalar(n->text);
    return fn && fn->members ? fn : NULL;
}

/* "min:real,min_idx:long": takes the first off; false at the end. */
static bool next_member(Str *rest, Str *ret_name, Type *ret_type) {
    if (!rest->len) return false;
    size_t colon = 0, end = 0;
    while (end < rest->len && rest->ptr[end] != ',') end++;
    while (colon < end && rest->ptr[colon] != ':') colon++;
    *ret_name = str_sub(*rest, 0, colon);
    *ret_type = type_from_name(str_sub(*rest, colon + 1, end - colon - 1));
    *rest = end < rest->len ? str_sub(*rest, end + 1, rest->len - end - 1) : STR_EMPTY;
    return true;
}

static Expr *element(Binder *b, Expr *call, uint32_t at, Type type) {
    Expr *args[2] = {call, expr_of_value(b, value_long(at), call->span)};
    Expr *e = expr_call_typed(b, catalog_operator(STR("[]")), args, 2, TYPE_DYNAMIC, call->span);
    return expr_convert(b, e, type);
}

static void add(Members *m, Str name, Expr *e) {
    m->names[m->n] = name;
    m->exprs[m->n++] = e;
}

/* series_stats_x_min: the function, the argument's name, the member. */
static void add_fixed(Binder *b, const FnDef *fn, const Node *call, Expr *e, Members *m) {
    Str rest = str_of(fn->members), name;
    Type type;
    Str argument = call->n ? bind_name_of(b, call->kids[0]) : STR_EMPTY;
    while (next_member(&rest, &name, &type))
        add(m, arena_printf(b->arena, "%s_%.*s_%.*s", fn->name, STR_ARG(argument), STR_ARG(name)),
            element(b, e, m->n, type));
}

/* One for each array: a_sorted, b_sorted. The value is an array of arrays only if there are several. */
static void add_per_array(Binder *b, const Node *call, Expr *e, Members *m) {
    uint32_t n = 0;
    while (n < e->n_args && e->args[n]->type == TYPE_DYNAMIC) n++;
    for (uint32_t i = 0; i < n; i++) {
        Str argument = bind_name_of(b, call->kids[i]);
        Str name = argument.len ? arena_printf(b->arena, "%.*s_sorted", STR_ARG(argument))
                                : arena_printf(b->arena, "array%u_sorted", i);
        add(m, name, n == 1 ? e : element(b, e, i, TYPE_DYNAMIC));
    }
}

bool bind_members(Binder *b, const Node *n, Members *ret) {
    n = node_bare(n);
    const FnDef *fn = fn_of(b, n);
    *ret = (Members){0};
    if (!fn) return false;
    Expr *e = bind_call_of_row(b, fn, n);
    if (expr_is_error(e) || e->kind != EXPR_CALL) return true;
    bool is_per_array = str_eq(str_of(fn->members), STR("*"));
    size_t most = is_per_array ? e->n_args : strlen(fn->members);
    ret->names = ARENA_ARRAY(b->arena, Str, most);
    ret->exprs = ARENA_ARRAY(b->arena, Expr *, most);
    if (is_per_array) add_per_array(b, n, e, ret);
    else add_fixed(b, fn, n, e, ret);
    return true;
}

Expr *bind_member_at(Binder *b, const Node *n, uint32_t at) {
    Members m;
    if (!bind_members(b, n, &m)) return NULL;
    return at < m.n ? m.exprs[at] : expr_error(b, n->span);
}

/* The names that an item gives: NAME = ..., (NAME, NAME) = ..., or none. */
static Str given_name(const Node *item, uint32_t i) {
    if (item->kind == NODE_NAMED) return i == 0 ? item->kids[0]->text : STR_EMPTY;
    if (item->kind == NODE_NAMED_LIST && i + 1 < item->n) return item->kids[i + 1]->text;
    return STR_EMPTY;
}

static uint32_t count_given(const Node *item) {
    if (item->kind == NODE_NAMED) return 1;
    return item->kind == NODE_NAMED_LIST ? item->n - 1 : 0;
}

bool bind_add_members(Binder *b, Projection *p, const Node *item, MemberStyle style) {
    const Node *value = item->kind == NODE_NAMED        ? item->kids[1]
                        : item->kind == NODE_NAMED_LIST ? item->kids[0]
                                                        : item;
    Members m;
    if (!bind_members(b, value, &m)) return false;
    uint32_t given = count_given(item);
    if (given > m.n && m.n) {
        bind_error(b, item->kids[m.n + 1], "KS150",
                   "The name does not have a corresponding expression.");
        return true;
    }
    bool replaces = style == MEMBERS_EXTEND;
    for (uint32_t i = 0; i < m.n; i++) {
        Str name = given_name(item, i);
        if (name.len && replaces) projection_set(p, name, m.exprs[i]);
        else if (name.len) projection_add(p, name, m.exprs[i]);
        else if (!given || style == MEMBERS_PROJECT) projection_add(p, m.names[i], m.exprs[i]);
    }
    return true;
}
