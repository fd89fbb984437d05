#include "decimal_of.h"
#include "run.h"

static void test_length_and_concat(void) {
    FN("array_length", ARGS(D("[1,2,3,\"four\"]")), "4");
    FN("array_length", ARGS(D("[]")), "0");
    FN("array_length", ARGS(D("{\"a\":1}")), NULL_TEXT);
    FN("arraylength", ARGS(D("\"[1]\"")), NULL_TEXT);
    FN("array_length", ARGS(NUL(TYPE_DYNAMIC)), NULL_TEXT);
    FN("array_concat", ARGS(D("[1,2,4]"), D("[1,2]")), "[1,2,4,1,2]");
    FN("array_concat", ARGS(D("[]"), D("[]")), "[]");
    FN("array_concat", ARGS(D("[]"), D("[[1]]"), D("[]"), D("[2]")), "[[1],2]");
    FN("array_concat", ARGS(D("[1]")), "[1]");
    FN("array_concat", ARGS(D("[1]"), D("2")), NULL_TEXT);
    FN("array_concat", ARGS(D("[1]"), NUL(TYPE_DYNAMIC)), NULL_TEXT);
}

static void test_slice_and_split(void) {
    FN("array_slice", ARGS(D("[1,2,3]"), L(1), L(2)), "[2,3]");
    FN("array_slice", ARGS(D("[1,2,3,4,5]"), L(2), L(-1)), "[3,4,5]");
    FN("array_slice", ARGS(D("[1,2,3,4,5]"), L(-3), L(-2)), "[3,4]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(-9), L(9)), "[1,2,3]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(0), L(0)), "[1]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(2), L(1)), "[]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(5), L(9)), "[]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(0), L(-4)), "[]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(INT64_MIN), L(INT64_MAX)), "[1,2,3]");
    FN("array_slice", ARGS(D("[1,2,3]"), L(0), L(INT64_MIN)), "[]");
    FN("array_slice", ARGS(D("[]"), L(0), L(1)), "[]");
    FN("array_slice", ARGS(D("7"), L(0), L(1)), NULL_TEXT);
    FN("array_slice", ARGS(D("[\"a\",[1,2],{\"b\":3}]"), I(1), I(2)), "[[1,2],{\"b\":3}]");
    FN("array_split", ARGS(D("[1,2,3,4,5]"), L(2)), "[[1,2],[3,4,5]]");
    FN("array_split", ARGS(D("[1,2,3,4,5]"), D("[1,3]")), "[[1],[2,3],[4,5]]");
    FN("array_split", ARGS(D("[1,2,3,4,5]"), D("[1,-2]")), "[[1],[2,3],[4,5]]");
    FN("array_split", ARGS(D("[1,2,3]"), L(9)), "[[1,2,3],[]]");
    FN("array_split", ARGS(D("[1,2,3]"), D("[]")), "[[1,2,3]]");
    FN("array_split", ARGS(D("[1,2,3]"), D("[\"x\"]")), NULL_TEXT);
}

