/*
 * guess.h: the known table that a set of columns fits. Only ever told as a hint: a table is not
 * guessed.
 */
#ifndef QUARRY_GUESS_H
#define QUARRY_GUESS_H

#include "sources/infer.h"

/* A table of `known` (may be NULL) that has at least nine in ten of the columns seen, and of such
 * the one with the fewest others; empty when there is none, or fewer than four columns were seen.
 */
Str guess_table(const KnownSchemas *known, Arena *arena, const SeenColumns *seen);

#endif
