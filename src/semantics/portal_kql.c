/*
 * portal_kql.c: the portals' own functions that can be said in KQL, over tables of the data.
 *
 * Sources: the pages AssignedIPAddresses() and DeviceFromIP() of Defender's advanced hunting. The
 * parsers of the Advanced Security Information Model: see portal_asim.c.
 */
#include "base/json.h"
#include "semantics/bind_scope.h"
#include "syntax/syntax.h"

typedef struct PortalText {
    const char *name, *kql;
} PortalText;

static const PortalText texts[] = {
    {"AssignedIPAddresses",
     "let AssignedIPAddresses = (x:string, y:datetime = datetime(null)) {\n"
     "  DeviceNetworkInfo\n"
     "  | where (DeviceId == x or DeviceName =~ x) and (isnull(y) or Timestamp <= y)\n"
     "  | summarize arg_max(Timestamp, NetworkAdapterType, ConnectedNetworks, IPAddresses)\n"
     "      by DeviceId, NetworkAdapterName\n"
     "  | mv-expand Address = IPAddresses\n"
     "  | project Timestamp, IPAddress = tostring(Address.IPAddress),\n"
     "      IPType = tostring(Address.AddressType), NetworkAdapterType, ConnectedNetworks\n"
     "  | where isnotempty(IPAddress) };\n"},
    {"DeviceFromIP",
     "let DeviceFromIP = (T:(IP:string), x:string = '', y:datetime = datetime(null)) {\n"
     "  T\n"
     "  | distinct IP\n"
     "  | join kind=inner (\n"
     "      DeviceNetworkInfo\n"
     "      | where isnull(y) or Timestamp <= y\n"
     "      | mv-expand Address = IPAddresses\n"
     "      | extend Address = tostring(Address.IPAddress)\n"
     "      | summarize arg_max(Timestamp, DeviceId) by Address) on $left.IP == $right.Address\n"
     "  | project IP, DeviceId };\n"},
};

/* The aliases that there are, as a table. */
static Str aliases_text(Binder *b) {
    const SchemaProvider *s = b->options->schemas;
    Buf out = {0};
    buf_puts(&out, "let _GetWatchlistAlias = () { datatable(WatchlistAlias:string) [");
    for (size_t i = 0; s->watchlist_alias; i++) {
        Str alias = s->watchlist_alias(s->self, i);
        if (!alias.len) break;
        if (i) buf_puts(&out, ", ");
        json_put_string(&out, alias);
    }
    buf_puts(&out, "] };\n");
    Str text = arena_str(b->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

Local *portal_function(Binder *b, Str name) {
    Str text =
        str_is(name, "_GetWatchlistAlias") ? aliases_text(b) : portal_asim_text(b->arena, name);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (str_is(name, texts[i].name)) text = str_of(texts[i].kql);
    if (!text.len) return NULL;
    Syntax syntax;
    Diags faults;
    diags_init(&faults, b->arena);
    if (syntax_parse(b->arena, text, &faults, &syntax) != OK) return NULL;
    Local *l = ARENA_NEW(b->arena, Local);
    *l = (Local){.kind = LOCAL_FUNCTION, .name = name, .node = syntax.root->kids[0]->kids[0]};
    return l;
}
