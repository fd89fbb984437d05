/*
 * bind_op_union.c: union.
 *
 * Source: "union operator". kind=outer (the default) gives the columns of all legs, kind=inner those
 * that all legs have. A column whose type differs from leg to leg becomes one column a type, named
 * name_type. withsource= comes first and names the leg that a row is from.
 */
#include "semantics/bind_ops.h"
#include "semantics/bind_scope.h"

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
    const SchemaProvider *s = b->options->schemas;
    return n->kind == NODE_NAME && !local_find(b, n->text) && !s->find(s->self, n->text);
}

static bool add_operand(Binder *b, Legs *legs, const Node *node, bool is_fuzzy) {
    if (node->kind != NODE_NAME) {
        if (is_fuzzy && is_absent(b, node)) return true;
        Plan *p = bind_tabular(b, node);
        if (p) add_leg(b, legs, p, STR_EMPTY);
        return p != NULL;
    }
    PlanList list = {0};
    if (!bind_tables(b, node, is_fuzzy, &list)) return false;
    for (size_t i = 0; i < list.n; i++) add_leg(b, legs, list.items[i], list.names[i]);
    return true;
}

static const Column *find_typed(const Schema *s, Str name, Type type) {
    const Column *c = bind_column_in(s, name);
    return c && c->type == type ? c : NULL;
}

static bool is_in_all(const Legs *legs, const Column *c) {
    for (size_t i = 0; i < legs->n; i++)
        if (!find_typed(&legs->items[i].plan->schema, c->name, c->type)) return false;
    return true;
}

static bool has_two_types(const Legs *legs, const Column *c) {
    for (size_t i = 0; i < legs->n; i++) {
        const Column *other = bind_column_in(&legs->items[i].plan->schema, c->name);
        if (other && other->type != c->type) return true;
    }
    return false;
}

typedef struct Made {
    Column *items; /* under the legs' own names */
    size_t n, cap;
} Made;

static void gather_columns(Binder *b, const Legs *legs, bool is_inner, Made *made) {
    for (size_t i = 0; i < legs->n; i++) {
        const Schema *s = &legs->items[i].plan->schema;
        for (uint32_t k = 0; k < s->n; k++) {
            bool is_there = false;
            for (size_t m = 0; m < made->n && !is_there; m++)
                is_there = str_eq(made->items[m].name, s->items[k].name) &&
                           made->items[m].type == s->items[k].type;
            if (is_there || (is_inner && !is_in_all(legs, &s->items[k]))) continue;
            Column c = {
                .id = bind_fresh_column(b), .type = s->items[k].type, .name = s->items[k].name};
            ARENA_PUSH(b->arena, made->items, made->n, made->cap, c);
        }
    }
}

/* x_long, or x_long1 where a leg has a column x_long. */
static Str typed_name(Binder *b, const Made *made, const Column *c) {
    Str stem = arena_printf(b->arena, "%.*s_%s", STR_ARG(c->name), type_name(c->type)), name = stem;
    for (uint32_t next = 1;;) {
        bool is_taken = false;
        for (size_t i = 0; i < made->n && !is_taken; i++)
            is_taken = str_eq(made->items[i].name, name);
        if (!is_taken) return name;
        name = arena_printf(b->arena, "%.*s%u", STR_ARG(stem), next++);
    }
}

static Plan *build(Binder *b, const Node *op, const Legs *legs, const Made *made, Str source) {
    Plan *p = plan_node(b, PLAN_UNION, op->span, legs->items[0].plan, NULL);
    uint32_t first = source.len ? 1 : 0, width = (uint32_t)made->n + first;
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
    for (size_t m = 0; m < made->n; m++) {
        Column *c = &p->schema.items[first + m];
        *c = made->items[m];
        if (has_two_types(legs, &made->items[m]))
            c->name = typed_name(b, made, &made->items[m]);
    }
    for (size_t i = 0; i < legs->n; i++) {
        p->inputs[i] = legs->items[i].plan;
        p->u.union_.source_names[i] = legs->items[i].name;
        p->is_open = p->is_open || legs->items[i].plan->is_open;
        for (size_t m = 0; m < made->n; m++) {
            const Column *own =
                find_typed(&legs->items[i].plan->schema, made->items[m].name, made->items[m].type);
            p->u.union_.map[i * width + first + m] = own ? own->id : 0;
        }
    }
    return p;
}

Plan *bind_op_union(Binder *b, const Node *op, Plan *input) {
    Legs legs = {0};
    if (input) add_leg(b, &legs, input, STR_EMPTY);
    Str kind = STR("outer"), source = STR_EMPTY;
    bind_param_word(op, "kind", &kind);
    bind_param_word(op, "withsource", &source);
    if (!str_is(kind, "outer") && !str_is(kind, "inner")) {
        bind_error(b, op, "KS140", "'%.*s' is not a kind of union.", STR_ARG(kind));
        return NULL;
    }
    bool is_fuzzy = bind_param_bool(op, "isfuzzy", false), ok = true;
    for (uint32_t i = 0; i < op->n; i++) ok = add_operand(b, &legs, op->kids[i], is_fuzzy) && ok;
    if (!ok) return NULL;
    if (!legs.n) {
        bind_error(b, op, "KS204", "No table of the data fits the operands of union.");
        return NULL;
    }
    Made made = {0};
    gather_columns(b, &legs, str_is(kind, "inner"), &made);
    return build(b, op, &legs, &made, source);
}
