/*
 * Decimals: text, numbers and arithmetic. Expected values are those of IEEE 754's decimal128, worked out
 * with 34 digits, half to even; tests/e2e/test_decimals.py compares more of them by chance.
 */
#include "kernels/decimal_math.h"
#include "random_values.h"
#include "test.h"

static Decimal dec(const char *text) {
    Decimal d = DECIMAL_ZERO;
    CHECK(decimal_from_text(str_of(text), &d));
    return d;
}

static void check(bool ok, Decimal d, const char *expected) {
    char text[DECIMAL_TEXT_MAX];
    if (!ok) {
        CHECK_STR(STR("(none)"), expected);
        return;
    }
    CHECK(decimal_is_sound(d));
    CHECK_STR(((Str){text, decimal_to_text(d, text)}), expected);
}

static void check_text(const char *text, const char *expected) {
    Decimal d = DECIMAL_ZERO;
    bool ok = decimal_from_text(str_of(text), &d);
    check(ok, d, expected);
}

#define NINES_33 "999999999999999999999999999999999"

static void test_text(void) {
    check_text("1.50", "1.5");
    check_text("0.000000000000001", "0.000000000000001");
    check_text(" +1e5 ", "100000");
    check_text("12e-1", "1.2");
    check_text("1e20", "100000000000000000000");
    check_text("-0", "0");
    check_text(".5", "0.5");
    check_text("5.", "5");
    check_text("00012.3400", "12.34");
    /* the 35th digit rounds, halves to even, and what is behind a half makes it more */
    check_text("1.0000000000000000000000000000000005", "1");
    check_text("1.0000000000000000000000000000000015", "1.000000000000000000000000000000002");
    check_text("1.00000000000000000000000000000000050000000000000000000000000000000000000000001",
               "1.000000000000000000000000000000001");
    check_text("9" NINES_33 "5", "1e+35");
    check_text("9" NINES_33 "4", "9.999999999999999999999999999999999e+34");
    /* the ends of the plain form */
    check_text("1e33", "1000000000000000000000000000000000");
    check_text("1e34", "1e+34");
    check_text("1.25e40", "1.25e+40");
    check_text("1e-34", "0.0000000000000000000000000000000001");
    check_text("-1e-35", "-1e-35");
    /* the ends of the range; below it digits go one by one */
    check_text("9." NINES_33 "e6144", "9." NINES_33 "e+6144");
    check_text("9." NINES_33 "5e6144", "(none)");
    check_text("1e6145", "(none)");
    check_text("1e99999999999999999999", "(none)");
    check_text("1.5e-6176", "2e-6176");
    check_text("2.5e-6176", "2e-6176");
    check_text("5e-6177", "0");
    check_text("5.01e-6177", "1e-6176");
    check_text("1e-99999999999999999999", "0");
    check_text("0e99999999999999999999", "0");
    check_text("", "(none)");
    check_text("-", "(none)");
    check_text(".", "(none)");
    check_text("1e", "(none)");
    check_text("1.2.3", "(none)");
    check_text("0x10", "(none)");
    check_text("1 2", "(none)");
    check_text("nan", "(none)");
}

static void test_long_text(void) {
    enum { ZEROS = 200000 };
    Buf out = {0};
    Decimal d;
    buf_puts(&out, "0.");
    for (int i = 0; i < ZEROS; i++) buf_putc(&out, '0');
    buf_puts(&out, "7e200001");
    CHECK(decimal_from_text(buf_str(&out), &d));
    check(true, d, "7");
    buf_free(&out);
}

static void test_order(void) {
    static const char *const ASCENDING[] = {
        "-9e6144", "-1e20", "-12", "-1.2", "-1.19", "-1e-6176", "0",    "2e-6176", "1e-30",
        "0.1",     "0.11",  "1",   "1.5",  "9",     "10",       "1e33", "9e6144"};
    for (size_t i = 0; i < COUNT_OF(ASCENDING); i++)
        for (size_t j = 0; j < COUNT_OF(ASCENDING); j++)
            CHECK_LONG(decimal_compare(dec(ASCENDING[i]), dec(ASCENDING[j])), (i > j) - (i < j));
    CHECK(dec("1").bits == dec("1.000").bits && dec("100").bits == dec("1e2").bits);
    CHECK(dec("-0.0").bits == 0);
}

