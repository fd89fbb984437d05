/*
 * ipv4.h: kernels over IPv4 addresses written as "a.b.c.d" or "a.b.c.d/prefix".
 */
#ifndef QUARRY_KERNELS_IPV4_H
#define QUARRY_KERNELS_IPV4_H

#include "kernels/kernel.h"

extern const Kernel kernel_parse_ipv4, kernel_ipv4_is_private;
extern const Kernel kernel_ipv4_is_match, kernel_ipv4_compare;
extern const Kernel kernel_ipv4_is_in_range, kernel_ipv4_is_in_any_range;

#endif
