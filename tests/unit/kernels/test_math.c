#include <math.h>

#include "decimal_of.h"
#include "run.h"

/* Within a relative error of 1e-12, for values that the documentation prints to 15 digits. */
#define NEAR(name, args, expected) near(__LINE__, name, args, expected)

static void near(int line, const char *name, Args args, double expected) {
    Value ret = run_call(catalog_scalar(str_of(name)), args.values, args.n);
    bool ok = !ret.is_null && fabs(ret.u.r - expected) <= 1e-12 * fmax(1e-4, fabs(expected));
    if (!ok) fprintf(stderr, "line %d: %s gave %.17g, not %.17g\n", line, name, ret.u.r, expected);
    CHECK(ok);
}

static void test_rounding(void) {
    FN("round", ARGS(R(2.98765), L(3)), "2.988");
    FN("round", ARGS(R(2.15), L(1)), "2.2");
    FN("round", ARGS(R(2.15)), "2.0");
    FN("round", ARGS(R(-50.55), L(-2)), "-100.0");
    FN("round", ARGS(R(21.5), L(-1)), "20.0");
    FN("round", ARGS(R(2.5)), "3.0");
    FN("round", ARGS(R(-2.5)), "-3.0");
    FN("round", ARGS(R(1e300), L(300)), "1e+300");
    FN("round", ARGS(R(0.1), L(INT64_MAX)), "0.1");
    FN("round", ARGS(R(1e300), L(INT64_MIN)), "0.0");
    FN("round", ARGS(R(NAN), L(2)), "NaN");
    FN("round", ARGS(R(INFINITY), L(2)), "Infinity");
    FN("round", ARGS(L(1250), L(-2)), "1300");
    FN("round", ARGS(L(1249), L(-2)), "1200");
    FN("round", ARGS(L(7), L(2)), "7");
    FN("round", ARGS(L(7), L(-99)), "0");
    FN("round", ARGS(L(INT64_MAX), L(-1)), NULL_TEXT); /* ...810 does not fit */
    FN("round", ARGS(decimal_of("2.5")), "3");
    FN("round", ARGS(decimal_of("0.125"), L(2)), "0.13");
    FN("round", ARGS(decimal_of("0.125"), L(99)), "0.125");
    FN("round", ARGS(decimal_of("150"), L(-2)), "200");
    FN("round", ARGS(decimal_of("150"), L(INT64_MIN)), "0");
    FN("round", ARGS(L(7), L(INT64_MIN)), "0");
    FN("round", ARGS(NUL(TYPE_REAL)), NULL_TEXT);
    FN("ceiling", ARGS(R(-1.1)), "-1.0");
    FN("ceiling", ARGS(L(0)), "0");
    FN("ceiling", ARGS(R(0.9)), "1.0");
    FN("ceiling", ARGS(I(-7)), "-7");
    FN("ceiling", ARGS(decimal_of("-0.5")), "0");
    FN("ceiling", ARGS(decimal_of("0.5")), "1");
    FN("abs", ARGS(L(-5)), "5");
    FN("abs", ARGS(I(INT32_MIN)), "2147483648"); /* of an int: a long */
    FN("abs", ARGS(R(-0.5)), "0.5");
    FN("abs", ARGS(TS("-1h")), "01:00:00");
    FN("abs", ARGS(L(INT64_MIN)), NULL_TEXT);
    FN("abs", ARGS(decimal_of("-1")), "1");
    FN("sign", ARGS(L(-42)), "-1.0");
    FN("sign", ARGS(L(0)), "0.0");
    FN("sign", ARGS(R(11.2)), "1.0");
}

