/*
 * portal_asim.c: the unifying parsers of the Advanced Security Information Model, as KQL.
 *
 * Source: the schemas' pages, under "Filtering parser parameters". A unifying parser reads the built-in
 * table of its schema here; parsers that normalise other tables are not part of it. _Im_ and im take
 * the filters of their schema, _ASim_ and ASim have none. A filter that is not given keeps every row,
 * but for the event type of DNS, where only look-ups are given unless another is asked for.
 */
#include "semantics/bind_scope.h"

typedef enum FilterKind {
    FILTER_HAS_ANY, /* a list: the column has any of its terms */
    FILTER_HAS_ALL,
    FILTER_HAS,        /* a text */
    FILTER_PREFIX,     /* a list: the column has an address that begins so */
    FILTER_ONE_PREFIX, /* a text */
    FILTER_IN,         /* a list: the column is one of them */
    FILTER_IS,         /* a text */
    FILTER_NUMBER,
    FILTER_DNS_TYPE
} FilterKind;

typedef struct Filter {
    FilterKind kind;
    const char *name;
    const char *columns[4]; /* one that passes is enough */
} Filter;

typedef struct Unifying {
    const char *schema, *table, *condition;
    Filter filters[12];
} Unifying;

#define FILTER_RESULT                                                                              \
    {                                                                                              \
        FILTER_IS, "eventresult", { "EventResult" }                                                \
    }
#define FILTER_TYPES                                                                               \
    {                                                                                              \
        FILTER_IN, "eventtype_in", { "EventType" }                                                 \
    }
#define FILTER_ACTOR                                                                               \
    {                                                                                              \
        FILTER_HAS_ANY, "actorusername_has_any", { "ActorUsername" }                               \
    }
#define FILTER_SOURCE                                                                              \
    {                                                                                              \
        FILTER_PREFIX, "srcipaddr_has_any_prefix", { "SrcIpAddr" }                                 \
    }
#define FILTER_DEVICE                                                                              \
    {                                                                                              \
        FILTER_HAS_ANY, "dvchostname_has_any", { "DvcHostname", "DvcFQDN" }                        \
    }
#define FILTER_ADDRESS                                                                             \
    {                                                                                              \
        FILTER_PREFIX, "ipaddr_has_any_prefix", { "SrcIpAddr", "DstIpAddr" }                       \
    }
#define FILTERS_OF_PROCESS                                                                         \
    {                                                                                              \
        {FILTER_HAS_ANY, "commandline_has_any", {"TargetProcessCommandLine"}},                     \
            {FILTER_HAS_ALL, "commandline_has_all", {"TargetProcessCommandLine"}},                 \
            {FILTER_PREFIX, "commandline_has_any_ip_prefix", {"TargetProcessCommandLine"}},        \
            {FILTER_HAS_ANY, "actingprocess_has_any", {"ActingProcessName"}},                      \
            {FILTER_HAS_ANY, "targetprocess_has_any", {"TargetProcessName"}},                      \
            {FILTER_HAS_ANY, "parentprocess_has_any", {"ParentProcessName"}},                      \
            {FILTER_HAS, "targetusername_has", {"TargetUsername"}},                                \
            {FILTER_HAS, "actorusername_has", {"ActorUsername"}},                                  \
            {FILTER_PREFIX, "dvcipaddr_has_any_prefix", {"DvcIpAddr"}}, FILTER_DEVICE,             \
            {FILTER_IS, "eventtype", {"EventType"}},                                               \
    }

