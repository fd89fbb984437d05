/*
 * punycode.c: punycode_from_string, punycode_to_string and the same for domain names.
 *
 * Source: RFC 3492 and the functions' pages. Nothing is mapped or normalised: case and blanks stay,
 * as in the pages' examples. A domain name is encoded label by label; the three other full stops of
 * IDNA are points. What has no answer is the empty text.
 */
#include "base/utf8.h"
#include "kernels/out.h"
#include "kernels/text/encodings.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    FIRST_BIAS = 72,
    FIRST_CODE = 128,
    CODES_MAX = 1024 /* code points of one text: the work grows with their square */
};

/* RFC 3492, 6.1: where the next delta's thresholds lie. */
static uint32_t adapt(uint32_t delta, uint32_t n_points, bool is_first) {
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / n_points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE) delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias) {
    if (k <= bias + T_MIN) return T_MIN;
    return k >= bias + T_MAX ? T_MAX : k - bias;
}

static char digit_of(uint32_t value) { return (char)(value < 26 ? 'a' + value : '0' + value - 26); }

/* BASE when `c` is no digit. */
static uint32_t digit_value(char c) {
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0') + 26;
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'z' ? (uint32_t)(low - 'a') : BASE;
}

/* ---------------------------------------------------------------- encode */

/* A number with digits whose weight depends on `bias`. */
static void put_number(Out *out, uint32_t number, uint32_t bias) {
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (number < t) break;
        out_putc(out, digit_of(t + (number - t) % (BASE - t)));
        number = (number - t) / (BASE - t);
    }
    out_putc(out, digit_of(number));
}

/* The code points of `s`; false when it is no UTF-8 or has too many. */
static bool read_points(Arena *arena, Str s, uint32_t **ret_points, uint32_t *ret_n) {
    if (!utf8_is_valid(s) || utf8_count(s) > CODES_MAX) return false;
    uint32_t *points = ARENA_ARRAY(arena, uint32_t, utf8_count(s) + 1), n = 0;
    unsigned len;
    for (size_t at = 0; at < s.len; at += len) points[n++] = utf8_decode(s, at, &len);
    *ret_points = points;
    *ret_n = n;
    return true;
}

static uint32_t next_point(const uint32_t *points, uint32_t n, uint32_t at_least) {
    uint32_t next = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++)
        if (points[i] >= at_least && points[i] < next) next = points[i];
    return next;
}

/* Appends `s`, encoded. The numbers stay small: CODES_MAX times the highest code point is less than
 * 2^33, and is checked. */
static bool encode(Str s, Out *out) {
    uint32_t *points, n, n_basic = 0, code = FIRST_CODE, bias = FIRST_BIAS;
    uint64_t delta = 0;
    if (!read_points(out->arena, s, &points, &n)) return false;
    for (uint32_t i = 0; i < n; i++) {
        if (points[i] >= FIRST_CODE) continue;
        out_putc(out, (char)points[i]);
        n_basic++;
    }
    if (n_basic) out_putc(out, '-');
    for (uint32_t done = n_basic; done < n; code++, delta++) {
        uint32_t next = next_point(points, n, code);
        delta += (uint64_t)(next - code) * (done + 1);
        code = next;
        for (uint32_t i = 0; i < n; i++) {
            if (points[i] < code) delta++;
            if (points[i] != code) continue;
            if (delta > INT32_MAX) return false;
            put_number(out, (uint32_t)delta, bias);
            bias = adapt((uint32_t)delta, done + 1, done == n_basic);
            delta = 0;
            done++;
        }
    }
    return true;
}

/* ---------------------------------------------------------------- decode */

/* Reads a number at s[*at]; false for a bad digit, an end in its midst, or one beyond 31 bits. */
static bool read_number(Str s, size_t *at, uint32_t bias, uint32_t *ret) {
    uint64_t number = 0, weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t digit = *at < s.len ? digit_value(s.ptr[(*at)++]) : BASE;
        if (digit == BASE) return false;
        number += digit * weight;
        if (number > INT32_MAX) return false;
        uint32_t t = threshold(k, bias);
        if (digit < t) break;
        weight *= BASE - t;
        if (weight > INT32_MAX) return false;
    }
    *ret = (uint32_t)number;
    return true;
}

