/*
 * arith.h: kernels of + - * / % over every pair of types that KQL defines them for.
 *
 * All propagate nulls, and give null where there is no answer: division of integers by zero, a
 * datetime outside years 1 to 9999, division of decimals by zero, a decimal past 10^6145. Integers
 * wrap at 64 bits.
 */
#ifndef QUARRY_KERNEL_ARITH_H
#define QUARRY_KERNEL_ARITH_H

#include "kernels/kernel.h"

extern const Kernel kernel_add;      /* with one argument: the argument itself */
extern const Kernel kernel_subtract; /* with one argument: its negative */
extern const Kernel kernel_multiply;
extern const Kernel kernel_divide;
extern const Kernel kernel_modulo;

#endif
