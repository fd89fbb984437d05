/*
 * fn_dynamic.c: property bags, made, searched and changed, and JSON by path.
 *
 * pack_all(), pack_all(true) and bag_pack_columns(...) look at columns: the binder writes bag_pack
 * for them (for pack_all(true) __bag_pack_filled) with each column's name and the column.
 * typeof(T) as an argument is the null of type T.
 */
#include "catalog/catalog.h"
#include "kernels/dynamic/arrays.h"
#include "kernels/dynamic/bags.h"
#include "kernels/dynamic/json_path.h"

#define FUNCTION(result_type, null_rule)                                                           \
    .kind = FN_SCALAR, .result = RESULT_FIXED, .type = (result_type), .nulls = (null_rule),        \
    .category = "dynamic"
#define BAG                                                                                        \
    { "bag", TS_DYNAMIC, 0, NULL }
#define KEY                                                                                        \
    { "key", TS_STRING, 0, "a name, or a path such as $.a.b" }
#define PAIRS                                                                                      \
    {                                                                                              \
        {"key", TS_STRING, PARAM_REPEAT, NULL}, { "value", TS_ANY, PARAM_REPEAT, NULL }            \
    }

/* text, or the type that the third argument names */
static Type extracted_type(const FnDef *fn, const Type *args, uint32_t n_args) {
    (void)fn;
    return n_args > 2 ? args[2] : TYPE_STRING;
}

static const FnDef rows[] = {
    {.name = "bag_pack",
     .aliases = "pack,pack_dictionary",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = PAIRS,
     .kernel = &kernel_bag_pack,
     .doc = "A property bag of names and values.",
     .example = "bag_pack('Level', 'Information', 'ProcessID', 1234)",
     .gives = "{\"Level\":\"Information\",\"ProcessID\":1234}"},
    {.name = "__bag_pack_filled",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = PAIRS,
     .kernel = &kernel_bag_pack_filled,
     .doc = "bag_pack() without null and empty values: written by the binder."},
    {.name = "__list_elements",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = {{"array", TS_DYNAMIC, 0, NULL},
                {"limit", TS_LONG, 0, NULL},
                {"keeps_nulls", TS_BOOL, 0, NULL}},
     .kernel = &kernel_list_elements,
     .doc = "What make_list() makes of an array of values in order: written by the engine."},
    {.name = "pack_all",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = {{"ignore_null_empty", TS_BOOL, PARAM_OPTIONAL | PARAM_CONSTANT,
                 "leaves null and empty columns out"}},
     .doc = "A property bag of all columns."},
    {.name = "bag_pack_columns",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = {{"column", TS_ANY, PARAM_REPEAT | PARAM_COLUMN, NULL}},
     .doc = "A property bag of some columns, named as they are."},
    {.name = "bag_keys",
     FUNCTION(TYPE_DYNAMIC, NULLS_PROPAGATE),
     .params = {BAG},
     .kernel = &kernel_bag_keys,
     .doc = "The names in a bag as an array; null for what is no bag.",
     .example = "bag_keys(dynamic({'a': 'b', 'c': {'d': 123}}))",
     .gives = "[\"a\",\"c\"]"},
    {.name = "bag_has_key",
     FUNCTION(TYPE_BOOL, NULLS_PROPAGATE),
     .params = {BAG, KEY},
     .kernel = &kernel_bag_has_key,
     .doc = "True when the bag has a member of that name or path.",
     .example = "bag_has_key(dynamic({'key1': 1, 'key2': {'prop1': 'abc'}}), '$.key2.prop1')",
     .gives = "true"},
    {.name = "bag_merge",
     FUNCTION(TYPE_DYNAMIC, NULLS_PROPAGATE),
     .params = {BAG, {"bag_2", TS_DYNAMIC, PARAM_REPEAT, NULL}},
     .most = 64,
     .kernel = &kernel_bag_merge,
     .doc = "One bag of all members; of equal names the leftmost stays.",
     .example = "bag_merge(dynamic({'A': 1, 'B': 2}), dynamic({'C': 3, 'A': 4}))",
     .gives = "{\"A\":1,\"B\":2,\"C\":3}"},
    {.name = "bag_remove_keys",
     FUNCTION(TYPE_DYNAMIC, NULLS_PROPAGATE),
     .params = {BAG, {"keys", TS_DYNAMIC, 0, "array of names and of paths such as $.a.b"}},
     .kernel = &kernel_bag_remove_keys,
     .doc = "The bag without the members of those names and paths.",
     .example = "bag_remove_keys(dynamic({'key1': 123, 'key2': 'abc'}), dynamic(['key2']))",
     .gives = "{\"key1\":123}"},
    {.name = "bag_set_key",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = {BAG, KEY, {"value", TS_ANY, 0, NULL}},
     .kernel = &kernel_bag_set_key,
     .doc = "The bag with a member set to a value; null for what is no bag.",
     .example = "bag_set_key(dynamic({'key1': 1, 'key2': 2}), 'key3', 3)",
     .gives = "{\"key1\":1,\"key2\":2,\"key3\":3}"},
    {.name = "bag_zip",
     FUNCTION(TYPE_DYNAMIC, NULLS_SEEN),
     .params = {{"KeysArray", TS_DYNAMIC, 0, "array of strings"},
                {"ValuesArray", TS_DYNAMIC, 0, NULL}},
     .kernel = &kernel_bag_zip,
     .doc = "A bag of the names in one array and the values in another.",
     .example = "bag_zip(dynamic(['a', 'b', 'c']), dynamic([1, '2', 3.4]))",
     .gives = "{\"a\":1,\"b\":\"2\",\"c\":3.4}"},
    {.name = "treepath",
     FUNCTION(TYPE_DYNAMIC, NULLS_PROPAGATE),
     .params = {{"object", TS_DYNAMIC, 0, NULL}},
     .kernel = &kernel_treepath,
     .naming = NAME_PREFIX_ARG,
     .prefix = "tree",
     .doc = "All paths in a value as an array; elements of arrays are [0].",
     .example = "treepath(parse_json('{\"a\":\"b\", \"c\":123}'))",
     .gives = "[\"['a']\",\"['c']\"]"},
    {.name = "extract_json",
     .aliases = "extractjson",
     .kind = FN_SCALAR,
     .params = {{"jsonPath", TS_STRING, PARAM_CONSTANT, "$, then .name, ['name'] or [n]"},
                {"dataSource", TS_STRING, 0, "JSON text"},
                {"type", TS_ANY, PARAM_OPTIONAL | PARAM_CONSTANT | PARAM_TYPE,
                 "typeof(...); string if absent"}},
     .result = RESULT_CUSTOM,
     .result_fn = extracted_type,
     .nulls = NULLS_SEEN,
     .kernel = &kernel_extract_json,
     .category = "dynamic",
     .doc = "What a path leads to in a JSON text, converted to a type.",
     .example = "extract_json('$.name', '{\"name\": \"John\", \"age\": 30}')",
     .gives = "John"},
};

const FnTable fn_dynamic = {rows, COUNT_OF(rows)};
