/*
 * bind_columns.c: which columns a name, a pattern or `*` means.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"

const Column *bind_column_in(const Schema *s, Str name) {
    for (uint32_t i = 0; s && i < s->n; i++)
        if (str_eq(s->items[i].name, name)) return &s->items[i];
    return NULL;
}

Type bind_absent_type(Str name) {
    bool is_time = str_is(name, "TimeGenerated") || str_is(name, "Timestamp");
    return is_time ? TYPE_DATETIME : TYPE_DYNAMIC;
}

void bind_open(Binder *b, Plan *p) {
    p->is_open = true;
    b->has_open_rows = true;
}

/* A union of tables has a column of several types as x_string, x_int and so on: of those that are at hand
 * the column may have one type alone. */
static bool is_split(const Schema *s, Str name) {
    for (uint32_t i = 0; s && i < s->n; i++) {
        Str c = s->items[i].name;
        bool begins = c.len > name.len + 1 && c.ptr[name.len] == '_' && str_starts_with(c, name);
        if (begins && type_from_name(str_sub(c, name.len + 1, c.len)) != TYPE_ERROR) return true;
    }
    return false;
}

/* addedIpRule_Value_s of AzureDiagnostics. */
bool bind_may_be_column(const Binder *b, Str name) {
    static const char *const suffixes[] = {"_s", "_d", "_b", "_g", "_t", "_l"};
    if (b->has_open_rows || bind_absent_type(name) != TYPE_DYNAMIC) return true;
    if (is_split(b->row.schema, name)) return true;
    for (size_t i = 0; i < COUNT_OF(suffixes); i++)
        if (str_ends_with(name, str_of(suffixes[i]))) return true;
    return false;
}

/* A column that may exist in data that is not here: all its values are null. */
static const Column *absent_column(Binder *b, Str name, Span span) {
    advise_absent_column(b, name, span);
    Column *c = ARENA_NEW(b->arena, Column);
    *c = (Column){.id = 0, .type = bind_absent_type(name), .name = name};
    return c;
}

const Column *bind_column_name(Binder *b, const Node *n) {
    const Node *bare = node_bare(n);
    if (bare->kind != NODE_NAME) {
        bind_error(b, n, "KS109", "Column name expected.");
        return NULL;
    }
    const Column *c = bind_column_in(b->row.schema, bare->text);
    if (c) {
        bind_note_use(b, c, n->span);
        return c;
    }
    if (b->row.is_open && bind_may_be_column(b, bare->text))
        return absent_column(b, bare->text, bare->span);
    bind_unknown_name(b, bare, bare->text);
    return NULL;
}

bool bind_columns(Binder *b, const Node *n, Column **ret, uint32_t *ret_n) {
    const Schema *s = b->row.schema;
    bool is_star = n->kind == NODE_STAR;
    if (!s || !(is_star || (n->flags & NODE_FLAG_WILDCARD))) {
        const Column *c = bind_column_name(b, n);
        if (!c) return false;
        *ret = ARENA_NEW(b->arena, Column);
        **ret = *c;
        *ret_n = 1;
        return true;
    }
    Column *found = ARENA_ARRAY(b->arena, Column, s->n);
    uint32_t n_found = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (is_star || str_matches(s->items[i].name, n->text)) found[n_found++] = s->items[i];
    *ret = found;
    *ret_n = n_found;
    return true;
}

Row bind_set_row(Binder *b, const Plan *input) {
    Row former = b->row;
    b->row = (Row){.schema = input ? &input->schema : NULL,
                   .is_open = input && input->is_open,
                   .input = input};
    return former;
}

Row bind_set_join_rows(Binder *b, const Plan *left, const Plan *right) {
    Row former = b->row;
    b->row = (Row){
        .left = &left->schema, .right = &right->schema, .is_open = left->is_open || right->is_open};
    return former;
}

/* ---------------------------------------------------- types and parameters */

Type bind_type(Binder *b, const Node *n) {
    Type t = type_from_name(n->text);
    if (t == TYPE_ERROR)
        bind_error(b, n, "KS160", "The name '%.*s' is not a valid type name that can be used here.",
                   STR_ARG(n->text));
    return t;
}

bool bind_schema(Binder *b, const Node *table_type, Schema *ret) {
    *ret = (Schema){.items = ARENA_ARRAY(b->arena, Column, table_type->n)};
    bool is_fine = true;
    for (uint32_t i = 0; i < table_type->n; i++) {
        const Node *decl = table_type->kids[i];
        if (decl->kind == NODE_STAR || decl->n == 0 || !decl->kids[0]) continue;
        Type type = bind_type(b, decl->kids[0]);
        if (bind_column_in(ret, decl->text)) {
            bind_error(b, decl, "KS171", "A column with the name '%.*s' is already declared.",
                       STR_ARG(decl->text));
            is_fine = false;
            continue;
        }
        is_fine = is_fine && type != TYPE_ERROR;
        ret->items[ret->n++] =
            (Column){.id = bind_fresh_column(b), .type = type, .name = decl->text};
    }
    return is_fine;
}

bool bind_param_word(const Node *op, const char *name, Str *ret) {
    const Node *value = node_param(op, name);
    if (!value) return false;
    if (value->kind == NODE_NAME) *ret = value->text;
    else if (value->kind == NODE_LITERAL && value->value.type == TYPE_STRING)
        *ret = value->value.u.s;
    else *ret = value->text;
    return true;
}

bool bind_param_bool(const Node *op, const char *name, bool if_absent) {
    const Node *value = node_param(op, name);
    if (!value) return if_absent;
    if (value->kind == NODE_LITERAL && value->value.type == TYPE_BOOL) return value->value.u.b;
    return str_eq_nocase(value->text, STR("true"));
}

bool bind_check_strategy(Binder *b, const Node *op, const char *const *known) {
    const Node *value = node_param(op, "hint.strategy");
    if (!value) return true;
    for (size_t i = 0; known[i]; i++)
        if (str_is(value->text, known[i])) return true;
    Buf names = {0};
    for (size_t i = 0; known[i]; i++) {
        buf_puts(&names, i ? ", " : "");
        buf_puts(&names, known[i]);
    }
    bind_error(b, value, "KS140", "'%.*s' is not a strategy of %.*s.", STR_ARG(value->text),
               STR_ARG(str_sub(b->text, op->name_span.start, op->name_span.len)))
        ->hint = arena_printf(b->arena, "known: %.*s", STR_ARG(buf_str(&names)));
    buf_free(&names);
    return false;
}
