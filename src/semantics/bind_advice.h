/*
 * bind_advice.h: advice that a check gives; see bind_advice.c. In a run these say nothing.
 */
#ifndef QUARRY_BIND_ADVICE_H
#define QUARRY_BIND_ADVICE_H

#include "semantics/bind_internal.h"

/* QY230 (warning): join without kind, unless the left rows have a key each. `plan`: the join, or NULL. */
void advise_join_kind(Binder *b, const Node *join, const Plan *plan);
/* QY250 (warning): mvexpand without limit, which ends after 128 elements of each row. */
void advise_mvexpand(Binder *b, const Node *op);
/* QY231 (information): take over rows without order, unless it ends the query: a look at some rows. */
void advise_take(Binder *b, const Node *take, const Plan *input);
/* QY232 (information): contains with a whole word. */
void advise_contains(Binder *b, const Node *binary);
/* QY233 (warning, information for dynamic values): values of two types, compared as `common`. */
void advise_compare(Binder *b, Type left, Type right, Type common, Span span);

/* QY229 (warning): tolower(x) == "Text", which never holds. */
void advise_case(Binder *b, const Node *binary);
/* QY244 (warning, once a name): a column that only the open rows of a table may have. */
void advise_absent_column(Binder *b, Str name, Span span);
/* KS249 (warning): a table has the column as int and the function wants long, or the other way. */
void advise_integer_column(Binder *b, Span span, Str name, Type wanted, Type given);
/* QY245 (warning, once a name): database("name"), which here is the data at hand. */
void advise_database(Binder *b, Span span, Str name);
/* QY247 (warning): a member of text, which is read as JSON here. */
void advise_member_of_text(Binder *b, Span span);
/* QY246 (warning): a pattern of a fuzzy union that no table or view fits. */
void advise_no_table(Binder *b, Span span, Str pattern);

#endif
