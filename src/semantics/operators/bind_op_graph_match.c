/*
 * bind_op_graph_match.c: graph-match and graph-shortest-paths.
 *
 * Source: "graph-match operator", "graph-shortest-paths operator". A pattern becomes joins, one
 * edge after the other from a node that a condition speaks of: __R0 has the rows of that node, each
 * further __R the rows with one edge more. A path of variable length grows an edge at a time,
 * __P1_2 from __P1_1, up to its longest length, and what all() demands of its edges and inner nodes
 * is tested before it grows. Conditions are tested as soon as a row has what they read. The names
 * of columns stand in bind_graph_match.h.
 *
 * The shortest paths are the matches with the fewest edges between two ends of the pattern. Where one path
 * is the whole pattern and no condition looks at it as a whole, what comes to a node that a shorter path
 * has come to is dropped while paths grow.
 *
 * cycles=unique_edges (the default): no edge twice in a match; none: no node twice; all: anything.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_graph_match.h"
#include "semantics/operators/bind_ops.h"

/* Dropping paths costs the engine depth: done at each of the first lengths, then now and then. */
enum { PRUNED_EACH = 12, PRUNED_EVERY = 4 };

static bool read_cycles(GraphMatch *m) {
    Str word = STR("unique_edges");
    bind_param_word(m->op, "cycles", &word);
    m->cycles = str_is(word, "all")    ? CYCLES_ALL
                : str_is(word, "none") ? CYCLES_NONE
                                       : CYCLES_UNIQUE_EDGES;
    if (m->cycles != CYCLES_UNIQUE_EDGES || str_is(word, "unique_edges")) return true;
    bind_error(m->b, m->op, "KS140", "'%.*s' is no value of cycles.", STR_ARG(word))->hint =
        STR("the values are all, none and unique_edges");
    return false;
}

/* A tree of the query under a name of the template. */
static void put_tree(GraphMatch *m, const Node *tree, Buf *out) {
    TemplateArg arg = {arena_printf(m->b->arena, "__tree%zu", m->n_args).ptr, tree};
    buf_puts(out, arg.name);
    ARENA_PUSH(m->b->arena, m->args, m->n_args, m->cap_args, arg);
}

static void put_filters(GraphMatch *m, const NodeTrees *trees, Buf *out) {
    for (size_t i = 0; i < trees->n; i++) {
        buf_puts(out, " | where ");
        put_tree(m, trees->items[i], out);
    }
}

/* , ['__n2.age'] = ['age'] for the properties that are read */
static void put_needs(GraphMatch *m, const GraphNeeds *needs, char element, uint32_t i, Buf *out) {
    for (size_t k = 0; k < needs->n; k++) {
        Str name = needs->items[k]->name;
        buf_puts(out, ", ");
        template_put_name(out, arena_printf(m->b->arena, "__%c%u.%.*s", element, i, STR_ARG(name)));
        buf_puts(out, " = ");
        template_put_name(out, name);
    }
}

/* Conditions that a row can tell now. */
static void put_conditions(GraphMatch *m, Buf *out) {
    uint32_t nodes = 0, edges = 0;
    for (uint32_t i = 0; i < m->n_nodes; i++) nodes |= m->nodes[i].is_bound ? 1u << i : 0;
    for (uint32_t i = 0; i < m->n_edges; i++) edges |= m->edges[i].is_bound ? 1u << i : 0;
    for (size_t i = 0; i < m->n_conjuncts; i++) {
        Conjunct *c = &m->conjuncts[i];
        if (c->is_done || (c->nodes & ~nodes) || (c->edges & ~edges)) continue;
        buf_puts(out, " | where ");
        put_tree(m, c->tree, out);
        c->is_done = true;
    }
}

/* The new edge, whose number is in `column`, is none of those that the match has. */
static void put_unique_edge(const GraphMatch *m, const char *column, Buf *out) {
    if (m->cycles != CYCLES_UNIQUE_EDGES) return;
    for (uint32_t i = 0; i < m->n_edges; i++) {
        if (!m->edges[i].is_bound) continue;
        if (m->edges[i].is_path)
            buf_printf(out, " | where not(set_has_element(__p%u, %s))", i, column);
        else buf_printf(out, " | where __e%u != %s", i, column);
    }
}

