/*
 * decimal_math.c: see decimal_math.h.
 *
 * Digits fill 34 places, so a sum or a product is two numbers of 34 places, high and low, and
 * what is below them counts only as "something": DecimalWide, which base/decimal.c rounds.
 */
#include "kernels/decimal_math.h"

enum { N = DECIMAL_DIGITS };

/* -------------------------------------------------------------------- sums */

/* The digits moved `down` places to the right, in units of 34 places below their own. */
static DecimalWide moved_down(Uint128 digits, int down) {
    DecimalWide w = {0};
    if (down <= N) {
        Uint128 unit = decimal_power(down);
        w.high = digits / unit;
        w.low = digits % unit * decimal_power(N - down);
    } else if (down <= 2 * N) {
        Uint128 unit = decimal_power(down - N);
        w.low = digits / unit;
        w.has_rest = digits % unit != 0;
    } else {
        w.has_rest = true;
    }
    return w;
}

/* |a| +- |b| with the sign of a; a's exponent is not the lower one, and |a| >= |b|. */
static bool combine(DecimalParts a, DecimalParts b, bool is_sum, Decimal *ret) {
    const Uint128 one = decimal_power(N);
    DecimalWide w = moved_down(b.digits, a.exponent - b.exponent);
    if (is_sum) {
        w.high += a.digits;
    } else { /* less w and a rest: less w and 1 more, and what is missing to 1 is the rest */
        Uint128 low = w.low + w.has_rest;
        w.high = a.digits - w.high - (low != 0);
        w.low = low ? one - low : 0;
    }
    return decimal_round_wide(a.is_negative, w, a.exponent - N, ret);
}

bool decimal_add(Decimal a, Decimal b, Decimal *ret) {
    if (!a.bits || !b.bits) {
        ret->bits = a.bits + b.bits;
        return true;
    }
    bool is_sum = (a.bits < 0) == (b.bits < 0);
    DecimalParts x = decimal_parts(a), y = decimal_parts(b);
    bool is_swapped = decimal_compare(decimal_abs(a), decimal_abs(b)) < 0;
    return is_swapped ? combine(y, x, is_sum, ret) : combine(x, y, is_sum, ret);
}

bool decimal_subtract(Decimal a, Decimal b, Decimal *ret) {
    return decimal_add(a, decimal_negate(b), ret);
}

/* ---------------------------------------------------------------- products */

/* a = a1 * 10^17 + a0, and b: four products of halves, each under 10^34. */
bool decimal_multiply(Decimal a, Decimal b, Decimal *ret) {
    const Uint128 half = decimal_power(N / 2), one = decimal_power(N);
    DecimalParts x = decimal_parts(a), y = decimal_parts(b);
    Uint128 a1 = x.digits / half, a0 = x.digits % half, b1 = y.digits / half, b0 = y.digits % half;
    Uint128 middle = a1 * b0 + a0 * b1, low = a0 * b0 + middle % half * half;
    DecimalWide w = {.high = a1 * b1 + middle / half + low / one, .low = low % one};
    return decimal_round_wide(x.is_negative != y.is_negative, w, x.exponent + y.exponent, ret);
}

/* Long division, four digits at a time: a rest is under 10^34, and 10^38 still fits. */
bool decimal_divide(Decimal a, Decimal b, Decimal *ret) {
    enum { STEP = 4, STEPS = 8, LAST = N - STEP * STEPS };
    if (!b.bits) return false;
    DecimalParts x = decimal_parts(a), y = decimal_parts(b);
    int exponent = x.exponent - y.exponent - N;
    if (x.digits < y.digits) {
        x.digits *= 10;
        exponent--;
    }
    DecimalWide w = {.high = x.digits / y.digits};
    Uint128 rest = x.digits % y.digits;
    for (int i = 0; i <= STEPS && rest; i++) {
        rest *= decimal_power(i < STEPS ? STEP : LAST);
        w.low = w.low * decimal_power(i < STEPS ? STEP : LAST) + rest / y.digits;
        rest %= y.digits;
        if (!rest) w.low *= decimal_power(i < STEPS ? N - STEP * (i + 1) : 0);
    }
    w.has_rest = rest != 0;
    return decimal_round_wide(x.is_negative != y.is_negative, w, exponent, ret);
}

bool decimal_remainder(Decimal a, Decimal b, Decimal *ret) {
    enum { STEP = 4 };
    if (!b.bits) return false;
    DecimalParts x = decimal_parts(a), y = decimal_parts(b);
    *ret = a;
    if (!a.bits || x.exponent < y.exponent) return true; /* |a| < |b|: both fill their places */
    Uint128 rest = x.digits % y.digits;
    for (int left = x.exponent - y.exponent; left > 0 && rest; left -= STEP)
        rest = rest * decimal_power(left < STEP ? left : STEP) % y.digits;
    return decimal_round_wide(x.is_negative, (DecimalWide){.low = rest}, y.exponent, ret);
}

bool decimal_modulo(Decimal a, Decimal b, Decimal *ret) {
    if (!decimal_remainder(a, b, ret)) return false;
    return ret->bits >= 0 || decimal_add(*ret, decimal_abs(b), ret);
}

/* ---------------------------------------------------------------- rounding */

bool decimal_round(Decimal d, int64_t places, Decimal *ret) {
    DecimalParts p = decimal_parts(d);
    *ret = d;
    if (!d.bits || places >= -(int64_t)p.exponent) return true;
    *ret = DECIMAL_ZERO;
    if (places < -(int64_t)p.exponent - N) return true; /* under a tenth of the last place */
    int drop = -p.exponent - (int)places;
    Uint128 unit = decimal_power(drop), kept = (p.digits + unit / 2) / unit;
    return decimal_round_wide(p.is_negative, (DecimalWide){.low = kept}, p.exponent + drop, ret);
}

bool decimal_ceiling(Decimal d, Decimal *ret) {
    const Decimal one = decimal_from_long(1);
    Decimal rest;
    if (!decimal_remainder(d, one, &rest) || !decimal_subtract(d, rest, ret)) return false;
    return rest.bits <= 0 || decimal_add(*ret, one, ret);
}

bool decimal_floor_to(Decimal d, Decimal size, Decimal *ret) {
    Decimal rest;
    if (size.bits <= 0) return false;
    if (!decimal_remainder(d, size, &rest) || !decimal_subtract(d, rest, ret)) return false;
    return rest.bits >= 0 || decimal_subtract(*ret, size, ret);
}
