#include "base/type.h"
#include "test.h"

static void test_names(void) {
    CHECK_STR(str_of(type_name(TYPE_DATETIME)), "datetime");
    CHECK_STR(str_of(type_name(TYPE_ERROR)), "unknown");
    CHECK(type_from_name(STR("boolean")) == TYPE_BOOL);
    CHECK(type_from_name(STR("Date")) == TYPE_DATETIME);
    CHECK(type_from_name(STR("System.Object")) == TYPE_DYNAMIC);
    CHECK(type_from_name(STR("System.Int64")) == TYPE_LONG);
    CHECK(type_from_name(STR("uniqueid")) == TYPE_GUID);
    CHECK(type_from_name(STR("unknown")) == TYPE_ERROR);
    CHECK(type_from_name(STR("")) == TYPE_ERROR);
}

static void check_decimal(const char *text, const char *expected) {
    Int128 value;
    char out[48];
    if (!decimal_parse(str_of(text), &value)) {
        CHECK_STR(STR("(none)"), expected);
        return;
    }
    size_t len = decimal_print(value, out);
    CHECK_STR(((Str){out, len}), expected);
}

static void test_decimal(void) {
    check_decimal("1.50", "1.5");
    check_decimal("-0.00000000000001", "-0.00000000000001");
    check_decimal("0.000000000000005", "0.00000000000001");
    check_decimal("0.000000000000004", "0");
    check_decimal(" +1e5 ", "100000");
    check_decimal("12e-1", "1.2");
    check_decimal("99999999999999999999.5", "99999999999999999999.5");
    check_decimal("1e20", "(none)");
    check_decimal("0e99999999", "0");
    check_decimal("1e-99999999", "0");
    check_decimal(".5", "0.5");
    check_decimal("", "(none)");
    check_decimal("-", "(none)");
    check_decimal("1e", "(none)");
    check_decimal("1.2.3", "(none)");
    check_decimal("0x10", "(none)");
    check_decimal("123456789012345678901234567890123456789012345678901234567890", "(none)");
    Int128 value;
    CHECK(decimal_from_real(0.1, &value) && value == DECIMAL_ONE / 10);
    CHECK(!decimal_from_real(1e300, &value));
    CHECK(decimal_to_real(value) == 0.1);
}

static void test_guid(void) {
    char out[GUID_TEXT_LEN];
    CHECK(guid_parse(STR(" {74BE27DE-1E4E-49D9-B579-FE0B331D3642} "), out));
    CHECK_STR(((Str){out, sizeof out}), "74be27de-1e4e-49d9-b579-fe0b331d3642");
    CHECK(guid_parse(STR("74be27de1e4e49d9b579fe0b331d3642"), out));
    CHECK_STR(((Str){out, sizeof out}), "74be27de-1e4e-49d9-b579-fe0b331d3642");
    CHECK(!guid_parse(STR("74be27de-1e4e-49d9-b579-fe0b331d364"), out));
    CHECK(!guid_parse(STR("74be27de-1e4e-49d9-b579+fe0b331d3642"), out));
    CHECK(!guid_parse(STR("{}"), out));
}

int main(void) {
    test_names();
    test_decimal();
    test_guid();
    return test_finish();
}
