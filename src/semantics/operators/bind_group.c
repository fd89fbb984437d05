/*
 * bind_group.c: rebuilds a pipe over one group's rows as a pipe over all groups at once.
 *
 * Filters, projections and expansions only hand the key on. A window, take or sample is partitioned
 * by it, a grouping has it as a further key, a join as a further pair. What does not come from the
 * leaf (another table) is put beside every key. Three things need more:
 *   - a grouping without keys gives a row for a group that has no rows left: the keys are joined with
 *     the grouping, and what is missing is the grouping of no rows;
 *   - toscalar() of the group becomes a join by key, and so does `in` over the group's rows, as an array;
 *   - a column of the group that is read inside another table's pipe comes with the keys put beside it.
 */
#include "semantics/operators/bind_group.h"

typedef struct SharedGroup {
    const Plan *before;
    Grouped after;
} SharedGroup;

typedef struct Grouping {
    Binder *b;
    const Plan *leaf;
    Grouped source;
    uint32_t source_share; /* of source.plan; 0: only the leaf reads it */
    Plan *leaf_rows;       /* what stands in the leaf's place; made whole at the end */
    const Plan *outer;
    SharedGroup *shared;
    size_t n_shared, cap_shared;
} Grouping;

Plan *bind_group_leaf(Binder *b, Schema schema, bool is_serialized, bool is_open, Span span) {
    Plan *leaf = plan_empty(b, schema, span);
    leaf->is_serialized = is_serialized;
    leaf->is_open = is_open;
    return leaf;
}

/* ------------------------------------------------------------ what depends */

typedef struct Search {
    const Plan *leaf;
    const Plan *outer;
    bool found;
} Search;

static bool depends(const Plan *p, const Plan *leaf, const Plan *outer);

static void search_expr(Expr *e, void *ctx) {
    Search *s = ctx;
    if (s->found) return;
    if (e->plan && depends(e->plan, s->leaf, s->outer)) s->found = true;
}

static bool own_exprs_depend(const Plan *p, const Plan *leaf, const Plan *outer) {
    Search s = {.leaf = leaf, .outer = outer};
    plan_visit_exprs((Plan *)(uintptr_t)p, search_expr, &s);
    return s.found;
}

static bool depends(const Plan *p, const Plan *leaf, const Plan *outer) {
    if (p == leaf || p == outer || own_exprs_depend(p, leaf, outer)) return true;
    for (uint32_t i = 0; i < p->n_inputs; i++)
        if (depends(p->inputs[i], leaf, outer)) return true;
    return false;
}

bool bind_ignores_groups(const Plan *p, const Plan *leaf) {
    while (p != leaf) {
        bool is_row_wise =
            p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT || p->kind == PLAN_MV_EXPAND;
        if (!is_row_wise || own_exprs_depend(p, leaf, NULL)) return false;
        p = p->inputs[0];
    }
    return true;
}

/* ----------------------------------------------------------------- columns */

static Schema schema_with(Binder *b, const Schema *schema, const Grouped *g) {
    Column *columns = ARENA_ARRAY(b->arena, Column, schema->n + g->n_carried + 1);
    if (schema->n) memcpy(columns, schema->items, schema->n * sizeof *columns);
    columns[schema->n] = g->key;
    if (g->n_carried) memcpy(columns + schema->n + 1, g->carried, g->n_carried * sizeof *columns);
    return (Schema){.items = columns, .n = schema->n + g->n_carried + 1};
}

static Plan *copy_over(Binder *b, const Plan *p, const Grouped *input) {
    Plan *copy = ARENA_NEW(b->arena, Plan);
    *copy = *p;
    copy->inputs = ARENA_ARRAY(b->arena, Plan *, p->n_inputs + 1);
    memcpy(copy->inputs, p->inputs, p->n_inputs * sizeof *copy->inputs);
    copy->inputs[0] = input->plan;
    copy->schema = schema_with(b, &p->schema, input);
    return copy;
}

