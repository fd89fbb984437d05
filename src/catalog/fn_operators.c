/*
 * fn_operators.c: arithmetic, comparison, range and logic operators.
 *
 * SQL forms exist only where the embedded engine gives exactly what the kernel gives: it raises an
 * error where integers overflow (here they wrap), orders NaN above all (here it compares with
 * nothing), and lets null = null be null but also null = 1 (here false). No form repeats an operand
 * that may itself be such a call, so that the SQL of a long chain stays short.
 */
#include "catalog/catalog.h"
#include "kernels/arith.h"
#include "kernels/compare.h"

/* An exact integer result, brought back into 64 bits as two's complement. */
#define WRAP(hugeint)                                                                              \
    "CAST(((" hugeint " + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT)"          \
    " - 9223372036854775808::HUGEINT AS BIGINT)"
#define HUGE0 "CAST({0} AS HUGEINT)"
#define HUGE1 "CAST({1} AS HUGEINT)"

#define INTEGERS                                                                                   \
    { TS_INTEGER, TS_INTEGER }
#define REAL_LEFT                                                                                  \
    { TS_REAL, TS_REAL | TS_INTEGER }
#define REAL_RIGHT                                                                                 \
    { TS_INTEGER, TS_REAL }
#define REALS(sql)                                                                                 \
    {REAL_LEFT, sql, NULL}, { REAL_RIGHT, sql, NULL }

static const SqlForm forms_add[] = {
    {INTEGERS, WRAP(HUGE0 " + " HUGE1), NULL}, REALS("({0} + {1})"), {{0}, NULL, NULL}};
static const SqlForm forms_subtract[] = {{INTEGERS, WRAP(HUGE0 " - " HUGE1), NULL},
                                         REALS("({0} - {1})"),
                                         {{TS_DATETIME, TS_DATETIME}, "({0} - {1})", NULL},
                                         {{TS_REAL}, "(- {0})", NULL},
                                         {{0}, NULL, NULL}};
static const SqlForm forms_multiply[] = {
    {INTEGERS, WRAP(HUGE0 " * " HUGE1), NULL}, REALS("({0} * {1})"), {{0}, NULL, NULL}};
static const SqlForm forms_divide[] = {
    {INTEGERS, WRAP("(" HUGE0 " // " HUGE1 ")"), NULL},
    REALS("(CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE))"),
    {{TS_TIMESPAN, TS_TIMESPAN}, "(CAST({0} AS DOUBLE) / CAST({1} AS DOUBLE))", NULL},
    {{0}, NULL, NULL}};

/* Values that the engine compares as KQL does, nulls apart. */
#define TS_PLAIN (TS_BOOL | TS_INTEGER | TS_DECIMAL | TS_GUID | TS_TEMPORAL)
#define SAME(type, sql, filter)                                                                    \
    { {type, type}, sql, filter }
#define NULLS_EQUAL(equal) "CASE WHEN {0} IS NULL AND {1} IS NULL THEN NULL ELSE " equal " END"
#define EVERY_PLAIN(sql, filter)                                                                   \
    SAME(TS_BOOL, sql, filter), {INTEGERS, sql, filter}, SAME(TS_DECIMAL, sql, filter),            \
        SAME(TS_GUID, sql, filter), SAME(TS_DATETIME, sql, filter), SAME(TS_TIMESPAN, sql, filter)

static const SqlForm forms_equal[] = {
    SAME(TS_STRING, "({0} = {1})", NULL),
    EVERY_PLAIN(NULLS_EQUAL("{0} IS NOT DISTINCT FROM {1}"), "({0} = {1})"),
    SAME(TS_REAL, NULLS_EQUAL("{0} IS NOT DISTINCT FROM {1} AND NOT isnan({0})"),
         "({0} = {1} AND NOT isnan({0}))"),
    {{0}, NULL, NULL}};
static const SqlForm forms_not_equal[] = {
    SAME(TS_STRING, "({0} <> {1})", NULL),
    EVERY_PLAIN(NULLS_EQUAL("{0} IS DISTINCT FROM {1}"), "({0} IS DISTINCT FROM {1})"),
    SAME(TS_REAL, NULLS_EQUAL("{0} IS DISTINCT FROM {1} OR isnan({0})"), NULL),
    {{0}, NULL, NULL}};

