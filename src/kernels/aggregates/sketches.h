/*
 * sketches.h: the functions over sketches, hll and t-digest values.
 *
 * A sketch without values is null. Text that is no sketch counts as null.
 */
#ifndef QUARRY_KERNELS_SKETCHES_H
#define QUARRY_KERNELS_SKETCHES_H

#include "kernels/kernel.h"

/* sketch_hll.c. Arguments: value[, accuracy]; a sketch. Sketches of different accuracy do not merge:
 * the query ends with an error. */
extern const AggKernel agg_hll, agg_hll_merge;
extern const Kernel kernel_hll_merge, kernel_dcount_hll;
/* Up to so many sketches: an array of the counts of what the first i + 1 have in common. */
enum { MAX_INTERSECTED = 16 };
extern const Kernel kernel_dcount_intersect;

/* sketch_tdigest.c. Arguments: value[, weight]; a digest. Digests of different types do not merge. */
extern const AggKernel agg_tdigest, agg_tdigest_merge;
extern const Kernel kernel_tdigest_merge;
/* digest, percentile[, null of the type wanted] */
extern const Kernel kernel_percentile_tdigest;
/* digest, percentiles or arrays of them[, null of the type wanted]: an array */
extern const Kernel kernel_percentiles_array_tdigest;
/* digest, value: how many values are not above it; in percent of all */
extern const Kernel kernel_rank_tdigest, kernel_percentrank_tdigest;

#endif
