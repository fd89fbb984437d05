/*
 * bind_op_graph.c: make-graph, graph-to-table and graph-mark-components.
 *
 * Source: "make-graph operator", "graph-to-table operator", "graph-mark-components operator". Ends
 * of edges that no table of nodes has are nodes with their id alone. A node that is told twice gets
 * one row: of each property one of its values.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_graph.h"
#include "semantics/operators/bind_ops.h"

#define MAX_NODE_TABLES 2u

typedef struct NodeTable {
    const Column *id; /* of `plan` */
    Plan *plan;
} NodeTable;

typedef struct GraphSpec {
    const Node *op;
    const Column *source, *target;
    NodeTable tables[MAX_NODE_TABLES];
    uint32_t n_tables;
    Str node_id;             /* with_node_id=; or empty */
    const Column *partition; /* partitioned-by; or NULL */
} GraphSpec;

static bool read_node_tables(Binder *b, const Node *list, GraphSpec *ret) {
    if (list->n > MAX_NODE_TABLES) {
        bind_error(b, list, "QY901", "More than %u tables of nodes.", MAX_NODE_TABLES);
        return false;
    }
    for (uint32_t i = 0; i < list->n; i++) {
        const Node *n = list->kids[i];
        if (n->n < 2 || n->kids[1]->kind == NODE_ERROR) return false;
        NodeTable *t = &ret->tables[ret->n_tables++];
        t->plan = bind_tabular(b, n->kids[0]);
        if (!t->plan) return false;
        Row former = bind_set_row(b, t->plan);
        t->id = bind_column_name(b, n->kids[1]);
        bind_restore_row(b, former);
        if (!t->id) return false;
    }
    return true;
}

/* The operators that may stand in the parentheses of partitioned-by give a table, each match from one part
 * of the graph; an operator over all rows of a part does not come to the same over all rows together. */
static bool read_partition(Binder *b, const Node *op, GraphSpec *ret) {
    const Node *pipe = op->n > 4 ? op->kids[4] : NULL;
    if (!pipe) return false;
    bool is_match = pipe->n == 1 && (pipe->kids[0]->kind == NODE_OP_GRAPH_MATCH ||
                                     pipe->kids[0]->kind == NODE_OP_GRAPH_SHORTEST_PATHS);
    if (!is_match)
        return bind_unsupported(b, pipe,
                                "partitioned-by with other operators than one graph-match "
                                "or graph-shortest-paths\n"
                                "put them behind the parentheses") != NULL;
    ret->partition = bind_column_name(b, op->kids[3]);
    return ret->partition != NULL;
}

static bool read_spec(Binder *b, const Node *op, GraphSpec *ret) {
    *ret = (GraphSpec){.op = op, .node_id = STR_EMPTY};
    if (op->n < 3) return false;
    if (op->n > 3 && !read_partition(b, op, ret)) return false;
    if (!str_is(op->text, "-->"))
        return bind_unsupported(b, op,
                                "make-graph with edges of no direction\n"
                                "say --> and match with (a)-[e]-(b)") != NULL;
    ret->source = bind_column_name(b, op->kids[0]);
    ret->target = bind_column_name(b, op->kids[1]);
    if (!ret->source || !ret->target) return false;
    if (ret->source->type != ret->target->type)
        return bind_unsupported(b, op,
                                "make-graph with ids of the types %s and %s\n"
                                "convert both: extend id = tostring(id)",
                                type_name(ret->source->type), type_name(ret->target->type)) != NULL;
    bind_param_word(op, "with_node_id", &ret->node_id);
    return read_node_tables(b, op->kids[2], ret);
}

/* ------------------------------------------------------------------ nodes */

/* The function that makes a value of a type, or "" where the value has it. */
static const char *conversion(Type from, Type to) {
    static const char *const names[TYPE_COUNT] = {
        [TYPE_BOOL] = "tobool",         [TYPE_INT] = "toint",           [TYPE_LONG] = "tolong",
        [TYPE_REAL] = "toreal",         [TYPE_DECIMAL] = "todecimal",   [TYPE_STRING] = "tostring",
        [TYPE_DATETIME] = "todatetime", [TYPE_TIMESPAN] = "totimespan", [TYPE_GUID] = "toguid",
        [TYPE_DYNAMIC] = "todynamic"};
    return from == to || !names[to] ? "" : names[to];
}

