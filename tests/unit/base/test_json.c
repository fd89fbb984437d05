#include "base/json.h"
#include "test.h"

#include <math.h>

static void check_canonical(const char *text, const char *expected) {
    Buf out = {0};
    bool ok = json_canonical(str_of(text), &out);
    CHECK_STR(ok ? buf_str(&out) : STR("(invalid)"), expected);
    CHECK(ok == json_is_valid(str_of(text)));
    Arena *arena = arena_new();
    CHECK_STR(json_canonical_str(arena, str_of(text)), ok ? expected : "");
    arena_free(arena);
    if (ok) { /* canonical text stays as it is */
        Buf again = {0};
        CHECK(json_canonical(buf_str(&out), &again));
        CHECK_STR(buf_str(&again), expected);
        buf_free(&again);
    }
    buf_free(&out);
}

static void test_canonical(void) {
    check_canonical("{}", "{}");
    check_canonical(" [ ] ", "[]");
    check_canonical("[1 , 1.0 ,-2e5, true, false, null]", "[1,1.0,-2e5,true,false,null]");
    check_canonical("{ \"b\" : 1 , \"a\" : [ { } , \"x y\" ] }", "{\"b\":1,\"a\":[{},\"x y\"]}");
    check_canonical("\"\\u0041\\/\\n\\u0001\\u00e9\"", "\"A/\\n\\u0001\u00e9\"");
    check_canonical("\"\\ud83d\\ude00 \\ud83d!\"", "\"\U0001f600 \ufffd!\"");
    check_canonical("\"\\u0022\\u005c\"", "\"\\\"\\\\\"");
    check_canonical("[NaN,Infinity,-Infinity]", "[NaN,Infinity,-Infinity]");
}

static void test_equal_names(void) {
    check_canonical("{\"a\":1,\"a\":2}", "{\"a\":2}");
    check_canonical("{\"a\":1,\"b\":2,\"\\u0061\":3}", "{\"b\":2,\"a\":3}");
    check_canonical("{\"\\u0061\":{\"x\":1,\"x\":2},\"a\":{\"x\":4 , \"x\" : [5]},\"c\":0}",
                    "{\"a\":{\"x\":[5]},\"c\":0}");
    check_canonical("{\"a\":{\"a\":1},\"b\":{\"a\":2}}", "{\"a\":{\"a\":1},\"b\":{\"a\":2}}");
    check_canonical("{\"a\":1, \"a\":2, \"a\":3, \"b\":4, \"a\":5}", "{\"b\":4,\"a\":5}");
    Buf text = {0}, out = {0}, expected = {0};
    buf_putc(&text, '{');
    for (int i = 0; i < 2000; i++) buf_printf(&text, "%s\"k%d\": %d", i ? "," : "", i % 1000, i);
    buf_putc(&text, '}');
    buf_putc(&expected, '{');
    for (int i = 1000; i < 2000; i++)
        buf_printf(&expected, "%s\"k%d\":%d", i > 1000 ? "," : "", i % 1000, i);
    buf_puts(&expected, "}");
    buf_putc(&expected, 0);
    CHECK(json_canonical(buf_str(&text), &out));
    CHECK_STR(buf_str(&out), expected.ptr);
    buf_free(&text);
    buf_free(&out);
    buf_free(&expected);
}

static void test_kept(void) {
    Arena *arena = arena_new();
    Str text = STR("  {\"a\":[1,\"x y\"]} ");
    CHECK(json_canonical_str(arena, text).ptr == text.ptr + 2); /* no copy is made */
    arena_free(arena);
}

static void test_invalid(void) {
    static const char *const BAD[] = {
        "",         "{",       "[1,]",        "[,1]",      "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}",    "01",      "1.",          ".5",        "-",       "1e",       "tru",
        "\"a",      "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"",  "[1]]",    "1 2",      "{\"a\":1]",
        "\"\xC3\"", "'a'",     "[1 2]",       "{\"a\" 1}", "nul",     "+1",       "\"\\",
        "\"\\u00",  "]",       "}",           ",",         ":",       "{1:2}",    "-Inf"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) check_canonical(BAD[i], "(invalid)");
}

static void test_depth(void) {
    char text[4 * JSON_MAX_DEPTH + 8];
    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    CHECK(json_is_valid((Str){text, 2 * JSON_MAX_DEPTH}));
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    CHECK(!json_is_valid((Str){text, 2 * JSON_MAX_DEPTH + 2}));
    Buf out = {0};
    CHECK(!json_canonical((Str){text, 2 * JSON_MAX_DEPTH + 2}, &out));
    buf_free(&out);
    CHECK_LONG(json_value_len(STR(" {\"a\":[1,{}]} tail")), 13);
}

