/*
 * bind_special.c: functions that look at columns: the binder puts what they find in their place.
 *
 * Source: the pages of column_ifexists, column_names_of, ingestion_time, pack_all, bag_pack_columns.
 */
#include "base/json.h"
#include "semantics/bind_scope.h"

static Expr *bind_column_if_exists(Binder *b, const Node *call) {
    Str name;
    if (call->n != 2) {
        bind_error(b, call, "KS119", "The function '%.*s' expects 2 arguments.",
                   STR_ARG(call->text));
        return expr_error(b, call->span);
    }
    if (!bind_constant_string(b, call->kids[0], &name)) return expr_error(b, call->span);
    const Column *c = bind_column_in(b->row.schema, name);
    Expr *otherwise = bind_expr(b, call->kids[1]);
    return c ? expr_column(b, c, call->span) : otherwise;
}

static Expr *pack_columns(Binder *b, const char *function, const Column *columns, uint32_t n,
                          Span span) {
    Expr **args = ARENA_ARRAY(b->arena, Expr *, 2 * (size_t)n);
    uint32_t n_args = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (columns[i].type == TYPE_ERROR) continue;
        args[n_args++] = expr_of_value(b, value_str(columns[i].name), span);
        args[n_args++] = expr_column(b, &columns[i], span);
    }
    return expr_function(b, function, args, n_args, span);
}

static Expr *bind_pack_all(Binder *b, const Node *call) {
    Value skips = value_bool(false);
    if (call->n && !bind_constant(b, call->kids[0], &skips)) return expr_error(b, call->span);
    bool is_filled = skips.type == TYPE_BOOL && !skips.is_null && skips.u.b;
    const Schema none = {0}, *s = b->row.schema ? b->row.schema : &none;
    return pack_columns(b, is_filled ? "__bag_pack_filled" : "bag_pack", s->items, s->n,
                        call->span);
}

static Expr *bind_pack_columns(Binder *b, const Node *call) {
    Column *columns = ARENA_ARRAY(b->arena, Column, call->n);
    for (uint32_t i = 0; i < call->n; i++) {
        const Column *c = bind_column_name(b, call->kids[i]);
        if (!c) return expr_error(b, call->span);
        columns[i] = *c;
    }
    return pack_columns(b, "bag_pack", columns, call->n, call->span);
}

/* The table is bound for its columns alone. */
static Expr *bind_column_names(Binder *b, const Node *call) {
    if (call->n != 1) {
        bind_error(b, call, "KS119", "The function '%.*s' expects 1 argument.",
                   STR_ARG(call->text));
        return expr_error(b, call->span);
    }
    const Plan *table = bind_tabular(b, call->kids[0]);
    if (!table) return expr_error(b, call->span);
    Buf json = {0};
    buf_putc(&json, '[');
    for (uint32_t i = 0; i < table->schema.n; i++) {
        if (i) buf_putc(&json, ',');
        json_put_string(&json, table->schema.items[i].name);
    }
    buf_putc(&json, ']');
    Value v = value_text(TYPE_DYNAMIC, arena_str(b->arena, buf_str(&json)));
    buf_free(&json);
    return expr_of_value(b, v, call->span);
}

/* bin(), or bin_at() where the query sets a fixed point. */
static Expr *bind_bin_auto(Binder *b, const Node *call) {
    if (call->n != 1) {
        bind_error(b, call, "KS119", "The function '%.*s' expects 1 argument.",
                   STR_ARG(call->text));
        return expr_error(b, call->span);
    }
    if (!b->settings.bin_size) {
        bind_error(b, call, "QY312", "bin_auto() needs the size of its bins.")->hint =
            STR("put `set query_bin_auto_size = 1h;` before the query");
        return expr_error(b, call->span);
    }
    Expr *args[3] = {bind_expr(b, call->kids[0]), bind_expr(b, b->settings.bin_size), NULL};
    if (b->settings.bin_at) args[2] = bind_expr(b, b->settings.bin_at);
    return expr_function(b, b->settings.bin_at ? "bin_at" : "bin", args, b->settings.bin_at ? 3 : 2,
                         call->span);
}

typedef struct Special {
    const char *name;
    Expr *(*bind)(Binder *b, const Node *call);
} Special;

/* Exports keep _TimeReceived at best. The row's own time is the nearest to it, and never earlier than
 * what a rule that looks back from now() wants to see. */
static Expr *bind_ingestion_time(Binder *b, const Node *call) {
    static const char *const times[] = {"_TimeReceived", "TimeGenerated", "Timestamp"};
    if (!bind_check_arity(b, catalog_scalar(call->text), call, call->n))
        return expr_error(b, call->span);
    const Column *c = NULL;
    for (size_t i = 0; i < COUNT_OF(times) && !c; i++) {
        c = bind_column_in(b->row.schema, str_of(times[i]));
        if (c && c->type != TYPE_DATETIME) c = NULL;
        if (c && i == 0) return expr_column(b, c, call->span);
    }
    if (!b->options->binds_only)
        bind_warning(b, call->span, "QY331",
                     "Exports hold no ingestion time: %.*s is taken for it.",
                     STR_ARG(c ? c->name : STR("null")));
    return c ? expr_column(b, c, call->span)
             : expr_of_value(b, value_null(TYPE_DATETIME), call->span);
}

/* Told once: without a database the answer is null for every address. */
static Expr *bind_geo_info(Binder *b, const Node *call) {
    if (!b->options->binds_only && !b->options->query->place_of && !b->has_told_places) {
        b->has_told_places = true;
        bind_warning(b, call->span, "QY332", "No database of places is given: %.*s() is null.",
                     STR_ARG(call->text))
            ->hint = STR("--geoip FILE names a City database in MaxMind's format");
    }
    return bind_call_of_row(b, catalog_scalar(call->text), call);
}

static const Special specials[] = {
    {"bin_auto", bind_bin_auto},
    {"column_ifexists", bind_column_if_exists},
    {"columnifexists", bind_column_if_exists},
    {"column_names_of", bind_column_names},
    {"geo_info_from_ip_address", bind_geo_info},
    {"ingestion_time", bind_ingestion_time},
    {"pack_all", bind_pack_all},
    {"bag_pack_columns", bind_pack_columns},
};

Expr *bind_special_call(Binder *b, const Node *call) {
    for (size_t i = 0; i < COUNT_OF(specials); i++)
        if (str_is(call->text, specials[i].name)) return specials[i].bind(b, call);
    return NULL;
}
