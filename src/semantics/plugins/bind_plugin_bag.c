/*
 * bind_plugin_bag.c: bag_unpack.
 *
 * Source: "bag_unpack plugin". Which columns come out is in the data: without an output schema the input
 * is run once to find the slots and the types of their values. The new columns are sorted by name; a slot
 * whose values differ in type is dynamic. Slots whose value is null are as if they were not there.
 */
#include <stdlib.h>

#include "base/json.h"
#include "semantics/plugins/bind_plugins.h"

typedef struct Slot {
    Str key;  /* in the bag */
    Str name; /* of the column */
    Type type;
} Slot;

typedef struct Unpack {
    const Plugin *plugin;
    Column bag;
    Str prefix, conflict;
    Value ignored; /* array of keys, or null */
    Slot *slots;
    size_t n, cap;
} Unpack;

static bool read_arguments(Binder *b, const Plugin *p, Unpack *ret) {
    const Column *bag = plugin_column(b, p, 0);
    if (!bag) return false;
    Unpack u = {
        .plugin = p, .bag = *bag, .conflict = STR("error"), .ignored = value_null(TYPE_DYNAMIC)};
    if (bag->type != TYPE_DYNAMIC) {
        bind_error(b, plugin_argument(p, 0, NULL), "KS107",
                   "A value of type dynamic expected, not %s.", type_name(bag->type));
        return false;
    }
    const Node *prefix = plugin_argument(p, 1, "OutputColumnPrefix");
    const Node *conflict = plugin_argument(p, 2, "columnsConflict");
    const Node *ignored = plugin_argument(p, 3, "ignoredProperties");
    if (prefix && !bind_constant_string(b, prefix, &u.prefix)) return false;
    if (conflict && !bind_constant_string(b, conflict, &u.conflict)) return false;
    if (ignored && !bind_constant(b, ignored, &u.ignored)) return false;
    bool is_known = str_is(u.conflict, "error") || str_is(u.conflict, "replace_source") ||
                    str_is(u.conflict, "keep_source");
    if (!is_known)
        bind_error(b, conflict, "KS140", "'%.*s' is not a way to resolve conflicts.",
                   STR_ARG(u.conflict))
            ->hint = STR("error, replace_source and keep_source are");
    *ret = u;
    return is_known;
}

static bool is_ignored(Binder *b, const Unpack *u, Str key) {
    JsonCursor c;
    Str member, element;
    if (u->ignored.is_null || !json_enter(u->ignored.u.s, &c) || c.is_object) return false;
    while (json_next(&c, &member, &element))
        if (json_kind(element) == JSON_STRING && str_eq(json_string(b->arena, element), key))
            return true;
    return false;
}

/* --------------------------------------------------------------- the slots */

static Expr *call_on(Binder *b, const char *fn, Expr *arg) {
    return expr_function(b, fn, &arg, 1, arg->span);
}

/* bags -> distinct (key, type of value) */
static Plan *slots_plan(Binder *b, const Unpack *u) {
    Span span = u->plugin->op->span;
    Expr *bag = expr_column(b, &u->bag, span);
    Expr *is_bag = expr_operator(b, "==", call_on(b, "gettype", bag),
                                 expr_of_value(b, value_str(STR("dictionary")), span), span);
    Plan *bags = plan_where(b, u->plugin->input, is_bag, span);
    Projection only = projection_new(b);
    projection_add(&only, STR("bag"), bag);
    Plan *p = plan_node(b, PLAN_MV_EXPAND, span, projection_finish(&only, bags, false, span), NULL);
    p->u.mv_expand.n = 1;
    p->u.mv_expand.columns = ARENA_NEW(b->arena, ColumnId);
    p->u.mv_expand.columns[0] = u->bag.id;
    p->u.mv_expand.outputs = ARENA_NEW(b->arena, Column);
    p->u.mv_expand.outputs[0] =
        (Column){.id = bind_fresh_column(b), .type = TYPE_DYNAMIC, .name = STR("pair")};
    p->u.mv_expand.is_bag_array = true;
    p->u.mv_expand.limit = INT64_MAX;
    p->schema = (Schema){.items = p->u.mv_expand.outputs, .n = 1};
    Expr *parts[2];
    for (int64_t i = 0; i < 2; i++) {
        Expr *args[2] = {expr_column(b, &p->schema.items[0], span),
                         expr_of_value(b, value_long(i), span)};
        parts[i] = expr_call_typed(b, catalog_operator(STR("[]")), args, 2, TYPE_DYNAMIC, span);
    }
    Projection pair = projection_new(b);
    projection_add(&pair, STR("key"), expr_convert(b, parts[0], TYPE_STRING));
    projection_add(&pair, STR("type"), call_on(b, "gettype", parts[1]));
    Plan *pairs = projection_finish(&pair, p, false, span);
    return plugin_group(b, pairs, pairs->schema.items, 2, 0, span);
}

static Type type_of_word(Str word) {
    static const struct {
        const char *word;
        Type type;
    } types[] = {{"bool", TYPE_BOOL},     {"int", TYPE_LONG},          {"long", TYPE_LONG},
                 {"double", TYPE_REAL},   {"real", TYPE_REAL},         {"decimal", TYPE_DECIMAL},
                 {"string", TYPE_STRING}, {"datetime", TYPE_DATETIME}, {"timespan", TYPE_TIMESPAN},
                 {"guid", TYPE_GUID}};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(word, types[i].word)) return types[i].type;
    return TYPE_DYNAMIC;
}