/* The new node, whose key is in `column`, is none of those that the match has. */
static void put_unique_node(const GraphMatch *m, const char *column, Buf *out) {
    if (m->cycles != CYCLES_NONE) return;
    for (uint32_t i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].is_bound) buf_printf(out, " | where __n%u != %s", i, column);
    for (uint32_t i = 0; i < m->n_edges; i++)
        if (m->edges[i].is_bound && m->edges[i].is_path)
            buf_printf(out, " | where not(set_has_element(__q%u, %s))", i, column);
}

/* ------------------------------------------------------------------- edges */

typedef struct Walk {
    uint32_t edge, from, to; /* the edge, from a bound node to one that may be bound */
    bool is_backward;        /* from right to left, as it stands in the text */
} Walk;

/* The edges that lead from a node with key __k to one with key __y: `columns` of the rows after `before`. */
static void put_edges(const GraphMatch *m, const Walk *w, Str before, Str columns, Buf *out) {
    const GraphEdge *e = &m->edges[w->edge];
    bool is_any = !e->to_right && !e->to_left;
    bool is_along = is_any || (w->is_backward ? e->to_left : e->to_right);
    if (is_any) buf_puts(out, "union (");
    buf_printf(out, "__E%.*s | project __k = %s, __y = %s%.*s", STR_ARG(before),
               is_along ? "__s" : "__t", is_along ? "__t" : "__s", STR_ARG(columns));
    if (is_any) /* an edge from a node to itself is met once */
        buf_printf(out, "), (__E | where __s != __t%.*s | project __k = __t, __y = __s%.*s)",
                   STR_ARG(before), STR_ARG(columns));
}

/* Where the walk has arrived: __y is the key of its end. */
static void put_arrival(GraphMatch *m, const Walk *w, Buf *out) {
    GraphNode *to = &m->nodes[w->to];
    if (to->is_bound) {
        buf_printf(out, " | where __y == __n%u | project-away __y", w->to);
        return;
    }
    buf_printf(out, " | project-rename __n%u = __y", w->to);
    to->is_bound = true;
    if (!to->needs.n) return;
    buf_puts(out, " | join kind=inner (__V | project __m = __n");
    put_needs(m, &to->needs, 'n', w->to, out);
    buf_printf(out, ") on $left.__n%u == $right.__m | project-away __m", w->to);
}

static void put_single_edge(GraphMatch *m, const Walk *w, uint32_t step, Buf *out) {
    Buf columns = {0};
    buf_printf(&columns, ", __e%u = __e", w->edge);
    put_needs(m, &m->edges[w->edge].needs, 'e', w->edge, &columns);
    buf_printf(out, "let __R%u = __R%u | join kind=inner (", step, step - 1);
    put_edges(m, w, STR_EMPTY, buf_str(&columns), out);
    buf_printf(out, ") on $left.__n%u == $right.__k | project-away __k", w->from);
    buf_free(&columns);
    char number[16];
    snprintf(number, sizeof number, "__e%u", w->edge);
    put_unique_edge(m, number, out);
    if (!m->nodes[w->to].is_bound) put_unique_node(m, "__y", out);
    put_arrival(m, w, out);
}

/* ------------------------------------------------------- variable length */

static bool has_inner(const GraphEdge *e) {
    bool has = e->inner_filters.n > 0;
    for (size_t i = 0; i < e->n_collects; i++) has = has || e->collects[i].is_inner;
    return has;
}

/* , __v0 = ... the values of one edge, or of one inner node, that are collected */
static void put_values(GraphMatch *m, const GraphEdge *e, bool is_inner, Buf *out) {
    for (size_t i = 0; i < e->n_collects; i++) {
        const Collect *c = &e->collects[i];
        if (c->is_inner != is_inner) continue;
        buf_printf(out, c->kind == COLLECT_MAP ? ", __v%zu = pack_array(" : ", __v%zu = iff(", i);
        put_tree(m, c->value, out);
        buf_puts(out, c->kind == COLLECT_MAP ? ")" : ", true, false)");
    }
}