/* The key of an id: with the part that it belongs to, the parts of a graph share no node. */
static void put_key(const GraphSpec *s, Str id, Buf *out) {
    buf_puts(out, s->partition ? "tostring(pack_array(" : "tostring(");
    if (s->partition) template_put_name(out, s->partition->name);
    if (s->partition) buf_puts(out, ", ");
    template_put_name(out, id);
    buf_puts(out, s->partition ? "))" : ")");
}

static void put_end(const GraphSpec *s, const char *key, Str id, Buf *out) {
    buf_printf(out, "(__E | project __n = %s, __v = ", key);
    template_put_name(out, id);
    buf_puts(out, ", __w = ");
    if (s->partition) template_put_name(out, s->partition->name);
    else buf_puts(out, "0");
    buf_puts(out, ")");
}

/* let __V: the ends of the edges, each once: its key, its id as __v, its part of the graph as __w. */
static void put_ends(const GraphSpec *s, Buf *out) {
    buf_puts(out, "let __V = union ");
    put_end(s, "__s", s->source->name, out);
    buf_puts(out, ", ");
    put_end(s, "__t", s->target->name, out);
    buf_puts(out, " | summarize take_any(__v, __w) by __n;\n");
}

/* let __A0 or __A1: a table of nodes with a row for each key. */
static void put_table(const GraphSpec *s, uint32_t i, Buf *out) {
    buf_printf(out, "let __A%u = __Given%u | summarize take_any(*) by __n = ", i, i);
    put_key(s, s->tables[i].id->name, out);
    buf_puts(out, ";\n");
}

/* ['__2name'] */
static void put_second(Str name, Buf *out) {
    Buf second = {0};
    buf_puts(&second, "__2");
    buf_put(&second, name);
    template_put_name(out, buf_str(&second));
    buf_free(&second);
}

/* One property of two tables of nodes: of the first where it has one. */
static void put_merged(const GraphSpec *s, const Column *c, Buf *out) {
    bool is_first = bind_column_in(&s->tables[0].plan->schema, c->name) != NULL;
    bool is_second = bind_column_in(&s->tables[1].plan->schema, c->name) != NULL;
    buf_puts(out, ", ");
    template_put_name(out, c->name);
    buf_puts(out, is_first && is_second ? " = coalesce(" : " = (");
    if (is_first) template_put_name(out, c->name);
    if (is_first && is_second) buf_puts(out, ", ");
    if (is_second) put_second(c->name, out);
    buf_putc(out, ')');
}

/* let __A: both tables of nodes as one. Columns of the second go by __2name for the time of the join. */
static void put_merge(const GraphSpec *s, Buf *out) {
    const Schema *first = &s->tables[0].plan->schema, *second = &s->tables[1].plan->schema;
    buf_puts(out, "let __A = __A0 | join kind=fullouter (__A1 | project __m = __n");
    for (uint32_t i = 0; i < second->n; i++) {
        buf_puts(out, ", ");
        put_second(second->items[i].name, out);
        buf_puts(out, " = ");
        template_put_name(out, second->items[i].name);
    }
    buf_puts(out, ") on $left.__n == $right.__m | project __n = iff(isempty(__n), __m, __n)");
    for (uint32_t i = 0; i < first->n; i++) put_merged(s, &first->items[i], out);
    for (uint32_t i = 0; i < second->n; i++)
        if (!bind_column_in(first, second->items[i].name)) put_merged(s, &second->items[i], out);
    buf_puts(out, ";\n");
}