static void test_turns(void) {
    FN("array_reverse", ARGS(D("[\"this\",\"is\",\"an\",\"example\"]")),
       "[\"example\",\"an\",\"is\",\"this\"]");
    FN("array_reverse", ARGS(D("{}")), NULL_TEXT);
    FN("array_rotate_left", ARGS(D("[1,2,3,4,5]"), L(2)), "[3,4,5,1,2]");
    FN("array_rotate_left", ARGS(D("[1,2,3,4,5]"), L(-2)), "[4,5,1,2,3]");
    FN("array_rotate_left", ARGS(D("[1,2,3]"), L(INT64_MIN)), "[2,3,1]");
    FN("array_rotate_left", ARGS(D("[]"), L(2)), "[]");
    FN("array_rotate_right", ARGS(D("[1,2,3,4,5]"), L(2)), "[4,5,1,2,3]");
    FN("array_rotate_right", ARGS(D("[1,2,3,4,5]"), L(-2)), "[3,4,5,1,2]");
    FN("array_rotate_right", ARGS(D("[1,2,3,4,5]"), L(12)), "[4,5,1,2,3]");
    FN("array_shift_left", ARGS(D("[1,2,3,4,5]"), L(2)), "[3,4,5,null,null]");
    FN("array_shift_left", ARGS(D("[1,2,3,4,5]"), L(2), L(-1)), "[3,4,5,-1,-1]");
    FN("array_shift_left", ARGS(D("[1,2,3,4,5]"), L(-2), L(-1)), "[-1,-1,1,2,3]");
    FN("array_shift_right", ARGS(D("[1,2,3,4,5]"), L(2)), "[null,null,1,2,3]");
    FN("array_shift_right", ARGS(D("[1,2,3,4,5]"), L(2), L(-1)), "[-1,-1,1,2,3]");
    FN("array_shift_right", ARGS(D("[1,2,3,4,5]"), L(-2), L(-1)), "[3,4,5,-1,-1]");
    FN("array_shift_right", ARGS(D("[\"a\",\"b\"]"), L(1)), "[\"\",\"a\"]");
    FN("array_shift_right", ARGS(D("[1,2]"), L(INT64_MIN)), "[null,null]");
    FN("array_shift_left", ARGS(D("[1,2]"), L(9), S("x")), "[\"x\",\"x\"]");
    FN("array_shift_left", ARGS(D("[1,2]"), L(1), NUL(TYPE_LONG)), "[2,null]");
    FN("array_shift_left", ARGS(D("[1,2]"), NUL(TYPE_LONG)), NULL_TEXT);
}

static void test_iff_and_sum(void) {
    FN("array_iff", ARGS(D("[true,false,true]"), D("[1,2,3]"), D("[4,5,6]")), "[1,5,3]");
    FN("array_iif", ARGS(D("[1,0,50]"), S("yes"), S("no")), "[\"yes\",\"no\",\"yes\"]");
    FN("array_iff",
       ARGS(D("[\"some string value\",\"2022-01-01T00:00:00.0000000Z\",null]"), L(1), L(0)),
       "[null,null,null]");
    FN("array_iff", ARGS(D("[true,true,true]"), D("[1,2]"), D("[3,4]")), "[1,2,null]");
    FN("array_iff", ARGS(D("[0.0,0.5]"), D("{\"a\":1}"), NUL(TYPE_LONG)), "[null,{\"a\":1}]");
    FN("array_iff", ARGS(D("true"), L(1), L(0)), NULL_TEXT);
    FN("array_sum", ARGS(D("[1,2,3,4]")), "10.0");
    FN("array_sum", ARGS(D("[1.5,2]")), "3.5");
    FN("array_sum", ARGS(D("[1,\"2\"]")), NULL_TEXT);
    FN("array_sum", ARGS(D("[]")), "0.0");
}

static void test_index_of(void) {
    Value arr = D("[\"this\",\"is\",\"an\",\"example\",\"an\",\"example\"]");
    FN("array_index_of", ARGS(arr, S("an")), "2");
    FN("array_index_of", ARGS(arr, S("example"), L(1), L(3)), "3");
    FN("array_index_of", ARGS(arr, S("example"), L(1), L(2)), "-1");
    FN("array_index_of", ARGS(arr, S("is"), L(2), L(4)), "-1");
    FN("array_index_of", ARGS(arr, S("example"), L(2), L(-1)), "3");
    FN("array_index_of", ARGS(arr, S("an"), L(1), L(-1), L(2)), "4");
    FN("array_index_of", ARGS(arr, S("an"), L(1), L(-1), L(3)), "-1");
    FN("array_index_of", ARGS(arr, S("an"), L(-3)), "4");
    FN("array_index_of", ARGS(arr, S("is"), L(-4)), "-1");
    FN("array_index_of", ARGS(arr, S("this"), L(-99)), "0");
    FN("array_index_of", ARGS(arr, S("this"), L(INT64_MIN), L(INT64_MAX)), "0");
    FN("array_index_of", ARGS(arr, S("this"), L(INT64_MAX)), "-1");
    FN("array_index_of", ARGS(arr, S("an"), L(0), L(-2)), NULL_TEXT);
    FN("array_index_of", ARGS(arr, S("an"), L(0), L(-1), L(-1)), NULL_TEXT);
    FN("array_index_of", ARGS(arr, S("AN")), "-1");
    FN("array_index_of", ARGS(D("[1,2.0,3]"), L(2)), "1");
    FN("array_index_of", ARGS(D("[1,\"2\"]"), L(2)), "-1");
    FN("array_index_of", ARGS(D("[\"2022-01-02T00:00:00.0000000Z\"]"), DT("2022-01-02")), "0");
    FN("array_index_of", ARGS(D("[\"2022-01-02\"]"), DT("2022-01-02")), "0");
    FN("array_index_of", ARGS(D("[true,false]"), B(false)), "1");
    FN("array_index_of", ARGS(D("7"), L(7)), NULL_TEXT);
}

