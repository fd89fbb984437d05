/*
 * bind_graph.h: graphs as the binder keeps them.
 *
 * A graph is no table: it is two plans, of its edges and of its nodes. In a pipe and behind a let name an
 * empty plan stands for it, and graph_of() finds the graph by that plan. What graph operators make of it is
 * written as templates over the tables __E and __N.
 *
 *   __E  the columns of the edges, and __e (number of the edge), __s and __t (keys of source and target)
 *   __N  the properties of the nodes, and __n (key): a row for each end of an edge and each given node
 *
 * A key is the id as text, so that ids of all types are joined alike and an empty one is a node too.
 */
#ifndef QUARRY_BIND_GRAPH_H
#define QUARRY_BIND_GRAPH_H

#include "semantics/bind_template.h"

struct Graph {
    Graph *outer;      /* the graph that was made before */
    const Plan *value; /* stands for the graph */
    Plan *edges, *nodes;
    uint32_t edges_share, nodes_share; /* see plan_share */
};

/* The graph that a plan (may be NULL) stands for, or NULL. */
Graph *graph_of(const Binder *b, const Plan *p);
/* A new graph over these plans; gives the plan that stands for it. */
Plan *graph_add(Binder *b, Plan *edges, Plan *nodes, Span span);
/* Messages: a table is wanted where a graph stands, and the other way round. */
void graph_is_no_table(Binder *b, const Node *n);
void graph_is_expected(Binder *b, const Node *n);
/* Columns of __E and __N that are no properties. */
bool graph_is_hidden(Str column);
/* bind_template with __E and __N. */
Plan *graph_template(Binder *b, const Node *at, Graph *g, Str text, const TemplateArg *args,
                     uint32_t n_args);

#endif
