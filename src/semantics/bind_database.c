/*
 * bind_database.c: tables and functions of a database: database("d").T, cluster("c").database("d").T,
 * workspace("w").T, arg("").Resources.
 *
 * Source: "Cross-cluster and cross-database queries", "alias statement". There is one database here, so
 * that every one of these means the data at hand. A check, which has no data, cannot know the tables of
 * a service elsewhere: it takes what is said of them.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"

typedef struct Scope {
    const char *name;
    bool is_elsewhere; /* another service, whose tables the known schemas do not list */
} Scope;

static const Scope scopes[] = {{"database", false}, {"workspace", false}, {"cluster", true},
                               {"app", false},      {"resource", false},  {"arg", true},
                               {"adx", true}};

/* cluster() of cluster("c").database("d").T. */
static const Node *head_of(const Node *path) {
    const Node *n = path;
    while ((n->kind == NODE_PATH || n->kind == NODE_PATH_CALL) && n->n) n = node_bare(n->kids[0]);
    return n;
}

/* The scope that a path begins with; NULL when none. */
static const Scope *scope_of(const Node *path) {
    const Node *n = head_of(path);
    if (n == path || n->kind != NODE_CALL) return NULL;
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (str_is(n->text, scopes[i].name)) return &scopes[i];
    return NULL;
}

bool bind_is_database_path(const Node *n) {
    if (n->kind != NODE_PATH && n->kind != NODE_PATH_CALL) return false;
    return scope_of(n) != NULL;
}

/* Whether database("name") is the alias of a database of another service. */
static bool is_alias_elsewhere(const Binder *b, const Node *path) {
    const Node *call = head_of(path);
    if (!str_is(call->text, "database") || call->n != 1 || call->kids[0]->kind != NODE_LITERAL ||
        call->kids[0]->value.type != TYPE_STRING)
        return false;
    for (size_t i = 0; i < b->n_aliases; i++) {
        const Node *alias = b->aliases[i];
        const Scope *scope = alias->n ? scope_of(alias->kids[0]) : NULL;
        if (str_eq(alias->text, call->kids[0]->value.u.s)) return scope && scope->is_elsewhere;
    }
    return false;
}

static Plan *bind_elsewhere(Binder *b, const Node *n, Str name) {
    bind_warning(b, n->span, "QY222", "Nothing is known of '%.*s', which is elsewhere.",
                 STR_ARG(name));
    b->has_elsewhere = true;
    Plan *p = plan_empty(b, (Schema){0}, n->span);
    bind_open(b, p);
    return p;
}

void bind_note_database(Binder *b, const Node *path) {
    const Node *call = head_of(path);
    if (call == path || call->kind != NODE_CALL || !str_is(call->text, "database") || call->n != 1)
        return;
    const Node *name = call->kids[0];
    if (name->kind != NODE_LITERAL || name->value.type != TYPE_STRING) return;
    for (size_t i = 0; i < b->n_aliases; i++)
        if (str_eq(b->aliases[i]->text, name->value.u.s)) return;
    advise_database(b, name->span, name->value.u.s);
}

Plan *bind_database_path(Binder *b, const Node *n) {
    const Scope *scope = scope_of(n);
    bool is_call = n->kind == NODE_PATH_CALL;
    const Node *call = is_call && n->n > 1 ? n->kids[1] : NULL;
    Str name = is_call ? (call ? call->text : STR_EMPTY) : n->text;
    if (!scope) {
        bind_error(b, n, "KS111", "Tabular value expected.");
        return NULL;
    }
    bind_note_database(b, n);
    bool is_elsewhere = scope->is_elsewhere || is_alias_elsewhere(b, n);
    bool takes_word_for_it = is_elsewhere && b->options->binds_only;
    bool is_table = find_table(b, name) != NULL;
    bool is_known = is_call ? local_find(b, name) || portal_function_is_known(b, name) : is_table;
    if (takes_word_for_it && !is_known) return bind_elsewhere(b, n, name);
    return call ? bind_tabular(b, call) : bind_table_named(b, n, name);
}
