/*
 * portal_kql.c: the portals' own functions that can be said in KQL, over tables of the data.
 *
 * Sources: the pages AssignedIPAddresses() and DeviceFromIP() of Defender's advanced hunting, and
 * the list of unifying parsers of the Advanced Security Information Model. A unifying parser reads
 * the built-in table of its schema here; parsers that normalise other tables are not part of it.
 */
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

typedef struct Unifying {
    const char *schema, *table, *condition;
} Unifying;

static const Unifying unifying[] = {
    {"AlertEvent", "ASimAlertEventLogs", "true"},
    {"AuditEvent", "ASimAuditEventLogs", "true"},
    {"Authentication", "ASimAuthenticationEventLogs", "true"},
    {"DhcpEvent", "ASimDhcpEventLogs", "true"},
    {"Dns", "ASimDnsActivityLogs", "true"},
    {"FileEvent", "ASimFileEventLogs", "true"},
    {"NetworkSession", "ASimNetworkSessionLogs", "true"},
    {"ProcessCreate", "ASimProcessEventLogs", "EventType == 'ProcessCreated'"},
    {"ProcessEvent", "ASimProcessEventLogs", "true"},
    {"ProcessTerminate", "ASimProcessEventLogs", "EventType == 'ProcessTerminated'"},
    {"RegistryEvent", "ASimRegistryEventLogs", "true"},
    {"UserManagement", "ASimUserManagementActivityLogs", "true"},
    {"WebSession", "ASimWebSessionLogs", "true"},
};

/* The schema that a parser's name holds behind one of its prefixes, or an empty Str. */
static Str schema_of(Str name) {
    static const char *const prefixes[] = {"_Im_", "_ASim_", "ASim", "im"};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        Str prefix = str_of(prefixes[i]);
        if (str_starts_with(name, prefix)) return str_sub(name, prefix.len, name.len);
    }
    return STR_EMPTY;
}

static Str unifying_text(Arena *arena, Str name) {
    Str schema = schema_of(name);
    for (size_t i = 0; i < COUNT_OF(unifying); i++) {
        const Unifying *u = &unifying[i];
        if (!str_is(schema, u->schema)) continue;
        return arena_printf(arena,
                            "let %.*s = (starttime:datetime = datetime(null), endtime:datetime = "
                            "datetime(null), disabled:bool = false, pack:bool = false) {\n"
                            "  %s\n"
                            "  | where isnull(starttime) or TimeGenerated >= starttime\n"
                            "  | where isnull(endtime) or TimeGenerated <= endtime\n"
                            "  | where not(disabled) and (%s) };\n",
                            STR_ARG(name), u->table, u->condition);
    }
    return STR_EMPTY;
}

Local *portal_function(Binder *b, Str name) {
    Str text = unifying_text(b->arena, name);
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
