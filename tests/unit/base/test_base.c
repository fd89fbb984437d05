#include "test.h"

static void test_str(void) {
    CHECK(str_eq_nocase(STR("AbC"), STR("aBc")));
    CHECK(!str_eq_nocase(STR("AbC"), STR("aBcd")));
    CHECK(str_starts_with(STR("quarry"), STR("qua")));
    CHECK(str_ends_with(STR("quarry"), STR("rry")));
    CHECK(!str_ends_with(STR("ry"), STR("rry")));
    CHECK_LONG(str_find(STR("abcabc"), STR("ca"), 0), 2);
    CHECK(str_find(STR("abc"), STR("x"), 0) == SIZE_MAX);
    CHECK_STR(str_trim(STR(" \t a b \r\n")), "a b");
    CHECK(str_compare(STR("a"), STR("ab")) < 0);
    CHECK_STR(str_sub(STR("abc"), 5, 2), "");
}

static void test_distance(void) {
    CHECK_LONG(str_distance(STR("Timestamp"), STR("Timestmap"), 3), 1);
    CHECK_LONG(str_distance(STR("kitten"), STR("sitting"), 5), 3);
    CHECK_LONG(str_distance(STR("kitten"), STR("sitting"), 2), 3);
    CHECK_LONG(str_distance(STR("SAME"), STR("same"), 2), 0);
}

static void test_arena(void) {
    Arena *arena = arena_new();
    CHECK_STR(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    char *big = arena_alloc(arena, 1 << 20);
    CHECK(big[0] == 0 && big[(1 << 20) - 1] == 0);
    int *items = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < 1000; i++) ARENA_PUSH(arena, items, n, cap, i);
    CHECK(n == 1000 && items[999] == 999);
    arena_reset(arena);
    CHECK_LONG(arena_used(arena), 0);
    CHECK_STR(arena_str(arena, STR("again")), "again");
    arena_free(arena);
    arena_free(NULL);
}

static void test_patterns(void) {
    CHECK(str_matches(STR(""), STR("*")));
    CHECK(str_matches(STR(""), STR("")));
    CHECK(!str_matches(STR("a"), STR("")));
    CHECK(str_matches(STR("DeviceEvents"), STR("Device*")));
    CHECK(str_matches(STR("aab"), STR("*a*b")));
    CHECK(!str_matches(STR("device"), STR("Device*")));
    CHECK(!str_matches(STR("ab"), STR("a*b*c")));
}

static void test_diags(void) {
    Arena *arena = arena_new();
    Diags d;
    diags_init(&d, arena);
    for (int i = 0; i < 1500; i++)
        diag_add(&d, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 1}, "QY001", "fault %d", i);
    CHECK_LONG(d.n_errors, 1500);
    CHECK_LONG(d.n, 1000);
    CHECK_STR(d.items[3].message, "fault 3");
    LineCol at = text_line_col(STR("a\né|x"), 4);
    CHECK_LONG(at.line, 2);
    CHECK_LONG(at.column, 2);
    arena_free(arena);
}

int main(void) {
    test_str();
    test_distance();
    test_arena();
    test_patterns();
    test_diags();
    return test_finish();
}
