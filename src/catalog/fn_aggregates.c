/*
 * fn_aggregates.c: the aggregates of summarize.
 *
 * Nulls do not take part. What a group without values gives is in the documentation's table
 * "Default values of aggregations" (summarize operator): 0 for counts, sums and spreads, NaN for a
 * mean of numbers, an empty array or bag for collections, null for the rest.
 */
#include "catalog/catalog.h"
#include "kernels/aggregates/aggregates.h"

#define TS_SUM (TS_NUMBER | TS_TEMPORAL)
#define TS_ORDERABLE (TS_NUMBER | TS_TEMPORAL | TS_BOOL | TS_STRING)

#define AGGREGATE .kind = FN_AGGREGATE, .nulls = NULLS_SEEN, .naming = NAME_PREFIX_ARG
#define FIXED(t) .result = RESULT_FIXED, .type = (t)
#define COUNTS AGGREGATE, .category = "counting aggregates", FIXED(TYPE_LONG)
#define NUMBERS AGGREGATE, .category = "statistical aggregates"
#define COLLECTS AGGREGATE, .category = "collecting aggregates", FIXED(TYPE_DYNAMIC)
#define PICKS                                                                                      \
    .kind = FN_AGGREGATE, .nulls = NULLS_SEEN, .category = "row-picking aggregates",               \
    .result = RESULT_ARG0

#define PREDICATE                                                                                  \
    { "predicate", TS_BOOL, PARAM_PREDICATE, "only rows where it is true count" }
#define MAX_SIZE                                                                                   \
    { "maxSize", TS_INTEGER, PARAM_OPTIONAL | PARAM_CONSTANT, "how many at most: 1048576" }
#define MAX_SIZE_SHORT                                                                             \
    { "maxSize", TS_INTEGER, PARAM_OPTIONAL | PARAM_CONSTANT, "how many at most: 128" }
#define ACCURACY                                                                                   \
    {                                                                                              \
        "accuracy", TS_INTEGER, PARAM_OPTIONAL | PARAM_CONSTANT,                                   \
            "taken and ignored: the count is exact"                                                \
    }
#define VALUE(types)                                                                               \
    { "expr", types, 0, NULL }

/* An int is summed and ranked as a long. */
static Type promoted(const FnDef *fn, const Type *args, uint32_t n_args) {
    (void)fn;
    return n_args == 0 ? TYPE_ERROR : args[0] == TYPE_INT ? TYPE_LONG : args[0];
}

static Type mean_type(const FnDef *fn, const Type *args, uint32_t n_args) {
    (void)fn;
    if (n_args == 0) return TYPE_ERROR;
    return args[0] == TYPE_INT || args[0] == TYPE_LONG ? TYPE_REAL : args[0];
}

static Type rank_type(const FnDef *fn, const Type *args, uint32_t n_args) {
    Type type = promoted(fn, args, n_args);
    return type == TYPE_DECIMAL ? TYPE_REAL : type;
}

/* The exact sum in 128 bits, brought back into 64 as two's complement. Decimals go to the kernel. */
#define SUM "coalesce(sum({0}) {filter}, 0)"
#define LONG_SUM                                                                                   \
    "CAST(((" SUM " + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT)"              \
    " - 9223372036854775808::HUGEINT AS BIGINT)"
static const SqlForm forms_sum[] = {
    {{TS_INTEGER | TS_TEMPORAL}, LONG_SUM, NULL}, {{TS_REAL}, SUM, NULL}, {{0}, NULL, NULL}};
/* Ticks are cut towards zero. Decimals go to the kernel. */
static const SqlForm forms_avg[] = {
    {{TS_INTEGER | TS_REAL}, "coalesce(avg({0}) {filter}, 'NaN'::DOUBLE)", NULL},
    {{TS_TEMPORAL}, "CAST(sum({0}) {filter} // count({0}) {filter} AS BIGINT)", NULL},
    {{0}, NULL, NULL}};

