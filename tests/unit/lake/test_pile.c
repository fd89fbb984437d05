/* Values of piles, and the Parquet file that is made of them. */
#include <sys/stat.h>
#include <unistd.h>

#include "lake/parquet_out.h"
#include "sources/parquet.h"
#include "test.h"

static void test_equal_values_are_kept_once(void) {
    ValueList list = {0};
    ByteRoom room = {.arena = arena_new()};
    char text[16];
    for (unsigned i = 0; i < 30000; i++) {
        int n = snprintf(text, sizeof text, "v%u", i % 3000);
        CHECK_LONG(values_add(&list, (Str){text, (size_t)n}, &room), i % 3000);
    }
    CHECK_LONG(list.n, 3000);
    CHECK(!list.is_loose);
    CHECK_STR(list.items[2999], "v2999");
    CHECK_LONG(values_add(&list, STR_EMPTY, &room), 3000);
    CHECK_LONG(values_add(&list, STR("v7"), &room), 7);
    CHECK_LONG(values_add(&list, STR_EMPTY, &room), 3000);
    values_free(&list);
    arena_free(room.arena);
}

static void test_values_that_never_repeat_are_not_looked_for(void) {
    ValueList list = {0};
    ByteRoom room = {.arena = arena_new()};
    char text[16];
    for (unsigned i = 0; i < 20000; i++) {
        int n = snprintf(text, sizeof text, "v%u", i);
        CHECK_LONG(values_add(&list, (Str){text, (size_t)n}, &room), i);
    }
    CHECK(list.is_loose);
    CHECK_LONG(values_add(&list, STR("v19999"), &room), 19999); /* the last one is always seen */
    CHECK_LONG(values_add(&list, STR("v5"), &room), 20000);
    CHECK_STR(list.items[20000], "v5");
    values_free(&list);
    arena_free(room.arena);
}

enum { ROWS = 1000 };

static void test_a_batch_becomes_numbers_of_values(void) {
    Str texts[ROWS];
    int64_t numbers[ROWS];
    uint8_t valid[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
        texts[i] = i % 2 ? STR("odd") : STR_EMPTY;
        numbers[i] = i % 10;
        valid[i] = i % 3 != 0;
    }
    ColumnVector columns[] = {{.type = TYPE_STRING, .valid = valid, .u.s = texts},
                              {.type = TYPE_LONG, .valid = valid, .u.l = numbers},
                              {.type = TYPE_DYNAMIC, .valid = valid, .u.s = texts}};
    ColumnBatch batch = {.n_rows = ROWS, .n_columns = 3, .columns = columns};
    Pile *p = pile_new(INT64_MIN, 3);
    pile_add(p, &batch, 1, 0, 300);
    pile_add(p, &batch, UINT32_MAX, 300, ROWS);
    CHECK_LONG(p->n_rows, ROWS);
    CHECK_LONG(p->values[0].n, 2); /* a string is never null */
    CHECK_LONG(p->values[1].n, 10);
    CHECK_LONG(p->codes[1][0], PILE_NULL);
    CHECK_LONG(p->codes[2][999], PILE_NULL);
    CHECK_LONG(p->codes[0][3], p->codes[0][5]);
    CHECK_LONG(p->times[0], 0); /* null */
    CHECK_LONG(p->times[14], 4);
    CHECK_LONG(p->times[304], 0); /* no column of times */
    CHECK(p->bytes > (size_t)ROWS * 3 * 4);
    pile_free(p);
}

