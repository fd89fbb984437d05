/*
 * fn_sketches.c: sketches of many values: hll for counting different ones, t-digest for
 * percentiles. They are made and merged by aggregates, and merged and read by functions.
 *
 * tdigest_merge and merge_tdigest are two functions of one meaning, also as aggregates.
 */
#include "catalog/catalog.h"
#include "kernels/aggregates/sketches.h"

#define FUNCTION .kind = FN_SCALAR, .nulls = NULLS_SEEN, .category = "sketches"
#define SCALAR(t) FUNCTION, .result = RESULT_FIXED, .type = (t)
#define AGGREGATE                                                                                  \
    .kind = FN_AGGREGATE, .nulls = NULLS_SEEN, .result = RESULT_FIXED, .type = TYPE_DYNAMIC,       \
    .naming = NAME_PREFIX_ARG, .category = "sketches"
#define COUNTED                                                                                    \
    { "expr", TS_ANY & ~(uint32_t)(TS_REAL | TS_BOOL), 0, NULL }
#define ACCURACY                                                                                   \
    {                                                                                              \
        "accuracy", TS_INTEGER, PARAM_OPTIONAL | PARAM_CONSTANT,                                   \
            "0 (coarse, fast) to 4 (fine, slow): 1"                                                \
    }
#define SKETCH(name)                                                                               \
    { name, TS_DYNAMIC, 0, NULL }
#define SKETCHES(name)                                                                             \
    {                                                                                              \
        SKETCH(name), {name "_2", TS_DYNAMIC, 0, NULL}, {                                          \
            name "_3", TS_DYNAMIC, PARAM_OPTIONAL | PARAM_REPEAT, NULL                             \
        }                                                                                          \
    }
#define VALUE                                                                                      \
    { "value", TS_ANY, 0, "of the type of the digest's values" }
#define HUNDRED "dynamic([[7],[1,2,3,4],[1,1,1,97]])"

/* dynamic, or the type that the third argument names */
static Type wanted_type(const FnDef *fn, const Type *args, uint32_t n_args) {
    (void)fn;
    return n_args > 2 ? args[2] : TYPE_DYNAMIC;
}

static const FnDef rows[] = {
    {.name = "hll",
     AGGREGATE,
     .params = {COUNTED, ACCURACY},
     .agg = &agg_hll,
     .doc = "A sketch of the different values, to be merged and counted later."},
    {.name = "hll_if",
     AGGREGATE,
     .params = {COUNTED, {"predicate", TS_BOOL, PARAM_PREDICATE, NULL}, ACCURACY},
     .filter_arg = 2,
     .agg = &agg_hll,
     .doc = "A sketch of the different values of the rows that fulfil the predicate."},
    {.name = "hll_merge",
     AGGREGATE,
     .params = {SKETCH("hll")},
     .agg = &agg_hll_merge,
     .doc = "Sketches of different values merged to one; of one accuracy."},
    {.name = "hll_merge",
     SCALAR(TYPE_DYNAMIC),
     .naming = NAME_WHOLE,
     .prefix = "hll_merged_result",
     .params = SKETCHES("hll"),
     .kernel = &kernel_hll_merge,
     .doc = "Sketches of different values merged to one; of one accuracy.",
     .example = "dcount_hll(hll_merge(dynamic([[1024,14],[\"-7\",\"5\"],[]]), "
                "dynamic([[1024,14],[\"5\"],[]])))",
     .gives = "2"},
    {.name = "dcount_hll",
     SCALAR(TYPE_LONG),
     .naming = NAME_PREFIX_ARG,
     .params = {SKETCH("hll")},
     .kernel = &kernel_dcount_hll,
     .doc = "How many different values a sketch has seen; exact while they are few.",
     .example = "dcount_hll(dynamic([[1024,14],[\"-7\",\"5\"],[]]))",
     .gives = "2"},

    {.name = "__dcount_intersect",
     SCALAR(TYPE_DYNAMIC),
     .params = {SKETCH("hll"), {"hll_2", TS_DYNAMIC, PARAM_REPEAT, NULL}},
     .kernel = &kernel_dcount_intersect,
     .doc = "How many values the first sketch, the first two, ... have in common.",
     .example = "__dcount_intersect(dynamic([[1024,14],[\"-7\",\"5\"],[]]), "
                "dynamic([[1024,14],[\"5\"],[]]))",
     .gives = "[2,1]"},
    {.name = "tdigest",
     AGGREGATE,
     .params = {{"expr", TS_NUMBER | TS_TEMPORAL, 0, NULL},
                {"weight", TS_INTEGER, PARAM_OPTIONAL, "how many times the value counts: 1"}},
     .agg = &agg_tdigest,
     .doc = "A sketch of the distribution of the values, for percentiles later."},
    {.name = "tdigest_merge",
     .aliases = "merge_tdigest",
     AGGREGATE,
     .prefix = "merge_tdigests",
     .params = {SKETCH("tdigest")},
     .agg = &agg_tdigest_merge,
     .doc = "Sketches of distributions merged to one; of values of one type."},
    {.name = "tdigest_merge",
     .aliases = "merge_tdigest",
     SCALAR(TYPE_DYNAMIC),
     .naming = NAME_WHOLE,
     .prefix = "tdigests_merge_result",
     .params = SKETCHES("tdigest"),
     .kernel = &kernel_tdigest_merge,
     .doc = "Sketches of distributions merged to one; of values of one type.",
     .example = "tdigest_merge(dynamic([[7],[1,2],[1,4]]), dynamic([[7],[2,3],[1,1]]))",
     .gives = "[[7],[1,2,3],[1,5,1]]"},
    {.name = "percentile_tdigest",
     FUNCTION,
     .result = RESULT_CUSTOM,
     .result_fn = wanted_type,
     .naming = NAME_PREFIX_ARG,
     .params = {SKETCH("tdigest"),
                {"percentile", TS_NUMBER, 0, "0 to 100"},
                {"type", TS_ANY, PARAM_OPTIONAL | PARAM_TYPE, "typeof(...) of the result"}},
     .kernel = &kernel_percentile_tdigest,
     .doc = "A percentile of the values that a digest has seen.",
     .example = "percentile_tdigest(" HUNDRED ", 2, typeof(long))",
     .gives = "2"},
    {.name = "percentiles_array_tdigest",
     SCALAR(TYPE_DYNAMIC),
     .naming = NAME_PREFIX_ARG,
     .prefix = "percentile_tdigest",
     .params = {SKETCH("tdigest"),
                {"percentile", TS_ANY, PARAM_REPEAT, "0 to 100, or an array of them"}},
     .kernel = &kernel_percentiles_array_tdigest,
     .doc = "Several percentiles of the values that a digest has seen, as an array.",
     .example = "percentiles_array_tdigest(" HUNDRED ", 1, 2, 100)",
     .gives = "[1,2,4]"},
    {.name = "rank_tdigest",
     SCALAR(TYPE_REAL),
     .params = {SKETCH("digest"), VALUE},
     .kernel = &kernel_rank_tdigest,
     .doc = "How many of the values that a digest has seen are not above a value.",
     .example = "rank_tdigest(" HUNDRED ", 3)",
     .gives = "3.0"},
    {.name = "percentrank_tdigest",
     SCALAR(TYPE_REAL),
     .params = {SKETCH("digest"), VALUE},
     .kernel = &kernel_percentrank_tdigest,
     .doc = "How many percent of the values that a digest has seen are not above a value.",
     .example = "percentrank_tdigest(" HUNDRED ", 3)",
     .gives = "3.0"},
};

const FnTable fn_sketches = {rows, COUNT_OF(rows)};
