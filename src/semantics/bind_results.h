/*
 * bind_results.h: the results of a query: one of each statement that gives rows, several of one that
 * ends in fork or facet.
 */
#ifndef QUARRY_BIND_RESULTS_H
#define QUARRY_BIND_RESULTS_H

#include "semantics/bind_scope.h"

/* More results than this end the query. */
#define BIND_MAX_RESULTS 1000

typedef struct Results {
    QueryResult *items;
    size_t n, cap;
} Results;

/* Binds the statements of a query and appends what each gives. False when it has no result at all and that
 * was reported; a result that is wrong is reported and left out. */
bool bind_results(Binder *b, const Node *query, Results *results);

#endif
