#include "run.h"

static void test_pack(void) {
    FN("bag_pack",
       ARGS(S("Level"), S("Information"), S("ProcessID"), L(1234), S("Data"),
            D("{\"url\":\"www.example.com\"}")),
       "{\"Level\":\"Information\",\"ProcessID\":1234,\"Data\":{\"url\":\"www.example.com\"}}");
    FN("pack", ARGS(S("a"), NUL(TYPE_LONG), S("b"), S("")), "{\"a\":null,\"b\":\"\"}");
    FN("pack_dictionary", ARGS(S("a\"b"), TS("1h")), "{\"a\\\"b\":\"01:00:00\"}");
    FN("bag_pack", ARGS(S("a"), L(1), S("b"), L(2), S("a"), L(3)), "{\"b\":2,\"a\":3}");
    FN("bag_pack", ARGS(S("a"), L(1), S("b")),
       "error: a bag is packed from pairs of a name and a value");
    FN("__bag_pack_filled", ARGS(S("Source"), S(""), S("Target"), S("555-3456"), S("n"), L(74)),
       "{\"Target\":\"555-3456\",\"n\":74}");
    FN("__bag_pack_filled", ARGS(S("a"), NUL(TYPE_INT), S("b"), D("\"\""), S("c"), D("{}")),
       "{\"c\":{}}");
    FN("__bag_pack_filled", ARGS(S("a"), NUL(TYPE_INT)), "{}");
}

static void test_keys(void) {
    FN("bag_keys", ARGS(D("{\"a\":\"b\",\"c\":123}")), "[\"a\",\"c\"]");
    FN("bag_keys", ARGS(D("{\"a\":\"b\",\"c\":[{\"d\":123}]}")), "[\"a\",\"c\"]");
    FN("bag_keys", ARGS(NUL(TYPE_DYNAMIC)), NULL_TEXT);
    FN("bag_keys", ARGS(D("{}")), "[]");
    FN("bag_keys", ARGS(D("\"a\"")), NULL_TEXT);
    FN("bag_keys", ARGS(D("[]")), NULL_TEXT);
    FN("bag_keys", ARGS(D("{\"q\\\"\":1}")), "[\"q\\\"\"]");
    Value nested = D("{\"key1\":123,\"key2\":{\"prop1\":\"abc\",\"prop2\":null},\"key3\":[100]}");
    FN("bag_has_key", ARGS(nested, S("key2")), "true");
    FN("bag_has_key", ARGS(nested, S("key4")), "false");
    FN("bag_has_key", ARGS(nested, S("$.key2.prop1")), "true");
    FN("bag_has_key", ARGS(nested, S("$.key2.prop2")), "true");
    FN("bag_has_key", ARGS(nested, S("$['key2']['prop3']")), "false");
    FN("bag_has_key", ARGS(nested, S("key2.prop1")), "false");
    FN("bag_has_key", ARGS(nested, S("$.key3[0]")), "false");
    FN("bag_has_key", ARGS(D("[1]"), S("key2")), "false");
    FN("bag_has_key", ARGS(NUL(TYPE_DYNAMIC), S("key2")), NULL_TEXT);
}

static void test_merge(void) {
    FN("bag_merge", ARGS(D("{\"A1\":12,\"B1\":2,\"C1\":3}"), D("{\"A2\":81,\"B2\":82,\"A1\":1}")),
       "{\"A1\":12,\"B1\":2,\"C1\":3,\"A2\":81,\"B2\":82}");
    FN("bag_merge", ARGS(D("{}"), D("{}"), D("{\"a\":{}}")), "{\"a\":{}}");
    FN("bag_merge", ARGS(D("{}"), D("[]")), NULL_TEXT);
    FN("bag_merge", ARGS(D("{}"), NUL(TYPE_DYNAMIC)), NULL_TEXT);
    FN("bag_zip", ARGS(D("[\"a\",\"b\",\"c\"]"), D("[1,\"2\",3.4]")),
       "{\"a\":1,\"b\":\"2\",\"c\":3.4}");
    FN("bag_zip", ARGS(D("[\"a\",\"b\",\"c\"]"), D("[1,\"2\"]")),
       "{\"a\":1,\"b\":\"2\",\"c\":null}");
    FN("bag_zip", ARGS(D("[\"a\",\"b\"]"), D("[1,\"2\",2.5]")), "{\"a\":1,\"b\":\"2\"}");
    FN("bag_zip", ARGS(D("[\"a\",8,\"b\"]"), D("[1,\"2\",2.5]")), "{\"a\":1,\"b\":2.5}");
    FN("bag_zip", ARGS(D("[\"a\",8,\"b\"]"), D("1")), "{\"a\":null,\"b\":null}");
    FN("bag_zip", ARGS(D("\"a\""), D("[1,\"2\",2.5]")), NULL_TEXT);
    FN("bag_zip", ARGS(D("[\"a\"]"), NUL(TYPE_DYNAMIC)), "{\"a\":null}");
}

