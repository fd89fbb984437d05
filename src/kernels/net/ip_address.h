/*
 * ip_address.h: IPv4 and IPv6 addresses read from text and written.
 *
 * Both kinds are one 128-bit number: the IPv4 address a.b.c.d is ::ffff:a.b.c.d, and its prefix
 * counts from bit 96.
 */
#ifndef QUARRY_KERNELS_IP_ADDRESS_H
#define QUARRY_KERNELS_IP_ADDRESS_H

#include "base/type.h"

#define IP_V4_BITS 96 /* what stands before an IPv4 address */
#define IP_OF_V4(address) ((Uint128)(address) | (Uint128)0xFFFF << 32)

typedef struct Ip {
    Uint128 bits;
    int prefix;   /* 0 to 128; 128 when none is written */
    bool is_ipv4; /* written as one: a.b.c.d, or ::a.b.c.d */
} Ip;

/* Reads "a.b.c.d" or "a.b.c.d/prefix" with a prefix of 0 to 32; blanks around are allowed. */
NODISCARD bool ip_read_ipv4(Str text, Ip *ret);
/* Reads an IPv4 address as above or an IPv6 address with a prefix of 0 to 128. */
NODISCARD bool ip_read(Str text, Ip *ret);
/* Reads four numbers of 0 to 255 with dots between them from text[*at] on, and moves *at behind. */
NODISCARD bool ip_read_octets(Str text, size_t *at, uint32_t *ret);

/* The bits of the network: those behind the prefix are 0, or are 1 in the last address. */
Uint128 ip_first(Uint128 bits, int prefix);
Uint128 ip_last(Uint128 bits, int prefix);

/* "192.168.1.1", in the arena. */
Str ip_print_ipv4(Arena *arena, uint32_t address);
/* Eight groups of four digits: "fe80:0000:0000:0000:085d:e82c:9446:7994". */
Str ip_print_ipv6(Arena *arena, Uint128 bits);

#endif
