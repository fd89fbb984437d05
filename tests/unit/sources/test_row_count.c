/*
 * How many rows a table has is known from a scan that read all of it, whatever the scan was asked for; it
 * is not known from one that stopped early, from one with bounds of time, of files with several rows a
 * line, nor before any scan.
 */
#include "fixture.h"

static void put_rows(Buf *b, int n, const char *end) {
    for (int i = 0; i < n; i++) {
        buf_printf(b, "{\"Timestamp\":\"2026-05-01T00:00:%02dZ\",\"DeviceName\":\"h%d\",\"Pad\":\"",
                   i % 60, i);
        for (int k = i % 300; k; k--) buf_putc(b, 'p');
        buf_printf(b, "\"}%s", end);
    }
}

/* Reads a table with a needle, NULL for none; `most` batches, 0 for all. Returns the rows handed out. */
static int64_t scan(Fixture *x, const char *table, const char *needle, int most) {
    const TableRef *t = NULL;
    for (uint32_t i = 0; i < dataset_table_count(x->data); i++)
        if (str_is(dataset_table(x->data, i)->name, table)) t = dataset_table(x->data, i);
    if (!t) return -1;
    Str text = str_of(needle ? needle : "");
    ScanNeedle n = {&text, 1, false, false};
    uint32_t column = 0;
    ScanSpec spec = {.table = t,
                     .columns = &column,
                     .n_columns = 1,
                     .needles = &n,
                     .n_needles = needle ? 1 : 0,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX};
    Scan *s;
    ScanWorker *w;
    ColumnBatch *batch;
    int64_t n_rows = 0;
    if (scan_open(x->data, &spec, &s) != OK || scan_worker_open(s, &w) != OK) abort();
    for (int i = 0; (!most || i < most) && scan_next(w, &batch) == OK && batch->n_rows; i++)
        n_rows += batch->n_rows;
    scan_worker_free(w);
    scan_free(s);
    return n_rows;
}

/* -1: not known. */
static int64_t known_rows(Fixture *x, const char *table) {
    int64_t n = -1;
    for (uint32_t i = 0; i < dataset_table_count(x->data); i++) {
        const TableRef *t = dataset_table(x->data, i);
        if (str_is(t->name, table) && !dataset_row_count(x->data, t, &n)) n = -1;
    }
    return n;
}

static void load(Fixture *x, DataOptions options) { CHECK(fixture_load(x, options) == OK); }

static DataOptions no_bounds(void) {
    return (DataOptions){.n_threads = 1, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
}

static void test_lines(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    put_rows(&b, 9000, "\n");
    buf_puts(&b, "\n{broken\n");
    put_rows(&b, 100, "\r\n");
    fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    fixture_text(&x, "DeviceEvents-2.json", "{\"DeviceName\":\"last\"}");
    load(&x, no_bounds());
    CHECK_LONG(known_rows(&x, "DeviceEvents"), -1);
    CHECK(scan(&x, "DeviceEvents", NULL, 1) > 0);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), -1);
    CHECK(scan(&x, "DeviceEvents", "no such text", 0) == 0);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), 9101);
    load(&x, no_bounds());
    CHECK(scan(&x, "DeviceEvents", "\\h77", 0) >= 1);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), 9101);
    load(&x, no_bounds());
    CHECK_LONG(scan(&x, "DeviceEvents", NULL, 0), 9101);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), 9101);
    fixture_text(&x, "DeviceEvents-2.json", "{\"DeviceName\":\"last\"}\n[]\n");
    load(&x, no_bounds());
    CHECK(scan(&x, "DeviceEvents", "no such text", 0) == 0);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), -1); /* a line that is no object was not looked at */
    DataOptions bounded = no_bounds();
    bounded.to_ticks = INT64_C(639132768000000000);
    load(&x, bounded);
    (void)scan(&x, "DeviceEvents", NULL, 0);
    CHECK_LONG(known_rows(&x, "DeviceEvents"), -1);
    buf_free(&b);
    fixture_close(&x);
}

static void test_shapes(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "EmailEvents.csv", "Subject,SenderFromAddress\na,b\n\"c\nd\",e\n");
    fixture_text(&x, "AlertInfo.json", "[{\"Title\":\"a\"},{\"Title\":\"b\"},{\"Title\":\"c\"}]");
    fixture_text(&x, "stream.json",
                 "{\"records\":[{\"category\":\"AdvancedHunting-IdentityInfo\",\"properties\":"
                 "{\"AccountName\":\"a\"}},{\"category\":\"AdvancedHunting-IdentityInfo\","
                 "\"properties\":{\"AccountName\":\"b\"}}]}\n");
    load(&x, no_bounds());
    CHECK_LONG(scan(&x, "EmailEvents", "zzz", 0), 0);
    CHECK_LONG(known_rows(&x, "EmailEvents"), 2);
    CHECK_LONG(scan(&x, "AlertInfo", "zzz", 0), 0);
    CHECK_LONG(known_rows(&x, "AlertInfo"), 3);
    CHECK_LONG(scan(&x, "IdentityInfo", "zzz", 0), 0);
    CHECK_LONG(known_rows(&x, "IdentityInfo"), -1);
    CHECK_LONG(scan(&x, "IdentityInfo", NULL, 0), 2);
    CHECK_LONG(known_rows(&x, "IdentityInfo"), 2);
    fixture_close(&x);
}

int main(void) {
    test_lines();
    test_shapes();
    return test_finish();
}
