/* What a Parquet footer says, from footers encoded here; hostile ones end in a message. */
#include <stdlib.h>

#include "fixture.h"

#include "sources/parquet.h"

/* The little of Thrift's compact protocol that footers need. */
static void put_varint(Buf *out, uint64_t v) {
    for (; v > 127; v >>= 7) buf_putc(out, (char)(v | 128));
    buf_putc(out, (char)v);
}
static void put_head(Buf *out, int *last, int id, int type) {
    buf_putc(out, (char)((id - *last) << 4 | type));
    *last = id;
}
static void put_int(Buf *out, int *last, int id, int64_t v) {
    put_head(out, last, id, id == 3 && v > 100 ? 6 : 5);
    put_varint(out, (uint64_t)v << 1);
}
static void put_text(Buf *out, int *last, int id, const char *s) {
    put_head(out, last, id, 8);
    put_varint(out, strlen(s));
    buf_puts(out, s);
}

typedef struct Leaf {
    const char *name;
    int type, converted, logical, n_children; /* type, converted -1 and logical 0: left out */
    int unit; /* of a timestamp; 0: left out, negative: without a zone */
} Leaf;

static void put_unit(Buf *out, int unit) {
    int last = 0, inner = 0;
    put_head(out, &last, 1, unit > 0 ? 1 : 2);
    put_head(out, &last, 2, 12);
    put_head(out, &inner, abs(unit), 12);
    buf_putc(out, 0);
    buf_putc(out, 0);
}

static void put_leaf(Buf *out, const Leaf *l) {
    int last = 0;
    if (l->type >= 0) put_int(out, &last, 1, l->type);
    put_text(out, &last, 4, l->name);
    if (l->n_children) put_int(out, &last, 5, l->n_children);
    if (l->converted >= 0) put_int(out, &last, 6, l->converted);
    if (l->logical) {
        int inner = 0;
        put_head(out, &last, 10, 12);
        put_head(out, &inner, l->logical, 12);
        if (l->unit) put_unit(out, l->unit);
        buf_putc(out, 0); /* the member's own end */
        buf_putc(out, 0);
    }
    buf_putc(out, 0);
}

static void put_type_chunk(Buf *out, const char *least, const char *greatest) {
    int chunk = 0, meta = 0, stats = 0;
    put_head(out, &chunk, 3, 12);
    put_head(out, &meta, 3, 9);
    buf_putc(out, 1 << 4 | 8);
    put_varint(out, 4);
    buf_puts(out, "Type");
    put_head(out, &meta, 12, 12);
    put_text(out, &stats, 5, greatest);
    put_text(out, &stats, 6, least);
    buf_putc(out, 0);
    buf_putc(out, 0);
    buf_putc(out, 0);
}

static void put_footer(Buf *out, const Leaf *leaves, uint32_t n, const char *least,
                       const char *greatest) {
    int last = 0, group = 0;
    put_int(out, &last, 1, 2);
    put_head(out, &last, 2, 9);
    buf_putc(out, (char)(15 << 4 | 12));
    put_varint(out, n);
    for (uint32_t i = 0; i < n; i++) put_leaf(out, &leaves[i]);
    put_int(out, &last, 3, 1234);
    put_head(out, &last, 4, 9);
    buf_putc(out, 1 << 4 | 12);
    put_head(out, &group, 1, 9);
    buf_putc(out, 1 << 4 | 12);
    put_type_chunk(out, least, greatest);
    buf_putc(out, 0);
    buf_putc(out, 0);
}

static const char *write_parquet(Fixture *x, const char *name, Str footer) {
    Buf file = {0};
    buf_puts(&file, "PAR1");
    buf_put(&file, footer);
    for (unsigned shift = 0; shift < 32; shift += 8)
        buf_putc(&file, (char)(footer.len >> shift & 0xFF));
    buf_puts(&file, "PAR1");
    const char *path = fixture_write(x, name, buf_str(&file));
    buf_free(&file);
    return path;
}

static const Leaf leaves[] = {
    {"schema", -1, -1, 0, 10, 0},
    {"Type", 6, 0, 1, 0, 0},
    {"TimeGenerated", 2, 10, 8, 0, 0},
    {"EventId", 1, -1, 0, 0, 0},
    {"Size", 2, -1, 0, 0, 0},
    {"Score", 5, -1, 0, 0, 0},
    {"Properties", -1, -1, 0, 2, 0},
    {"a", 6, 0, 0, 0, 0},
    {"b", -1, -1, 0, 1, 0},
    {"c", 1, -1, 0, 0, 0},
    {"Flag", 0, -1, 0, 0, 0},
    {"Id", 7, -1, 14, 0, 0},
    {"Raw", 6, 19, 12, 0, 0},
    {"Nothing", 1, -1, 11, 0, 0},
};

