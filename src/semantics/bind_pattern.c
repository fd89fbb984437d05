/*
 * bind_pattern.c: uses of declared patterns.
 *
 * Source: "pattern statement". A pattern maps tuples of texts to expressions: a use P("a", "b").["path"] is
 * the expression of the first rule with these very values, in which the names of the arguments stand for
 * them. A rule that is met is called as a function is.
 */
#include "semantics/bind_scope.h"

/* The call of P("a").b, P("a")["b"] and P("a"). */
static const Node *call_of(const Node *n) {
    if ((n->kind == NODE_PATH || n->kind == NODE_INDEX) && n->n) n = n->kids[0];
    return n->kind == NODE_CALL ? n : NULL;
}

Local *pattern_of_use(const Binder *b, const Node *n) {
    const Node *call = call_of(n);
    Local *l = call ? local_find(b, call->text) : NULL;
    return l && l->kind == LOCAL_PATTERN ? l : NULL;
}

static bool is_text(const Node *n) {
    return n && n->kind == NODE_LITERAL && n->value.type == TYPE_STRING;
}

/* The path of a use as text; false when it has none. */
static bool path_of(const Node *use, Str *ret) {
    if (use->kind == NODE_PATH) *ret = use->text;
    else if (use->kind == NODE_INDEX && use->n > 1 && is_text(use->kids[1]))
        *ret = use->kids[1]->value.u.s;
    else return false;
    return true;
}

static bool meets(const Node *rule, const Node *call, bool has_path, Str path) {
    const Node *values = rule->kids[0];
    if (rule->n < 3 || values->n != call->n || has_path != (rule->kids[1] != NULL)) return false;
    if (has_path && !(is_text(rule->kids[1]) && str_eq(rule->kids[1]->value.u.s, path)))
        return false;
    for (uint32_t i = 0; i < call->n; i++) {
        if (!is_text(values->kids[i]) || !is_text(call->kids[i])) return false;
        if (!str_eq(values->kids[i]->value.u.s, call->kids[i]->value.u.s)) return false;
    }
    return true;
}

/* The arguments and the path are the parameters of the rule's body. */
static void make_call(Binder *b, const Local *pattern, const Node *rule, const Node *use,
                      Local **ret_function, const Node **ret_call) {
    const Node *declared = pattern->node->kids[0], *path = pattern->node->kids[1];
    const Node *call = call_of(use);
    Node *params = ARENA_NEW(b->arena, Node), *function = ARENA_NEW(b->arena, Node);
    Node *made = ARENA_NEW(b->arena, Node);
    *params = *declared;
    *made = *call;
    params->kids = ARENA_ARRAY(b->arena, Node *, declared->n + 1);
    made->kids = ARENA_ARRAY(b->arena, Node *, call->n + 1);
    memcpy(params->kids, declared->kids, declared->n * sizeof *params->kids);
    if (call->n) memcpy(made->kids, call->kids, call->n * sizeof *made->kids);
    if (path && rule->kids[1]) {
        params->kids[params->n++] = (Node *)(uintptr_t)path;
        made->kids[made->n++] = rule->kids[1];
    }
    *function = (Node){.kind = NODE_FUNCTION, .span = rule->span, .n = 2};
    function->kids = ARENA_ARRAY(b->arena, Node *, 2);
    function->kids[0] = params;
    function->kids[1] = rule->kids[2];
    Local *l = ARENA_NEW(b->arena, Local);
    *l = (Local){
        .kind = LOCAL_FUNCTION, .name = pattern->name, .node = function, .env = pattern->env};
    *ret_function = l;
    *ret_call = made;
}

static void tell_literals(Binder *b, const Node *call) {
    for (uint32_t i = 0; i < call->n; i++)
        if (call->kids[i]->kind != NODE_LITERAL)
            bind_error(b, call->kids[i], "KS131", "The expression must be a literal.");
}

bool pattern_find_rule(Binder *b, const Local *pattern, const Node *use, bool tells,
                       Local **ret_function, const Node **ret_call) {
    enum { FIRST_RULE = 2 };
    const Node *call = call_of(use), *declared = pattern->node;
    Str path = STR_EMPTY;
    bool has_path = path_of(use, &path);
    for (uint32_t i = FIRST_RULE; i < declared->n; i++) {
        if (!meets(declared->kids[i], call, has_path, path)) continue;
        make_call(b, pattern, declared->kids[i], use, ret_function, ret_call);
        return true;
    }
    if (!tells) return false;
    tell_literals(b, call);
    Diag *d = bind_error(b, use, "KS188", "No pattern matches the specified arguments.");
    if (!declared->n)
        d->hint = arena_printf(b->arena, "the pattern %.*s is declared without rules",
                               STR_ARG(pattern->name));
    return false;
}
