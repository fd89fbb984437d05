/*
 * convert.c: value_convert, which is what to<type>() does.
 *
 * Source: the pages of tobool, toint, tolong, toreal, todecimal, todatetime, totimespan, toguid,
 * tostring and parse_json. What cannot be converted, or does not fit, is null.
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/ticks.h"
#include "kernels/convert.h"
#include "kernels/kernel.h"

/* ------------------------------------------------------------- from text */

/* "0x1F": up to 16 hexadecimal digits, two's complement. */
static bool parse_hex(Str text, int64_t *ret) {
    bool negative = text.len && text.ptr[0] == '-';
    if (negative) text = str_sub(text, 1, text.len);
    if (text.len < 3 || text.len > 18 || text.ptr[0] != '0' || (text.ptr[1] | 32) != 'x') {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 2; i < text.len; i++) {
        char c = text.ptr[i];
        unsigned digit = c >= '0' && c <= '9'                 ? (unsigned)(c - '0')
                         : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10)
                                                              : 16;
        if (digit == 16) return false;
        value = value << 4 | digit;
    }
    *ret = (int64_t)(negative ? 0 - value : value);
    return true;
}

/* Decimal digits with a sign; false on anything else and on overflow. */
static bool parse_digits(Str text, int64_t *ret) {
    size_t i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    bool negative = i && text.ptr[0] == '-';
    if (i == text.len) return false;
    uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;
    for (; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *ret = (int64_t)(negative ? 0 - value : value);
    return true;
}

bool text_to_real(Str text, double *ret) {
    text = str_trim(text);
    bool negative = text.len && text.ptr[0] == '-';
    Str plain =
        text.len && (text.ptr[0] == '-' || text.ptr[0] == '+') ? str_sub(text, 1, text.len) : text;
    if (str_eq_nocase(plain, STR("nan"))) {
        *ret = NAN;
        return true;
    }
    if (str_eq_nocase(plain, STR("inf")) || str_eq_nocase(plain, STR("infinity"))) {
        *ret = negative ? -INFINITY : INFINITY;
        return true;
    }
    int64_t hex;
    if (json_real(negative ? text : plain, ret)) return isfinite(*ret);
    if (parse_hex(text, &hex)) {
        *ret = (double)hex;
        return true;
    }
    /* what JSON does not allow: leading zeros, "1.", ".5" */
    char copy[80];
    size_t n = 0, digits = 0;
    for (size_t i = 0; i < text.len && n + 1 < sizeof copy; i++) {
        char c = text.ptr[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !memchr("+-.eE", c, 5)) return false;
        digits += is_digit;
        copy[n++] = c;
    }
    if (!digits || n != text.len) return false;
    copy[n] = 0;
    char *end;
    *ret = strtod(copy, &end);
    return *end == 0 && isfinite(*ret);
}

bool real_to_long(double value, int64_t *ret) {
    if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)) return false;
    *ret = (int64_t)value;
    return true;
}

bool text_to_long(Str text, int64_t *ret) {
    text = str_trim(text);
    if (parse_digits(text, ret) || parse_hex(text, ret)) return true;
    Decimal number; /* "1.9" is cut to its integer part; digits by decimal, so that none is lost */
    return decimal_from_text(text, &number) && decimal_to_long(number, ret);
}

/* "true", "false" in any case, or a number that is zero or not. */
static bool text_to_bool(Str text, bool *ret) {
    text = str_trim(text);
    int64_t number;
    if (str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false"))) {
        *ret = (text.ptr[0] | 32) == 't';
        return true;
    }
    if (!parse_digits(text, &number)) return false;
    *ret = number != 0;
    return true;
}

/* The first 32 hexadecimal digits, hyphens between the groups left out; what follows is ignored. */
static bool text_to_guid(Arena *arena, Str text, Str *ret) {
    char digits[32], guid[GUID_TEXT_LEN];
    size_t n = 0;
    text = str_trim(text);
    if (text.len && (text.ptr[0] == '{' || text.ptr[0] == '(')) text = str_sub(text, 1, text.len);
    for (size_t i = 0; i < text.len && n < sizeof digits; i++) {
        bool is_gap = n == 8 || n == 12 || n == 16 || n == 20;
        if (text.ptr[i] == '-' && is_gap && text.ptr[i - 1] != '-') continue;
        digits[n++] = text.ptr[i];
    }
    if (n != sizeof digits || !guid_parse((Str){digits, n}, guid)) return false;
    *ret = arena_str(arena, (Str){guid, sizeof guid});
    return true;
}

Value text_to_dynamic(Arena *arena, Str text) {
    Value v = value_null(TYPE_DYNAMIC);
    Str trimmed = str_trim(text);
    if (!trimmed.len || str_is(trimmed, "null")) return v;
    Str json = json_canonical_str(arena, trimmed);
    if (json.len) return value_text(TYPE_DYNAMIC, json);
    Buf out = {0};
    json_put_string(&out, text);
    v = value_text(TYPE_DYNAMIC, arena_str(arena, buf_str(&out)));
    buf_free(&out);
    return v;
}

