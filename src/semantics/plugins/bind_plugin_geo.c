/*
 * bind_plugin_geo.c: geo_line_lookup and geo_polygon_lookup.
 *
 * Source: the plugins' pages. Each place is compared with each shape: "assuming a small lookup table
 * size". lookup_area_radius "doesn't affect query correctness", so it is read and left aside.
 */
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

typedef struct GeoLookup {
    const Plugin *plugin;
    Plan *lookup;
    const Column *key; /* of the lookup table */
    const Node *radius;
    bool is_line, keeps_unmatched, keeps_key;
} GeoLookup;

/* A flag by place or by name; false when it is absent. */
static bool read_flag(Binder *b, const Plugin *p, uint32_t at, const char *name, bool *ret) {
    const Node *arg = plugin_argument(p, at, name);
    Value v = value_bool(false);
    if (arg && !bind_constant(b, arg, &v)) return false;
    if (v.type != TYPE_BOOL) {
        bind_error(b, arg, "KS107", "A value of type bool expected, not %s.", type_name(v.type));
        return false;
    }
    *ret = !v.is_null && v.u.b;
    return true;
}

static bool read_number(Binder *b, const Node *arg) {
    Value v;
    if (!arg) return true;
    if (!bind_constant(b, arg, &v)) return false;
    if (v.type == TYPE_INT || v.type == TYPE_LONG || v.type == TYPE_REAL || v.type == TYPE_DECIMAL)
        return true;
    bind_error(b, arg, "KS107", "A value of type real expected, not %s.", type_name(v.type));
    return false;
}

static bool read_arguments(Binder *b, GeoLookup *l) {
    const Plugin *p = l->plugin;
    const Node *key = plugin_argument(p, 1, NULL);
    l->radius = plugin_argument(p, 4, "radius");
    if (!key || !plugin_argument(p, 3, NULL) || (l->is_line && !l->radius)) {
        bind_error(b, p->call, "KS119", "The plugin %.*s needs %d arguments or more.",
                   STR_ARG(p->call->text), l->is_line ? 5 : 4);
        return false;
    }
    l->lookup = bind_tabular(b, plugin_argument(p, 0, NULL));
    if (!l->lookup || !plugin_column(b, p, 2) || !plugin_column(b, p, 3)) return false;
    l->key = plugin_lookup_column(b, l->lookup, key);
    if (l->key && l->key->type != TYPE_DYNAMIC) {
        bind_error(b, key, "KS107", "A value of type dynamic expected, not %s.",
                   type_name(l->key->type));
        return false;
    }
    return l->key && read_number(b, l->radius) &&
           read_number(b, plugin_argument(p, 6, "lookup_area_radius")) &&
           read_flag(b, p, 5, "return_unmatched", &l->keeps_unmatched) &&
           read_flag(b, p, 7, "return_lookup_key", &l->keeps_key);
}

static void put_columns(Binder *b, const GeoLookup *l, bool is_matched, Buf *out) {
    plugin_lookup_columns(b, l->plugin,
                          &(LookupColumns){.lookup = l->lookup,
                                           .left_out = &l->key,
                                           .n_left_out = l->keeps_key ? 0 : 1,
                                           .has_row = l->keeps_unmatched,
                                           .is_matched = is_matched},
                          out);
}

static void put_query(Binder *b, const GeoLookup *l, Buf *out) {
    buf_puts(out, "let __L = materialize(__Lookup | project ");
    plugin_lookup_names(l->lookup, out);
    buf_puts(out, "__key = ");
    template_put_name(out, l->key->name);
    buf_puts(out, ", __one = 1);\nlet __S = __T ");
    if (l->keeps_unmatched) buf_puts(out, "| serialize __row = row_number() ");
    buf_puts(out, "| extend __one = 1;\nlet __A = __S | join kind=inner __L on __one | where ");
    if (!l->radius) buf_puts(out, "geo_point_in_polygon(__lng, __lat, __key)");
    else
        buf_printf(out, "geo_distance_point_to_%s(__lng, __lat, __key) <= __radius",
                   l->is_line ? "line" : "polygon");
    put_columns(b, l, true, out);
    if (!l->keeps_unmatched) {
        buf_puts(out, ";\n__A");
        return;
    }
    buf_puts(out, ";\nlet __M = materialize(__A);\n"
                  "union __M, (__S | join kind=leftanti __M on __row");
    put_columns(b, l, false, out);
    buf_puts(out, ") | project-away __row");
}

static Plan *geo_lookup(Binder *b, const Plugin *p, bool is_line) {
    GeoLookup l = {.plugin = p, .is_line = is_line};
    if (!read_arguments(b, &l)) return NULL;
    Buf text = {0};
    put_query(b, &l, &text);
    Local *locals = b->locals;
    local_add(b, LOCAL_TABLE, STR("__Lookup"))->plan = l.lookup;
    TemplateArg args[] = {{"__lng", plugin_argument(p, 2, NULL)},
                          {"__lat", plugin_argument(p, 3, NULL)},
                          {"__radius", l.radius}};
    Plan *plan = bind_template(b, p->call, buf_str(&text), p->input, args, l.radius ? 3 : 2);
    b->locals = locals;
    buf_free(&text);
    return plan;
}

Plan *plugin_geo_line_lookup(Binder *b, const Plugin *p) { return geo_lookup(b, p, true); }
Plan *plugin_geo_polygon_lookup(Binder *b, const Plugin *p) { return geo_lookup(b, p, false); }
