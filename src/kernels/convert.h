/*
 * convert.h: the readings of text and reals that value_convert is made of, for kernels that need
 * one alone. All are false when the input is no such value or does not fit.
 */
#ifndef QUARRY_KERNELS_CONVERT_H
#define QUARRY_KERNELS_CONVERT_H

#include "base/base.h"
#include "base/type.h"

/* As tolong(): decimal or 0x digits, a fraction is cut off, blanks around are allowed. */
NODISCARD bool text_to_long(Str text, int64_t *ret);
/* As toreal(): also nan, inf, -inf. */
NODISCARD bool text_to_real(Str text, double *ret);
/* Cuts towards zero; false for NaN and beyond 64 bits. */
NODISCARD bool real_to_long(double value, int64_t *ret);
/* As parse_json(): text that is no JSON becomes a dynamic string, empty text and null a null. */
Value text_to_dynamic(Arena *arena, Str text);

#endif
