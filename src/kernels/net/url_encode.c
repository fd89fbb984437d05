/*
 * url_encode.c: url_encode, url_encode_component, url_decode.
 *
 * Source: their pages. The hex digits are small, as in the pages' examples; letters, digits and
 * - _ . ! * ( ) stay, as in the form encoding of the .NET library. The two encoders differ in the
 * blank alone.
 */
#include "base/utf8.h"
#include "kernels/out.h"
#include "kernels/text/encodings.h"

static bool stays(char c) {
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) return true;
    return c != 0 && strchr("-_.!*()", c) != NULL;
}

static Str encoded(Arena *arena, Str s, Str blank) {
    static const char hex[] = "0123456789abcdef";
    Out out = {.arena = arena};
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (stays(c)) {
            out_putc(&out, c);
        } else if (c == ' ') {
            out_put(&out, blank);
        } else {
            out_putc(&out, '%');
            out_putc(&out, hex[(unsigned char)c >> 4]);
            out_putc(&out, hex[(unsigned char)c & 15]);
        }
    }
    return out_str(&out);
}

static void url_encode(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    ret_text(ret, encoded(call->scratch, args[0].u.s, STR("+")));
}

static void url_encode_component(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    ret_text(ret, encoded(call->scratch, args[0].u.s, STR("%20")));
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char low = (char)(c | 32);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* A '%' without two hex digits stays. */
static void url_decode(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str s = args[0].u.s;
    Out out = {.arena = call->scratch};
    for (size_t i = 0; i < s.len; i++) {
        int high = s.ptr[i] == '%' && i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.ptr[i + 2]) : -1;
        if (low >= 0) {
            out_putc(&out, (char)(high * 16 + low));
            i += 2;
        } else {
            out_putc(&out, s.ptr[i] == '+' ? ' ' : s.ptr[i]);
        }
    }
    ret_text(ret, utf8_repair(call->scratch, out_str(&out)));
}

const Kernel kernel_url_encode = {.fn = url_encode};
const Kernel kernel_url_encode_component = {.fn = url_encode_component};
const Kernel kernel_url_decode = {.fn = url_decode};
