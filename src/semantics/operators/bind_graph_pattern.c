/*
 * bind_graph_pattern.c: reads a pattern of paths, and rewrites the expressions over it.
 *
 * Source: "graph-match operator", and the pages of all(), any(), map(), inner_nodes(), labels(),
 * node_degree_in(), node_degree_out() and node_id().
 */
#include "base/json.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_graph_match.h"

/* What names mean: in a row of matches, an edge of a path, or an inner node of it. */
typedef enum Scope { SCOPE_ROW, SCOPE_EDGE, SCOPE_INNER } Scope;

static const Node *rewrite(GraphMatch *m, const Node *n, Scope scope);

static int find_node(const GraphMatch *m, Str name) {
    for (uint32_t i = 0; i < m->n_nodes && name.len; i++)
        if (str_eq(m->nodes[i].name, name)) return (int)i;
    return -1;
}

static int find_edge(const GraphMatch *m, Str name) {
    for (uint32_t i = 0; i < m->n_edges && name.len; i++)
        if (str_eq(m->edges[i].name, name)) return (int)i;
    return -1;
}

/* ------------------------------------------------------------------ trees */

static Node *copy_of(GraphMatch *m, const Node *n, NodeKind kind) {
    Node *copy = ARENA_NEW(m->b->arena, Node);
    *copy = *n;
    copy->kind = kind;
    copy->flags = 0;
    copy->n = copy->n_params = 0;
    return copy;
}

static Node *name_node(GraphMatch *m, const Node *at, Str name) {
    Node *n = copy_of(m, at, NODE_NAME);
    n->text = name;
    return n;
}

static Node *text_node(GraphMatch *m, const Node *at, Str text) {
    Node *n = copy_of(m, at, NODE_LITERAL);
    n->value = value_str(text);
    return n;
}

static Node *call_node(GraphMatch *m, const Node *at, const char *function, uint32_t n_args) {
    Node *n = copy_of(m, at, NODE_CALL);
    n->text = str_of(function);
    n->kids = ARENA_ARRAY(m->b->arena, Node *, n_args + 1);
    n->n = n_args;
    return n;
}

static void need(GraphMatch *m, GraphNeeds *needs, const Column *c) {
    for (size_t i = 0; i < needs->n; i++)
        if (str_eq(needs->items[i]->name, c->name)) return;
    ARENA_PUSH(m->b->arena, needs->items, needs->n, needs->cap, c);
}

/* A column that data not at hand may have is a property too: null, as everywhere. */
static const Column *property(GraphMatch *m, const Plan *p, Str name, const Node *at) {
    const Schema *s = &p->schema;
    const Column *c = graph_is_hidden(name) ? NULL : bind_column_in(s, name);
    if (c) bind_note_use(m->b, c, at->span);
    if (c) return c;
    if (p->is_open) {
        Column *absent = ARENA_NEW(m->b->arena, Column);
        *absent = (Column){.type = TYPE_DYNAMIC, .name = name};
        return absent;
    }
    Row former = m->b->row;
    m->b->row = (Row){.schema = s};
    bind_unknown_name(m->b, at, name);
    m->b->row = former;
    return NULL;
}

static const Node *node_property(GraphMatch *m, const Node *at, uint32_t i, Str name) {
    const Column *c = property(m, m->graph->nodes, name, at);
    if (!c) return NULL;
    need(m, &m->nodes[i].needs, c);
    m->read_nodes |= 1u << i;
    return name_node(m, at, arena_printf(m->b->arena, "__n%u.%.*s", i, STR_ARG(name)));
}

static const Node *add_collect(GraphMatch *m, const Node *at, uint32_t edge, Collect c) {
    GraphEdge *e = &m->edges[edge];
    m->read_edges |= 1u << edge;
    Str name = arena_printf(m->b->arena, "__col%u_%zu", edge, e->n_collects);
    ARENA_PUSH(m->b->arena, e->collects, e->n_collects, e->cap_collects, c);
    return name_node(m, at, name);
}

/* A property of a path, outside of map(), is the array of it. */
static const Node *edge_property(GraphMatch *m, const Node *at, uint32_t i, Str name) {
    GraphEdge *e = &m->edges[i];
    const Column *c = property(m, m->graph->edges, name, at);
    if (!c) return NULL;
    if (e->is_path)
        return add_collect(m, at, i,
                           (Collect){.kind = COLLECT_MAP, .value = name_node(m, at, name)});
    need(m, &e->needs, c);
    m->read_edges |= 1u << i;
    return name_node(m, at, arena_printf(m->b->arena, "__e%u.%.*s", i, STR_ARG(name)));
}