/* A reference to all rows of all groups: shared, since it is read more than once. */
static Grouped source_reference(Grouping *w) {
    Grouped g = w->source;
    const Plan *source = w->source.plan;
    g.plan = plan_share(w->b, w->source.plan, &w->source_share, source->span);
    g.carried = ARENA_ARRAY(w->b->arena, Column, g.n_carried + 1);
    for (uint32_t i = 0; i < source->schema.n; i++) {
        ColumnId id = source->schema.items[i].id;
        if (id == w->source.key.id) g.key = g.plan->schema.items[i];
        for (uint32_t c = 0; c < g.n_carried; c++)
            if (id == w->source.carried[c].id) g.carried[c] = g.plan->schema.items[i];
    }
    for (uint32_t c = 0; c < g.n_carried; c++) g.carried[c].name = w->source.carried[c].name;
    return g;
}

/* The rows of all groups in the leaf's place, under the leaf's ids. Whether they are shared is known at
 * the end. */
static Grouped leaf_rows(Grouping *w) {
    Grouped g = w->source;
    if (!w->leaf_rows)
        w->leaf_rows = plan_node(w->b, PLAN_PROJECT, w->source.plan->span, w->source.plan, NULL);
    g.plan = w->leaf_rows;
    return g;
}

static void finish_leaf_rows(Grouping *w) {
    Plan *p = w->leaf_rows;
    if (!p) return;
    const Schema *schema = &w->source.plan->schema;
    ColumnId *map = ARENA_ARRAY(w->b->arena, ColumnId, schema->n + 1);
    Expr **exprs = ARENA_ARRAY(w->b->arena, Expr *, schema->n + 1);
    for (uint32_t i = 0; i < schema->n; i++) {
        map[i] = schema->items[i].id;
        exprs[i] = expr_column(w->b, &schema->items[i], p->span);
    }
    if (w->source_share) {
        p->kind = PLAN_SHARED;
        p->u.shared.share_id = w->source_share;
        p->u.shared.map = map;
    } else {
        p->u.project.exprs = exprs;
    }
}

/* take_any of each carried column, appended to aggregates; the new columns take their place. */
static void carry_through(Binder *b, Plan *p, Grouped *g, Span span) {
    const FnDef *any = catalog_aggregate(STR("take_any"));
    uint32_t n = p->u.aggregate.n_aggs;
    Aggregate *aggs = ARENA_ARRAY(b->arena, Aggregate, n + g->n_carried + 1);
    Column *carried = ARENA_ARRAY(b->arena, Column, g->n_carried + 1);
    if (n) memcpy(aggs, p->u.aggregate.aggs, n * sizeof *aggs);
    for (uint32_t c = 0; c < g->n_carried; c++) {
        carried[c] = g->carried[c];
        carried[c].id = bind_fresh_column(b);
        Aggregate *a = &aggs[n + c];
        *a = (Aggregate){.fn = any, .n_args = 1, .n_columns = 1, .span = span};
        a->args = ARENA_NEW(b->arena, Expr *);
        a->args[0] = expr_column(b, &g->carried[c], span);
        a->columns = ARENA_NEW(b->arena, Column);
        a->columns[0] = carried[c];
    }
    p->u.aggregate.aggs = aggs;
    p->u.aggregate.n_aggs = n + g->n_carried;
    g->carried = carried;
}

/* The key first, then the node's own columns, then what is carried. */
static void set_group_schema(Binder *b, Plan *p, const Schema *own, const Grouped *g) {
    Column *columns = ARENA_ARRAY(b->arena, Column, own->n + g->n_carried + 1);
    columns[0] = g->key;
    if (own->n) memcpy(columns + 1, own->items, own->n * sizeof *columns);
    if (g->n_carried) memcpy(columns + 1 + own->n, g->carried, g->n_carried * sizeof *columns);
    p->schema = (Schema){.items = columns, .n = own->n + g->n_carried + 1};
}

/* One row a group: the key and the carried columns. */
static Grouped keys_of(Grouping *w, Span span) {
    Grouped g = source_reference(w);
    Plan *p = plan_node(w->b, PLAN_AGGREGATE, span, g.plan, NULL);
    p->u.aggregate.keys = ARENA_NEW(w->b->arena, Expr *);
    p->u.aggregate.keys[0] = expr_column(w->b, &g.key, span);
    p->u.aggregate.n_keys = 1;
    carry_through(w->b, p, &g, span);
    Schema none = {0};
    set_group_schema(w->b, p, &none, &g);
    g.plan = p;
    return g;
}