static void test_sort(void) {
    FN("array_sort_asc", ARGS(D("[1,3,4,5,2]"), D("[\"a\",\"b\",\"c\",\"d\",\"e\"]")),
       "[[1,2,3,4,5],[\"a\",\"e\",\"b\",\"c\",\"d\"]]");
    FN("array_sort_desc", ARGS(D("[1,3,4,5,2]"), D("[\"a\",\"b\",\"c\",\"d\",\"e\"]")),
       "[[5,4,3,2,1],[\"d\",\"c\",\"b\",\"e\",\"a\"]]");
    FN("array_sort_asc", ARGS(D("[\"John\",\"Paul\",\"Jane\",\"Kao\"]")),
       "[\"Jane\",\"John\",\"Kao\",\"Paul\"]");
    FN("array_sort_asc", ARGS(D("[null,\"blue\",\"yellow\",\"green\",null]")),
       "[\"blue\",\"green\",\"yellow\",null,null]");
    FN("array_sort_asc", ARGS(D("[null,\"blue\",\"yellow\",\"green\",null]"), B(false)),
       "[null,null,\"blue\",\"green\",\"yellow\"]");
    FN("array_sort_desc", ARGS(D("[null,\"blue\",\"yellow\",\"green\",null]")),
       "[\"yellow\",\"green\",\"blue\",null,null]");
    FN("array_sort_desc", ARGS(D("[null,\"blue\",\"yellow\",\"green\",null]"), B(false)),
       "[null,null,\"yellow\",\"green\",\"blue\"]");
    FN("array_sort_asc", ARGS(D("[10,9.5,-1]")), "[-1,9.5,10]");
    FN("array_sort_asc", ARGS(D("[true,\"b\",3,\"a\",1]")), "[1,3,\"a\",\"b\",true]");
    FN("array_sort_desc", ARGS(D("[true,\"b\",3,\"a\",1]")), "[3,1,\"b\",\"a\",true]");
    FN("array_sort_asc", ARGS(D("[\"1.00:00:00\",\"02:00:00\"]")), "[\"02:00:00\",\"1.00:00:00\"]");
    FN("array_sort_asc", ARGS(D("[2,1]"), D("[7]")), "[[1,2],null]");
    FN("array_sort_asc", ARGS(D("[2,1,2]"), D("[7,8,9]")), "[[1,2,2],[8,7,9]]");
    FN("array_sort_desc", ARGS(D("[2,1,2]"), D("[7,8,9]")), "[[2,2,1],[7,9,8]]");
    FN("array_sort_asc", ARGS(NUL(TYPE_DYNAMIC)), NULL_TEXT);
    FN("array_sort_asc", ARGS(D("{}")), NULL_TEXT);
}

