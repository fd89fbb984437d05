/*
 * base64.h: bytes as base64 text and back. Pure functions over an arena.
 */
#ifndef QUARRY_KERNELS_BASE64_H
#define QUARRY_KERNELS_BASE64_H

#include "base/base.h"

/* With padding, in one line. */
Str base64_encode(Arena *arena, Str bytes);
/* Whole groups of four with padding only at the end, blanks around them allowed; false for other
 * text. No text gives no bytes. */
NODISCARD bool base64_decode(Arena *arena, Str text, Str *ret_bytes);

#endif
