/*
 * regex_literals.h: texts of which each match of a regular expression holds at least one.
 *
 * For scans, which look for them in raw records before they read any. Only ever a superset test:
 * where a pattern says something that is not understood here, there are no literals.
 */
#ifndef QUARRY_KERNELS_REGEX_LITERALS_H
#define QUARRY_KERNELS_REGEX_LITERALS_H

#include "base/base.h"

enum { REGEX_LITERALS_MAX = 8 };

typedef struct RegexLiterals {
    Str any_of[REGEX_LITERALS_MAX]; /* in the arena */
    uint32_t n;
    bool ignores_case; /* they are to be looked for without case, ASCII letters alone */
} RegexLiterals;

/* False when no such texts are known. */
bool regex_literals(Arena *arena, Str pattern, RegexLiterals *ret);
/* The longest piece of a text that holds no byte whose case could change to or from one outside
 * ASCII: k (the Kelvin sign), s (the long s), i (dotted and dotless), and none past ASCII. */
Str caseless_piece(Str text);

#endif
