/*
 * results.h: the results of one or more queries, written one after the other.
 */
#ifndef QUARRY_CLI_RESULTS_H
#define QUARRY_CLI_RESULTS_H

#include "cli/console.h"

/* A result and the label that tells it from the others: its name, made unique, or "Result 2". */
typedef struct OneResult {
    Query *query;
    uint32_t at; /* in the query */
    Str label;
} OneResult;

typedef struct ResultList {
    OneResult *items;
    size_t n, cap;
} ResultList;

/* Appends the results of a query that is fine. */
void results_add(Console *c, ResultList *list, Query *q);
/* Leaves what --result names, if it is given. False with a message when there is none of that name or
 * number. */
bool results_choose(Console *c, ResultList *list);
/*
 * Runs them in turn and writes them as --format and --output say: into one document, or a file each in the
 * folder that --output names. Stops at the first that fails. INVALID with a message when the format has no
 * place for several. Diagnostics are in each query's diags.
 */
NODISCARD Status results_write(Console *c, Session *s, const ResultList *list);

#endif
