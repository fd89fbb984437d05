/*
 * json_path.h: the subset of JSONPath that Kusto knows, and extract_json.
 *
 * Source: "JSONPath": $ is the root, then any of .name, ['name'], ["name"], [n].
 */
#ifndef QUARRY_KERNELS_JSON_PATH_H
#define QUARRY_KERNELS_JSON_PATH_H

#include "kernels/kernel.h"

typedef struct PathStep {
    bool is_index;
    Str name;      /* of a member, plain */
    int64_t index; /* of an element */
} PathStep;

typedef struct JsonPath {
    PathStep *steps;
    size_t n;
} JsonPath;

/* False when the text is no path of that subset. */
NODISCARD bool json_path_parse(Arena *arena, Str text, JsonPath *ret);
/* True for a text that means a path where a name may stand too: "$.a", "$['a']". */
bool json_path_looks(Str text);
/* What the path leads to in valid JSON; empty when there is nothing. */
Str json_path_find(Str json, const JsonPath *path);

extern const Kernel kernel_extract_json;

#endif