/* In a real comparison the side that NaN would win says null or false instead. */
#define ORDERED(name, op, nan_side)                                                                \
    static const SqlForm name[] = {                                                                \
        SAME(TS_BOOL, "({0} " op " {1})", NULL),                                                   \
        {INTEGERS, "({0} " op " {1})", NULL},                                                      \
        SAME(TS_DECIMAL, "({0} " op " {1})", NULL),                                                \
        SAME(TS_DATETIME, "({0} " op " {1})", NULL),                                               \
        SAME(TS_TIMESPAN, "({0} " op " {1})", NULL),                                               \
        SAME(TS_REAL,                                                                              \
             "CASE WHEN isnan({0}) OR isnan({1}) THEN {0} <> {0} OR {1} <> {1} ELSE {0} " op       \
             " {1} END",                                                                           \
             "({0} " op " {1} AND NOT isnan(" nan_side "))"),                                      \
        {{0}, NULL, NULL}}
ORDERED(forms_less, "<", "{1}");
ORDERED(forms_less_or_equal, "<=", "{1}");
ORDERED(forms_greater, ">", "{0}");
ORDERED(forms_greater_or_equal, ">=", "{0}");

#define BETWEEN(name, op)                                                                          \
    static const SqlForm name[] = {                                                                \
        {{TS_INTEGER, TS_INTEGER, TS_INTEGER}, "({0} " op " {2})", NULL},                          \
        {{TS_DECIMAL, TS_DECIMAL, TS_DECIMAL}, "({0} " op " {2})", NULL},                          \
        {{TS_TIMESPAN, TS_TIMESPAN, TS_TIMESPAN}, "({0} " op " {2})", NULL},                       \
        {{TS_DATETIME, TS_DATETIME, TS_DATETIME}, "({0} " op " {2})", NULL},                       \
        {{TS_DATETIME, TS_DATETIME, TS_TIMESPAN},                                                  \
         "({0} " op " CAST({1} AS HUGEINT) + {2})",                                                \
         NULL},                                                                                    \
        {{0}, NULL, NULL}}
BETWEEN(forms_between, "BETWEEN {1} AND");
BETWEEN(forms_not_between, "NOT BETWEEN {1} AND");

static const SqlForm forms_and[] = {
    {{TS_BOOL, TS_BOOL}, "coalesce({0} AND {1}, false)", "({0} AND {1})"}, {{0}, NULL, NULL}};
static const SqlForm forms_or[] = {
    {{TS_BOOL, TS_BOOL}, "coalesce({0} OR {1}, false)", "({0} OR {1})"}, {{0}, NULL, NULL}};

#define TS_ARITH (TS_NUMBER | TS_TEMPORAL | TS_DYNAMIC)
#define LEFT(types)                                                                                \
    { "left", types, 0, NULL }
#define RIGHT(types)                                                                               \
    { "right", types, 0, NULL }
#define OPERATOR .kind = FN_OPERATOR, .category = "operators"
#define COMPARISON(types)                                                                          \
    OPERATOR, .params = {LEFT(types), RIGHT(types)}, .result = RESULT_FIXED, .type = TYPE_BOOL,    \
              .nulls = NULLS_SEEN

