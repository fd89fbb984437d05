/*
 * logic.h: kernels that choose between values or tell whether there is one.
 */
#ifndef QUARRY_KERNELS_LOGIC_H
#define QUARRY_KERNELS_LOGIC_H

#include "kernels/kernel.h"

extern const Kernel kernel_isnull, kernel_isnotnull, kernel_isempty, kernel_isnotempty;
extern const Kernel kernel_isnan, kernel_isinf, kernel_isfinite;
extern const Kernel kernel_not, kernel_iff, kernel_case, kernel_coalesce;
extern const Kernel kernel_max_of, kernel_min_of;

#endif
