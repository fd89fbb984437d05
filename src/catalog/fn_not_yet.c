/*
 * fn_not_yet.c: documented functions that do not run yet. A query that calls one binds, and is told
 * so by name.
 */
#include "catalog/catalog.h"

#define LATER(chapter)                                                                             \
    .kind = FN_SCALAR, .nulls = NULLS_SEEN, .result = RESULT_FIXED, .support = NOT_YET,            \
    .category = chapter
#define SKETCHES_DOC "Reads a sketch of many values."
static const FnDef rows[] = {
    {.name = "tdigest_isvalid",
     LATER("sketches"),
     .params = {{"digest", TS_DYNAMIC, 0, NULL}, {"value", TS_ANY, 0, NULL}},
     .type = TYPE_BOOL,
     .doc = SKETCHES_DOC},
    {.name = "hll_isvalid",
     LATER("sketches"),
     .params = {{"hll", TS_DYNAMIC, 0, NULL}, {"value", TS_ANY, 0, NULL}},
     .type = TYPE_BOOL,
     .doc = SKETCHES_DOC},
};

const FnTable fn_not_yet = {rows, COUNT_OF(rows)};
