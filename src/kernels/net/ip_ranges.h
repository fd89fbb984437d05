/*
 * ip_ranges.h: a set of address ranges, made from the arguments of a call.
 */
#ifndef QUARRY_KERNELS_IP_RANGES_H
#define QUARRY_KERNELS_IP_RANGES_H

#include "kernels/kernel.h"
#include "kernels/net/ip_address.h"

typedef struct IpRange {
    Uint128 first, last;
} IpRange;

typedef struct IpRanges {
    IpRange *at;
    size_t n, cap;
    bool is_sorted; /* and no two meet: looked up by halving */
    bool has_bad;   /* some text was no range */
} IpRanges;

/* Reads one range; false when the text is none. */
typedef bool (*IpRangeReader)(Str text, IpRange *ret);

/* For Kernel.prepare: the ranges that args[1] and all behind it name, texts and arrays of texts; NULL
 * when one is not constant. */
void *ip_ranges_prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                        IpRangeReader read);
void ip_ranges_release(void *state);
/* What prepare made, or the ranges of this row. */
const IpRanges *ip_ranges_of(KernelCall *call, const Value *args, uint32_t n_args,
                             IpRangeReader read);

bool ip_ranges_hold(const IpRanges *ranges, Uint128 bits);

#endif
