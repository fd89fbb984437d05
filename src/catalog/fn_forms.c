/*
 * fn_forms.c: what is written like a function and is none of the catalog's: forms of the language that the
 * binder knows by name, functions of graphs, and the portals' own tables and functions. For help,
 * reference and coverage.
 *
 * Each example is a whole query that runs without data.
 */
#include "catalog/catalog.h"

#define FORM(CHAPTER, NAME, SYNTAX, DOC, EXAMPLE)                                                  \
    .name = NAME, .kind = FN_FORM, .nulls = NULLS_SEEN, .support = SUPPORTED, .category = CHAPTER, \
    .syntax = SYNTAX, .doc = DOC, .example = EXAMPLE

#define SERVICE(NAME, SYNTAX, DOC)                                                                 \
    .name = NAME, .kind = FN_FORM, .nulls = NULLS_SEEN, .support = NEEDS_SERVICE,                  \
    .category = "special forms", .syntax = SYNTAX, .doc = DOC

#define LANGUAGE "special forms"
#define GRAPHS "functions of graphs"
#define PORTALS "Sentinel and Defender"

/* The parsers of one schema, with the filters that _Im_ and im take. */
#define PARSER(SCHEMA, FILTERS)                                                                    \
    {                                                                                              \
        FORM(PORTALS, "_Im_" SCHEMA,                                                               \
             "_Im_" SCHEMA "([starttime=datetime], [endtime=datetime], " FILTERS ")",              \
             "The unifying parser of ASIM's schema " SCHEMA                                        \
             ", over the built-in table of the schema; _ASim_ takes no filters but the times.",    \
             NULL),                                                                                \
            .aliases = "im" SCHEMA ",_ASim_" SCHEMA ",ASim" SCHEMA                                 \
    }

#define PROCESS_FILTERS                                                                              \
    "[commandline_has_any=list], [commandline_has_all=list], [commandline_has_any_ip_prefix=list], " \
    "[actingprocess_has_any=list], [targetprocess_has_any=list], [parentprocess_has_any=list], "     \
    "[targetusername_has=text], [actorusername_has=text], [dvcipaddr_has_any_prefix=list], "         \
    "[dvchostname_has_any=list], [eventtype=text]"