static bool decode(Str s, Out *out) {
    if (!utf8_is_ascii(s) || s.len > CODES_MAX) return false;
    uint32_t *points = ARENA_ARRAY(out->arena, uint32_t, s.len + 1);
    uint32_t n = 0, place = 0, code = FIRST_CODE, bias = FIRST_BIAS;
    size_t at = s.len;
    while (at && s.ptr[at - 1] != '-') at--;
    for (; at && n < at - 1; n++) points[n] = (unsigned char)s.ptr[n];
    for (uint32_t n_basic = n; at < s.len; place++) {
        uint32_t delta;
        if (!read_number(s, &at, bias, &delta)) return false;
        bias = adapt(delta, n + 1, n == n_basic);
        uint64_t sum = (uint64_t)place + delta;
        if (sum / (n + 1) > 0x10FFFF - code) return false;
        code += (uint32_t)(sum / (n + 1));
        place = (uint32_t)(sum % (n + 1));
        if (code >= 0xD800 && code < 0xE000) return false;
        memmove(points + place + 1, points + place, sizeof *points * (n - place));
        points[place] = code;
        n++;
    }
    for (uint32_t i = 0; i < n; i++) {
        char bytes[4];
        out_put(out, (Str){bytes, utf8_encode(points[i], bytes)});
    }
    return true;
}

/* --------------------------------------------------------------- domains */

/* Length of the full stop at s[at], or 0: the point, U+3002, U+FF0E, U+FF61. */
static size_t stop_len(Str s, size_t at) {
    if (s.ptr[at] == '.') return 1;
    Str three = str_sub(s, at, 3);
    bool is_stop = str_eq(three, STR("\xE3\x80\x82")) || str_eq(three, STR("\xEF\xBC\x8E")) ||
                   str_eq(three, STR("\xEF\xBD\xA1"));
    return is_stop ? 3 : 0;
}

static bool encode_label(Str label, Out *out) {
    if (utf8_is_ascii(label)) {
        out_put(out, label);
        return true;
    }
    out_put(out, STR("xn--"));
    return encode(label, out);
}

static bool decode_label(Str label, Out *out) {
    if (str_eq_nocase(str_sub(label, 0, 4), STR("xn--")))
        return decode(str_sub(label, 4, SIZE_MAX), out);
    out_put(out, label);
    return true;
}

static void each_label(KernelCall *call, Str s, bool (*convert)(Str, Out *), Value *ret) {
    Out out = {.arena = call->scratch};
    size_t from = 0;
    for (size_t at = 0; at <= s.len;) {
        size_t stop = at < s.len ? stop_len(s, at) : 1;
        if (!stop) {
            at++;
            continue;
        }
        if (!convert(str_sub(s, from, at - from), &out)) return;
        if (at < s.len) out_putc(&out, '.');
        at += stop;
        from = at;
    }
    ret_text(ret, out_str(&out));
}

static void punycode_domain_to_string(ARGUMENTS) {
    (void)n_args;
    each_label(call, args[0].u.s, encode_label, ret);
}
static void punycode_domain_from_string(ARGUMENTS) {
    (void)n_args;
    each_label(call, args[0].u.s, decode_label, ret);
}
static void punycode_from_string(ARGUMENTS) {
    (void)n_args;
    Out out = {.arena = call->scratch};
    if (encode(args[0].u.s, &out)) ret_text(ret, out_str(&out));
}
static void punycode_to_string(ARGUMENTS) {
    (void)n_args;
    Out out = {.arena = call->scratch};
    if (decode(args[0].u.s, &out)) ret_text(ret, out_str(&out));
}

const Kernel kernel_punycode_from_string = {.fn = punycode_from_string};
const Kernel kernel_punycode_to_string = {.fn = punycode_to_string};
const Kernel kernel_punycode_domain_from_string = {.fn = punycode_domain_from_string};
const Kernel kernel_punycode_domain_to_string = {.fn = punycode_domain_to_string};
