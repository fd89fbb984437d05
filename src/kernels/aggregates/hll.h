/*
 * hll.h: a sketch of how many different values there are (HyperLogLog).
 *
 * Few values are kept as their hashes and counted exactly; past the limit of its accuracy the
 * sketch turns into counters of fixed size, 2^bits bytes. As a dynamic value it is
 *
 *     [[limit, bits], ["hash", ...], []]          few values: their hashes, sorted
 *     [[limit, bits], [], ["counters"]]           many: a letter a counter
 *
 * Source: "Estimation accuracy" on the page of dcount(), and the samples on the page of hll(),
 * whose form with hashes is the same, so that such values in exported data can be counted. The
 * estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches", 2017).
 */
#ifndef QUARRY_KERNELS_HLL_H
#define QUARRY_KERNELS_HLL_H

#include "kernels/kernel.h"

typedef struct Hll {
    uint64_t *slots;   /* hashes, 0: free; a power of two of them, at most half taken */
    size_t n, n_slots; /* of hashes */
    uint8_t *counters; /* 2^bits of them once there are too many hashes; else NULL */
    uint32_t limit;    /* how many hashes at most */
    uint8_t bits;      /* 0: not begun */
} Hll;

/* Accuracies are 0 to 4; anything else counts as 1, the default. */
void hll_begin(Hll *h, int64_t accuracy);
/* Zeroed again; accepts one that has not begun. */
void hll_free(Hll *h);
void hll_add(Hll *h, uint64_t hash);
uint64_t hll_hash(Str bytes);
/* Adds all of `from`, begun or not. False when the two are of different accuracy. */
NODISCARD bool hll_merge(Hll *into, const Hll *from);
/* Whether a hash was added to a sketch that still keeps its hashes. */
bool hll_has(const Hll *h, uint64_t hash);
int64_t hll_count(const Hll *h);
/* False when the text is no sketch of ours or the counters are written in another way; then *ret
 * holds nothing to free. */
NODISCARD bool hll_parse(Str json, Hll *ret);
void hll_print(const Hll *h, Buf *out);

#endif