static const Unifying unifying[] = {
    {"AlertEvent",
     "ASimAlertEventLogs",
     "true",
     {{FILTER_PREFIX, "ipaddr_has_any_prefix", {"DvcIpAddr"}},
      {FILTER_HAS_ANY, "hostname_has_any", {"DvcHostname"}},
      {FILTER_HAS_ANY, "username_has_any", {"Username"}},
      {FILTER_HAS_ANY, "attacktactics_has_any", {"AttackTactics"}},
      {FILTER_HAS_ANY, "attacktechniques_has_any", {"AttackTechniques"}},
      {FILTER_HAS_ANY, "threatcategory_has_any", {"ThreatCategory"}},
      {FILTER_HAS_ANY, "alertverdict_has_any", {"AlertVerdict"}},
      {FILTER_HAS_ANY, "eventseverity_has_any", {"EventSeverity"}}}},
    {"AuditEvent",
     "ASimAuditEventLogs",
     "true",
     {FILTER_SOURCE,
      FILTER_TYPES,
      FILTER_RESULT,
      FILTER_ACTOR,
      {FILTER_HAS_ANY, "operation_has_any", {"Operation"}},
      {FILTER_HAS_ANY, "object_has_any", {"Object"}},
      {FILTER_HAS_ANY, "newvalue_has_any", {"NewValue"}}}},
    {"Authentication",
     "ASimAuthenticationEventLogs",
     "true",
     {{FILTER_HAS_ANY, "username_has_any", {"TargetUsername", "ActorUsername"}},
      {FILTER_HAS_ANY, "targetappname_has_any", {"TargetAppName"}},
      FILTER_SOURCE,
      {FILTER_HAS_ANY, "srchostname_has_any", {"SrcHostname"}},
      FILTER_TYPES,
      {FILTER_IN, "eventresultdetails_in", {"EventResultDetails"}},
      FILTER_RESULT}},
    {"DhcpEvent",
     "ASimDhcpEventLogs",
     "true",
     {FILTER_SOURCE,
      {FILTER_HAS_ANY, "srchostname_has_any", {"SrcHostname"}},
      {FILTER_HAS_ANY, "srcusername_has_any", {"SrcUsername"}},
      FILTER_RESULT}},
    {"Dns",
     "ASimDnsActivityLogs",
     "true",
     {{FILTER_IS, "srcipaddr", {"SrcIpAddr"}},
      {FILTER_HAS_ANY, "domain_has_any", {"DnsQuery"}},
      {FILTER_IS, "responsecodename", {"EventResultDetails"}},
      {FILTER_ONE_PREFIX, "response_has_ipv4", {"DnsResponseName"}},
      {FILTER_PREFIX, "response_has_any_prefix", {"DnsResponseName"}},
      {FILTER_DNS_TYPE, "eventtype", {"EventType"}}}},
    {"FileEvent",
     "ASimFileEventLogs",
     "true",
     {FILTER_TYPES,
      FILTER_SOURCE,
      FILTER_ACTOR,
      {FILTER_HAS_ANY, "targetfilepath_has_any", {"TargetFilePath"}},
      {FILTER_HAS_ANY, "srcfilepath_has_any", {"SrcFilePath"}},
      {FILTER_IN,
       "hashes_has_any",
       {"TargetFileMD5", "TargetFileSHA1", "TargetFileSHA256", "TargetFileSHA512"}},
      {FILTER_HAS_ANY, "dvchostname_has_any", {"DvcHostname"}}}},
    {"NetworkSession",
     "ASimNetworkSessionLogs",
     "true",
     {FILTER_SOURCE,
      {FILTER_PREFIX, "dstipaddr_has_any_prefix", {"DstIpAddr"}},
      FILTER_ADDRESS,
      {FILTER_NUMBER, "dstportnumber", {"DstPortNumber"}},
      {FILTER_HAS_ANY, "hostname_has_any", {"DstHostname", "SrcHostname"}},
      {FILTER_IN, "dvcaction", {"DvcAction"}},
      FILTER_RESULT}},
    {"ProcessCreate", "ASimProcessEventLogs", "EventType == 'ProcessCreated'", FILTERS_OF_PROCESS},
    {"ProcessEvent", "ASimProcessEventLogs", "true", FILTERS_OF_PROCESS},
    {"ProcessTerminate", "ASimProcessEventLogs", "EventType == 'ProcessTerminated'",
     FILTERS_OF_PROCESS},
    {"RegistryEvent",
     "ASimRegistryEventLogs",
     "true",
     {FILTER_TYPES,
      FILTER_ACTOR,
      {FILTER_HAS_ANY, "registrykey_has_any", {"RegistryKey"}},
      {FILTER_HAS_ANY, "registryvalue_has_any", {"RegistryValue"}},
      {FILTER_HAS_ANY, "registrydata_has_any", {"RegistryValueData"}},
      {FILTER_HAS_ANY, "dvchostname_has_any", {"DvcHostname"}}}},
    {"UserManagement",
     "ASimUserManagementActivityLogs",
     "true",
     {FILTER_SOURCE,
      {FILTER_HAS_ANY, "targetusername_has_any", {"TargetUsername"}},
      FILTER_ACTOR,
      FILTER_TYPES}},
    {"WebSession",
     "ASimWebSessionLogs",
     "true",
     {FILTER_SOURCE,
      FILTER_ADDRESS,
      {FILTER_HAS_ANY, "url_has_any", {"Url"}},
      {FILTER_HAS_ANY, "httpuseragent_has_any", {"HttpUserAgent"}},
      {FILTER_IN, "eventresultdetails_in", {"EventResultDetails"}},
      FILTER_RESULT}},
};

