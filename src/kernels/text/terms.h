/*
 * terms.h: kernels of the string operators: has, contains, startswith, in, has_any and their kin.
 *
 * Each operator has its own Kernel, negations included; src/catalog/fn_terms.c names them.
 * Source: "String operators" and the page of each operator.
 */
#ifndef QUARRY_KERNELS_TERMS_H
#define QUARRY_KERNELS_TERMS_H

#include "kernels/kernel.h"

extern const Kernel kernel_has, kernel_not_has, kernel_has_cs, kernel_not_has_cs;
extern const Kernel kernel_hasprefix, kernel_not_hasprefix, kernel_hasprefix_cs,
    kernel_not_hasprefix_cs;
extern const Kernel kernel_hassuffix, kernel_not_hassuffix, kernel_hassuffix_cs,
    kernel_not_hassuffix_cs;
extern const Kernel kernel_contains, kernel_not_contains, kernel_contains_cs,
    kernel_not_contains_cs;
extern const Kernel kernel_startswith, kernel_not_startswith, kernel_startswith_cs,
    kernel_not_startswith_cs;
extern const Kernel kernel_endswith, kernel_not_endswith, kernel_endswith_cs,
    kernel_not_endswith_cs;
extern const Kernel kernel_equals_nocase, kernel_not_equals_nocase;

extern const Kernel kernel_in_cs, kernel_not_in_cs, kernel_in, kernel_not_in;
extern const Kernel kernel_has_any, kernel_has_all;
extern const Kernel kernel_has_any_index;

#endif
