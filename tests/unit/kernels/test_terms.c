/* The string operators. */
#include "calls.h"

static void test_has(void) {
    CHECK_CALL("has", "true", S("North America"), S("america"));
    CHECK_CALL("has", "false", S("North America"), S("amer"));
    CHECK_CALL("has", "true", S("evil.com"), S("evil"));
    CHECK_CALL("has", "false", S("devil.com"), S("evil"));
    CHECK_CALL("has", "true", S("devil.com evil.com"), S("EVIL.COM"));
    CHECK_CALL("has", "false", S("evil.community"), S("evil.com"));
    CHECK_CALL("has", "true", S("x.exe /c"), S(".exe"));
    CHECK_CALL("has", "false", S("x.exes"), S(".exe"));
    CHECK_CALL("has", "true", S("a_b"), S("b"));
    CHECK_CALL("has", "true", S("--x--"), S("--"));
    CHECK_CALL("has", "true", S("abc"), S(""));
    CHECK_CALL("has", "true", S(""), S(""));
    CHECK_CALL("has", "false", S(""), S("a"));
    CHECK_CALL("has", "false", S("abc"), S("abcd"));
    CHECK_CALL("has", "true", S("caf\xc3\xa9 bar"), S("CAF\xc3\x89"));
    CHECK_CALL("has", "false", S("caf\xc3\xa9"), S("caf")); /* e acute belongs to the term */
    CHECK_CALL("has", "false", S("\xc3\xa9tat"), S("tat"));
    CHECK_CALL("has", "true", S("caf \xe2\x82\xac"), S("caf"));
    CHECK_CALL("has", "true", S("0123456789abcdef0123456789 needle"), S("NEEDLE"));
    CHECK_CALL("has", "true", D("{\"a\":\"Evil\"}"), S("evil"));
    CHECK_CALL("has", "true", D("\"a\\\\b evil\""), S("evil"));
    CHECK_CALL("has", "false", N(TYPE_DYNAMIC), S("evil"));
    CHECK_CALL("!has", "true", N(TYPE_DYNAMIC), S("evil"));
    CHECK_CALL("!has", "true", S("North America"), S("amer"));
    CHECK_CALL("has_cs", "true", S("North America"), S("America"));
    CHECK_CALL("has_cs", "false", S("North America"), S("america"));
    CHECK_CALL("!has_cs", "true", S("North America"), S("amer"));
}

static void test_ends_of_terms(void) {
    CHECK_CALL("hasprefix", "true", S("North America"), S("ame"));
    CHECK_CALL("hasprefix", "false", S("North America"), S("mer"));
    CHECK_CALL("!hasprefix", "true", S("North America"), S("mer"));
    CHECK_CALL("hasprefix_cs", "true", S("North America"), S("Ame"));
    CHECK_CALL("!hasprefix_cs", "true", S("North America"), S("CA"));
    CHECK_CALL("hassuffix", "true", S("North America"), S("ica"));
    CHECK_CALL("hassuffix", "false", S("North America"), S("americ"));
    CHECK_CALL("!hassuffix", "true", S("North America"), S("americ"));
    CHECK_CALL("hassuffix_cs", "true", S("North America"), S("ica"));
    CHECK_CALL("!hassuffix_cs", "true", S("North America"), S("icA"));
}

static void test_parts(void) {
    CHECK_CALL("contains", "true", S("FabriKam"), S("BRik"));
    CHECK_CALL("!contains", "true", S("Fabrikam"), S("xyz"));
    CHECK_CALL("contains_cs", "true", S("FabriKam"), S("Kam"));
    CHECK_CALL("!contains_cs", "true", S("Fabrikam"), S("Kam"));
    CHECK_CALL("contains", "true",
               S("STRASSE \xc3\x84"
                 "b"),
               S("\xc3\xa4"
                 "B"));
    CHECK_CALL("contains", "false", S("[abc]"), S("{abc}")); /* only letters have a case */
    CHECK_CALL("contains", "false", S("@"), S("`"));
    CHECK_CALL("contains", "true", S("x"), S(""));
    CHECK_CALL("contains", "true", S("x"), D("\"X\""));
    CHECK_CALL("startswith", "true", S("Fabrikam"), S("fab"));
    CHECK_CALL("!startswith", "true", S("Fabrikam"), S("kam"));
    CHECK_CALL("startswith_cs", "false", S("Fabrikam"), S("fab"));
    CHECK_CALL("endswith", "true", S("Fabrikam"), S("Kam"));
    CHECK_CALL("endswith", "true", S("x\xc3\xa9"), S("\xc3\x89"));
    CHECK_CALL("endswith", "false", S("\xc3\xa9"), S("xx\xc3\x89"));
    CHECK_CALL("!endswith", "true", S("Fabrikam"), S("brik"));
    CHECK_CALL("endswith_cs", "true", S("Fabrikam"), S("kam"));
    CHECK_CALL("!endswith_cs", "true", S("Fabrikam"), S("brik"));
    CHECK_CALL("=~", "true", S("abc"), S("ABC"));
    CHECK_CALL("=~", "true", S("\xce\xb1"), S("\xce\x91"));
    CHECK_CALL("=~", "false", S("\xc4\xb1"), S("I")); /* dotless i is no i */
    CHECK_CALL("=~", "false", S("abc"), S("abcd"));
    CHECK_CALL("!~", "true", S("aBc"), S("xyz"));
}