static const FnDef rows[] = {
    {.name = "count",
     COUNTS,
     .params = {{"predicate", TS_BOOL, PARAM_OPTIONAL | PARAM_PREDICATE, "as countif()"}},
     .filter_arg = 1,
     .sql = "count(*)",
     .doc = "How many rows the group has, nulls or not."},
    {.name = "countif",
     COUNTS,
     .params = {PREDICATE},
     .filter_arg = 1,
     .sql = "count(*)",
     .doc = "How many rows of the group fulfil the predicate."},
    {.name = "dcount",
     COUNTS,
     .params = {VALUE(TS_ANY), ACCURACY},
     .sql = "count(DISTINCT {0})",
     .doc = "How many different values there are; counted exactly, where the service estimates."},
    {.name = "dcountif",
     COUNTS,
     .params = {VALUE(TS_ANY), PREDICATE, ACCURACY},
     .filter_arg = 2,
     .sql = "count(DISTINCT {0})",
     .doc = "How many different values the rows have that fulfil the predicate."},
    {.name = "count_distinct",
     COUNTS,
     .params = {VALUE(TS_NOT_DYNAMIC)},
     .sql = "count(DISTINCT {0})",
     .doc = "How many different values there are."},
    {.name = "count_distinctif",
     COUNTS,
     .params = {VALUE(TS_NOT_DYNAMIC), PREDICATE},
     .filter_arg = 2,
     .sql = "count(DISTINCT {0})",
     .doc = "How many different values the rows have that fulfil the predicate."},

    {.name = "sum",
     NUMBERS,
     .params = {VALUE(TS_SUM)},
     .result = RESULT_CUSTOM,
     .result_fn = promoted,
     .forms = forms_sum,
     .agg = &agg_sum_decimal,
     .doc = "The sum of the values; 0 when there is none."},
    {.name = "sumif",
     NUMBERS,
     .params = {VALUE(TS_SUM), PREDICATE},
     .result = RESULT_CUSTOM,
     .result_fn = promoted,
     .filter_arg = 2,
     .forms = forms_sum,
     .agg = &agg_sum_decimal,
     .doc = "The sum over the rows that fulfil the predicate."},
    {.name = "avg",
     NUMBERS,
     .params = {VALUE(TS_SUM)},
     .result = RESULT_CUSTOM,
     .result_fn = mean_type,
     .forms = forms_avg,
     .agg = &agg_avg_decimal,
     .doc = "The mean of the values; NaN (of times and decimals: null) when there is none."},
    {.name = "avgif",
     NUMBERS,
     .params = {VALUE(TS_SUM), PREDICATE},
     .result = RESULT_CUSTOM,
     .result_fn = mean_type,
     .filter_arg = 2,
     .forms = forms_avg,
     .agg = &agg_avg_decimal,
     .doc = "The mean over the rows that fulfil the predicate."},
    {.name = "min",
     NUMBERS,
     .params = {VALUE(TS_ORDERABLE)},
     .result = RESULT_ARG0,
     .sql = "min({0})",
     .doc = "The smallest value."},
    {.name = "minif",
     NUMBERS,
     .params = {VALUE(TS_ORDERABLE), PREDICATE},
     .result = RESULT_ARG0,
     .filter_arg = 2,
     .sql = "min({0})",
     .doc = "The smallest value of the rows that fulfil the predicate."},
    {.name = "max",
     NUMBERS,
     .params = {VALUE(TS_ORDERABLE)},
     .result = RESULT_ARG0,
     .sql = "max({0})",
     .doc = "The largest value."},
    {.name = "maxif",
     NUMBERS,
     .params = {VALUE(TS_ORDERABLE), PREDICATE},
     .result = RESULT_ARG0,
     .filter_arg = 2,
     .sql = "max({0})",
     .doc = "The largest value of the rows that fulfil the predicate."},

#define SPREAD(fn, text)                                                                           \
    {                                                                                              \
        .name = #fn, NUMBERS, .params = {VALUE(TS_SUM)}, FIXED(TYPE_REAL), .agg = &agg_##fn,       \
        .doc = text                                                                                \
    }
#define SPREAD_IF(fn, text)                                                                        \
    {                                                                                              \
        .name = #fn "if", NUMBERS, .params = {VALUE(TS_SUM), PREDICATE}, FIXED(TYPE_REAL),         \
        .filter_arg = 2, .agg = &agg_##fn, .doc = text                                             \
    }
    SPREAD(stdev, "The standard deviation of the values as a sample."),
    SPREAD_IF(stdev, "The standard deviation of a sample over the rows that fulfil the predicate."),
    SPREAD(stdevp, "The standard deviation of the values as a whole population."),
    SPREAD(variance, "The variance of the values as a sample."),
    SPREAD_IF(variance, "The variance of a sample over the rows that fulfil the predicate."),
    SPREAD(variancep, "The variance of the values as a whole population."),
    SPREAD_IF(variancep, "The variance of a population over the rows that fulfil the predicate."),

#define PAIR                                                                                       \
    {"expr1", TS_SUM, 0, NULL}, { "expr2", TS_SUM, 0, NULL }
#define PAIRED                                                                                     \
    .kind = FN_AGGREGATE, .nulls = NULLS_SEEN, .naming = NAME_PREFIX_PAIR,                         \
    .category = "statistical aggregates"
#define COVARIANCE(fn, text)                                                                       \
    { .name = #fn, PAIRED, .params = {PAIR}, FIXED(TYPE_REAL), .agg = &agg_##fn, .doc = text }
#define COVARIANCE_IF(fn, text)                                                                    \
    {                                                                                              \
        .name = #fn "if", PAIRED, .params = {PAIR, PREDICATE}, FIXED(TYPE_REAL), .filter_arg = 3,  \
        .agg = &agg_##fn, .doc = text                                                              \
    }
    COVARIANCE(covariance, "The covariance of two columns as a sample."),
    COVARIANCE_IF(covariance,
                  "The covariance of a sample over the rows that fulfil the predicate."),
    COVARIANCE(covariancep, "The covariance of two columns as a whole population."),
    COVARIANCE_IF(covariancep,
                  "The covariance of a population over the rows that fulfil the predicate."),

#define RANKED .result = RESULT_CUSTOM, .result_fn = rank_type, .shape = AGG_PERCENTILES
#define WEIGHT                                                                                     \
    { "weight", TS_INTEGER, 0, "how many times the value counts" }
#define PERCENT                                                                                    \
    { "percentile", TS_NUMBER, PARAM_CONSTANT, "0 to 100" }
#define PERCENTS                                                                                   \
    { "percentile", TS_NUMBER, PARAM_CONSTANT | PARAM_REPEAT, "0 to 100; a column each" }
#define PERCENT_LIST                                                                               \
    {                                                                                              \
        "percentiles", TS_NUMBER | TS_DYNAMIC, PARAM_CONSTANT | PARAM_REPEAT,                      \
            "0 to 100, or one array of them"                                                       \
    }
    {.name = "percentile",
     NUMBERS,
     .params = {VALUE(TS_SUM), PERCENT},
     RANKED,
     .doc = "The smallest value that so many percent of the values do not exceed; exact."},
    {.name = "percentiles",
     NUMBERS,
     .params = {VALUE(TS_SUM), PERCENTS},
     RANKED,
     .prefix = "percentile",
     .doc = "Several percentiles, a column each."},
    {.name = "percentilew",
     NUMBERS,
     .params = {VALUE(TS_SUM), WEIGHT, PERCENT},
     RANKED,
     .prefix = "percentile",
     .doc = "A percentile of values that count as many times as their weights say."},
    {.name = "percentilesw",
     NUMBERS,
     .params = {VALUE(TS_SUM), WEIGHT, PERCENTS},
     RANKED,
     .prefix = "percentile",
     .doc = "Several weighted percentiles, a column each."},
    {.name = "percentiles_array",
     NUMBERS,
     .params = {VALUE(TS_SUM), PERCENT_LIST},
     FIXED(TYPE_DYNAMIC),
     .prefix = "percentiles",
     .shape = AGG_PERCENTILE_ARRAY,
     .doc = "Several percentiles as one array."},
    {.name = "percentilesw_array",
     NUMBERS,
     .params = {VALUE(TS_SUM), WEIGHT, PERCENT_LIST},
     FIXED(TYPE_DYNAMIC),
     .prefix = "percentiles",
     .shape = AGG_PERCENTILE_ARRAY,
     .doc = "Several weighted percentiles as one array."},

#define BITS(fn, op, text)                                                                         \
    {                                                                                              \
        .name = "binary_all_" fn, .kind = FN_AGGREGATE, .nulls = NULLS_SEEN,                       \
        .category = "statistical aggregates", .params = {VALUE(TS_INTEGER)},                       \
        .result = RESULT_ARG0, .naming = NAME_ARG0, .sql = op "({0})", .doc = text                 \
    }
    BITS("and", "bit_and", "All values joined by binary AND."),
    BITS("or", "bit_or", "All values joined by binary OR."),
    BITS("xor", "bit_xor", "All values joined by binary XOR."),

    {.name = "make_set",
     COLLECTS,
     .params = {VALUE(TS_ANY), MAX_SIZE},
     .prefix = "set",
     .agg = &agg_set,
     .doc = "An array of the different values; of arrays, of their different elements."},
    {.name = "make_set_if",
     COLLECTS,
     .params = {VALUE(TS_ANY), PREDICATE, MAX_SIZE},
     .filter_arg = 2,
     .prefix = "set",
     .agg = &agg_set,
     .doc = "An array of the different values of the rows that fulfil the predicate."},
    {.name = "makeset",
     COLLECTS,
     .params = {VALUE(TS_ANY), MAX_SIZE_SHORT},
     .prefix = "set",
     .agg = &agg_set_short,
     .doc = "Deprecated: make_set() that stops at 128 values unless told otherwise."},
    {.name = "make_list",
     COLLECTS,
     .params = {VALUE(TS_ANY), MAX_SIZE},
     .prefix = "list",
     .agg = &agg_list,
     .is_ordered = true,
     .doc = "An array of the values, in the order of the rows when that is defined."},
    {.name = "make_list_if",
     COLLECTS,
     .params = {VALUE(TS_ANY), PREDICATE, MAX_SIZE},
     .filter_arg = 2,
     .prefix = "list",
     .agg = &agg_list,
     .is_ordered = true,
     .doc = "An array of the values of the rows that fulfil the predicate."},
    {.name = "make_list_with_nulls",
     COLLECTS,
     .params = {VALUE(TS_ANY)},
     .prefix = "list",
     .agg = &agg_list_with_nulls,
     .is_ordered = true,
     .doc = "An array of the values, nulls included."},
    {.name = "makelist",
     COLLECTS,
     .params = {VALUE(TS_ANY), MAX_SIZE_SHORT},
     .prefix = "list",
     .agg = &agg_list_short,
     .is_ordered = true,
     .doc = "Deprecated: make_list() that stops at 128 values unless told otherwise."},
    {.name = "__series",
     COLLECTS,
     .params = {{"position", TS_LONG, 0, NULL},
                VALUE(TS_ANY),
                {"default", TS_ANY, 0, NULL},
                {"first", TS_LONG, 0, NULL},
                {"end", TS_LONG, 0, NULL}},
     .agg = &agg_series,
     .doc = "An array by position, gaps filled: written by the binder for make-series."},
    {.name = "__weak_components",
     COLLECTS,
     .params = {{"source", TS_STRING, 0, NULL}, {"target", TS_STRING, 0, NULL}},
     .agg = &agg_weak_components,
     .doc = "The weak components of a graph: written by the binder for graph-mark-components."},
    {.name = "__strong_components",
     COLLECTS,
     .params = {{"source", TS_STRING, 0, NULL}, {"target", TS_STRING, 0, NULL}},
     .agg = &agg_strong_components,
     .doc = "The strong components of a graph: written by the binder for graph-mark-components."},
    {.name = "make_bag",
     COLLECTS,
     .params = {VALUE(TS_DYNAMIC), MAX_SIZE},
     .prefix = "bag",
     .agg = &agg_bag,
     .doc = "One property bag with the members of all; of equal keys one value stays."},
    {.name = "make_bag_if",
     COLLECTS,
     .params = {VALUE(TS_DYNAMIC), PREDICATE, MAX_SIZE},
     .filter_arg = 2,
     .prefix = "bag",
     .agg = &agg_bag,
     .doc = "One property bag with the members of all rows that fulfil the predicate."},
    {.name = "make_dictionary",
     COLLECTS,
     .params = {VALUE(TS_DYNAMIC), MAX_SIZE_SHORT},
     .prefix = "dictionary",
     .agg = &agg_bag_short,
     .doc = "Deprecated: make_bag() that stops at 128 keys unless told otherwise."},

    {.name = "buildschema",
     COLLECTS,
     .params = {VALUE(TS_DYNAMIC)},
     .prefix = "schema",
     .agg = &agg_schema,
     .doc = "The smallest schema that all values fit."},

#define RETURNED                                                                                   \
    {                                                                                              \
        "returned", TS_ANY, PARAM_OPTIONAL | PARAM_REPEAT | PARAM_STAR,                            \
            "columns of the row that is picked"                                                    \
    }
    {.name = "arg_max",
     PICKS,
     .params = {{"maximized", TS_ORDERABLE, 0, NULL}, RETURNED},
     .shape = AGG_ARG_MAX,
     .naming = NAME_ARG0,
     .prefix = "max",
     .doc = "The row whose value is the largest: that value and the columns asked for."},
    {.name = "arg_min",
     PICKS,
     .params = {{"minimized", TS_ORDERABLE, 0, NULL}, RETURNED},
     .shape = AGG_ARG_MIN,
     .naming = NAME_ARG0,
     .prefix = "min",
     .doc = "The row whose value is the smallest: that value and the columns asked for."},
    {.name = "argmax",
     PICKS,
     .params = {{"maximized", TS_ORDERABLE, 0, NULL}, RETURNED},
     .shape = AGG_ARG_MAX,
     .naming = NAME_PREFIX_ARG,
     .prefix = "max",
     .doc = "Deprecated: arg_max() whose columns are named max_x, max_x_y."},
    {.name = "argmin",
     PICKS,
     .params = {{"minimized", TS_ORDERABLE, 0, NULL}, RETURNED},
     .shape = AGG_ARG_MIN,
     .naming = NAME_PREFIX_ARG,
     .prefix = "min",
     .doc = "Deprecated: arg_min() whose columns are named min_x, min_x_y."},
    {.name = "take_any",
     PICKS,
     .params = {{"expr", TS_ANY, PARAM_REPEAT | PARAM_STAR, NULL}},
     .shape = AGG_TAKE_ANY,
     .naming = NAME_ARG0,
     .doc = "Values of one row, whichever; a single column gives a value that is there, if any."},
    {.name = "take_anyif",
     PICKS,
     .params = {VALUE(TS_ANY), PREDICATE},
     .filter_arg = 2,
     .shape = AGG_TAKE_ANY,
     .naming = NAME_ARG0,
     .doc = "A value of one row that fulfils the predicate, whichever."},
    {.name = "any",
     PICKS,
     .params = {{"expr", TS_ANY, PARAM_REPEAT | PARAM_STAR, NULL}},
     .shape = AGG_TAKE_ANY,
     .naming = NAME_PREFIX_ARG,
     .doc = "Deprecated: take_any() whose columns are named any_x."},
    {.name = "anyif",
     PICKS,
     .params = {VALUE(TS_ANY), PREDICATE},
     .filter_arg = 2,
     .shape = AGG_TAKE_ANY,
     .naming = NAME_PREFIX_ARG,
     .doc = "Deprecated: take_anyif() whose column is named anyif_x."},
};

const FnTable fn_aggregates = {rows, COUNT_OF(rows)};
