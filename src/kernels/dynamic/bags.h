/*
 * bags.h: kernels over property bags.
 */
#ifndef QUARRY_KERNELS_BAGS_H
#define QUARRY_KERNELS_BAGS_H

#include "kernels/kernel.h"

/* bag_make.c */
extern const Kernel kernel_bag_pack;
extern const Kernel kernel_bag_pack_filled; /* leaves null and empty values out */
extern const Kernel kernel_bag_merge, kernel_bag_zip;

/* bags.c */
extern const Kernel kernel_bag_keys, kernel_bag_has_key, kernel_bag_remove_keys;
extern const Kernel kernel_bag_set_key, kernel_treepath;

#endif