static const FnDef rows[] = {
    {.name = "+",
     OPERATOR,
     .params = {LEFT(TS_ARITH), {"right", TS_ARITH, PARAM_OPTIONAL, "absent: the sign of a value"}},
     .result = RESULT_ARITH,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_add,
     .forms = forms_add,
     .doc = "Sum; of a datetime and a timespan: the later or earlier datetime.",
     .example = "datetime(2026-01-31) + 1d",
     .gives = "2026-02-01T00:00:00.0000000Z"},
    {.name = "-",
     OPERATOR,
     .params = {LEFT(TS_ARITH),
                {"right", TS_ARITH, PARAM_OPTIONAL, "absent: the negative of a value"}},
     .result = RESULT_ARITH,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_subtract,
     .forms = forms_subtract,
     .doc = "Difference; of two datetimes: the timespan between them.",
     .example = "datetime(2026-03-01) - datetime(2026-02-27)",
     .gives = "2.00:00:00"},
    {.name = "*",
     OPERATOR,
     .params = {LEFT(TS_ARITH), RIGHT(TS_ARITH)},
     .result = RESULT_ARITH,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_multiply,
     .forms = forms_multiply,
     .doc = "Product; of a number and a timespan: the timespan so many times.",
     .example = "1.5 * 1h",
     .gives = "01:30:00"},
    {.name = "/",
     OPERATOR,
     .params = {LEFT(TS_ARITH), RIGHT(TS_ARITH)},
     .result = RESULT_ARITH,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_divide,
     .forms = forms_divide,
     .doc = "Quotient: of integers cut towards zero (null by zero), of two timespans a real.",
     .example = "1d / 5h",
     .gives = "4.8"},
    {.name = "%",
     OPERATOR,
     .params = {LEFT(TS_ARITH), RIGHT(TS_ARITH)},
     .result = RESULT_ARITH,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_modulo,
     .doc = "Remainder, never negative.",
     .example = "-14 % 12",
     .gives = "10"},
    {.name = "==",
     COMPARISON(TS_ANY),
     .kernel = &kernel_equal,
     .forms = forms_equal,
     .doc = "Equal, letter case included; null when both sides are null, false when one is.",
     .example = "'Evil.exe' == 'evil.exe'",
     .gives = "false"},
    {.name = "!=",
     .aliases = "<>",
     COMPARISON(TS_ANY),
     .kernel = &kernel_not_equal,
     .forms = forms_not_equal,
     .doc = "Not equal; null when both sides are null, true when one is.",
     .example = "1 != int(null)",
     .gives = "true"},
    {.name = "<",
     COMPARISON(TS_ARITH | TS_BOOL),
     .kernel = &kernel_less,
     .forms = forms_less,
     .doc = "Less; null when a side is null.",
     .example = "1m < 1h",
     .gives = "true"},
    {.name = "<=",
     COMPARISON(TS_ARITH | TS_BOOL),
     .kernel = &kernel_less_or_equal,
     .forms = forms_less_or_equal,
     .doc = "Less or equal; null when a side is null.",
     .example = "4 <= 4.0",
     .gives = "true"},
    {.name = ">",
     COMPARISON(TS_ARITH | TS_BOOL),
     .kernel = &kernel_greater,
     .forms = forms_greater,
     .doc = "Greater; null when a side is null.",
     .example = "2 > 10",
     .gives = "false"},
    {.name = ">=",
     COMPARISON(TS_ARITH | TS_BOOL),
     .kernel = &kernel_greater_or_equal,
     .forms = forms_greater_or_equal,
     .doc = "Greater or equal; null when a side is null.",
     .example = "datetime(2026-01-02) >= datetime(2026-01-01)",
     .gives = "true"},
    {.name = "between",
     OPERATOR,
     .params = {{"value", TS_ARITH, 0, NULL},
                {"low", TS_ARITH, 0, "inclusive"},
                {"high", TS_ARITH, 0, "inclusive; for a datetime also the timespan after low"}},
     .result = RESULT_FIXED,
     .type = TYPE_BOOL,
     .nulls = NULLS_SEEN,
     .kernel = &kernel_between,
     .forms = forms_between,
     .doc = "In a range, both ends included.",
     .example = "datetime(2026-01-02) between (datetime(2026-01-01) .. 1d)",
     .gives = "true"},
    {.name = "!between",
     OPERATOR,
     .params = {{"value", TS_ARITH, 0, NULL},
                {"low", TS_ARITH, 0, "inclusive"},
                {"high", TS_ARITH, 0, "inclusive; for a datetime also the timespan after low"}},
     .result = RESULT_FIXED,
     .type = TYPE_BOOL,
     .nulls = NULLS_SEEN,
     .kernel = &kernel_not_between,
     .forms = forms_not_between,
     .doc = "Outside a range whose ends are included.",
     .example = "5 !between (1 .. 5)",
     .gives = "false"},
    {.name = "and",
     COMPARISON(TS_BOOL | TS_DYNAMIC),
     .kernel = &kernel_and,
     .forms = forms_and,
     .doc = "True when both sides are; a null side counts as false.",
     .example = "true and bool(null)",
     .gives = "false"},
    {.name = "or",
     COMPARISON(TS_BOOL | TS_DYNAMIC),
     .kernel = &kernel_or,
     .forms = forms_or,
     .doc = "True when a side is; a null side counts as false.",
     .example = "true or bool(null)",
     .gives = "true"},
};

const FnTable fn_operators = {rows, COUNT_OF(rows)};
