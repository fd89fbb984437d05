/*
 * decimal_of.h: decimals for tests, by their text.
 */
#ifndef QUARRY_TEST_DECIMAL_OF_H
#define QUARRY_TEST_DECIMAL_OF_H

#include "base/type.h"

/* Null when the text is none. */
static inline Value decimal_of(const char *text) {
    Decimal d = DECIMAL_ZERO;
    return decimal_from_text(str_of(text), &d) ? value_decimal(d) : value_null(TYPE_DECIMAL);
}

#endif
