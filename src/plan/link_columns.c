/*
 * link_columns.c: which columns of a plan hold links. One does when it, or one that it is a mere
 * renaming of, is named so: RemoteUrl, Url, RequestURI, url_s, UrlClicked... Ids of mails and what the
 * mail filter said are followed in the same way.
 */
#include "plan/plan_internal.h"

static bool ends_with_nocase(Str s, Str end) {
    return s.len >= end.len && str_eq_nocase(str_sub(s, s.len - end.len, end.len), end);
}

/* Shared plans in unions of each other have more ways down than can be walked. */
enum { MAX_STEPS = 10000 };

typedef struct LinkWalk {
    unsigned steps;
    bool is_wide; /* arrays and bags of them, and what is computed from them, count too */
    ColumnContent what;
} LinkWalk;

/* Custom tables mark the type behind the name: url_s. */
static bool is_named_url(Str name) {
    if (str_ends_with(name, STR("_s"))) name.len -= 2;
    return ends_with_nocase(name, STR("url")) || ends_with_nocase(name, STR("uri")) ||
           str_eq_nocase(str_sub(name, 0, 8), STR("UrlClick"));
}

static bool holds_nocase(Str name, Str part) {
    for (size_t i = 0; i + part.len <= name.len; i++)
        if (str_eq_nocase(str_sub(name, i, part.len), part)) return true;
    return false;
}

static bool is_named_so(Str name, ColumnContent what) {
    switch (what) {
    case CONTENT_LINKS: return is_named_url(name);
    case CONTENT_MESSAGES: return holds_nocase(name, STR("NetworkMessageId"));
    case CONTENT_VERDICTS: return holds_nocase(name, STR("ThreatTypes"));
    }
    return false;
}

static bool fits_type(Type type, const LinkWalk *w) {
    return type == TYPE_STRING || (w->is_wide && type == TYPE_DYNAMIC) ||
           (w->what == CONTENT_MESSAGES && type == TYPE_GUID);
}

static bool holds_content(const Plan *p, ColumnId id, LinkWalk *w);

/* What gives the links in its arguments on: as they are, in other case, or several in one value. */
static bool keeps_links(const FnDef *fn) {
    static const char *const names[] = {"tolower",
                                        "toupper",
                                        "trim",
                                        "trim_start",
                                        "trim_end",
                                        "tostring",
                                        "url_decode",
                                        "coalesce",
                                        "iff",
                                        "case",
                                        "max_of",
                                        "min_of",
                                        "pack_array",
                                        "bag_pack",
                                        "bag_merge",
                                        "array_concat",
                                        "strcat_array",
                                        "set_union",
                                        "todynamic",
                                        "make_set",
                                        "make_list",
                                        "make_set_if",
                                        "make_list_if",
                                        "make_bag",
                                        "min",
                                        "max",
                                        "take_any",
                                        "make_list_with_nulls",
                                        "array_sort_asc",
                                        "array_sort_desc"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(fn->name, names[i]) == 0) return true;
    return false;
}

/* Only protections ask for the others: whatever is made of them counts, but for numbers and answers. */
static bool gives_on(const Expr *e, const LinkWalk *w) {
    return w->what == CONTENT_LINKS ? keeps_links(e->u.fn) : fits_type(e->type, w);
}

static bool expr_holds(const Plan *input, const Expr *e, LinkWalk *w) {
    if (e->kind == EXPR_COLUMN) return holds_content(input, e->u.column, w);
    if (!w->is_wide || e->kind != EXPR_CALL || !gives_on(e, w) || !w->steps) return false;
    w->steps--;
    for (uint32_t i = 0; i < e->n_args; i++)
        if (expr_holds(input, e->args[i], w)) return true;
    return false;
}

static bool projected(const Plan *p, Expr *const *exprs, ColumnId id, LinkWalk *w) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].id == id) return expr_holds(p->inputs[0], exprs[i], w);
    return false;
}

