/*
 * ip_address.c: addresses from text and back.
 *
 * Source: "IP-prefix notation"; the examples of parse_ipv6_mask() and ipv6_compare(). There
 * ::192.168.1.1 is the IPv4 address 192.168.1.1, and a prefix of at most 32 behind dotted notation
 * counts the bits of the IPv4 address, while ::ffff:c0a8:101 keeps its prefix of 128 bits. We read
 * ::ffff:192.168.1.1 as the former.
 */
#include "kernels/net/ip_address.h"

static bool read_number(Str s, size_t *at, unsigned max, unsigned *ret) {
    size_t start = *at;
    *ret = 0;
    while (*at < s.len && *at - start < 3 && s.ptr[*at] >= '0' && s.ptr[*at] <= '9')
        *ret = *ret * 10 + (unsigned)(s.ptr[(*at)++] - '0');
    return *at > start && *ret <= max;
}

bool ip_read_octets(Str text, size_t *at, uint32_t *ret) {
    unsigned part;
    *ret = 0;
    for (int i = 0; i < 4; i++) {
        if (i && !(*at < text.len && text.ptr[(*at)++] == '.')) return false;
        if (!read_number(text, at, 255, &part)) return false;
        *ret = *ret << 8 | part;
    }
    return true;
}

/* "/prefix" or nothing up to the end. */
static bool read_prefix(Str s, size_t at, unsigned max, int *ret) {
    unsigned prefix = max;
    if (at < s.len && (s.ptr[at++] != '/' || !read_number(s, &at, max, &prefix))) return false;
    *ret = (int)prefix;
    return at == s.len;
}

bool ip_read_ipv4(Str text, Ip *ret) {
    Str s = str_trim(text);
    size_t at = 0;
    uint32_t address;
    if (!ip_read_octets(s, &at, &address)) return false;
    if (!read_prefix(s, at, 32, &ret->prefix)) return false;
    ret->bits = IP_OF_V4(address);
    ret->prefix += IP_V4_BITS;
    ret->is_ipv4 = true;
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static bool read_group(Str s, size_t *at, uint16_t *ret) {
    size_t start = *at;
    unsigned group = 0;
    for (; *at < s.len && *at - start < 4 && hex_digit(s.ptr[*at]) >= 0; (*at)++)
        group = group << 4 | (unsigned)hex_digit(s.ptr[*at]);
    *ret = (uint16_t)group;
    return *at > start;
}

/* The parts of an IPv6 address as they are read. */
typedef struct Groups {
    uint16_t at[8];
    int n;
    int gap; /* the group that :: stands before, or -1 */
    bool is_dotted;
} Groups;

/* Four octets that end the address count as two groups. */
static bool read_dotted(Str s, size_t *at, Groups *g) {
    uint32_t address;
    size_t end = *at;
    if (g->n > 6 || !ip_read_octets(s, &end, &address)) return false;
    g->at[g->n++] = (uint16_t)(address >> 16);
    g->at[g->n++] = (uint16_t)address;
    g->is_dotted = true;
    *at = end;
    return true;
}

static bool read_groups(Str s, size_t *at, Groups *g) {
    *g = (Groups){.gap = -1};
    for (;;) {
        bool is_gap = *at + 1 < s.len && s.ptr[*at] == ':' && s.ptr[*at + 1] == ':';
        if (is_gap) {
            if (g->gap >= 0) return false;
            g->gap = g->n;
            *at += 2;
            if (*at == s.len || s.ptr[*at] == '/') break;
        } else if (g->n) {
            if (*at == s.len || s.ptr[*at] == '/') break;
            if (s.ptr[(*at)++] != ':') return false;
        }
        if (read_dotted(s, at, g)) break;
        if (g->n == 8 || !read_group(s, at, &g->at[g->n++])) return false;
    }
    return g->gap < 0 ? g->n == 8 : g->n < 8;
}

bool ip_read(Str text, Ip *ret) {
    if (ip_read_ipv4(text, ret)) return true;
    Str s = str_trim(text);
    size_t at = 0;
    Groups g;
    if (!read_groups(s, &at, &g)) return false;
    if (!read_prefix(s, at, 128, &ret->prefix)) return false;
    int n_before = g.gap < 0 ? g.n : g.gap;
    ret->bits = 0;
    for (int i = 0; i < 8; i++) {
        int from_end = i - (8 - g.n); /* groups behind the gap stand at the end */
        uint16_t group = i < n_before ? g.at[i] : from_end >= n_before ? g.at[from_end] : 0;
        ret->bits = ret->bits << 16 | group;
    }
    bool is_mapped = ret->bits >> 32 == 0 || ret->bits >> 32 == 0xFFFF;
    ret->is_ipv4 = g.is_dotted && is_mapped;
    if (ret->is_ipv4) {
        ret->bits = IP_OF_V4((uint32_t)ret->bits);
        if (ret->prefix <= 32) ret->prefix += IP_V4_BITS;
    }
    return true;
}

Uint128 ip_first(Uint128 bits, int prefix) {
    return prefix == 0 ? 0 : bits & ~(Uint128)0 << (128 - prefix);
}

Uint128 ip_last(Uint128 bits, int prefix) {
    return prefix == 128 ? bits : bits | ~(Uint128)0 >> prefix;
}

Str ip_print_ipv4(Arena *arena, uint32_t address) {
    return arena_printf(arena, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                        address >> 8 & 255, address & 255);
}

Str ip_print_ipv6(Arena *arena, Uint128 bits) {
    static const char digits[] = "0123456789abcdef";
    enum { LEN = 39 };
    char *text = arena_alloc_raw(arena, LEN);
    for (int i = 0; i < LEN; i++) {
        int digit = i - i / 5;
        text[i] = i % 5 == 4 ? ':' : digits[(unsigned)(bits >> (124 - 4 * digit)) & 15];
    }
    return (Str){text, LEN};
}