static void test_in(void) {
    CHECK_CALL("in", "true", S("abc"), S("123"), S("345"), S("abc"));
    CHECK_CALL("in", "false", S("abc"), S("ABC"));
    CHECK_CALL("!in", "true", S("bca"), S("123"), S("abc"));
    CHECK_CALL("in~", "true", S("Abc"), S("123"), S("abc"));
    CHECK_CALL("in~", "true", S("\xc3\xa9"), S("\xc3\x89"));
    CHECK_CALL("!in~", "true", S("bCa"), S("123"), S("ABC"));
    CHECK_CALL("in", "true", S("b"), D("[\"a\",\"b\"]"));
    CHECK_CALL("in", "true", S("b"), S("x"), D("[\"a\",\"b\"]"));
    CHECK_CALL("in", "false", S("b"), D("[]"));
    CHECK_CALL("in", "true", L(4624), I(4625), I(4624));
    CHECK_CALL("in", "true", L(4624), S("4624"));
    CHECK_CALL("in", "true", S("4624"), L(4624));
    CHECK_CALL("in", "true", L(2), D("[1,2.0]"));
    CHECK_CALL("in", "true", R(0.5), D("[0.5]"));
    CHECK_CALL("in", "true", D("5"), L(5));
    CHECK_CALL("in", "false", D("5"), S("6"));
    CHECK_CALL("in", "true", D("\"x\""), S("x"));
    CHECK_CALL("in", "false", N(TYPE_LONG), L(1));
    CHECK_CALL("!in", "true", N(TYPE_LONG), L(1));
    CHECK_CALL("in", "null", N(TYPE_LONG), N(TYPE_LONG));
    CHECK_CALL("in", "false", L(1), N(TYPE_LONG));
    CHECK_CALL("in", "true", G("74be27de-1e4e-49d9-b579-fe0b331d3642"),
               S("74BE27DE-1E4E-49D9-B579-FE0B331D3642"));
    CHECK_CALL("in", "true", T(TICKS_UNIX_EPOCH), D("[\"1970-01-01T00:00:00.0000000Z\"]"));
    CHECK_CALL("in", "true", B(true), B(true));
}

static void test_lists(void) {
    CHECK_CALL("has_any", "true", S("North America"), S("south"), S("north"));
    CHECK_CALL("has_any", "false", S("North America"), S("south"), S("nor"));
    CHECK_CALL("has_any", "true", S("North America"), D("[\"south\",\"north\"]"));
    CHECK_CALL("has_any", "false", S("North"), D("[]"));
    CHECK_CALL("has_any", "true", S("run x.EXE now"),
               D("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\".exe\"]"));
    CHECK_CALL("has_any", "false", S("run x.exes now"),
               D("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\".exe\"]"));
    CHECK_CALL("has_any", "true", S("visit www.evil.com/x"),
               D("[\"a1\",\"b1\",\"c1\",\"d1\",\"e1\",\"evil.org\",\"evil.com\"]"));
    CHECK_CALL("has_any", "true", S("event 42 done"), D("[1,2,3,4,5,6,42]"));
    CHECK_CALL("has_any", "true", S("x -- y"), D("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"--\"]"));
    CHECK_CALL("has_all", "true", S("North and South America"), S("south"), S("north"));
    CHECK_CALL("has_all", "false", S("North and South America"), S("south"), S("nor"));
    CHECK_CALL("has_all", "true", S("x"), D("[]"));
}

int main(void) {
    test_has();
    test_ends_of_terms();
    test_parts();
    test_in();
    test_lists();
    return test_finish();
}