static void test_powers(void) {
    FN("sqrt", ARGS(L(16)), "4.0");
    FN("sqrt", ARGS(R(-1)), NULL_TEXT);
    FN("pow", ARGS(L(2), L(3)), "8.0");
    FN("pow", ARGS(R(2), R(0.5)), "1.4142135623730951");
    NEAR("exp", ARGS(L(2)), 7.38905609893065);
    FN("exp2", ARGS(L(10)), "1024.0");
    FN("exp10", ARGS(L(3)), "1000.0");
    NEAR("log", ARGS(L(5)), 1.6094379124341003);
    NEAR("log2", ARGS(L(5)), 2.3219280948873622);
    NEAR("log10", ARGS(L(5)), 0.69897000433601886);
    FN("log", ARGS(L(-1)), NULL_TEXT);
    FN("log", ARGS(L(0)), "-Infinity");
    FN("log2", ARGS(R(-0.1)), NULL_TEXT);
    FN("log10", ARGS(NUL(TYPE_REAL)), NULL_TEXT);
}

static void test_angles(void) {
    NEAR("cot", ARGS(L(1)), 0.64209261593433065);
    NEAR("atan2", ARGS(L(1), L(1)), 0.785398163397448);
    NEAR("atan2", ARGS(L(0), L(-1)), 3.14159265358979);
    NEAR("atan2", ARGS(L(-1), L(0)), -1.5707963267949);
    NEAR("radians", ARGS(L(90)), 1.5707963267949);
    NEAR("radians", ARGS(L(180)), 3.14159265358979);
    NEAR("radians", ARGS(L(360)), 6.28318530717959);
    FN("degrees", ARGS(R(3.14159265358979323846 / 4)), "45.0");
    FN("degrees", ARGS(R(3.14159265358979323846 * 1.5)), "270.0");
    FN("degrees", ARGS(L(0)), "0.0");
    FN("sin", ARGS(L(0)), "0.0");
    NEAR("cos", ARGS(R(3.14159265358979323846)), -1.0);
    NEAR("tan", ARGS(L(1)), 1.5574077246549022);
    NEAR("asin", ARGS(R(0.5)), 3.14159265358979323846 / 6);
    FN("asin", ARGS(R(1.5)), NULL_TEXT);
    FN("acos", ARGS(R(-1.5)), NULL_TEXT);
    FN("acos", ARGS(L(1)), "0.0");
    NEAR("atan", ARGS(L(1)), 0.785398163397448);
    FN("pi", NO_ARGS, "3.141592653589793");
}

static void test_distributions(void) {
    FN("gamma", ARGS(L(5)), "24.0");
    NEAR("loggamma", ARGS(L(5)), 3.1780538303479458);
    NEAR("erf", ARGS(L(-2)), -0.995322265018953);
    NEAR("erf", ARGS(L(1)), 0.842700792949715);
    NEAR("erfc", ARGS(L(-3)), 1.999977909503001);
    NEAR("erfc", ARGS(L(3)), 2.20904969985854e-05);
    NEAR("beta_cdf", ARGS(R(0.9), R(10), R(20)), 0.999999999999959);
    FN("beta_cdf", ARGS(R(1.5), R(10), R(20)), "NaN");
    FN("beta_cdf", ARGS(R(-10), R(10), R(20)), "NaN");
    FN("beta_cdf", ARGS(R(0.1), R(-1), R(20)), "NaN");
    FN("beta_cdf", ARGS(R(0.1), R(1), R(10001)), "NaN");
    Value middle =
        run_call(catalog_scalar(STR("beta_cdf")), (const Value[]){R(0.5), R(10000), R(10000)}, 3);
    CHECK(fabs(middle.u.r - 0.5) < 1e-9);
    NEAR("beta_cdf", ARGS(R(0.25), L(1), L(1)), 0.25);
    NEAR("beta_cdf", ARGS(R(0.25), L(2), L(1)), 0.0625);
    NEAR("beta_pdf", ARGS(R(0.5), R(10), R(20)), 0.746176019310951);
    FN("beta_pdf", ARGS(R(1.5), R(10), R(20)), "NaN");
    FN("beta_pdf", ARGS(R(-10), R(10), R(20)), "NaN");
    FN("beta_pdf", ARGS(R(0.1), R(-1), R(20)), "NaN");
    NEAR("beta_inv", ARGS(R(0.1), R(10), R(20)), 0.226415022388749);
    FN("beta_inv", ARGS(R(1.5), R(10), R(20)), NULL_TEXT);
    FN("beta_inv", ARGS(R(0.1), R(-1), R(20)), "NaN");
    FN("beta_inv", ARGS(R(1), R(10), R(20)), "1.0");
    /* two series with means 20.82 and 22.99 (the page's example): p = 0.021 */
    Value p = run_call(catalog_scalar(STR("welch_test")),
                       (const Value[]){R(20.82), R(7.867428571428573), L(15), R(22.986667),
                                       R(3.8126666666666678), L(15)},
                       6);
    CHECK(fabs(p.u.r - 0.021) < 0.0005);
    FN("welch_test", ARGS(L(1), L(0), L(10), L(1), L(0), L(10)), "NaN");
}

