/*
 * text.h: kernels that measure, cut, join and rewrite text. Positions count code points.
 */
#ifndef QUARRY_KERNELS_TEXT_H
#define QUARRY_KERNELS_TEXT_H

#include "kernels/kernel.h"

extern const Kernel kernel_strlen, kernel_string_size, kernel_tolower, kernel_toupper;
extern const Kernel kernel_substring, kernel_split, kernel_part, kernel_indexof, kernel_reverse;
extern const Kernel kernel_strcat, kernel_strcat_delim, kernel_strcat_array;
extern const Kernel kernel_replace_string, kernel_replace_strings, kernel_translate;
extern const Kernel kernel_strcmp, kernel_strrep;
extern const Kernel kernel_isascii, kernel_isutf8;
extern const Kernel kernel_codepoints_from_string, kernel_codepoints_to_string;
extern const Kernel kernel_format_bytes;

#endif