/* let __S1: the edges that a path may take; let __I1: the nodes that it may pass. */
static void put_path_tables(GraphMatch *m, const Walk *w, Buf *out) {
    GraphEdge *e = &m->edges[w->edge];
    Buf filters = {0}, columns = {0};
    put_filters(m, &e->edge_filters, &filters);
    buf_puts(&columns, ", __d = __e");
    put_values(m, e, false, &columns);
    buf_printf(out, "let __S%u = ", w->edge);
    put_edges(m, w, buf_str(&filters), buf_str(&columns), out);
    buf_puts(out, ";\n");
    buf_free(&filters);
    buf_free(&columns);
    if (!has_inner(e)) return;
    buf_printf(out, "let __I%u = __V", w->edge);
    put_filters(m, &e->inner_filters, out);
    buf_puts(out, " | project __m = __n");
    put_values(m, e, true, out);
    buf_puts(out, ";\n");
}

/* let __P1_0: paths of no length. */
static void put_path_start(const GraphMatch *m, const Walk *w, uint32_t step, Buf *out) {
    const GraphEdge *e = &m->edges[w->edge];
    buf_printf(out, "let __P%u_0 = __R%u | extend __x = __n%u, __p%u = dynamic([])", w->edge,
               step - 1, w->from, w->edge);
    if (m->cycles == CYCLES_NONE) buf_printf(out, ", __q%u = pack_array(__n%u)", w->edge, w->from);
    for (size_t i = 0; i < e->n_collects; i++)
        buf_printf(out, ", __col%u_%zu = %s", w->edge, i,
                   e->collects[i].kind == COLLECT_MAP   ? "dynamic([])"
                   : e->collects[i].kind == COLLECT_ANY ? "false"
                                                        : "true");
    buf_puts(out, ";\n");
}

/* , __col1_0 = ... with the values of one edge or node more. Arrays are in the order of the text. */
static void put_collected(const GraphEdge *e, const Walk *w, bool is_inner, Buf *out) {
    for (size_t i = 0; i < e->n_collects; i++) {
        const Collect *c = &e->collects[i];
        if (c->is_inner != is_inner) continue;
        buf_printf(out, ", __col%u_%zu = ", w->edge, i);
        if (c->kind != COLLECT_MAP)
            buf_printf(out, "__col%u_%zu %s __v%zu", w->edge, i,
                       c->kind == COLLECT_ANY ? "or" : "and", i);
        else if (w->is_backward)
            buf_printf(out, "array_concat(__v%zu, __col%u_%zu)", i, w->edge, i);
        else buf_printf(out, "array_concat(__col%u_%zu, __v%zu)", w->edge, i, i);
    }
}

static void put_values_away(const GraphEdge *e, bool is_inner, Buf *out) {
    for (size_t i = 0; i < e->n_collects; i++)
        if (e->collects[i].is_inner == is_inner) buf_printf(out, ", __v%zu", i);
}

/* Paths to nodes that no shorter one (of at least one edge) came to: any of them, or all. */
static void put_pruning(const GraphMatch *m, const Walk *w, int64_t length, Buf *out) {
    if (length > 1) buf_puts(out, " | join kind=leftanti (union ");
    for (int64_t i = 1; i < length; i++)
        buf_printf(out, "%s(__P%u_%d)", i > 1 ? ", " : "", w->edge, (int)i);
    if (length > 1) buf_printf(out, ") on __n%u, __x", w->from);
    if (!m->wants_all) buf_printf(out, " | summarize take_any(*) by __n%u, __x", w->from);
}

