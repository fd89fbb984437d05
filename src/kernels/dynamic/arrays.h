/*
 * arrays.h: kernels over dynamic arrays.
 */
#ifndef QUARRY_KERNELS_ARRAYS_H
#define QUARRY_KERNELS_ARRAYS_H

#include "kernels/kernel.h"

/* arrays.c */
extern const Kernel kernel_array_length, kernel_list_elements, kernel_array_concat,
    kernel_array_slice;
extern const Kernel kernel_array_split, kernel_array_reverse, kernel_array_iff, kernel_array_sum;
extern const Kernel kernel_array_rotate_left, kernel_array_rotate_right;
extern const Kernel kernel_array_shift_left, kernel_array_shift_right;
extern const Kernel kernel_zip;

/* array_make.c */
extern const Kernel kernel_pack_array, kernel_repeat, kernel_whole_range, kernel_range;

/* array_sort.c: one array gives the sorted array, several give an array of the sorted arrays. */
extern const Kernel kernel_array_sort_asc, kernel_array_sort_desc;

/* sets.c */
extern const Kernel kernel_set_union, kernel_set_intersect, kernel_set_difference;
extern const Kernel kernel_set_equals, kernel_set_has_element, kernel_jaccard_index;
extern const Kernel kernel_array_index_of;

/* Most elements that range() and repeat() make (documentation of range). */
enum { ARRAY_MAX_MADE = 1048576 };

#endif
