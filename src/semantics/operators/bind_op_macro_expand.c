/*
 * bind_op_macro_expand.c: macro-expand.
 *
 * Source: "macro-expand operator". The statements are bound once for each entity of the group, with the
 * entity in the place of its name, and the results are joined as union joins them.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

#define FIRST_STATEMENT 2u /* among the operator's children */
#define MAX_ENTITIES 256u

typedef struct Expansion {
    Binder *b;
    Str name;
    const Node *entity;
    bool is_fine;
} Expansion;

/* The text that database("...") of an entity has; NULL when there is none. */
static const Node *database_of(const Node *entity) {
    const Node *call = entity->kind == NODE_PATH_CALL && entity->n > 1 ? entity->kids[1] : entity;
    return call->kind == NODE_CALL && call->n && str_is(call->text, "database") ? call->kids[0]
                                                                                : NULL;
}

static bool is_contextual(const Expansion *x, const Node *n, const char *name) {
    return n->kind == NODE_PATH && str_is(n->text, name) && n->n && n->kids[0]->kind == NODE_NAME &&
           str_eq(n->kids[0]->text, x->name);
}

static Node *database_name(Expansion *x, const Node *n) {
    const Node *text = database_of(x->entity);
    if (text) return (Node *)(uintptr_t)text;
    bind_unsupported(x->b, n,
                     "%.*s of an entity that is not written as database('name')\n"
                     "write the name itself",
                     STR_ARG(n->text));
    x->is_fine = false;
    return NULL;
}

/* The tree with the entity for its name. The parser bounds its depth. */
static Node *expand(Expansion *x, const Node *n) {
    if (!n) return NULL;
    if (n->kind == NODE_NAME && str_eq(n->text, x->name)) return (Node *)(uintptr_t)x->entity;
    if (is_contextual(x, n, "$current_database")) return database_name(x, n);
    if (is_contextual(x, n, "$current_cluster_endpoint")) {
        x->is_fine = false; /* the address of a service, which nothing here has */
        bind_unsupported(x->b, n, "%.*s", STR_ARG(n->text));
        return NULL;
    }
    Node *copy = ARENA_NEW(x->b->arena, Node);
    *copy = *n;
    copy->kids = ARENA_ARRAY(x->b->arena, Node *, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) copy->kids[i] = expand(x, n->kids[i]);
    copy->params = ARENA_ARRAY(x->b->arena, Node *, n->n_params + 1);
    for (uint32_t i = 0; i < n->n_params; i++) copy->params[i] = expand(x, n->params[i]);
    return copy;
}

static Plan *bind_leg(Binder *b, const Node *op, const Node *entity) {
    Expansion x = {.b = b, .name = op->kids[1]->text, .entity = entity, .is_fine = true};
    Node *body = ARENA_NEW(b->arena, Node);
    *body = (Node){.kind = NODE_BLOCK, .span = op->span, .n = op->n - FIRST_STATEMENT};
    body->kids = ARENA_ARRAY(b->arena, Node *, body->n + 1);
    for (uint32_t i = 0; i < body->n; i++)
        body->kids[i] = expand(&x, op->kids[FIRST_STATEMENT + i]);
    if (!x.is_fine || !bind_spend(b, 1, op)) return NULL;
    Local *locals = b->locals;
    const Local *scope = b->scope;
    Row row = b->row;
    b->scope = locals;
    b->row = (Row){0};
    Plan *plan = NULL;
    Expr *scalar = NULL;
    if (bind_body(b, body, &plan, &scalar) && !plan)
        bind_error(b, op, "KS111", "Tabular value expected.");
    b->locals = locals;
    b->scope = scope;
    b->row = row;
    return plan;
}

static const Node *group_of(Binder *b, const Node *named) {
    if (named->kind == NODE_LIST) return named;
    Local *local = named->kind == NODE_NAME ? local_find(b, named->text) : NULL;
    if (local && local->kind == LOCAL_ENTITIES) {
        local->is_used = true;
        return local->node;
    }
    if (!local || local->kind != LOCAL_ERROR)
        bind_error(b, named, "KS204",
                   "The name '%.*s' does not refer to any entity group of the query.",
                   STR_ARG(named->text));
    return NULL;
}

/* With isfuzzy=true what an entity lacks leaves it out. */
static void tell_left_out(Binder *b, const Node *entity) {
    bind_warning(b, entity->span, "QY228",
                 "The entity is left out: not all that is asked for is there.");
}

Plan *bind_op_macro_expand(Binder *b, const Node *op, Plan *input) {
    (void)input;
    const Node *group = group_of(b, op->kids[0]);
    if (!group) return NULL;
    if (group->n > MAX_ENTITIES)
        return bind_unsupported(
            b, group, "A group of more than %u entities\nsplit the group, and union the halves",
            MAX_ENTITIES);
    bool is_fuzzy = bind_param_bool(op, "isfuzzy", false) || b->settings.is_best_effort;
    Str kind = STR("outer");
    bind_param_word(op, "kind", &kind);
    if (!str_is(kind, "outer") && !str_is(kind, "inner")) {
        bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of union.",
                   STR_ARG(kind));
        return NULL;
    }
    PlanList list = {0};
    list.items = ARENA_ARRAY(b->arena, Plan *, group->n + 1);
    list.names = ARENA_ARRAY(b->arena, Str, group->n + 1);
    for (uint32_t i = 0; i < group->n; i++) {
        bool had_unsupported = b->has_unsupported;
        if (is_fuzzy) b->mute++;
        Plan *leg = bind_leg(b, op, group->kids[i]);
        if (is_fuzzy) b->mute--;
        if (is_fuzzy) b->has_unsupported = had_unsupported;
        if (leg) list.items[list.n++] = leg;
        else if (!is_fuzzy) return NULL;
        else tell_left_out(b, group->kids[i]);
    }
    if (!list.n && group->n) {
        bind_error(b, group, "KS204", "None of the entities of the group has what is asked for.");
        return NULL;
    }
    if (!list.n) {
        bind_error(b, group, "KS204", "The entity group is empty.");
        return NULL;
    }
    return bind_union_of(b, op, &list, STR_EMPTY, str_is(kind, "inner"));
}
