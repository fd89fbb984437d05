/*
 * fn_hash.c: hashes, new guids, and what a query can ask about its run.
 *
 * ingestion_time() and the cursors need to know when a row came in. The binder answers the first
 * where the data has a column that says so; the row here speaks for all other cases.
 */
#include "catalog/catalog.h"
#include "kernels/context.h"
#include "kernels/hashes.h"

#define FUNCTION(result_type, null_rule)                                                           \
    .kind = FN_SCALAR, .result = RESULT_FIXED, .type = (result_type), .nulls = (null_rule)
#define HASH(result_type) FUNCTION(result_type, NULLS_PROPAGATE), .category = "hash"
#define SOURCE                                                                                     \
    { "source", TS_NOT_DYNAMIC, 0, NULL }
#define CONTEXT(result_type) FUNCTION(result_type, NULLS_SEEN), .category = "context"
#define XXHASH                                                                                     \
    HASH(TYPE_LONG),                                                                               \
        .params = {SOURCE, {"mod", TS_INTEGER, PARAM_OPTIONAL, "gives the hash modulo this"}},     \
        .kernel = &kernel_hash

static const FnDef rows[] = {
    {.name = "hash",
     XXHASH,
     .doc = "A 64-bit hash of the value (XXH64).",
     .example = "hash('World')",
     .gives = "1846988464401551951"},
    {.name = "hash_xxhash64",
     XXHASH,
     .doc = "The XXH64 hash of the value.",
     .example = "hash_xxhash64('World', 100)",
     .gives = "51"},
    {.name = "hash_combine",
     HASH(TYPE_LONG),
     .params = {{"h1", TS_INTEGER, 0, NULL}, {"h2", TS_INTEGER, PARAM_REPEAT, NULL}},
     .kernel = &kernel_hash_combine,
     .doc = "One hash of several; for use within one query, the way of combining is not Kusto's.",
     .example = "hash_combine(hash('a'), hash('b')) == hash_many('a', 'b')",
     .gives = "true"},
    {.name = "hash_many",
     FUNCTION(TYPE_LONG, NULLS_SEEN),
     .params = {SOURCE, {"source_2", TS_NOT_DYNAMIC, PARAM_OPTIONAL | PARAM_REPEAT, NULL}},
     .kernel = &kernel_hash_many,
     .category = "hash",
     .doc = "One hash of several values; for use within one query, combined as in hash_combine.",
     .example = "hash_many('a', 'b') == hash_many('b', 'a')",
     .gives = "false"},
    {.name = "hash_md5",
     HASH(TYPE_STRING),
     .params = {SOURCE},
     .kernel = &kernel_hash_md5,
     .doc = "The MD5 hash of the value's text, in hexadecimal digits.",
     .example = "hash_md5('World')",
     .gives = "f5a7924e621e84c9280a9a27e1bcb7f6"},
    {.name = "hash_sha1",
     HASH(TYPE_STRING),
     .params = {SOURCE},
     .kernel = &kernel_hash_sha1,
     .doc = "The SHA-1 hash of the value's text, in hexadecimal digits.",
     .example = "hash_sha1('World')",
     .gives = "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"},
    {.name = "hash_sha256",
     HASH(TYPE_STRING),
     .params = {SOURCE},
     .kernel = &kernel_hash_sha256,
     .doc = "The SHA-256 hash of the value's text, in hexadecimal digits.",
     .example = "hash_sha256('World')",
     .gives = "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524"},
    {.name = "new_guid",
     FUNCTION(TYPE_GUID, NULLS_SEEN),
     .is_volatile = true,
     .kernel = &kernel_new_guid,
     .category = "hash",
     .doc = "A new random guid for each row."},
    {.name = "current_cluster_endpoint",
     CONTEXT(TYPE_STRING),
     .kernel = &kernel_current_cluster_endpoint,
     .doc = "Where the query runs: \"local\" on one machine."},
    {.name = "current_database",
     CONTEXT(TYPE_STRING),
     .kernel = &kernel_current_database,
     .doc = "Name of the database in scope."},
    {.name = "current_principal",
     CONTEXT(TYPE_STRING),
     .kernel = &kernel_current_principal,
     .doc = "Who runs the query: \"localuser=\" and the local user's name."},
    {.name = "current_principal_details",
     CONTEXT(TYPE_DYNAMIC),
     .kernel = &kernel_current_principal_details,
     .doc = "Who runs the query, as a bag; fields that only a directory knows are empty."},
    {.name = "current_principal_is_member_of",
     CONTEXT(TYPE_BOOL),
     .params = {{"group", TS_TEXTUAL, PARAM_REPEAT | PARAM_CONSTANT,
                 "names of principals, or an array of them"}},
     .kernel = &kernel_current_principal_is_member_of,
     .doc = "True when one of the names is the local user's.",
     .example = "current_principal_is_member_of('aadgroup=group1@example.com')",
     .gives = "false"},
    {.name = "estimate_data_size",
     CONTEXT(TYPE_LONG),
     .params = {{"column", TS_ANY, PARAM_REPEAT | PARAM_STAR, NULL}},
     .kernel = &kernel_estimate_data_size,
     .doc = "About how many bytes the values take.",
     .example = "estimate_data_size(1, '1234567890')",
     .gives = "18"},
    {.name = "ingestion_time",
     CONTEXT(TYPE_DATETIME),
     .support = NOT_YET,
     .doc = "When the row was ingested, where the data says so."},
    {.name = "cursor_after",
     CONTEXT(TYPE_BOOL),
     .params = {{"cursor", TS_STRING, 0, NULL}},
     .support = NEEDS_SERVICE,
     .doc = "True for rows ingested after a database cursor."},
    {.name = "cursor_before_or_at",
     CONTEXT(TYPE_BOOL),
     .params = {{"cursor", TS_STRING, 0, NULL}},
     .support = NEEDS_SERVICE,
     .doc = "True for rows ingested before or at a database cursor."},
    {.name = "cursor_current",
     .aliases = "current_cursor",
     CONTEXT(TYPE_STRING),
     .support = NEEDS_SERVICE,
     .doc = "The database's cursor."},
};

const FnTable fn_hash = {rows, COUNT_OF(rows)};
