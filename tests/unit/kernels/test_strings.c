#include "calls.h"

int main(void) {
    CHECK_CALL("strlen", "8",
               S("C\xcc\xa7"
                 "edilla"));
    CHECK_CALL("string_size", "15",
               S("\xe2\x92\xa6\xe2\x92\xb0\xe2\x92\xae\xe2\x92\xaf\xe2\x92\xaa"));
    CHECK_CALL("tolower", "hello", S("Hello"));
    CHECK_CALL("toupper", "HELLO", S("hello"));
    CHECK_CALL("substring", "23456", S("123456"), L(1));
    CHECK_CALL("substring", "34", S("123456"), L(2), L(2));
    CHECK_CALL("substring", "AB", S("ABCD"), L(0), L(2));
    CHECK_CALL("substring", "56", S("123456"), L(-2), L(2));
    CHECK_CALL("split", "[\"aa\",\"bb\"]", S("aa_bb"), S("_"));
    CHECK_CALL("split", "[\"bbb\"]", S("aaa_bbb_ccc"), S("_"), L(1));
    CHECK_CALL("split", "[]", S("aaa_bbb"), S("_"), L(2));
    CHECK_CALL("split", "[\"\"]", S(""), S("_"));
    CHECK_CALL("split", "[\"a\",\"\",\"b\"]", S("a__b"), S("_"));
    CHECK_CALL("split", "[\"a\",\"\"]", S("a_"), S("_"));
    CHECK_CALL("split", "[\"aa\",\"cc\"]", S("aabbcc"), S("bb"));
    CHECK_CALL("indexof", "2", S("abcdefg"), S("cde"), L(1), L(4));
    CHECK_CALL("indexof", "-1", S("abcdefg"), S("cde"), L(1), L(2));
    CHECK_CALL("indexof", "-1", S("abcdefg"), S("cde"), L(3), L(4));
    CHECK_CALL("indexof", "2", S("abcdefg"), S("cde"), L(-5));
    CHECK_CALL("indexof", "9", S("abcdefgabcdefg"), S("cde"), L(1), L(10), L(2));
    CHECK_CALL("indexof", "-1", S("abcdefgabcdefg"), S("cde"), L(1), L(-1), L(3));
    CHECK_CALL("reverse", "54.321", S("123.45"));
    CHECK_CALL("strcat", "hello world", S("hello"), S(" "), S("world"));
    CHECK_CALL("strcat_delim", "1-2-A", S("-"), S("1"), S("2"), S("A"));
    CHECK_CALL("strcat_array", "1->2->3", D("[1,2,3]"), S("->"));
    CHECK_CALL("replace_string", "a dog, a dog", S("a cat, a cat"), S("cat"), S("dog"));
    CHECK_CALL("replace_string", "abc", S("abc"), S(""), S("x"));
    CHECK_CALL("replace_strings", "a dog into a pigeon", S("a cat into a dog"),
               D("[\"cat\",\"dog\"]"), D("[\"dog\",\"pigeon\"]"));
    CHECK_CALL("replace_strings", "Thwas was", S("This is"), D("[\"is\",\"This\"]"),
               D("[\"was\",\"This\"]"));
    CHECK_CALL("replace_strings", "This was", S("This is"), D("[\"This\",\"is\"]"),
               D("[12345,\"was\"]"));
    CHECK_CALL("translate", "xxx", S("abc"), S("x"), S("abc"));
    CHECK_CALL("translate", "", S("abc"), S(""), S("ab"));
    CHECK_CALL("translate", "kusto", S("krasp"), S("otsku"), S("spark"));
    CHECK_CALL("base64_decode_tostring", "Kusto", S("S3VzdG8="));
    CHECK_CALL("base64_decode_tostring", "", S("U3RyaW5n0KHR0tGA0L7Rh9C60LA="));
    CHECK_CALL("base64_decode_tostring", "", S("abc"));
    CHECK_CALL("base64_encode_tostring", "S3VzdG8=", S("Kusto"));
    CHECK_CALL("base64_encode_tostring", "YQ==", S("a"));
    CHECK_CALL("url_decode", "https://www.bing.com/", S("https%3a%2f%2fwww.bing.com%2f"));
    return test_finish();
}