static int by_key(const void *a, const void *b) {
    return str_compare(((const Slot *)a)->key, ((const Slot *)b)->key);
}

static Str slot_name(Binder *b, const Unpack *u, Str key) {
    return arena_printf(b->arena, "%.*s%.*s", STR_ARG(u->prefix), STR_ARG(key));
}

/* A slot of each key that has a value other than null; of two types, dynamic. */
static bool find_slots(Binder *b, Unpack *u, bool *ret_has_data) {
    Value *cells = NULL;
    size_t n_rows = 0;
    if (!plugin_rows(b, u->plugin, slots_plan(b, u), 2 * (size_t)BIND_MAX_COLUMNS, &cells, &n_rows,
                     ret_has_data))
        return false;
    Slot *all = ARENA_ARRAY(b->arena, Slot, n_rows + 1);
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        Str key = cells[2 * i].u.s, type = cells[2 * i + 1].u.s;
        if (str_is(type, "null") || is_ignored(b, u, key)) continue;
        all[n++] = (Slot){.key = key, .name = slot_name(b, u, key), .type = type_of_word(type)};
    }
    if (n) qsort(all, n, sizeof *all, by_key);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_new = !n_kept || !str_eq(all[n_kept - 1].key, all[i].key);
        if (is_new) all[n_kept++] = all[i];
        else if (all[n_kept - 1].type != all[i].type) all[n_kept - 1].type = TYPE_DYNAMIC;
    }
    u->slots = all;
    u->n = u->cap = n_kept;
    return true;
}

/* ---------------------------------------------------------------- the table */

/* The member as it is in a dynamic column, else converted. */
static Expr *slot_value(Binder *b, const Unpack *u, const Slot *slot) {
    Span span = u->plugin->op->span;
    Expr *args[2] = {expr_column(b, &u->bag, span), expr_of_value(b, value_str(slot->key), span)};
    Expr *member = expr_call_typed(b, catalog_operator(STR(".")), args, 2, TYPE_DYNAMIC, span);
    return expr_convert(b, member, slot->type);
}

/* The input's columns without the bag. */
static Projection source_columns(Binder *b, const Unpack *u) {
    Projection out = projection_new(b);
    const Schema *s = &u->plugin->input->schema;
    for (uint32_t i = 0; i < s->n; i++)
        if (s->items[i].id != u->bag.id)
            projection_add(&out, s->items[i].name,
                           expr_column(b, &s->items[i], u->plugin->op->span));
    return out;
}

static bool add_slot(Binder *b, const Unpack *u, Projection *out, const Slot *slot) {
    bool is_taken = projection_has(out, slot->name);
    if (is_taken && str_is(u->conflict, "keep_source")) return true;
    if (is_taken && str_is(u->conflict, "error")) {
        bind_error(b, u->plugin->call, "KS171",
                   "A column with the name '%.*s' is already declared.", STR_ARG(slot->name))
            ->hint = STR("columnsConflict='replace_source' or 'keep_source' says which one stays");
        return false;
    }
    projection_set(out, slot->name, slot_value(b, u, slot));
    return true;
}

/* Columns as declared: `*` stands for the input's; a name is a slot, or a column of the input. */
static Plan *with_schema(Binder *b, const Unpack *u) {
    const Node *schema = u->plugin->schema;
    Schema declared;
    if (!bind_schema(b, schema, &declared)) return NULL;
    bool has_star = schema->flags & NODE_FLAG_STAR;
    Projection source = source_columns(b, u), out = has_star ? source : projection_new(b);
    for (uint32_t i = 0; i < declared.n; i++) {
        const Column *c = &declared.items[i];
        int at = projection_find(&source, c->name);
        bool is_source = at >= 0 && !str_is(u->conflict, "replace_source");
        Slot slot = {.key = c->name, .name = c->name, .type = c->type};
        if (u->prefix.len && str_starts_with(c->name, u->prefix))
            slot.key = str_sub(c->name, u->prefix.len, c->name.len - u->prefix.len);
        bool is_dropped = is_ignored(b, u, slot.key);
        Expr *e = is_source    ? expr_convert(b, source.exprs[at], c->type)
                  : is_dropped ? expr_of_value(b, value_null(c->type), u->plugin->op->span)
                               : slot_value(b, u, &slot);
        projection_set(&out, c->name, e);
    }
    return projection_finish(&out, u->plugin->input, false, u->plugin->op->span);
}

Plan *plugin_bag_unpack(Binder *b, const Plugin *p) {
    Unpack u;
    if (!read_arguments(b, p, &u)) return NULL;
    if (p->schema) return with_schema(b, &u);
    bool has_data = true;
    Projection out = source_columns(b, &u);
    if (find_slots(b, &u, &has_data)) {
        for (size_t i = 0; i < u.n; i++)
            if (!add_slot(b, &u, &out, &u.slots[i])) return NULL;
        has_data = false;
    }
    if (has_data) return NULL;
    /* a slot that no bag has is null in every row */
    Plan *plan = projection_finish(&out, p->input, true, p->op->span);
    if (plan) bind_open(b, plan);
    return plan;
}
