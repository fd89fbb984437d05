/*
 * regex_functions.h: kernels of the operator and the functions that take a regular expression.
 */
#ifndef QUARRY_KERNELS_REGEX_FUNCTIONS_H
#define QUARRY_KERNELS_REGEX_FUNCTIONS_H

#include "kernels/kernel.h"

extern const Kernel kernel_matches_regex;
extern const Kernel kernel_extract, kernel_extract_all;
extern const Kernel kernel_replace_regex; /* (source, regex, rewrite) */
extern const Kernel kernel_replace;       /* (regex, rewrite, source) */
extern const Kernel kernel_countof, kernel_indexof_regex, kernel_regex_quote;
extern const Kernel kernel_trim, kernel_trim_start, kernel_trim_end;

#endif
