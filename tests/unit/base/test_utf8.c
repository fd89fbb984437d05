#include "base/utf8.h"
#include "test.h"

static void test_validation(void) {
    CHECK(utf8_is_valid(STR("")));
    CHECK(utf8_is_valid(STR("plain ascii that is longer than a word")));
    CHECK(utf8_is_valid(STR("h\u00e9 \u20ac \U0001f600 \ufffd")));
    CHECK(!utf8_is_valid(STR("\xC0\x80")));         /* overlong */
    CHECK(!utf8_is_valid(STR("\xED\xA0\x80")));     /* surrogate */
    CHECK(!utf8_is_valid(STR("\xF4\x90\x80\x80"))); /* past U+10FFFF */
    CHECK(!utf8_is_valid(STR("abc\xE2\x82")));      /* cut off */
    CHECK(!utf8_is_valid(STR("\x80")));
}

static void test_repair(void) {
    Arena *arena = arena_new();
    Str fine = STR("fine");
    CHECK(utf8_repair(arena, fine).ptr == fine.ptr);
    CHECK_STR(utf8_repair(arena, STR("a\xFFz\u00e9")), "a\ufffdz\u00e9");
    CHECK_LONG(utf8_count(STR("h\u00e9\U0001f600")), 3);
    arena_free(arena);
}

static void test_case(void) {
    Arena *arena = arena_new();
    CHECK_STR(utf8_to_upper(arena, STR("stra\u00dfe \u00e9")), "STRA\u00dfE \u00c9");
    CHECK_STR(utf8_to_lower(arena, STR("\u00c9T\u00c9 ABC")), "\u00e9t\u00e9 abc");
    CHECK(utf8_eq_nocase(STR("\u00c9cole"), STR("\u00e9COLE")));
    CHECK(!utf8_eq_nocase(STR("a"), STR("ab")));
    CHECK(utf8_compare_nocase(STR("a"), STR("B")) < 0);
    CHECK(utf8_is_alnum(0xE9) && utf8_is_alnum('7') && !utf8_is_alnum('_') &&
          !utf8_is_alnum(0x20AC));
    CHECK(utf8_is_space(0xA0) && utf8_is_space('\t') && !utf8_is_space('x'));
    arena_free(arena);
}

static void test_round_trip(void) {
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += 7) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char bytes[4];
        unsigned n = utf8_encode(cp, bytes), m;
        bool is_same = utf8_decode((Str){bytes, n}, 0, &m) == cp && m == n;
        if (!is_same) CHECK(is_same);
    }
    char bytes[4];
    CHECK_LONG(utf8_encode(0xD800, bytes), 3);
}

int main(void) {
    test_validation();
    test_repair();
    test_case();
    test_round_trip();
    return test_finish();
}
