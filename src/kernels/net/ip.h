/*
 * ip.h: kernels over IPv4 and IPv6 addresses written as text, with or without a prefix.
 */
#ifndef QUARRY_KERNELS_IP_H
#define QUARRY_KERNELS_IP_H

#include "kernels/kernel.h"

extern const Kernel kernel_parse_ipv4, kernel_parse_ipv4_mask;
extern const Kernel kernel_format_ipv4, kernel_format_ipv4_mask;
extern const Kernel kernel_ipv4_is_private, kernel_ipv4_netmask_suffix;
extern const Kernel kernel_ipv4_is_match, kernel_ipv4_compare;
extern const Kernel kernel_ipv4_is_in_range, kernel_ipv4_is_in_any_range;
extern const Kernel kernel_ipv4_range_to_cidr_list;
extern const Kernel kernel_parse_ipv6, kernel_parse_ipv6_mask;
extern const Kernel kernel_ipv6_is_match, kernel_ipv6_compare;
extern const Kernel kernel_ipv6_is_in_range, kernel_ipv6_is_in_any_range;

/* An address somewhere in a text. */
extern const Kernel kernel_has_ipv4, kernel_has_ipv4_prefix;

#endif
