/*
 * glob.c: globs over names and command lines, and ranges of IP addresses. See exclude_internal.h.
 *
 * Matching goes back only to the last `*`, so it takes at most text x glob steps.
 */
#include <arpa/inet.h>

#include "base/utf8.h"
#include "hunt/exclude_internal.h"

/* Offset behind the class that opens at glob[at], or 0 when it is wrong. */
static size_t class_end(Str glob, size_t at, const char **ret_what) {
    size_t i = at + 1;
    uint32_t low = 0;
    bool has_item = false;
    if (i < glob.len && (glob.ptr[i] == '!' || glob.ptr[i] == '^')) i++;
    while (i < glob.len && (glob.ptr[i] != ']' || !has_item)) {
        unsigned len;
        if (glob.ptr[i] == '\\' && i + 1 < glob.len) i++;
        low = utf8_decode(glob, i, &len);
        i += len;
        has_item = true;
        if (i + 1 < glob.len && glob.ptr[i] == '-' && glob.ptr[i + 1] != ']') {
            uint32_t high = utf8_decode(glob, i + 1, &len);
            i += 1 + len;
            if (high < low) {
                *ret_what = "a range in [...] runs backwards";
                return 0;
            }
        }
    }
    *ret_what = "a \"[\" is not closed";
    return i < glob.len ? i + 1 : 0;
}

bool glob_check(Str glob, size_t *ret_at, const char **ret_what) {
    *ret_at = 0;
    *ret_what = "a glob must not be empty";
    if (!glob.len) return false;
    for (size_t at = 0; at < glob.len;) {
        *ret_at = at;
        if (glob.ptr[at] == '\\') {
            *ret_what = "a \"\\\" at the end takes nothing";
            if (at + 1 == glob.len) return false;
            at += 2;
        } else if (glob.ptr[at] == '[') {
            size_t end = class_end(glob, at, ret_what);
            if (!end) return false;
            at = end;
        } else {
            at++;
        }
    }
    return true;
}

uint32_t case_folded(uint32_t cp) {
    uint32_t lower = utf8_lower(cp);
    return cp >= 0x80 && lower < 0x80 ? cp : lower;
}

static uint32_t folded(uint32_t cp, bool is_case_sensitive) {
    return is_case_sensitive ? cp : case_folded(cp);
}

/* Whether a character is in the class that opens at glob[at]; *ret_end is behind it. */
static bool class_holds(Str glob, size_t at, uint32_t cp, bool is_exact, size_t *ret_end) {
    size_t i = at + 1;
    bool is_negated = false, is_in = false, has_item = false;
    cp = folded(cp, is_exact);
    if (glob.ptr[i] == '!' || glob.ptr[i] == '^') is_negated = true, i++;
    while (i < glob.len && (glob.ptr[i] != ']' || !has_item)) {
        unsigned len;
        if (glob.ptr[i] == '\\' && i + 1 < glob.len) i++;
        uint32_t low = utf8_decode(glob, i, &len), high = low;
        i += len;
        has_item = true;
        if (i + 1 < glob.len && glob.ptr[i] == '-' && glob.ptr[i + 1] != ']') {
            high = utf8_decode(glob, i + 1, &len);
            i += 1 + len;
        }
        if (cp >= folded(low, is_exact) && cp <= folded(high, is_exact)) is_in = true;
    }
    *ret_end = i + 1;
    return is_in != is_negated;
}

/* One element of the glob (no `*`) against one character of the text. */
static bool one_fits(Str glob, size_t at, uint32_t cp, bool is_exact, size_t *ret_end) {
    unsigned len;
    if (glob.ptr[at] == '[') return class_holds(glob, at, cp, is_exact, ret_end);
    bool is_escaped = glob.ptr[at] == '\\' && at + 1 < glob.len;
    if (is_escaped) at++;
    uint32_t want = utf8_decode(glob, at, &len);
    *ret_end = at + len;
    return (want == '?' && !is_escaped) || folded(want, is_exact) == folded(cp, is_exact);
}

bool glob_match(Str glob, Str text, bool is_case_sensitive) {
    size_t g = 0, t = 0, star = SIZE_MAX, star_text = 0;
    while (t < text.len) {
        unsigned len;
        uint32_t cp = utf8_decode(text, t, &len);
        size_t next;
        if (g < glob.len && glob.ptr[g] == '*') {
            star = ++g;
            star_text = t;
            continue;
        }
        if (g < glob.len && one_fits(glob, g, cp, is_case_sensitive, &next)) {
            g = next;
            t += len;
            continue;
        }
        if (star == SIZE_MAX) return false;
        utf8_decode(text, star_text, &len);
        star_text += len;
        t = star_text;
        g = star;
    }
    while (g < glob.len && glob.ptr[g] == '*') g++;
    return g == glob.len;
}

/* ------------------------------------------------------------------------------- IP */

static bool ip_parse(Str text, uint8_t out[16], bool *ret_is_v4) {
    char c[64];
    if (!text.len || text.len >= sizeof c) return false;
    memcpy(c, text.ptr, text.len);
    c[text.len] = 0;
    memset(out, 0, 16);
    out[10] = out[11] = 0xff;
    *ret_is_v4 = inet_pton(AF_INET, c, out + 12) == 1;
    return *ret_is_v4 || inet_pton(AF_INET6, c, out) == 1;
}

bool ip_range_parse(Str text, IpRange *ret) {
    size_t slash = str_find(text, STR("/"), 0);
    bool is_v4;
    if (!ip_parse(str_sub(text, 0, slash == SIZE_MAX ? text.len : slash), ret->bytes, &is_v4))
        return false;
    ret->bits = 128;
    if (slash == SIZE_MAX) return true;
    Str digits = str_sub(text, slash + 1, text.len);
    unsigned bits = 0;
    if (!digits.len || digits.len > 3) return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return false;
        bits = bits * 10 + (unsigned)(digits.ptr[i] - '0');
    }
    if (bits > (is_v4 ? 32u : 128u)) return false;
    ret->bits = is_v4 ? bits + 96 : bits;
    return true;
}

bool ip_range_holds(const IpRange *range, Str address) {
    uint8_t bytes[16];
    bool is_v4;
    if (!ip_parse(str_trim(address), bytes, &is_v4)) return false;
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    if (memcmp(bytes, range->bytes, whole) != 0) return false;
    return !rest || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}
