#include "base/ticks.h"
#include "decimal_of.h"
#include "kernels/kernel.h"
#include "test.h"

#include <math.h>

static Arena *arena;

static void check_text(Value v, const char *text, const char *json, const char *kql) {
    Buf out = {0};
    CHECK_STR(value_to_text(arena, &v), text);
    value_put_json(&out, &v);
    CHECK_STR(buf_str(&out), json);
    CHECK_STR(value_to_kql(arena, &v), kql);
    buf_free(&out);
}

static void test_printing(void) {
    check_text(value_bool(true), "true", "true", "true");
    check_text(value_int(-5), "-5", "-5", "int(-5)");
    check_text(value_long(INT64_MIN), "-9223372036854775808", "-9223372036854775808",
               "-9223372036854775808");
    check_text(value_real(2), "2.0", "2.0", "2.0");
    check_text(value_real(NAN), "NaN", "NaN", "real(nan)");
    check_text(decimal_of("1.5"), "1.5", "\"1.5\"", "decimal(1.5)");
    check_text(value_str(STR("a\"b\n")), "a\"b\n", "\"a\\\"b\\n\"", "\"a\\\"b\\n\"");
    check_text(value_ticks(TYPE_DATETIME, TICKS_UNIX_EPOCH + 1), "1970-01-01T00:00:00.0000001Z",
               "\"1970-01-01T00:00:00.0000001Z\"", "datetime(1970-01-01T00:00:00.0000001Z)");
    check_text(value_ticks(TYPE_TIMESPAN, 36 * TICKS_PER_HOUR), "1.12:00:00", "\"1.12:00:00\"",
               "36h");
    check_text(value_ticks(TYPE_TIMESPAN, -TICKS_PER_SECOND), "-00:00:01", "\"-00:00:01\"",
               "timespan(-00:00:01)");
    check_text(value_text(TYPE_DYNAMIC, STR("\"a\\tb\"")), "a\tb", "\"a\\tb\"",
               "dynamic(\"a\\tb\")");
    check_text(value_text(TYPE_DYNAMIC, STR("{\"a\":[1]}")), "{\"a\":[1]}", "{\"a\":[1]}",
               "dynamic({\"a\":[1]})");
    check_text(value_null(TYPE_DYNAMIC), "", "null", "dynamic(null)");
    check_text(value_null(TYPE_GUID), "", "null", "guid(null)");
    check_text(value_null(TYPE_STRING), "", "\"\"", "\"\"");
}

/* Converts and prints; "-" stands for null. */
static void check_convert(Value v, Type to, const char *expected) {
    Value made = value_convert(arena, &v, to);
    CHECK(made.type == to);
    CHECK_STR(made.is_null ? STR("-") : value_to_text(arena, &made), expected);
}

static void check_from_text(const char *text, Type to, const char *expected) {
    check_convert(value_str(str_of(text)), to, expected);
}

static void test_from_text(void) {
    check_from_text("123", TYPE_INT, "123");
    check_from_text(" 7 ", TYPE_INT, "7");
    check_from_text("2.9", TYPE_INT, "2");
    check_from_text("2147483648", TYPE_INT, "-");
    check_from_text("0x1F", TYPE_LONG, "31");
    check_from_text("-12", TYPE_LONG, "-12");
    check_from_text("9223372036854775807", TYPE_LONG, "9223372036854775807");
    check_from_text("9223372036854775808", TYPE_LONG, "-");
    check_from_text("12a", TYPE_LONG, "-");
    check_from_text("", TYPE_LONG, "-");
    check_from_text("123.4", TYPE_REAL, "123.4");
    check_from_text("007.50", TYPE_REAL, "7.5");
    check_from_text("1e3", TYPE_REAL, "1000.0");
    check_from_text("-inf", TYPE_REAL, "-Infinity");
    check_from_text("x", TYPE_REAL, "-");
    check_from_text("123.45678", TYPE_DECIMAL, "123.45678");
    check_from_text("TRUE", TYPE_BOOL, "true");
    check_from_text("0", TYPE_BOOL, "false");
    check_from_text("yes", TYPE_BOOL, "-");
    check_from_text("2015-12-31 23:59:59.9", TYPE_DATETIME, "2015-12-31T23:59:59.9000000Z");
    check_from_text("soon", TYPE_DATETIME, "-");
    check_from_text("0.00:03:00", TYPE_TIMESPAN, "00:03:00");
    check_from_text("0123456789abcdef0123456789ABCDEF", TYPE_GUID,
                    "01234567-89ab-cdef-0123-456789abcdef");
    check_from_text("0123456789ab-cdef-0123-456789abcdef and more", TYPE_GUID,
                    "01234567-89ab-cdef-0123-456789abcdef");
    check_from_text("a string that is not a guid at all", TYPE_GUID, "-");
    check_from_text(" [1, 2] ", TYPE_DYNAMIC, "[1,2]");
    check_from_text("not json", TYPE_DYNAMIC, "not json");
    check_from_text("", TYPE_DYNAMIC, "-");
    check_from_text("null", TYPE_DYNAMIC, "-");
}