/* A parameter's type and default; what tells that it is not given; what a column must meet: a %s each
 * for the column and the parameter. */
static const struct {
    const char *parameter, *is_absent, *test;
} kinds[] = {
    [FILTER_HAS_ANY] = {"dynamic = dynamic([])", "array_length(%s) == 0", "%s has_any (%s)"},
    [FILTER_HAS_ALL] = {"dynamic = dynamic([])", "array_length(%s) == 0", "%s has_all (%s)"},
    [FILTER_HAS] = {"string = '*'", "%s == '*'", "%s has %s"},
    [FILTER_PREFIX] = {"dynamic = dynamic([])", "array_length(%s) == 0",
                       "has_any_ipv4_prefix(%s, %s)"},
    [FILTER_ONE_PREFIX] = {"string = '*'", "%s == '*'", "has_ipv4_prefix(%s, %s)"},
    [FILTER_IN] = {"dynamic = dynamic([])", "array_length(%s) == 0", "%s in~ (%s)"},
    [FILTER_IS] = {"string = '*'", "%s == '*'", "%s =~ %s"},
    [FILTER_NUMBER] = {"int = int(null)", "isnull(%s)", "%s == %s"},
    [FILTER_DNS_TYPE] = {"string = 'Query'", "%s == '*' or isempty(EventType)", "%s =~ %s"},
};

/* The format is one of the table's; the compiler cannot see that its places are two texts at most. */
static void put_format(Buf *out, const char *format, const char *first, const char *second) {
    for (const char *next = first; *format; format++) {
        if (format[0] != '%') {
            buf_putc(out, *format);
            continue;
        }
        if (next) buf_puts(out, next);
        next = second;
        format++;
    }
}

static void put_filter(Buf *out, const Filter *f) {
    buf_puts(out, "  | where ");
    put_format(out, kinds[f->kind].is_absent, f->name, NULL);
    for (size_t i = 0; i < COUNT_OF(f->columns) && f->columns[i]; i++) {
        buf_puts(out, " or ");
        put_format(out, kinds[f->kind].test, f->columns[i], f->name);
    }
    buf_putc(out, '\n');
}

static Str function_text(Arena *arena, Str name, const Unifying *u, bool has_filters) {
    Buf out = {0};
    buf_printf(&out,
               "let %.*s = (starttime:datetime = datetime(null), endtime:datetime = datetime(null)",
               STR_ARG(name));
    for (const Filter *f = u->filters; has_filters && f->name; f++)
        buf_printf(&out, ", %s:%s", f->name, kinds[f->kind].parameter);
    buf_printf(&out,
               ", disabled:bool = false, pack:bool = false) {\n  %s\n"
               "  | where isnull(starttime) or TimeGenerated >= starttime\n"
               "  | where isnull(endtime) or TimeGenerated <= endtime\n"
               "  | where not(disabled) and (%s)\n",
               u->table, u->condition);
    for (const Filter *f = u->filters; has_filters && f->name; f++) put_filter(&out, f);
    buf_puts(&out, "};\n");
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

Str portal_asim_text(Arena *arena, Str name) {
    static const struct {
        const char *text;
        bool has_filters;
    } prefixes[] = {{"_Im_", true}, {"_ASim_", false}, {"ASim", false}, {"im", true}};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        Str prefix = str_of(prefixes[i].text);
        if (!str_starts_with(name, prefix)) continue;
        Str schema = str_sub(name, prefix.len, name.len);
        for (size_t k = 0; k < COUNT_OF(unifying); k++)
            if (str_is(schema, unifying[k].schema))
                return function_text(arena, name, &unifying[k], prefixes[i].has_filters);
        break;
    }
    return STR_EMPTY;
}
