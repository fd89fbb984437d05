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
    RUNS("active_users_count", "Ids that appear in enough periods of a window looking back."),
    RUNS("activity_counts_metrics", "Counts of rows, ids, new ids and ids so far in each period."),
    RUNS("activity_engagement", "Ids of a period against those of a longer one, as DAU/WAU."),
    RUNS("activity_metrics", "Ids, new ids, retention and churn from period to period."),
    RUNS("new_activity_metrics", "Retention and churn of cohorts of new ids."),
    RUNS("autocluster",
         "Patterns that sum rows up; the choice among near ties may differ from the service."),
    RUNS("bag_unpack",
         "A column for each member of a bag: bag_unpack(column[, prefix[, conflict[, ignored]]])."),
    RUNS("basket",
         "Combinations of values that many rows have: all, none sampled, up to 20,000 of them."),
    RUNS("dcount_intersect", "Distinct counts of the intersections of hll() sketches."),
    RUNS("diffpatterns",
         "Patterns in which two sets of rows differ; the choice among near ties may differ."),
    RUNS(
        "diffpatterns_text",
        "Patterns of words and stars at the beginning of a text in which two sets of rows differ: "
        "diffpatterns_text(text, condition[, least_words[, threshold[, most_words]]]). All patterns "
        "are looked at; one stays when none that has some of its words, or these and more, differs "
        "more; what is behind the last word is not said, where the service may add stars."),
    RUNS("funnel_sequence",
         "Ids that took a sequence of states, by the states before and after it."),
    RUNS("funnel_sequence_completion", "Ids that got to each state of a sequence within periods."),
    RUNS("geo_line_lookup", "Joins places with the lines that they lie near to."),
    RUNS("geo_polygon_lookup", "Joins places with the polygons that they lie in or near to."),
    RUNS("infer_storage_schema",
         "The columns that stored files hold, as text; of large files the first 16 MB are read."),
    RUNS("infer_storage_schema_with_suggestions",
         "The same as JSON, with advice: ids as strings, Unix times of 1990 to 2100 as datetimes."),
    RUNS("ipv4_lookup", "Joins IPv4 addresses with the networks that they lie in."),
    RUNS("ipv6_lookup", "Joins IPv6 addresses with the networks that they lie in."),
    RUNS("narrow", "A row for each cell: row number, column name, value as text."),
    RUNS("pivot", "A column for each value of a column: pivot(column[, aggregate][, columns...])."),
    RUNS("preview", "Some rows, and as a second result how many there are: preview(rows)."),
    RUNS("rolling_percentile", "The percentile of the last bins, for each bin."),
    RUNS("rows_near", "Rows around those that meet a condition."),
    RUNS("schema_merge", "One schema of the rows of getschema of several tables."),
    RUNS("sequence_detect", "Sequences of rows that meet one condition after the other."),
    RUNS("session_count", "Sessions that are active in each period."),
    RUNS("sliding_window_counts", "Rows and ids of a window looking back, for each period."),
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
