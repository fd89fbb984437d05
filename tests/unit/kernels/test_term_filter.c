/* What a filter of terms says of texts. Where a term must be found comes of what `has` finds. */
#include "kernels/text/term_filter.h"
#include "test.h"

typedef struct Bytes {
    Str all;
} Bytes;

static bool read_bytes(void *ctx, int64_t at, void *to, size_t n) {
    Str all = ((const Bytes *)ctx)->all;
    if (at < 0 || (size_t)at + n > all.len) return false;
    memcpy(to, all.ptr + at, n);
    return true;
}

static bool may_hold(const char *held, const char *text, bool is_nested, bool folds) {
    TermCollector *c = term_collector_new();
    term_collector_add(c, str_of(held));
    Bytes bytes = {term_collector_filter(c)};
    TermFilter f;
    bool ok = term_filter_open(&f, (int64_t)bytes.all.len, read_bytes, &bytes);
    CHECK(ok);
    bool may = ok && term_filter_may_hold(&f, str_of(text), (TermSource){is_nested, folds});
    term_collector_free(c);
    return may;
}

#define HOLDS(held, text) CHECK(may_hold(held, text, false, false))
#define LACKS(held, text) CHECK(!may_hold(held, text, false, false))
#define HOLDS_NESTED(held, text) CHECK(may_hold(held, text, true, false))
#define LACKS_NESTED(held, text) CHECK(!may_hold(held, text, true, false))

static void test_terms(void) {
    HOLDS("cmd.exe /c Evil", "evil");
    HOLDS("cmd.exe /c evil", "CMD.EXE");
    LACKS("cmd.exe /c evil", "evi");
    LACKS("devil", "evil");
    HOLDS("a", ".");
    HOLDS("a", "");
    LACKS("", "evil");
    HOLDS("caf\xc3\xa9", "\xc3\xa9vil"); /* no whole term of ASCII is asked for */
}

static void test_escapes(void) {
    HOLDS_NESTED("{\"a\":\"x\\nevil\"}", "evil");
    HOLDS_NESTED("{\"a\":\"x\\u0027evil\\u0027\"}", "evil");
    HOLDS_NESTED("{\"a\":\"x\\\\u0027evil\"}", "evil");
    HOLDS_NESTED("{\"a\":\"x\\u2014evil\"}", "evil");
    HOLDS_NESTED("{\"a\":\"\\u0065vil\"}", "evil");   /* spelt by an escape: anything may be */
    HOLDS_NESTED("{\"a\":\"\\u005cnevil\"}", "evil"); /* an escape of an escape */
    LACKS_NESTED("{\"a\":\"x\\u0027devil\\u0027\"}", "evil");
    HOLDS("C:\\u0027evil", "u0027evil"); /* a path that is no JSON */
    LACKS_NESTED("{\"a\":\"\\u00e9t\\u00e9\"}", "evil");
}

static void test_numbers(void) {
    HOLDS_NESTED("{\"a\":1e3}", "1000.0"); /* the number's text */
    HOLDS_NESTED("{\"a\":1e3}", "5");
    HOLDS_NESTED("{\"a\":1}", "1e");
    LACKS_NESTED("{\"a\":1}", "8efee8d3b74a");
    LACKS("{\"a\":1e3}", "1000");
    LACKS_NESTED("{\"a\":1}", "1e3e");
}

static void test_folding(void) {
    CHECK(may_hold("\xe2\x84\xaa"
                   "evil",
                   "kevil", false, true)); /* the Kelvin sign */
    CHECK(may_hold("\\u212aevil", "kevil", true, true));
    CHECK(!may_hold("kevin", "kevil", false, true));
}

static void test_damage_says_yes(void) {
    TermCollector *c = term_collector_new();
    for (unsigned i = 0; i < 500; i++) {
        char text[16];
        snprintf(text, sizeof text, "w%u", i);
        term_collector_add(c, str_of(text));
    }
    Str whole = term_collector_filter(c);
    Arena *arena = arena_new();
    TermFilter f;
    for (size_t cut = 0; cut < whole.len; cut += 7) {
        Bytes part = {str_sub(whole, 0, cut)};
        CHECK(!term_filter_open(&f, (int64_t)cut, read_bytes, &part));
    }
    for (size_t at = 16; at < whole.len; at += 5) {
        char *bytes = (char *)(uintptr_t)arena_str(arena, whole).ptr;
        bytes[at] = (char)~bytes[at];
        Bytes damaged = {{bytes, whole.len}};
        if (!term_filter_open(&f, (int64_t)whole.len, read_bytes, &damaged)) continue;
        for (unsigned i = 0; i < 500; i += 50) {
            char text[16];
            snprintf(text, sizeof text, "w%u", i);
            CHECK(term_filter_may_hold(&f, str_of(text), (TermSource){0}));
        }
    }
    arena_free(arena);
    term_collector_free(c);
}

int main(void) {
    test_terms();
    test_escapes();
    test_numbers();
    test_folding();
    test_damage_says_yes();
    return test_finish();
}