/* A plan that does not come from the leaf, beside the key of every group. */
static Grouped beside_keys(Grouping *w, Plan *p) {
    Grouped g = keys_of(w, p->span);
    Plan *join = plan_node(w->b, PLAN_JOIN, p->span, g.plan, p);
    join->u.join.kind = JOIN_INNER;
    join->is_serialized = false;
    join->schema = schema_with(w->b, &p->schema, &g);
    g.plan = join;
    return g;
}

/* ------------------------------------------------------------- expressions */

typedef struct Inner {
    Grouping *w;
    Grouped *input; /* grows by what scalar subqueries need */
    bool is_fine;
} Inner;

static bool per_group(Grouping *w, Plan *p, Grouped *ret);

static Plan *join_by_key(Grouping *w, JoinKind kind, const Grouped *left, const Grouped *right,
                         Span span) {
    Plan *join = plan_node(w->b, PLAN_JOIN, span, left->plan, right->plan);
    join->u.join.kind = kind;
    join->u.join.n_keys = 1;
    join->u.join.left_keys = ARENA_NEW(w->b->arena, Expr *);
    join->u.join.right_keys = ARENA_NEW(w->b->arena, Expr *);
    join->u.join.left_keys[0] = expr_column(w->b, &left->key, span);
    join->u.join.right_keys[0] = expr_column(w->b, &right->key, span);
    join->is_serialized = false;
    return join;
}

/* The first row of a subquery of the group, joined to each row of its group. */
static Expr *scalar_per_group(Inner *in, Expr *e) {
    Binder *b = in->w->b;
    Grouped value;
    if (!per_group(in->w, e->plan, &value)) {
        in->is_fine = false;
        return e;
    }
    Plan *first = plan_node(b, PLAN_TAKE, e->span, value.plan, NULL);
    first->partition = value.key.id;
    first->u.take.count = expr_of_value(b, value_long(1), e->span);
    value.plan = first;
    Column column = *schema_find(&first->schema, e->plan->schema.items[0].id);
    Plan *join = join_by_key(in->w, JOIN_LEFT_OUTER, in->input, &value, e->span);
    Column *columns = ARENA_ARRAY(b->arena, Column, in->input->plan->schema.n + 1);
    memcpy(columns, in->input->plan->schema.items, in->input->plan->schema.n * sizeof *columns);
    columns[in->input->plan->schema.n] = column;
    join->schema = (Schema){.items = columns, .n = in->input->plan->schema.n + 1};
    in->input->plan = join;
    return expr_column(b, &column, e->span);
}

/* The rows of a group as an array, in which an empty text stands for null: the aggregate would leave
 * that out. What JSON has no type for is a text. */
static Expr *set_per_group(Inner *in, const Expr *e, bool has_json) {
    Binder *b = in->w->b;
    Expr *value = expr_column(b, &e->plan->schema.items[0], e->span);
    if (!has_json) {
        value = expr_convert(b, value, TYPE_STRING);
    } else if (value->type != TYPE_STRING) {
        Expr *args[2] = {expr_convert(b, value, TYPE_DYNAMIC),
                         expr_of_value(b, value_text(TYPE_DYNAMIC, STR("\"\"")), e->span)};
        value = expr_function(b, "coalesce", args, 2, e->span);
    }
    Expr *set = ARENA_NEW(b->arena, Expr);
    *set = (Expr){.kind = EXPR_SUBQUERY, .type = TYPE_DYNAMIC, .span = e->span};
    set->plan =
        plan_aggregate_all(b, e->plan, "make_set", value, TYPE_DYNAMIC, STR("list"), e->span);
    return scalar_per_group(in, set);
}