/* let __P1_2: paths of a length, from those that are an edge shorter. */
static void put_path_step(GraphMatch *m, const Walk *w, int64_t length, Buf *out) {
    const GraphEdge *e = &m->edges[w->edge];
    unsigned edge = w->edge;
    buf_printf(out, "let __P%u_%d = __P%u_%d", edge, (int)length, edge, (int)length - 1);
    if (length > 1 && has_inner(e)) {
        buf_printf(out, " | join kind=inner __I%u on $left.__x == $right.__m | extend __x = __x",
                   edge);
        put_collected(e, w, true, out);
        buf_puts(out, " | project-away __m");
        put_values_away(e, true, out);
    }
    buf_printf(out, " | join kind=inner __S%u on $left.__x == $right.__k", edge);
    put_unique_edge(m, "__d", out);
    if (m->cycles == CYCLES_UNIQUE_EDGES)
        buf_printf(out, " | where not(set_has_element(__p%u, __d))", edge);
    put_unique_node(m, "__y", out);
    if (m->cycles == CYCLES_NONE)
        buf_printf(out, " | where not(set_has_element(__q%u, __y))", edge);
    buf_printf(out, " | extend __x = __y, __p%u = array_concat(__p%u, pack_array(__d))", edge,
               edge);
    if (m->cycles == CYCLES_NONE)
        buf_printf(out, ", __q%u = array_concat(__q%u, pack_array(__y))", edge, edge);
    put_collected(e, w, false, out);
    buf_puts(out, " | project-away __k, __y, __d");
    put_values_away(e, false, out);
    if (m->is_pruned && (length <= PRUNED_EACH || length % PRUNED_EVERY == 0))
        put_pruning(m, w, length, out);
    buf_puts(out, ";\n");
}

static void put_path(GraphMatch *m, const Walk *w, uint32_t step, Buf *out) {
    const GraphEdge *e = &m->edges[w->edge];
    put_path_tables(m, w, out);
    put_path_start(m, w, step, out);
    for (int64_t length = 1; length <= e->max; length++) put_path_step(m, w, length, out);
    buf_printf(out, "let __R%u = union ", step);
    for (int64_t length = e->min; length <= e->max; length++)
        buf_printf(out, "%s(__P%u_%d)", length > e->min ? ", " : "", w->edge, (int)length);
    buf_puts(out, " | project-rename __y = __x");
    put_arrival(m, w, out);
}

/* ------------------------------------------------------------ the whole */

/* The next edge to go: one with a bound end, single edges first, those between bound nodes before all. */
static bool next_walk(const GraphMatch *m, Walk *ret) {
    int best = -1;
    for (uint32_t i = 0; i < m->n_edges; i++) {
        const GraphEdge *e = &m->edges[i];
        bool left = m->nodes[e->left].is_bound, right = m->nodes[e->right].is_bound;
        if (e->is_bound || (!left && !right)) continue;
        int rank = (left && right ? 2 : 0) + (e->is_path ? 0 : 1);
        if (rank <= best) continue;
        best = rank;
        *ret = (Walk){.edge = i,
                      .from = left ? e->left : e->right,
                      .to = left ? e->right : e->left,
                      .is_backward = !left};
    }
    return best >= 0;
}

/* The first node that a condition of its own speaks of. */
static uint32_t start_node(const GraphMatch *m) {
    for (uint32_t i = 0; i < m->n_nodes; i++)
        for (size_t k = 0; k < m->n_conjuncts; k++)
            if (m->conjuncts[k].nodes == 1u << i && !m->conjuncts[k].edges) return i;
    return m->first;
}

/* let __V: the nodes, with the numbers of their edges where these are read. */
static void put_all_nodes(const GraphMatch *m, Buf *out) {
    buf_puts(out, "let __V = __N");
    if (m->reads_degrees)
        buf_puts(out,
                 " | join kind=leftouter (__E | summarize __degree_in = count() by __a = __t) on "
                 "$left.__n == $right.__a | join kind=leftouter (__E | summarize __degree_out = "
                 "count() by __z = __s) on $left.__n == $right.__z | extend __degree_in = "
                 "coalesce(__degree_in, 0), __degree_out = coalesce(__degree_out, 0)");
    buf_puts(out, ";\n");
}

