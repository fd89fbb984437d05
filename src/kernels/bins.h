/*
 * bins.h: kernels of bin and bin_at.
 */
#ifndef QUARRY_KERNELS_BINS_H
#define QUARRY_KERNELS_BINS_H

#include "kernels/kernel.h"

extern const Kernel kernel_bin;
extern const Kernel kernel_bin_at;

#endif