static void test_remove(void) {
    FN("bag_remove_keys", ARGS(D("{\"key1\":123,\"key2\":\"abc\"}"), D("[\"key2\",\"key4\"]")),
       "{\"key1\":123}");
    FN("bag_remove_keys", ARGS(D("{\"key1\":\"value\",\"key3\":42.0}"), D("[\"key2\",\"key4\"]")),
       "{\"key1\":\"value\",\"key3\":42.0}");
    Value nested =
        D("{\"key1\":123,\"key2\":{\"prop1\":\"abc\",\"prop2\":\"xyz\"},\"key3\":[100,200]}");
    FN("bag_remove_keys", ARGS(nested, D("[\"$.key2.prop1\",\"key3\"]")),
       "{\"key1\":123,\"key2\":{\"prop2\":\"xyz\"}}");
    FN("bag_remove_keys", ARGS(nested, D("[\"$.key2.prop1\",\"$['key2']['prop2']\",\"key1\"]")),
       "{\"key2\":{},\"key3\":[100,200]}");
    FN("bag_remove_keys", ARGS(nested, D("[\"$.key2.prop1\",\"key2\",\"key1\",\"key3\"]")), "{}");
    FN("bag_remove_keys", ARGS(nested, D("[\"$.key3[0]\",\"$\",\"key2.prop1\"]")),
       "{\"key1\":123,\"key2\":{\"prop1\":\"abc\",\"prop2\":\"xyz\"},\"key3\":[100,200]}");
    FN("bag_remove_keys", ARGS(D("[1]"), D("[\"a\"]")), NULL_TEXT);
    FN("bag_remove_keys", ARGS(D("{}"), D("\"a\"")), NULL_TEXT);
}

static void test_set(void) {
    FN("bag_set_key", ARGS(D("{\"key1\":1,\"key2\":2}"), S("key3"), L(3)),
       "{\"key1\":1,\"key2\":2,\"key3\":3}");
    FN("bag_set_key", ARGS(D("{\"key1\":1,\"key3\":\"abc\"}"), S("key3"), L(3)),
       "{\"key1\":1,\"key3\":3}");
    FN("bag_set_key",
       ARGS(D("{\"key1\":123,\"key2\":{\"prop1\":123,\"prop2\":\"xyz\"}}"), S("$.key2.prop1"),
            S("abc")),
       "{\"key1\":123,\"key2\":{\"prop1\":\"abc\",\"prop2\":\"xyz\"}}");
    FN("bag_set_key", ARGS(D("{\"key1\":123}"), S("$.key2.prop1"), S("abc")),
       "{\"key1\":123,\"key2\":{\"prop1\":\"abc\"}}");
    FN("bag_set_key", ARGS(D("{}"), S("a"), NUL(TYPE_LONG)), "{\"a\":null}");
    FN("bag_set_key", ARGS(D("{}"), S("$.a.b.c"), D("[1]")), "{\"a\":{\"b\":{\"c\":[1]}}}");
    FN("bag_set_key", ARGS(D("{\"a\":1}"), S("$.a.b"), L(1)), NULL_TEXT);
    FN("bag_set_key", ARGS(D("{\"a\":[1]}"), S("$.a[0]"), L(1)), NULL_TEXT);
    FN("bag_set_key", ARGS(D("{\"a\":1}"), S("$"), L(1)), "{\"a\":1,\"$\":1}");
    FN("bag_set_key", ARGS(NUL(TYPE_DYNAMIC), S("a"), L(1)), NULL_TEXT);
    FN("bag_set_key", ARGS(D("[1]"), S("a"), L(1)), NULL_TEXT);
}

