/*
 * decimal.c: the bits of a decimal, rounding, text and plain numbers. Arithmetic: kernels/decimal_math.c.
 */
#include "base/decimal.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

enum {
    BIAS = 6209,
    LOWEST_PLACE = -6176, /* of the last digit */
    HIGHEST_EXPONENT = 6111,
    DIGIT_BITS = 113,
    MAX_POWER = 38
};

/* ----------------------------------------------------------------- powers */

#define P18 ((Uint128)1000000000000000000)

static const Uint128 POWERS[MAX_POWER + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    P18,
    P18 * 10,
    P18 * 100,
    P18 * 1000,
    P18 * 10000,
    P18 * 100000,
    P18 * 1000000,
    P18 * 10000000,
    P18 * 100000000,
    P18 * 1000000000,
    P18 * 10000000000,
    P18 * 100000000000,
    P18 * 1000000000000,
    P18 * 10000000000000,
    P18 * 100000000000000,
    P18 * 1000000000000000,
    P18 * 10000000000000000,
    P18 * 100000000000000000,
    P18 *P18,
    P18 *P18 * 10,
    P18 *P18 * 100,
};

Uint128 decimal_power(int n) { return POWERS[n]; }

/* How many decimal places a number takes; 0 takes none. */
static int places_of(Uint128 n) {
    uint64_t high = (uint64_t)(n >> 64), low = (uint64_t)n;
    if (!n) return 0;
    int bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(low);
    int places = bits * 1233 >> 12; /* log10(2) = 0.30103 */
    return places + (n >= POWERS[places]);
}

/* ------------------------------------------------------------------- bits */

DecimalParts decimal_parts(Decimal d) {
    DecimalParts p = {.is_negative = d.bits < 0};
    if (!d.bits) return p;
    Uint128 bits = p.is_negative ? -(Uint128)d.bits : (Uint128)d.bits;
    p.digits = bits & (((Uint128)1 << DIGIT_BITS) - 1);
    p.exponent = (int)(bits >> DIGIT_BITS) - BIAS;
    return p;
}

/* The digits are fewer than 10^38, and none is lost. */
static bool join(bool is_negative, Uint128 digits, int exponent, Decimal *ret) {
    if (!digits) {
        *ret = DECIMAL_ZERO;
        return true;
    }
    int missing = DECIMAL_DIGITS - places_of(digits);
    if (missing > 0) digits *= POWERS[missing];
    else digits /= POWERS[-missing];
    exponent -= missing;
    if (exponent > HIGHEST_EXPONENT) return false;
    Int128 bits = (Int128)((Uint128)(exponent + BIAS) << DIGIT_BITS | digits);
    ret->bits = is_negative ? -bits : bits;
    return true;
}

bool decimal_is_sound(Decimal d) {
    DecimalParts p = decimal_parts(d);
    Decimal again;
    return !d.bits ||
           (decimal_round_wide(p.is_negative, (DecimalWide){.low = p.digits}, p.exponent, &again) &&
            again.bits == d.bits);
}

/* --------------------------------------------------------------- rounding */

/* Cuts `drop` places off and tells how what is cut compares with half of the last place that is kept. */
static Uint128 cut_places(DecimalWide w, int drop, int *ret_half) {
    Uint128 kept, cut, half;
    if (drop <= DECIMAL_DIGITS) {
        kept = w.high * POWERS[DECIMAL_DIGITS - drop] + w.low / POWERS[drop];
        cut = w.low % POWERS[drop];
        half = 5 * POWERS[drop - 1];
    } else {
        kept = w.high / POWERS[drop - DECIMAL_DIGITS];
        cut = w.high % POWERS[drop - DECIMAL_DIGITS];
        half = 5 * POWERS[drop - DECIMAL_DIGITS - 1];
        w.has_rest |= w.low != 0;
    }
    *ret_half = cut != half ? (cut > half) - (cut < half) : w.has_rest;
    return kept;
}

bool decimal_round_wide(bool is_negative, DecimalWide w, int exponent, Decimal *ret) {
    int places = w.high ? DECIMAL_DIGITS + places_of(w.high) : places_of(w.low);
    int drop = places - DECIMAL_DIGITS, half;
    if (exponent + drop < LOWEST_PLACE) drop = LOWEST_PLACE - exponent;
    if (drop > places) { /* under a tenth of the last place */
        *ret = DECIMAL_ZERO;
        return true;
    }
    if (drop <= 0) return join(is_negative, w.low, exponent, ret);
    Uint128 kept = cut_places(w, drop, &half);
    if (half > 0 || (half == 0 && (kept & 1))) kept++;
    return join(is_negative, kept, exponent + drop, ret);
}

/* ------------------------------------------------------------------- text */

enum { FAR = 100000 }; /* no digits reach so far */

/* Reads "[+-]digits" as an exponent, clamped. False when there is no digit. */
static bool read_exponent(Str text, size_t *at, int64_t *ret) {
    size_t i = *at;
    bool is_negative = i < text.len && text.ptr[i] == '-';
    if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+')) i++;
    size_t first = i;
    int64_t value = 0;
    for (; i < text.len && isdigit((unsigned char)text.ptr[i]); i++)
        if (value < INT64_MAX / 100) value = value * 10 + (text.ptr[i] - '0');
    if (i == first) return false;
    *at = i;
    *ret = is_negative ? -value : value;
    return true;
}

/* The first 68 digits from the first that is not 0, and whether another follows. */
typedef struct Digits {
    DecimalWide wide; /* the first 34 in `high` when there are more than those */
    Uint128 first, second;
    int n_first, n_second;
    int64_t power; /* of the last digit that was taken */
} Digits;

