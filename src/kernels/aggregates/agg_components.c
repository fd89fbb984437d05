/*
 * agg_components.c: the connected components of a graph, for graph-mark-components.
 *
 * The state keeps the nodes as distinct texts and the edges as pairs of positions among them. Weak
 * components are joined by union-find; strong ones are found by Tarjan's walk, with a stack of its own
 * in place of recursion. The result is an array with an array of nodes for each component; components
 * are in the order of the smallest of their nodes, nodes in theirs, so that the same graph gives the
 * same result whatever the order of its edges.
 */
#include <stdlib.h>

#include "base/json.h"
#include "kernels/aggregates/aggregates.h"
#include "kernels/out.h"
#include "kernels/text/text_set.h"

enum { MAX_NODES = 1 << 24, MAX_EDGES = 1 << 26 };

typedef struct Edge {
    uint32_t from, to;
} Edge;

typedef struct ComponentsState {
    TextSet nodes;
    Edge *edges;
    size_t n, cap;
} ComponentsState;

static uint32_t *numbers(size_t n) {
    uint32_t *items = calloc(n + 1, sizeof *items);
    if (!items) abort();
    return items;
}

/* The position of a node, which is added when it is new. */
static uint32_t node_of(ComponentsState *s, Str text) {
    if (text_set_add(&s->nodes, text, STR_EMPTY)) return (uint32_t)(s->nodes.n - 1);
    return (uint32_t)text_set_find(&s->nodes, text);
}

static void add_edge(KernelCall *call, ComponentsState *s, Str from, Str to) {
    Edge e = {.from = node_of(s, from), .to = node_of(s, to)};
    if (s->nodes.n > MAX_NODES || s->n >= MAX_EDGES) {
        kernel_fail(call, "the graph has more than %d nodes or %d edges", MAX_NODES, MAX_EDGES);
        return;
    }
    if (e.from == e.to) return;
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 16;
        s->edges = realloc(s->edges, s->cap * sizeof *s->edges);
        if (!s->edges) abort();
    }
    s->edges[s->n++] = e;
}

static void update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)n_args;
    add_edge(call, state, args[0].u.s, args[1].u.s);
}

static void combine(KernelCall *call, void *into, const void *from) {
    const ComponentsState *b = from;
    for (size_t i = 0; i < b->nodes.n; i++) node_of(into, text_set_text(&b->nodes, i));
    for (size_t i = 0; i < b->n; i++)
        add_edge(call, into, text_set_text(&b->nodes, b->edges[i].from),
                 text_set_text(&b->nodes, b->edges[i].to));
}

static void destroy(void *state) {
    ComponentsState *s = state;
    text_set_free(&s->nodes);
    free(s->edges);
}

/* ------------------------------------------------------------------- weak */

