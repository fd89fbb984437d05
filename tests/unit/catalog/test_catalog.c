/* The rows as a whole: no name twice, and the reference holds each. */
#include "catalog/catalog.h"
#include "test.h"

static FnKind name_space(const FnDef *fn) { return fn->kind == FN_WINDOW ? FN_SCALAR : fn->kind; }

static void test_names(void) {
    for (size_t i = 0; i < catalog_count(); i++) {
        for (size_t j = 0; j < i; j++) {
            const FnDef *a = catalog_row(j), *b = catalog_row(i);
            bool is_twice = name_space(a) == name_space(b) && strcmp(a->name, b->name) == 0;
            if (is_twice) fprintf(stderr, "%s is declared twice\n", a->name);
            CHECK(!is_twice);
        }
    }
}

static void test_reference(Arena *a) {
    Buf out = {0};
    catalog_print_reference(&out);
    CHECK(str_starts_with(buf_str(&out), STR("# Language reference\n")));
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        Str heading = arena_printf(a, "### `%s`\n", fn->name);
        bool is_hidden = str_starts_with(str_of(fn->name), STR("__"));
        CHECK((str_find(buf_str(&out), heading, 0) == SIZE_MAX) == is_hidden);
    }
    buf_free(&out);
}

static void test_help(Arena *a) {
    CHECK_STR(catalog_help(a, catalog_scalar(STR("max_of"))),
              "max_of(arg: scalar but dynamic, arg_2: scalar but dynamic, ...) : common type\n"
              "\n"
              "  The largest of the values, nulls apart.\n"
              "\n"
              "  max_of(10, 1, -3, 17)\n"
              "  gives 17\n");
    static const FnDef not_yet = {.name = "f",
                                  .kind = FN_SCALAR,
                                  .result = RESULT_FIXED,
                                  .type = TYPE_LONG,
                                  .support = NOT_YET,
                                  .category = "none",
                                  .doc = "Nothing."};
    Str later = catalog_help(a, &not_yet);
    CHECK(str_find(later, STR("Not yet supported"), 0) != SIZE_MAX);
}

int main(void) {
    Arena *a = arena_new();
    test_names();
    test_reference(a);
    test_help(a);
    arena_free(a);
    return test_finish();
}
