/*
 * bind_graph_match.h: a pattern of graph-match or graph-shortest-paths while it is bound.
 *
 * bind_graph_pattern.c reads the pattern and rewrites the expressions over it: a.name becomes a column
 * of the rows of matches. bind_op_graph_match.c writes the joins that make those rows.
 *
 * Columns of a row of matches: __n2 the key of node 2, ['__n2.age'] a property of it; __e1 the number of
 * edge 1, ['__e1.kind'] a property; for an edge of variable length __p1 the array of the numbers of its
 * edges, __q1 that of the keys of all its nodes (cycles=none), __col1_0 what all(), any() or map() is.
 */
#ifndef QUARRY_BIND_GRAPH_MATCH_H
#define QUARRY_BIND_GRAPH_MATCH_H

#include "semantics/operators/bind_graph.h"

#define GRAPH_MAX_ELEMENTS 32u /* nodes of a pattern, and edges: bits of a mask */
#define GRAPH_MAX_LENGTH 64    /* edges of all paths of variable length in a pattern */
#define GRAPH_MAX_SHORTEST 32  /* the same where paths are dropped while they grow */

typedef struct GraphNeeds {
    const Column **items; /* properties that expressions read */
    size_t n, cap;
} GraphNeeds;

typedef struct GraphNode {
    Str name; /* or empty */
    GraphNeeds needs;
    bool is_bound; /* while joins are written */
} GraphNode;

typedef enum CollectKind { COLLECT_MAP, COLLECT_ANY, COLLECT_ALL } CollectKind;

/* all(), any() or map() over a path, in an expression. */
typedef struct Collect {
    CollectKind kind;
    bool is_inner; /* of inner_nodes(e) */
    const Node *value;
} Collect;

typedef struct NodeTrees {
    const Node **items;
    size_t n, cap;
} NodeTrees;

typedef struct GraphEdge {
    Str name;
    const Node *node;
    uint32_t left, right; /* nodes, as they stand in the text */
    bool to_right, to_left;
    bool is_path; /* of variable length, from min to max */
    int64_t min, max;
    GraphNeeds needs;
    Collect *collects;
    size_t n_collects, cap_collects;
    NodeTrees edge_filters,
        inner_filters; /* what all() demands of every edge, of every inner node */
    bool is_bound;
} GraphEdge;

typedef struct Conjunct {
    const Node *tree;
    uint32_t nodes, edges; /* masks of what it reads */
    bool is_done;
} Conjunct;

typedef enum GraphCycles { CYCLES_UNIQUE_EDGES, CYCLES_NONE, CYCLES_ALL } GraphCycles;

typedef struct GraphMatch {
    Binder *b;
    const Node *op;
    Graph *graph;
    GraphCycles cycles;
    bool is_never;    /* cycles=none, and the pattern is a cycle */
    bool is_shortest; /* graph-shortest-paths */
    bool wants_all;   /* its output=all */
    bool is_pruned;   /* paths that are longer than others to the same node need not grow */
    GraphNode nodes[GRAPH_MAX_ELEMENTS];
    GraphEdge edges[GRAPH_MAX_ELEMENTS];
    uint32_t n_nodes, n_edges;
    uint32_t first, last; /* nodes at the ends of the first sequence */
    Conjunct *conjuncts;
    size_t n_conjuncts, cap_conjuncts;
    uint32_t read_nodes, read_edges; /* by the expression that is being rewritten */
    bool reads_degrees;
    TemplateArg *args;
    size_t n_args, cap_args;
} GraphMatch;

/* The pattern and its conditions; false when reported. */
bool graph_read_pattern(GraphMatch *m);
/* An expression of the row of matches, over its columns; NULL when reported. */
const Node *graph_rewrite(GraphMatch *m, const Node *n);

#endif