/* `x in (rows of the group)` as `x in (array)`; null where both x and one of the rows are. */
static Expr *list_per_group(Inner *in, const Expr *e) {
    static const char *const names[2][2] = {{"in", "in~"}, {"!in", "!in~"}};
    Binder *b = in->w->b;
    Expr *left = e->args[0];
    const Type type = e->plan->schema.items[0].type;
    bool has_json = TYPE_BIT(type) & (TS_INT | TS_LONG | TS_REAL | TS_BOOL | TS_STRING);
    Expr *set = set_per_group(in, e, has_json);
    Expr *args[2] = {has_json ? left : expr_convert(b, left, TYPE_STRING), set};
    const char *name = names[e->u.in.is_negated][e->u.in.ignores_case];
    Expr *is_in = expr_call_typed(b, catalog_operator(str_of(name)), args, 2, TYPE_BOOL, e->span);
    if ((TYPE_BIT(type) | TYPE_BIT(left->type)) & TS_TEXTUAL) return is_in;
    Expr *null_too[2] = {expr_of_value(b, value_str(STR_EMPTY), e->span), set};
    Expr *has_null =
        expr_call_typed(b, catalog_operator(STR("in")), null_too, 2, TYPE_BOOL, e->span);
    Expr *choice[3] = {expr_and(b, expr_function(b, "isnull", &left, 1, e->span), has_null),
                       expr_of_value(b, value_null(TYPE_BOOL), e->span), is_in};
    return expr_function(b, "iff", choice, 3, e->span);
}

static Expr *inner_expr(Expr *e, void *ctx) {
    Inner *in = ctx;
    Grouping *w = in->w;
    if (e->plan && e->plan == w->outer) return expr_column(w->b, &in->input->carried[0], e->span);
    if (!e->plan || !depends(e->plan, w->leaf, w->outer)) return e;
    return e->kind == EXPR_SUBQUERY ? scalar_per_group(in, e) : list_per_group(in, e);
}

/* The node's expressions, what they need having been joined to the input. */
static bool adapt_exprs(Grouping *w, Plan **p, Grouped *input) {
    if (!own_exprs_depend(*p, w->leaf, w->outer)) return true;
    Inner in = {.w = w, .input = input, .is_fine = true};
    Plan *copy = plan_map_exprs(w->b->arena, *p, inner_expr, &in);
    *p = copy;
    return in.is_fine;
}

/* -------------------------------------------------------------------- nodes */

static Expr **exprs_with(Binder *b, Expr **exprs, uint32_t n, const Grouped *g, Span span) {
    Expr **all = ARENA_ARRAY(b->arena, Expr *, n + g->n_carried + 1);
    if (n) memcpy(all, exprs, n * sizeof *all);
    all[n++] = expr_column(b, &g->key, span);
    for (uint32_t c = 0; c < g->n_carried; c++) all[n++] = expr_column(b, &g->carried[c], span);
    return all;
}

static void group_project(Grouping *w, const Plan *p, Grouped *g) {
    Plan *copy = copy_over(w->b, p, g);
    copy->u.project.exprs = exprs_with(w->b, p->u.project.exprs, p->schema.n, g, p->span);
    if (p->kind == PLAN_WINDOW) copy->partition = g->key.id;
    g->plan = copy;
}

/* Rows of a filter, take, sort and the like: the input's. */
static void group_same_rows(Grouping *w, const Plan *p, Grouped *g) {
    Plan *copy = copy_over(w->b, p, g);
    copy->schema = g->plan->schema;
    if (p->kind == PLAN_TAKE || p->kind == PLAN_SAMPLE) copy->partition = g->key.id;
    if (p->kind == PLAN_SORT) {
        SortKey *keys = ARENA_ARRAY(w->b->arena, SortKey, p->u.sort.n + 1);
        keys[0] = (SortKey){.expr = expr_column(w->b, &g->key, p->span)};
        memcpy(keys + 1, p->u.sort.keys, p->u.sort.n * sizeof *keys);
        copy->u.sort.keys = keys;
        copy->u.sort.n = p->u.sort.n + 1;
    }
    g->plan = copy;
}

/* Whether each group still has a row: nothing between here and the leaf drops rows. */
static bool keeps_all_groups(const Plan *p, const Plan *leaf) {
    while (p != leaf) {
        bool keeps = p->kind == PLAN_PROJECT || p->kind == PLAN_WINDOW || p->kind == PLAN_SORT ||
                     p->kind == PLAN_SERIALIZE ||
                     (p->kind == PLAN_AGGREGATE && p->u.aggregate.n_keys);
        if (!keeps) return false;
        p = p->inputs[0];
    }
    return true;
}

