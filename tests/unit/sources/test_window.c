/*
 * The window over an input: its bytes are the file's, whatever is kept of them and however it grows. A
 * scan over a file that is cut off under it ends and says so, with all rows that stand before.
 */
#include "fixture.h"
#include "sources/window.h"

static void put_filler(Buf *b, size_t n) {
    buf_reserve(b, n);
    memset(b->ptr + b->len, 'x', n);
    b->len += n;
}

static uint64_t seed = 0x9E3779B97F4A7C15u;
static size_t dice(size_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed >> 20) % n;
}

/* Whether the window holds what the file has there, at the addresses that were promised. */
static bool is_true(const Window *w, Str file) {
    size_t at = (size_t)(w->base + (int64_t)w->begin);
    bool is_placed = ((uintptr_t)w->bytes + w->begin) % 4096 == at % 4096;
    return is_placed && w->base + (int64_t)w->end <= (int64_t)file.len &&
           memcmp(w->bytes + w->begin, file.ptr + at, window_left(w)) == 0;
}

/* From front to back, keeping now little and now much of what is there. */
static void read_all(Str file, const char *path, WindowBuffer *buffer, int64_t from) {
    InputSource source = {.path = path, .fd = -1, .from = from};
    Input *in;
    Window w;
    int code;
    CHECK(input_open(&source, &in, &code) == OK);
    window_open(&w, in, from, buffer);
    bool is_good = true;
    while (is_good && window_more(&w)) {
        is_good = is_true(&w, file);
        size_t keep = dice(4) ? dice(9000) : dice(700000);
        if (dice(8) && keep < window_left(&w)) w.begin = w.end - keep;
    }
    CHECK(is_good);
    CHECK_LONG(w.base + (int64_t)w.end, file.len);
    CHECK(!window_more(&w));
    window_close(&w);
    input_close(in);
}

static void test_bytes(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    for (int i = 0; i < 700000; i++) buf_printf(&b, "%d,", i);
    const char *path = fixture_write(&x, "file", buf_str(&b));
    WindowBuffer buffer = {0};
    for (int i = 0; i < 12; i++) {
        int64_t from = i ? (int64_t)dice(b.len) : 0;
        read_all(buf_str(&b), path, i % 2 ? &buffer : NULL, from);
    }
    window_buffer_free(&buffer);
    buf_free(&b);
    fixture_close(&x);
}

/* Where little more is wanted, little more is read. */
static void test_until(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    put_filler(&b, 4 << 20);
    const char *path = fixture_write(&x, "file", buf_str(&b));
    InputSource source = {.path = path, .fd = -1, .from = 5000};
    WindowBuffer buffer = {0};
    Window w;
    int code;
    Input *in;
    CHECK(input_open(&source, &in, &code) == OK);
    window_open(&w, in, 5000, &buffer);
    w.until = 300000;
    CHECK(window_more(&w));
    CHECK(w.base + (int64_t)w.end >= 300000 && w.base + (int64_t)w.end < 320000);
    w.begin = w.end - 1;
    CHECK(window_more(&w)); /* it can be had all the same */
    CHECK(w.base + (int64_t)w.end < 600000);
    window_close(&w);
    window_buffer_free(&buffer);
    input_close(in);
    buf_free(&b);
    fixture_close(&x);
}

/* Lines of 100 bytes and the newline; those with `hit` hold the needle. */
static void put_lines(Buf *b, int n, bool hit) {
    for (int i = 0; i < n; i++) {
        size_t start = b->len;
        buf_printf(b, "{\"ReportId\":1,\"DeviceName\":\"%s", hit ? "needle" : "other");
        put_filler(b, 98 - (b->len - start));
        buf_puts(b, "\"}\n");
    }
}

/* `has_needle`: lines without it are passed over, else each line is taken. */
static void test_cut_off(bool has_needle) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    int n_first = BATCH_ROWS + 50, n_wanted = has_needle ? 60 : 50 + 30010, n_found = 0;
    put_lines(&b, n_first, true);
    put_lines(&b, 30000, false);
    put_lines(&b, 10, true);
    put_lines(&b, 40000, false);
    const char *path = fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    CHECK(fixture_load(
              &x, (DataOptions){.n_threads = 1, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX}) ==
          OK);
    const TableRef *t = dataset_table(x.data, 0);
    Str text = STR("needle");
    ScanNeedle needle = {&text, 1, false, false};
    uint32_t column = 0;
    ScanSpec spec = {.table = t,
                     .columns = &column,
                     .n_columns = 1,
                     .needles = &needle,
                     .n_needles = has_needle,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX};
    Scan *s;
    ScanWorker *w;
    ColumnBatch *batch;
    CHECK(scan_open(x.data, &spec, &s) == OK && scan_worker_open(s, &w) == OK);
    CHECK(scan_next(w, &batch) == OK && batch->n_rows == BATCH_ROWS);
    CHECK(truncate(path, 101 * (n_first + 30010) + 50) == 0);
    while (scan_next(w, &batch) == OK && batch->n_rows) n_found += (int)batch->n_rows;
    CHECK_LONG(n_found, n_wanted);
    scan_worker_free(w);
    scan_free(s);
    CHECK_LONG(dataset_amount(x.data).lines, n_first + 30010 + 1);
    CHECK_LONG(dataset_amount(x.data).skipped, 1);
    buf_free(&b);
    fixture_close(&x);
}

int main(void) {
    test_bytes();
    test_until();
    test_cut_off(true);
    test_cut_off(false);
    return test_finish();
}
