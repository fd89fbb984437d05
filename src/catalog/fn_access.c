/*
 * fn_access.c: the operators that look into dynamic values, and the functions that look at columns.
 *
 * The binder writes bag.name and bag['name'] as "." with a literal name, and everything else in
 * brackets as "[]". On a string column neither is defined: Kusto asks for parse_json() there.
 * The functions have no kernels: the binder puts what they find in their place.
 */
#include "catalog/catalog.h"
#include "kernels/dynamic/access.h"
#include "kernels/text/text.h"

#define ACCESS                                                                                     \
    .kind = FN_OPERATOR, .result = RESULT_FIXED, .type = TYPE_DYNAMIC, .nulls = NULLS_PROPAGATE,   \
    .category = "operators"

/* What the engine calls in place of several operators in a row. */
#define PATH(TYPE, KERNEL)                                                                         \
    .kind = FN_SCALAR, .result = RESULT_FIXED, .type = TYPE, .nulls = NULLS_SEEN,                  \
    .kernel = KERNEL, .category = "internal", .doc = "The value at the end of a path.",            \
    .params = {{"base", TS_DYNAMIC | TS_STRING, 0, NULL},                                          \
               {"key", TS_STRING | TS_INTEGER, PARAM_REPEAT, NULL}}

static const FnDef rows[] = {
    {.name = ".",
     ACCESS,
     .params = {{"bag", TS_DYNAMIC, 0, "a property bag, or a string that holds one as JSON"},
                {"name", TS_STRING, PARAM_CONSTANT, NULL}},
     .kernel = &kernel_member,
     .doc = "The member of that name; null when there is none.",
     .example = "dynamic({\"user\": {\"name\": \"ada\"}}).user.name",
     .gives = "ada"},
    {.name = "[]",
     ACCESS,
     .params = {{"value", TS_DYNAMIC, 0, "an array or a property bag, or a string that holds one"},
                {"index", TS_STRING | TS_INTEGER | TS_BOOL | TS_DYNAMIC, 0,
                 "a position from 0, a negative one from the end, or a name"}},
     .kernel = &kernel_element,
     .doc = "The element at a position or the member of a name; null when there is none.",
     .example = "dynamic([10, 20, 30])[(-1)]",
     .gives = "30"},
    {.name = "__path",
     PATH(TYPE_DYNAMIC, &kernel_path),
     .example = "__path('{\"a\": [1, 2]}', 'a', 1)",
     .gives = "2"},
    {.name = "__path_text",
     PATH(TYPE_STRING, &kernel_path_text),
     .example = "__path_text(dynamic({\"a\": [\"x\", \"y\"]}), 'a', 0)",
     .gives = "x"},
    {.name = "__part",
     .kind = FN_SCALAR,
     .params = {{"source", TS_STRING, 0, NULL},
                {"delimiter", TS_STRING, 0, NULL},
                {"index", TS_INTEGER, 0, NULL}},
     .result = RESULT_FIXED,
     .type = TYPE_STRING,
     .nulls = NULLS_SEEN,
     .kernel = &kernel_part,
     .category = "internal",
     .doc = "The part of a text at a position, a negative one from the end.",
     .example = "__part('a@b.example', '@', -1)",
     .gives = "b.example"},
    {.name = "column_ifexists",
     .aliases = "columnifexists",
     .kind = FN_SCALAR,
     .params = {{"columnName", TS_STRING, PARAM_CONSTANT, NULL},
                {"defaultValue", TS_ANY, 0, "given when there is no such column"}},
     .result = RESULT_ARG1,
     .nulls = NULLS_SEEN,
     .category = "context",
     .doc = "The column of that name, or another value when there is none."},
    {.name = "column_names_of",
     .kind = FN_SCALAR,
     .params = {{"expression", TS_ANY, PARAM_TABLE, NULL}},
     .result = RESULT_FIXED,
     .type = TYPE_DYNAMIC,
     .nulls = NULLS_SEEN,
     .category = "context",
     .doc = "The names of a table's columns, as an array."},
};

const FnTable fn_access = {rows, COUNT_OF(rows)};
