/*
 * ip.c: addresses masked, compared, looked up in ranges and printed. Text that is no address gives
 * null, or the empty string.
 *
 * Source: the documentation page of each function. An address with a prefix stands for the first
 * one of its network, as parse_ipv4() has it; so 192.168.1.1/8 is not in 192.168.0.0/16.
 */
#include "kernels/net/ip.h"

#include "kernels/net/ip_address.h"
#include "kernels/net/ip_ranges.h"
#include "kernels/number.h"
#include "kernels/out.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

typedef bool (*Reader)(Str text, Ip *ret);

static Uint128 network(const Ip *ip) { return ip_first(ip->bits, ip->prefix); }

/* The argument that holds a number of bits; false when it is null or out of range. */
static bool prefix_arg(const Value *v, int max, int *ret) {
    int64_t given = v->is_null ? -1 : arg_long(v);
    *ret = (int)given;
    return given >= 0 && given <= max;
}

/* -------------------------------------------------- one address: numbers and text */

static void parse_ipv4(ARGUMENTS) {
    (void)call;
    (void)n_args;
    Ip ip;
    if (ip_read_ipv4(args[0].u.s, &ip)) ret_long(ret, (uint32_t)network(&ip));
}

/* The address under its own prefix or the one in args[1], whichever is shorter. */
static bool read_masked_ipv4(const Value *args, uint32_t n_args, Ip *ret) {
    int prefix = 32;
    if (n_args > 1 && !prefix_arg(&args[1], 32, &prefix)) return false;
    if (TYPE_BIT(args[0].type) & TS_NUMBER) {
        bool is_nan = args[0].type == TYPE_REAL && isnan(args[0].u.r);
        int64_t number = args[0].is_null || is_nan ? -1 : arg_long(&args[0]);
        if (number < 0 || number > UINT32_MAX) return false;
        *ret = (Ip){.bits = IP_OF_V4(number), .prefix = 128, .is_ipv4 = true};
    } else if (!ip_read_ipv4(args[0].u.s, ret)) {
        return false;
    }
    if (prefix + IP_V4_BITS < ret->prefix) ret->prefix = prefix + IP_V4_BITS;
    ret->bits = network(ret);
    return true;
}

static void parse_ipv4_mask(ARGUMENTS) {
    (void)call;
    Ip ip;
    if (read_masked_ipv4(args, n_args, &ip)) ret_long(ret, (uint32_t)ip.bits);
}

static void format_ipv4(ARGUMENTS) {
    Ip ip;
    if (read_masked_ipv4(args, n_args, &ip))
        ret_text(ret, ip_print_ipv4(call->scratch, (uint32_t)ip.bits));
}

static void format_ipv4_mask(ARGUMENTS) {
    Ip ip;
    if (!read_masked_ipv4(args, n_args, &ip)) return;
    Str address = ip_print_ipv4(call->scratch, (uint32_t)ip.bits);
    ret_text(ret, arena_printf(call->scratch, "%.*s/%d", STR_ARG(address), ip.prefix - IP_V4_BITS));
}

static void netmask_suffix(ARGUMENTS) {
    (void)call;
    (void)n_args;
    Ip ip;
    if (ip_read_ipv4(args[0].u.s, &ip)) ret_long(ret, ip.prefix - IP_V4_BITS);
}

static void is_private(ARGUMENTS) {
    (void)call;
    (void)n_args;
    Ip ip;
    if (!ip_read_ipv4(args[0].u.s, &ip)) return;
    uint32_t address = (uint32_t)network(&ip);
    ret_bool(ret, address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8);
}

static void parse_ipv6(ARGUMENTS) {
    (void)n_args;
    Ip ip;
    if (ip_read(args[0].u.s, &ip)) ret_text(ret, ip_print_ipv6(call->scratch, network(&ip)));
}

/* Here the prefix counts from the first of 128 bits for an IPv4 address too. */
static void parse_ipv6_mask(ARGUMENTS) {
    (void)n_args;
    Ip ip;
    int prefix;
    if (!ip_read(args[0].u.s, &ip) || !prefix_arg(&args[1], 128, &prefix)) return;
    if (prefix < ip.prefix) ip.prefix = prefix;
    ret_text(ret, ip_print_ipv6(call->scratch, network(&ip)));
}

/* ------------------------------------------------------------------- two addresses */

/* -1, 0 or 1 under the shortest prefix of either address and of the argument; false when one of the
 * three is none. Between two IPv4 addresses a prefix of at most 32 counts their own bits, as the
 * comments in the examples of ipv6_compare() have it. */
static bool compare_pair(Reader read, const Value *args, uint32_t n_args, int *ret) {
    Ip a, b;
    if (!read(args[0].u.s, &a) || !read(args[1].u.s, &b)) return false;
    int prefix = a.prefix < b.prefix ? a.prefix : b.prefix, given;
    if (n_args > 2) {
        if (!prefix_arg(&args[2], read == ip_read_ipv4 ? 32 : 128, &given)) return false;
        if (given <= 32 && a.is_ipv4 && b.is_ipv4) given += IP_V4_BITS;
        if (given < prefix) prefix = given;
    }
    Uint128 left = ip_first(a.bits, prefix), right = ip_first(b.bits, prefix);
    *ret = left < right ? -1 : left > right;
    return true;
}