static void test_bits(void) {
    FN("binary_and", ARGS(L(6), L(3)), "2");
    FN("binary_or", ARGS(L(6), I(3)), "7");
    FN("binary_xor", ARGS(I(6), L(3)), "5");
    FN("binary_not", ARGS(L(100)), "-101");
    FN("binary_shift_left", ARGS(L(1), L(2)), "4");
    FN("binary_shift_left", ARGS(L(1), L(63)), "-9223372036854775808");
    FN("binary_shift_left", ARGS(L(1), L(65)), "2");
    FN("binary_shift_left", ARGS(L(1), L(-1)), NULL_TEXT);
    FN("binary_shift_right", ARGS(L(1), L(2)), "0");
    FN("binary_shift_right", ARGS(L(-8), L(1)), "-4");
    FN("binary_shift_right", ARGS(L(4), L(-1)), NULL_TEXT);
    FN("bitset_count_ones", ARGS(L(42)), "3");
    FN("bitset_count_ones", ARGS(L(-1)), "64");
    FN("binary_and", ARGS(NUL(TYPE_LONG), L(1)), NULL_TEXT);
}

static void test_around_and_rand(void) {
    FN("around", ARGS(DT("2021-01-01 01:29"), DT("2021-01-01 01:30"), TS("1m")), "true");
    FN("around", ARGS(DT("2021-01-01 01:31"), DT("2021-01-01 01:30"), TS("1m")), "true");
    FN("around", ARGS(DT("2021-01-01 01:32"), DT("2021-01-01 01:30"), TS("1m")), "false");
    FN("around", ARGS(L(INT64_MIN), L(INT64_MAX), L(1)), "false");
    FN("around", ARGS(R(1.5), L(1), R(0.5)), "true");
    FN("around", ARGS(L(1), L(1), NUL(TYPE_LONG)), NULL_TEXT);
    const FnDef *fn = catalog_scalar(STR("rand"));
    CHECK(fn->is_volatile);
    double low = 1, high = 0;
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        Value unit = run_call(fn, NULL, 0), of_four = run_call(fn, (const Value[]){L(4)}, 1);
        CHECK(unit.u.r >= 0 && unit.u.r < 1);
        low = fmin(low, unit.u.r);
        high = fmax(high, unit.u.r);
        CHECK(of_four.u.r == floor(of_four.u.r) && of_four.u.r >= 0 && of_four.u.r < 4);
        seen |= 1u << (unsigned)of_four.u.r;
    }
    CHECK(low < 0.1 && high > 0.9 && seen == 15);
    FN("rand", ARGS(L(0)), NULL_TEXT);
}

int main(void) {
    run_arena = arena_new();
    test_rounding();
    test_powers();
    test_angles();
    test_distributions();
    test_bits();
    test_around_and_rand();
    arena_free(run_arena);
    return test_finish();
}