static void test_numbers(void) {
    Decimal d;
    int64_t l;
    check(true, decimal_from_long(INT64_MIN), "-9223372036854775808");
    check(true, decimal_from_long(INT64_MAX), "9223372036854775807");
    check(true, decimal_from_long(0), "0");
    CHECK(decimal_to_long(decimal_from_long(INT64_MIN), &l) && l == INT64_MIN);
    CHECK(decimal_to_long(decimal_from_long(INT64_MAX), &l) && l == INT64_MAX);
    CHECK(!decimal_to_long(dec("9223372036854775808"), &l));
    CHECK(decimal_to_long(dec("9223372036854775807.9"), &l) && l == INT64_MAX);
    CHECK(decimal_to_long(dec("-1.99"), &l) && l == -1);
    CHECK(decimal_to_long(dec("1e-40"), &l) && l == 0);
    CHECK(!decimal_to_long(dec("1e40"), &l));
    CHECK(decimal_from_double(0.1, &d) && d.bits == dec("0.1").bits);
    CHECK(decimal_from_double(1e300, &d) && d.bits == dec("1e300").bits);
    CHECK(decimal_from_double(5e-324, &d) && d.bits == dec("4.94065645841247e-324").bits);
    CHECK(decimal_from_double(-0.0, &d) && d.bits == 0);
    CHECK(!decimal_from_double(NAN, &d) && !decimal_from_double(-INFINITY, &d));
    CHECK(decimal_to_double(dec("0.1")) == 0.1);
    CHECK(decimal_to_double(dec("-123456789.987")) == -123456789.987);
    CHECK(decimal_to_double(dec("2.2250738585072014e-308")) == 2.2250738585072014e-308);
    CHECK(decimal_to_double(dec("0.1000000000000000055511151231257827")) == 0.1);
    CHECK(decimal_to_double(dec("-1e400")) == -INFINITY && decimal_to_double(dec("1e-400")) == 0);
}

static void check_math(const char *a, char op, const char *b, const char *expected) {
    Decimal x = dec(a), y = dec(b), d = DECIMAL_ZERO;
    bool ok = op == '+'   ? decimal_add(x, y, &d)
              : op == '-' ? decimal_subtract(x, y, &d)
              : op == '*' ? decimal_multiply(x, y, &d)
              : op == '/' ? decimal_divide(x, y, &d)
              : op == '%' ? decimal_modulo(x, y, &d)
                          : decimal_floor_to(x, y, &d);
    check(ok, d, expected);
}

static void test_arithmetic(void) {
    check_math("0.1", '+', "0.2", "0.3");
    check_math("12345678901234567890.5", '+', "0.5", "12345678901234567891");
    check_math("1e33", '+', "0.5", "1000000000000000000000000000000000"); /* half: to even */
    check_math("1e33", '+', "1.5", "1000000000000000000000000000000002");
    check_math("1e33", '+', "0.500000001", "1000000000000000000000000000000001");
    check_math("1e34", '-', "1e-100", "1e+34");
    check_math("1e33", '-', "0.06", "999999999999999999999999999999999.9");
    check_math("1e33", '-', "0.05", "1000000000000000000000000000000000");
    check_math("1e33", '-', "0.05000000000000000000000000000000001",
               "999999999999999999999999999999999.9");
    check_math("1.000000000000000000000000000000001", '-', "1",
               "0.000000000000000000000000000000001");
    check_math("5", '-', "5", "0");
    check_math("9e6144", '+', "9e6144", "(none)");
    check_math("1e-6176", '-', "2e-6176", "-1e-6176");
    check_math("1.1", '*', "1.1", "1.21");
    check_math("-1e-15", '*', "1e-15", "-0.000000000000000000000000000001");
    check_math("1234567890123456789012345678901234", '*', "1234567890123456789012345678901234",
               "1.524157875323883675049535156256667e+66");
    check_math("9" NINES_33, '*', "9" NINES_33, "9.999999999999999999999999999999998e+67");
    check_math("1e4000", '*', "1e4000", "(none)");
    check_math("1e-4000", '*', "1e-4000", "0");
    check_math("3e-3089", '*', "5e-3089", "0");
    check_math("3e-3088", '*', "5e-3089", "2e-6176"); /* 1.5: to even */
    check_math("1", '/', "3", "0.3333333333333333333333333333333333");
    check_math("2", '/', "3", "0.6666666666666666666666666666666667");
    check_math("1", '/', "8", "0.125");
    check_math("-7", '/', "2", "-3.5");
    check_math("0", '/', "3", "0");
    check_math("1", '/', "0", "(none)");
    check_math("1e6144", '/', "0.01", "(none)");
    check_math("1e-6000", '/', "1e6000", "0");
    check_math("-14", '%', "12", "10");
    check_math("14", '%', "-12", "2");
    check_math("1.23", '%', "0.1", "0.03");
    check_math("1e6000", '%', "7", "1"); /* 10^6 leaves 1 */
    check_math("1e-6176", '%', "7", "1e-6176");
    check_math("1", '%', "0", "(none)");
    check_math("7.3", 'b', "0.5", "7");
    check_math("-7.3", 'b', "0.5", "-7.5");
    check_math("1", 'b', "0", "(none)");
    check_math("1", 'b', "-1", "(none)");
}

