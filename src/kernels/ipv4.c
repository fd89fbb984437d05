/*
 * ipv4.c: addresses read, masked and compared. Text that is no address gives null.
 *
 * Source: the documentation page of each function.
 */
#include "kernels/ipv4.h"

#include "kernels/elements.h"
#include "kernels/number.h"
#include "kernels/out.h"

typedef struct Ipv4 {
    uint32_t address;
    int prefix; /* 32 when none is written */
} Ipv4;

static bool read_number(Str s, size_t *at, unsigned max, unsigned *ret) {
    size_t start = *at;
    *ret = 0;
    while (*at < s.len && *at - start < 3 && s.ptr[*at] >= '0' && s.ptr[*at] <= '9')
        *ret = *ret * 10 + (unsigned)(s.ptr[(*at)++] - '0');
    return *at > start && *ret <= max;
}

static bool read_ipv4(Str text, Ipv4 *ret) {
    Str s = str_trim(text);
    size_t at = 0;
    unsigned part;
    *ret = (Ipv4){0, 32};
    for (int i = 0; i < 4; i++) {
        if (i && !(at < s.len && s.ptr[at++] == '.')) return false;
        if (!read_number(s, &at, 255, &part)) return false;
        ret->address = ret->address << 8 | part;
    }
    if (at == s.len) return true;
    if (s.ptr[at++] != '/' || !read_number(s, &at, 32, &part)) return false;
    ret->prefix = (int)part;
    return at == s.len;
}

static uint32_t masked(uint32_t address, int prefix) {
    return prefix == 0 ? 0 : address & (UINT32_MAX << (32 - prefix));
}

static bool is_within(Ipv4 ip, uint32_t network, int prefix) {
    return masked(ip.address, prefix) == masked(network, prefix);
}

static void parse_ipv4(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    Ipv4 ip;
    if (read_ipv4(args[0].u.s, &ip)) ret_long(ret, masked(ip.address, ip.prefix));
}

static void is_private(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    Ipv4 ip;
    if (!read_ipv4(args[0].u.s, &ip)) return;
    ret_bool(ret, is_within(ip, 0x0A000000, 8) || is_within(ip, 0xAC100000, 12) ||
                      is_within(ip, 0xC0A80000, 16));
}

/* Both addresses under the shortest prefix of either and of the argument. */
static bool read_pair(const Value *args, uint32_t n_args, uint32_t *ret_a, uint32_t *ret_b) {
    Ipv4 a, b;
    if (!read_ipv4(args[0].u.s, &a) || !read_ipv4(args[1].u.s, &b)) return false;
    int prefix = a.prefix < b.prefix ? a.prefix : b.prefix;
    if (n_args > 2) {
        int64_t given = args[2].is_null ? -1 : arg_long(&args[2]);
        if (given < 0 || given > 32) return false;
        if (given < prefix) prefix = (int)given;
    }
    *ret_a = masked(a.address, prefix);
    *ret_b = masked(b.address, prefix);
    return true;
}

static void is_match(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    uint32_t a, b;
    if (read_pair(args, n_args, &a, &b)) ret_bool(ret, a == b);
}

static void compare(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    uint32_t a, b;
    if (read_pair(args, n_args, &a, &b)) ret_long(ret, a < b ? -1 : a > b);
}

static void is_in_range(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    Ipv4 ip, range;
    if (!read_ipv4(args[0].u.s, &ip) || !read_ipv4(args[1].u.s, &range)) return;
    ret_bool(ret, is_within(ip, range.address, range.prefix));
}

/* Looks at one range; true when the address is in it. *ret_bad is set when it is none. */
static bool hits(Ipv4 ip, Str text, bool *ret_bad) {
    Ipv4 range;
    if (read_ipv4(text, &range)) return is_within(ip, range.address, range.prefix);
    *ret_bad = true;
    return false;
}

static void is_in_any_range(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Ipv4 ip;
    bool found = false, is_bad = false;
    if (!read_ipv4(arg_text(call->scratch, &args[0]), &ip)) return;
    for (uint32_t i = 1; i < n_args && !found; i++) {
        Elements list;
        if (!is_array(&args[i])) {
            found = hits(ip, arg_text(call->scratch, &args[i]), &is_bad);
            continue;
        }
        if (!elements_of(call->scratch, &args[i], &list)) continue;
        for (size_t k = 0; k < list.n && !found; k++)
            found = hits(ip, json_plain(call->scratch, list.at[k]), &is_bad);
    }
    if (found || !is_bad) ret_bool(ret, found);
}

const Kernel kernel_parse_ipv4 = {.fn = parse_ipv4};
const Kernel kernel_ipv4_is_private = {.fn = is_private};
const Kernel kernel_ipv4_is_match = {.fn = is_match};
const Kernel kernel_ipv4_compare = {.fn = compare};
const Kernel kernel_ipv4_is_in_range = {.fn = is_in_range};
const Kernel kernel_ipv4_is_in_any_range = {.fn = is_in_any_range};
