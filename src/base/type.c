/*
 * type.c: names of the scalar types, and the text forms of decimal and guid.
 */
#include "base/type.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static const char *const NAMES[TYPE_COUNT] = {
    [TYPE_ERROR] = "unknown", [TYPE_BOOL] = "bool",         [TYPE_INT] = "int",
    [TYPE_LONG] = "long",     [TYPE_REAL] = "real",         [TYPE_DECIMAL] = "decimal",
    [TYPE_STRING] = "string", [TYPE_DATETIME] = "datetime", [TYPE_TIMESPAN] = "timespan",
    [TYPE_GUID] = "guid",     [TYPE_DYNAMIC] = "dynamic",
};

/* Kusto's synonyms, and the .NET names that exported schemas use. */
static const struct {
    const char *name;
    Type type;
} SYNONYMS[] = {
    {"boolean", TYPE_BOOL},  {"sbyte", TYPE_BOOL},     {"int32", TYPE_INT},
    {"int64", TYPE_LONG},    {"double", TYPE_REAL},    {"sqldecimal", TYPE_DECIMAL},
    {"date", TYPE_DATETIME}, {"time", TYPE_TIMESPAN},  {"uuid", TYPE_GUID},
    {"uniqueid", TYPE_GUID}, {"object", TYPE_DYNAMIC},
};

const char *type_name(Type t) { return (unsigned)t < TYPE_COUNT ? NAMES[t] : NAMES[TYPE_ERROR]; }

Type type_from_name(Str name) {
    if (name.len > 7 && str_eq_nocase(str_sub(name, 0, 7), STR("System."))) {
        name = str_sub(name, 7, name.len);
    }
    for (Type t = TYPE_BOOL; t < TYPE_COUNT; t++) {
        if (str_eq_nocase(name, str_of(NAMES[t]))) return t;
    }
    for (size_t i = 0; i < COUNT_OF(SYNONYMS); i++) {
        if (str_eq_nocase(name, str_of(SYNONYMS[i].name))) return SYNONYMS[i].type;
    }
    return TYPE_ERROR;
}

/* --------------------------------------------------------------- decimal */

enum { DECIMAL_DIGITS = 34 };

static Int128 decimal_limit(void) {
    Int128 limit = 1;
    for (int i = 0; i < DECIMAL_DIGITS; i++) limit *= 10;
    return limit;
}

bool decimal_fits(Int128 value) {
    Int128 limit = decimal_limit();
    return value < limit && value > -limit;
}

/* Reads "[+-]digits" as an exponent, clamped to +-10000. False when there is no digit. */
static bool parse_exponent(Str text, size_t *at, int *ret) {
    size_t i = *at;
    bool negative = i < text.len && text.ptr[i] == '-';
    if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+')) i++;
    size_t first = i;
    int value = 0;
    for (; i < text.len && isdigit((unsigned char)text.ptr[i]); i++) {
        if (value < 10000) value = value * 10 + (text.ptr[i] - '0');
    }
    if (i == first) return false;
    *at = i;
    *ret = negative ? -value : value;
    return true;
}

/* Shifts `digits` by a power of ten into 10^-14 units, rounding half up in magnitude. */
static bool scale_decimal(Int128 digits, int power, Int128 *ret) {
    Int128 limit = decimal_limit();
    for (; power > 0 && digits != 0; power--) {
        if (digits >= limit / 10) return false;
        digits *= 10;
    }
    int last = 0;
    for (; power < 0 && (digits != 0 || last != 0); power++) {
        last = (int)(digits % 10);
        digits /= 10;
    }
    if (last >= 5) digits += 1;
    if (digits >= limit) return false;
    *ret = digits;
    return true;
}

bool decimal_parse(Str text, Int128 *ret) {
    text = str_trim(text);
    size_t i = 0, n_digits = 0;
    bool negative = text.len && text.ptr[0] == '-';
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) i++;
    Int128 digits = 0;
    int power = 0;
    bool in_fraction = false;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        if (!isdigit((unsigned char)c)) break;
        n_digits++;
        if (digits < ((Int128)1 << 122) / 10) {
            digits = digits * 10 + (c - '0');
            if (in_fraction) power--;
        } else if (!in_fraction) {
            power++;
        }
        if (power > 100000) return false;
    }
    if (!n_digits) return false;
    if (i < text.len && (text.ptr[i] == 'e' || text.ptr[i] == 'E')) {
        int exponent;
        i++;
        if (!parse_exponent(text, &i, &exponent)) return false;
        power += exponent;
    }
    if (i != text.len || !scale_decimal(digits, power + DECIMAL_SCALE, &digits)) return false;
    *ret = negative ? -digits : digits;
    return true;
}

size_t decimal_print(Int128 value, char *out) {
    bool negative = value < 0;
    Uint128 rest = negative ? -(Uint128)value : (Uint128)value;
    char digits[40];
    size_t n = 0;
    while (rest ||
           n <= DECIMAL_SCALE) { /* least significant first, at least "0" before the point */
        digits[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    size_t last = 0; /* of the fraction, without trailing zeros */
    while (last < DECIMAL_SCALE && digits[last] == '0') last++;
    size_t len = 0;
    if (negative) out[len++] = '-';
    while (n > DECIMAL_SCALE) out[len++] = digits[--n];
    if (last < DECIMAL_SCALE) out[len++] = '.';
    while (n > last) out[len++] = digits[--n];
    return len;
}

bool decimal_from_real(double value, Int128 *ret) {
    if (!isfinite(value)) return false;
    char text[64];
    int len = snprintf(text, sizeof text, "%.17g", value);
    char shorter[64];
    int shorter_len = snprintf(shorter, sizeof shorter, "%.15g", value);
    Str exact = {text, (size_t)len}, brief = {shorter, (size_t)shorter_len};
    return decimal_parse(strtod(shorter, NULL) == value ? brief : exact, ret);
}

double decimal_to_real(Int128 value) {
    Int128 whole = value / DECIMAL_ONE, fraction = value % DECIMAL_ONE;
    if (fraction == 0) return (double)whole;
    char text[48];
    text[decimal_print(value, text)] = 0;
    return strtod(text, NULL);
}

/* ------------------------------------------------------------------ guid */

bool guid_parse(Str text, char out[GUID_TEXT_LEN]) {
    text = str_trim(text);
    if (text.len >= 2) {
        char first = text.ptr[0], last = text.ptr[text.len - 1];
        if ((first == '{' && last == '}') || (first == '(' && last == ')')) {
            text = str_sub(text, 1, text.len - 2);
        }
    }
    bool hyphens = text.len == GUID_TEXT_LEN;
    if (!hyphens && text.len != 32) return false;
    size_t from = 0;
    for (size_t to = 0; to < GUID_TEXT_LEN; to++) {
        if (to == 8 || to == 13 || to == 18 || to == 23) {
            if (hyphens && text.ptr[from++] != '-') return false;
            out[to] = '-';
            continue;
        }
        unsigned char c = (unsigned char)text.ptr[from++];
        if (!isxdigit(c)) return false;
        out[to] = (char)tolower(c);
    }
    return true;
}