static void test_makers(void) {
    FN("pack_array", ARGS(L(1), S("2"), TS("2s")), "[1,\"2\",\"00:00:02\"]");
    FN("pack_array", ARGS(NUL(TYPE_LONG), S(""), D("{\"a\":1}"), B(true)),
       "[null,\"\",{\"a\":1},true]");
    FN("repeat", ARGS(L(1), L(3)), "[1,1,1]");
    FN("repeat", ARGS(S("a"), L(0)), "[]");
    FN("repeat", ARGS(S("a"), L(-1)), NULL_TEXT);
    FN("repeat", ARGS(TS("1h"), I(2)), "[\"01:00:00\",\"01:00:00\"]");
    FN("repeat", ARGS(L(1), L(1048577)), "error: repeat makes arrays of at most 1048576 elements");
    FN("range", ARGS(L(1), L(8), L(3)), "[1,4,7]");
    FN("range", ARGS(L(1), L(3)), "[1,2,3]");
    FN("range", ARGS(TS("1h"), TS("5h")),
       "[\"01:00:00\",\"02:00:00\",\"03:00:00\",\"04:00:00\",\"05:00:00\"]");
    FN("range", ARGS(DT("2007-01-01"), DT("2007-01-02"), TS("1d")),
       "[\"2007-01-01T00:00:00.0000000Z\",\"2007-01-02T00:00:00.0000000Z\"]");
    FN("range", ARGS(L(3), L(1), L(-1)), "[3,2,1]");
    FN("range", ARGS(L(3), L(1)), "[]");
    FN("range", ARGS(L(1), L(2), R(0.5)), "[1.0,1.5,2.0]");
    FN("range", ARGS(L(INT64_MAX - 1), L(INT64_MAX)), "[9223372036854775806,9223372036854775807]");
    FN("range", ARGS(L(1), L(2), L(0)), "error: the step of a range is not zero");
    FN("range", ARGS(L(1), NUL(TYPE_LONG)), NULL_TEXT);
    const FnDef *range = catalog_scalar(STR("range"));
    Value limits[2] = {L(1), L(1000000000)};
    Value long_range = run_call(range, limits, 2);
    CHECK_LONG(json_count(long_range.u.s), 1048576);
    FN("zip", ARGS(D("[1,3,5]"), D("[2,4,6]")), "[[1,2],[3,4],[5,6]]");
    FN("zip", ARGS(D("[\"A\",1,1.5]"), D("[{},\"B\"]")), "[[\"A\",{}],[1,\"B\"],[1.5,null]]");
    FN("zip", ARGS(D("[]"), D("[]")), "[]");
    FN("zip", ARGS(D("[1]"), D("2")), NULL_TEXT);
}

/* Short calls that would make arrays of many gigabytes. */
static void test_too_much(void) {
    Str spaces = arena_printf(run_arena, "%*s", 1 << 20, "");
    Value long_text = value_str(spaces);
    FN("repeat", ARGS(long_text, L(1000000)), "error: the array is longer than 64 MB");
    Value many[2] = {S("0"), L(100000)}, ones[2] = {L(1), L(100000)};
    Value zeros = run_call(catalog_scalar(STR("repeat")), many, 2);
    Value hundred_thousand = run_call(catalog_scalar(STR("repeat")), ones, 2);
    FN("array_iff", ARGS(hundred_thousand, long_text, S("")),
       "error: the array is longer than 64 MB");
    FN("array_shift_left", ARGS(zeros, L(100000), long_text),
       "error: the array is longer than 64 MB");
    Value ends[3] = {D("[0,-1]"), D("[0,-1]"), D("[0,-1]")};
    Value indexes = run_call(catalog_scalar(STR("array_concat")), ends, 3);
    for (int i = 0; i < 10; i++) {
        Value twice[2] = {indexes, indexes};
        indexes = run_call(catalog_scalar(STR("array_concat")), twice, 2);
    }
    FN("array_split", ARGS(zeros, indexes), "error: the array is longer than 64 MB");
}

