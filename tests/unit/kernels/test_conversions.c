#include "run.h"

static void test_conversions(void) {
    FN("tostring", ARGS(L(123)), "123");
    FN("tostring", ARGS(D("\"a\\\"b\"")), "a\"b");
    FN("tostring", ARGS(NUL(TYPE_LONG)), "");
    FN("toint", ARGS(S("124")), "124");
    FN("toint", ARGS(R(2.3)), "2");
    FN("toint", ARGS(L(3000000000)), NULL_TEXT);
    FN("tolong", ARGS(S("0xff")), "255");
    FN("tolong", ARGS(S("abc")), NULL_TEXT);
    FN("toreal", ARGS(S("123.4")), "123.4");
    FN("todouble", ARGS(D("7")), "7.0");
    FN("todecimal", ARGS(S("123.45678")), "123.45678");
    FN("tobool", ARGS(S("False")), "false");
    FN("toboolean", ARGS(L(123)), "true");
    FN("todatetime", ARGS(S("2015-12-31 23:59:59.9")), "2015-12-31T23:59:59.9000000Z");
    FN("totimespan", ARGS(S("0.00:03:00")), "00:03:00");
    FN("toguid", ARGS(S("0123456789ab-cdef-0123-456789abcdef")),
       "01234567-89ab-cdef-0123-456789abcdef");
}

static void test_hex(void) {
    FN("tohex", ARGS(L(256)), "100");
    FN("tohex", ARGS(L(-256)), "ffffffffffffff00");
    FN("tohex", ARGS(I(-256), L(8)), "ffffff00");
    FN("tohex", ARGS(L(256), L(8)), "00000100");
    FN("tohex", ARGS(L(256), L(2)), "100");
    FN("tohex", ARGS(L(1), L(99)), "0000000000000001");
}

static void test_json(void) {
    FN("parse_json", ARGS(S("{\"a\": 1, \"b\": [ 1.0 ]}")), "{\"a\":1,\"b\":[1.0]}");
    FN("parse_json", ARGS(S("")), NULL_TEXT);
    FN("parse_json", ARGS(S("{broken")), "\"{broken\"");
    FN("todynamic", ARGS(D("[1]")), "[1]");
    FN("parsejson", ARGS(S("21")), "21");
    FN("__todynamic", ARGS(S("[1]")), "\"[1]\"");
    FN("dynamic_to_json", ARGS(D("{\"b\":{\"d\":1,\"c\":[{\"z\":0,\"y\":\"q\"}]},\"a\":\"\\n\"}")),
       "{\"a\":\"\\n\",\"b\":{\"c\":[{\"y\":\"q\",\"z\":0}],\"d\":1}}");
    FN("dynamic_to_json", ARGS(L(5)), "5");
}

static void test_gettype(void) {
    FN("gettype", ARGS(S("a")), "string");
    FN("gettype", ARGS(L(111)), "long");
    FN("gettype", ARGS(TS("1s")), "timespan");
    FN("gettype", ARGS(D("1")), "int");
    FN("gettype", ARGS(D("3000000000")), "long");
    FN("gettype", ARGS(D("\"abc\"")), "string");
    FN("gettype", ARGS(D("{\"abc\":1}")), "dictionary");
    FN("gettype", ARGS(D("[1,2,3]")), "array");
    FN("gettype", ARGS(R(123.45)), "real");
    FN("gettype", ARGS(NUL(TYPE_DYNAMIC)), "null");
}

static void test_logic(void) {
    FN("isnull", ARGS(S("")), "false");
    FN("isnull", ARGS(NUL(TYPE_DYNAMIC)), "true");
    FN("isnull", ARGS(D("[]")), "false");
    FN("isnotnull", ARGS(NUL(TYPE_LONG)), "false");
    FN("isempty", ARGS(S("")), "true");
    FN("isempty", ARGS(S("x")), "false");
    FN("isempty", ARGS(NUL(TYPE_DYNAMIC)), "true");
    FN("isempty", ARGS(D("{}")), "false");
    FN("isnotempty", ARGS(D("\"\"")), "false");
    FN("notempty", ARGS(L(0)), "true");
    FN("isnan", ARGS(R(0.0 / 0.0)), "true");
    FN("isinf", ARGS(R(-1.0 / 0.0)), "true");
    FN("isfinite", ARGS(R(1.0 / 0.0)), "false");
    FN("not", ARGS(B(true)), "false");
    FN("not", ARGS(NUL(TYPE_BOOL)), NULL_TEXT);
    FN("iff", ARGS(B(true), L(1), R(2.5)), "1.0");
    FN("iif", ARGS(NUL(TYPE_BOOL), S("then"), S("else")), "else");
    FN("case", ARGS(B(false), S("Small"), B(true), S("Medium"), S("Large")), "Medium");
    FN("case", ARGS(B(false), L(1), NUL(TYPE_BOOL), L(2), L(3)), "3");
    FN("coalesce", ARGS(NUL(TYPE_LONG), L(42), L(33)), "42");
    FN("coalesce", ARGS(S(""), S("x")), "x");
    FN("coalesce", ARGS(NUL(TYPE_LONG), NUL(TYPE_LONG)), NULL_TEXT);
    FN("max_of", ARGS(L(10), L(1), L(-3), L(17)), "17");
    FN("min_of", ARGS(L(10), L(1), L(-3), L(17)), "-3");
    FN("max_of", ARGS(NUL(TYPE_INT), I(2)), "2");
    FN("min_of", ARGS(DT("2024-12-15 07:15:22"), DT("2024-12-15 07:15:24")),
       "2024-12-15T07:15:22.0000000Z");
    FN("max_of", ARGS(NUL(TYPE_INT), NUL(TYPE_INT)), NULL_TEXT);
}

int main(void) {
    run_arena = arena_new();
    test_conversions();
    test_hex();
    test_json();
    test_gettype();
    test_logic();
    arena_free(run_arena);
    return test_finish();
}