/* `p`, a grouping without keys, over no rows. */
static Plan *summary_of_nothing(Grouping *w, const Plan *p, const Grouped *input) {
    Binder *b = w->b;
    Plan *nothing = ARENA_NEW(b->arena, Plan);
    *nothing = *p;
    nothing->inputs = ARENA_NEW(b->arena, Plan *);
    Schema schema = {.items = ARENA_ARRAY(b->arena, Column, input->plan->schema.n + 1),
                     .n = input->plan->schema.n};
    memcpy(schema.items, input->plan->schema.items, schema.n * sizeof *schema.items);
    nothing->inputs[0] = plan_empty(b, schema, p->span);
    uint32_t share = 0;
    return plan_share(b, nothing, &share, p->span);
}

static Schema schemas_joined(Binder *b, const Schema *left, const Schema *right) {
    Schema both = {.items = ARENA_ARRAY(b->arena, Column, left->n + right->n + 1),
                   .n = left->n + right->n};
    if (left->n) memcpy(both.items, left->items, left->n * sizeof *both.items);
    if (right->n) memcpy(both.items + left->n, right->items, right->n * sizeof *both.items);
    return both;
}

/* The grouping with a column that says "this group had rows". */
static Column mark_rows(Binder *b, Grouped *g, Span span) {
    Projection marked = projection_of(b, g->plan);
    uint32_t at = projection_add(&marked, STR("$there"), expr_of_value(b, value_long(1), span));
    g->plan = projection_finish(&marked, g->plan, false, span);
    return g->plan->schema.items[at];
}

/* Keys left join summary, beside the summary of nothing, which stands in where there is none. `own` are
 * the summary's columns, in the order of p's. */
static void fill_missing(Grouping *w, const Plan *p, Plan *nothing, const Column *own, Grouped *g) {
    Binder *b = w->b;
    Column mark = mark_rows(b, g, p->span);
    Grouped keys = keys_of(w, p->span);
    Plan *join = join_by_key(w, JOIN_LEFT_OUTER, &keys, g, p->span);
    Schema found = {.items = ARENA_ARRAY(b->arena, Column, p->schema.n + 1), .n = p->schema.n + 1};
    memcpy(found.items, own, p->schema.n * sizeof *own);
    found.items[p->schema.n] = mark;
    join->schema = schemas_joined(b, &keys.plan->schema, &found);
    Plan *cross = plan_node(b, PLAN_JOIN, p->span, join, nothing);
    cross->u.join.kind = JOIN_INNER;
    cross->schema = schemas_joined(b, &join->schema, &nothing->schema);
    Plan *out = plan_node(b, PLAN_PROJECT, p->span, cross, NULL);
    Expr **exprs = ARENA_ARRAY(b->arena, Expr *, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        Expr *marked = expr_column(b, &mark, p->span);
        Expr *args[3] = {expr_function(b, "isnull", &marked, 1, p->span),
                         expr_column(b, &nothing->schema.items[i], p->span),
                         expr_column(b, &own[i], p->span)};
        exprs[i] = expr_call_typed(b, catalog_scalar(STR("iff")), args, 3, own[i].type, p->span);
    }
    out->u.project.exprs = exprs_with(b, exprs, p->schema.n, &keys, p->span);
    out->schema = schema_with(b, &p->schema, &keys);
    keys.plan = out;
    *g = keys;
}

/* The aggregates with columns of new ids, since `p`'s own are those of the filled rows. */
static Column *rename_aggregates(Binder *b, Plan *copy, const Plan *p) {
    Column *own = ARENA_ARRAY(b->arena, Column, p->schema.n + 1);
    uint32_t n = p->u.aggregate.n_aggs, at = 0;
    copy->u.aggregate.aggs = ARENA_ARRAY(b->arena, Aggregate, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        Aggregate *a = &copy->u.aggregate.aggs[i];
        *a = p->u.aggregate.aggs[i];
        a->columns = ARENA_ARRAY(b->arena, Column, a->n_columns + 1);
        for (uint32_t c = 0; c < a->n_columns; c++) {
            a->columns[c] = p->u.aggregate.aggs[i].columns[c];
            a->columns[c].id = bind_fresh_column(b);
            own[at++] = a->columns[c];
        }
    }
    return own;
}

