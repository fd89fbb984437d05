/*
 * fn_parse.c: functions that take text apart.
 */
#include "catalog/catalog.h"
#include "kernels/command_line.h"
#include "kernels/parse_pattern.h"

#define INTERNAL(KERNEL, DOC)                                                                      \
    .kind = FN_SCALAR,                                                                             \
    .params = {{"source", TS_STRING, 0, NULL},                                                     \
               {"pattern", TS_DYNAMIC, PARAM_CONSTANT, "see src/kernels/parse_pattern.h"}},        \
    .result = RESULT_FIXED, .type = TYPE_DYNAMIC, .nulls = NULLS_SEEN, .kernel = KERNEL,           \
    .category = "internal", .doc = DOC

static const FnDef rows[] = {
    {.name = "__parse",
     INTERNAL(&kernel_parse_pattern, "What the operator parse cuts out of a text, as an array."),
     .example = "__parse('id=5,x', dynamic({\"parts\": [\"id=\", [\"long\"], \",\", null]}))",
     .gives = "[5]"},
    {.name = "__parse_kv",
     INTERNAL(&kernel_parse_kv, "What the operator parse-kv finds in a text, as an array."),
     .example = "__parse_kv('a=1 b=2', dynamic({\"keys\": [[\"b\", \"long\"]], "
                "\"pair\": \" \", \"kv\": \"=\"}))",
     .gives = "[2]"},
    {.name = "parse_command_line",
     .kind = FN_SCALAR,
     .params = {{"command", TS_ANY, PARAM_AS_STRING, NULL}, {"parser", TS_STRING, 0, "'windows'"}},
     .result = RESULT_FIXED,
     .type = TYPE_DYNAMIC,
     .nulls = NULLS_SEEN,
     .kernel = &kernel_parse_command_line,
     .category = "string",
     .doc = "The arguments of a command line as an array, split as Windows does.",
     .example = "parse_command_line('echo \"hello world!\"', 'windows')",
     .gives = "[\"echo\",\"hello world!\"]"},
};

const FnTable fn_parse = {rows, COUNT_OF(rows)};
