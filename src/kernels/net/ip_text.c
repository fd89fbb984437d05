/*
 * ip_text.c: IPv4 addresses that stand somewhere in a text.
 *
 * Source: "has_ipv4()", "has_ipv4_prefix()", "has_any_ipv4()", "has_any_ipv4_prefix()". Each
 * address in the text must be whole and valid, and must not touch a letter or a digit. What is
 * looked for is a set of ranges: one address, or all that begin with a prefix.
 */
#include "base/utf8.h"
#include "kernels/net/ip.h"
#include "kernels/net/ip_address.h"
#include "kernels/net/ip_ranges.h"
#include "kernels/out.h"

static bool read_address(Str text, IpRange *ret) {
    Ip ip;
    if (!ip_read_ipv4(text, &ip) || memchr(text.ptr, '/', text.len)) return false;
    *ret = (IpRange){ip.bits, ip.bits};
    return true;
}

/* A whole address, or one to three of its numbers with a dot at the end. */
static bool read_address_prefix(Str text, IpRange *ret) {
    if (read_address(text, ret)) return true;
    Str s = str_trim(text);
    int n_dots = 0;
    for (size_t i = 0; i < s.len; i++) n_dots += s.ptr[i] == '.';
    if (!str_ends_with(s, STR(".")) || n_dots > 3 || s.len > 12) return false;
    char whole[24];
    int len = snprintf(whole, sizeof whole, "%.*s%s", STR_ARG(s),
                       n_dots == 1   ? "0.0.0"
                       : n_dots == 2 ? "0.0"
                                     : "0");
    size_t at = 0;
    uint32_t address;
    if (!ip_read_octets((Str){whole, (size_t)len}, &at, &address) || at != (size_t)len)
        return false;
    int prefix = IP_V4_BITS + 8 * n_dots;
    *ret = (IpRange){IP_OF_V4(address), ip_last(IP_OF_V4(address), prefix)};
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Whether a letter or digit begins at text[at]. */
static bool begins_alnum(Str text, size_t at) {
    unsigned len;
    return at < text.len && utf8_is_alnum(utf8_decode(text, at, &len));
}

/* Whether a letter or digit ends before text[at]. */
static bool ends_alnum(Str text, size_t at) {
    if (!at) return false;
    do at--;
    while (at && (text.ptr[at] & 0xC0) == 0x80);
    return begins_alnum(text, at);
}

static bool text_has(Str text, const IpRanges *wanted) {
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i;
        uint32_t address;
        if (!is_digit(text.ptr[i]) || (i && is_digit(text.ptr[i - 1]))) continue;
        if (!ip_read_octets(text, &end, &address)) continue;
        if (ends_alnum(text, i) || begins_alnum(text, end)) continue;
        if (ip_ranges_hold(wanted, IP_OF_V4(address))) return true;
    }
    return false;
}

static void has(IpRangeReader read, KernelCall *call, const Value *args, uint32_t n_args,
                Value *ret) {
    const IpRanges *wanted = ip_ranges_of(call, args, n_args, read);
    ret_bool(ret, wanted->n && text_has(arg_text(call->scratch, &args[0]), wanted));
}

#define HAS(NAME, READ)                                                                            \
    static void NAME(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        has(READ, call, args, n_args, ret);                                                        \
    }                                                                                              \
    static void *prepare_##NAME(Arena *arena, const Value *args, const bool *constant,             \
                                uint32_t n_args, Str *ret_error) {                                 \
        (void)ret_error;                                                                           \
        return ip_ranges_prepare(arena, args, constant, n_args, READ);                             \
    }                                                                                              \
    const Kernel kernel_##NAME = {NAME, prepare_##NAME, ip_ranges_release};

HAS(has_ipv4, read_address)
HAS(has_ipv4_prefix, read_address_prefix)
