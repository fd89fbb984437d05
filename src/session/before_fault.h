/*
 * before_fault.h: what else is wrong in a query that does not parse.
 */
#ifndef QUARRY_SESSION_BEFORE_FAULT_H
#define QUARRY_SESSION_BEFORE_FAULT_H

#include "semantics/semantics.h"

/* Binds what stands on the lines before the first fault of syntax, if that parses by itself, and puts its
 * errors before those in `diags`. `part` of `text` is the query; nothing is run. */
void bind_before_fault(Arena *arena, Str text, Span part, const BindOptions *options, Diags *diags);

#endif