static void group_aggregate(Grouping *w, const Plan *p, Grouped *g) {
    Binder *b = w->b;
    Grouped input = *g;
    Plan *copy = copy_over(b, p, g);
    uint32_t n = p->u.aggregate.n_keys;
    copy->u.aggregate.keys = ARENA_ARRAY(b->arena, Expr *, n + 1);
    copy->u.aggregate.keys[0] = expr_column(b, &g->key, p->span);
    if (n) memcpy(copy->u.aggregate.keys + 1, p->u.aggregate.keys, n * sizeof(Expr *));
    copy->u.aggregate.n_keys = n + 1;
    bool can_miss = !n && !keeps_all_groups(p->inputs[0], w->leaf);
    Column *own = can_miss ? rename_aggregates(b, copy, p) : p->schema.items;
    carry_through(b, copy, g, p->span);
    Schema schema = {.items = own, .n = p->schema.n};
    set_group_schema(b, copy, &schema, g);
    g->plan = copy;
    if (can_miss) fill_missing(w, p, summary_of_nothing(w, p, &input), own, g);
}

/* The rows of a group that have the same value in `own`, as a text of both; the length tells where one ends. */
static ColumnId key_within(Binder *b, ColumnId own, Grouped *g, Span span) {
    Expr *outer = expr_convert(b, expr_column(b, &g->key, span), TYPE_STRING);
    Expr *inner = expr_column(b, schema_find(&g->plan->schema, own), span);
    Expr *args[4] = {expr_function(b, "strlen", &outer, 1, span),
                     expr_of_value(b, value_str(STR(":")), span), outer,
                     expr_convert(b, inner, TYPE_STRING)};
    args[0] = expr_convert(b, args[0], TYPE_STRING);
    Projection both = projection_of(b, g->plan);
    uint32_t at = projection_add(&both, STR("$both"), expr_function(b, "strcat", args, 4, span));
    g->plan = projection_finish(&both, g->plan, true, span);
    return both.columns[at].id;
}

static void group_process(Grouping *w, const Plan *p, Grouped *g) {
    ColumnId key = p->partition ? key_within(w->b, p->partition, g, p->span) : g->key.id;
    Plan *copy = copy_over(w->b, p, g);
    copy->partition = key;
    g->plan = copy;
}

static void add_key_pair(Grouping *w, Plan *join, const Grouped *left, const Grouped *right) {
    Binder *b = w->b;
    uint32_t n = join->u.join.n_keys;
    Expr **lefts = ARENA_ARRAY(b->arena, Expr *, n + 1),
         **rights = ARENA_ARRAY(b->arena, Expr *, n + 1);
    if (n) memcpy(lefts, join->u.join.left_keys, n * sizeof *lefts);
    if (n) memcpy(rights, join->u.join.right_keys, n * sizeof *rights);
    lefts[n] = expr_column(b, &left->key, join->span);
    rights[n] = expr_column(b, &right->key, join->span);
    join->u.join.left_keys = lefts;
    join->u.join.right_keys = rights;
    join->u.join.n_keys = n + 1;
}

/* The key of a full or right join may be missing on the left: it is that of the side that has one. */
static void whole_keys(Grouping *w, Plan *join, const Schema *own, const Grouped *left,
                       const Grouped *right, Grouped *ret) {
    Binder *b = w->b;
    Schema sides =
        schemas_joined(b, own, &(Schema){.items = (Column *)(uintptr_t)&left->key, .n = 1});
    sides = schemas_joined(b, &sides, &(Schema){.items = left->carried, .n = left->n_carried});
    sides = schemas_joined(b, &sides, &(Schema){.items = (Column *)(uintptr_t)&right->key, .n = 1});
    join->schema =
        schemas_joined(b, &sides, &(Schema){.items = right->carried, .n = right->n_carried});
    Plan *out = plan_node(b, PLAN_PROJECT, join->span, join, NULL);
    Expr **exprs = ARENA_ARRAY(b->arena, Expr *, own->n + left->n_carried + 1);
    for (uint32_t i = 0; i < own->n; i++) exprs[i] = expr_column(b, &own->items[i], join->span);
    *ret = *left;
    ret->carried = ARENA_ARRAY(b->arena, Column, left->n_carried + 1);
    for (uint32_t i = 0; i <= left->n_carried; i++) {
        const Column *l = i ? &left->carried[i - 1] : &left->key;
        const Column *r = i ? &right->carried[i - 1] : &right->key;
        Expr *there = expr_column(b, &right->key, join->span);
        bool is_text = right->key.type == TYPE_STRING;
        Expr *args[3] = {expr_function(b, is_text ? "isempty" : "isnull", &there, 1, join->span),
                         expr_column(b, l, join->span), expr_column(b, r, join->span)};
        exprs[own->n + i] =
            expr_call_typed(b, catalog_scalar(STR("iff")), args, 3, l->type, join->span);
        Column *made = i ? &ret->carried[i - 1] : &ret->key;
        *made = *l;
        made->id = bind_fresh_column(b);
    }
    out->u.project.exprs = exprs;
    out->schema = schema_with(b, own, ret);
    ret->plan = out;
}

