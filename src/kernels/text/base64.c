/*
 * base64.c: base64 (RFC 4648), and the functions base64_*.
 *
 * Source: their pages. What is no base64 decodes to null, or to the empty text.
 */
#include "kernels/text/base64.h"

#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/text/encodings.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Str base64_encode(Arena *arena, Str bytes) {
    char *text = arena_alloc_raw(arena, bytes.len / 3 * 4 + 4), *out = text;
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < bytes.len ? (unsigned char)bytes.ptr[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *out++ = i + k > bytes.len ? '=' : digits64[bits >> (18 - 6 * k) & 63];
    }
    return (Str){text, (size_t)(out - text)};
}

bool base64_decode(Arena *arena, Str text, Str *ret_bytes) {
    Str s = str_trim(text);
    *ret_bytes = STR_EMPTY;
    if (s.len % 4) return false;
    if (!s.len) return true;
    size_t padding = s.ptr[s.len - 1] != '=' ? 0 : s.ptr[s.len - 2] != '=' ? 1 : 2;
    char *bytes = arena_alloc_raw(arena, s.len / 4 * 3), *out = bytes;
    uint32_t bits = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *digit = memchr(digits64, s.ptr[i], 64);
        if (!digit && i < s.len - padding) return false;
        bits = bits << 6 | (digit ? (uint32_t)(digit - digits64) : 0);
        if (i % 4 != 3) continue;
        for (int shift = 16; shift >= 0; shift -= 8) *out++ = (char)(bits >> shift & 255);
        bits = 0;
    }
    *ret_bytes = (Str){bytes, (size_t)(out - bytes) - padding};
    return true;
}

/* ------------------------------------------------------------------ text */

static void base64_encode_tostring(ARGUMENTS) {
    (void)n_args;
    ret_text(ret, base64_encode(call->scratch, args[0].u.s));
}

static void base64_decode_tostring(ARGUMENTS) {
    Str bytes;
    (void)n_args;
    if (!base64_decode(call->scratch, args[0].u.s, &bytes) || !utf8_is_valid(bytes)) return;
    ret_text(ret, bytes);
}

/* ----------------------------------------------------------------- array */

/* An array of integers from 0 to 255; anything else gives the empty text. */
static void base64_encode_fromarray(ARGUMENTS) {
    JsonCursor c;
    Str element;
    (void)n_args;
    if (!is_array(&args[0]) || !json_enter(args[0].u.s, &c)) return;
    Out bytes = {.arena = call->scratch};
    while (json_next(&c, NULL, &element)) {
        int64_t byte;
        if (json_kind(element) != JSON_LONG || !json_long(element, &byte)) return;
        if (byte < 0 || byte > 255) return;
        out_putc(&bytes, (char)byte);
    }
    ret_text(ret, base64_encode(call->scratch, out_str(&bytes)));
}

static void base64_decode_toarray(ARGUMENTS) {
    Str bytes;
    (void)n_args;
    if (!base64_decode(call->scratch, args[0].u.s, &bytes)) return;
    Out list = out_open(call->scratch);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned byte = (unsigned char)bytes.ptr[i];
        if (i) out_putc(&list, ',');
        if (byte >= 100) out_putc(&list, (char)('0' + byte / 100));
        if (byte >= 10) out_putc(&list, (char)('0' + byte / 10 % 10));
        out_putc(&list, (char)('0' + byte % 10));
    }
    ret_text(ret, out_close(&list));
}

/* ------------------------------------------------------------------ guid */

enum { GUID_BYTES = 16 };

/* Where in a guid's text the hex digits of each byte stand: its first three parts are numbers whose
 * lowest byte comes first. */
static const unsigned char guid_places[GUID_BYTES] = {6,  4,  2,  0,  11, 9,  16, 14,
                                                      19, 21, 24, 26, 28, 30, 32, 34};

static unsigned hex_value(char c) {
    return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10) & 15;
}

static void base64_encode_fromguid(ARGUMENTS) {
    char bytes[GUID_BYTES];
    (void)n_args;
    if (args[0].is_null || args[0].u.s.len != GUID_TEXT_LEN) return;
    for (size_t i = 0; i < GUID_BYTES; i++) {
        const char *digits = args[0].u.s.ptr + guid_places[i];
        bytes[i] = (char)(hex_value(digits[0]) << 4 | hex_value(digits[1]));
    }
    ret_text(ret, base64_encode(call->scratch, (Str){bytes, GUID_BYTES}));
}

/* The inverse of the above: the page's example prints the third part of its guid the other way
 * round, which encoding would not lead back to. */
static void base64_decode_toguid(ARGUMENTS) {
    static const char hex[] = "0123456789abcdef";
    Str bytes;
    (void)n_args;
    if (!base64_decode(call->scratch, args[0].u.s, &bytes) || bytes.len != GUID_BYTES) return;
    char *text = arena_alloc_raw(call->scratch, GUID_TEXT_LEN);
    memset(text, '-', GUID_TEXT_LEN);
    for (size_t i = 0; i < GUID_BYTES; i++) {
        unsigned byte = (unsigned char)bytes.ptr[i];
        text[guid_places[i]] = hex[byte >> 4];
        text[guid_places[i] + 1] = hex[byte & 15];
    }
    ret_text(ret, (Str){text, GUID_TEXT_LEN});
}

const Kernel kernel_base64_encode_tostring = {.fn = base64_encode_tostring};
const Kernel kernel_base64_decode_tostring = {.fn = base64_decode_tostring};
const Kernel kernel_base64_encode_fromarray = {.fn = base64_encode_fromarray};
const Kernel kernel_base64_decode_toarray = {.fn = base64_decode_toarray};
const Kernel kernel_base64_encode_fromguid = {.fn = base64_encode_fromguid};
const Kernel kernel_base64_decode_toguid = {.fn = base64_decode_toguid};
