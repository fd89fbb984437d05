/*
 * regex_marks.h: texts with marks of word boundaries in them (see regex_syntax.h).
 */
#ifndef QUARRY_KERNELS_REGEX_MARKS_H
#define QUARRY_KERNELS_REGEX_MARKS_H

#include "base/base.h"

typedef struct MarkedText {
    Buf text;
    size_t *starts; /* where each character starts in the text without marks, and its length */
    size_t n, cap;
} MarkedText;

/* Marks a text; what was there before is forgotten, its memory used again. */
void marks_set(MarkedText *marked, Str text);
void marks_free(MarkedText *marked);

/* Where the marks before the character at `offset` of the unmarked text begin. */
size_t marks_before(const MarkedText *marked, size_t offset);
/* The offset in the unmarked text that one in the marked text stands for. */
size_t marks_origin(const MarkedText *marked, size_t offset);

#endif