static void test_treepath(void) {
    FN("treepath", ARGS(D("{\"a\":\"b\",\"c\":123}")), "[\"['a']\",\"['c']\"]");
    FN("treepath", ARGS(D("{\"prop1\":[1,2,3,4],\"prop2\":\"value2\"}")),
       "[\"['prop1']\",\"['prop1'][0]\",\"['prop2']\"]");
    FN("treepath", ARGS(D("{\"listProperty\":[100,200,300,\"abcde\",{\"x\":\"y\"}]}")),
       "[\"['listProperty']\",\"['listProperty'][0]\",\"['listProperty'][0]['x']\"]");
    FN("treepath", ARGS(D("7")), NULL_TEXT);
    FN("treepath", ARGS(D("{}")), "[]");
}

/* 500 bags in one another, with names so long that all paths together have 250 MB. */
static void test_treepath_of_depth(void) {
    Buf json = {0};
    for (int i = 0; i < 500; i++) buf_printf(&json, "{\"%*d\":", 2000, i);
    buf_putc(&json, '1');
    for (int i = 0; i < 500; i++) buf_putc(&json, '}');
    Value deep = value_text(TYPE_DYNAMIC, arena_str(run_arena, buf_str(&json)));
    buf_free(&json);
    FN("treepath", ARGS(deep), "error: the array is longer than 64 MB");
}

#define JSON                                                                                       \
    "{\"Source\": \"Server-01\", \"Log Level\": \"INFO\", \"Details\": "                           \
    "{\"Response Code\": 200, \"Response Time\": 54.21, \"User\": {\"User ID\": \"u1\"}, "         \
    "\"Tags\": [\"startup\", \"auth\", null]}}"

static void test_extract(void) {
    FN("extract_json", ARGS(S("$.Source"), S(JSON)), "Server-01");
    FN("extractjson", ARGS(S("$['Log Level']"), S(JSON)), "INFO");
    FN("extract_json", ARGS(S("$.Details['Response Code']"), S(JSON), NUL(TYPE_LONG)), "200");
    FN("extract_json", ARGS(S("$.Details[\"Response Time\"]"), S(JSON), NUL(TYPE_REAL)), "54.21");
    FN("extract_json", ARGS(S("$.Details.User['User ID']"), S(JSON), NUL(TYPE_STRING)), "u1");
    FN("extract_json", ARGS(S("$.Details.User['User ID']"), S(JSON), NUL(TYPE_LONG)), NULL_TEXT);
    FN("extract_json", ARGS(S("$.Details.Tags[1]"), S(JSON)), "auth");
    FN("extract_json", ARGS(S("$.Details.Tags[2]"), S(JSON)), "");
    FN("extract_json", ARGS(S("$.Details.Tags"), S(JSON)), "[\"startup\",\"auth\",null]");
    FN("extract_json", ARGS(S("$.Details.Tags"), S(JSON), NUL(TYPE_DYNAMIC)),
       "[\"startup\",\"auth\",null]");
    FN("extract_json", ARGS(S("$.Details.['User']"), S(JSON)), "{\"User ID\":\"u1\"}");
    FN("extract_json", ARGS(S("$"), S("7"), NUL(TYPE_INT)), "7");
    FN("extract_json", ARGS(S("$.nothing"), S(JSON)), "");
    FN("extract_json", ARGS(S("$.a"), S("{\"a\": 1")), "");
    FN("extract_json", ARGS(S("$.a"), S("{\"a\": 1"), NUL(TYPE_LONG)), NULL_TEXT);
    FN("extract_json", ARGS(S("$.a"), S("")), "");
    FN("extract_json", ARGS(S("$.a[*]"), S("{}")),
       "error: '$.a[*]' is no path that extract_json knows: $, then .name, ['name'] or [n]");
    FN("extract_json", ARGS(S("$..a"), S("{}")),
       "error: '$..a' is no path that extract_json knows: $, then .name, ['name'] or [n]");
    FN("extract_json", ARGS(S("a"), S("{}")),
       "error: 'a' is no path that extract_json knows: $, then .name, ['name'] or [n]");
    FN("extract_json", ARGS(S("$["), S("{}")),
       "error: '$[' is no path that extract_json knows: $, then .name, ['name'] or [n]");
    FN("extract_json", ARGS(S("$."), S("{}")),
       "error: '$.' is no path that extract_json knows: $, then .name, ['name'] or [n]");
}

int main(void) {
    run_arena = arena_new();
    test_pack();
    test_keys();
    test_merge();
    test_remove();
    test_set();
    test_treepath();
    test_treepath_of_depth();
    test_extract();
    arena_free(run_arena);
    return test_finish();
}