/* All given nodes, and the ends of edges that are not among them. */
static void put_all_nodes(const GraphSpec *s, Buf *out) {
    buf_puts(out, "union __A, (__V | join kind=leftanti __A on __n | project __n");
    for (uint32_t i = 0; i < s->n_tables; i++) {
        const Column *id = s->tables[i].id;
        if (i && str_eq(id->name, s->tables[0].id->name)) continue;
        buf_puts(out, ", ");
        template_put_name(out, id->name);
        buf_printf(out, " = %s(__v)", conversion(s->source->type, id->type));
    }
    if (s->partition) {
        buf_puts(out, ", ");
        template_put_name(out, s->partition->name);
        buf_puts(out, " = __w");
    }
    buf_putc(out, ')');
}

static void put_nodes(const GraphSpec *s, Buf *out) {
    put_ends(s, out);
    if (s->n_tables == 0) {
        buf_puts(out, "__V | project __n");
        if (!s->node_id.len) return;
        buf_puts(out, ", ");
        template_put_name(out, s->node_id);
        buf_puts(out, " = __v");
        return;
    }
    for (uint32_t i = 0; i < s->n_tables; i++) put_table(s, i, out);
    if (s->n_tables == 2) put_merge(s, out);
    else buf_puts(out, "let __A = __A0;\n");
    put_all_nodes(s, out);
}

/* A name that both tables have must mean the same type, and each table has the column of the parts. */
static bool check_columns(Binder *b, const GraphSpec *s) {
    for (uint32_t i = 0; s->partition && i < s->n_tables; i++) {
        const Column *c = bind_column_in(&s->tables[i].plan->schema, s->partition->name);
        if (c && c->type == s->partition->type) continue;
        bind_error(b, s->op->kids[3], "KS145",
                   "The column '%.*s' must exist in the edges and in each table of nodes, with one "
                   "type.",
                   STR_ARG(s->partition->name));
        return false;
    }
    if (s->n_tables < 2) return true;
    const Schema *first = &s->tables[0].plan->schema, *second = &s->tables[1].plan->schema;
    for (uint32_t i = 0; i < first->n; i++) {
        const Column *c = &first->items[i], *other = bind_column_in(second, c->name);
        if (!other || other->type == c->type) continue;
        bind_unsupported(b, s->op->kids[2],
                         "A property '%.*s' of the types %s and %s\n"
                         "convert it in one of the tables of nodes, or give it another name there",
                         STR_ARG(c->name), type_name(c->type), type_name(other->type));
        return false;
    }
    return true;
}

static Plan *bind_nodes(Binder *b, const GraphSpec *s, Graph *g) {
    Buf text = {0};
    Local *locals = b->locals;
    for (uint32_t i = 0; i < s->n_tables; i++) {
        Local *l = local_add(b, LOCAL_TABLE, i ? STR("__Given1") : STR("__Given0"));
        l->plan = s->tables[i].plan;
        l->is_used = true;
    }
    put_nodes(s, &text);
    Plan *nodes = graph_template(b, s->op, g, buf_str(&text), NULL, 0);
    buf_free(&text);
    b->locals = locals;
    return nodes;
}

/* Rows are numbered, so that a path can tell its edges apart. */
static Plan *bind_edges(Binder *b, const GraphSpec *s, Plan *input) {
    if (!s->source || !s->target) return NULL; /* reported where they were read */
    Buf text = {0};
    buf_puts(&text, "__T | serialize __e = row_number() | extend __s = ");
    put_key(s, s->source->name, &text);
    buf_puts(&text, ", __t = ");
    put_key(s, s->target->name, &text);
    Plan *edges = bind_template(b, s->op, buf_str(&text), input, NULL, 0);
    buf_free(&text);
    return edges;
}

Plan *bind_op_make_graph(Binder *b, const Node *op, Plan *input) {
    GraphSpec s;
    if (!read_spec(b, op, &s) || !check_columns(b, &s)) return NULL;
    Plan *edges = bind_edges(b, &s, input);
    if (!edges) return NULL;
    Plan *value = graph_add(b, edges, NULL, op->span);
    Graph *g = b->graphs;
    g->nodes = bind_nodes(b, &s, g);
    if (!g->nodes) return NULL;
    return s.partition ? bind_subpipe(b, op->kids[4], value) : value;
}

