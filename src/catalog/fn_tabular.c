/*
 * fn_tabular.c: the operators of a pipe, for help, reference and coverage. The binder has a function
 * for each (src/semantics/operators/bind_op_table.c).
 *
 * Each example is a whole query that runs without data.
 */
#include "catalog/catalog.h"

#define OPERATOR(NAME, SYNTAX, DOC, EXAMPLE)                                                       \
    .name = NAME, .kind = FN_TABULAR, .nulls = NULLS_SEEN, .support = SUPPORTED,                   \
    .category = "tabular operators", .syntax = SYNTAX, .doc = DOC, .example = EXAMPLE

#define LATER(NAME, SYNTAX, DOC, EXAMPLE)                                                          \
    .name = NAME, .kind = FN_TABULAR, .nulls = NULLS_SEEN, .support = NOT_YET,                     \
    .category = "tabular operators", .syntax = SYNTAX, .doc = DOC, .example = EXAMPLE

/* clang-format off */
static const FnDef rows[] = {
    {OPERATOR("as", "T | as Name", "Names the rows so far, so that the rest of the query can use them again.",
              "range n from 1 to 3 step 1 | as T | where n < 3 | union T | count")},
    {OPERATOR("consume", "T | consume", "Makes all rows and shows none.", "range n from 1 to 3 step 1 | consume")},
    {OPERATOR("count", "T | count [as Name]", "The number of rows, as the column Count.", "range n from 1 to 3 step 1 | count")},
    {OPERATOR("datatable", "datatable(Name: type, ...) [value, ...]", "Rows that the query itself holds.",
              "datatable(user: string, n: long) ['ann', 1, 'bob', 2]")},
    {OPERATOR("distinct", "T | distinct Column, ... | *", "Each combination of values once.",
              "datatable(a: long) [1, 1, 2] | distinct a")},
    {OPERATOR("evaluate", "[T |] evaluate Plugin(argument, ...) [: (Name: type, ...)]", "Runs a plugin over the rows.",
              "datatable(b: dynamic) [dynamic({'a': 1})] | evaluate bag_unpack(b)")},
    {OPERATOR("extend", "T | extend [Name =] Expression, ...", "Adds columns, or computes them anew.",
              "range n from 1 to 3 step 1 | extend square = n * n")},
    {OPERATOR("externaldata", "externaldata(Name: type, ...) [ 'address', ... ] [with (format='csv', ...)]",
              "Rows of a file that --external maps to an address.", NULL)},
    {OPERATOR("facet", "T | facet by Column, ... [with (operators)]",
              "Several results: of each column its values and how many rows have them, after the rows that the operators "
              "give. Ends its statement.",
              "datatable(k: string, n: long) ['a', 1, 'b', 2, 'a', 3] | facet by k with (where n > 1)")},
    {OPERATOR("find", "find [withsource=Name] [in (Table, ...)] where Predicate [project Column, ...]",
              "The rows of several tables that meet a condition.",
              "let T = datatable(a: long) [1, 2]; find in (T) where a == 2")},
    {OPERATOR("fork", "T | fork [name=](operators) ...",
              "Several results: a pipe each over the same rows. Ends its statement.",
              "range n from 1 to 3 step 1 | fork (where n > 1) total=(summarize sum(n))")},
    {OPERATOR("getschema", "T | getschema", "A row for each column: name, position, type.", "print a = 1 | getschema")},
    {OPERATOR("graph-mark-components", "G | graph-mark-components [kind=weak|strong] [with_component_id=Name]",
              "Numbers the connected parts of a graph: a property of its nodes.",
              "datatable(s: string, t: string) ['a', 'b', 'c', 'd'] | make-graph s --> t with_node_id=id "
              "| graph-mark-components | graph-to-table nodes")},
    {OPERATOR("graph-match", "G | graph-match [cycles=unique_edges|none|all] Pattern, ... [where Predicate] project [Name =] Expression, ...",
              "Finds the paths of a graph that a pattern such as (a)-[e]->(b)<-[p*1..3]-(c) describes; a row for each match. "
              "Of a path of variable length all(), any() and map() tell, and inner_nodes() within them.",
              "datatable(s: string, t: string) ['a', 'b', 'b', 'c'] | make-graph s --> t with_node_id=id "
              "| graph-match (x)-[e*1..2]->(y) project x.id, y.id, hops = array_length(map(e, t))")},
    {OPERATOR("graph-shortest-paths", "G | graph-shortest-paths [output=any|all] Pattern where Predicate project [Name =] Expression, ...",
              "The shortest paths between the ends of a pattern: one for each two nodes, or all that are as short.",
              "datatable(s: string, t: string) ['a', 'b', 'b', 'c', 'a', 'c'] | make-graph s --> t with_node_id=id "
              "| graph-shortest-paths (x)-[e*1..5]->(y) where x.id == 'a' project y.id, path = map(e, t)")},
    {OPERATOR("graph-to-table", "G | graph-to-table nodes|edges [as Name] [with_node_id=Name] [with_source_id=Name] [with_target_id=Name], ...",
              "The nodes or edges of a graph as rows.",
              "datatable(s: string, t: string) ['a', 'b'] | make-graph s --> t with_node_id=id | graph-to-table nodes")},
    {OPERATOR("invoke", "T | invoke function(argument, ...)", "Hands the rows to a function as its first argument.",
              "let twice = (T: (n: long)) { T | extend m = n * 2 }; range n from 1 to 2 step 1 | invoke twice()")},
    {OPERATOR("join", "T | join [kind=innerunique] (Right) on Column, $left.A == $right.B, ...",
              "Rows of two tables that belong together. Without a kind the left rows are made unique by key first.",
              "datatable(k: long) [1] | join kind=inner (datatable(k: long, v: string) [1, 'x']) on k")},
    {OPERATOR("lookup", "T | lookup [kind=leftouter|inner] (Right) on Column, ...",
              "Adds the columns of a table of facts; keys stand once.",
              "datatable(k: long) [1] | lookup (datatable(k: long, v: string) [1, 'x']) on k")},
    {OPERATOR("macro-expand", "macro-expand [kind=inner|outer] Group as Name ( statements )",
              "Runs a query for each member of an entity group.",
              "let A = print a = 1; let B = print a = 2; macro-expand entity_group [A, B] as X ( X | extend b = a * 10 )")},
    {OPERATOR("make-graph", "T | make-graph Source --> Target [with Nodes on Id, ...] [with_node_id=Name]",
              "Makes a graph of rows that are edges; a graph operator follows.",
              "datatable(s: string, t: string) ['a', 'b'] | make-graph s --> t | graph-to-table edges")},
    {OPERATOR("make-series", "T | make-series [Name =] Aggregate [default=value], ... on Axis [from a] [to b] step s [by ...]",
              "Values at regular points of an axis, as arrays.",
              "range n from 1 to 3 step 1 | make-series s = sum(n) default = 0 on n from 1 to 4 step 1")},
    {OPERATOR("mv-apply", "T | mv-apply [Name =] Array [to typeof(type)], ... on ( operators )",
              "Runs operators over the elements of an array of each row.",
              "print a = dynamic([1, 2, 3]) | mv-apply x = a to typeof(long) on (summarize total = sum(x))")},
    {OPERATOR("mv-expand", "T | mv-expand [kind=bag|array] [with_itemindex=Name] [Name =] Array [to typeof(type)], ... [limit n]",
              "A row for each element of an array.", "print a = dynamic([1, 2]) | mv-expand a to typeof(long)")},
    {OPERATOR("parse", "T | parse [kind=simple|regex|relaxed [flags=f]] Text with [*] 'text' Column[: type] ...",
              "Cuts columns out of a text.", "print s = 'user=ann' | parse s with 'user=' user")},
    {OPERATOR("parse-kv", "T | parse-kv Text as (Key: type, ...) [with (pair_delimiter=',', kv_delimiter='=', ...)]",
              "Takes values out of a text of keys and values.",
              "print s = 'a=1,b=x' | parse-kv s as (a: long, b: string) with (pair_delimiter=',', kv_delimiter='=')")},
    {OPERATOR("parse-where", "T | parse-where [kind=simple|regex [flags=f]] Text with Pattern",
              "As parse; rows that do not match go.", "print s = 'user=ann' | parse-where s with 'user=' user")},
    {OPERATOR("partition", "T | partition [hint.strategy=s] by Column ( operators )", "Runs operators over each group of rows.",
              "datatable(k: long, v: long) [1, 5, 1, 6, 2, 7] | partition by k (top 1 by v)")},
    {OPERATOR("print", "print [Name =] Expression, ...", "One row of values.", "print a = 1 + 1, strcat('x', 'y')")},
    {OPERATOR("project", "T | project [Name =] Expression, ...", "The columns that stay, in this order.",
              "print a = 1, b = 2 | project b, sum = a + b")},
    {OPERATOR("project-away", "T | project-away Column, ...", "All columns but these; names may hold *.",
              "print a = 1, b = 2 | project-away a")},
    {OPERATOR("project-by-names", "T | project-by-names 'name', dynamic(['name']), ...", "Columns by names that are values.",
              "print a = 1, b = 2 | project-by-names dynamic(['b'])")},
    {OPERATOR("project-keep", "T | project-keep Column, ...", "These columns, in the order of the input.",
              "print a = 1, b = 2 | project-keep b")},
    {OPERATOR("project-rename", "T | project-rename New = Old, ...", "Other names for columns.",
              "print a = 1 | project-rename b = a")},
    {OPERATOR("project-reorder", "T | project-reorder Column [asc|desc|granny-asc|granny-desc], ...",
              "These columns first.", "print a = 1, b = 2 | project-reorder b")},
    {OPERATOR("range", "range Name from a to b step s", "Values from a to b.", "range n from 1 to 3 step 1")},
    {OPERATOR("reduce", "T | reduce [kind=source] by Text [with threshold=0.1, characters='...']",
              "Groups texts by what they have in common. Patterns follow the published method; those of the service may differ.",
              "range n from 1 to 9 step 1 | extend s = strcat('job ', n) | reduce by s")},
    {OPERATOR("render", "T | render Chart [with (property=value, ...)]", "Says how to draw the result; the rows stay.",
              "range n from 1 to 3 step 1 | render columnchart")},
    {OPERATOR("sample", "T | sample n", "Some rows, at random.", "range n from 1 to 9 step 1 | sample 2")},
    {OPERATOR("sample-distinct", "T | sample-distinct n of Column", "Some of the values of a column.",
              "datatable(a: long) [1, 1, 2] | sample-distinct 2 of a")},
    {OPERATOR("scan", "T | scan [with_match_id=Name] [declare (...)] with (step name: Condition => Name = Value; ...)",
              "Finds sequences of rows that fulfil steps one after another.", NULL)},
    {OPERATOR("search", "[T |] search [kind=case_sensitive] [in (Table, ...)] Condition", "Looks for a text in all columns.",
              "datatable(a: string) ['evil day', 'good'] | search 'evil'")},
    {OPERATOR("serialize", "T | serialize [Name = Expression, ...]", "Keeps the order of the rows, for functions over neighbours.",
              "range n from 1 to 3 step 1 | serialize r = row_number()")},
    {OPERATOR("sort", "T | sort by Expression [asc|desc] [nulls first|last], ...", "Orders the rows; descending unless told otherwise.",
              "range n from 1 to 3 step 1 | sort by n"), .aliases = "order"},
    {OPERATOR("summarize", "T | summarize [Name =] Aggregate, ... [by [Name =] Expression, ...]", "Aggregates over groups.",
              "range n from 1 to 4 step 1 | summarize total = sum(n) by parity = n % 2")},
    {OPERATOR("take", "T | take n", "Some rows; the first ones when the rows are sorted.",
              "range n from 1 to 3 step 1 | take 2"), .aliases = "limit"},
    {OPERATOR("top", "T | top n by Expression [asc|desc]", "The first rows of an order.", "range n from 1 to 9 step 1 | top 2 by n")},
    {OPERATOR("top-hitters", "T | top-hitters n of Column [by Weight]", "The most frequent values.",
              "datatable(a: long) [1, 1, 2] | top-hitters 1 of a")},
    {OPERATOR("top-nested", "T | top-nested [n] of Expression [with others='name'] by Aggregate, ...",
              "The largest groups, and in each the largest of the next level.",
              "datatable(a: string, v: long) ['x', 1, 'y', 2] | top-nested 1 of a by sum(v)")},
    {OPERATOR("union", "[T |] union [kind=outer|inner] [withsource=Name] [isfuzzy=true] Table, ...",
              "The rows of several tables.", "union (print a = 1), (print b = 2)")},
    {OPERATOR("where", "T | where Predicate", "The rows for which the condition is true.",
              "range n from 1 to 3 step 1 | where n > 1"), .aliases = "filter"},
};
/* clang-format on */

const FnTable fn_tabular = {rows, COUNT_OF(rows)};
