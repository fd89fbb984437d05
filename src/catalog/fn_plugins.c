/*
 * fn_plugins.c: plugins of `evaluate`. Some can only run in the service; a plugin that runs is bound in
 * src/semantics/bind_plugin_*.c, which also knows its arguments.
 */
#include "catalog/catalog.h"

#define PLUGIN(plugin, state)                                                                      \
    {                                                                                              \
        .name = plugin, .kind = FN_PLUGIN, .nulls = NULLS_SEEN, .support = (state),                \
        .params = {{"arguments", TS_ANY, PARAM_OPTIONAL | PARAM_REPEAT, NULL}},                    \
        .category = "plugins"                                                                      \
    }

#define RUNS(plugin, text)                                                                         \
    {                                                                                              \
        .name = plugin, .kind = FN_PLUGIN, .nulls = NULLS_SEEN, .support = SUPPORTED,              \
        .params = {{"arguments", TS_ANY, PARAM_OPTIONAL | PARAM_REPEAT, NULL}},                    \
        .category = "plugins", .doc = text                                                         \
    }

static const FnDef rows[] = {
    PLUGIN("active_users_count", NOT_YET),
    PLUGIN("activity_counts_metrics", NOT_YET),
    PLUGIN("activity_engagement", NOT_YET),
    PLUGIN("activity_metrics", NOT_YET),
    PLUGIN("new_activity_metrics", NOT_YET),
    PLUGIN("autocluster", NOT_YET),
    RUNS("bag_unpack",
         "A column for each member of a bag: bag_unpack(column[, prefix[, conflict[, ignored]]])."),
    PLUGIN("basket", NOT_YET),
    PLUGIN("dcount_intersect", NOT_YET),
    PLUGIN("diffpatterns", NOT_YET),
    PLUGIN("funnel_sequence", NOT_YET),
    PLUGIN("funnel_sequence_completion", NOT_YET),
    PLUGIN("geo_line_lookup", NOT_YET),
    PLUGIN("geo_polygon_lookup", NOT_YET),
    PLUGIN("infer_storage_schema", NOT_YET),
    PLUGIN("ipv4_lookup", NOT_YET),
    PLUGIN("ipv6_lookup", NOT_YET),
    RUNS("narrow",
         "A row for each cell: row number, column name, value as text."),
    RUNS("pivot",
         "A column for each value of a column: pivot(column[, aggregate][, columns...])."),
    PLUGIN("preview", NOT_YET),
    PLUGIN("rolling_percentile", NOT_YET),
    PLUGIN("rows_near", NOT_YET),
    PLUGIN("schema_merge", NOT_YET),
    PLUGIN("sequence_detect", NOT_YET),
    PLUGIN("session_count", NOT_YET),
    PLUGIN("sliding_window_counts", NOT_YET),
    PLUGIN("ai_chat_completion", NEEDS_SERVICE),
    PLUGIN("ai_chat_completion_prompt", NEEDS_SERVICE),
    PLUGIN("ai_embed_text", NEEDS_SERVICE),
    PLUGIN("ai_embeddings", NEEDS_SERVICE),
    PLUGIN("azure_digital_twins_query_request", NEEDS_SERVICE),
    PLUGIN("cosmosdb_sql_request", NEEDS_SERVICE),
    PLUGIN("http_request", NEEDS_SERVICE),
    PLUGIN("http_request_post", NEEDS_SERVICE),
    PLUGIN("mysql_request", NEEDS_SERVICE),
    PLUGIN("postgresql_request", NEEDS_SERVICE),
    PLUGIN("python", NEEDS_SERVICE),
    PLUGIN("r", NEEDS_SERVICE),
    PLUGIN("sql_request", NEEDS_SERVICE),
};

const FnTable fn_plugins = {rows, COUNT_OF(rows)};