static void test_sets(void) {
    FN("set_union", ARGS(D("[1,2,1,4]"), D("[1,2]"), D("[8]")), "[1,2,4,8]");
    FN("set_union", ARGS(D("[\"A4\",\"A2\",\"A7\",\"A2\"]"), D("[\"A4\",\"A2\",\"A7\",\"A2\"]")),
       "[\"A4\",\"A2\",\"A7\"]");
    FN("set_union", ARGS(D("[1]"), D("{}")), NULL_TEXT);
    FN("set_intersect", ARGS(D("[1,2,1,4]"), D("[1,2]"), D("[8,1]")), "[1]");
    FN("set_intersect", ARGS(D("[1,2,3]"), D("[4,5]")), "[]");
    FN("set_difference", ARGS(D("[1,2,1,4]"), D("[1,2]"), D("[1,2,8]")), "[4]");
    FN("set_difference", ARGS(D("[1,2,3]"), D("[1,2,3]")), "[]");
    FN("set_difference", ARGS(D("[\"a\",\"A\",\"a\"]"), D("[]")), "[\"a\",\"A\"]");
    FN("set_difference", ARGS(D("[1]"), NUL(TYPE_DYNAMIC)), NULL_TEXT);
    FN("set_equals", ARGS(D("[1,2,2]"), D("[2,1]")), "true");
    FN("set_equals", ARGS(D("[1,2]"), D("[2]")), "false");
    FN("set_equals", ARGS(D("[2]"), D("[1,2]")), "false");
    FN("set_has_element", ARGS(D("[\"this\",\"is\"]"), S("is")), "true");
    FN("set_has_element", ARGS(D("[\"this\",\"is\"]"), S("IS")), "false");
    FN("set_has_element", ARGS(D("[\"a\\\"b\",\"\",7]"), S("a\"b")), "true");
    FN("set_has_element", ARGS(D("[\"a\",\"\",7]"), S("")), "true");
    FN("set_has_element", ARGS(D("[\"a\",7]"), S("7")), "false");
    FN("set_has_element", ARGS(D("[1,2]"), I(2)), "true");
    FN("set_has_element", ARGS(D("[1.5]"), R(1.5)), "true");
    FN("set_has_element", ARGS(D("[\"1.5\"]"), decimal_of("1.5")), "true");
    FN("set_has_element", ARGS(D("[1.5]"), decimal_of("1.5")), "true");
    FN("set_has_element", ARGS(D("[1,2]"), D("2")), "true");
    FN("set_has_element",
       ARGS(D("[\"74BE27DE-1E4E-49D9-B579-FE0B331D3642\"]"),
            value_text(TYPE_GUID, STR("74be27de-1e4e-49d9-b579-fe0b331d3642"))),
       "true");
    FN("set_has_element", ARGS(D("[null]"), NUL(TYPE_LONG)), "true");
    FN("set_has_element", ARGS(D("7"), L(7)), NULL_TEXT);
    FN("jaccard_index", ARGS(D("[1,2,3]"), D("[1,2,3,4]")), "0.75");
    FN("jaccard_index", ARGS(D("[1,1,2]"), D("[2,2]")), "0.5");
    FN("jaccard_index", ARGS(D("[]"), D("[]")), "NaN");
    FN("jaccard_index", ARGS(D("[]"), D("1")), NULL_TEXT);
    Value text = S("this is an example");
    FN("has_any_index", ARGS(text, D("[\"this\",\"example\"]")), "0");
    FN("has_any_index", ARGS(text, D("[\"not\",\"example\"]")), "1");
    FN("has_any_index", ARGS(text, D("[\"not\",\"found\"]")), "-1");
    FN("has_any_index", ARGS(S("Example number 2"), D("[1,2,3]")), "1");
    FN("has_any_index", ARGS(text, D("[]")), "-1");
}

int main(void) {
    run_arena = arena_new();
    test_length_and_concat();
    test_slice_and_split();
    test_turns();
    test_iff_and_sum();
    test_index_of();
    test_sort();
    test_makers();
    test_too_much();
    test_sets();
    arena_free(run_arena);
    return test_finish();
}