static bool group_join(Grouping *w, const Plan *p, Grouped *ret) {
    Grouped left, right;
    if (!per_group(w, p->inputs[0], &left) || !per_group(w, p->inputs[1], &right)) return false;
    Plan *join = copy_over(w->b, p, &left);
    join->inputs[1] = right.plan;
    add_key_pair(w, join, &left, &right);
    JoinKind kind = p->u.join.kind;
    bool only_right = kind == JOIN_RIGHT_SEMI || kind == JOIN_RIGHT_ANTI;
    *ret = only_right ? right : left;
    join->schema = schema_with(w->b, &p->schema, ret);
    ret->plan = join;
    if (kind == JOIN_RIGHT_OUTER || kind == JOIN_FULL_OUTER)
        whole_keys(w, join, &p->schema, &left, &right, ret);
    return true;
}

static bool group_union(Grouping *w, const Plan *p, Grouped *ret) {
    Binder *b = w->b;
    Plan *copy = ARENA_NEW(b->arena, Plan);
    *copy = *p;
    uint32_t n = p->schema.n, n_carried = w->source.n_carried, width = n + 1 + n_carried;
    copy->inputs = ARENA_ARRAY(b->arena, Plan *, p->n_inputs + 1);
    copy->u.union_.map = ARENA_ARRAY(b->arena, ColumnId, (size_t)width * p->n_inputs + 1);
    *ret = w->source;
    ret->carried = ARENA_ARRAY(b->arena, Column, n_carried + 1);
    ret->key.id = bind_fresh_column(b);
    for (uint32_t c = 0; c < n_carried; c++) {
        ret->carried[c] = w->source.carried[c];
        ret->carried[c].id = bind_fresh_column(b);
    }
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        Grouped leg;
        if (!per_group(w, p->inputs[i], &leg)) return false;
        copy->inputs[i] = leg.plan;
        ColumnId *map = copy->u.union_.map + (size_t)i * width;
        memcpy(map, p->u.union_.map + (size_t)i * n, n * sizeof *map);
        map[n] = leg.key.id;
        for (uint32_t c = 0; c < n_carried; c++) map[n + 1 + c] = leg.carried[c].id;
    }
    copy->schema = schema_with(b, &p->schema, ret);
    ret->plan = copy;
    return true;
}

/* All references to a shared plan refer to its rows of all groups. */
static bool group_shared(Grouping *w, const Plan *p, Grouped *ret) {
    Binder *b = w->b;
    const Grouped *inner = NULL;
    for (size_t i = 0; i < w->n_shared && !inner; i++)
        if (w->shared[i].before == p->inputs[0]) inner = &w->shared[i].after;
    if (!inner) {
        SharedGroup made = {.before = p->inputs[0]};
        if (!per_group(w, p->inputs[0], &made.after)) return false;
        ARENA_PUSH(b->arena, w->shared, w->n_shared, w->cap_shared, made);
        inner = &w->shared[w->n_shared - 1].after;
    }
    *ret = *inner;
    ret->key.id = bind_fresh_column(b);
    ret->carried = ARENA_ARRAY(b->arena, Column, inner->n_carried + 1);
    uint32_t n = p->schema.n;
    ColumnId *map = ARENA_ARRAY(b->arena, ColumnId, n + inner->n_carried + 1);
    memcpy(map, p->u.shared.map, n * sizeof *map);
    map[n] = inner->key.id;
    for (uint32_t c = 0; c < inner->n_carried; c++) {
        ret->carried[c] = inner->carried[c];
        ret->carried[c].id = bind_fresh_column(b);
        map[n + 1 + c] = inner->carried[c].id;
    }
    Plan *copy = copy_over(b, p, inner);
    copy->schema = schema_with(b, &p->schema, ret);
    copy->u.shared.map = map;
    ret->plan = copy;
    return true;
}