static void check_round(const char *text, int64_t places, const char *expected) {
    Decimal d = DECIMAL_ZERO;
    bool ok = decimal_round(dec(text), places, &d);
    check(ok, d, expected);
}

static void check_ceiling(const char *text, const char *expected) {
    Decimal d = DECIMAL_ZERO;
    bool ok = decimal_ceiling(dec(text), &d);
    check(ok, d, expected);
}

static void test_rounding(void) {
    check_round("2.98765", 3, "2.988"); /* the examples of "round()" */
    check_round("2.15", 1, "2.2");
    check_round("-50.55", -2, "-100");
    check_round("21.5", -1, "20");
    check_round("2.5", 0, "3");
    check_round("-2.5", 0, "-3");
    check_round("0.0000000000000000000000000000000000005", 36, "1e-36");
    check_round("4.9", -1, "0");
    check_round("5", -1, "10");
    check_round("1.5", INT64_MAX, "1.5");
    check_round("1.5", INT64_MIN, "0");
    check_round("9e6144", -6145, "(none)");
    check_ceiling("1.000000000000000000000000000000001", "2");
    check_ceiling("-1.5", "-1");
    check_ceiling("-1e-6176", "0");
    check_ceiling("1e40", "1e+40");
}

static Decimal by_chance(void) {
    char text[64];
    size_t len = 0, n = 1 + chance(40);
    if (chance(2)) text[len++] = '-';
    for (size_t i = 0; i < n; i++)
        text[len++] = (char)('0' + (chance(3) ? chance(10) : chance(2) * 9));
    len += (size_t)snprintf(text + len, sizeof text - len, "e%d", (int)chance(90) - 60);
    Decimal d = DECIMAL_ZERO;
    CHECK(decimal_from_text((Str){text, len}, &d));
    return d;
}

/* Laws that hold for every decimal, rounding or not. */
static void test_laws(void) {
    for (int i = 0; i < 5000; i++) {
        Decimal a = by_chance(), b = by_chance(), x, y;
        char text[DECIMAL_TEXT_MAX];
        CHECK(decimal_from_text((Str){text, decimal_to_text(a, text)}, &x) && x.bits == a.bits);
        CHECK(decimal_add(a, b, &x) && decimal_add(b, a, &y) && x.bits == y.bits);
        CHECK(decimal_subtract(a, b, &x) && decimal_subtract(b, a, &y) && x.bits == -y.bits);
        CHECK_LONG(decimal_sign(x), decimal_compare(a, b));
        CHECK(decimal_multiply(a, b, &x) && decimal_multiply(b, a, &y) && x.bits == y.bits);
        CHECK(decimal_multiply(decimal_negate(a), b, &y) && x.bits == -y.bits);
        CHECK(decimal_divide(a, decimal_from_long(1), &x) && x.bits == a.bits);
        if (!b.bits) continue;
        CHECK(decimal_divide(b, b, &x) && x.bits == decimal_from_long(1).bits);
        CHECK(decimal_remainder(a, b, &x) && decimal_abs(x).bits < decimal_abs(b).bits);
        CHECK(!x.bits || decimal_sign(x) == decimal_sign(a));
    }
}

int main(void) {
    test_text();
    test_long_text();
    test_order();
    test_numbers();
    test_arithmetic();
    test_rounding();
    test_laws();
    return test_finish();
}
