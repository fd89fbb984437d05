#include "base/utf8.h"
#include "base/vectors.h"
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

/* The grammar of UTF-8 (RFC 3629, section 4), a character at a time. */
static bool is_utf8(const unsigned char *p, size_t n) {
    while (n) {
        size_t len = p[0] < 0x80   ? 1
                     : p[0] < 0xC2 ? 0
                     : p[0] < 0xE0 ? 2
                     : p[0] < 0xF0 ? 3
                     : p[0] < 0xF5 ? 4
                                   : 0;
        if (!len || len > n) return false;
        unsigned char low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
        unsigned char high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
        if (len > 1 && (p[1] < low || p[1] > high)) return false;
        for (size_t i = 2; i < len; i++)
            if (p[i] < 0x80 || p[i] > 0xBF) return false;
        p += len;
        n -= len;
    }
    return true;
}

/* All pairs and, of bytes that matter, all fours, at places around the borders of 32 bytes and at the
 * end of the text. */
static void test_valid(void) {
    static const unsigned char some[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                         0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                         0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    static const size_t places[] = {0, 1, 28, 29, 30, 31, 32, 60, 61, 62, 63};
    unsigned char text[80];
    int n_valid = 0, n_different = 0;
    memset(text, 'x', sizeof text);
    for (size_t k = 0; k < COUNT_OF(places); k++) {
        size_t at = places[k];
        for (unsigned pair = 0; pair < 65536; pair++) {
            text[at] = (unsigned char)(pair >> 8);
            text[at + 1] = (unsigned char)pair;
            for (size_t len = at + 2; len <= at + 3; len++)
                n_different += utf8_is_valid((Str){(char *)text, len}) != is_utf8(text, len);
        }
        for (unsigned four = 0; four < 25 * 25 * 25 * 25; four++) {
            unsigned rest = four;
            for (size_t i = 0; i < 4; i++, rest /= 25) text[at + i] = some[rest % 25];
            size_t len = at + 4 + four % 7 % 3;
            bool is_valid = is_utf8(text, len);
            n_different += utf8_is_valid((Str){(char *)text, len}) != is_valid;
            n_valid += is_valid;
        }
        memset(text, 'x', sizeof text);
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_valid > 1000);
}

int main(void) {
    test_valid();
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDE; v++) {
        vectors_cap(v);
        test_validation();
    }
    test_repair();
    test_case();
    test_round_trip();
    return test_finish();
}