static void test_footer(void) {
    Fixture x;
    fixture_open(&x);
    Buf footer = {0};
    put_footer(&footer, leaves, COUNT_OF(leaves), "MyApp_CL", "MyApp_CL");
    write_parquet(&x, "job/part-0.parquet", buf_str(&footer));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    const TableRef *t = fixture_table(&x, "MyApp_CL");
    CHECK(t && t->presence == TABLE_PRESENT && !table_has_scan(t));
    CHECK(t && table_parquet_files(t) && table_parquet_files(t)[0] && !table_parquet_files(t)[1]);
    static const Type types[] = {TYPE_STRING,  TYPE_DATETIME, TYPE_INT,  TYPE_LONG,    TYPE_REAL,
                                 TYPE_DYNAMIC, TYPE_BOOL,     TYPE_GUID, TYPE_DYNAMIC, TYPE_STRING};
    CHECK_LONG(t ? t->n_columns : 0, COUNT_OF(types));
    for (uint32_t i = 0; t && i < t->n_columns && i < COUNT_OF(types); i++)
        CHECK(t->columns[i].type == types[i]);
    CHECK_STR(fixture_messages(&x), "");
    buf_clear(&footer); /* several values of Type: the path decides */
    put_footer(&footer, leaves, COUNT_OF(leaves), "AlertInfo", "SigninLogs");
    write_parquet(&x, "job/part-0.parquet", buf_str(&footer));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK(fixture_table(&x, "part") != NULL);
    buf_free(&footer);
    fixture_close(&x);
}

/* Nanoseconds with a zone are told, since the engine drops their last digits; those without, and microseconds, are not. */
static void test_times(void) {
    static const struct {
        int unit;
        const char *words;
    } cases[] = {{3, "as Seen, are read to the microsecond"}, {-3, NULL}, {2, NULL}, {-2, NULL}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Fixture x;
        fixture_open(&x);
        const Leaf times[] = {{"schema", -1, -1, 0, 2, 0},
                              {"Type", 6, 0, 1, 0, 0},
                              {"Seen", 2, -1, 8, 0, cases[i].unit}};
        Buf footer = {0};
        put_footer(&footer, times, COUNT_OF(times), "MyApp_CL", "MyApp_CL");
        write_parquet(&x, "a.parquet", buf_str(&footer));
        write_parquet(&x, "b.parquet", buf_str(&footer));
        CHECK(fixture_load(&x, (DataOptions){0}) == OK);
        Str told = fixture_messages(&x);
        if (cases[i].words) CHECK(str_find(told, str_of(cases[i].words), 0) != SIZE_MAX);
        else CHECK_STR(fixture_messages(&x), "");
        CHECK(str_find(told, STR("b.parquet"), 0) == SIZE_MAX);
        const TableRef *t = fixture_table(&x, "MyApp_CL");
        CHECK(t && t->n_columns == 2 && t->columns[1].type == TYPE_DATETIME);
        buf_free(&footer);
        fixture_close(&x);
    }
}

/* Every cut and many changed bytes: an answer or a message, never more (the sanitizers watch). */
static void test_hostile(void) {
    Fixture x;
    fixture_open(&x);
    Buf footer = {0};
    put_footer(&footer, leaves, COUNT_OF(leaves), "MyApp_CL", "MyApp_CL");
    size_t n_refused = 0;
    for (size_t i = 0; i < footer.len; i++) {
        ParquetFooter ret;
        const char *why;
        const char *path = write_parquet(&x, "cut", str_sub(buf_str(&footer), 0, i));
        n_refused += !parquet_read_footer(x.arena, path, &ret, &why);
        char kept = footer.ptr[i];
        for (int bit = 0; bit < 8; bit++) {
            footer.ptr[i] = (char)(kept ^ 1 << bit);
            path = write_parquet(&x, "changed", buf_str(&footer));
            (void)!parquet_read_footer(x.arena, path, &ret, &why);
        }
        footer.ptr[i] = kept;
    }
    CHECK_LONG(n_refused, footer.len);
    buf_free(&footer);
    fixture_close(&x);
}

int main(void) {
    test_footer();
    test_times();
    test_hostile();
    return test_finish();
}
