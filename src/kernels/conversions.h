/*
 * conversions.h: kernels that convert a value or tell its kind.
 */
#ifndef QUARRY_KERNELS_CONVERSIONS_H
#define QUARRY_KERNELS_CONVERSIONS_H

#include "kernels/kernel.h"

/* to<type>(): any scalar to the result type of the call. */
extern const Kernel kernel_convert;
/* The value as it appears inside a dynamic value: a string stays a string, never parsed. */
extern const Kernel kernel_into_dynamic;
extern const Kernel kernel_tohex, kernel_dynamic_to_json, kernel_gettype;

#endif
