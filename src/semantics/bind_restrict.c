/*
 * bind_restrict.c: restrict access to (...).
 *
 * Source: "restrict statement". What follows the statement sees, of the tables of the data and of the let
 * tables, functions and patterns that were declared before, only those that it names; views that it lets
 * through go on seeing what they saw where they were declared, since their names are looked up there. A
 * plain name or pattern stands for let names, and a plain name for a table as well; database().T and
 * database().* for tables. Every database is the data at hand. Let scalars stay.
 */
#include "semantics/bind_scope.h"

static bool is_path(const Node *entity) {
    return entity->kind == NODE_PATH || entity->kind == NODE_PATH_CALL;
}

/* T of database("d").T, also where it is a call. */
static Str path_name(const Node *entity) {
    if (entity->kind == NODE_PATH) return entity->text;
    return entity->n > 1 ? entity->kids[1]->text : STR_EMPTY;
}

bool restrict_allows_local(const Node *restriction, Str name) {
    for (uint32_t i = 0; i < restriction->n; i++) {
        const Node *entity = restriction->kids[i];
        if (entity->kind == NODE_STAR) return true;
        if (entity->kind == NODE_NAME && str_matches(name, entity->text)) return true;
    }
    return false;
}

static bool allows_table(const Node *restriction, Str name) {
    for (uint32_t i = 0; i < restriction->n; i++) {
        const Node *entity = restriction->kids[i];
        if (is_path(entity) && str_matches(name, path_name(entity))) return true;
        bool is_plain = entity->kind == NODE_NAME && !(entity->flags & NODE_FLAG_WILDCARD);
        if (is_plain && str_eq(entity->text, name)) return true;
    }
    return false;
}

bool is_table_visible(const Binder *b, Str name) {
    for (const Local *l = b->locals; l; l = l->outer)
        if (l->kind == LOCAL_RESTRICT && !allows_table(l->node, name)) return false;
    return true;
}

bool is_restricted(const Binder *b) {
    const Local *l = b->locals;
    while (l && l->kind != LOCAL_RESTRICT) l = l->outer;
    return l != NULL;
}

const TableRef *find_table(const Binder *b, Str name) {
    const SchemaProvider *s = b->options->schemas;
    return is_table_visible(b, name) ? s->find(s->self, name) : NULL;
}

void bind_restrict(Binder *b, const Node *restriction) {
    for (uint32_t i = 0; i < restriction->n; i++) {
        const Node *entity = restriction->kids[i];
        bind_note_database(b, entity);
        bool is_name = entity->kind == NODE_NAME && !(entity->flags & NODE_FLAG_WILDCARD);
        if (is_name && !local_find(b, entity->text) && !find_table(b, entity->text))
            bind_unknown_name(b, entity, entity->text);
        else if (!is_name && entity->kind != NODE_NAME && entity->kind != NODE_STAR &&
                 entity->kind != NODE_ERROR && !is_path(entity))
            bind_error(b, entity, "KS111", "The name of a table, view or pattern is expected.");
    }
    local_add(b, LOCAL_RESTRICT, STR_EMPTY)->node = restriction;
}
