/*
 * hashes.h: kernels of the hash functions and of new_guid.
 */
#ifndef QUARRY_KERNELS_HASHES_H
#define QUARRY_KERNELS_HASHES_H

#include "kernels/kernel.h"

extern const Kernel kernel_hash, kernel_hash_combine, kernel_hash_many;
extern const Kernel kernel_hash_md5, kernel_hash_sha1, kernel_hash_sha256;
extern const Kernel kernel_new_guid;

/* XXH64 with seed 0. */
uint64_t xxhash64(Str bytes);

#endif
