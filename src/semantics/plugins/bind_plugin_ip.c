/*
 * bind_plugin_ip.c: ipv4_lookup and ipv6_lookup.
 *
 * Source: "ipv4_lookup plugin", "ipv6_lookup plugin". An address belongs to a network when both agree in
 * the bits of the shorter prefix. For each prefix length that the networks have, the address cut to it is
 * joined with them: a hash join, not a comparison of all pairs. Addresses that are themselves networks
 * are few and compared with all. The result is that of a lookup: the extra keys show once.
 */
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

#define MAX_EXTRA_KEYS 32u

typedef struct IpLookup {
    const Plugin *plugin;
    Plan *lookup;
    const Column *key;                   /* of the lookup table */
    const Column *extra[MAX_EXTRA_KEYS]; /* of the lookup table */
    uint32_t n_extra;
    bool is_v6, keeps_unmatched;
} IpLookup;

static bool check_text(Binder *b, const Column *c, const Node *n) {
    if (c && c->type == TYPE_STRING) return true;
    if (c)
        bind_error(b, n, "KS107", "A value of type string expected, not %s.", type_name(c->type));
    return false;
}

/* Extra keys, then perhaps a bool: the flag by place or by name. */
static bool read_rest(Binder *b, IpLookup *l) {
    const Node *flag = plugin_argument(l->plugin, UINT32_MAX, "return_unmatched");
    for (uint32_t i = 3;; i++) {
        const Node *arg = plugin_argument(l->plugin, i, NULL);
        if (!arg) break;
        if (arg->kind == NODE_LITERAL && arg->value.type == TYPE_BOOL) {
            flag = arg;
            continue;
        }
        if (l->is_v6 || l->n_extra == MAX_EXTRA_KEYS) {
            bind_error(b, arg, "KS119", "Too many arguments.");
            return false;
        }
        const Column *c = plugin_lookup_column(b, l->lookup, arg);
        if (!c || !bind_column_name(b, arg)) return false;
        l->extra[l->n_extra++] = c;
    }
    Value v = value_bool(false);
    if (flag && !bind_constant(b, flag, &v)) return false;
    l->keeps_unmatched = v.type == TYPE_BOOL && !v.is_null && v.u.b;
    return true;
}

/* let __L: the networks with their columns as __r0, __r1, ... */
static void put_networks(const IpLookup *l, Buf *out) {
    const char *ip = l->is_v6 ? "ipv6" : "ipv4";
    buf_puts(out, "let __L = materialize(__Lookup | project ");
    plugin_lookup_names(l->lookup, out);
    buf_puts(out, "__key = ");
    template_put_name(out, l->key->name);
    if (l->is_v6)
        buf_puts(out, " | extend __len = iff(__key has '/', tolong(split(__key, '/')[1]) + "
                      "iff(__key has ':', 0, 96), 128)");
    else buf_puts(out, " | extend __len = ipv4_netmask_suffix(__key)");
    buf_printf(out, " | extend __net = parse_%s_mask(%s, __len) | where isnotempty(__net));\n", ip,
               l->is_v6 ? "tostring(split(__key, '/')[0])" : "__key");
}

static void put_join_keys(const IpLookup *l, Buf *out) {
    for (uint32_t i = 0; i < l->n_extra; i++) {
        buf_puts(out, ", $left.");
        template_put_name(out, l->extra[i]->name);
        for (uint32_t k = 0; k < l->lookup->schema.n; k++)
            if (l->lookup->schema.items[k].id == l->extra[i]->id)
                buf_printf(out, " == $right.__r%u", k);
    }
}

static void put_columns(Binder *b, const IpLookup *l, bool is_matched, Buf *out) {
    plugin_lookup_columns(b, l->plugin,
                          &(LookupColumns){.lookup = l->lookup,
                                           .left_out = l->extra,
                                           .n_left_out = l->n_extra,
                                           .has_row = l->keeps_unmatched,
                                           .is_matched = is_matched},
                          out);
}

static void put_query(Binder *b, const IpLookup *l, Buf *out) {
    const char *ip = l->is_v6 ? "ipv6" : "ipv4";
    put_networks(l, out);
    buf_puts(out, "let __S = __T ");
    if (l->keeps_unmatched) buf_puts(out, "| serialize __row = row_number() ");
    if (l->is_v6) buf_puts(out, "| extend __own = iff(__src has '/', 0, 128);\n");
    else buf_puts(out, "| extend __own = ipv4_netmask_suffix(__src);\n");
    buf_printf(out,
               "let __A = __S | where __own == %d | mv-expand __len = toscalar(__L | summarize "
               "make_set(__len)) to typeof(long) ",
               l->is_v6 ? 128 : 32);
    buf_printf(out,
               "| extend __net = parse_%s_mask(__src, __len) | join kind=inner __L on __len, __net",
               ip);
    put_join_keys(l, out);
    put_columns(b, l, true, out);
    buf_printf(
        out,
        ";\nlet __B = __S | where __own < %d | extend __one = 1 | join kind=inner (__L | extend "
        "__one = 1) on __one",
        l->is_v6 ? 128 : 32);
    put_join_keys(l, out);
    buf_printf(out, " | where %s_is_match(__src, __key)", ip);
    put_columns(b, l, true, out);
    if (!l->keeps_unmatched) {
        buf_puts(out, ";\nunion __A, __B");
        return;
    }
    buf_puts(out, ";\nlet __M = materialize(union __A, __B);\n"
                  "union __M, (__S | join kind=leftanti __M on __row");
    put_columns(b, l, false, out);
    buf_puts(out, ") | project-away __row");
}

static Plan *ip_lookup(Binder *b, const Plugin *p, bool is_v6) {
    IpLookup l = {.plugin = p, .is_v6 = is_v6};
    const Node *table = plugin_argument(p, 0, NULL), *key = plugin_argument(p, 2, NULL);
    if (!key) {
        bind_error(b, p->call, "KS119", "The plugin %.*s needs 3 arguments or more.",
                   STR_ARG(p->call->text));
        return NULL;
    }
    l.lookup = bind_tabular(b, table);
    const Column *source = plugin_column(b, p, 1);
    if (!l.lookup || !check_text(b, source, plugin_argument(p, 1, NULL))) return NULL;
    l.key = plugin_lookup_column(b, l.lookup, key);
    if (!check_text(b, l.key, key) || !read_rest(b, &l)) return NULL;
    Buf text = {0};
    put_query(b, &l, &text);
    Local *locals = b->locals;
    local_add(b, LOCAL_TABLE, STR("__Lookup"))->plan = l.lookup;
    TemplateArg args[] = {{"__src", plugin_argument(p, 1, NULL)}};
    Plan *plan = bind_template(b, p->call, buf_str(&text), p->input, args, 1);
    b->locals = locals;
    buf_free(&text);
    return plan;
}

Plan *plugin_ipv4_lookup(Binder *b, const Plugin *p) { return ip_lookup(b, p, false); }
Plan *plugin_ipv6_lookup(Binder *b, const Plugin *p) { return ip_lookup(b, p, true); }