/* A path by its name alone: an array of its edges. */
static const Node *whole_path(GraphMatch *m, const Node *at, uint32_t edge) {
    const Schema *s = &m->graph->edges->schema;
    Node *bag = call_node(m, at, "bag_pack", 2 * s->n);
    bag->n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (graph_is_hidden(s->items[i].name)) continue;
        bag->kids[bag->n++] = text_node(m, at, s->items[i].name);
        bag->kids[bag->n++] = name_node(m, at, s->items[i].name);
    }
    return add_collect(m, at, edge, (Collect){.kind = COLLECT_MAP, .value = bag});
}

static const Node *unsupported(GraphMatch *m, const Node *n, const char *what) {
    bind_unsupported(m->b, n, "%s", what);
    return NULL;
}

/* ------------------------------------------------------ functions of graphs */

/* The path that the first argument of all(), any(), map() names; -1 when it is none. */
static int path_of(const GraphMatch *m, const Node *call, bool *ret_is_inner) {
    const Node *arg = call->n ? node_bare(call->kids[0]) : NULL;
    *ret_is_inner = arg && arg->kind == NODE_CALL && str_is(arg->text, "inner_nodes");
    if (*ret_is_inner) arg = arg->n == 1 ? node_bare(arg->kids[0]) : NULL;
    int edge = arg && arg->kind == NODE_NAME ? find_edge(m, arg->text) : -1;
    return edge >= 0 && m->edges[edge].is_path ? edge : -1;
}

static bool collect_kind(const Node *call, CollectKind *ret) {
    static const char *const names[] = {
        [COLLECT_MAP] = "map", [COLLECT_ANY] = "any", [COLLECT_ALL] = "all"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!str_is(call->text, names[i])) continue;
        *ret = (CollectKind)i;
        return true;
    }
    return false;
}

static const Node *bind_collect(GraphMatch *m, const Node *call, CollectKind kind) {
    bool is_inner;
    int edge = path_of(m, call, &is_inner);
    if (call->n != 2) {
        bind_error(m->b, call, "KS119", "The function '%.*s' expects 2 arguments.",
                   STR_ARG(call->text));
        return NULL;
    }
    if (edge < 0) {
        bind_error(m->b, call->kids[0], "KS234",
                   "An edge of variable length expected, or inner_nodes() of one.");
        return NULL;
    }
    const Node *value = rewrite(m, call->kids[1], is_inner ? SCOPE_INNER : SCOPE_EDGE);
    if (!value) return NULL;
    return add_collect(m, call, (uint32_t)edge,
                       (Collect){.kind = kind, .is_inner = is_inner, .value = value});
}

/* The node that the argument of a function names; -1 when reported. */
static int node_argument(GraphMatch *m, const Node *call, Scope scope) {
    const Node *arg = call->n == 1 ? node_bare(call->kids[0]) : NULL;
    int i = arg && arg->kind == NODE_NAME ? find_node(m, arg->text) : -1;
    if (scope == SCOPE_ROW && i >= 0) return i;
    bind_error(m->b, call, "KS234", "The function '%.*s' expects a node of the pattern.",
               STR_ARG(call->text));
    return -1;
}

/* The number of edges that come in, or go out: a column of the table of nodes, made when asked for. */
static const Node *degree(GraphMatch *m, const Node *call, Scope scope, bool is_in) {
    static const Column degree_in = {.type = TYPE_LONG, .name = {"__degree_in", 11}};
    static const Column degree_out = {.type = TYPE_LONG, .name = {"__degree_out", 12}};
    const Column *c = is_in ? &degree_in : &degree_out;
    m->reads_degrees = true;
    if (scope == SCOPE_INNER && call->n == 0) return name_node(m, call, c->name);
    int i = node_argument(m, call, scope);
    if (i < 0) return NULL;
    need(m, &m->nodes[i].needs, c);
    m->read_nodes |= 1u << i;
    return name_node(m, call, arena_printf(m->b->arena, "__n%d.%.*s", i, STR_ARG(c->name)));
}

