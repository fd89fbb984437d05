/*
 * fn_string_operators.c: the operators on strings: terms, parts, lists, without and with case.
 *
 * SQL stands only where the engine's function compares bytes as the kernel does: the case-sensitive
 * operators that look for no terms, on strings (a dynamic operand must first be unquoted).
 */
#include "catalog/catalog.h"
#include "kernels/text/terms.h"

#define TEXT_OPERATOR(NAME, RIGHT, KERNEL, SQL, DOC, EXAMPLE, GIVES)                               \
    {                                                                                              \
        .name = NAME, .kind = FN_OPERATOR,                                                         \
        .params = {{"source", TS_TEXTUAL, 0, "The text to look in."},                              \
                   {"value", RIGHT, 0, "What to look for."}},                                      \
        .result = RESULT_FIXED, .type = TYPE_BOOL, .nulls = NULLS_SEEN, .kernel = KERNEL,          \
        .sql = SQL, .sql_types = TS_STRING, .category = "string operators", .doc = DOC,            \
        .example = EXAMPLE, .gives = GIVES                                                         \
    }
#define TERM(NAME, KERNEL, DOC, EXAMPLE, GIVES)                                                    \
    TEXT_OPERATOR(NAME, TS_STRING, KERNEL, NULL, DOC, EXAMPLE, GIVES)
#define PART(NAME, KERNEL, DOC, EXAMPLE, GIVES)                                                    \
    TEXT_OPERATOR(NAME, TS_TEXTUAL, KERNEL, NULL, DOC, EXAMPLE, GIVES)
#define PART_SQL(NAME, KERNEL, SQL, DOC, EXAMPLE, GIVES)                                           \
    TEXT_OPERATOR(NAME, TS_TEXTUAL, KERNEL, SQL, DOC, EXAMPLE, GIVES)

#define LIST_OPERATOR(NAME, LEFT, KERNEL, DOC, EXAMPLE, GIVES)                                     \
    {                                                                                              \
        .name = NAME, .kind = FN_OPERATOR,                                                         \
        .params = {{"source", LEFT, 0, "The value to look for, or the text to look in."},          \
                   {"values", TS_ANY, PARAM_REPEAT,                                                \
                    "Scalars; a dynamic array stands for its elements."}},                         \
        .result = RESULT_FIXED, .type = TYPE_BOOL, .nulls = NULLS_SEEN, .kernel = KERNEL,          \
        .category = "string operators", .doc = DOC, .example = EXAMPLE, .gives = GIVES             \
    }

