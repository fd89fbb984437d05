/*
 * decimal.h: Kusto's decimal: 34 significant digits, as the 128-bit decimal format of IEEE 754 has them.
 *
 * A value is 0 or digits * 10^exponent, where the digits fill 34 places (10^33 <= digits < 10^34), so
 * that equal values have equal bits, however they were written: 1.0 is 1. The bits are a signed
 * integer,
 *
 *     127  126         113 112                      0
 *     sign  exponent+6209   digits
 *
 * of which the negative is that of the negative value: decimals compare, group and hash as the
 * integers of their bits do. There is no infinity and no NaN: what is too large, or is not defined,
 * is no decimal (Kusto: null). Everything is rounded once, half to even, where nothing else is said.
 * What is closer to zero than 10^-6143 keeps the digits down to the 6176th place, and below
 * that is 0.
 */
#ifndef QUARRY_DECIMAL_H
#define QUARRY_DECIMAL_H

#include "base/base.h"

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

typedef struct Decimal {
    Int128 bits;
} Decimal;

enum {
    DECIMAL_DIGITS = 34,
    DECIMAL_TEXT_MAX = 72 /* bytes that the longest text takes */
};

#define DECIMAL_ZERO ((Decimal){0})

/* ------------------------------------------------------------------- text */

/* Reads "12", "-1.5", ".5", "+2e3" (blanks around allowed), of any length, rounded. False for other text
 * and for what is too large. */
NODISCARD bool decimal_from_text(Str text, Decimal *ret);
/* "12.5", "-3", "0.001": no zeros at the end of a fraction; more than 34 places before the point or 33
 * zeros behind it are written as "1.5e+40". Into DECIMAL_TEXT_MAX bytes; returns the length. */
size_t decimal_to_text(Decimal d, char *out);

/* ---------------------------------------------------------------- numbers */

/* Any 64-bit integer, exactly. */
Decimal decimal_from_long(int64_t whole);
/* Of 15 to 17 digits the fewest that mean the double: 0.1 is 0.1. False for NaN and infinities. */
NODISCARD bool decimal_from_double(double value, Decimal *ret);
/* Cut towards zero; false when that does not fit. */
NODISCARD bool decimal_to_long(Decimal d, int64_t *ret);
/* The nearest double; an infinity where that is too large. */
double decimal_to_double(Decimal d);

static inline int decimal_compare(Decimal a, Decimal b) {
    return (a.bits > b.bits) - (a.bits < b.bits);
}
static inline int decimal_sign(Decimal d) { return (d.bits > 0) - (d.bits < 0); }
static inline Decimal decimal_negate(Decimal d) { return (Decimal){-d.bits}; }
static inline Decimal decimal_abs(Decimal d) { return d.bits < 0 ? decimal_negate(d) : d; }
/* True when the bits are those of a decimal: for values that come from elsewhere. */
bool decimal_is_sound(Decimal d);

/* ------------------------------------------------------------------ parts */

/* For those that calculate: a decimal taken apart. */
typedef struct DecimalParts {
    bool is_negative;
    Uint128 digits; /* 0, or of DECIMAL_DIGITS places */
    int exponent;
} DecimalParts;

/* What a calculation gives before it is rounded: high * 10^34 + low, and something more than
 * that, less than 1, when has_rest; low < 10^34, high < 10^36. has_rest needs 34 places or more. */
typedef struct DecimalWide {
    Uint128 high, low;
    bool has_rest;
} DecimalWide;

DecimalParts decimal_parts(Decimal d);
/* +-wide * 10^exponent, rounded; false when it is too large. |exponent| <= 10^6. */
NODISCARD bool decimal_round_wide(bool is_negative, DecimalWide wide, int exponent, Decimal *ret);
/* 10^n for n from 0 to 38. */
Uint128 decimal_power(int n);

#endif
