/*
 * bind_plugin_lookup.c: what the lookup plugins have in common.
 */
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

const Column *plugin_lookup_column(Binder *b, const Plan *lookup, const Node *n) {
    Row former = bind_set_row(b, lookup);
    const Column *c = bind_column_name(b, n);
    bind_restore_row(b, former);
    return c;
}

void plugin_lookup_names(const Plan *lookup, Buf *out) {
    for (uint32_t i = 0; i < lookup->schema.n; i++) {
        buf_printf(out, "__r%u = ", i);
        template_put_name(out, lookup->schema.items[i].name);
        buf_puts(out, ", ");
    }
}

static bool is_left_out(const LookupColumns *l, const Column *c) {
    for (uint32_t i = 0; i < l->n_left_out; i++)
        if (l->left_out[i]->id == c->id) return true;
    return false;
}

void plugin_lookup_columns(Binder *b, const Plugin *p, const LookupColumns *l, Buf *out) {
    const Schema *s = &p->input->schema;
    Projection names = projection_of(b, p->input);
    buf_puts(out, " | project ");
    for (uint32_t i = 0; i < s->n; i++) {
        template_put_name(out, s->items[i].name);
        buf_puts(out, ", ");
    }
    if (l->has_row) buf_puts(out, "__row, ");
    for (uint32_t k = 0; k < l->lookup->schema.n; k++) {
        const Column *c = &l->lookup->schema.items[k];
        if (is_left_out(l, c)) continue;
        Str name = projection_unique_name(&names, c->name);
        projection_add(&names, name, expr_of_value(b, value_null(c->type), p->op->span));
        template_put_name(out, name);
        if (l->is_matched) buf_printf(out, " = __r%u, ", k);
        else if (c->type == TYPE_STRING) buf_puts(out, " = '', ");
        else buf_printf(out, " = %s(null), ", type_name(c->type));
    }
    buf_puts(out, "__end = 0 | project-away __end");
}
