#include "calls.h"

static void test_matches(void) {
    CHECK_CALL("matches regex", "true", S("ARKANSAS"), S("K.*S"));
    CHECK_CALL("matches regex", "false", S("arkansas"), S("K.*S"));
    CHECK_CALL("matches regex", "true", S("arkansas"), S("(?i)K.*S"));
    CHECK_CALL("matches regex", "true", S(""), S(""));
    CHECK_CALL("matches regex", "true", D("\"KS\""), S("^KS$"));
    CHECK_CALL("matches regex", "false", S("a\nb"), S("a.b"));
    CHECK_CALL("matches regex", "true", S("a\nb"), S("(?s)a.b"));
    CHECK_CALL("matches regex", "false", S("a\nb"), S("a$"));
    CHECK_CALL("matches regex", "true", S("a\nb"), S("(?m)a$"));
    CHECK_CALL("matches regex", "refused: ", S("a"), S("(a"));
    CHECK_CALL("matches regex", "refused: ", S("a"), S("[a"));
    CHECK_CALL("matches regex", "refused: ", S("a"), S("a(?=b)"));
    CHECK_CALL("matches regex", "true", S("a"), S("[a-z&&[^b]]"));
    CHECK_CALL("matches regex", "refused: ", S("a"), S("[a-z&&[^b]"));
}

/* "Regex syntax": the Perl classes are Unicode's, and a few spellings are not RE2's. */
static void test_syntax(void) {
    CHECK_CALL("matches regex", "true", S("\xd9\xa3"), S("^\\d$")); /* ARABIC-INDIC DIGIT THREE */
    CHECK_CALL("matches regex", "false", S("\xd9\xa3"), S("^[0-9]$"));
    CHECK_CALL("matches regex", "false", S("\xd9\xa3"), S("(?-u)^\\d$"));
    CHECK_CALL("matches regex", "true", S("na\xc3\xafve"), S("^\\w+$"));
    CHECK_CALL("matches regex", "false", S("na\xc3\xafve"), S("\\W"));
    CHECK_CALL("matches regex", "true", S("a\xe2\x80\x94z"), S("^a[\\W]z$")); /* EM DASH */
    CHECK_CALL("matches regex", "true", S("a\xc2\xa0z"), S("^a\\sz$"));       /* NO-BREAK SPACE */
    CHECK_CALL("matches regex", "true", S("a\vz"), S("^a\\sz$"));
    CHECK_CALL("matches regex", "false", S("a\xc2\xa0z"), S("^a\\Sz$"));
    CHECK_CALL("matches regex", "true", S("a\xc2\xa0z"), S("^[\\s\\S]*$"));
    CHECK_CALL("matches regex", "true", S("A"), S("^\\u0041$"));
    CHECK_CALL("matches regex", "true", S("A"), S("^\\u{41}$"));
    CHECK_CALL("matches regex", "true", S("A"), S("^\\p{Uppercase_Letter}$"));
    CHECK_CALL("matches regex", "true", S("\xce\xb1"), S("^\\p{Greek}$"));
    CHECK_CALL("matches regex", "true", S("ab1"), S("^[[:alpha:]]+\\d$"));
    CHECK_CALL("matches regex", "true", S("xyz"), S("^[x[yz]]+$"));
    CHECK_CALL("matches regex", "true", S("]["), S("^[][]+$"));
    CHECK_CALL("matches regex", "true", S("abc"), S("(?x) a b  # letters\n c"));
    CHECK_CALL("matches regex", "true", S("say hi"), S("\\<hi\\>"));
    CHECK_CALL("matches regex", "true", S("say hi"), S("\\b{start}hi\\b{end}"));
    CHECK_CALL("matches regex", "false", S("this"), S("\\bhi"));
    CHECK_CALL("matches regex", "true", S("2026-11-24"), S("(?<year>\\d{4})-"));
}

static void test_extract(void) {
    CHECK_CALL("extract", "James", S("User: ([^,]+)"), L(1), S("User: James, Age: 29"));
    CHECK_CALL("extract", "29", S("\\d+"), L(0), S("User: James, Age: 29"));
    CHECK_CALL("extract", "", S("Email: (\\S+),"), L(1), S("User: David, Age: 35"));
    CHECK_CALL("extract", "", S("(a)|(b)"), L(1), S("b"));
    CHECK_CALL("extract", "b", S("(a)|(b)"), L(2), S("b"));
    CHECK_CALL("extract", "", S("a"), L(1), S("a"));
    CHECK_CALL("extract", "", S("a"), L(-1), S("a"));
    CHECK_CALL("extract", "7", S("-(\\d{2})-"), L(1), S("21-07-2023"), N(TYPE_INT));
    CHECK_CALL("extract", "null", S("(x)"), L(1), S("x"), N(TYPE_LONG));
    CHECK_CALL("extract", "null", S("(\\d)"), L(1), S("x"), N(TYPE_LONG));
}

