/*
 * parse_value.h: text cut out by parse and parse-kv as a value of a column's type.
 */
#ifndef QUARRY_KERNELS_PARSE_VALUE_H
#define QUARRY_KERNELS_PARSE_VALUE_H

#include "kernels/kernel.h"
#include "kernels/out.h"

/* Whether `text` is a value of `type`, as a column of a pattern wants it: an integer is digits with
 * an optional sign, a string is any text. */
bool parsed_is_value(Arena *scratch, Str text, Type type, Value *ret);
/* Length of the longest prefix (at most PARSED_MAX_PREFIX bytes) that is such a value; 0: none. */
#define PARSED_MAX_PREFIX 64
size_t parsed_prefix(Arena *scratch, Str text, Type type);
/* Appends the value as an element of an array that out_open began; NULL for null. */
void parsed_put(Out *out, const Value *value);
/* The type named in a pattern; TYPE_ERROR when there is none. */
Type parsed_type(Arena *arena, Str json_name);

#endif