static bool leads(const GraphEdge *e, uint32_t from, uint32_t to) {
    if (e->to_right == e->to_left || (e->is_path && !e->min)) return false;
    return e->to_right ? e->left == from && e->right == to : e->right == from && e->left == to;
}

static bool has_edge_from_any(const GraphMatch *m, const bool *is_left, uint32_t to) {
    for (uint32_t i = 0; i < m->n_edges; i++)
        for (uint32_t from = 0; from < m->n_nodes; from++)
            if (is_left[from] && leads(&m->edges[i], from, to)) return true;
    return false;
}

/* The pattern itself has a cycle: nodes stay when those that nothing leads to are taken away by turns. */
static bool is_cycle(const GraphMatch *m) {
    bool *is_left = ARENA_ARRAY(m->b->arena, bool, m->n_nodes + 1u);
    uint32_t n = (uint32_t)m->n_nodes;
    for (uint32_t i = 0; i < n; i++) is_left[i] = true;
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (uint32_t i = 0; i < m->n_nodes; i++) {
            if (!is_left[i] || has_edge_from_any(m, is_left, i)) continue;
            is_left[i] = false;
            n--;
            goes_on = true;
        }
    }
    return n > 0;
}

static bool put_walk(GraphMatch *m, const Walk *w, uint32_t step, Buf *out) {
    GraphEdge *e = &m->edges[w->edge];
    if (m->cycles == CYCLES_NONE && m->nodes[w->to].is_bound && !(m->is_never = is_cycle(m))) {
        bind_unsupported(m->b, e->node,
                         "cycles=none with two ways to a node\n"
                         "match one way, and join the other by the columns of both ends");
        return false;
    }
    if (e->is_path) put_path(m, w, step, out);
    else put_single_edge(m, w, step, out);
    e->is_bound = true;
    put_conditions(m, out);
    buf_puts(out, ";\n");
    return true;
}

/* The shortest of the matches between each two ends. */
static void put_shortest(const GraphMatch *m, uint32_t step, Buf *out) {
    uint32_t n_single = 0;
    buf_printf(out, "let __L = __R%u | extend __len = 0", step);
    for (uint32_t i = 0; i < m->n_edges; i++) {
        if (m->edges[i].is_path) buf_printf(out, " + array_length(__p%u)", i);
        else n_single++;
    }
    buf_printf(out, " + %u;\n__L", n_single);
    if (m->wants_all)
        buf_printf(
            out,
            " | join kind=inner (__L | summarize __least = min(__len) by __a = __n%u, __z = "
            "__n%u) on $left.__n%u == $right.__a, $left.__n%u == $right.__z | where __len == "
            "__least",
            m->first, m->last, m->first, m->last);
    else
        buf_printf(out, " | summarize arg_min(__len, *) by __a = __n%u, __z = __n%u", m->first,
                   m->last);
}

/* Whether paths may be dropped while they grow. */
static bool may_prune(const GraphMatch *m) {
    if (!m->is_shortest || m->n_edges != 1 || m->edges[0].min > 1) return false;
    for (size_t i = 0; i < m->n_conjuncts; i++)
        if (m->conjuncts[i].edges) return false;
    return true;
}

/* Whether a walk led to every node. */
static bool is_whole(const GraphMatch *m) {
    for (uint32_t i = 0; i < m->n_nodes; i++)
        if (!m->nodes[i].is_bound) return false;
    return true;
}

/* The rows of matches; NULL when reported. */
static Plan *bind_matches(GraphMatch *m) {
    Buf text = {0};
    Walk w;
    uint32_t start = start_node(m), step = 0;
    put_all_nodes(m, &text);
    m->nodes[start].is_bound = true;
    buf_printf(&text, "let __R0 = __V | project __n%u = __n", start);
    put_needs(m, &m->nodes[start].needs, 'n', start, &text);
    put_conditions(m, &text);
    buf_puts(&text, ";\n");
    bool is_fine = true;
    while (is_fine && next_walk(m, &w)) is_fine = put_walk(m, &w, ++step, &text);
    if (is_fine && !is_whole(m)) {
        bind_unsupported(
            m->b, m->op->kids[0],
            "A pattern of sequences that share no node\njoin two graph-match by a column of each");
        is_fine = false;
    }
    if (m->is_shortest) put_shortest(m, step, &text);
    else buf_printf(&text, "__R%u", step);
    if (m->is_never) buf_puts(&text, " | where false");
    Plan *plan = is_fine ? graph_template(m->b, m->op, m->graph, buf_str(&text), m->args,
                                          (uint32_t)m->n_args)
                         : NULL;
    buf_free(&text);
    return plan;
}