static void test_between_types(void) {
    check_convert(value_real(2.9), TYPE_INT, "2");
    check_convert(value_real(-2.9), TYPE_LONG, "-2");
    check_convert(value_real(1e19), TYPE_LONG, "-");
    check_convert(value_real(NAN), TYPE_LONG, "-");
    check_convert(value_long(123), TYPE_BOOL, "true");
    check_convert(value_bool(true), TYPE_LONG, "1");
    check_convert(value_ticks(TYPE_DATETIME, 42), TYPE_LONG, "42");
    check_convert(value_long(-1), TYPE_DATETIME, "-");
    check_convert(value_null(TYPE_LONG), TYPE_STRING, "");
    check_convert(value_null(TYPE_LONG), TYPE_REAL, "-");
    check_convert(decimal_of("3.5"), TYPE_LONG, "3");
    check_convert(value_text(TYPE_DYNAMIC, STR("\"2015-01-01\"")), TYPE_DATETIME,
                  "2015-01-01T00:00:00.0000000Z");
    check_convert(value_text(TYPE_DYNAMIC, STR("101")), TYPE_INT, "101");
    check_convert(value_text(TYPE_DYNAMIC, STR("1.5")), TYPE_DECIMAL, "1.5");
    check_convert(value_text(TYPE_DYNAMIC, STR("true")), TYPE_BOOL, "true");
    check_convert(value_text(TYPE_DYNAMIC, STR("[1]")), TYPE_LONG, "-");
    check_convert(value_text(TYPE_DYNAMIC, STR("[1]")), TYPE_STRING, "[1]");
}

static int order(const char *a, const char *b) {
    Value left = value_text(TYPE_DYNAMIC, str_of(a)), right = value_text(TYPE_DYNAMIC, str_of(b));
    int forth = value_compare(&left, &right), back = value_compare(&right, &left);
    CHECK((forth < 0) == (back > 0) && (forth == 0) == (back == 0));
    return forth;
}

static void test_order(void) {
    CHECK(order("1", "1.0") == 0);
    CHECK(order("9", "10") < 0);
    CHECK(order("\"1\"", "1") > 0);
    CHECK(order("[1,2]", "[1,2.0]") == 0);
    CHECK(order("[1]", "[1,0]") < 0);
    CHECK(order("{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1}") == 0);
    CHECK(order("{\"a\":1}", "{\"a\":2}") != 0);
    CHECK(order("\"a\\\"\"", "\"a\\\"b\"") < 0);
    Value a = value_str(STR("B")), b = value_str(STR("a"));
    CHECK(value_compare(&a, &b) < 0);
}

int main(void) {
    arena = arena_new();
    test_printing();
    test_from_text();
    test_between_types();
    test_order();
    KernelCall call = {.scratch = arena};
    kernel_fail(&call, "bad %d", 1);
    kernel_fail(&call, "worse");
    CHECK_STR(call.error, "bad 1");
    arena_free(arena);
    return test_finish();
}
