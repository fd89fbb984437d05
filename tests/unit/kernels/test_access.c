#include "run.h"

static void test_members(void) {
    OP(".", ARGS(D("{\"a\":123,\"b\":\"hello\",\"c\":[1,2,3],\"d\":{}}"), S("a")), "123");
    OP(".", ARGS(D("{\"a\":123,\"b\":\"hello\",\"c\":[1,2,3],\"d\":{}}"), S("b")), "\"hello\"");
    OP(".", ARGS(D("{\"a\":123,\"c\":[1,2,3],\"d\":{}}"), S("c")), "[1,2,3]");
    OP(".", ARGS(D("{\"a\":123,\"d\":{}}"), S("d")), "{}");
    OP(".", ARGS(D("{\"a\":123}"), S("A")), NULL_TEXT);
    OP(".", ARGS(D("{\"a\":null}"), S("a")), NULL_TEXT);
    OP(".", ARGS(D("{\"a b c\":\"2015-01-01\"}"), S("a b c")), "\"2015-01-01\"");
    OP(".", ARGS(D("{\"a\\\"b\":1}"), S("a\"b")), "1");
    OP(".", ARGS(D("[1,2]"), S("a")), NULL_TEXT);
    OP(".", ARGS(D("17"), S("a")), NULL_TEXT);
    OP(".", ARGS(NUL(TYPE_DYNAMIC), S("a")), NULL_TEXT);
    OP(".", ARGS(D("{\"\":5}"), S("")), "5");
}

/* Exports with JSON in strings. */
static void test_strings_that_hold_json(void) {
    OP(".", ARGS(D("\"{\\\"a\\\": { \\\"b\\\" : 1 }}\""), S("a")), "{\"b\":1}");
    OP(".", ARGS(D("\"{\\\"a\\\":1,\\\"a\\\":2}\""), S("a")), "2");
    OP(".", ARGS(D("\" [1, 2]\""), S("a")), NULL_TEXT);
    OP("[]", ARGS(D("\" [1, 2]\""), L(-1)), "2");
    OP(".", ARGS(D("\"{broken\""), S("broken")), NULL_TEXT);
    OP(".", ARGS(D("\"plain\""), S("plain")), NULL_TEXT);
    OP(".", ARGS(D("\"\""), S("")), NULL_TEXT);
    OP(".", ARGS(D("\"{\""), S("")), NULL_TEXT);
}

static void test_elements(void) {
    OP("[]", ARGS(D("[100,101,102]"), L(0)), "100");
    OP("[]", ARGS(D("[100,101,102]"), I(2)), "102");
    OP("[]", ARGS(D("[100,101,102]"), L(-1)), "102");
    OP("[]", ARGS(D("[100,101,102]"), L(-3)), "100");
    OP("[]", ARGS(D("[100,101,102]"), L(-4)), NULL_TEXT);
    OP("[]", ARGS(D("[100,101,102]"), L(3)), NULL_TEXT);
    OP("[]", ARGS(D("[100,101,102]"), L(INT64_MIN)), NULL_TEXT);
    OP("[]", ARGS(D("[100,101,102]"), L(INT64_MAX)), NULL_TEXT);
    OP("[]", ARGS(D("[100,101,102]"), B(true)), "101");
    OP("[]", ARGS(D("[100,[],102]"), L(1)), "[]");
    OP("[]", ARGS(D("[100,null]"), L(1)), NULL_TEXT);
    OP("[]", ARGS(D("{\"where\":7}"), S("where")), "7");
    OP("[]", ARGS(D("{\"0\":7}"), L(0)), NULL_TEXT);
    OP("[]", ARGS(D("[7]"), S("0")), NULL_TEXT);
    OP("[]", ARGS(D("{\"k\":7}"), D("\"k\"")), "7");
    OP("[]", ARGS(D("[7,8]"), D("1")), "8");
    OP("[]", ARGS(D("[7,8]"), D("[1]")), NULL_TEXT);
    OP("[]", ARGS(D("[7]"), NUL(TYPE_LONG)), NULL_TEXT);
}

int main(void) {
    run_arena = arena_new();
    test_members();
    test_strings_that_hold_json();
    test_elements();
    arena_free(run_arena);
    return test_finish();
}
