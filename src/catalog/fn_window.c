/*
 * fn_window.c: functions that see other rows. They need a row set whose order is defined (sort,
 * top, serialize, range); the engine lowers them by name to SQL's window functions.
 */
#include "catalog/catalog.h"
#include "kernels/sessions.h"

#define WINDOW .kind = FN_WINDOW, .nulls = NULLS_SEEN, .category = "window"
#define RESTART                                                                                    \
    { "restart", TS_BOOL, PARAM_OPTIONAL | PARAM_PREDICATE, "begins anew at rows where it is true" }
#define NEIGHBOUR                                                                                  \
    {"column", TS_ANY, 0, NULL}, {"offset", TS_INTEGER, PARAM_OPTIONAL, "how many rows away: 1"},  \
    {                                                                                              \
        "default_value", TS_ANY, PARAM_OPTIONAL | PARAM_CONSTANT, "where there is no such row"     \
    }
#define RANK                                                                                       \
    WINDOW, .params = {{"term", TS_NOT_DYNAMIC, 0, NULL}, RESTART}, .result = RESULT_FIXED,        \
            .type = TYPE_LONG

static const FnDef rows[] = {
    {.name = "row_number",
     WINDOW,
     .params = {{"startingIndex", TS_INTEGER, PARAM_OPTIONAL, "of the first: 1"}, RESTART},
     .result = RESULT_FIXED,
     .type = TYPE_LONG,
     .doc = "The number of the row, counted from the first or from the last restart."},
    {.name = "row_cumsum",
     WINDOW,
     .params = {{"term", TS_NUMBER | TS_TIMESPAN, 0, NULL}, RESTART},
     .result = RESULT_ARG0,
     .doc = "The running sum of a column up to the row; nulls add nothing."},
    {.name = "row_rank_dense",
     RANK,
     .doc = "How many different values there have been, counting runs of equal values once."},
    {.name = "row_rank_min",
     RANK,
     .doc = "The number of the first row of the run of equal values that the row is in."},
    {.name = "row_window_session",
     WINDOW,
     .params = {{"expr", TS_DATETIME, 0, NULL},
                {"maxDistanceFromFirst", TS_TIMESPAN, PARAM_CONSTANT,
                 "a session ends so long after its start"},
                {"maxDistanceBetweenNeighbors", TS_TIMESPAN, PARAM_CONSTANT,
                 "or so long after a row"},
                RESTART},
     .result = RESULT_ARG0,
     .doc = "The time at which the session of the row began."},
    {.name = "__session_starts",
     .kind = FN_SCALAR,
     .nulls = NULLS_SEEN,
     .category = "window",
     .params = {{"times", TS_STRING, 0, NULL}, {"maxDistanceFromFirst", TS_TIMESPAN, 0, NULL}},
     .result = RESULT_FIXED,
     .type = TYPE_STRING,
     .kernel = &kernel_session_starts,
     .doc = "Starts of sessions in a run of rows: written by the engine for row_window_session().",
     .example = "__session_starts('0,9,10,19,21', 10tick)",
     .gives = "0,0,10,10,21"},
    {.name = "prev",
     WINDOW,
     .params = {NEIGHBOUR},
     .result = RESULT_ARG0,
     .doc = "A column's value in the row before."},
    {.name = "next",
     WINDOW,
     .params = {NEIGHBOUR},
     .result = RESULT_ARG0,
     .doc = "A column's value in the row behind."},
};

const FnTable fn_window = {rows, COUNT_OF(rows)};
