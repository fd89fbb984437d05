/*
 * bind_advice.h: advice that a check gives; see bind_advice.c. In a run these say nothing.
 */
#ifndef QUARRY_BIND_ADVICE_H
#define QUARRY_BIND_ADVICE_H

#include "semantics/bind_internal.h"

/* QY230 (warning): join without kind. */
void advise_join_kind(Binder *b, const Node *join);
/* QY231 (information): take over rows without order. */
void advise_take(Binder *b, const Node *take, const Plan *input);
/* QY232 (information): contains with a whole word. */
void advise_contains(Binder *b, const Node *binary);
/* QY233 (warning, information for dynamic values): values of two types, compared as `common`. */
void advise_compare(Binder *b, Type left, Type right, Type common, Span span);

/* QY229 (warning): tolower(x) == "Text", which never holds. */
void advise_case(Binder *b, const Node *binary);

#endif