static const FnDef rows[] = {
    TERM("has", &kernel_has, "The value stands as whole terms in the text; case is ignored.",
         "'North America' has 'america'", "true"),
    TERM("!has", &kernel_not_has, "The opposite of has.", "'North America' !has 'amer'", "true"),
    TERM("has_cs", &kernel_has_cs, "The value stands as whole terms in the text; case matters.",
         "'North America' has_cs 'america'", "false"),
    TERM("!has_cs", &kernel_not_has_cs, "The opposite of has_cs.",
         "'North America' !has_cs 'america'", "true"),
    TERM("hasprefix", &kernel_hasprefix,
         "A term of the text starts with the value; case is ignored.",
         "'North America' hasprefix 'ame'", "true"),
    TERM("!hasprefix", &kernel_not_hasprefix, "The opposite of hasprefix.",
         "'North America' !hasprefix 'mer'", "true"),
    TERM("hasprefix_cs", &kernel_hasprefix_cs,
         "A term of the text starts with the value; case matters.",
         "'North America' hasprefix_cs 'Ame'", "true"),
    TERM("!hasprefix_cs", &kernel_not_hasprefix_cs, "The opposite of hasprefix_cs.",
         "'North America' !hasprefix_cs 'CA'", "true"),
    TERM("hassuffix", &kernel_hassuffix, "A term of the text ends with the value; case is ignored.",
         "'North America' hassuffix 'ICA'", "true"),
    TERM("!hassuffix", &kernel_not_hassuffix, "The opposite of hassuffix.",
         "'North America' !hassuffix 'americ'", "true"),
    TERM("hassuffix_cs", &kernel_hassuffix_cs,
         "A term of the text ends with the value; case matters.",
         "'North America' hassuffix_cs 'ica'", "true"),
    TERM("!hassuffix_cs", &kernel_not_hassuffix_cs, "The opposite of hassuffix_cs.",
         "'North America' !hassuffix_cs 'icA'", "true"),
    PART("contains", &kernel_contains, "The value occurs in the text; case is ignored.",
         "'FabriKam' contains 'BRik'", "true"),
    PART("!contains", &kernel_not_contains, "The opposite of contains.",
         "'Fabrikam' !contains 'xyz'", "true"),
    PART_SQL("contains_cs", &kernel_contains_cs, "contains({0}, {1})",
             "The value occurs in the text; case matters.", "'FabriKam' contains_cs 'Kam'", "true"),
    PART_SQL("!contains_cs", &kernel_not_contains_cs, "(NOT contains({0}, {1}))",
             "The opposite of contains_cs.", "'Fabrikam' !contains_cs 'Kam'", "true"),
    PART("startswith", &kernel_startswith, "The text starts with the value; case is ignored.",
         "'Fabrikam' startswith 'fab'", "true"),
    PART("!startswith", &kernel_not_startswith, "The opposite of startswith.",
         "'Fabrikam' !startswith 'kam'", "true"),
    PART_SQL("startswith_cs", &kernel_startswith_cs, "starts_with({0}, {1})",
             "The text starts with the value; case matters.", "'Fabrikam' startswith_cs 'Fab'",
             "true"),
    PART_SQL("!startswith_cs", &kernel_not_startswith_cs, "(NOT starts_with({0}, {1}))",
             "The opposite of startswith_cs.", "'Fabrikam' !startswith_cs 'fab'", "true"),
    PART("endswith", &kernel_endswith, "The text ends with the value; case is ignored.",
         "'Fabrikam' endswith 'Kam'", "true"),
    PART("!endswith", &kernel_not_endswith, "The opposite of endswith.",
         "'Fabrikam' !endswith 'brik'", "true"),
    PART_SQL("endswith_cs", &kernel_endswith_cs, "ends_with({0}, {1})",
             "The text ends with the value; case matters.", "'Fabrikam' endswith_cs 'kam'", "true"),
    PART_SQL("!endswith_cs", &kernel_not_endswith_cs, "(NOT ends_with({0}, {1}))",
             "The opposite of endswith_cs.", "'Fabrikam' !endswith_cs 'brik'", "true"),
    PART("=~", &kernel_equals_nocase, "Equal texts; case is ignored.", "'abc' =~ 'ABC'", "true"),
    PART("!~", &kernel_not_equals_nocase, "The opposite of =~.", "'aBc' !~ 'xyz'", "true"),
    LIST_OPERATOR("in", TS_ANY, &kernel_in_cs, "Equal to one of the values; case matters.",
                  "'abc' in ('123', '345', 'abc')", "true"),
    LIST_OPERATOR("!in", TS_ANY, &kernel_not_in_cs, "Equal to none of the values; case matters.",
                  "'bca' !in ('123', '345', 'abc')", "true"),
    LIST_OPERATOR("in~", TS_ANY, &kernel_in, "Equal to one of the values; case is ignored.",
                  "'Abc' in~ ('123', '345', 'abc')", "true"),
    LIST_OPERATOR("!in~", TS_ANY, &kernel_not_in, "Equal to none of the values; case is ignored.",
                  "'bCa' !in~ ('123', '345', 'ABC')", "true"),
    LIST_OPERATOR("has_any", TS_TEXTUAL, &kernel_has_any,
                  "Some value stands as whole terms in the text; case is ignored.",
                  "'North America' has_any('south', 'north')", "true"),
    LIST_OPERATOR("has_all", TS_TEXTUAL, &kernel_has_all,
                  "Every value stands as whole terms in the text; case is ignored.",
                  "'North and South America' has_all('south', 'north')", "true"),
};

const FnTable fn_string_operators = {rows, COUNT_OF(rows)};
