/* Large files in ranges by several threads: each line once, and bad ones told by their line. */
#include <pthread.h>

#include "fixture.h"

enum { THREADS = 4 };

typedef struct Sum {
    Scan *scan;
    int64_t n_rows, total;
    pthread_mutex_t lock;
    Status status;
} Sum;

static void *add_rows(void *ctx) {
    Sum *sum = ctx;
    ScanWorker *w = NULL;
    ColumnBatch *b = NULL;
    int64_t n = 0, total = 0;
    Status status = scan_worker_open(sum->scan, &w);
    while (status == OK && (status = scan_next(w, &b)) == OK && b->n_rows) {
        n += b->n_rows;
        for (uint32_t i = 0; i < b->n_rows; i++) total += b->columns[0].u.l[i];
    }
    pthread_mutex_lock(&sum->lock);
    sum->n_rows += n;
    sum->total += total;
    if (status != OK) sum->status = status;
    pthread_mutex_unlock(&sum->lock);
    scan_worker_free(w);
    return NULL;
}

static Sum read_all(Fixture *x, const volatile int *cancel) {
    const TableRef *t = fixture_table(x, "DeviceEvents");
    Sum sum = {.lock = PTHREAD_MUTEX_INITIALIZER};
    if (!t) return sum;
    uint32_t column = column_index(t, STR("ReportId"));
    ScanSpec spec = {.table = t,
                     .columns = &column,
                     .n_columns = 1,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX,
                     .cancel = cancel};
    pthread_t threads[THREADS];
    if (scan_open(x->data, &spec, &sum.scan) != OK) abort();
    CHECK_LONG(scan_max_workers(sum.scan), THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, add_rows, &sum) != 0) abort();
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    scan_free(sum.scan);
    return sum;
}

/* Lines of many lengths, so that range borders fall everywhere; every border is also hit exactly
 * once by padding to it. */
static void put_lines(Buf *b, int64_t n, int64_t bad) {
    char pad[3000];
    memset(pad, 'p', sizeof pad);
    for (int64_t i = 1; i <= n; i++) {
        int width = (int)(i * 7919 % 2900);
        if (i == bad) buf_puts(b, "{broken\n");
        else
            buf_printf(b, "{\"ReportId\":%lld,\"DeviceName\":\"%.*s\"}\n", (long long)i, width,
                       pad);
    }
}

/* A line that ends right at the border of the first range, so that the next begins there. */
static void pad_to(Buf *b, size_t border) {
    size_t frame = strlen("{\"DeviceName\":\"\"}\n"), room = border - b->len % border;
    if (room < frame) room += border;
    buf_puts(b, "{\"DeviceName\":\"");
    for (size_t i = 0; i < room - frame; i++) buf_putc(b, 'x');
    buf_puts(b, "\"}\n");
}

static void test_ranges(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    int64_t half = 12000, n = 2 * half, bad = 11111;
    put_lines(&b, half, bad);
    pad_to(&b, 8u << 20);
    CHECK(b.len % (8u << 20) == 0 && b.ptr[b.len - 1] == '\n');
    put_lines(&b, half, 0);
    fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    CHECK(b.len > 3u * (8u << 20));
    CHECK(fixture_load(&x, (DataOptions){.n_threads = THREADS}) == OK);
    Sum sum = read_all(&x, NULL);
    CHECK(sum.status == OK);
    CHECK_LONG(sum.n_rows, n); /* one padding line more, one bad line less */
    CHECK_LONG(sum.total, half * (half + 1) - bad);
    CHECK_LONG(dataset_amount(x.data).bytes, (int64_t)b.len);
    CHECK_LONG(dataset_amount(x.data).lines, n + 1);
    char expected[128];
    snprintf(expected, sizeof expected,
             "DeviceEvents.json: 1 of %lld lines skipped; first at line %lld: not JSON ({broken)\n",
             (long long)n + 1, (long long)bad);
    CHECK_STR(fixture_skips(&x), expected);
    int stop = 1;
    sum = read_all(&x, &stop);
    CHECK(sum.status == CANCELLED && sum.n_rows == 0);
    buf_free(&b);
    fixture_close(&x);
}

/* One line over many ranges: each range ends where it begins, and the file is not read again and
 * again. */
static void test_one_long_line(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    buf_puts(&b, "{\"DeviceName\":\"");
    size_t n = b.len, width = 200u << 20;
    buf_reserve(&b, width + 64);
    memset(b.ptr + n, 'x', width);
    b.len += width;
    buf_puts(&b, "\"}\n{\"ReportId\":5}\n");
    fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    CHECK(fixture_load(&x, (DataOptions){.n_threads = THREADS}) == OK);
    Sum sum = read_all(&x, NULL);
    CHECK(sum.status == OK && sum.n_rows == 1 && sum.total == 5);
    CHECK(dataset_stats(x.data).bytes_read < 3 * (int64_t)b.len);
    buf_free(&b);
    fixture_close(&x);
}

int main(void) {
    test_ranges();
    test_one_long_line();
    return test_finish();
}
