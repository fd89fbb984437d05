/*
 * numeric.h: kernels over numbers.
 */
#ifndef QUARRY_KERNELS_NUMERIC_H
#define QUARRY_KERNELS_NUMERIC_H

#include "kernels/kernel.h"

/* numeric.c: the result has the type of the argument (abs of an integer: long) */
extern const Kernel kernel_abs, kernel_ceiling, kernel_round, kernel_sign;
/* real to real */
extern const Kernel kernel_sqrt, kernel_exp, kernel_exp2, kernel_exp10;
extern const Kernel kernel_log, kernel_log2, kernel_log10, kernel_pow;
extern const Kernel kernel_sin, kernel_cos, kernel_tan, kernel_cot;
extern const Kernel kernel_asin, kernel_acos, kernel_atan, kernel_atan2;
extern const Kernel kernel_degrees, kernel_radians, kernel_pi;
extern const Kernel kernel_around, kernel_rand;

/* bits.c: long to long */
extern const Kernel kernel_binary_and, kernel_binary_or, kernel_binary_xor, kernel_binary_not;
extern const Kernel kernel_binary_shift_left, kernel_binary_shift_right;
extern const Kernel kernel_bitset_count_ones;

/* distributions.c */
extern const Kernel kernel_gamma, kernel_loggamma, kernel_erf, kernel_erfc;
extern const Kernel kernel_beta_cdf, kernel_beta_pdf, kernel_beta_inv, kernel_welch_test;

#endif
