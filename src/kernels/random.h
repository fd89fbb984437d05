/*
 * random.h: random numbers for rand() and new_guid(), a generator for each thread.
 */
#ifndef QUARRY_KERNELS_RANDOM_H
#define QUARRY_KERNELS_RANDOM_H

#include <stdint.h>

/* 64 random bits. Not for secrets. */
uint64_t random_bits(void);

#endif