/* --------------------------------------------------------- graph-to-table */

/* with_node_id= and its kin: a column with the hash of a key; false when it is not asked for. */
static bool put_hash(const Node *output, const char *param, const char *key, bool is_first,
                     Buf *out) {
    Str name = STR_EMPTY;
    if (!bind_param_word(output, param, &name)) return false;
    if (!is_first) buf_puts(out, ", ");
    template_put_name(out, name);
    buf_printf(out, " = hash(%s)", key);
    return true;
}

static Plan *output_table(Binder *b, const Node *output, Graph *g) {
    bool is_nodes = str_is(output->text, "nodes"), is_first = true;
    const Schema *s = is_nodes ? &g->nodes->schema : &g->edges->schema;
    Buf text = {0};
    buf_puts(&text, is_nodes ? "__N | project " : "__E | project ");
    if (is_nodes) {
        is_first = !put_hash(output, "with_node_id", "__n", true, &text);
    } else {
        is_first = !put_hash(output, "with_source_id", "__s", true, &text);
        is_first = !put_hash(output, "with_target_id", "__t", is_first, &text) && is_first;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        if (graph_is_hidden(s->items[i].name)) continue;
        if (!is_first) buf_puts(&text, ", ");
        template_put_name(&text, s->items[i].name);
        is_first = false;
    }
    Plan *plan = is_first
                     ? bind_unsupported(b, output,
                                        "A table of nodes without properties\n"
                                        "give the nodes some: make-graph s --> t with_node_id=id")
                     : graph_template(b, output, g, buf_str(&text), NULL, 0);
    buf_free(&text);
    return plan;
}

/* Outputs with names are let tables from here on; the first one is what the pipe itself gives. */
Plan *bind_op_graph_to_table(Binder *b, const Node *op, Plan *input) {
    Graph *g = graph_of(b, input);
    Plan *first = NULL;
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *output = op->kids[i];
        const Node *name = output->n ? output->kids[0] : NULL;
        if (op->n > 1 && !name) {
            bind_error(b, output, "KS111", "Each of several outputs needs a name.")->hint =
                STR("nodes as N, edges as E");
            return NULL;
        }
        Plan *table = output_table(b, output, g);
        if (table && name) table = bind_as(b, name->text, table, name);
        if (!table) return NULL;
        if (!first) first = table;
    }
    return first;
}

/* --------------------------------------------------- graph-mark-components */

/* A graph with one property more: the position of the component among all of them. */
Plan *bind_op_graph_mark_components(Binder *b, const Node *op, Plan *input) {
    Graph *g = graph_of(b, input);
    Str kind = STR("weak"), name = STR("ComponentId");
    bind_param_word(op, "kind", &kind);
    bind_param_word(op, "with_component_id", &name);
    if (!str_is(kind, "weak") && !str_is(kind, "strong")) {
        bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of component.",
                   STR_ARG(kind))
            ->hint = STR("the kinds are weak and strong");
        return NULL;
    }
    if (bind_column_in(&g->nodes->schema, name)) {
        bind_error(b, op, "KS171", "The nodes have a property '%.*s' already.", STR_ARG(name))
            ->hint = STR("with_component_id=Name gives it another name");
        return NULL;
    }
    Buf text = {0};
    buf_printf(&text,
               "__N | join kind=inner (union (__E | project __s, __t), (__N | project __s = __n, "
               "__t = __n) | summarize __m = __%.*s_components(__s, __t) | mv-expand "
               "with_itemindex=__i __m | mv-expand __k = __m to typeof(string) | project __k, __i) "
               "on $left.__n == $right.__k | extend ",
               STR_ARG(kind));
    template_put_name(&text, name);
    buf_puts(&text, " = tolong(__i) | project-away __k, __i");
    Plan *nodes = graph_template(b, op, g, buf_str(&text), NULL, 0);
    buf_free(&text);
    if (!nodes) return NULL;
    Plan *value = graph_add(b, g->edges, nodes, op->span);
    b->graphs->edges_share = g->edges_share;
    return value;
}