/* The id of a node, which is its key. */
static const Node *node_id(GraphMatch *m, const Node *call, Scope scope) {
    if (scope == SCOPE_INNER && call->n == 0) return name_node(m, call, STR("__n"));
    int i = node_argument(m, call, scope);
    if (i < 0) return NULL;
    m->read_nodes |= 1u << i;
    return name_node(m, call, arena_printf(m->b->arena, "__n%d", i));
}

/* Only models of graphs have labels: those of a graph of make-graph are none. */
static const Node *labels(GraphMatch *m, const Node *call, Scope scope) {
    const Node *arg = call->n == 1 ? node_bare(call->kids[0]) : NULL;
    bool is_element = arg && arg->kind == NODE_NAME &&
                      (find_node(m, arg->text) >= 0 || find_edge(m, arg->text) >= 0);
    if (scope == SCOPE_ROW ? !is_element : call->n != 0) {
        bind_error(m->b, call, "KS234", "The function 'labels' expects an element of the pattern.");
        return NULL;
    }
    Node *none = copy_of(m, call, NODE_DYNAMIC);
    none->value = value_text(TYPE_DYNAMIC, STR("[]"));
    return none;
}

/* True when `call` is a function of graphs: then *ret is what stands for it, NULL when reported. */
static bool graph_function(GraphMatch *m, const Node *call, Scope scope, const Node **ret) {
    CollectKind kind;
    *ret = NULL;
    if (collect_kind(call, &kind)) {
        *ret =
            scope == SCOPE_ROW
                ? bind_collect(m, call, kind)
                : unsupported(
                      m, call,
                      "A function of graphs inside another one\nproject the inner one, and go on behind graph-match");
        return true;
    }
    if (str_is(call->text, "labels")) *ret = labels(m, call, scope);
    else if (str_is(call->text, "node_degree_in")) *ret = degree(m, call, scope, true);
    else if (str_is(call->text, "node_degree_out")) *ret = degree(m, call, scope, false);
    else if (str_is(call->text, "node_id")) *ret = node_id(m, call, scope);
    else if (str_is(call->text, "inner_nodes"))
        *ret = unsupported(
            m, call,
            "inner_nodes() outside of all(), any() and map()\nmap(inner_nodes(e), name) lists a property of them");
    else return false;
    return true;
}

/* ---------------------------------------------------------------- rewriting */

/* a.name and a['name'] of an element of the pattern. */
static bool is_property(const GraphMatch *m, const Node *n, Str *ret_name, int *ret_node,
                        int *ret_edge) {
    if ((n->kind != NODE_PATH && n->kind != NODE_INDEX) || !n->n) return false;
    const Node *object = node_bare(n->kids[0]);
    if (object->kind != NODE_NAME) return false;
    *ret_node = find_node(m, object->text);
    *ret_edge = find_edge(m, object->text);
    if (*ret_node < 0 && *ret_edge < 0) return false;
    *ret_name = n->text;
    if (n->kind == NODE_PATH) return true;
    const Node *index = node_bare(n->kids[1]);
    if (index->kind != NODE_LITERAL || index->value.type != TYPE_STRING) return false;
    *ret_name = index->value.u.s;
    return true;
}

static bool has_property(const GraphMatch *m, Scope scope, Str name) {
    const Plan *p = scope == SCOPE_EDGE ? m->graph->edges : m->graph->nodes;
    return bind_column_in(&p->schema, name) != NULL;
}

/* A name alone: of a property, where it is one of a path's; of an element of the pattern. */
static const Node *rewrite_name(GraphMatch *m, const Node *n, Scope scope) {
    if (scope != SCOPE_ROW && has_property(m, scope, n->text)) return n;
    int edge = find_edge(m, n->text);
    if (edge < 0 && find_node(m, n->text) < 0) return n;
    if (scope != SCOPE_ROW)
        return unsupported(
            m, n,
            "An element of the pattern inside all(), any() or map()\nname the property alone: all(e, kind == 'x')");
    if (edge >= 0 && m->edges[edge].is_path) return whole_path(m, n, (uint32_t)edge);
    return unsupported(
        m, n, "A node or an edge as a value, without a property,\nname a property: node.name");
}

static const Node *rewrite_kids(GraphMatch *m, const Node *n, Scope scope) {
    Node *copy = ARENA_NEW(m->b->arena, Node);
    *copy = *n;
    copy->kids = ARENA_ARRAY(m->b->arena, Node *, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) {
        if (!n->kids[i]) continue;
        bool is_label = n->kind == NODE_NAMED && i == 0;
        const Node *kid = is_label ? n->kids[i] : rewrite(m, n->kids[i], scope);
        if (!kid) return NULL;
        copy->kids[i] = (Node *)(uintptr_t)kid;
    }
    return copy;
}

