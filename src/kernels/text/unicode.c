/*
 * unicode.c: text and its code points, and data sizes as text.
 *
 * Source: the documentation page of each function.
 */
#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/text/text.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

static void isascii_(ARGUMENTS) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]);
    size_t i = 0;
    while (i < s.len && (unsigned char)s.ptr[i] < 0x80) i++;
    ret_bool(ret, i == s.len);
}

static void isutf8(ARGUMENTS) {
    (void)n_args;
    ret_bool(ret, utf8_is_valid(arg_text(call->scratch, &args[0])));
}

static void codepoints_from_string(ARGUMENTS) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]);
    Out out = out_open(call->scratch);
    unsigned len;
    for (size_t at = 0; at < s.len; at += len) {
        char digits[12];
        int n = snprintf(digits, sizeof digits, "%u", utf8_decode(s, at, &len));
        out_element(&out, (Str){digits, (size_t)n});
    }
    ret_text(ret, out_close(&out));
}

/* False when it is no code point of a character: out of range, or half of a surrogate pair. */
static bool put_code_point(Out *out, int64_t cp) {
    char bytes[4];
    if (cp < 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) return false;
    out_put(out, (Str){bytes, utf8_encode((uint32_t)cp, bytes)});
    return true;
}

static bool put_code_points(Out *out, const Value *v) {
    Elements list;
    int64_t cp;
    if (v->is_null) return false;
    if (v->type != TYPE_DYNAMIC) return put_code_point(out, arg_long(v));
    if (!elements_of(out->arena, v, &list))
        return json_long(v->u.s, &cp) && put_code_point(out, cp);
    for (size_t i = 0; i < list.n; i++)
        if (!json_long(list.at[i], &cp) || !put_code_point(out, cp)) return false;
    return true;
}

static void codepoints_to_string(ARGUMENTS) {
    Out out = {.arena = call->scratch};
    for (uint32_t i = 0; i < n_args; i++)
        if (!put_code_points(&out, &args[i])) return;
    ret_text(ret, out_str(&out));
}

/* ------------------------------------------------------------------ sizes */

static const char *const units[] = {"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
enum { N_UNITS = COUNT_OF(units), MAX_DIGITS = 15 };

/* The index of a unit; 0 to N_UNITS - 1, or N_UNITS when there is none of that name. */
static unsigned unit_named(Str name) {
    unsigned i = 0;
    while (i < N_UNITS && !str_eq_nocase(name, str_of(units[i]))) i++;
    return i;
}

static void *format_bytes_prepare(Arena *arena, const Value *args, const bool *constant,
                                  uint32_t n_args, Str *ret_error) {
    if (n_args < 3 || !constant[2] || !args[2].u.s.len || unit_named(args[2].u.s) < N_UNITS)
        return NULL;
    *ret_error = arena_printf(arena, "\"%.*s\" is none of the units Bytes, KB, MB, GB, TB, PB, EB",
                              STR_ARG(args[2].u.s));
    return NULL;
}

/* Without a unit it is the largest one of which there is at least one. Zeros at the end of the
 * fraction are not written: the page rounds the number, it does not pad it. */
static void format_bytes(ARGUMENTS) {
    double size = arg_real(&args[0]);
    int64_t digits = n_args > 1 ? arg_long(&args[1]) : 0;
    unsigned unit = n_args > 2 && args[2].u.s.len ? unit_named(args[2].u.s) : N_UNITS;
    bool is_given = unit < N_UNITS;
    if (!is_given) unit = 0;
    for (unsigned i = 0; is_given ? i < unit : i + 1 < N_UNITS && fabs(size) >= 1024; i++) {
        size /= 1024;
        if (!is_given) unit = i + 1;
    }
    if (digits < 0) digits = 0;
    if (digits > MAX_DIGITS) digits = MAX_DIGITS;
    Value v = value_real(size);
    Str text = isfinite(size) ? arena_printf(call->scratch, "%.*f", (int)digits, size)
                              : value_to_text(call->scratch, &v);
    if (memchr(text.ptr, '.', text.len)) {
        while (text.ptr[text.len - 1] == '0') text.len--;
        if (text.ptr[text.len - 1] == '.') text.len--;
    }
    ret_text(ret, arena_printf(call->scratch, "%.*s %s", STR_ARG(text), units[unit]));
}

const Kernel kernel_isascii = {.fn = isascii_};
const Kernel kernel_isutf8 = {.fn = isutf8};
const Kernel kernel_codepoints_from_string = {.fn = codepoints_from_string};
const Kernel kernel_codepoints_to_string = {.fn = codepoints_to_string};
const Kernel kernel_format_bytes = {format_bytes, format_bytes_prepare, NULL};
