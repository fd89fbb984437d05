/*
 * fn_plugins.c: plugins of `evaluate`, known by name: none runs yet, and some need the service.
 */
#include "catalog/catalog.h"

#define PLUGIN(plugin, state)                                                                      \
    {                                                                                              \
        .name = plugin, .kind = FN_PLUGIN, .nulls = NULLS_SEEN, .support = (state),                \
        .params = {{"arguments", TS_ANY, PARAM_OPTIONAL | PARAM_REPEAT, NULL}},                    \
        .category = "plugins"                                                                      \
    }

static const FnDef rows[] = {
    PLUGIN("active_users_count", NOT_YET),
    PLUGIN("activity_counts_metrics", NOT_YET),
    PLUGIN("activity_engagement", NOT_YET),
    PLUGIN("activity_metrics", NOT_YET),
    PLUGIN("new_activity_metrics", NOT_YET),
    PLUGIN("autocluster", NOT_YET),
    PLUGIN("bag_unpack", NOT_YET),
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
    PLUGIN("narrow", NOT_YET),
    PLUGIN("pivot", NOT_YET),
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
