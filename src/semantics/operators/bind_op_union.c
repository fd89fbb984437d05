/*
 * bind_op_union.c: union.
 *
 * Source: "union operator". kind=outer (the default) gives the columns of all legs, kind=inner those
 * that all legs have. A column whose type differs from leg to leg becomes one column a type, named
 * name_type. withsource= comes first and names the leg that a row is from.
 */
#include "semantics/bind_advice.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

typedef struct Leg {
    Plan *plan;
    Str name;
} Leg;

typedef struct Legs {
    Leg *items;
    size_t n, cap;
} Legs;

static void add_leg(Binder *b, Legs *legs, Plan *plan, Str name) {
    Leg leg = {plan, name.len ? name : arena_printf(b->arena, "union_arg%zu", legs->n)};
    ARENA_PUSH(b->arena, legs->items, legs->n, legs->cap, leg);
}

/* With isfuzzy=true an operand whose table does not exist is left out. */
static bool is_absent(Binder *b, const Node *operand) {
    const Node *n = node_bare(operand);
    while (n->kind == NODE_PIPE && n->n) n = node_bare(n->kids[0]);
    return n->kind == NODE_NAME && !local_find(b, n->text) && !find_table(b, n->text);
}

Str bind_name_of_leg(const Node *operand) {
    const Node *n = node_bare(operand);
    const Node *last = n->kind == NODE_PIPE && n->n ? n->kids[n->n - 1] : NULL;
    return last && last->kind == NODE_OP_AS ? last->text : STR_EMPTY;
}

static bool add_operand(Binder *b, Legs *legs, const Node *node, bool is_fuzzy) {
    bool is_pattern = bind_is_database_path(node) && (node->flags & NODE_FLAG_WILDCARD);
    if (node->kind != NODE_NAME && !is_pattern) {
        if (is_fuzzy && is_absent(b, node)) return true;
        Plan *p = bind_tabular(b, node);
        if (p) add_leg(b, legs, p, bind_name_of_leg(node));
        return p != NULL;
    }
    bind_note_database(b, node);
    PlanList list = {0};
    if (!bind_tables(b, node, is_fuzzy, &list)) return false;
    if (is_fuzzy && !list.n && (node->flags & NODE_FLAG_WILDCARD))
        advise_no_table(b, node->span, node->text);
    for (size_t i = 0; i < list.n; i++) add_leg(b, legs, list.items[i], list.names[i]);
    return true;
}

/* A column of the result under the legs' own name: one for each name and type. */
typedef struct Made {
    Column column;
    uint32_t n_legs;   /* legs that have it */
    uint32_t position; /* in the result; from 0 */
    uint32_t next;     /* the same name in another type: index + 1, or 0 */
    bool is_dropped;   /* kind=inner, and some leg lacks it */
} Made;

/* All columns of all legs, found by name: `union *` lines up thousands of them. */
typedef struct Gathered {
    Made *items;
    size_t n, cap;
    uint32_t *slots;   /* index + 1 of the first column of a name */
    size_t n_slots;    /* a power of two */
    uint32_t **of_leg; /* per leg and column of the leg: index in items */
} Gathered;

static uint32_t *slot_of(const Gathered *g, Str name) {
    size_t at = (size_t)str_hash(name) & (g->n_slots - 1);
    while (g->slots[at] && !str_eq(g->items[g->slots[at] - 1].column.name, name))
        at = (at + 1) & (g->n_slots - 1);
    return &g->slots[at];
}

static uint32_t add_column(Binder *b, Gathered *g, const Column *c) {
    uint32_t *slot = slot_of(g, c->name), last = 0;
    for (uint32_t i = g->items ? *slot : 0; i; i = g->items[i - 1].next) {
        if (g->items[i - 1].column.type == c->type) return i - 1;
        last = i;
    }
    Made made = {.column = {.id = bind_fresh_column(b), .type = c->type, .name = c->name}};
    ARENA_PUSH(b->arena, g->items, g->n, g->cap, made);
    if (last) g->items[last - 1].next = (uint32_t)g->n;
    else *slot = (uint32_t)g->n;
    return (uint32_t)g->n - 1;
}