/* clang-format off */
static const FnDef rows[] = {
    {FORM(LANGUAGE, "toscalar", "toscalar(Table)",
          "The first value of a table, worked out once; the columns of the row around it are not in sight.",
          "print most = toscalar(range n from 1 to 5 step 1 | summarize max(n))")},
    {FORM(LANGUAGE, "materialize", "materialize(Table)", "A table that is made once, however often the query reads it.",
          "let T = materialize(range n from 1 to 3 step 1); T | where n < toscalar(T | summarize max(n))")},
    {FORM(LANGUAGE, "table", "table('Name')", "The table of a name.",
          "let T = datatable(a: long) [1]; T | union (T) | count")},
    {FORM(LANGUAGE, "external_table", "external_table('Name')", "The table of that name in the data.", NULL)},
    {FORM(LANGUAGE, "materialized_view", "materialized_view('Name', [max_age: timespan])",
          "The table of that name in the data; the age has no meaning here.", NULL)},
    {FORM(LANGUAGE, "database", "database('Name').Table", "A table of the data: there is one database here.", NULL)},
    {FORM(LANGUAGE, "cluster", "cluster('Name').database('Name').Table", "A table of the data: there is one cluster here.", NULL)},
    {FORM(LANGUAGE, "workspace", "workspace('Name').Table", "A table of the data: there is one workspace here.", NULL),
     .aliases = "app,resource"},
    {SERVICE("stored_query_result", "stored_query_result('Name')", "A result that the cluster has kept.")},
    {SERVICE("graph", "graph('Model', ['Snapshot'])", "A graph that the cluster keeps; make-graph makes one of tables.")},
    {FORM(LANGUAGE, "let", "let Name = Expression | (Parameter: type [= Default], ...) { body };",
          "Names a value, a table or a function for the rest of the query.",
          "let twice = (n: long) { n * 2 }; print twice(21)")},
    {FORM(LANGUAGE, "declare query_parameters", "declare query_parameters(Name: type [= Default], ...);",
          "Values that a query is given from outside; here the defaults.",
          "declare query_parameters(n: long = 5); print n")},
    {FORM(GRAPHS, "all", "all(Edge, Predicate)", "Whether every step of a path meets a condition; with inner_nodes(Edge) every node in between.",
          "datatable(s: string, t: string) ['a', 'b', 'b', 'c'] | make-graph s --> t with_node_id=id | graph-match (x)-[e*1..2]->(y) where all(e, s != 'z') project x.id, y.id")},
    {FORM(GRAPHS, "any", "any(Edge, Predicate)", "Whether some step of a path meets a condition.",
          "datatable(s: string, t: string) ['a', 'b', 'b', 'c'] | make-graph s --> t with_node_id=id | graph-match (x)-[e*1..2]->(y) where any(e, s == 'b') project x.id, y.id")},
    {FORM(GRAPHS, "map", "map(Edge, Expression)", "An array with a value for each step of a path.",
          "datatable(s: string, t: string) ['a', 'b', 'b', 'c'] | make-graph s --> t with_node_id=id | graph-match (x)-[e*2..2]->(y) project map(e, t)")},
    {FORM(GRAPHS, "inner_nodes", "inner_nodes(Edge)", "The nodes between the ends of a path, for all(), any() and map().",
          "datatable(s: string, t: string) ['a', 'b', 'b', 'c'] | make-graph s --> t with_node_id=id | graph-match (x)-[e*2..2]->(y) project map(inner_nodes(e), id)")},
    {FORM(GRAPHS, "labels", "labels(Element)", "The labels of a node or an edge, as an array.",
          "datatable(s: string, t: string) ['a', 'b'] | make-graph s --> t with_node_id=id | graph-match (x)-[e]->(y) project labels(x)")},
    {FORM(GRAPHS, "node_degree_in", "node_degree_in([Node])", "The number of edges that end at a node.",
          "datatable(s: string, t: string) ['a', 'b'] | make-graph s --> t with_node_id=id | graph-match (x)-[e]->(y) project node_degree_in(y)")},
    {FORM(GRAPHS, "node_degree_out", "node_degree_out([Node])", "The number of edges that begin at a node.",
          "datatable(s: string, t: string) ['a', 'b'] | make-graph s --> t with_node_id=id | graph-match (x)-[e]->(y) project node_degree_out(x)")},
    {FORM(PORTALS, "_GetWatchlist", "_GetWatchlist('Alias')", "The items of a watchlist: a CSV file of that name in the folder given by --watchlists.", NULL)},
    {FORM(PORTALS, "_GetWatchlistAlias", "_GetWatchlistAlias", "The names of the watchlists that there are.", "_GetWatchlistAlias | count")},
    {FORM(PORTALS, "FileProfile", "T | invoke FileProfile([Column], [limit])",
          "What is known of hashes: from a table FileProfile where the data has one, else nulls and a warning.", NULL)},
    {FORM(PORTALS, "SeenBy", "T | invoke SeenBy(DeviceId)", "Which devices have seen a device: nulls and a warning.", NULL)},
    {FORM(PORTALS, "AssignedIPAddresses", "AssignedIPAddresses(device, [time: datetime])",
          "The last addresses of a device, by DeviceNetworkInfo.", NULL)},
    {FORM(PORTALS, "DeviceFromIP", "T | invoke DeviceFromIP([column, time: datetime])",
          "The devices that had the addresses of the column IP, by DeviceNetworkInfo.", NULL)},
    PARSER("AlertEvent", "[ipaddr_has_any_prefix=list], [hostname_has_any=list], [username_has_any=list], [attacktactics_has_any=list], [attacktechniques_has_any=list], [threatcategory_has_any=list], [alertverdict_has_any=list], [eventseverity_has_any=list]"),
    PARSER("AuditEvent", "[srcipaddr_has_any_prefix=list], [eventtype_in=list], [eventresult=text], [actorusername_has_any=list], [operation_has_any=list], [object_has_any=list], [newvalue_has_any=list]"),
    PARSER("Authentication", "[username_has_any=list], [targetappname_has_any=list], [srcipaddr_has_any_prefix=list], [srchostname_has_any=list], [eventtype_in=list], [eventresultdetails_in=list], [eventresult=text]"),
    PARSER("DhcpEvent", "[srcipaddr_has_any_prefix=list], [srchostname_has_any=list], [srcusername_has_any=list], [eventresult=text]"),
    PARSER("Dns", "[srcipaddr=text], [domain_has_any=list], [responsecodename=text], [response_has_ipv4=text], [response_has_any_prefix=list], [eventtype=text]"),
    PARSER("FileEvent", "[eventtype_in=list], [srcipaddr_has_any_prefix=list], [actorusername_has_any=list], [targetfilepath_has_any=list], [srcfilepath_has_any=list], [hashes_has_any=list], [dvchostname_has_any=list]"),
    PARSER("NetworkSession", "[srcipaddr_has_any_prefix=list], [dstipaddr_has_any_prefix=list], [ipaddr_has_any_prefix=list], [dstportnumber=int], [hostname_has_any=list], [dvcaction=list], [eventresult=text]"),
    PARSER("ProcessCreate", PROCESS_FILTERS),
    PARSER("ProcessEvent", PROCESS_FILTERS),
    PARSER("ProcessTerminate", PROCESS_FILTERS),
    PARSER("RegistryEvent", "[eventtype_in=list], [actorusername_has_any=list], [registrykey_has_any=list], [registryvalue_has_any=list], [registrydata_has_any=list], [dvchostname_has_any=list]"),
    PARSER("UserManagement", "[srcipaddr_has_any_prefix=list], [targetusername_has_any=list], [actorusername_has_any=list], [eventtype_in=list]"),
    PARSER("WebSession", "[srcipaddr_has_any_prefix=list], [ipaddr_has_any_prefix=list], [url_has_any=list], [httpuseragent_has_any=list], [eventresultdetails_in=list], [eventresult=text]"),
};
/* clang-format on */

const FnTable fn_forms = {rows, COUNT_OF(rows)};
