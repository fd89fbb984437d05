/*
 * code_set.h: sets of code points, for operations on character classes.
 *
 * Ranges in rising order that do not meet. All lives in the arena.
 */
#ifndef QUARRY_KERNELS_CODE_SET_H
#define QUARRY_KERNELS_CODE_SET_H

#include "base/base.h"

enum { CODE_POINT_MAX = 0x10FFFF };

typedef struct CodeRange {
    uint32_t first, last;
} CodeRange;

typedef struct CodeSet {
    CodeRange *at;
    size_t n, cap;
} CodeSet;

typedef enum CodeSetOp { CODES_UNION, CODES_BOTH, CODES_MINUS, CODES_EITHER, CODES_NOT } CodeSetOp;

/* What an operation gives; CODES_NOT looks at `a` alone. */
CodeSet code_set_combine(Arena *arena, CodeSetOp op, const CodeSet *a, const CodeSet *b);
/* The code points that a class in RE2's dialect matches, brackets included. False when RE2 does not
 * take it. */
NODISCARD bool code_set_of_class(Arena *arena, Str re2_class, bool ignores_case, CodeSet *ret);
/* Appends the set as a class in RE2's dialect. */
void code_set_put(Buf *out, const CodeSet *set);

#endif