static const Node *rewrite_inner(GraphMatch *m, const Node *n, Scope scope) {
    Str name;
    int node, edge;
    const Node *result;
    if (is_property(m, n, &name, &node, &edge)) {
        Str object = node_bare(n->kids[0])->text;
        if (scope == SCOPE_ROW && node >= 0) return node_property(m, n, (uint32_t)node, name);
        if (scope == SCOPE_ROW) return edge_property(m, n, (uint32_t)edge, name);
        if (!has_property(m, scope, object))
            return unsupported(
                m, n,
                "An element of the pattern inside all(), any() or map()\nname the property alone: all(e, kind == 'x')");
        return n;
    }
    if (n->kind == NODE_NAME) return rewrite_name(m, n, scope);
    if (n->kind == NODE_CALL && graph_function(m, n, scope, &result)) return result;
    return rewrite_kids(m, n, scope);
}

static const Node *rewrite(GraphMatch *m, const Node *n, Scope scope) {
    if (!bind_enter(m->b, n)) return NULL;
    const Node *result = rewrite_inner(m, n, scope);
    bind_leave(m->b);
    return result;
}

const Node *graph_rewrite(GraphMatch *m, const Node *n) { return rewrite(m, n, SCOPE_ROW); }

/* --------------------------------------------------------------- conditions */

/* The path of which a condition reads a property directly: it holds for every edge of it. (The parser
 * bounds the depth of trees.) */
static int plain_path(const GraphMatch *m, const Node *n) {
    Str name;
    int node, edge = -1;
    CollectKind kind;
    if (!n || (n->kind == NODE_CALL && collect_kind(n, &kind))) return -1;
    if (is_property(m, n, &name, &node, &edge))
        return edge >= 0 && m->edges[edge].is_path ? edge : -1;
    for (uint32_t i = 0; i < n->n; i++) {
        int found = plain_path(m, n->kids[i]);
        if (found >= 0) return found;
    }
    return -1;
}

/* e.kind becomes kind: the condition as it is for one edge of the path. */
static const Node *for_each_edge(GraphMatch *m, const Node *n, uint32_t path) {
    Str name;
    int node, edge;
    if (is_property(m, n, &name, &node, &edge)) {
        if (edge != (int)path)
            return unsupported(
                m, n,
                "A condition that compares a path with another element\nproject both sides, and filter behind graph-match");
        return property(m, m->graph->edges, name, n) ? name_node(m, n, name) : NULL;
    }
    Node *copy = ARENA_NEW(m->b->arena, Node);
    *copy = *n;
    copy->kids = ARENA_ARRAY(m->b->arena, Node *, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++) {
        if (!n->kids[i]) continue;
        const Node *kid = for_each_edge(m, n->kids[i], path);
        if (!kid) return NULL;
        copy->kids[i] = (Node *)(uintptr_t)kid;
    }
    return copy;
}

static bool add_filter(GraphMatch *m, NodeTrees *filters, const Node *tree) {
    if (tree) ARENA_PUSH(m->b->arena, filters->items, filters->n, filters->cap, tree);
    return tree != NULL;
}

/* What must hold of all edges or inner nodes is tested before a path grows; the rest as soon as the row
 * has what it reads. */
static bool add_conjunct(GraphMatch *m, const Node *n) {
    const Node *bare = node_bare(n);
    bool is_inner = false;
    int path = bare->kind == NODE_CALL && str_is(bare->text, "all") && bare->n == 2
                   ? path_of(m, bare, &is_inner)
                   : -1;
    if (path >= 0) {
        GraphEdge *e = &m->edges[path];
        return add_filter(m, is_inner ? &e->inner_filters : &e->edge_filters,
                          rewrite(m, bare->kids[1], is_inner ? SCOPE_INNER : SCOPE_EDGE));
    }
    path = plain_path(m, n);
    if (path >= 0)
        return add_filter(m, &m->edges[path].edge_filters, for_each_edge(m, n, (uint32_t)path));
    m->read_nodes = m->read_edges = 0;
    Conjunct c = {.tree = graph_rewrite(m, n)};
    c.nodes = m->read_nodes;
    c.edges = m->read_edges;
    if (c.tree) ARENA_PUSH(m->b->arena, m->conjuncts, m->n_conjuncts, m->cap_conjuncts, c);
    return c.tree != NULL;
}