static void take_digit(Digits *d, unsigned digit, bool is_fraction) {
    if (is_fraction) d->power--;
    if (d->n_first < DECIMAL_DIGITS) {
        d->first = d->first * 10 + digit;
        d->n_first += d->first != 0;
    } else if (d->n_second < DECIMAL_DIGITS) {
        d->second = d->second * 10 + digit;
        d->n_second++;
    } else {
        d->wide.has_rest |= digit != 0;
        d->power++;
    }
}

static bool read_digits(Str text, size_t *at, Digits *ret) {
    bool is_fraction = false, has_digit = false;
    for (; *at < text.len; ++*at) {
        char c = text.ptr[*at];
        if (c == '.' && !is_fraction) {
            is_fraction = true;
        } else if (isdigit((unsigned char)c)) {
            has_digit = true;
            take_digit(ret, (unsigned)(c - '0'), is_fraction);
        } else {
            break;
        }
    }
    if (ret->n_second) {
        ret->wide.high = ret->first;
        ret->wide.low = ret->second * POWERS[DECIMAL_DIGITS - ret->n_second];
        ret->power -= DECIMAL_DIGITS - ret->n_second;
    } else {
        ret->wide.low = ret->first;
    }
    return has_digit;
}

bool decimal_from_text(Str text, Decimal *ret) {
    text = str_trim(text);
    Digits digits = {0};
    int64_t exponent = 0;
    size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    bool is_negative = at && text.ptr[0] == '-';
    if (!read_digits(text, &at, &digits)) return false;
    if (at < text.len && (text.ptr[at] | 32) == 'e') {
        at++;
        if (!read_exponent(text, &at, &exponent)) return false;
    }
    if (at != text.len) return false;
    exponent += digits.power;
    if (!digits.first || exponent < -FAR) {
        *ret = DECIMAL_ZERO;
        return true;
    }
    return exponent <= FAR && decimal_round_wide(is_negative, digits.wide, (int)exponent, ret);
}

/* Without the zeros at the end. */
static DecimalParts shortest(Decimal d) {
    DecimalParts p = decimal_parts(d);
    for (int step = 16; step && p.digits; step /= 2) {
        for (; p.digits % POWERS[step] == 0; p.exponent += step) p.digits /= POWERS[step];
    }
    return p;
}

static size_t put_digits(Uint128 digits, char *out) {
    char reversed[DECIMAL_DIGITS + 1];
    size_t n = 0, len = 0;
    for (; digits; digits /= 10) reversed[n++] = (char)('0' + (int)(digits % 10));
    while (n) out[len++] = reversed[--n];
    return len;
}

/* n characters into text of the length `len`, from `at` on; what stands there moves to the right. */
static size_t insert(char *text, size_t len, size_t at, const char *what, size_t n) {
    memmove(text + at + n, text + at, len - at);
    memcpy(text + at, what, n);
    return len + n;
}

size_t decimal_to_text(Decimal d, char *out) {
    static const char ZEROS[] = "0.0000000000000000000000000000000000";
    DecimalParts p = shortest(d);
    if (!p.digits) {
        out[0] = '0';
        return 1;
    }
    size_t sign = p.is_negative, len = put_digits(p.digits, out + sign);
    int point = (int)len + p.exponent; /* digits before it; less than 1: zeros behind it */
    char *text = out + sign;
    if (sign) out[0] = '-';
    if (point > DECIMAL_DIGITS || point < 1 - DECIMAL_DIGITS) {
        if (len > 1) len = insert(text, len, 1, ".", 1);
        return sign + len +
               (size_t)snprintf(text + len, DECIMAL_TEXT_MAX - sign - len, "e%+d", point - 1);
    }
    if (p.exponent >= 0) {
        memset(text + len, '0', (size_t)p.exponent);
        return sign + len + (size_t)p.exponent;
    }
    if (point > 0) return sign + insert(text, len, (size_t)point, ".", 1);
    return sign + insert(text, len, 0, ZEROS, (size_t)(2 - point));
}

/* ---------------------------------------------------------------- numbers */

Decimal decimal_from_long(int64_t whole) {
    Decimal d = DECIMAL_ZERO;
    bool fits = join(whole < 0, whole < 0 ? -(Uint128)whole : (Uint128)whole, 0, &d);
    return fits ? d : DECIMAL_ZERO;
}

bool decimal_from_double(double value, Decimal *ret) {
    char text[40];
    int len = 0;
    if (!isfinite(value)) return false;
    for (int digits = 15; digits <= 17; digits++) {
        len = snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return decimal_from_text((Str){text, (size_t)len}, ret);
}

bool decimal_to_long(Decimal d, int64_t *ret) {
    DecimalParts p = decimal_parts(d);
    *ret = 0;
    if (p.exponent <= -DECIMAL_DIGITS || !p.digits) return true;
    if (p.exponent >= 0) return false;
    Uint128 whole = p.digits / POWERS[-p.exponent];
    if (whole > (Uint128)INT64_MAX + p.is_negative) return false;
    *ret = p.is_negative ? (int64_t)(0 - (uint64_t)whole) : (int64_t)whole;
    return true;
}

double decimal_to_double(Decimal d) {
    static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    DecimalParts p = shortest(d);
    double value;
    if (p.digits <= (Uint128)1 << 53 && p.exponent >= -22 && p.exponent <= 22) {
        value = (double)(uint64_t)p.digits; /* both sides are exact, so one rounding is all */
        value = p.exponent < 0 ? value / TENS[-p.exponent] : value * TENS[p.exponent];
    } else {
        char text[DECIMAL_TEXT_MAX];
        size_t len = put_digits(p.digits, text);
        snprintf(text + len, sizeof text - len, "e%d", p.exponent);
        value = strtod(text, NULL);
    }
    return p.is_negative ? -value : value;
}
