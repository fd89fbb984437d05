/*
 * bind_plugins.h: the plugins of `evaluate`, in bind_plugin_*.c.
 *
 * A plugin is a function like an operator's. `p->call` is NAME(arguments), `p->schema` the columns after a
 * colon or NULL. The input may be NULL for a plugin that stands first.
 */
#ifndef QUARRY_BIND_PLUGINS_H
#define QUARRY_BIND_PLUGINS_H

#include "semantics/bind_internal.h"

typedef struct Plugin {
    const Node *op, *call, *schema;
    Plan *input;
} Plugin;

typedef Plan *(*PluginFn)(Binder *b, const Plugin *p);

Plan *plugin_bag_unpack(Binder *b, const Plugin *p);
Plan *plugin_ipv4_lookup(Binder *b, const Plugin *p);
Plan *plugin_ipv6_lookup(Binder *b, const Plugin *p);
Plan *plugin_geo_line_lookup(Binder *b, const Plugin *p);
Plan *plugin_geo_polygon_lookup(Binder *b, const Plugin *p);
Plan *plugin_activity_counts_metrics(Binder *b, const Plugin *p);
Plan *plugin_activity_metrics(Binder *b, const Plugin *p);
Plan *plugin_activity_engagement(Binder *b, const Plugin *p);
Plan *plugin_active_users_count(Binder *b, const Plugin *p);
Plan *plugin_session_count(Binder *b, const Plugin *p);
Plan *plugin_sliding_window_counts(Binder *b, const Plugin *p);
Plan *plugin_rolling_percentile(Binder *b, const Plugin *p);
Plan *plugin_new_activity_metrics(Binder *b, const Plugin *p);
Plan *plugin_funnel_sequence(Binder *b, const Plugin *p);
/* One of funnel_sequence's three tables: ids by the states before and after the sequence, by those before it
 * alone, by those after it. */
typedef enum FunnelTable { FUNNEL_BOTH, FUNNEL_BEFORE, FUNNEL_AFTER } FunnelTable;
Plan *plugin_funnel_table(Binder *b, const Plugin *p, FunnelTable table);
Plan *plugin_funnel_sequence_completion(Binder *b, const Plugin *p);
Plan *plugin_infer_storage_schema(Binder *b, const Plugin *p);
Plan *plugin_infer_storage_schema_with_suggestions(Binder *b, const Plugin *p);
Plan *plugin_schema_merge(Binder *b, const Plugin *p);
Plan *plugin_basket(Binder *b, const Plugin *p);
Plan *plugin_autocluster(Binder *b, const Plugin *p);
Plan *plugin_diffpatterns(Binder *b, const Plugin *p);
Plan *plugin_diffpatterns_text(Binder *b, const Plugin *p);
Plan *plugin_rows_near(Binder *b, const Plugin *p);
Plan *plugin_sequence_detect(Binder *b, const Plugin *p);
Plan *plugin_dcount_intersect(Binder *b, const Plugin *p);
Plan *plugin_pivot(Binder *b, const Plugin *p);
Plan *plugin_narrow(Binder *b, const Plugin *p);

/* The value of argument `at`, by place or by `name = value` (name may be NULL); NULL when absent. */
const Node *plugin_argument(const Plugin *p, uint32_t at, const char *name);
/* Argument `at` as a column of the input; NULL when reported. */
const Column *plugin_column(Binder *b, const Plugin *p, uint32_t at);

/* What a lookup gives: all columns of the input, then those of the lookup but a few. */
typedef struct LookupColumns {
    const Plan *lookup; /* in the text of a template its columns are __r0, __r1, ... */
    const Column *const *left_out;
    uint32_t n_left_out;
    bool has_row;    /* keeps __row, the number of the input's row */
    bool is_matched; /* else the lookup's columns are null */
} LookupColumns;
/* A name as a column of the lookup; NULL when reported. */
const Column *plugin_lookup_column(Binder *b, const Plan *lookup, const Node *n);
/* "name = __r0, ...": the columns of the lookup under the names of a template. */
void plugin_lookup_names(const Plan *lookup, Buf *out);
/* "| project" of what the lookup gives, under names that are free. */
void plugin_lookup_columns(Binder *b, const Plugin *p, const LookupColumns *c, Buf *out);

/* The rows of a plan, at once. False when reported, or when there are no data to run over
 * (*ret_has_data false). */
bool plugin_rows(Binder *b, const Plugin *p, Plan *plan, size_t max_rows, Value **ret_cells,
                 size_t *ret_n_rows, bool *ret_has_data);

/* A grouping of `input` without aggregates yet: keys as plain columns. */
Plan *plugin_group(Binder *b, Plan *input, Column *keys, uint32_t n_keys, uint32_t n_aggs,
                   Span span);
/* Adds an aggregate by name; its column. Room was made by plugin_group. */
Column plugin_aggregate(Binder *b, Plan *group, const char *name, Expr **args, uint32_t n,
                        Type type, Str column);

#endif
