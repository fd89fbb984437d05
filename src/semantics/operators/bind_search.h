/*
 * bind_search.h: conditions over all columns of a row, as search, find and `where * has` have them.
 */
#ifndef QUARRY_BIND_SEARCH_H
#define QUARRY_BIND_SEARCH_H

#include "semantics/bind_internal.h"

/* A condition in which a lone string literal is a term to be found in any column, `column:"term"` one to
 * be found in that column, and `*` is true. `is_case_sensitive`: string operators heed case. */
Expr *bind_search_predicate(Binder *b, const Node *n, bool is_case_sensitive);

/* column : "term" and * : "term", with stars at the ends of the term. */
Expr *bind_column_term(Binder *b, const Node *n, bool is_case_sensitive);
/* `* op value`: the operator over every column that it is defined for; a negated operator must hold for
 * all of them, another for one. */
Expr *bind_any_column(Binder *b, const Node *binary);

/* The columns that a condition names, each once, in order; *ret_reads_all when it looks at all columns. */
typedef struct NameList {
    const Node **items;
    size_t n, cap;
} NameList;
void bind_search_names(Binder *b, const Node *n, NameList *ret, bool *ret_reads_all);

#endif
