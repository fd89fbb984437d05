/*
 * bind_portal.c: functions of Sentinel and Defender that are not part of the language.
 *
 * What can be said in KQL over tables of the data is: see portal_kql.c. FileProfile() asks a
 * service about hashes; here a table of that name answers, if the data has one, else its columns are
 * null and a warning says so.
 */
#include "semantics/bind_scope.h"

bool portal_function_is_known(Binder *b, Str name) {
    static const char *const known[] = {"_GetWatchlist", "FileProfile", "SeenBy"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_is(name, known[i])) return true;
    return str_starts_with(name, STR("_Im_")) || str_starts_with(name, STR("_ASim_")) ||
           portal_function(b, name);
}

/* --------------------------------------------------------------- watchlists */

static Plan *bind_watchlist(Binder *b, const Node *call) {
    Str alias;
    const SchemaProvider *s = b->options->schemas;
    if (call->n == 0 || !bind_constant_string(b, call->kids[0], &alias)) return NULL;
    const TableRef *t = s->watchlist ? s->watchlist(s->self, alias) : NULL;
    if (t) return bind_scan(b, t, call->span);
    if (b->options->binds_only) { /* its columns are the file's */
        Plan *p = plan_empty(b, (Schema){0}, call->span);
        bind_open(b, p);
        return p;
    }
    bind_error(b, call, "QY322", "There is no watchlist '%.*s'.", STR_ARG(alias))->hint =
        STR("a watchlist is a CSV file of that name in the folder given by --watchlists DIR");
    return NULL;
}

/* -------------------------------------------------------------- FileProfile */

static const Column profile_columns[] = {
    {.type = TYPE_STRING, .name = {"SHA1", 4}},
    {.type = TYPE_STRING, .name = {"SHA256", 6}},
    {.type = TYPE_STRING, .name = {"MD5", 3}},
    {.type = TYPE_LONG, .name = {"FileSize", 8}},
    {.type = TYPE_LONG, .name = {"GlobalPrevalence", 16}},
    {.type = TYPE_DATETIME, .name = {"GlobalFirstSeen", 15}},
    {.type = TYPE_DATETIME, .name = {"GlobalLastSeen", 14}},
    {.type = TYPE_STRING, .name = {"Signer", 6}},
    {.type = TYPE_STRING, .name = {"Issuer", 6}},
    {.type = TYPE_STRING, .name = {"SignerHash", 10}},
    {.type = TYPE_BOOL, .name = {"IsCertificateValid", 18}},
    {.type = TYPE_BOOL, .name = {"IsRootSignerMicrosoft", 21}},
    {.type = TYPE_STRING, .name = {"SignatureState", 14}},
    {.type = TYPE_BOOL, .name = {"IsExecutable", 12}},
    {.type = TYPE_STRING, .name = {"ThreatName", 10}},
    {.type = TYPE_STRING, .name = {"Publisher", 9}},
    {.type = TYPE_STRING, .name = {"SoftwareName", 12}},
    {.type = TYPE_STRING, .name = {"ProfileAvailability", 19}},
};

/* The column of hashes: named plainly or as a text; SHA1 when it is not said. */
static const Column *hash_column(Binder *b, const Node *call, const Plan *input) {
    const Node *arg = call->n ? node_bare(call->kids[0]) : NULL;
    if (arg && arg->kind == NODE_NAMED_ARG) arg = node_bare(arg->kids[0]);
    bool is_text = arg && arg->kind == NODE_LITERAL && arg->value.type == TYPE_STRING;
    if (arg && arg->kind == NODE_NAME) return bind_column_name(b, arg);
    Str name = is_text ? arg->value.u.s : STR("SHA1");
    const Column *c = !arg || is_text ? bind_column_in(&input->schema, name) : NULL;
    if (c) return c;
    bind_error(b, arg ? arg : call, "KS109", "A column of hashes expected.")->hint =
        STR("such as SHA1, SHA256 or InitiatingProcessSHA1");
    return NULL;
}

/* The columns of `input` and those of the profile that it does not have: null, or what `table` says.
 * `rows` has them all. */
static Plan *add_profile(Binder *b, Plan *rows, const Plan *input, const Schema *table, Span span) {
    Projection p = projection_of(b, input);
    for (size_t i = 0; i < COUNT_OF(profile_columns); i++) {
        const Column *c = &profile_columns[i];
        if (projection_has(&p, c->name)) continue;
        const Column *given = table ? bind_column_in(table, c->name) : NULL;
        Expr *e = given ? expr_convert(b, expr_column(b, given, span), c->type)
                        : expr_of_value(b, value_null(c->type), span);
        projection_add(&p, c->name, e);
    }
    return projection_finish(&p, rows, true, span);
}

