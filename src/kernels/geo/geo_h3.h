/*
 * geo_h3.h: cells of the H3 library, for the files that use it.
 *
 * Without the library (see meson.build) none of this is there, and the functions that need it are not
 * supported.
 */
#ifndef QUARRY_KERNELS_GEO_H3_H
#define QUARRY_KERNELS_GEO_H3_H

#include <h3api.h>

#include "kernels/kernel.h"
#include "kernels/out.h"

#define H3_MAX_RESOLUTION 15
#define H3_DEFAULT_RESOLUTION 6

/* The resolution that is argument i, or the usual one; false when there is no such resolution. */
bool h3_resolution_of(const Value *args, uint32_t n_args, uint32_t i, int usual, int *ret);
/* A cell's token, as an element of an array. */
void out_h3cell(Out *out, H3Index cell);

#endif
