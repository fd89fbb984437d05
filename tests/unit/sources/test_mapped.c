/*
 * A file in place: its bytes are there; where it has become shorter there are zeros and the range is
 * broken, and other bus errors stay what they are. A scan over a file that is cut off under it ends and
 * says so, with all rows that stand before.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fixture.h"
#include "sources/mapped.h"

static void put_filler(Buf *b, size_t n) {
    buf_reserve(b, n);
    memset(b->ptr + b->len, 'x', n);
    b->len += n;
}

static void test_range(void) {
    Fixture x;
    fixture_open(&x);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    Buf b = {0};
    put_filler(&b, 4 * page);
    b.ptr[page + 7] = '!';
    const char *path = fixture_write(&x, "file", buf_str(&b));
    int fd = open(path, O_RDONLY);
    Mapped *m = mapped_open(fd, (int64_t)page + 7, 10 * page);
    CHECK(m != NULL);
    Str bytes = mapped_bytes(m);
    CHECK_LONG(bytes.len, 3 * page - 7); /* no more than the file has */
    CHECK(bytes.ptr[0] == '!' && bytes.ptr[bytes.len - 1] == 'x');
    CHECK(!mapped_is_broken(m));
    CHECK(truncate(path, (off_t)(2 * page)) == 0);
    CHECK(bytes.ptr[0] == '!');
    CHECK(!mapped_is_broken(m));
    CHECK(bytes.ptr[bytes.len - 1] == 0);
    CHECK(mapped_is_broken(m));
    mapped_close(m);
    CHECK(mapped_open(fd, (int64_t)(2 * page), 1) == NULL); /* behind the end */
    m = mapped_open(fd, 0, page);
    CHECK(m && !mapped_is_broken(m));
    mapped_close(m);
    close(fd);
    int ends[2];
    CHECK(pipe(ends) == 0 && mapped_open(ends[0], 0, page) == NULL);
    close(ends[0]);
    close(ends[1]);
    buf_free(&b);
    fixture_close(&x);
}

static void test_others(void) {
    Fixture x;
    fixture_open(&x);
    const char *path = fixture_text(&x, "file", "text");
    int fd = open(path, O_RDWR), status = 0;
    Mapped *m = mapped_open(fd, 0, 4); /* the handler is there */
    char *other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(m && other != MAP_FAILED && ftruncate(fd, 0) == 0);
    pid_t child = fork();
    if (child == 0) _exit(*(volatile char *)other);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGBUS : WEXITSTATUS(status) != 0);
    (void)munmap(other, 4096);
    mapped_close(m);
    close(fd);
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
    test_range();
    test_others();
    test_cut_off(true);
    test_cut_off(false);
    return test_finish();
}