static Gathered gather_columns(Binder *b, const Legs *legs) {
    Gathered g = {.n_slots = 64};
    size_t n_columns = 0;
    for (size_t i = 0; i < legs->n; i++) n_columns += legs->items[i].plan->schema.n;
    while (g.n_slots < 2 * n_columns) g.n_slots *= 2;
    g.slots = ARENA_ARRAY(b->arena, uint32_t, g.n_slots);
    g.of_leg = ARENA_ARRAY(b->arena, uint32_t *, legs->n);
    for (size_t i = 0; i < legs->n; i++) {
        const Schema *s = &legs->items[i].plan->schema;
        g.of_leg[i] = ARENA_ARRAY(b->arena, uint32_t, s->n + 1);
        for (uint32_t k = 0; k < s->n; k++) {
            g.of_leg[i][k] = add_column(b, &g, &s->items[k]);
            g.items[g.of_leg[i][k]].n_legs++;
        }
    }
    return g;
}

/* Names of the result, in the order in which they are given away. */
typedef struct Names {
    const Str **slots;
    size_t n_slots;
} Names;

/* The name itself, or the first free of name1, name2, ... */
static Str take_name(Binder *b, Names *names, Str wanted) {
    Str name = wanted;
    for (uint32_t next = 1;; next++) {
        size_t at = (size_t)str_hash(name) & (names->n_slots - 1);
        while (names->slots[at] && !str_eq(*names->slots[at], name))
            at = (at + 1) & (names->n_slots - 1);
        if (!names->slots[at]) {
            Str *kept = ARENA_NEW(b->arena, Str);
            *kept = name;
            names->slots[at] = kept;
            return name;
        }
        name = arena_printf(b->arena, "%.*s%u", STR_ARG(wanted), next);
    }
}

/* Places of the columns that the result has, behind `first` others: columns of one name stand together,
 * where the first of them stood. Gives the width. */
static uint32_t place_columns(Gathered *g, const Legs *legs, bool is_inner, uint32_t first) {
    for (size_t m = 0; m < g->n; m++) {
        if (*slot_of(g, g->items[m].column.name) != m + 1) continue; /* placed with the first */
        for (uint32_t i = (uint32_t)m + 1; i; i = g->items[i - 1].next) {
            Made *made = &g->items[i - 1];
            made->is_dropped = is_inner && made->n_legs < legs->n;
            if (!made->is_dropped) made->position = first++;
        }
    }
    return first;
}

static bool has_one_type(const Gathered *g, Str name) {
    return g->items[*slot_of(g, name) - 1].next == 0;
}

/* x as x_long and x_string; x_long1 where a leg has a column x_long. */
static void name_columns(Binder *b, Gathered *g, Schema *schema, uint32_t first) {
    Names names = {.slots = ARENA_ARRAY(b->arena, const Str *, 2 * g->n_slots),
                   .n_slots = 2 * g->n_slots};
    const Made **placed = ARENA_ARRAY(b->arena, const Made *, schema->n + 1);
    for (size_t m = 0; m < g->n; m++)
        if (!g->items[m].is_dropped) placed[g->items[m].position] = &g->items[m];
    for (uint32_t i = 0; i < first; i++) take_name(b, &names, schema->items[i].name);
    for (uint32_t i = first; i < schema->n; i++) {
        schema->items[i] = placed[i]->column;
        if (has_one_type(g, schema->items[i].name))
            schema->items[i].name = take_name(b, &names, schema->items[i].name);
    }
    for (uint32_t i = first; i < schema->n; i++) {
        Column *c = &schema->items[i];
        if (has_one_type(g, placed[i]->column.name)) continue;
        c->name = arena_printf(b->arena, "%.*s_%s", STR_ARG(c->name), type_name(c->type));
        c->name = take_name(b, &names, c->name);
    }
}

