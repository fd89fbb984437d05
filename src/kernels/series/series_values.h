/*
 * series_values.h: what the kernels over series share: reading arrays of numbers, writing them, and
 * the mathematics that more than one of them needs.
 */
#ifndef QUARRY_KERNELS_SERIES_VALUES_H
#define QUARRY_KERNELS_SERIES_VALUES_H

#include <math.h>

#include "kernels/dynamic/elements.h"
#include "kernels/kernel.h"
#include "kernels/number.h"
#include "kernels/out.h"

/* Longest series of the functions that need more than one pass over it. */
#define SERIES_MAX_LENGTH (1u << 20)

typedef struct Series {
    double *at;      /* NaN where there is no number */
    bool *is_number; /* JSON numbers, NaN and infinities among them */
    bool *is_long;   /* whole numbers, as 1 but not 1.0 */
    size_t n;
} Series;

/* False when `v` is no array; fails the query when the array is longer than SERIES_MAX_LENGTH. */
bool series_of(KernelCall *call, const Value *v, Series *ret);
/* True when all elements are finite numbers. */
bool series_is_finite(const Series *s);
/* A series of n zeros. */
Series series_zeros(Arena *arena, size_t n);

/* Appends a number as JSON; where `is_known` is false, null. */
void out_real(Out *o, double value, bool is_known);
/* An element of an array under construction. */
void out_real_element(Out *o, double value, bool is_known);
void out_long_element(Out *o, int64_t value);
/* An array of reals, as an element of `o`; null where a value is no number. */
void out_series(Out *o, const double *at, const bool *is_known, size_t n);
/* The array alone, as the result. */
void ret_series(KernelCall *call, const double *at, const bool *is_known, size_t n, Value *ret);

/* A bag or an array of members under construction: the same code serves f() and f_dynamic(). */
typedef struct MemberOut {
    Out out;
    bool is_bag, has_some;
} MemberOut;
MemberOut members_open(Arena *arena, bool is_bag);
void members_real(MemberOut *m, const char *name, double value);
void members_long(MemberOut *m, const char *name, int64_t value);
void members_series(MemberOut *m, const char *name, const double *at, size_t n);
Str members_close(MemberOut *m);

/* Least squares y = slope * x + interception over the places x = first, first + 1, ... */
typedef struct LineFit {
    double slope, interception;
    double variance, rvariance, rsquare; /* of the sample: over n - 1 */
} LineFit;
LineFit line_fit(const double *y, size_t n, double first);

/* Discrete Fourier transform in place, of any length; `inverse` divides by n. */
void fourier(Arena *arena, double *re, double *im, size_t n, bool inverse);

/* The most significant period of a series whose score is above the threshold; 0 when there is none. */
size_t series_best_period(KernelCall *call, const double *y, size_t n, double threshold);

/* Tukey's scores of y[0..n), the fences taken from the first n_learn of them. Values that are not known
 * do not count and score 0. */
void tukey_scores(Arena *arena, const double *y, const bool *is_known, size_t n, size_t n_learn,
                  double low, double high, double *ret_scores);

/* The value below which `percent` of the n sorted values lie, between two of them linearly. */
double percentile_of_sorted(const double *sorted, size_t n, double percent);
void sort_reals(double *values, size_t n);

#endif