static void test_access(void) {
    Str bag = STR(" { \"a\" : 1 , \"b\\u0063\" : \"x\\\"}\" , \"d\": [ 10, [20] ,{\"z\":\"]\"} ], "
                  "\"a\":2 } ");
    CHECK_STR(json_get(bag, STR("a")), "2");
    CHECK_STR(json_get_first(bag, STR("a")), "1");
    CHECK_STR(json_get(bag, STR("bc")), "\"x\\\"}\"");
    CHECK_STR(json_get(bag, STR("none")), "");
    CHECK_LONG(json_count(bag), 4);
    Str array = json_get(bag, STR("d"));
    CHECK_STR(json_at(array, 0), "10");
    CHECK_STR(json_at(array, 1), "[20]");
    CHECK_STR(json_at(array, -1), "{\"z\":\"]\"}");
    CHECK_STR(json_at(array, 3), "");
    CHECK_STR(json_at(array, -4), "");
    CHECK_STR(json_at(array, INT64_MIN), "");
    CHECK_STR(json_get(array, STR("z")), "");
    CHECK_LONG(json_count(STR("[]")), 0);
    JsonCursor c;
    CHECK(!json_enter(STR("12"), &c));
}

static void test_scalars(void) {
    Arena *arena = arena_new();
    CHECK_STR(json_string(arena, STR("\"a\\tb\\u20ac\"")), "a\tb\u20ac");
    CHECK_STR(json_string(arena, STR("\"\"")), "");
    CHECK(json_key_is(STR("a\\u0062"), STR("ab")) && !json_key_is(STR("a\\u0062"), STR("abc")));
    int64_t l;
    double r;
    CHECK(json_long(STR("-9223372036854775808"), &l) && l == INT64_MIN);
    CHECK(!json_long(STR("9223372036854775808"), &l));
    CHECK(!json_long(STR("1.0"), &l) && !json_long(STR("\"1\""), &l));
    CHECK(json_real(STR("-0.125"), &r) && r == -0.125);
    CHECK(json_real(STR("1e400"), &r) && isinf(r));
    CHECK(json_real(STR("3.14159265358979312"), &r) && r == 3.141592653589793);
    CHECK(json_real(STR("NaN"), &r) && isnan(r));
    CHECK(json_real(STR("7"), &r) && r == 7);
    CHECK(!json_real(STR("true"), &r) && !json_real(STR("null"), &r));
    CHECK(json_kind(STR(" {")) == JSON_OBJECT && json_kind(STR("12")) == JSON_LONG);
    CHECK(json_kind(STR("1.5")) == JSON_REAL &&
          json_kind(STR("99999999999999999999")) == JSON_REAL);
    CHECK(json_kind(STR("x")) == JSON_INVALID && json_kind(STR("null")) == JSON_NULL);
    arena_free(arena);
}

static void check_real(double value, const char *expected) {
    Buf out = {0};
    json_put_real(&out, value);
    CHECK_STR(buf_str(&out), expected);
    buf_free(&out);
}

static void test_writing(void) {
    check_real(1, "1.0");
    check_real(-0.1, "-0.1");
    check_real(0.1 + 0.2, "0.30000000000000004");
    check_real(1e300, "1e+300");
    check_real(100000, "100000.0");
    check_real(0.00001, "1e-05");
    check_real(NAN, "NaN");
    check_real(-INFINITY, "-Infinity");
    Buf out = {0};
    json_put_string(&out, STR("a\"\\\b\x1f\x7f/\u00e9\xFF<"));
    CHECK_STR(buf_str(&out), "\"a\\\"\\\\\\b\\u001f\x7f/\u00e9\ufffd<\"");
    buf_free(&out);
}

/* Escapes at all places of texts of all lengths around a word or two. */
static void test_long_strings(void) {
    static const char *const escapes[][2] = {{"\\n", "\n"},
                                             {"\\\\", "\\"},
                                             {"\\\"", "\""},
                                             {"\\u00e9", "\xC3\xA9"},
                                             {"\\ud83d\\ude00", "\xF0\x9F\x98\x80"},
                                             {"\\/\\/", "//"}};
    static const char filler[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    Arena *arena = arena_new();
    for (int before = 0; before < 20; before++) {
        for (int between = 0; between < 20; between++) {
            for (size_t i = 0; i < COUNT_OF(escapes) * COUNT_OF(escapes); i++) {
                const char *const *first = escapes[i % COUNT_OF(escapes)],
                                  *const *second = escapes[i / COUNT_OF(escapes)];
                Str json = arena_printf(arena, "\"%.*s%s%.*s%s%.*s\"", before, filler, first[0],
                                        between, filler, second[0], before / 2, filler);
                Str wanted = arena_printf(arena, "%.*s%s%.*s%s%.*s", before, filler, first[1],
                                          between, filler, second[1], before / 2, filler);
                char *exact = malloc(json.len); /* nothing may be read behind it */
                if (!exact) abort();
                memcpy(exact, json.ptr, json.len);
                if (!str_eq(json_string(arena, (Str){exact, json.len}), wanted))
                    CHECK_STR(json, "another");
                free(exact);
            }
        }
    }
    CHECK_STR(json_string(arena, STR("\"no escape: \\x and \\u12, kept as they are\\\"")),
              "no escape: \\x and \\u12, kept as they are\\");
    arena_free(arena);
}

int main(void) {
    test_long_strings();
    test_canonical();
    test_equal_names();
    test_kept();
    test_invalid();
    test_depth();
    test_access();
    test_scalars();
    test_writing();
    return test_finish();
}