static Plan *build(Binder *b, const Node *op, const Legs *legs, Gathered *g, bool is_inner,
                   Str source) {
    if (!legs->n || !g->items) return NULL; /* the caller has legs, and they were gathered */
    Plan *p = plan_node(b, PLAN_UNION, op->span, legs->items[0].plan, NULL);
    uint32_t width = place_columns(g, legs, is_inner, source.len ? 1 : 0);
    p->n_inputs = (uint32_t)legs->n;
    p->inputs = ARENA_ARRAY(b->arena, Plan *, legs->n);
    p->schema = (Schema){.items = ARENA_ARRAY(b->arena, Column, width + 1), .n = width};
    p->u.union_.map = ARENA_ARRAY(b->arena, ColumnId, legs->n * width + 1);
    p->u.union_.source_names = ARENA_ARRAY(b->arena, Str, legs->n);
    p->is_serialized = false;
    p->is_open = false;
    if (source.len) {
        p->schema.items[0] =
            (Column){.id = bind_fresh_column(b), .type = TYPE_STRING, .name = source};
        p->u.union_.source_column = p->schema.items[0].id;
    }
    name_columns(b, g, &p->schema, source.len ? 1 : 0);
    for (size_t i = 0; i < legs->n; i++) {
        const Plan *leg = legs->items[i].plan;
        p->inputs[i] = legs->items[i].plan;
        p->u.union_.source_names[i] = legs->items[i].name;
        p->is_open = p->is_open || leg->is_open;
        for (uint32_t k = 0; k < leg->schema.n; k++) {
            const Made *made = &g->items[g->of_leg[i][k]];
            if (made->is_dropped) continue;
            p->u.union_.map[i * width + made->position] = leg->schema.items[k].id;
            bind_note_alias(b, &leg->schema.items[k], made->column.id);
        }
    }
    return p;
}

Plan *bind_op_union(Binder *b, const Node *op, Plan *input) {
    Legs legs = {0};
    if (input) add_leg(b, &legs, input, b->input_name);
    Str kind = STR("outer"), source = STR_EMPTY;
    bind_param_word(op, "kind", &kind);
    bind_param_word(op, "withsource", &source);
    if (!str_is(kind, "outer") && !str_is(kind, "inner")) {
        bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of union.",
                   STR_ARG(kind));
        return NULL;
    }
    const Node *fuzzy = node_param(op, "isfuzzy");
    if (fuzzy && !(fuzzy->kind == NODE_LITERAL && fuzzy->value.type == TYPE_BOOL) &&
        !str_eq_nocase(fuzzy->text, STR("true")) && !str_eq_nocase(fuzzy->text, STR("false"))) {
        bind_error(b, fuzzy, "KS223", "isfuzzy is true or false.");
        return NULL;
    }
    bool is_fuzzy = bind_param_bool(op, "isfuzzy", false) || b->settings.is_best_effort, ok = true;
    for (uint32_t i = 0; i < op->n; i++) ok = add_operand(b, &legs, op->kids[i], is_fuzzy) && ok;
    if (!ok) return NULL;
    if (!legs.n) {
        bind_error(b, op, "KS204", "No table of the data fits the operands of union.")->hint =
            bind_hint_of_no_data(b);
        return NULL;
    }
    Gathered g = gather_columns(b, &legs);
    return build(b, op, &legs, &g, str_is(kind, "inner"), source);
}

Plan *bind_union_of(Binder *b, const Node *op, const PlanList *list, Str source, bool is_inner) {
    Legs legs = {0};
    for (size_t i = 0; i < list->n; i++) add_leg(b, &legs, list->items[i], list->names[i]);
    Gathered g = gather_columns(b, &legs);
    return build(b, op, &legs, &g, is_inner, source);
}
