/*
 * aggregates.h: aggregates that an engine's own cannot say exactly.
 *
 * States own heap memory and are freed by destroy. Lists, sets and bags keep values in the order of
 * their arrival, as many as the aggregate's maxSize allows.
 *
 * Source: the documentation page of each aggregate; "Default values of aggregations" and "Examples"
 * of the summarize operator.
 */
#ifndef QUARRY_KERNELS_AGGREGATES_H
#define QUARRY_KERNELS_AGGREGATES_H

#include "kernels/kernel.h"

/* Arguments: value[, maxSize]. A set takes the elements of an array one by one; `short` ones have
 * the small default size of the deprecated spellings. */
extern const AggKernel agg_set, agg_set_short;
extern const AggKernel agg_list, agg_list_short, agg_list_with_nulls;
extern const AggKernel agg_bag, agg_bag_short;

/* The smallest schema that all values fit; null when there is none. Argument: a dynamic value. */
extern const AggKernel agg_schema;

/* One value of any numeric or temporal type, as a real; 0 for fewer values than are needed. */
extern const AggKernel agg_variance, agg_variancep, agg_stdev, agg_stdevp;
/* Two values; rows where one is null are left out. */
extern const AggKernel agg_covariance, agg_covariancep;
/* Of decimals. Without any the sum is 0 and the mean null; null, too, when the sum is too large. */
extern const AggKernel agg_sum_decimal, agg_avg_decimal;

/* The array of make-series: position, value, default, first, end; see agg_series.c. */
extern const AggKernel agg_series;

/* The connected components of the edges from the first text to the second, as arrays of nodes in an
 * array; see agg_components.c. */
extern const AggKernel agg_weak_components, agg_strong_components;

#endif