/* A range up to the key: an array a group, expanded. */
static bool group_range(Grouping *w, const Plan *p, Grouped *ret) {
    Binder *b = w->b;
    const Column *own = &p->schema.items[0];
    Expr *args[3] = {p->u.range.from, p->u.range.to, p->u.range.step};
    if (own->type == TYPE_REAL) {
        /* the last one counts though rounding puts it above, as in range */
        Expr *little = expr_of_value(b, value_real(1e-9), p->span);
        args[1] = expr_operator(b, "+", args[1], expr_operator(b, "*", args[2], little, p->span),
                                p->span);
    }
    *ret = keys_of(w, p->span);
    Plan *list = plan_node(b, PLAN_PROJECT, p->span, ret->plan, NULL);
    Column array = {.id = bind_fresh_column(b), .type = TYPE_DYNAMIC, .name = own->name};
    list->u.project.exprs = ARENA_NEW(b->arena, Expr *);
    list->u.project.exprs[0] = expr_function(b, "__range", args, 3, p->span);
    list->schema = (Schema){.items = ARENA_NEW(b->arena, Column), .n = 1};
    list->schema.items[0] = array;
    if (!adapt_exprs(w, &list, ret)) return false;
    group_project(w, list, ret);
    Plan *rows = plan_node(b, PLAN_MV_EXPAND, p->span, ret->plan, NULL);
    rows->schema = p->schema;
    rows->u.mv_expand.n = 1;
    rows->u.mv_expand.limit = INT64_MAX;
    rows->u.mv_expand.columns = ARENA_NEW(b->arena, ColumnId);
    rows->u.mv_expand.columns[0] = array.id;
    rows->u.mv_expand.outputs = ARENA_NEW(b->arena, Column);
    rows->u.mv_expand.outputs[0] = *own;
    ret->plan = copy_over(b, rows, ret);
    return true;
}

/* A source or a node of several inputs whose own expressions read the group. */
static bool refuse_source(Grouping *w, const Plan *p) {
    (void)bind_error_at(w->b, p->span, "QY900",
                        "A source that is made from the key of a group is not yet supported.");
    w->b->has_unsupported = true;
    return false;
}

static bool per_group_inner(Grouping *w, Plan *p, Grouped *ret) {
    if (p == w->leaf) {
        *ret = leaf_rows(w);
        return true;
    }
    if (!depends(p, w->leaf, w->outer)) {
        *ret = beside_keys(w, p);
        return true;
    }
    if (p->kind == PLAN_JOIN) return group_join(w, p, ret);
    if (p->kind == PLAN_UNION) return group_union(w, p, ret);
    if (p->kind == PLAN_SHARED) return group_shared(w, p, ret);
    if (p->kind == PLAN_RANGE) return group_range(w, p, ret);
    if (p->n_inputs != 1) {
        if (own_exprs_depend(p, w->leaf, w->outer)) return refuse_source(w, p);
        *ret = beside_keys(w, p);
        return true;
    }
    if (!per_group(w, p->inputs[0], ret) || !adapt_exprs(w, &p, ret)) return false;
    if (p->kind == PLAN_PROJECT || p->kind == PLAN_WINDOW) group_project(w, p, ret);
    else if (p->kind == PLAN_AGGREGATE) group_aggregate(w, p, ret);
    else if (p->kind == PLAN_PROCESS) group_process(w, p, ret);
    else if (p->kind == PLAN_MV_EXPAND) ret->plan = copy_over(w->b, p, ret);
    else group_same_rows(w, p, ret);
    return true;
}

static bool per_group(Grouping *w, Plan *p, Grouped *ret) {
    if (w->b->depth + 1 > BIND_MAX_DEPTH) {
        (void)bind_error_at(w->b, p->span, "QY901", "The query is nested too deeply.");
        return false;
    }
    w->b->depth++;
    bool is_fine = per_group_inner(w, p, ret);
    w->b->depth--;
    return is_fine;
}

bool bind_per_group(Binder *b, Plan *p, const Plan *leaf, const Grouped *source, const Plan *outer,
                    Grouped *ret) {
    Grouping w = {.b = b, .leaf = leaf, .source = *source, .outer = outer};
    if (!per_group(&w, p, ret)) return false;
    finish_leaf_rows(&w);
    return true;
}