/* The rows of the table with one for each hash of the kind that the column holds. */
static Plan *profiles_by(Binder *b, const TableRef *table, Str hash, Span span) {
    Plan *scan = bind_scan(b, table, span);
    const Column *key = bind_column_in(&scan->schema, hash);
    if (!key) return NULL;
    Plan *p = plan_node(b, PLAN_AGGREGATE, span, scan, NULL);
    Aggregate *a = ARENA_NEW(b->arena, Aggregate);
    *a = (Aggregate){.fn = catalog_aggregate(STR("take_any")), .span = span};
    a->args = ARENA_ARRAY(b->arena, Expr *, scan->schema.n);
    a->columns = ARENA_ARRAY(b->arena, Column, scan->schema.n);
    Column *columns = ARENA_ARRAY(b->arena, Column, scan->schema.n);
    uint32_t n = 0;
    columns[n++] = *key;
    for (uint32_t i = 0; i < scan->schema.n; i++) {
        Column c = scan->schema.items[i];
        if (c.id == key->id) continue;
        a->args[a->n_args++] = expr_column(b, &scan->schema.items[i], span);
        c.id = bind_fresh_column(b);
        a->columns[a->n_columns++] = columns[n++] = c;
    }
    p->schema = (Schema){.items = columns, .n = n};
    p->u.aggregate.keys = ARENA_NEW(b->arena, Expr *);
    p->u.aggregate.keys[0] = expr_column(b, key, span);
    p->u.aggregate.n_keys = 1;
    p->u.aggregate.aggs = a;
    p->u.aggregate.n_aggs = a->n_args ? 1 : 0;
    p->is_open = false;
    return p;
}

static Str hash_kind(Str column) {
    if (str_ends_with(column, STR("SHA256"))) return STR("SHA256");
    return str_ends_with(column, STR("MD5")) ? STR("MD5") : STR("SHA1");
}

static Plan *join_profiles(Binder *b, Plan *input, const Column *hash, const TableRef *table,
                           Span span) {
    Plan *right = profiles_by(b, table, hash_kind(hash->name), span);
    if (!right) return NULL;
    Plan *join = plan_node(b, PLAN_JOIN, span, input, right);
    join->u.join.kind = JOIN_LEFT_OUTER;
    join->u.join.is_lookup = true;
    join->u.join.n_keys = 1;
    join->u.join.left_keys = ARENA_NEW(b->arena, Expr *);
    join->u.join.right_keys = ARENA_NEW(b->arena, Expr *);
    join->u.join.left_keys[0] = expr_column(b, hash, span);
    join->u.join.right_keys[0] = expr_column(b, &right->schema.items[0], span);
    Projection all = projection_of(b, input);
    for (uint32_t i = 0; i < right->schema.n; i++)
        projection_add(&all, right->schema.items[i].name,
                       expr_column(b, &right->schema.items[i], span));
    join->schema = (Schema){.items = all.columns, .n = (uint32_t)all.n};
    return add_profile(b, join, input, &right->schema, span);
}

static Plan *bind_file_profile(Binder *b, const Node *call, Plan *input) {
    const SchemaProvider *s = b->options->schemas;
    const Column *hash = hash_column(b, call, input);
    if (!hash) return NULL;
    if (hash->type != TYPE_STRING) {
        bind_error(b, call, "KS109", "A column of hashes is of type string, not %s.",
                   type_name(hash->type));
        return NULL;
    }
    const TableRef *table = s->find(s->self, STR("FileProfile"));
    Plan *joined = table ? join_profiles(b, input, hash, table, call->span) : NULL;
    if (joined) return joined;
    if (!b->options->binds_only)
        bind_warning(b, call->span, "QY330",
                     "FileProfile() asks a service that is not here: its columns are null.")
            ->hint = STR("give profiles as a table: --table FileProfile=PATH");
    return add_profile(b, input, input, NULL, call->span);
}

/* Which devices saw a device: a service knows. */
static Plan *bind_seen_by(Binder *b, const Node *call, Plan *input) {
    Projection p = projection_of(b, input);
    if (!b->options->binds_only)
        bind_warning(b, call->span, "QY330",
                     "SeenBy() asks a service that is not here: its columns are null.");
    projection_add(&p, STR("SeenBy"), expr_of_value(b, value_null(TYPE_DYNAMIC), call->span));
    projection_add(&p, STR("OnboardedDevice"), expr_of_value(b, value_str(STR_EMPTY), call->span));
    return projection_finish(&p, input, true, call->span);
}

/* -------------------------------------------------------------------- entry */

static Plan *call_function(Binder *b, Local *function, const Node *call, Plan *input) {
    Plan *plan = NULL;
    Expr *e = NULL;
    return bind_function_call(b, function, call, input, &plan, &e) ? plan : NULL;
}

Plan *bind_portal_call(Binder *b, const Node *call, Plan *input) {
    Local *function = portal_function(b, call->text);
    if (function) return call_function(b, function, call, input);
    if (!input && str_is(call->text, "_GetWatchlist")) return bind_watchlist(b, call);
    if (input && str_is(call->text, "FileProfile")) return bind_file_profile(b, call, input);
    if (input && str_is(call->text, "SeenBy")) return bind_seen_by(b, call, input);
    return bind_unsupported(b, call, "The function %.*s()", STR_ARG(call->text));
}
