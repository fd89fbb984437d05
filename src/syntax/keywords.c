/* keywords.c: words that are keywords somewhere, for completion and highlighting. */
#include "syntax/syntax.h"

/* clang-format off */
const char *const syntax_keywords[] = {
    "and", "as", "asc", "assert-schema", "between", "by", "consume", "contains", "contains_cs",
    "count", "datatable", "declare", "default", "desc", "distinct", "endswith", "endswith_cs", "evaluate",
    "extend", "externaldata", "facet", "find", "first", "fork", "from", "getschema", "graph-match",
    "graph-to-table", "has", "has_all", "has_any", "has_cs", "hasprefix", "hasprefix_cs",
    "hassuffix", "hassuffix_cs", "in", "in~", "invoke", "join", "kind", "last", "let", "limit",
    "lookup", "macro-expand", "make-graph", "make-series", "materialize", "matches", "mv-apply",
    "mv-expand", "nulls", "of", "on", "or", "order", "parse", "parse-kv", "parse-where",
    "partition", "print", "project", "project-away", "project-keep", "project-rename",
    "project-reorder", "query_parameters", "range", "reduce", "regex", "render", "sample",
    "sample-distinct", "scan", "search", "serialize", "set", "sort", "startswith", "startswith_cs",
    "step", "summarize", "take", "to", "top", "top-hitters", "top-nested", "toscalar", "typeof",
    "union", "view", "where", "with", NULL};
/* clang-format on */