static Value from_text(Arena *arena, Str text, Type to) {
    Value v = value_null(to);
    bool ok = false;
    int64_t number = 0;
    switch (to) {
    case TYPE_BOOL: ok = text_to_bool(text, &v.u.b); break;
    case TYPE_INT:
        ok = text_to_long(text, &number) && number >= INT32_MIN && number <= INT32_MAX;
        v.u.i = (int32_t)number;
        break;
    case TYPE_LONG: ok = text_to_long(text, &v.u.l); break;
    case TYPE_REAL: ok = text_to_real(text, &v.u.r); break;
    case TYPE_DECIMAL: ok = decimal_from_text(text, &v.u.d); break;
    case TYPE_DATETIME: ok = ticks_parse_datetime(text, &v.u.l); break;
    case TYPE_TIMESPAN: ok = ticks_parse_timespan(text, &v.u.l); break;
    case TYPE_GUID: ok = text_to_guid(arena, text, &v.u.s); break;
    case TYPE_STRING: return value_str(text);
    case TYPE_DYNAMIC: return text_to_dynamic(arena, text);
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    v.is_null = !ok;
    return v;
}

/* ---------------------------------------------------------- from numbers */

static Value from_long(int64_t number, Type to) {
    Value v = value_null(to);
    bool ok = true;
    switch (to) {
    case TYPE_BOOL: v.u.b = number != 0; break;
    case TYPE_INT:
        ok = number >= INT32_MIN && number <= INT32_MAX;
        v.u.i = (int32_t)number;
        break;
    case TYPE_LONG:
    case TYPE_TIMESPAN: v.u.l = number; break;
    case TYPE_DATETIME:
        ok = number >= 0 && number <= TICKS_MAX_DATETIME;
        v.u.l = number;
        break;
    case TYPE_REAL: v.u.r = (double)number; break;
    case TYPE_DECIMAL: v.u.d = decimal_from_long(number); break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: ok = false; break;
    }
    v.is_null = !ok;
    return v;
}

static Value from_real(double number, Type to) {
    Value v = value_null(to);
    int64_t whole;
    if (to == TYPE_REAL) return value_real(number);
    if (to == TYPE_BOOL) return isnan(number) ? v : value_bool(number != 0);
    if (to == TYPE_DECIMAL) {
        v.is_null = !decimal_from_double(number, &v.u.d);
        return v;
    }
    return real_to_long(number, &whole) ? from_long(whole, to) : v;
}

/* A real that is too large is null, as toreal() of its text is. */
static Value from_decimal(Decimal number, Type to) {
    int64_t whole;
    if (to == TYPE_DECIMAL) return value_decimal(number);
    if (to == TYPE_BOOL) return value_bool(decimal_sign(number) != 0);
    if (to == TYPE_REAL) {
        double real = decimal_to_double(number);
        return isfinite(real) ? value_real(real) : value_null(to);
    }
    return decimal_to_long(number, &whole) ? from_long(whole, to) : value_null(to);
}

/* ---------------------------------------------------------- from dynamic */

static Value from_dynamic(Arena *arena, Str text, Type to) {
    int64_t whole;
    double number;
    switch (json_kind(text)) {
    case JSON_STRING: return from_text(arena, json_string(arena, text), to);
    case JSON_LONG: return json_long(text, &whole) ? from_long(whole, to) : value_null(to);
    case JSON_REAL:
        if (to == TYPE_DECIMAL) return from_text(arena, text, to);
        return json_real(text, &number) ? from_real(number, to) : value_null(to);
    case JSON_TRUE: return from_long(1, to);
    case JSON_FALSE: return from_long(0, to);
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
    case JSON_INVALID: break;
    }
    return value_null(to);
}

/* ------------------------------------------------------------------------ */

static Value to_dynamic(Arena *arena, const Value *v) {
    Buf out = {0};
    value_put_json(&out, v);
    Value made = value_text(TYPE_DYNAMIC, arena_str(arena, buf_str(&out)));
    buf_free(&out);
    return made;
}

Value value_convert(Arena *arena, const Value *v, Type to) {
    if (v->type == to) return *v;
    if (to == TYPE_STRING) return value_str(value_to_text(arena, v));
    if (v->is_null) return value_null(to);
    if (v->type == TYPE_STRING) return from_text(arena, v->u.s, to);
    if (to == TYPE_DYNAMIC) return to_dynamic(arena, v);
    switch (v->type) {
    case TYPE_BOOL: return from_long(v->u.b, to);
    case TYPE_INT: return from_long(v->u.i, to);
    case TYPE_LONG: return from_long(v->u.l, to);
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return to == TYPE_BOOL ? value_null(to) : from_long(v->u.l, to);
    case TYPE_REAL: return from_real(v->u.r, to);
    case TYPE_DECIMAL: return from_decimal(v->u.d, to);
    case TYPE_DYNAMIC: return from_dynamic(arena, v->u.s, to);
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return value_null(to);
}
