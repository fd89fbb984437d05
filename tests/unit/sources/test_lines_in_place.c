/*
 * Lines of a large file are taken from where they stand: rows, values and losses are those that come of
 * the same lines in a file that is read.
 */
#include "base/vectors.h"
#include "fixture.h"

static uint64_t seed = 0xD1B54A32D192ED03u;

static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

static const char *const lines[] = {
    "{\"DeviceName\":\"a\",\"FileName\":\"b\",\"ReportId\":1}",
    "{\"FileName\":\"b\",\"DeviceName\":\"other order\",\"ReportId\":2}",
    "{\"DeviceName\":\"cut",
    "{\"DeviceName\":\"cut \\",
    "{\"DeviceName\":\"cut \\u00",
    "{\"DeviceName\":\"a\",\"FileName\":\"b\",\"ReportId\":3",
    "{\"DeviceName\":\"twice\",\"DeviceName\":\"twice, last\"}",
    "{\"Device\\u004eame\":\"escaped key\",\"FileName\":\"\\u00e9\\/\\n\"}",
    "{\"DeviceName\":\"wrong escape \\x\"}",
    "{\"DeviceName\":\"half a pair \\ud800\"}",
    "{\"DeviceName\":\"control \x01\"}",
    "{\"DeviceName\":\"tab\t\"}",
    "{\"AdditionalFields\":{\"DeviceName\":\"inner\"},\"DeviceName\":\"outer\"}",
    "{\"AdditionalFields\":\"{\\\"DeviceName\\\":\\\"text\\\"}\",\"DeviceName\":\"outer\"}",
    "{\"DeviceName\":\"no UTF-8 \xC3\x28\"}",
    "{\"DeviceName\":\"G\xC3\xB6"
    "del\",\"FileName\":\"\xE2\x82\xAC\"}",
    " {\t\"DeviceName\" : \"blanks\" , \"FileName\":\"b\"} ",
    "{\"DeviceName\":\"text behind\"} x",
    "{\"DeviceName\":\"CR\"}\r",
    "\r",
    "",
    "   ",
    "null",
    "[]",
    "{}",
    "\\",
    "{\"DeviceName\":\\\"outside\"}",
    "{\"DeviceName\":7,\"ReportId\":\"not a number\"}",
    "{\"DeviceName\":null,\"ReportId\":12345678901234567890123}",
    "{\"DeviceName\":{\"a\":[1,2,{\"b\":\"c\"}]}}",
    "{\"DeviceName\":{\"a\":[1,2,{\"b\":\"c\"}}}",
};

static void put_line(Buf *b) {
    if (dice(8) == 0) {
        buf_puts(b, lines[dice(COUNT_OF(lines))]);
    } else {
        buf_printf(b, "{\"DeviceName\":\"d%u\",\"Pad\":\"", dice(100));
        for (unsigned n = dice(200); n; n--)
            buf_puts(b, dice(20) ? "x" : dice(2) ? "\\\\" : "\\\"");
        buf_printf(b, "\",\"FileName\":\"f%u\",\"ReportId\":%u}", dice(10000), dice(1000000));
    }
    buf_putc(b, '\n');
}

/* Rows of all the files, and in *ret_losses what was lost: how many lines of all. */
static Str read_all(Fixture *x, int64_t *ret_lines, int64_t *ret_skipped) {
    DataOptions options = {.n_threads = 1, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
    CHECK(fixture_load(x, options) == OK);
    Str rows = fixture_read(x, "DeviceEvents", "DeviceName,FileName,ReportId,AdditionalFields");
    CHECK(x->status == OK);
    ReadAmount amount = dataset_amount(x->data);
    *ret_lines = amount.lines;
    *ret_skipped = amount.skipped;
    return rows;
}

/* What was lost, without the files' names and places. */
static int64_t count_of(Str text, Str what) {
    int64_t n = 0;
    for (size_t at = str_find(text, what, 0); at != SIZE_MAX; at = str_find(text, what, at + 1))
        n++;
    return n;
}

static void test_same(bool ends_with_newline) {
    Fixture large, small;
    fixture_open(&large);
    fixture_open(&small);
    Buf all = {0}, part = {0};
    unsigned n_parts = 0;
    while (all.len < (18u << 20)) { /* more than two ranges */
        size_t start = all.len;
        put_line(&all);
        buf_put(&part, (Str){all.ptr + start, all.len - start});
        if (part.len < 500000) continue;
        fixture_write(
            &small,
            arena_cstr(small.arena, arena_printf(small.arena, "%03u/DeviceEvents.json", n_parts++)),
            buf_str(&part));
        buf_clear(&part);
    }
    buf_puts(&all, "{\"DeviceName\":\"last\"}");
    buf_puts(&part, "{\"DeviceName\":\"last\"}");
    if (ends_with_newline) {
        buf_putc(&all, '\n');
        buf_putc(&part, '\n');
    }
    fixture_write(&small, "999/DeviceEvents.json", buf_str(&part));
    fixture_write(&large, "DeviceEvents.json", buf_str(&all));
    int64_t n_lines, n_skipped, n_wanted, n_wanted_skipped;
    Str wanted = read_all(&small, &n_wanted, &n_wanted_skipped);
    Str found = read_all(&large, &n_lines, &n_skipped);
    CHECK(count_of(wanted, STR("\n")) > 50000 && n_wanted_skipped > 1000);
    CHECK(str_eq(found, wanted));
    CHECK_LONG(n_lines, n_wanted);
    CHECK_LONG(n_skipped, n_wanted_skipped);
    CHECK_LONG(dataset_amount(large.data).bytes, (int64_t)all.len);
    CHECK_LONG(dataset_amount(small.data).bytes, (int64_t)all.len);
    buf_free(&all);
    buf_free(&part);
    fixture_close(&large);
    fixture_close(&small);
}

/* A line longer than what is looked at in place, and one that ends where the file does. */
static void test_long(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    for (int i = 0; i < 3; i++) {
        buf_puts(&b, "{\"DeviceName\":\"short\",\"FileName\":\"");
        for (int n = i ? 3 << 20 : 1000; n; n--) buf_putc(&b, 'x');
        buf_puts(&b, "\"}\n{\"DeviceName\":\"next\"}\n");
    }
    fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    DataOptions options = {.n_threads = 1, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
    CHECK(fixture_load(&x, options) == OK);
    CHECK(str_is(fixture_read(&x, "DeviceEvents", "DeviceName"),
                 "short\nnext\nshort\nnext\nshort\nnext\n"));
    buf_free(&b);
    fixture_close(&x);
}

int main(void) {
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDEST; v++) { /* as far as there are any */
        vectors_cap(v);
        test_same(true);
        test_same(false);
        test_long();
    }
    return test_finish();
}
