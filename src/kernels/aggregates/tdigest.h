/*
 * tdigest.h: a sketch of how values are distributed (t-digest).
 *
 * Values are kept with their weights while they are few, equal ones as one; past that, neighbours
 * are joined into centroids, narrow ones at the ends and wider ones in the middle. The smallest and
 * the largest value stay exact. As a dynamic value it is [[7],[values],[weights]], sorted, an
 * integer for a long, a number with a point for a real, text for times.
 *
 * Source: the pages of tdigest() and percentiles() ("Estimation error in percentiles": at most 1 %
 * of the rank; here below 0.2 %), and the samples there, whose form is the same.
 */
#ifndef QUARRY_KERNELS_TDIGEST_H
#define QUARRY_KERNELS_TDIGEST_H

#include "kernels/kernel.h"

typedef struct Centroid {
    union {
        int64_t l;
        double r; /* TDigest.type is TYPE_REAL */
    } value;
    int64_t weight;
} Centroid;

typedef struct TDigest {
    Centroid *items;
    size_t n, cap;
    size_t n_tidy; /* the first so many are sorted and joined */
    Type type;     /* LONG, REAL, DATETIME or TIMESPAN; ERROR: no value yet */
} TDigest;

void tdigest_free(TDigest *t);
/* A number or a time; null and other values are left out, as are weights below 1. */
void tdigest_add(TDigest *t, const Value *v, int64_t weight);
/* False when the two are of different types (integers and reals go together). */
NODISCARD bool tdigest_merge(TDigest *into, const TDigest *from);
/* Sorts and joins; needed before the three that follow. */
void tdigest_tidy(TDigest *t);
/* The smallest value that p percent of the weight does not exceed. There must be a value. */
Value tdigest_percentile(const TDigest *t, double p);
/* The weight of the values up to and with `v`; false when its type does not go with the digest. */
NODISCARD bool tdigest_rank(const TDigest *t, const Value *v, double *ret);
void tdigest_print(const TDigest *t, Buf *out);
double tdigest_total(const TDigest *t);
/* False when the text is no digest; then *ret holds nothing to free. */
NODISCARD bool tdigest_parse(Str json, TDigest *ret);

#endif
