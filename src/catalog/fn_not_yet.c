/*
 * fn_not_yet.c: documented functions that do not run yet. A query that calls one binds, and is told
 * so by name.
 */
#include "catalog/catalog.h"

#define LATER(chapter)                                                                             \
    .kind = FN_SCALAR, .nulls = NULLS_SEEN, .result = RESULT_FIXED, .support = NOT_YET,            \
    .category = chapter
#define GEOSPATIAL_DOC "Computes over places on the globe."
#define SKETCHES_DOC "Reads a sketch of many values."
static const FnDef rows[] = {
    {.name = "geo_point_to_h3cell",
     LATER("geospatial"),
     .params = {{"longitude", TS_NUMBER, 0, NULL},
                {"latitude", TS_NUMBER, 0, NULL},
                {"resolution", TS_NUMBER, PARAM_OPTIONAL, NULL}},
     .type = TYPE_STRING,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_to_central_point",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_to_polygon",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_neighbors",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_children",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}, {"resolution", TS_NUMBER, PARAM_OPTIONAL, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_parent",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}, {"resolution", TS_NUMBER, PARAM_OPTIONAL, NULL}},
     .type = TYPE_STRING,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_rings",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}, {"distance", TS_NUMBER, 0, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_h3cell_level",
     LATER("geospatial"),
     .params = {{"h3cell", TS_STRING, 0, NULL}},
     .type = TYPE_INT,
     .doc = GEOSPATIAL_DOC},
    {.name = "geo_polygon_to_h3cells",
     LATER("geospatial"),
     .params = {{"polygon", TS_DYNAMIC, 0, NULL},
                {"resolution", TS_NUMBER, PARAM_OPTIONAL, NULL},
                {"radius", TS_NUMBER, PARAM_OPTIONAL, NULL}},
     .type = TYPE_DYNAMIC,
     .doc = GEOSPATIAL_DOC},
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
