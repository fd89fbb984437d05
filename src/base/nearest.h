/*
 * nearest.h: which known name an unknown one was meant to be.
 *
 * A name is near when a few typing slips lie between the two, the more the longer they are, or when one
 * of them begins or ends with the other. Slips go before that; among equals the name that begins alike,
 * then the one that comes first in the order of the alphabet. What is short or has little in common is
 * near to nothing: a wrong suggestion costs more than none.
 */
#ifndef QUARRY_NEAREST_H
#define QUARRY_NEAREST_H

#include "base/base.h"

typedef struct Nearest {
    Str wanted;
    Str best; /* empty: none is near */
    unsigned cost;
} Nearest;

static inline Nearest nearest_to(Str wanted) { return (Nearest){.wanted = wanted}; }
/* `name` must live as long as the Nearest is used. */
void nearest_try(Nearest *n, Str name);

#endif