static void ipv4_is_match(ARGUMENTS) {
    (void)call;
    int order;
    if (compare_pair(ip_read_ipv4, args, n_args, &order)) ret_bool(ret, order == 0);
}

static void ipv4_compare(ARGUMENTS) {
    (void)call;
    int order;
    if (compare_pair(ip_read_ipv4, args, n_args, &order)) ret_long(ret, order);
}

static void ipv6_is_match(ARGUMENTS) {
    (void)call;
    int order;
    if (compare_pair(ip_read, args, n_args, &order)) ret_bool(ret, order == 0);
}

static void ipv6_compare(ARGUMENTS) {
    (void)call;
    int order;
    if (compare_pair(ip_read, args, n_args, &order)) ret_long(ret, order);
}

/* ------------------------------------------------------------------------- ranges */

static bool read_range(Reader read, Str text, IpRange *ret) {
    Ip ip;
    if (!read(text, &ip)) return false;
    *ret = (IpRange){network(&ip), ip_last(ip.bits, ip.prefix)};
    return true;
}

static bool read_ipv4_range(Str text, IpRange *ret) { return read_range(ip_read_ipv4, text, ret); }
static bool read_ip_range(Str text, IpRange *ret) { return read_range(ip_read, text, ret); }

static void *prepare_ipv4_ranges(Arena *arena, const Value *args, const bool *constant,
                                 uint32_t n_args, Str *ret_error) {
    (void)ret_error;
    return ip_ranges_prepare(arena, args, constant, n_args, read_ipv4_range);
}
static void *prepare_ip_ranges(Arena *arena, const Value *args, const bool *constant,
                               uint32_t n_args, Str *ret_error) {
    (void)ret_error;
    return ip_ranges_prepare(arena, args, constant, n_args, read_ip_range);
}

/* A range that is none makes the answer null, unless another one holds the address. */
static void is_in_ranges(Reader read, IpRangeReader read_each, ARGUMENTS) {
    Ip ip;
    if (!read(arg_text(call->scratch, &args[0]), &ip)) return;
    const IpRanges *ranges = ip_ranges_of(call, args, n_args, read_each);
    bool found = ip_ranges_hold(ranges, network(&ip));
    if (found || !ranges->has_bad) ret_bool(ret, found);
}

static void ipv4_is_in_ranges(ARGUMENTS) {
    is_in_ranges(ip_read_ipv4, read_ipv4_range, call, args, n_args, ret);
}
static void ipv6_is_in_ranges(ARGUMENTS) {
    is_in_ranges(ip_read, read_ip_range, call, args, n_args, ret);
}

/* The fewest networks from start to end: each is the largest that starts there and does not go
 * beyond the end. None when the end stands before the start. */
static void range_to_cidr_list(ARGUMENTS) {
    (void)n_args;
    Ip start, end;
    if (!ip_read_ipv4(args[0].u.s, &start) || !ip_read_ipv4(args[1].u.s, &end)) return;
    uint64_t at = (uint32_t)network(&start), last = (uint32_t)network(&end);
    Buf list = {0};
    buf_putc(&list, '[');
    while (at <= last) {
        int prefix = 32;
        for (uint64_t size = 2; prefix > 0 && at % size == 0 && at + size - 1 <= last; size *= 2)
            prefix--;
        Str address = ip_print_ipv4(call->scratch, (uint32_t)at);
        buf_printf(&list, "%s\"%.*s/%d\"", list.len > 1 ? "," : "", STR_ARG(address), prefix);
        at += UINT64_C(1) << (32 - prefix);
    }
    buf_putc(&list, ']');
    ret_text(ret, buf_to_arena(call->scratch, &list));
}

const Kernel kernel_parse_ipv4 = {.fn = parse_ipv4};
const Kernel kernel_parse_ipv4_mask = {.fn = parse_ipv4_mask};
const Kernel kernel_format_ipv4 = {.fn = format_ipv4};
const Kernel kernel_format_ipv4_mask = {.fn = format_ipv4_mask};
const Kernel kernel_ipv4_is_private = {.fn = is_private};
const Kernel kernel_ipv4_netmask_suffix = {.fn = netmask_suffix};
const Kernel kernel_ipv4_is_match = {.fn = ipv4_is_match};
const Kernel kernel_ipv4_compare = {.fn = ipv4_compare};
const Kernel kernel_ipv4_is_in_range = {ipv4_is_in_ranges, prepare_ipv4_ranges, ip_ranges_release};
const Kernel kernel_ipv4_is_in_any_range = {ipv4_is_in_ranges, prepare_ipv4_ranges,
                                            ip_ranges_release};
const Kernel kernel_ipv4_range_to_cidr_list = {.fn = range_to_cidr_list};
const Kernel kernel_parse_ipv6 = {.fn = parse_ipv6};
const Kernel kernel_parse_ipv6_mask = {.fn = parse_ipv6_mask};
const Kernel kernel_ipv6_is_match = {.fn = ipv6_is_match};
const Kernel kernel_ipv6_compare = {.fn = ipv6_compare};
const Kernel kernel_ipv6_is_in_range = {ipv6_is_in_ranges, prepare_ip_ranges, ip_ranges_release};
const Kernel kernel_ipv6_is_in_any_range = {ipv6_is_in_ranges, prepare_ip_ranges,
                                            ip_ranges_release};