static void test_the_file_says_what_it_holds(void) {
    char path[] = "/tmp/quarry-parquet-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    const LakeColumn columns[] = {{STR("When"), TYPE_DATETIME}, {STR("Name"), TYPE_STRING},
                                  {STR("Bag"), TYPE_DYNAMIC},   {STR("Sum"), TYPE_DECIMAL},
                                  {STR("Is"), TYPE_BOOL},       {STR("Type"), TYPE_STRING}};
    const int64_t when[] = {INT64_C(639309853941266716), INT64_C(639309853941266717)};
    const Decimal sum = decimal_from_long(-5);
    const char yes = 1;
    const Str times[] = {{(const char *)&when[0], 8}, {(const char *)&when[1], 8}};
    const Str names[] = {STR("a"), STR(""), STR("c")}, bags[] = {STR("{}")};
    const Str sums[] = {{(const char *)&sum, 16}}, bools[] = {{&yes, 1}}, types[] = {STR("T_CL")};
    uint32_t some[20], none[20], same[20] = {0};
    for (unsigned i = 0; i < 20; i++) {
        some[i] = i % 2 ? i / 2 % 2 : PILE_NULL;
        none[i] = i < 19 ? PILE_NULL : 0;
    }
    uint32_t three[20];
    for (unsigned i = 0; i < 20; i++) three[i] = i % 3;
    ParquetOut *p = parquet_out_new(path, columns, COUNT_OF(columns), LAKE_NANOS);
    CHECK(p != NULL);
    if (!p) return;
    for (int group = 0; group < 2; group++) {
        parquet_out_rows(p, 20);
        parquet_out_column(p, times, 2, some);
        parquet_out_column(p, names, 3, three);
        parquet_out_column(p, bags, 1, none);
        parquet_out_column(p, sums, 1, none);
        parquet_out_column(p, bools, 1, none);
        parquet_out_column(p, types, 1, same);
    }
    int64_t bytes = 0;
    CHECK_LONG(parquet_out_end(p, &bytes), 0);
    struct stat st;
    CHECK_LONG(stat(path, &st), 0);
    CHECK_LONG(st.st_size, bytes);
    ParquetFooter footer;
    const char *why = "";
    Arena *arena = arena_new();
    CHECK(parquet_read_footer(arena, path, &footer, &why));
    CHECK_LONG(footer.n_rows, 40);
    CHECK_LONG(footer.n_columns, COUNT_OF(columns));
    static const Type read[] = {TYPE_DATETIME, TYPE_STRING, TYPE_STRING,
                                TYPE_STRING,   TYPE_BOOL,   TYPE_STRING}; /* a decimal is text */
    for (uint32_t i = 0; i < footer.n_columns && i < COUNT_OF(columns); i++) {
        CHECK(str_eq(footer.columns[i].name, columns[i].name));
        CHECK_LONG(footer.columns[i].declared, read[i]);
    }
    CHECK_STR(footer.type_value, "T_CL"); /* by the statistics of its column */
    arena_free(arena);
    (void)unlink(path);
}

static void test_which_times_fit_nanoseconds(void) {
    CHECK(parquet_out_fits(INT64_C(621355968000000000)));   /* 1970-01-01 */
    CHECK(!parquet_out_fits(0));                            /* 0001-01-01 */
    CHECK(!parquet_out_fits(INT64_C(3155378975999999999))); /* 9999-12-31 */
    CHECK(parquet_out_fits(INT64_C(713588832000000000)));   /* 2262-04-11 */
    CHECK(!parquet_out_fits(INT64_C(713589696000000000)));  /* the next day */
}

/* More than the arena takes: values in blocks stay what they are. */
static void test_many_bytes(void) {
    enum { MANY = 400, BIG = 3000, BATCHES = 4 };
    static char texts[MANY][BIG];
    Str values[MANY];
    uint8_t valid[MANY];
    for (int i = 0; i < MANY; i++) {
        memset(texts[i], 'a' + i % 26, BIG);
        values[i] = (Str){texts[i], BIG - (size_t)i % 7};
        valid[i] = 1;
    }
    ColumnVector column = {.type = TYPE_STRING, .valid = valid, .u.s = values};
    ColumnBatch batch = {.n_columns = 1, .columns = &column, .n_rows = MANY};
    Pile *p = pile_new(0, 1);
    for (int b = 0; b < BATCHES; b++) {
        for (int i = 0; i < MANY; i++) memcpy(texts[i], &(int[]){b * MANY + i}, sizeof(int));
        pile_add(p, &batch, UINT32_MAX, 0, MANY);
    }
    CHECK(p->bytes > (size_t)MANY * BATCHES * (BIG - 7));
    CHECK(p->room.in_blocks > 0);
    bool is_same = true;
    for (uint32_t i = 0; i < MANY * BATCHES; i++) {
        Str s = p->values[0].items[p->codes[0][i]];
        int number = 0;
        memcpy(&number, s.ptr, sizeof number);
        is_same = is_same && s.len == BIG - (i % MANY) % 7 && number == (int)i &&
                  s.ptr[s.len - 1] == (char)('a' + (i % MANY) % 26);
    }
    CHECK(is_same);
    pile_free(p);
}

int main(void) {
    test_many_bytes();
    test_equal_values_are_kept_once();
    test_values_that_never_repeat_are_not_looked_for();
    test_a_batch_becomes_numbers_of_values();
    test_the_file_says_what_it_holds();
    test_which_times_fit_nanoseconds();
    return test_finish();
}
