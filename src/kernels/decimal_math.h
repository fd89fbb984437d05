/*
 * decimal_math.h: arithmetic on decimals (base/decimal.h).
 *
 * Every result is the exact one, rounded once to 34 digits, half to even where nothing else is
 * said. False where there is none: a divisor that is 0, a result that is too large.
 */
#ifndef QUARRY_KERNELS_DECIMAL_MATH_H
#define QUARRY_KERNELS_DECIMAL_MATH_H

#include "base/decimal.h"

NODISCARD bool decimal_add(Decimal a, Decimal b, Decimal *ret);
NODISCARD bool decimal_subtract(Decimal a, Decimal b, Decimal *ret);
NODISCARD bool decimal_multiply(Decimal a, Decimal b, Decimal *ret);
NODISCARD bool decimal_divide(Decimal a, Decimal b, Decimal *ret);
/* What a division to a whole number leaves, exact, with the sign of a. */
NODISCARD bool decimal_remainder(Decimal a, Decimal b, Decimal *ret);
/* The same brought to 0 <= ret < |b| ("Numerical operators"); a negative remainder next to zero, which
 * has more digits as |b| less it, may give |b|. */
NODISCARD bool decimal_modulo(Decimal a, Decimal b, Decimal *ret);

/* So many places behind the point, fewer when negative; halves go away from zero, as those of a real do
 * ("round()": 2.15 is 2.2). */
NODISCARD bool decimal_round(Decimal d, int64_t places, Decimal *ret);
/* The whole number at or above. */
NODISCARD bool decimal_ceiling(Decimal d, Decimal *ret);
/* The multiple of `size` at or below; false unless size > 0. */
NODISCARD bool decimal_floor_to(Decimal d, Decimal size, Decimal *ret);

#endif
