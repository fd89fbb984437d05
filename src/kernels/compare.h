/*
 * compare.h: kernels of == != < <= > >=, between, and, or.
 *
 * Source: "Null values" (two nulls compare as null, a null and a value are unequal) and "Logical
 * operators" (a null operand counts as false).
 */
#ifndef QUARRY_KERNEL_COMPARE_H
#define QUARRY_KERNEL_COMPARE_H

#include "kernels/kernel.h"

extern const Kernel kernel_equal, kernel_not_equal;
extern const Kernel kernel_less, kernel_less_or_equal, kernel_greater, kernel_greater_or_equal;
extern const Kernel kernel_between, kernel_not_between;
extern const Kernel kernel_and, kernel_or;

/* How two values that are no null compare. NaN compares with nothing, nor do values of unlike
 * kinds. */
typedef enum Order { ORDER_LESS = -1, ORDER_EQUAL = 0, ORDER_GREATER = 1, ORDER_NONE = 2 } Order;
Order value_order(Arena *scratch, const Value *a, const Value *b);

#endif