/* Aggregates that pick a row give its columns unchanged. */
static bool picked(const Plan *p, const Aggregate *a, ColumnId id, LinkWalk *w) {
    bool is_pick =
        a->fn->shape == AGG_ARG_MAX || a->fn->shape == AGG_ARG_MIN || a->fn->shape == AGG_TAKE_ANY;
    if (!is_pick) return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < a->n_args; i++) {
        bool is_set = a->args[i]->kind == EXPR_COLUMN_SET;
        Expr *const *values = is_set ? a->args[i]->args : &a->args[i];
        uint32_t n = is_set ? a->args[i]->n_args : 1;
        for (uint32_t j = 0; j < n && at < a->n_columns; j++, at++)
            if (a->columns[at].id == id) return expr_holds(p->inputs[0], values[j], w);
    }
    return false;
}

/* Aggregates that gather links in one value. */
static bool gathered(const Plan *p, const Aggregate *a, ColumnId id, LinkWalk *w) {
    if (!w->is_wide || a->n_columns != 1 || a->columns[0].id != id) return false;
    if (w->what == CONTENT_LINKS ? !keeps_links(a->fn) : !fits_type(a->columns[0].type, w))
        return false;
    for (uint32_t i = 0; i < a->n_args; i++)
        if (expr_holds(p->inputs[0], a->args[i], w)) return true;
    return false;
}

static bool grouped(const Plan *p, ColumnId id, LinkWalk *w) {
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++)
        if (p->schema.items[i].id == id) return expr_holds(p->inputs[0], p->u.aggregate.keys[i], w);
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++)
        if (picked(p, &p->u.aggregate.aggs[i], id, w) ||
            gathered(p, &p->u.aggregate.aggs[i], id, w))
            return true;
    return false;
}

static bool united(const Plan *p, ColumnId id, LinkWalk *w) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        for (uint32_t k = 0; p->schema.items[i].id == id && k < p->n_inputs; k++) {
            ColumnId from = p->u.union_.map[(size_t)k * p->schema.n + i];
            if (from && holds_content(p->inputs[k], from, w)) return true;
        }
    return false;
}

static bool shared(const Plan *p, ColumnId id, LinkWalk *w) {
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (p->schema.items[i].id == id) return holds_content(p->inputs[0], p->u.shared.map[i], w);
    return false;
}

static bool expanded(const Plan *p, ColumnId id, LinkWalk *w) {
    for (uint32_t i = 0; i < p->u.mv_expand.n; i++)
        if (p->u.mv_expand.outputs[i].id == id)
            return w->is_wide && holds_content(p->inputs[0], p->u.mv_expand.columns[i], w);
    return holds_content(p->inputs[0], id, w);
}

static bool holds_content(const Plan *p, ColumnId id, LinkWalk *w) {
    const Column *c = schema_find(&p->schema, id);
    if (!c || !fits_type(c->type, w) || !w->steps) return false;
    w->steps--;
    if (is_named_so(c->name, w->what)) return true;
    switch (p->kind) {
    case PLAN_PROJECT: return projected(p, p->u.project.exprs, id, w);
    case PLAN_WINDOW: return projected(p, p->u.window.exprs, id, w);
    case PLAN_AGGREGATE: return grouped(p, id, w);
    case PLAN_UNION: return united(p, id, w);
    case PLAN_SHARED: return shared(p, id, w);
    case PLAN_MV_EXPAND: return expanded(p, id, w);
    case PLAN_JOIN: return holds_content(p->inputs[0], id, w) || holds_content(p->inputs[1], id, w);
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TAKE:
    case PLAN_SAMPLE:
    case PLAN_SERIALIZE:
    case PLAN_PROCESS: return holds_content(p->inputs[0], id, w);
    case PLAN_SCAN:
    case PLAN_VALUES:
    case PLAN_RANGE:
    case PLAN_RESULTS: break;
    }
    return false;
}

bool plan_column_is_link(const Plan *p, ColumnId id) {
    LinkWalk w = {.steps = MAX_STEPS};
    return holds_content(p, id, &w);
}

bool plan_column_holds(const Plan *p, ColumnId id, ColumnContent what) {
    LinkWalk w = {.steps = MAX_STEPS, .is_wide = true, .what = what};
    return holds_content(p, id, &w);
}