static bool add_conjuncts(GraphMatch *m, const Node *n) {
    const Node *bare = node_bare(n);
    bool is_fine = true;
    while (is_fine && bare->kind == NODE_BINARY && str_is(bare->text, "and")) {
        is_fine = add_conjuncts(m, bare->kids[1]);
        bare = node_bare(bare->kids[0]);
    }
    return is_fine && add_conjunct(m, bare);
}

/* ------------------------------------------------------------- the pattern */

static bool too_many(GraphMatch *m, const Node *n) {
    bind_error(m->b, n, "QY901", "More than %u elements in a pattern.", GRAPH_MAX_ELEMENTS);
    return false;
}

static bool read_node(GraphMatch *m, const Node *n, uint32_t *ret) {
    int known = find_node(m, n->text);
    *ret = known >= 0 ? (uint32_t)known : m->n_nodes;
    if (known >= 0) return true;
    if (m->n_nodes == GRAPH_MAX_ELEMENTS) return too_many(m, n);
    if (find_edge(m, n->text) >= 0) {
        bind_error(m->b, n, "KS171", "'%.*s' is the name of an edge.", STR_ARG(n->text));
        return false;
    }
    m->nodes[m->n_nodes++] = (GraphNode){.name = n->text};
    return true;
}

static bool read_range(GraphMatch *m, GraphEdge *e) {
    if (e->node->n < 2) return true;
    e->is_path = true;
    if (!bind_constant_long(m->b, e->node->kids[0], &e->min) ||
        !bind_constant_long(m->b, e->node->kids[1], &e->max))
        return false;
    if (e->min < 0 || e->max < e->min) {
        bind_error(m->b, e->node, "KS234", "A range of lengths runs from 0 or more upwards.");
        return false;
    }
    /* each length is a join of its own, and the engine goes only so deep */
    int64_t total = 0, most = m->is_shortest ? GRAPH_MAX_SHORTEST : GRAPH_MAX_LENGTH;
    for (uint32_t i = 0; i < m->n_edges && total <= most; i++)
        total = m->edges[i].max > most ? most + 1 : total + m->edges[i].max;
    if (total <= most) return true;
    bind_unsupported(
        m->b, e->node,
        "A pattern with paths of more than %d edges in all\ngraph-shortest-paths goes further",
        (int)most);
    return false;
}

static bool read_edge(GraphMatch *m, const Node *n, uint32_t left, uint32_t right) {
    if (m->n_edges == GRAPH_MAX_ELEMENTS) return too_many(m, n);
    if (find_node(m, n->text) >= 0 || find_edge(m, n->text) >= 0) {
        bind_error(m->b, n, "KS171", "The name '%.*s' is taken by another element of the pattern.",
                   STR_ARG(n->text));
        return false;
    }
    GraphEdge *e = &m->edges[m->n_edges++];
    *e = (GraphEdge){.name = n->text,
                     .node = n,
                     .left = left,
                     .right = right,
                     .to_right = (n->flags & NODE_FLAG_TO_RIGHT) != 0,
                     .to_left = (n->flags & NODE_FLAG_TO_LEFT) != 0};
    return read_range(m, e);
}

static bool read_sequence(GraphMatch *m, const Node *pattern, uint32_t *ret_first,
                          uint32_t *ret_last) {
    uint32_t here;
    if (pattern->kind != NODE_GRAPH_PATTERN || !read_node(m, pattern->kids[0], &here)) return false;
    *ret_first = here;
    for (uint32_t i = 1; i + 1 < pattern->n; i += 2) {
        uint32_t next;
        if (!read_node(m, pattern->kids[i + 1], &next)) return false;
        if (!read_edge(m, pattern->kids[i], here, next)) return false;
        here = next;
    }
    *ret_last = here;
    return true;
}

bool graph_read_pattern(GraphMatch *m) {
    const Node *patterns = m->op->kids[0];
    for (uint32_t i = 0; i < patterns->n; i++) {
        uint32_t first, last;
        if (!read_sequence(m, patterns->kids[i], &first, &last)) return false;
        if (i == 0) m->first = first;
        if (i == 0) m->last = last;
    }
    return !m->op->kids[1] || add_conjuncts(m, m->op->kids[1]);
}
