/*
 * bind_template.c: parses a template, puts trees in place of names, and binds it.
 */
#include "semantics/bind_template.h"

#include "base/json.h"
#include "semantics/bind_scope.h"
#include "syntax/syntax.h"

typedef struct Template {
    Binder *b;
    Span span;
    const TemplateArg *args;
    uint32_t n_args;
} Template;

void template_put_name(Buf *out, Str name) {
    buf_puts(out, "[");
    json_put_string(out, name);
    buf_puts(out, "]");
}

static const Node *arg_named(const Template *t, const Node *n) {
    for (uint32_t i = 0; n->kind == NODE_NAME && i < t->n_args; i++)
        if (str_is(n->text, t->args[i].name)) return t->args[i].node;
    return NULL;
}

/* The parser bounds the depth of trees. */
static Node *fill(const Template *t, const Node *n) {
    if (!n) return NULL;
    const Node *given = arg_named(t, n);
    if (given) return (Node *)(uintptr_t)given;
    Node *copy = ARENA_NEW(t->b->arena, Node);
    *copy = *n;
    copy->span = copy->name_span = t->span;
    copy->kids = ARENA_ARRAY(t->b->arena, Node *, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) copy->kids[i] = fill(t, n->kids[i]);
    copy->params = ARENA_ARRAY(t->b->arena, Node *, n->n_params + 1);
    for (uint32_t i = 0; i < n->n_params; i++) copy->params[i] = fill(t, n->params[i]);
    return copy;
}

Plan *bind_template(Binder *b, const Node *at, Str text, Plan *input, const TemplateArg *args,
                    uint32_t n_args) {
    Diags diags;
    Syntax syntax;
    diags_init(&diags, b->arena);
    if (syntax_parse(b->arena, arena_str(b->arena, text), &diags, &syntax) != OK) {
        bind_error(b, at, "QY990", "internal fault: a template does not parse: %.*s",
                   STR_ARG(diags.n ? diags.items[0].message : STR_EMPTY));
        return NULL;
    }
    Template t = {.b = b, .span = at->span, .args = args, .n_args = n_args};
    Local *locals = b->locals;
    Row row = b->row;
    b->row = (Row){0};
    if (input) local_add(b, LOCAL_TABLE, STR("__T"))->plan = input;
    Plan *plan = NULL;
    Expr *scalar = NULL;
    if (bind_body(b, fill(&t, syntax.root), &plan, &scalar) && !plan)
        bind_error(b, at, "QY990", "internal fault: a template gives no table");
    b->locals = locals;
    b->row = row;
    return plan;
}