static void test_extract_all(void) {
    static const char id[] = "82b8be2d-dfa7-4bd1-8f63-24ad26d31449";
    CHECK_CALL("extract_all", "[\"123\",\"567\",\"789\"]", S("(\\d+)"),
               S("a set of numbers: 123, 567 and 789"));
    CHECK_CALL("extract_all",
               "[[\"8\",\"2b8be2\",\"d\"],[\"d\",\"fa\",\"7\"],[\"4\",\"bd\",\"1\"],[\"8\",\"f6\","
               "\"3\"],[\"2\",\"4ad26d3144\",\"9\"]]",
               S("(\\w)(\\w+)(\\w)"), S(id));
    CHECK_CALL("extract_all",
               "[[\"8\",\"d\"],[\"d\",\"7\"],[\"4\",\"1\"],[\"8\",\"3\"],[\"2\",\"9\"]]",
               S("(\\w)(\\w+)(\\w)"), D("[1,3]"), S(id));
    CHECK_CALL("extract_all",
               "[[\"8\",\"2b8be2\",\"d\"],[\"d\",\"fa\",\"7\"],[\"4\",\"bd\",\"1\"],[\"8\",\"f6\","
               "\"3\"],[\"2\",\"4ad26d3144\",\"9\"]]",
               S("(?P<first>\\w)(?P<middle>\\w+)(?P<last>\\w)"), D("[\"first\",2,\"last\"]"),
               S(id));
    CHECK_CALL("extractall", "[\"a\\\"\"]", S("(a.)"), S("a\""));
    CHECK_CALL("extract_all", "null", S("(x)"), S("abc"));
    CHECK_CALL("extract_all", "refused: ", S("x"), S("abc"));
    CHECK_CALL("extract_all", "refused: ", S("(x)"), D("[2]"), S("abc"));
}

static void test_replace(void) {
    CHECK_CALL("replace_regex", "Number was: 1", S("Number is 1"), S("is (\\d+)"), S("was: \\1"));
    CHECK_CALL("replace_regex", "[a][b]", S("ab"), S("."), S("[\\0]"));
    CHECK_CALL("replace_regex", "\\x", S("a"), S("a"), S("\\\\x"));
    CHECK_CALL("replace_regex", "", S("a"), S("(a)"), S("\\2"));
    CHECK_CALL("replace_regex", "abc", S("abc"), S("x"), S("y"));
    CHECK_CALL("replace_regex", "", S("aaa"), S("a"), S(""));
    CHECK_CALL("replace_regex", "-a-b-", S("ab"), S("x*"), S("-"));
    CHECK_CALL("replace_regex", "-b-", S("aab"), S("a*"), S("-"));
    CHECK_CALL("replace_regex", "-\xc3\xa4-", S("\xc3\xa4"), S("x*"), S("-"));
    CHECK_CALL("replace", "axc", S("b"), S("x"), S("abc"));
}

static void test_countof(void) {
    CHECK_CALL("countof", "3", S("aaa"), S("a"));
    CHECK_CALL("countof", "3", S("aaaa"), S("aa"));
    CHECK_CALL("countof", "2", S("ababa"), S("ab"), S("normal"));
    CHECK_CALL("countof", "2", S("ababa"), S("aba"));
    CHECK_CALL("countof", "1", S("ababa"), S("aba"), S("regex"));
    CHECK_CALL("countof", "2", S("abcabc"), S("a.c"), S("regex"));
    CHECK_CALL("countof", "0", S("abc"), S(""));
    CHECK_CALL("countof", "refused: ", S("abc"), S("a"), S("other"));
}

static void test_indexof_regex(void) {
    CHECK_CALL("indexof_regex", "0", S("abcabc"), S("a.c"));
    CHECK_CALL("indexof_regex", "3", S("abcabcdefg"), S("a.c"), L(0), L(9), L(2));
    CHECK_CALL("indexof_regex", "-1", S("abcabc"), S("a.c"), L(1), L(-1), L(2));
    CHECK_CALL("indexof_regex", "-1", S("ababaa"), S("a.a"), L(0), L(-1), L(2));
    CHECK_CALL("indexof_regex", "null", S("abcabc"), S("a|ab"), L(-1));
    CHECK_CALL("indexof_regex", "null", S("abc"), S("a"), L(0), L(-2));
    CHECK_CALL("indexof_regex", "null", S("abc"), S("a"), L(0), L(-1), L(-1));
    CHECK_CALL("indexof_regex", "2", S("\xc3\xa4\xc3\xb6x"), S("x"));
    CHECK_CALL("indexof_regex", "4", S("\xc3\xa4xx\xc3\xb6x"), S("x"), L(3));
}

static void test_trim(void) {
    CHECK_CALL("trim", "https://bing.com", S("--"), S("--https://bing.com--"));
    CHECK_CALL("trim", "Te st1", S("[^\\w]+"), S("-  Te st1// $"));
    CHECK_CALL("trim", "Hello, world!", S("\\s+"), S("    Hello, world!    "));
    CHECK_CALL("trim", "b", S("a"), S("aaabaa"));
    CHECK_CALL("trim", "", S("a"), S("aaa"));
    CHECK_CALL("trim", "abc", S("x*"), S("abc"));
    CHECK_CALL("trim_start", "bing.com", S("https://"), S("https://bing.com"));
    CHECK_CALL("trim_start", "Te st1// $", S("[^\\w]+"), S("-  Te st1// $"));
    CHECK_CALL("trim_start", "aab", S("a"), S("aaab"));
    CHECK_CALL("trim_end", "bing", S(".com"), S("bing.com"));
    CHECK_CALL("trim_end", "-  Te st1", S("[^\\w]+"), S("-  Te st1// $"));
    CHECK_CALL("trim_end", "    Hello, world!", S("\\s+"), S("    Hello, world!    "));
    CHECK_CALL("trim_end", "ba", S("a"), S("baa"));
    CHECK_CALL("trim", "refused: ", S("a)(b"), S("x"));
}

int main(void) {
    CHECK_CALL("regex_quote", "\\(so\\$me\\.Te\\^xt\\)", S("(so$me.Te^xt)"));
    test_matches();
    test_syntax();
    test_extract();
    test_extract_all();
    test_replace();
    test_countof();
    test_indexof_regex();
    test_trim();
    return test_finish();
}
