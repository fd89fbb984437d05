/*
 * fn_string.c: functions on text.
 */
#include "catalog/catalog.h"
#include "kernels/text.h"

#define ROW(NAME, TYPE, NULLS, KERNEL, DOC, EXAMPLE, GIVES)                                        \
    .name = NAME, .kind = FN_SCALAR, .result = RESULT_FIXED, .type = TYPE, .nulls = NULLS,         \
    .kernel = KERNEL, .category = "string", .doc = DOC, .example = EXAMPLE, .gives = GIVES
#define ANY_TEXT(NAME)                                                                             \
    { NAME, TS_ANY, PARAM_AS_STRING, NULL }
#define TEXT(NAME)                                                                                 \
    { NAME, TS_TEXTUAL, 0, NULL }
#define PLAIN(NAME)                                                                                \
    { NAME, TS_STRING, 0, NULL }

static const FnDef rows[] = {
    {ROW("strlen", TYPE_LONG, NULLS_SEEN, &kernel_strlen, "Number of characters of a text.",
         "strlen('hello')", "5"),
     .params = {TEXT("string")}},
    {ROW("string_size", TYPE_LONG, NULLS_SEEN, &kernel_string_size, "Number of bytes of a text.",
         "string_size('hello')", "5"),
     .params = {TEXT("string")}},
    {ROW("tolower", TYPE_STRING, NULLS_SEEN, &kernel_tolower, "The text in lower case.",
         "tolower('Hello')", "hello"),
     .params = {ANY_TEXT("value")}},
    {ROW("toupper", TYPE_STRING, NULLS_SEEN, &kernel_toupper, "The text in upper case.",
         "toupper('hello')", "HELLO"),
     .params = {ANY_TEXT("value")}},
    {ROW("substring", TYPE_STRING, NULLS_PROPAGATE, &kernel_substring,
         "A part of a text; a negative start counts from the end.", "substring('123456', 2, 2)",
         "34"),
     .params = {ANY_TEXT("string"),
                {"start", TS_INTEGER, 0, "from 0"},
                {"length", TS_INTEGER, PARAM_OPTIONAL, NULL}}},
    {ROW("split", TYPE_DYNAMIC, NULLS_SEEN, &kernel_split,
         "The parts of a text between delimiters, or the one with an index, in an array.",
         "split('a__b', '_')", "[\"a\",\"\",\"b\"]"),
     .params = {ANY_TEXT("source"),
                TEXT("delimiter"),
                {"requestedIndex", TS_INTEGER, PARAM_OPTIONAL, "from 0"}},
     .naming = NAME_ARG0},
    {ROW("indexof", TYPE_LONG, NULLS_SEEN, &kernel_indexof,
         "Position of a text in another, counted from 0; -1 when it is not there.",
         "indexof('abcdefg', 'cde')", "2"),
     .params = {ANY_TEXT("string"),
                ANY_TEXT("match"),
                {"start", TS_INTEGER, PARAM_OPTIONAL, "negative: from the end"},
                {"length", TS_INTEGER, PARAM_OPTIONAL, "characters to look at; -1 for all"},
                {"occurrence", TS_INTEGER, PARAM_OPTIONAL, "from 1"}}},
    {ROW("reverse", TYPE_STRING, NULLS_SEEN, &kernel_reverse, "The characters in reverse order.",
         "reverse('abc')", "cba"),
     .params = {ANY_TEXT("value")}},
    {ROW("strcat", TYPE_STRING, NULLS_SEEN, &kernel_strcat, "The arguments as one text.",
         "strcat('hello', ' ', 'world')", "hello world"),
     .params = {{"arg", TS_ANY, PARAM_AS_STRING | PARAM_REPEAT, NULL}}},
    {ROW("strcat_delim", TYPE_STRING, NULLS_SEEN, &kernel_strcat_delim,
         "The arguments as one text, a delimiter between them.",
         "strcat_delim('-', 1, '2', 'A', 1s)", "1-2-A-00:00:01"),
     .params = {ANY_TEXT("delimiter"),
                ANY_TEXT("first"),
                {"arg", TS_ANY, PARAM_AS_STRING | PARAM_REPEAT, NULL}}},
    {ROW("strcat_array", TYPE_STRING, NULLS_SEEN, &kernel_strcat_array,
         "The elements of an array as one text, a delimiter between them.",
         "strcat_array(dynamic([1, 2, 3]), '->')", "1->2->3"),
     .params = {{"array", TS_DYNAMIC, 0, NULL}, ANY_TEXT("delimiter")}},
    {ROW("replace_string", TYPE_STRING, NULLS_SEEN, &kernel_replace_string,
         "The text with all occurrences of another replaced.",
         "replace_string('Number is 1', 'is', 'was')", "Number was 1"),
     .params = {TEXT("text"), TEXT("lookup"), TEXT("rewrite")}},
    {ROW("replace_strings", TYPE_STRING, NULLS_SEEN, &kernel_replace_strings,
         "The text with all occurrences of several others replaced.",
         "replace_strings('a cat', dynamic(['cat']), dynamic(['dog']))", "a dog"),
     .params = {TEXT("text"), {"lookups", TS_DYNAMIC, 0, NULL}, {"rewrites", TS_DYNAMIC, 0, NULL}}},
    {ROW("translate", TYPE_STRING, NULLS_SEEN, &kernel_translate,
         "The text with characters of one list replaced by those of another.",
         "translate('krasp', 'otsku', 'spark')", "kusto"),
     .params = {PLAIN("searchList"), PLAIN("replacementList"), TEXT("source")}},
    {ROW("base64_decode_tostring", TYPE_STRING, NULLS_SEEN, &kernel_base64_decode_tostring,
         "The UTF-8 text behind base64; empty when there is none.",
         "base64_decode_tostring('S3VzdG8=')", "Kusto"),
     .aliases = "base64_decodestring", .params = {PLAIN("base64_string")}},
    {ROW("base64_encode_tostring", TYPE_STRING, NULLS_SEEN, &kernel_base64_encode_tostring,
         "The text in base64.", "base64_encode_tostring('Kusto')", "S3VzdG8="),
     .aliases = "base64_encodestring", .params = {PLAIN("string")}},
    {ROW("url_decode", TYPE_STRING, NULLS_SEEN, &kernel_url_decode,
         "The text with %xx and + decoded.", "url_decode('https%3a%2f%2fwww.bing.com%2f')",
         "https://www.bing.com/"),
     .params = {PLAIN("encoded_url")}},
};

const FnTable fn_string = {rows, COUNT_OF(rows)};