static uint32_t root_of(uint32_t *parents, uint32_t node) {
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

/* For each node one node of its component, the same for all of them. */
static uint32_t *weak_components(const ComponentsState *s) {
    uint32_t *parents = numbers(s->nodes.n);
    for (uint32_t i = 0; i < s->nodes.n; i++) parents[i] = i;
    for (size_t i = 0; i < s->n; i++) {
        uint32_t a = root_of(parents, s->edges[i].from), b = root_of(parents, s->edges[i].to);
        if (a < b) parents[b] = a;
        else parents[a] = b;
    }
    for (uint32_t i = 0; i < s->nodes.n; i++) parents[i] = root_of(parents, i);
    return parents;
}

/* ----------------------------------------------------------------- strong */

typedef struct Walk {
    uint32_t *first, *targets; /* the edges of node i: targets[first[i]] .. targets[first[i + 1]] */
    uint32_t *next;            /* of a node on the way: the next of its edges */
    uint32_t *order, *low;     /* when a node was met, from 1; the earliest that it leads back to */
    uint32_t *way, *open;      /* nodes on the way; nodes that have no component yet */
    uint32_t n_way, n_open, n_met;
    uint32_t *component; /* a node of it + 1; 0: none yet */
} Walk;

static void sort_edges(const ComponentsState *s, Walk *w) {
    for (size_t i = 0; i < s->n; i++) w->first[s->edges[i].from + 1]++;
    for (size_t i = 0; i < s->nodes.n; i++) w->first[i + 1] += w->first[i];
    memcpy(w->next, w->first, s->nodes.n * sizeof *w->next);
    for (size_t i = 0; i < s->n; i++) w->targets[w->next[s->edges[i].from]++] = s->edges[i].to;
    memcpy(w->next, w->first, s->nodes.n * sizeof *w->next);
}

static void meet(Walk *w, uint32_t node) {
    w->order[node] = w->low[node] = ++w->n_met;
    w->way[w->n_way++] = node;
    w->open[w->n_open++] = node;
}

/* The last node of the way has no edge left. */
static void step_back(Walk *w) {
    uint32_t node = w->way[--w->n_way], other;
    if (w->n_way) {
        uint32_t before = w->way[w->n_way - 1];
        if (w->low[node] < w->low[before]) w->low[before] = w->low[node];
    }
    if (w->low[node] != w->order[node]) return;
    do {
        other = w->open[--w->n_open];
        w->component[other] = node + 1;
    } while (other != node);
}

static void walk_from(Walk *w, uint32_t start) {
    meet(w, start);
    while (w->n_way) {
        uint32_t node = w->way[w->n_way - 1];
        if (w->next[node] == w->first[node + 1]) {
            step_back(w);
            continue;
        }
        uint32_t to = w->targets[w->next[node]++];
        if (!w->order[to]) meet(w, to);
        else if (!w->component[to] && w->order[to] < w->low[node]) w->low[node] = w->order[to];
    }
}

static uint32_t *strong_components(const ComponentsState *s) {
    size_t n = s->nodes.n;
    Walk w = {.first = numbers(n + 1),
              .targets = numbers(s->n),
              .next = numbers(n),
              .order = numbers(n),
              .low = numbers(n),
              .way = numbers(n),
              .open = numbers(n),
              .component = numbers(n)};
    sort_edges(s, &w);
    for (uint32_t i = 0; i < n; i++)
        if (!w.order[i]) walk_from(&w, i);
    for (size_t i = 0; i < n; i++) w.component[i]--;
    free(w.first);
    free(w.targets);
    free(w.next);
    free(w.order);
    free(w.low);
    free(w.way);
    free(w.open);
    return w.component;
}

/* ----------------------------------------------------------------- result */

typedef struct Member {
    Str text;
    uint32_t component, rank; /* rank: of the component, by its smallest node */
} Member;

static int by_text(const void *a, const void *b) {
    const Member *x = a, *y = b;
    return str_compare(x->text, y->text);
}

static int by_rank(const void *a, const void *b) {
    const Member *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return str_compare(x->text, y->text);
}

static void put_components(const Member *members, size_t n, Buf *out) {
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        bool is_first = i == 0 || members[i].rank != members[i - 1].rank;
        if (i) buf_puts(out, is_first ? "],[" : ",");
        else buf_putc(out, '[');
        json_put_string(out, members[i].text);
    }
    buf_puts(out, n ? "]]" : "]");
}

static void finish(KernelCall *call, const ComponentsState *s, uint32_t *components, Value *ret) {
    size_t n = s->nodes.n;
    Member *members = calloc(n + 1, sizeof *members);
    uint32_t *ranks = numbers(n), n_ranks = 0;
    if (!members) abort();
    for (size_t i = 0; i < n; i++)
        members[i] = (Member){.text = text_set_text(&s->nodes, i), .component = components[i]};
    qsort(members, n, sizeof *members, by_text);
    for (size_t i = 0; i < n; i++) {
        uint32_t *rank = &ranks[members[i].component];
        if (!*rank) *rank = ++n_ranks;
        members[i].rank = *rank;
    }
    qsort(members, n, sizeof *members, by_rank);
    Buf out = {0};
    put_components(members, n, &out);
    ret_text(ret, buf_to_arena(call->scratch, &out));
    free(members);
    free(ranks);
    free(components);
}

static void finish_weak(KernelCall *call, void *state, Value *ret) {
    finish(call, state, weak_components(state), ret);
}

static void finish_strong(KernelCall *call, void *state, Value *ret) {
    finish(call, state, strong_components(state), ret);
}

const AggKernel agg_weak_components = {sizeof(ComponentsState), update, combine, finish_weak,
                                       destroy};
const AggKernel agg_strong_components = {sizeof(ComponentsState), update, combine, finish_strong,
                                         destroy};
