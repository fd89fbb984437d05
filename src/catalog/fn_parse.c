/*
 * fn_parse.c: functions that take text apart.
 */
#include "catalog/catalog.h"
#include "kernels/text/command_line.h"
#include "kernels/text/parse_pattern.h"
#include "kernels/text/parsers.h"

#define INTERNAL(KERNEL, DOC)                                                                      \
    .kind = FN_SCALAR,                                                                             \
    .params = {{"source", TS_STRING, 0, NULL},                                                     \
               {"pattern", TS_DYNAMIC, PARAM_CONSTANT, "see src/kernels/text/parse_pattern.h"}},   \
    .result = RESULT_FIXED, .type = TYPE_DYNAMIC, .nulls = NULLS_SEEN, .kernel = KERNEL,           \
    .category = "internal", .doc = DOC

#define PARSER(TYPE, KERNEL)                                                                       \
    .kind = FN_SCALAR, .result = RESULT_FIXED, .type = (TYPE), .nulls = NULLS_SEEN,                \
    .kernel = &(KERNEL), .category = "string"
#define TEXT(NAME)                                                                                 \
    { NAME, TS_STRING, 0, NULL }
#define TEXT_OR_DYNAMIC(NAME)                                                                      \
    { NAME, TS_TEXTUAL, 0, NULL }

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
    {.name = "parse_url",
     .aliases = "parseurl",
     PARSER(TYPE_DYNAMIC, kernel_parse_url),
     .params = {TEXT("url")},
     .doc = "The parts of a link as a bag: Scheme, Host, Port, Path, Username, Password, Query "
            "Parameters, Fragment.",
     .example = "parse_url('https://www.example.com:81/a/b?k=v').Path",
     .gives = "/a/b"},
    {.name = "parse_urlquery",
     .aliases = "parseurlquery",
     PARSER(TYPE_DYNAMIC, kernel_parse_urlquery),
     .params = {TEXT("query")},
     .doc = "The parameters of a link's query, in a bag under the name Query Parameters.",
     .example = "parse_urlquery('k1=v1&k2=v2')",
     .gives = "{\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"}}"},
    {.name = "parse_path",
     PARSER(TYPE_DYNAMIC, kernel_parse_path),
     .params = {TEXT("path")},
     .doc = "The parts of a file's path as a bag: Scheme, RootPath, DirectoryPath, DirectoryName, "
            "Filename, Extension, AlternateDataStreamName.",
     .example = "parse_path(@'C:\\temp\\file.txt').DirectoryPath",
     .gives = "C:\\temp"},
    {.name = "parse_csv",
     PARSER(TYPE_DYNAMIC, kernel_parse_csv),
     .params = {TEXT_OR_DYNAMIC("csv_text")},
     .naming = NAME_ARG0,
     .doc = "The values of the first record of comma-separated text as an array.",
     .example = "parse_csv('aa,\"b,b\",\"say \"\"hi\"\"\"')",
     .gives = "[\"aa\",\"b,b\",\"say \\\"hi\\\"\"]"},
    {.name = "parse_version",
     PARSER(TYPE_DECIMAL, kernel_parse_version),
     .params = {TEXT("version")},
     .doc =
         "A version of one to four numbers as a decimal that orders as versions do: eight digits "
         "a number.",
     .example = "parse_version('1.9.0') < parse_version('1.10')",
     .gives = "true"},
    {.name = "parse_xml",
     PARSER(TYPE_DYNAMIC, kernel_parse_xml),
     .params = {TEXT_OR_DYNAMIC("xml_text")},
     .naming = NAME_ARG0,
     .doc = "XML as a dynamic value: attributes under @name, text beside them under #text; null "
            "for what is no XML or longer than 1 MB.",
     .example = "parse_xml('<e name=\"value\">text</e>')",
     .gives = "{\"e\":{\"@name\":\"value\",\"#text\":\"text\"}}"},
    {.name = "parse_user_agent",
     PARSER(TYPE_DYNAMIC, kernel_parse_user_agent),
     .params = {TEXT("user_agent"),
                {"look_for", TS_TEXTUAL, PARAM_OPTIONAL,
                 "'browser', 'os', 'device', or an array of these; all when absent"}},
     .doc = "Browser, OperatingSystem and Device that a user-agent text tells of; Other for what "
            "is not known.",
     .example = "parse_user_agent('Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 "
                "Firefox/91.0', 'browser')",
     .gives = "{\"Browser\":{\"Family\":\"Firefox\",\"MajorVersion\":\"91\",\"MinorVersion\":\"0\","
              "\"Patch\":\"\"}}"},
};

const FnTable fn_parse = {rows, COUNT_OF(rows)};
