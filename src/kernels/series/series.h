/*
 * series.h: kernels over series: dynamic arrays of numbers in the order of time.
 */
#ifndef QUARRY_KERNELS_SERIES_H
#define QUARRY_KERNELS_SERIES_H

#include "kernels/kernel.h"

/* series_elements.c: element by element */
extern const Kernel kernel_series_add, kernel_series_subtract, kernel_series_multiply;
extern const Kernel kernel_series_divide, kernel_series_pow;
extern const Kernel kernel_series_greater, kernel_series_greater_equals, kernel_series_less;
extern const Kernel kernel_series_less_equals, kernel_series_equals, kernel_series_not_equals;
extern const Kernel kernel_series_abs, kernel_series_sign, kernel_series_exp, kernel_series_log;
extern const Kernel kernel_series_sin, kernel_series_cos, kernel_series_tan;
extern const Kernel kernel_series_asin, kernel_series_acos, kernel_series_atan;
extern const Kernel kernel_series_floor, kernel_series_ceiling;

/* series_fill.c */
extern const Kernel kernel_series_fill_const, kernel_series_fill_forward;
extern const Kernel kernel_series_fill_backward, kernel_series_fill_linear;

/* series_reduce.c: one value, or the array of several columns */
extern const Kernel kernel_series_sum, kernel_series_product, kernel_series_magnitude;
extern const Kernel kernel_series_dot_product, kernel_series_cosine_similarity;
extern const Kernel kernel_series_pearson_correlation;
extern const Kernel kernel_series_stats, kernel_series_stats_dynamic;

/* series_filter.c */
extern const Kernel kernel_series_fir, kernel_series_iir;

/* series_fit.c, series_fit_poly.c */
extern const Kernel kernel_series_fit_line, kernel_series_fit_line_dynamic;
extern const Kernel kernel_series_fit_2lines, kernel_series_fit_2lines_dynamic;
extern const Kernel kernel_series_fit_poly;

/* series_fourier.c */
extern const Kernel kernel_series_fft, kernel_series_ifft;

/* series_periods.c, series_decompose.c, series_outliers.c */
extern const Kernel kernel_series_periods_detect, kernel_series_periods_validate;
extern const Kernel kernel_series_seasonal, kernel_series_decompose;
extern const Kernel kernel_series_decompose_forecast, kernel_series_decompose_anomalies;
extern const Kernel kernel_series_outliers;

#endif