/* The items of project, over the columns of matches. They are rewritten before the joins are written,
 * which bring what they read. */
static const Node **rewrite_items(GraphMatch *m, const Node *items) {
    const Node **rewritten = ARENA_ARRAY(m->b->arena, const Node *, items->n + 1);
    for (uint32_t i = 0; i < items->n; i++) {
        const Node *item = items->kids[i];
        if (item->kind == NODE_NAMED_LIST) {
            bind_unsupported(
                m->b, item,
                "Several names for one expression of graph-match\nproject the expression, and extend (a, b) = ... behind it");
            return NULL;
        }
        rewritten[i] = graph_rewrite(m, item->kind == NODE_NAMED ? item->kids[1] : item);
        if (!rewritten[i]) return NULL;
    }
    return rewritten;
}

static Plan *project_matches(GraphMatch *m, const Node *items, const Node *const *rewritten,
                             Plan *matches) {
    Row former = bind_set_row(m->b, matches);
    Projection p = projection_new(m->b);
    for (uint32_t i = 0; i < items->n; i++) {
        const Node *item = items->kids[i];
        Str name = item->kind == NODE_NAMED ? item->kids[0]->text : bind_name_of(m->b, item);
        projection_add_item(&p, item, name, bind_expr(m->b, rewritten[i]), false);
    }
    bind_restore_row(m->b, former);
    return projection_finish(&p, matches, false, m->op->span);
}

static bool read_output(GraphMatch *m) {
    Str word = STR("any");
    bind_param_word(m->op, "output", &word);
    m->wants_all = str_is(word, "all");
    if (m->wants_all || str_is(word, "any")) return true;
    bind_error(m->b, m->op, "KS140", "'%.*s' is no value of output.", STR_ARG(word))->hint =
        STR("the values are any and all");
    return false;
}

/* One sequence with a path of variable length. */
static bool is_path_pattern(GraphMatch *m) {
    bool has_path = false;
    for (uint32_t i = 0; i < m->n_edges; i++) has_path = has_path || m->edges[i].is_path;
    if (has_path && m->op->kids[0]->n == 1) return true;
    bind_error(m->b, m->op->kids[0], "KS234",
               "A single sequence with an edge of variable length expected.")
        ->hint = STR("(a)-[path*1..5]->(b)");
    return false;
}

static Plan *bind_pattern(Binder *b, const Node *op, Plan *input, bool is_shortest) {
    if (op->n < 3) return NULL;
    GraphMatch *m = ARENA_NEW(b->arena, GraphMatch);
    *m = (GraphMatch){.b = b, .op = op, .graph = graph_of(b, input), .is_shortest = is_shortest};
    if (!op->kids[2]) {
        bind_error(b, op, "KS006", "Missing project clause")->hint =
            STR("project says which columns a match gives");
        return NULL;
    }
    if (!(is_shortest ? read_output(m) : read_cycles(m)) || !graph_read_pattern(m)) return NULL;
    if (is_shortest && !is_path_pattern(m)) return NULL;
    m->is_pruned = may_prune(m);
    const Node **rewritten = rewrite_items(m, op->kids[2]);
    Plan *matches = rewritten ? bind_matches(m) : NULL;
    return matches ? project_matches(m, op->kids[2], rewritten, matches) : NULL;
}

Plan *bind_op_graph_match(Binder *b, const Node *op, Plan *input) {
    return bind_pattern(b, op, input, false);
}

Plan *bind_op_graph_shortest_paths(Binder *b, const Node *op, Plan *input) {
    return bind_pattern(b, op, input, true);
}
