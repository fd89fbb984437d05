/*
 * guess.h: the known tables that a set of columns fits. Only ever told as a hint: a table is not
 * guessed.
 */
#ifndef QUARRY_GUESS_H
#define QUARRY_GUESS_H

#include "sources/infer.h"

enum { MAX_GUESSED = 4 };

/* The tables of `known` (may be NULL) that have the most of the columns seen, at least nine in ten: those
 * with the fewest others first. None when fewer than four columns were seen. Returns how many. */
uint32_t guess_tables(const KnownSchemas *known, Arena *arena, const SeenColumns *seen,
                      Str ret[MAX_GUESSED]);

#endif
